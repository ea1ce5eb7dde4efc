"""The reads: the inbox by right, what was said in a conversation, which channels are open for an answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from peyvand.channels.conversations import access
from peyvand.channels.conversations.access import ConversationQuerySet
from peyvand.channels.conversations.models import (
    Alarm,
    Conversation,
    ConversationRead,
    ConversationTag,
    Entry,
    EntryFile,
    Mention,
    Presence,
    State,
    Tagging,
    Way,
)
from peyvand.channels.conversations.services.answering import answers, wider
from peyvand.channels.conversations.services.presence import FADES
from peyvand.channels.conversations.services.routing import CLASS
from peyvand.channels.outreach import explaining
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.queries import forecast
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui.lists import counts
from peyvand.memory.customers.models import Customer, Trait

NEWEST_FIRST = ("-last_at", "-id")
MINE, UNASSIGNED, TEAM, MENTIONS, SNOOZED, CLOSED, ALL = (
    "mine", "unassigned", "team", "mentions", "snoozed", "closed", "all",
)  # fmt: skip
VIEWS = (MINE, UNASSIGNED, ALL, CLOSED, TEAM, MENTIONS, SNOOZED)
SHOWN = 200
COUNTED = 1_000
KNOWN_TAGS = 200
ALWAYS = ("permission", "frequency", "hours")  # checks that don't stand in the way of an answer


@dataclass(frozen=True)
class Chosen:
    """Which conversations the inbox shows. `text` is looked for in names and in what was said; `waits_minutes` are how
    long they wait at least.
    """

    view: str = MINE
    text: str = ""
    channel: str = ""
    waiting: bool = False
    tag: int | None = None
    assignee: int | None = None
    value_class: str = ""
    waits_minutes: int = 0


def conversations(*, actor: Actor, chosen: Chosen = Chosen(view=ALL)) -> ConversationQuerySet:
    """Those the actor may read; order them by NEWEST_FIRST. What was merged into another is not shown."""
    actor.require(access.VIEW)
    found = Conversation.objects.visible_to(actor).filter(merged_into=None).select_related("customer", "assignee")
    found = _of_view(found, actor, chosen.view)
    if chosen.channel:
        found = found.filter(channel=chosen.channel)
    if chosen.waiting:
        found = found.filter(waiting_since__isnull=False)
    found = _narrowed(found, chosen)
    key = fa_key(chosen.text)
    if key:
        said = Entry.objects.filter(demo=actor.demo, search_key__contains=key).values("conversation_id")
        named = Customer.objects.filter(demo=actor.demo, search_key__contains=key).values("pk")
        words = Q(pk__in=said) | Q(customer_id__in=named) | Q(subject__icontains=chosen.text)
        found = found.filter(words | Q(name__icontains=chosen.text) | Q(address__startswith=chosen.text.strip()))
    return found


def _narrowed(found: ConversationQuerySet, chosen: Chosen) -> ConversationQuerySet:
    """By tag, by whose it is, by what the customer is worth, by how long they wait."""
    if chosen.tag is not None:
        found = found.filter(Exists(Tagging.objects.filter(conversation=OuterRef("pk"), tag_id=chosen.tag)))
    if chosen.assignee is not None:
        found = found.filter(assignee_id=chosen.assignee)
    if chosen.value_class:
        of_class = Trait.objects.filter(customer=OuterRef("customer"), name=CLASS, text=chosen.value_class)
        found = found.filter(Exists(of_class))
    if chosen.waits_minutes:
        found = found.filter(waiting_since__lte=timezone.now() - timedelta(minutes=chosen.waits_minutes))
    return found


def _of_view(found: ConversationQuerySet, actor: Actor, view: str) -> ConversationQuerySet:
    if view == MINE:
        return found.filter(assignee_id=actor.user_id or 0, state=State.OPEN)
    if view == UNASSIGNED:
        return found.filter(assignee=None, state=State.OPEN)
    if view == TEAM:
        return found.filter(team_id__in=actor.team_ids, state=State.OPEN)
    if view == MENTIONS:
        called = Mention.objects.filter(user_id=actor.user_id or 0, conversation=OuterRef("pk"))
        return found.filter(Exists(called))
    if view in (SNOOZED, CLOSED):
        return found.filter(state=view)
    return found


def counted(*, actor: Actor, views: Sequence[str]) -> dict[str, int]:
    """How many each of these views has, at most a thousand."""
    found = [conversations(actor=actor, chosen=Chosen(view=view)) for view in views]
    return dict(zip(views, counts(found, cap=COUNTED), strict=True))


def waiting_for(*, actor: Actor) -> int:
    """Customers who wait for the actor's answer, and notes that call them: the menu's count."""
    return sum(counts(waiting(actor=actor), cap=100))


def waiting(*, actor: Actor) -> list[QuerySet[Conversation]]:
    """Those that wait for the actor's answer, those whose notes call them, those of which they were told."""
    if actor.user_id is None or not actor.may(access.VIEW):
        return []
    called = Mention.objects.filter(demo=actor.demo, user_id=actor.user_id, seen_at=None).values("conversation_id")
    told = Alarm.objects.filter(demo=actor.demo, user_id=actor.user_id, seen_at=None).values("conversation_id")
    visible = Conversation.objects.visible_to(actor)
    return [
        conversations(actor=actor, chosen=Chosen(view=MINE, waiting=True)),
        visible.filter(pk__in=called),
        visible.filter(pk__in=told).exclude(assignee_id=actor.user_id, state=State.OPEN),
    ]


