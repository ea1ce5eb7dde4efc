"""Carts and purchases as pages told of them, and the orders of the books that they are. A page makes no revenue: its
purchase is linked to an order with the same number, where there is one, and to nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection

from peyvand.channels.web.models import Basket, BasketKind
from peyvand.channels.web.summing import Told
from peyvand.events.commerce import OrderPlaced
from peyvand.foundation.registry.actor import Actor

_SAVE = """
INSERT INTO web_basket (demo, site_id, visitor_id, visit_id, kind, name, at, number, items, value, currency, order_id)
SELECT DISTINCT ON (r.name) r.demo, r.site_id, r.visitor_id, r.visit_id, r.kind, r.name, r.at, r.number, r.items,
       r.value, r.currency, o.id
  FROM json_to_recordset(%s::json) AS r (demo boolean, site_id bigint, visitor_id bigint, visit_id bigint, kind text,
       name text, at timestamptz, number text, items jsonb, value numeric, currency text)
  LEFT JOIN commerce_order o ON r.kind = 'purchase' AND r.number <> '' AND o.demo = r.demo AND o.number = r.number
 ORDER BY r.name, r.at DESC
ON CONFLICT (name) DO UPDATE SET
  at = excluded.at, items = excluded.items, value = excluded.value, currency = excluded.currency,
  order_id = coalesce(web_basket.order_id, excluded.order_id)
WHERE web_basket.at <= excluded.at AND web_basket.kind = 'cart'
"""


def baskets_save(rows: Sequence[tuple[int, bool, int, int | None, Told]]) -> None:
    """Keep them: (visit, demo, site, visitor, what was told). A purchase that was told before stays as it was."""
    if not rows:
        return
    plain = [
        {
            "demo": demo, "site_id": site_id, "visitor_id": visitor_id, "visit_id": visit_id, "kind": told.kind,
            "name": _name(told, visit_id, site_id), "at": told.at.isoformat(), "number": told.number,
            "items": told.items, "value": None if told.value is None else str(told.value), "currency": told.currency,
        }
        for visit_id, demo, site_id, visitor_id, told in rows
    ]  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SAVE, [json.dumps(plain, ensure_ascii=False)])


def _name(told: Told, visit_id: int, site_id: int) -> str:
    if told.kind == BasketKind.CART:
        return f"cart:{visit_id}"
    return f"purchase:{site_id}:{told.number or told.uid}"


def order_placed(event: OrderPlaced, *, event_id: UUID | int, actor: Actor) -> Any:
    """An order whose purchase a page has told of before."""
    Basket.objects.filter(demo=event.demo, number=event.number, kind=BasketKind.PURCHASE, order=None).update(
        order_id=event.order_id
    )
