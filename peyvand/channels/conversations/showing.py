"""Conversations as screens show them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext

from peyvand.channels.conversations import queries
from peyvand.channels.conversations.cleaning import fetches
from peyvand.channels.conversations.declarations import OtherSide, There
from peyvand.channels.conversations.models import Conversation, ConversationTag, Entry, EntryFile, Tagging, Way
from peyvand.channels.outreach import showing as messages
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.models import State as MessageState
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.pieces import CHANNELS
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.customers.models import Customer, IdentityKind
from peyvand.memory.customers.queries import hidden_kinds, identities_of

CLASS = "value.class"
ADDRESSES = (IdentityKind.PHONE, IdentityKind.EMAIL, IdentityKind.MESSENGER)
WAITS_LONG = timedelta(hours=1)


@dataclass(frozen=True)
class Row:
    """A conversation in the list."""

    one: Conversation
    name: str
    unread: bool
    value_class: str
    channel: Label
    icon: str
    waits: str
    waits_long: bool
    shared: bool
    tags: Sequence[ConversationTag] = ()


@dataclass(frozen=True)
class State:
    """How far an answer of ours is."""

    label: str
    tone: str
    icon: str
    why: str
    until: datetime | None


@dataclass(frozen=True)
class Said:
    """An entry of a thread. `day` and `channel` head it where they change.

    `text` is what is new in it, `quoted` what it repeats. `page`: it came with looks of its own, shown in a frame.
    `pictures`: that page has pictures of the internet. `untrusted`: who sent it can't be proved.
    """

    entry: Entry
    day: str
    channel: Label
    icon: str
    heads: bool
    by: str
    state: State | None
    text: str = ""
    quoted: str = ""
    page: bool = False
    pictures: bool = False
    untrusted: bool = False
    files: Sequence[EntryFile] = field(default_factory=tuple)


def channel_of(name: str) -> tuple[Label, str]:
    """A channel's name and icon, also of one that is not set up."""
    if registry.has(Carrier, name):
        carrier = registry.get(Carrier, name)
        return carrier.label, carrier.icon
    label, icon = CHANNELS.get(name, (name, "message"))
    return str(label), icon


def name_of(conversation: Conversation, *, actor: Actor) -> str:
    """Whom one talks with: the customer, else the name they gave, else their address where one may see it."""
    if conversation.customer is not None:
        return conversation.customer.name
    if conversation.name:
        return conversation.name
    return address_of(conversation, actor=actor) or gettext("Somebody unknown")


def address_of(conversation: Conversation, *, actor: Actor) -> str:
    """Their address, "" for who may not see addresses of that kind, and for a browser, which has none that tells."""
    if not registry.has(Carrier, conversation.channel):
        return "" if hidden_kinds(actor) else conversation.address
    kind = registry.get(Carrier, conversation.channel).identity
    return "" if kind == IdentityKind.VISITOR or kind in hidden_kinds(actor) else conversation.address


def rows(found: Iterable[Conversation], *, actor: Actor) -> list[Row]:
    """The rows of a list."""
    listed = list(found)
    unread, now = queries.unread(actor=actor, rows=listed), timezone.now()
    classes = classes_of([one.customer_id for one in listed if one.customer_id])
    tags = tags_of([one.pk for one in listed])
    made = []
    for one in listed:
        label, icon = channel_of(one.channel)
        waits = one.waiting_since
        made.append(
            Row(
                one=one, name=name_of(one, actor=actor), unread=one.pk in unread,
                value_class=classes.get(one.customer_id or 0, ""), channel=label, icon=icon,
                waits=formats.ago(waits) if waits else "", waits_long=bool(waits and now - waits > WAITS_LONG),
                shared=one.customer is None, tags=tags.get(one.pk, ()),
            )
        )  # fmt: skip
    return made


def classes_of(customer_ids: Sequence[int]) -> dict[int, str]:
    """The value class of customers that have one."""
    found = Customer.objects.filter(pk__in=customer_ids, traits__name=CLASS)
    return dict(found.values_list("pk", "traits__text"))


def tags_of(ids: Sequence[int]) -> dict[int, list[ConversationTag]]:
    """The words on each of these conversations."""
    found: dict[int, list[ConversationTag]] = {}
    for row in Tagging.objects.filter(conversation_id__in=ids).select_related("tag").order_by("tag__name"):
        found.setdefault(row.conversation_id, []).append(row.tag)
    return found