def conversation_get(*, actor: Actor, id: int) -> Conversation:
    """One; Conversation.DoesNotExist when there is none that the actor may read."""
    actor.require(access.VIEW)
    rows = Conversation.objects.visible_to(actor).select_related("customer", "assignee", "team")
    found: Conversation = rows.get(pk=id)
    return found


def entries(*, actor: Actor, conversation: Conversation, most: int = SHOWN) -> list[Entry]:
    """The latest of what was said, oldest first."""
    actor.require(access.VIEW)
    rows = (
        Entry.objects.filter(conversation=conversation)
        .select_related("staff", "message", "message__content")
        .prefetch_related("files__file")
        .order_by("-at", "-id")[:most]
    )
    return list(reversed(rows))


def of_customer(*, actor: Actor, customer_id: int, but: int | None = None) -> QuerySet[Conversation]:
    """A customer's conversations, latest first."""
    found = conversations(actor=actor).filter(customer_id=customer_id).order_by(*NEWEST_FIRST)
    return found.exclude(pk=but) if but is not None else found


def unread(*, actor: Actor, rows: Sequence[Conversation]) -> set[int]:
    """Ids of those with words of the customer that the actor has not read."""
    ids = [one.pk for one in rows]
    read = dict(
        ConversationRead.objects.filter(user_id=actor.user_id or 0, conversation_id__in=ids).values_list(
            "conversation_id", "at"
        )
    )
    return {
        one.pk for one in rows if one.last_in_at is not None and (one.pk not in read or read[one.pk] < one.last_in_at)
    }


def tags(*, actor: Actor) -> list[ConversationTag]:
    """The words there are for conversations."""
    actor.require(access.VIEW)
    return list(ConversationTag.objects.filter(demo=actor.demo).order_by("name")[:KNOWN_TAGS])


def others_here(*, actor: Actor, conversation: Conversation) -> tuple[list[str], list[str]]:
    """Names of colleagues who write in it just now, and of those who only look at it."""
    since = timezone.now() - FADES
    rows = Presence.objects.filter(conversation=conversation, demo=actor.demo, at__gt=since)
    people = rows.exclude(user_id=actor.user_id or 0).order_by("user__name").values_list("typing", "user__name")
    return [name for typing, name in people if typing], [name for typing, name in people if not typing]


def file_get(*, actor: Actor, conversation_id: int, file_id: int) -> EntryFile:
    """A file of a conversation that the actor may read; EntryFile.DoesNotExist."""
    actor.require(access.VIEW)
    within = Conversation.objects.visible_to(actor).filter(pk=conversation_id).values("pk")
    return EntryFile.objects.select_related("file").get(pk=file_id, entry__conversation_id__in=within)


def page_get(*, actor: Actor, conversation_id: int, entry_id: int) -> tuple[Entry, list[EntryFile]]:
    """What came with looks of its own, with the pictures that came along; Entry.DoesNotExist."""
    actor.require(access.VIEW)
    within = Conversation.objects.visible_to(actor).filter(pk=conversation_id).values("pk")
    found = Entry.objects.exclude(html="").get(pk=entry_id, way=Way.IN, conversation_id__in=within)
    return found, list(found.files.exclude(content_id="").select_related("file"))


# ── over which channel ────────────────────────────────────────────────────


@dataclass(frozen=True)
class Open:
    """A channel for an answer; `rich` when files may go along. `why` says for what reason it is closed, "" for an open
    one; `until` when it opens.
    """

    name: str
    label: Label
    icon: str
    rich: bool
    why: str = ""
    note: str = ""
    until: datetime | None = None


def channels_for(*, actor: Actor, conversation: Conversation) -> tuple[list[Open], str]:
    """Channels with what the gate says of each, and the one to begin with: preferred, else theirs, else any open."""
    carriers = registry.all(Carrier)
    now = timezone.now()
    if conversation.customer is None:
        found = [
            Open(one.name, one.label, one.icon, one.takes_files, note="")
            for one in carriers
            if one.name == conversation.channel and conversation.address
        ]
        return found, found[0].name if found else ""
    told = forecast(actor=wider(actor), customer=conversation.customer, now=now)
    answering = answers(conversation, now=now)
    found = []
    for one in carriers:
        option = told.options.get(("service", one.name))
        if option is None:
            continue
        last = option.last
        passes = last.action == "pass" or (answering and last.check in ALWAYS)
        words = "" if passes else explaining.words(f"{last.check}.{last.why}", last.figures)
        refused = words if last.action == "refuse" else ""
        found.append(Open(one.name, one.label, one.icon, one.takes_files, refused, words, last.until))
    open_names = [one.name for one in found if not one.why]
    recipient = told.facts.recipients.get(conversation.customer.pk)
    wishes = [getattr(recipient, "preferred", ""), conversation.channel, *open_names]
    return found, next((name for name in wishes if name in open_names), "")
