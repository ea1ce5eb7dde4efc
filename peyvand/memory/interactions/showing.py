"""How an interaction reads on a timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, ngettext

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.ui.formats import money, number
from peyvand.foundation.ui.pieces import TimelineItem
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.interactions import queries
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services import CALL, MEETING, OWN_KINDS

GOOD, BAD = 30, -30  # from which mood on it is called good or bad


def items(rows: Iterable[Interaction], *, may_edit: bool = False, with_customer: bool = False) -> list[TimelineItem]:
    """Interactions as items; `with_customer` names whose they are, for lists over all customers."""
    found = list(rows)
    staff = queries.staff_names(found)
    customers = queries.customer_names(found) if with_customer else None
    return [_item(row, may_edit=may_edit, staff=staff, customers=customers) for row in found]


def _item(
    row: Interaction, *, may_edit: bool, staff: Mapping[int, str], customers: Mapping[int, str] | None
) -> TimelineItem:
    language = current_reader().language
    known = registry.has(InteractionKind, row.kind)  # a room may have been taken out; its history stays
    kind = registry.get(InteractionKind, row.kind) if known else None
    mood, mood_tone, mood_icon = _mood(row.sentiment)
    text = row.payload.get("text", "") if row.kind in OWN_KINDS else ""
    summary = kind.summary(row.payload, language) if kind and not text else ""
    meta = [staff.get(row.staff_id or 0, ""), *_measures(row), summary]
    if customers is not None:
        meta.insert(0, customers.get(row.customer_id or 0, "") or gettext("without customer"))
    context: dict[str, Any] = {
        "interaction": row,
        "payload": row.payload,
        "text": text,
        "note": bool(kind and kind.note),
        "place": row.payload.get("place", "") if row.kind == MEETING else "",
        "may_remove": may_edit and row.kind in OWN_KINDS and row.customer_id is not None,
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


def _measures(row: Interaction) -> list[str]:
    found = []
    if row.duration_s:
        minutes = max(1, round(row.duration_s / 60))
        found.append(ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": number(minutes)})
    if row.cost_minor and is_currency(row.cost_currency):
        found.append(gettext("cost %(amount)s") % {"amount": money(Money(row.cost_minor, row.cost_currency))})
    return found


def _mood(sentiment: int | None) -> tuple[str, Any, str]:
    if sentiment is None or BAD < sentiment < GOOD:
        return "", "", ""
    if sentiment >= GOOD:
        return gettext("happy"), "good", "mood-smile"
    return gettext("unhappy"), "bad", "mood-sad"
