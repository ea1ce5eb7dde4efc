"""The live profile: GET /p/v1/me?site=<key>&v=<token> says who looks at a page, in milliseconds.

It says what the site may show: whether we know them, their first name where they and the site allow it, their class,
and products that may suit them. Whoever holds the token is the visitor, and learns of nobody else. What was read is
believed for some seconds.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs
from weakref import WeakKeyDictionary

import psycopg
from django.db import DatabaseError
from psycopg_pool import PoolTimeout

from peyvand.channels.sites import edge
from peyvand.channels.sites.models import Site
from peyvand.channels.sites.tokens import is_token, visitor_key
from peyvand.foundation.database.pool import pool

LIVES = 5.0  # seconds that a profile is believed
POPULAR_LIVES = 300.0
MOST = 10_000
ITEMS = 8
limits = edge.Limits(per_second=20, burst=100)
_VISITOR = """
SELECT v.customer_id, v.remembered, v.language, c.given_name, c.language, t.text, b.products, b.categories
  FROM sites_visitor v
  LEFT JOIN customers_customer c ON c.id = v.customer_id
  LEFT JOIN customers_trait t ON t.customer_id = v.customer_id AND t.name = 'value.class'
  LEFT JOIN LATERAL (
    SELECT array_agg(l.product_id) AS products, array_agg(DISTINCT p.category_id) AS categories
      FROM (SELECT id FROM commerce_order WHERE customer_id = v.customer_id AND kind = 'sale'
             ORDER BY placed_at DESC, id DESC LIMIT 10) o
      JOIN commerce_orderline l ON l.order_id = o.id JOIN commerce_product p ON p.id = l.product_id
  ) b ON v.customer_id IS NOT NULL
 WHERE v.key = %s AND v.site_id = %s
"""
_POPULAR = """
WITH latest AS (
  SELECT id FROM commerce_order WHERE demo = %s AND kind = 'sale' AND status <> 'cancelled'
   ORDER BY placed_at DESC, id DESC LIMIT 2000
)
SELECT p.id, p.sku, p.name, p.category_id, p.unit_price::text, p.currency
  FROM latest JOIN commerce_orderline l ON l.order_id = latest.id JOIN commerce_product p ON p.id = l.product_id
 WHERE p.active AND p.kind = 'goods' GROUP BY p.id ORDER BY count(*) DESC, p.id LIMIT 200
"""


@dataclass(frozen=True)
class Item:
    """A product that many buy."""

    id: int
    category: int | None
    shown: Mapping[str, Any]


@dataclass
class _Kept:
    """What the process has read."""

    profiles: OrderedDict[tuple[int, str], tuple[float, bytes]] = field(default_factory=OrderedDict)
    popular: dict[bool, tuple[float, Sequence[Item]]] = field(default_factory=dict)
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


_kept: WeakKeyDictionary[asyncio.AbstractEventLoop, _Kept] = WeakKeyDictionary()


async def serve(scope: edge.Scope, receive: edge.Receive, send: edge.Send) -> None:
    """Who is this, and what fits them."""
    if scope["type"] != "http":
        return
    if scope["path"] != "/p/v1/me":
        await edge.answer(send, 404)
        return
    if scope["method"] == "OPTIONS":
        await edge.answer(send, 204, headers=edge.preflight(edge.origin_of(scope)))
        return
    if scope["method"] != "GET":
        await edge.answer(send, 405)
        return
    if not limits.takes(edge.address_of(scope)):
        await edge.answer(send, 429, headers={"retry-after": "5"})
        return
    asked = parse_qs(scope["query_string"].decode("latin-1"), max_num_fields=10)
    token = asked.get("v", [""])[0]
    try:
        site = await edge.site_cached(asked.get("site", [""])[0])
        if site is None:
            await edge.answer(send, 404)
            return
        origin = edge.origin_of(scope)
        if not edge.allowed_origin(site, origin):
            await edge.answer(send, 403)
            return
        content = await profile(site, token if is_token(token) else "", anew="new" in asked)
    except (psycopg.Error, PoolTimeout, DatabaseError, OSError):
        await edge.answer(send, 503, headers={"retry-after": "5"})
        return
    await edge.answer(send, 200, content, kind="application/json; charset=utf-8", headers=edge.crossing(origin))


async def profile(site: Site, token: str, *, anew: bool = False) -> bytes:
    """The answer for who holds the token, as JSON; "" is somebody who holds none. `anew`: they have just said who they
    are.
    """
    kept = _kept.setdefault(asyncio.get_running_loop(), _Kept())
    key = visitor_key(token) if token else ""
    place = (site.pk, key)
    found = kept.profiles.get(place)
    if found is not None and not anew and time.monotonic() - found[0] < LIVES:
        return found[1]
    row = None
    if key:
        async with (await pool()).connection() as connection:
            row = await (await connection.execute(_VISITOR, [key, site.pk])).fetchone()
    content = edge.as_json(_said(site, row, await _popular(kept, demo=site.demo)))
    kept.profiles[place] = (time.monotonic(), content)
    kept.profiles.move_to_end(place)
    while len(kept.profiles) > MOST:
        kept.profiles.popitem(last=False)
    return content


def _said(site: Site, row: Sequence[Any] | None, popular: Sequence[Item]) -> dict[str, Any]:
    customer, remembered, spoken, given_name, language, value_class, bought, categories = row or [None] * 8
    known = customer is not None
    return {
        "known": known,
        "name": (given_name or "") if known and remembered and site.greets else "",
        "class": (value_class or "") if known else "",
        "segments": [f"class:{value_class}"] if known and value_class else [],
        "language": (language or "") or (spoken or "") or site.language,
        "items": [one.shown for one in _fitting(popular, set(bought or ()), set(categories or ()) - {None})],
    }


def _fitting(popular: Sequence[Item], bought: set[int], categories: set[int]) -> list[Item]:
    """What many buy and they have not bought lately: first of the categories they bought from, then of all."""
    fresh = [one for one in popular if one.id not in bought]
    near = [one for one in fresh if one.category in categories]
    others = [one for one in fresh if one.category not in categories]
    return [*near, *others][:ITEMS]


async def _popular(kept: _Kept, *, demo: bool) -> Sequence[Item]:
    """What many buy; one reads it anew, the others take what was read before."""
    found = kept.popular.get(demo)
    if found is not None and (time.monotonic() - found[0] < POPULAR_LIVES or kept.reading.locked()):
        return found[1]
    async with kept.reading:
        found = kept.popular.get(demo)
        if found is not None and time.monotonic() - found[0] < POPULAR_LIVES:
            return found[1]
        async with (await pool()).connection() as connection:
            rows = await (await connection.execute(_POPULAR, [demo])).fetchall()
        items = [
            Item(pk, category, {"sku": sku, "name": name, "price": price, "currency": currency})
            for pk, sku, name, category, price, currency in rows
        ]
        kept.popular[demo] = (time.monotonic(), items)
        return items
