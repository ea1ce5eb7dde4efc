"""What the trail may show of conversations: what the reader may read on their own pages."""

from __future__ import annotations

from collections.abc import Collection, Set

from peyvand.channels.conversations.access import VIEW
from peyvand.channels.conversations.models import Conversation, Tagging
from peyvand.foundation.registry.actor import Actor, Scope


def unseen(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Which of these conversations are not for the actor; one that is gone is for those who see all."""
    if actor.scope(VIEW) is Scope.ALL:
        return set()
    return set(ids) - set(Conversation.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))


def unseen_tagging(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Which of these words stand on conversations that are not for the actor; gone ones are for those who see all."""
    if actor.scope(VIEW) is Scope.ALL:
        return set()
    seen = Conversation.objects.visible_to(actor).values("pk")
    return set(ids) - set(Tagging.objects.filter(pk__in=ids, conversation_id__in=seen).values_list("pk", flat=True))
