"""The same for many conversations at once, in one change set that is taken back as a whole."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import access
from peyvand.channels.conversations.errors import InvalidError
from peyvand.channels.conversations.models import Conversation
from peyvand.channels.conversations.services.standing import assigning, closing, snoozing
from peyvand.channels.conversations.services.tagging import put_on, tag_word
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor

MOST = 200
DEEDS = ("assign", "close", "snooze", "tag")


@dataclass(frozen=True, kw_only=True)
class BulkData:
    """What is to be done: "assign" (to a colleague, a team or nobody), "close", "snooze" (until) or "tag"."""

    do: str
    user_id: int | None = None
    team_id: int | None = None
    until: datetime | None = None
    tag: str = ""


@dataclass(frozen=True)
class Bulk:
    """How many were changed, how many stood so already or are not the actor's to touch, and the way back."""

    done: int
    left: int
    change_set_id: int | None


def bulk(*, actor: Actor, ids: Collection[int], data: BulkData) -> Bulk:
    """Do it to those of them that the actor may touch. NotAllowed, InvalidError; all or nothing."""
    wanted = set(ids)
    if not wanted or len(wanted) > MOST:
        raise InvalidError({"ids": _("Choose between one and 200 conversations.")})
    permission, act = _act(actor, data)
    actor.require(access.VIEW)
    actor.require(permission)
    with transaction.atomic():
        rows = Conversation.objects.visible_to(actor, permission).filter(pk__in=wanted, merged_into=None)
        found = list(rows.select_for_update(of=("self",)).order_by("pk"))
        if not found:
            return Bulk(0, len(wanted), None)
        words = ngettext("%(n)s conversation at once", "%(n)s conversations at once", len(found))
        title = words % {"n": len(found)}
        with change_set(actor=actor, kind="bulk", title=title, reference={"do": data.do}) as made:
            done = sum(act(one) for one in found)
    return Bulk(done, len(wanted) - done, made.pk if done else None)


def _act(actor: Actor, data: BulkData) -> tuple[str, Callable[[Conversation], bool]]:
    """With which right, and what is done to each; it gives whether it changed anything."""
    if data.do == "tag":
        word = tag_word(data.tag)
        return access.REPLY, lambda one: put_on(one, word)
    if data.do == "assign":
        deed = assigning(actor, data.user_id, data.team_id)
    elif data.do == "close":
        deed = closing()
    elif data.do == "snooze" and data.until is not None:
        deed = snoozing(data.until)
    elif data.do == "snooze":
        raise InvalidError({"until": gettext("Choose until when.")})
    else:
        raise InvalidError({"do": _("Choose what is to be done.")})
    now = timezone.now()

    def act(one: Conversation) -> bool:
        if not deed.changes(one):
            return False
        deed.do(one, actor, now)
        return True

    return deed.permission, act
