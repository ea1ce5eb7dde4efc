"""Two conversations become one, one becomes two, and both can be taken back: no entry is ever lost.

A conversation that went into another stays as a row that points to it, so that what still comes for it finds its way.
A split makes such a row first and then sets it free: taking it back lets it point again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import access
from peyvand.channels.conversations.errors import InvalidError
from peyvand.channels.conversations.models import Conversation, Entry, EntryMove, Mention, State, Tagging, Way
from peyvand.channels.conversations.services.firsts import firsts_put
from peyvand.channels.conversations.services.receiving import PREVIEW
from peyvand.channels.conversations.waking import wake
from peyvand.events.conversations import ConversationChanged
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor

MERGE, SPLIT = "conversations.merge", "conversations.split"


def _locked(actor: Actor, ids: set[int]) -> dict[int, Conversation]:
    """Those that the actor may change, locked in the order of their ids; Conversation.DoesNotExist."""
    actor.require(access.VIEW)
    actor.require(access.REPLY)
    rows = Conversation.objects.visible_to(actor, access.REPLY).filter(pk__in=ids, merged_into=None)
    found = {one.pk: one for one in rows.select_for_update(of=("self",)).order_by("pk")}
    if len(found) < len(ids):
        raise Conversation.DoesNotExist
    return found


def merge(*, actor: Actor, conversation_id: int, other_id: int) -> int:
    """Bring the other into this one; gives the change set. NotAllowed, Conversation.DoesNotExist, InvalidError.

    Two of different customers stay apart; one of nobody known becomes the other's.
    """
    with transaction.atomic():
        found = _locked(actor, {conversation_id, other_id})
        if conversation_id == other_id:
            raise InvalidError({"other_id": _("Choose another conversation.")})
        kept, gone = found[conversation_id], found[other_id]
        if kept.customer_id and gone.customer_id and kept.customer_id != gone.customer_id:
            raise InvalidError({"other_id": _("They are of two customers; only conversations of one become one.")})
        waits = [one.waiting_since for one in (kept, gone) if one.waiting_since is not None]
        with change_set(
            actor=actor, kind=MERGE, title=gettext("Two conversations became one"),
            reference={"conversation": kept.pk, "other": gone.pk},
        ) as made:  # fmt: skip
            _move(made.pk, gone, kept, list(gone.entries.values_list("pk", flat=True)))
            for row in Tagging.objects.filter(conversation=gone).exclude(tag__taggings__conversation=kept):
                Tagging.objects.create(demo=kept.demo, conversation=kept, tag_id=row.tag_id)
            if State.OPEN in (kept.state, gone.state):
                kept.state, kept.snoozed_until, kept.closed_at = State.OPEN, None, None
            kept.customer_id = kept.customer_id or gone.customer_id
            kept.subject = kept.subject or gone.subject
            if gone.last_in_at and (kept.last_in_at is None or gone.last_in_at > kept.last_in_at):
                kept.channel, kept.account_id, kept.address = gone.channel, gone.account_id, gone.address
            gone.merged_into, gone.state, gone.waiting_since = kept, State.CLOSED, None
            gone.snoozed_until = None
            kept.waiting_since = min(waits, default=None)
            recount(kept)
            recount(gone)
        _told(actor, "merged", kept, gone)
    return made.pk


def split(*, actor: Actor, conversation_id: int, entry_id: int) -> tuple[Conversation, int]:
    """What was said from that entry on becomes a conversation of its own; gives it and the change set.

    NotAllowed, Conversation.DoesNotExist, InvalidError (no such entry, or nothing would stay).
    """
    with transaction.atomic():
        source = _locked(actor, {conversation_id})[conversation_id]
        rows = list(source.entries.order_by("at", "id").values_list("pk", flat=True))
        if entry_id not in rows:
            raise InvalidError({"entry_id": _("This is not of this conversation.")})
        moved = rows[rows.index(entry_id) :]
        if len(moved) == len(rows):
            raise InvalidError({"entry_id": _("Choose something later: nothing would stay here.")})
        waited, was_open = source.waiting_since is not None, source.state
        first = Entry.objects.get(pk=entry_id)
        target = Conversation.objects.create(
            demo=source.demo, customer_id=source.customer_id, subject=first.subject, channel=source.channel,
            account_id=source.account_id, address=source.address, name=source.name, language=source.language,
            created_at=first.at, last_at=first.at, assignee_id=source.assignee_id, team_id=source.team_id,
            routed=source.routed, value=source.value, merged_into=source, state=State.CLOSED,
        )  # fmt: skip
        with change_set(
            actor=actor, kind=SPLIT, title=gettext("One conversation became two"),
            reference={"conversation": source.pk, "other": target.pk},
        ) as made:  # fmt: skip
            _move(made.pk, source, target, moved)
            target.merged_into, target.state = None, was_open
            target.snoozed_until = source.snoozed_until
            for one in (source, target):
                one.waiting_since = _unanswered_since(one) if waited else None
                recount(one)
        _told(actor, "split", source, target)
    return target, made.pk


def _move(change_set_id: int, source: Conversation, target: Conversation, ids: list[int]) -> None:
    EntryMove.objects.bulk_create(
        EntryMove(demo=source.demo, change_set_id=change_set_id, entry_id=pk, source=source, target=target)
        for pk in ids
    )
    _carry(ids, target)


def _carry(ids: list[int], target: Conversation) -> None:
    Entry.objects.filter(pk__in=ids).update(conversation=target)
    Mention.objects.filter(entry_id__in=ids).update(conversation=target)


def _unanswered_since(conversation: Conversation) -> datetime | None:
    """When the oldest of their words after our last answer came."""
    answered = conversation.entries.filter(way=Way.OUT).order_by("-at", "-id").first()
    rows = conversation.entries.filter(way=Way.IN, automatic=False).order_by("at", "id")
    first = (rows.filter(at__gt=answered.at) if answered else rows).first()
    return first.at if first is not None else None


def recount(conversation: Conversation) -> None:
    """What it shows of itself, from its entries; kept."""
    rows = conversation.entries.exclude(way__in=[Way.NOTE, Way.EVENT])
    last = rows.order_by("-at", "-id").first()
    heard = rows.filter(way=Way.IN, automatic=False).order_by("-at", "-id").first()
    said = rows.filter(way=Way.OUT).order_by("-at", "-id").first()
    conversation.entries_count = conversation.entries.count()
    if last is not None:
        conversation.preview = " ".join(last.text.split())[:PREVIEW] or last.subject[:PREVIEW]
        conversation.last_at = last.at
    conversation.last_in_at = heard.at if heard is not None else None
    conversation.answered_at = said.at if said is not None else None
    firsts_put(conversation)
    conversation.version += 1
    conversation.save()


def _told(actor: Actor, what: str, *conversations: Conversation) -> None:
    for one in conversations:
        publish(ConversationChanged(one.pk, one.customer_id, what, timezone.now(), one.demo), actor=actor)
        wake(one.pk)


def after_undo(actor: Actor, found: ChangeSet, undo_id: int) -> None:
    """The entries follow a merge or a split that was taken back, or done again; also those that came since."""
    base, forward = found, False
    while base.kind == "undo" and base.undo_of is not None:
        base, forward = base.undo_of, not forward
    move = EntryMove.objects.filter(change_set_id=base.pk).first()
    if move is None:
        return
    ids = sorted({move.source_id, move.target_id})
    both = {one.pk: one for one in Conversation.objects.select_for_update(of=("self",)).filter(pk__in=ids)}
    source, target = both.get(move.source_id), both.get(move.target_id)
    if source is None or target is None:
        return
    moved = list(EntryMove.objects.filter(change_set_id=base.pk).values_list("entry_id", flat=True))
    _carry(moved, target if forward else source)
    for hidden, shown in ((source, target), (target, source)):
        if hidden.merged_into_id == shown.pk:
            _stray(base.pk, hidden, shown, source, target)
    for one in (source, target):
        waits = one.waiting_since
        if waits is not None and not one.entries.filter(way=Way.IN, at=waits).exists():
            one.waiting_since = _unanswered_since(one)
        recount(one)
    _told(actor, "merged" if forward is (base.kind == MERGE) else "split", source, target)


def _stray(base: int, hidden: Conversation, shown: Conversation, source: Conversation, target: Conversation) -> None:
    """What is still with one that nobody sees goes to where it points, and is remembered with the others."""
    stray = list(hidden.entries.values_list("pk", flat=True))
    known = set(EntryMove.objects.filter(change_set_id=base, entry_id__in=stray).values_list("entry_id", flat=True))
    EntryMove.objects.bulk_create(
        EntryMove(demo=source.demo, change_set_id=base, entry_id=pk, source=source, target=target)
        for pk in stray
        if pk not in known
    )
    _carry(stray, shown)
