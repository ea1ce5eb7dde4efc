"""What the trail may show of conversations: what the reader may read on their own pages."""

from __future__ import annotations

from collections.abc import Collection, Set

from peyvand.channels.conversations.access import VIEW
from peyvand.channels.conversations.models import Conversation
from peyvand.foundation.registry.actor import Actor, Scope


def unseen(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Which of these conversations are not for the actor; one that is gone is for those who see all."""
    if actor.scope(VIEW) is Scope.ALL:
        return set()
    return set(ids) - set(Conversation.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))