def first_answer(conversation: Conversation) -> str:
    """After how long a person of ours first answered; "" where nobody has."""
    asked, answered = conversation.first_in_at, conversation.first_answered_at
    if asked is None or answered is None:
        return ""
    return formats.duration((answered - asked).total_seconds())


def there(conversation: Conversation) -> There | None:
    """How it is with the other side just now, where their channel knows."""
    if not registry.has(OtherSide, conversation.channel):
        return None
    return registry.get(OtherSide, conversation.channel).there(conversation)


def thread(entries: Iterable[Entry], *, actor: Actor, read_up_to: int = 0) -> list[Said]:
    """What was said, with a line where the day or the channel changes; ours up to `read_up_to` was seen."""
    zone = current_reader().zone
    today = timezone.now().astimezone(zone).date()
    made: list[Said] = []
    before: tuple[object, str] = (None, "")
    for entry in entries:
        day = entry.at.astimezone(zone).date()
        channel = entry.channel or before[1]
        label, icon = channel_of(channel)
        by = entry.staff.name if entry.staff is not None else entry.name
        made.append(
            Said(
                entry=entry, day=formats.day_label(day, today=today), channel=label, icon=icon,
                heads=(day, channel) != before, by=by, state=_state(entry, read_up_to), files=list(entry.files.all()),
                text=entry.text[: _quote_at(entry)].rstrip(), quoted=entry.text[_quote_at(entry) :].strip(),
                page=entry.way == Way.IN and bool(entry.html), pictures=bool(entry.html) and fetches(entry.html),
                untrusted=entry.facts.get("untrusted") is True,
            )
        )  # fmt: skip
        before = (day, channel)
    return made


def _quote_at(entry: Entry) -> int:
    """Where it begins to repeat what was said before; its end where it doesn't, or is nothing but a repetition."""
    said = entry.facts.get("quote_at")
    return said if isinstance(said, int) and 0 < said < len(entry.text) else len(entry.text)


def _state(entry: Entry, read_up_to: int) -> State | None:
    message = entry.message
    if entry.way != Way.OUT or message is None:
        return None
    if entry.pk <= read_up_to and message.state in (MessageState.SENT, MessageState.DELIVERED):
        return State(gettext("Seen"), "good", "checks", "", None)
    shown = messages.row(message, {})
    until = message.held_until if message.state == MessageState.HELD else None
    if message.state == MessageState.PENDING and message.due_at > timezone.now():
        until = message.due_at
    return State(message.get_state_display(), shown.tone, shown.icon, shown.why, until)


def mark_of(conversation: Conversation, entries: Sequence[Entry], read_up_to: int = 0) -> str:
    """What changes when anything in the thread does."""
    parts = [f"{conversation.version}:{conversation.state}:{conversation.assignee_id}:{read_up_to}"]
    parts += [f"{one.pk}:{one.message.state if one.message else ''}" for one in entries]
    return hashlib.blake2s("|".join(parts).encode(), digest_size=8).hexdigest()


def mark_of_rows(shown: Sequence[Row]) -> str:
    """What changes when anything in the list does."""
    parts = [f"{row.one.pk}:{row.one.version}:{row.unread}:{row.one.state}:{row.waits}" for row in shown]
    return hashlib.blake2s("|".join(parts).encode(), digest_size=8).hexdigest()


@dataclass(frozen=True)
class Card:
    """What is known of whom one talks with. `customer` is None where the actor may not see them, or nobody knows."""

    customer: Customer | None
    value_class: str
    identities: Sequence[object]
    others: Sequence[Row]


def card(conversation: Conversation, *, actor: Actor) -> Card:
    """The customer beside the thread."""
    if conversation.customer_id is None:
        return Card(None, "", (), ())
    others = queries.of_customer(actor=actor, customer_id=conversation.customer_id, but=conversation.pk)[:5]
    seen = Customer.objects.visible_to(actor).filter(pk=conversation.customer_id).first()
    if seen is None:
        return Card(None, "", (), rows(others, actor=actor))
    value = classes_of([seen.pk]).get(seen.pk, "")
    reached = [one for one in identities_of(actor=actor, customer=seen) if one.kind in ADDRESSES]
    return Card(seen, value, reached[:6], rows(others, actor=actor))
