"""What a visit's events say of it: pages, searches, how it came; and the carts and purchases that pages told of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from peyvand.channels.web import events as kinds
from peyvand.channels.web.events import plain_text
from peyvand.channels.web.sources import device_of, host_of, source_of

MOST_PAGES, MOST_SEARCHES = 200, 20
MOST_ITEMS = 50


@dataclass(frozen=True)
class Row:
    """An event as it was kept."""

    visitor: str
    uid: UUID
    at: datetime
    kind: str
    url: str
    title: str
    data: Mapping[str, Any]
    kept: bool


def summed(rows: Sequence[Row]) -> dict[str, Any]:
    """The columns of a visit, by its events in their order."""
    pages = [row for row in rows if row.kind == kinds.PAGE]
    around: Mapping[str, Any] = {}
    for row in rows:
        if isinstance(found := row.data.get("_"), Mapping):
            around = found if not around else {**found, **around}
    arrival = next((row.data for row in pages if row.data.get("ref") or row.data.get("utm") or row.data.get("click")),
                   {})  # fmt: skip
    own = frozenset(filter(None, (host_of(row.url) for row in pages)))
    source = source_of(arrival, own)
    searches = dict.fromkeys(
        text for row in rows if row.kind == kinds.SEARCH and (text := plain_text(row.data.get("q"), 200).strip())
    )
    agent, language = str(around.get("a") or ""), str(around.get("l") or "")[:2].lower()
    return {
        "started_at": rows[0].at, "ended_at": rows[-1].at, "pages": len(pages), "events": len(rows),
        "searches": list(searches)[:MOST_SEARCHES],
        "path": [_step(row) for row in rows if row.kind != kinds.SEARCH][:MOST_PAGES],
        "source": source.source, "medium": source.medium, "campaign": source.campaign,
        "referrer": plain_text(arrival.get("ref"), 300), "touch": _touch(around),
        "device": device_of(agent), "agent": agent, "language": language,
    }  # fmt: skip


def _step(row: Row) -> dict[str, Any]:
    step = {"at": row.at.isoformat(), "k": row.kind, "u": row.url, "n": row.title}
    if row.kind != kinds.PAGE and (said := plain_text(row.data.get("text") or row.data.get("to"), 200)):
        step["w"] = said
    return step


def _touch(around: Mapping[str, Any]) -> dict[str, Any]:
    """The first and the last campaign that the browser knows of."""
    found = {}
    for name in ("first", "last"):
        if isinstance(said := around.get(name), Mapping):
            found[name] = {
                plain_text(key, 20): plain_text(value, 150) for key, value in list(said.items())[:12]
                if isinstance(value, str)
            }  # fmt: skip
    return found


@dataclass(frozen=True)
class Told:
    """A cart or a purchase of which a page told."""

    kind: str
    at: datetime
    uid: UUID
    number: str
    items: list[dict[str, Any]]
    value: Decimal | None
    currency: str


def baskets(rows: Sequence[Row]) -> list[Told]:
    """Every purchase, and the cart as it was told last."""
    found = [_told(row) for row in rows if row.kind == kinds.PURCHASE]
    carts = [row for row in rows if row.kind == kinds.CART]
    return [*found, *([_told(carts[-1])] if carts else [])]


def _told(row: Row) -> Told:
    items = row.data.get("items")
    said = [one for one in items if isinstance(one, Mapping)][:MOST_ITEMS] if isinstance(items, list) else []
    currency = plain_text(row.data.get("currency"), 3).upper()
    return Told(
        row.kind, row.at, row.uid, plain_text(_number(row.data.get("id")), 64).strip(),
        [
            {
                "sku": plain_text(_number(one.get("sku")), 100), "name": plain_text(one.get("name"), 200),
                "quantity": str(_decimal(one.get("quantity")) or 1), "price": str(_decimal(one.get("price")) or ""),
            }
            for one in said
        ],
        _decimal(row.data.get("value")), currency if re.fullmatch("[A-Z]{3}", currency) else "",
    )  # fmt: skip


def _number(said: object) -> object:
    return str(said) if isinstance(said, int) and not isinstance(said, bool) else said


def _decimal(said: object) -> Decimal | None:
    if isinstance(said, bool) or not isinstance(said, int | float | str):
        return None
    try:
        found = Decimal(str(said)).quantize(Decimal("0.0001"))
    except InvalidOperation:
        return None
    return found if found.is_finite() and 0 <= found < Decimal(10) ** 15 else None
