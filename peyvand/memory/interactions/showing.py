"""How an interaction reads on a timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from peyvand.foundation.accounts.queries import assignable
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.ui.formats import day, money, number
from peyvand.foundation.ui.pieces import CHANNELS, TimelineItem
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.interactions import queries
from peyvand.memory.interactions.asking import PRESETS, Asked
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction, InteractionFile, Visibility
from peyvand.memory.interactions.services import CALL, MEETING, OWN_KINDS

GOOD, BAD = 30, -30  # from which mood on it is called good or bad


def items(rows: Iterable[Interaction], *, may_edit: bool = False, with_customer: bool = False) -> list[TimelineItem]:
    """Interactions as items; `with_customer` names whose they are, for lists over all customers."""
    found = list(rows)
    staff = queries.staff_names(found)
    customers = queries.customer_names(found) if with_customer else None
    files = queries.files_of([row for row in found if row.kind in OWN_KINDS])
    return [_item(row, may_edit=may_edit, staff=staff, customers=customers, files=files) for row in found]


def _item(
    row: Interaction,
    *,
    may_edit: bool,
    staff: Mapping[int, str],
    customers: Mapping[int, str] | None,
    files: Mapping[int, Sequence[InteractionFile]],
) -> TimelineItem:
    language = current_reader().language
    known = registry.has(InteractionKind, row.kind)  # a room may have been taken out; its history stays
    kind = registry.get(InteractionKind, row.kind) if known else None
    mood, mood_tone, mood_icon = _mood(row.sentiment)
    text = row.payload.get("text", "") if row.kind in OWN_KINDS else ""
    summary = kind.summary(row.payload, language) if kind and not text else ""
    meta = [staff.get(row.staff_id or 0, ""), *measures(row), summary]
    if customers is not None:
        meta.insert(0, customers.get(row.customer_id or 0, "") or gettext("without customer"))
    own = may_edit and row.customer_id is not None
    context: dict[str, Any] = {
        "interaction": row,
        "pinned_by": staff.get(row.pinned_by_id or 0, ""),
        "lock": str(Visibility(row.visibility).label) if row.visibility != Visibility.ALL else "",
        "files": files.get(row.pk, ()),
        "may_edit": own,
        "payload": row.payload,
        "text": text,
        "note": bool(kind and kind.note),
        "place": row.payload.get("place", "") if row.kind == MEETING else "",
        "may_remove": own and row.kind in OWN_KINDS,
        "template": kind.template if kind else "",
    }
    return TimelineItem(
        title=_title(row, kind),
        at=row.at,
        icon=_icon(row, kind),
        tone=kind.tone if kind else None,
        meta=gettext(", ").join(isolate(part) for part in meta if part),
        tag=mood,
        tag_tone=mood_tone,
        tag_icon=mood_icon,
        amount=kind.amount(row.payload, language) if kind and kind.amount else "",
        url=_url(row, kind, customers is not None),
        template="interactions/body.html",
        context=context,
    )


def _title(row: Interaction, kind: InteractionKind | None) -> str:
    if row.kind == CALL:
        return gettext("Incoming call") if row.direction == "in" else gettext("Outgoing call")
    return str(kind.label) if kind else row.kind


def _icon(row: Interaction, kind: InteractionKind | None) -> str:
    if row.kind == CALL:
        return "phone-incoming" if row.direction == "in" else "phone-outgoing"
    return kind.icon if kind else "point"


def _url(row: Interaction, kind: InteractionKind | None, with_customer: bool) -> str:
    if kind and kind.url:
        return kind.url(row.payload, row.source_id)
    if with_customer and row.customer_id is not None:
        return reverse("customers:one", args=[row.customer_id])
    return ""


def cost_of(row: Interaction) -> Money | None:
    """What it cost us, where that was said."""
    known = row.cost_minor is not None and is_currency(row.cost_currency)
    return Money(row.cost_minor or 0, row.cost_currency) if known else None


def measures(row: Interaction) -> list[str]:
    """How long it took and what it cost, in words."""
    found = []
    if row.duration_s:
        minutes = max(1, round(row.duration_s / 60))
        found.append(ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": number(minutes)})
    cost = cost_of(row)
    if cost is not None and cost.minor:
        found.append(gettext("cost %(amount)s") % {"amount": money(cost)})
    return found


def _mood(sentiment: int | None) -> tuple[str, Any, str]:
    if sentiment is None or BAD < sentiment < GOOD:
        return "", "", ""
    if sentiment >= GOOD:
        return gettext("happy"), "good", "mood-smile"
    return gettext("unhappy"), "bad", "mood-sad"


@dataclass(frozen=True)
class Chip:
    """A condition in words, with the address without it."""

    icon: str
    label: str
    value: str
    remove_url: str


def chips(asked: Asked, *, people: Mapping[str, str], kinds: Sequence[InteractionKind]) -> list[Chip]:
    """The conditions that are set."""
    labels = {kind.name: str(kind.label) for kind in kinds}
    words = {
        "kind": ("filter", gettext("Kind"), gettext(" or ").join(labels[name] for name in asked.chosen.kinds)),
        "channel": ("messages", gettext("Channel"), channel_word(asked.chosen.channel)),
        "direction": (
            "arrows-exchange", gettext("Direction"),
            gettext("from the customer") if asked.chosen.direction == "in" else gettext("from us"),
        ),
        "staff": ("user-check", gettext("Colleague"), people.get(asked.given.get("staff", ""), "")),
        "who": ("user", gettext("Customer"), asked.given.get("who", "")),
        "q": ("search", gettext("Text"), asked.given.get("q", "")),
        "when": ("calendar", gettext("When"), str(PRESETS.get(asked.given.get("when", ""), ""))),
        "from": ("calendar", gettext("From"), day(asked.first, "full") if asked.first else ""),
        "to": ("calendar", gettext("To"), day(asked.last, "full") if asked.last else ""),
        "files": ("paperclip", gettext("With files"), ""),
    }  # fmt: skip
    return [Chip(*words[name], address(asked.given, **{name: ""})) for name in words if name in asked.given]


def channel_word(code: str) -> str:
    """A channel's name."""
    return str(CHANNELS[code][0]) if code in CHANNELS else code


def address(given: Mapping[str, str], **changed: str) -> str:
    """A list's address with some of its query changed; "" takes one out."""
    said = {name: value for name, value in {**given, **changed}.items() if value}
    return f"?{urlencode(said)}" if said else "?"


def filters(asked: Asked, *, actor: Actor) -> dict[str, Any]:
    """What the form of conditions shows."""
    people = [(str(pk), name) for pk, name in assignable(actor=actor)]
    kinds = queries.kinds(actor=actor)
    return {
        "asked": asked,
        "given": asked.given,
        "chips": chips(asked, people=dict(people), kinds=kinds),
        "kinds": kinds,
        "people": people,
        "channels": [(code, label) for code, (label, _icon) in CHANNELS.items()],
        "presets": list(PRESETS.items()),
        "problems": asked.problems,
    }
