"""Who looks at a conversation, and who writes in it."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from peyvand.channels.conversations import access
from peyvand.channels.conversations.models import Conversation, Presence
from peyvand.channels.conversations.waking import wake_present
from peyvand.foundation.registry.actor import Actor

FADES = timedelta(seconds=30)
FORGOTTEN = timedelta(hours=1)


def present(*, actor: Actor, conversation_id: int, typing: bool = False, leaving: bool = False) -> None:
    """Say that the actor has it before their eyes, writes in it, or leaves it; the others hear of it when it is new.

    NotAllowed, Conversation.DoesNotExist.
    """
    actor.require(access.VIEW)
    found = Conversation.objects.visible_to(actor).get(pk=conversation_id)
    if actor.user_id is None:
        return
    now = timezone.now()
    with transaction.atomic():
        rows = Presence.objects.filter(user_id=actor.user_id, conversation=found)
        before = rows.first()
        if leaving:
            if before is not None:
                rows.delete()
                wake_present(found.pk)
            return
        said = typing and actor.may(access.REPLY)
        Presence.objects.update_or_create(
            user_id=actor.user_id, conversation=found, defaults={"demo": actor.demo, "typing": said, "at": now}
        )
        if before is None or before.typing != said or before.at < now - FADES:
            wake_present(found.pk)


def presence_forget(now: datetime | None = None) -> int:
    """Delete what has long faded; gives how many."""
    gone, _kinds = Presence.objects.filter(at__lt=(now or timezone.now()) - FORGOTTEN).delete()
    return gone
