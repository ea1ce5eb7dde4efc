"""How a conversation stands: whose it is, open, snoozed or closed, and who has read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import access
from peyvand.channels.conversations.errors import InvalidError
from peyvand.channels.conversations.models import Alarm, Conversation, ConversationRead, Mention, State
from peyvand.channels.conversations.services.presence import presence_forget
from peyvand.channels.conversations.waking import wake, wake_read
from peyvand.events.conversations import ConversationChanged
from peyvand.foundation.accounts.queries import assignable, team_choices
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, system_actor

LONGEST_SNOOZE = timedelta(days=366)
AT_ONCE = 500


def locked(actor: Actor, conversation_id: int, permission: str) -> Conversation:
    """One that the actor may touch with that right, locked; NotAllowed, Conversation.DoesNotExist."""
    actor.require(access.VIEW)
    actor.require(permission)
    found: Conversation = (
        Conversation.objects.visible_to(actor, permission).select_for_update(of=("self",)).get(pk=conversation_id)
    )
    return found


@dataclass(frozen=True)
class Deed:
    """What is set on a conversation, with which right, and how it is called."""

    permission: str
    what: str
    title: str
    values: Mapping[str, Any]

    def changes(self, found: Conversation) -> bool:
        """Whether it stands otherwise now; what somebody gives by hand is no more on its way by the rules."""
        aside = ("routed", "closed_at")
        same = all(getattr(found, name) == value for name, value in self.values.items() if name not in aside)
        return not same or ("routed" in self.values and bool(found.routed.get("auto")))

    def do(self, found: Conversation, actor: Actor, now: datetime) -> None:
        """Set it, inside a change set."""
        for name, value in self.values.items():
            setattr(found, name, value)
        found.version += 1
        found.save(update_fields=[*self.values, "version"])
        publish(ConversationChanged(found.pk, found.customer_id, self.what, now, actor.demo), actor=actor)
        wake(found.pk)


def _changed(actor: Actor, conversation_id: int, deed: Deed) -> int | None:
    """Do it; gives the change set by which it is taken back, None where all stood so already."""
    with transaction.atomic():
        found = locked(actor, conversation_id, deed.permission)
        if not deed.changes(found):
            return None
        reference = {"conversation": found.pk}
        with change_set(actor=actor, kind="edit", title=deed.title, reference=reference) as made:
            deed.do(found, actor, timezone.now())
        return made.pk


def assigning(actor: Actor, user_id: int | None, team_id: int | None) -> Deed:
    """Giving to a colleague, to a team, or to nobody. InvalidError."""
    if user_id is not None and user_id not in dict(assignable(actor=actor)):
        raise InvalidError({"user_id": _("Choose one of the colleagues.")})
    if team_id is not None and team_id not in dict(team_choices(actor=actor)):
        raise InvalidError({"team_id": _("Choose one of the teams.")})
    routed = {"why": "taken" if user_id == actor.user_id else "given", "by": actor.name} if user_id or team_id else {}
    values = {"assignee_id": user_id, "team_id": team_id, "routed": routed}
    return Deed(access.ASSIGN, "assigned", gettext("Conversation given"), values)


def snoozing(until: datetime) -> Deed:
    """Putting aside until then. InvalidError."""
    now = timezone.now()
    if not now < until <= now + LONGEST_SNOOZE:
        raise InvalidError({"until": _("Choose an hour within the next year.")})
    values = {"state": State.SNOOZED, "snoozed_until": until, "closed_at": None}
    return Deed(access.REPLY, "snoozed", gettext("Conversation snoozed"), values)


def closing() -> Deed:
    """Closing."""
    values = {"state": State.CLOSED, "snoozed_until": None, "waiting_since": None, "closed_at": timezone.now()}
    return Deed(access.REPLY, "closed", gettext("Conversation closed"), values)


def assign(*, actor: Actor, conversation_id: int, user_id: int | None = None, team_id: int | None = None) -> int | None:
    """Give it to a colleague, to a team, or to nobody; gives the change set. NotAllowed, DoesNotExist, InvalidError."""
    return _changed(actor, conversation_id, assigning(actor, user_id, team_id))


def snooze(*, actor: Actor, conversation_id: int, until: datetime) -> int | None:
    """Put it aside until then; what the customer writes brings it back earlier. NotAllowed, InvalidError."""
    return _changed(actor, conversation_id, snoozing(until))


def close(*, actor: Actor, conversation_id: int) -> int | None:
    """Nothing more is to be done; what the customer writes opens it again. NotAllowed, Conversation.DoesNotExist."""
    return _changed(actor, conversation_id, closing())


def reopen(*, actor: Actor, conversation_id: int) -> int | None:
    """Open it again, from closed or snoozed. NotAllowed, Conversation.DoesNotExist."""
    values = {"state": State.OPEN, "snoozed_until": None, "closed_at": None}
    return _changed(actor, conversation_id, Deed(access.REPLY, "opened", gettext("Conversation opened again"), values))


def read_mark(*, actor: Actor, conversation_id: int, unread: bool = False) -> None:
    """Say that the actor has read it so far, or wants to read it anew. NotAllowed, Conversation.DoesNotExist."""
    actor.require(access.VIEW)
    found = Conversation.objects.visible_to(actor).get(pk=conversation_id)
    if actor.user_id is None:
        return
    with transaction.atomic():
        mine = Mention.objects.filter(user_id=actor.user_id, conversation=found)
        if unread:
            ConversationRead.objects.filter(user_id=actor.user_id, conversation=found).delete()
            return
        mine.filter(seen_at=None).update(seen_at=timezone.now())
        told = Alarm.objects.filter(user_id=actor.user_id, conversation=found, seen_at=None)
        told.update(seen_at=timezone.now())
        ConversationRead.objects.update_or_create(
            user_id=actor.user_id, conversation=found,
            defaults={"demo": actor.demo, "at": max(found.last_at, found.last_in_at or found.last_at)},
        )  # fmt: skip
        wake_read(found.pk)


def wake_snoozed(now: datetime | None = None) -> int:
    """Bring back what was put aside until now; gives how many."""
    moment, woken = now or timezone.now(), 0
    while True:
        with transaction.atomic():
            rows = list(
                Conversation.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(state=State.SNOOZED, snoozed_until__lte=moment)
                .order_by("snoozed_until")[:AT_ONCE]
            )
            for one in rows:
                one.state, one.snoozed_until = State.OPEN, None
                one.version += 1
                one.save(update_fields=["state", "snoozed_until", "version"])
                event = ConversationChanged(one.pk, one.customer_id, "woken", moment, one.demo)
                publish(event, actor=system_actor(demo=one.demo))
                wake(one.pk)
        woken += len(rows)
        if len(rows) < AT_ONCE:
            return woken


def wake_due() -> None:
    """The schedule's call."""
    wake_snoozed()
    presence_forget()
