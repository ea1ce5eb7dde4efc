"""The reads of what visitors do. Figures hold every visitor; a visitor's own page only those whom the actor may see."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from peyvand.channels.sites.models import Site, Visitor
from peyvand.channels.web import access
from peyvand.channels.web.models import Basket, Count, Delivery, Shop, Visit
from peyvand.foundation.accounts import settings
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.models import Customer

NOW = timedelta(minutes=5)  # so lately seen, somebody is there now
READ = 20_000  # latest visits of which pages, sources and searches are counted
TOP = 10
VISITS_SHOWN = 30
PERIODS = (1, 7, 30)
_TOP_PAGES = """
SELECT split_part(split_part(p.step ->> 'u', '?', 1), '#', 1) AS url, max(p.step ->> 'n'), count(*) AS n
  FROM (SELECT path FROM web_visit WHERE site_id = %s AND started_at >= %s ORDER BY started_at DESC LIMIT %s) v,
       LATERAL jsonb_array_elements(v.path) AS p (step)
 WHERE p.step ->> 'k' = 'page' AND p.step ->> 'u' <> '' GROUP BY 1 ORDER BY n DESC, url LIMIT %s
"""
_TOP_SOURCES = """
SELECT source, medium, count(*) AS n
  FROM (SELECT source, medium FROM web_visit WHERE site_id = %s AND started_at >= %s
         ORDER BY started_at DESC LIMIT %s) v
 GROUP BY 1, 2 ORDER BY n DESC, source, medium LIMIT %s
"""
_TOP_SEARCHES = """
SELECT s.word, count(*) AS n
  FROM (SELECT searches FROM web_visit WHERE site_id = %s AND started_at >= %s ORDER BY started_at DESC LIMIT %s) v,
       LATERAL jsonb_array_elements_text(v.searches) AS s (word)
 GROUP BY 1 ORDER BY n DESC, word LIMIT %s
"""
_DAYS = """
SELECT (started_at AT TIME ZONE %s)::date AS day, count(*), count(DISTINCT key), sum(pages)
  FROM web_visit WHERE site_id = %s AND started_at >= %s GROUP BY 1
"""
_LATEST = """
SELECT at, kind, url, title, data::text, visitor, kept, received_at
  FROM (SELECT * FROM web_event WHERE at > now() - interval '8 days' ORDER BY xid DESC LIMIT 2000) e
 WHERE site_id = %s AND received_at > %s ORDER BY received_at DESC, at DESC, uid LIMIT %s
"""


def sites(*, actor: Actor) -> list[Site]:
    """The sites of the business one looks at. NotAllowed."""
    actor.require(access.VIEW)
    return list(Site.objects.filter(demo=actor.demo).order_by("-active", "name", "id"))


@dataclass(frozen=True)
class DayCount:
    """A day of the house, and what was there."""

    day: date
    visits: int = 0
    browsers: int = 0
    pages: int = 0


@dataclass(frozen=True)
class Overview:
    """A site's figures. `days` are the last fourteen, the last one today; the tops are of the period asked for."""

    live: int
    days: Sequence[DayCount]
    pages: Sequence[tuple[str, str, int]]
    sources: Sequence[tuple[str, str, int]]
    searches: Sequence[tuple[str, int]]
    refused: Mapping[str, int] = field(default_factory=dict)
    bought: int = 0
    carts: int = 0

    @property
    def today(self) -> DayCount:
        """Today so far."""
        return self.days[-1]


def overview(*, actor: Actor, site: Site, days: int) -> Overview:
    """What happened on a site. NotAllowed; the site is the caller's by `sites`."""
    actor.require(access.VIEW)
    zone = ZoneInfo(settings.text("time_zone"))
    now = timezone.now()
    today = now.astimezone(zone).date()
    since = datetime.combine(today - timedelta(days=days - 1), datetime.min.time(), zone)
    shown = [today - timedelta(days=back) for back in range(13, -1, -1)]
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, [str(zone), site.pk, datetime.combine(shown[0], datetime.min.time(), zone)])
        counted = {day: DayCount(day, visits, browsers, pages or 0) for day, visits, browsers, pages in cursor}
        tops = []
        for statement in (_TOP_PAGES, _TOP_SOURCES, _TOP_SEARCHES):
            cursor.execute(statement, [site.pk, since, READ, TOP])
            tops.append(cursor.fetchall())
    refused = Count.objects.filter(site=site, day__gte=today - timedelta(days=days - 1)).values_list("why", "count")
    totals: dict[str, int] = {}
    for why, count in refused:
        totals[why] = totals.get(why, 0) + count
    told = Basket.objects.filter(site=site, at__gte=since)
    return Overview(
        live=Visit.objects.filter(site=site, ended_at__gt=now - NOW).count(),
        days=[counted.get(day, DayCount(day)) for day in shown], pages=tops[0], sources=tops[1], searches=tops[2],
        refused=totals, bought=told.filter(kind="purchase").count(), carts=told.filter(kind="cart").count(),
    )  # fmt: skip


def latest_visits(*, actor: Actor, site: Site) -> list[Visit]:
    """The latest visits of a site: of the unknown, and of customers whom the actor may see."""
    seen = Customer.objects.visible_to(actor).values("pk")
    rows = list(Visit.objects.filter(site=site).select_related("visitor__customer").order_by("-started_at", "-id")[:60])
    ids = {one.visitor.customer_id for one in rows if one.visitor is not None and one.visitor.customer_id is not None}
    visible = set(Customer.objects.filter(pk__in=ids).filter(pk__in=seen).values_list("pk", flat=True))
    return [
        one for one in rows
        if one.visitor is None or one.visitor.customer_id is None or one.visitor.customer_id in visible
    ][:VISITS_SHOWN]  # fmt: skip


def visits_of(visitor_ids: Sequence[int], *, most: int = VISITS_SHOWN) -> list[Visit]:
    """Their visits, the latest first. The caller has checked the right."""
    rows = Visit.objects.filter(visitor_id__in=list(visitor_ids)).select_related("site", "visitor")
    return list(rows.prefetch_related("baskets__order").order_by("-started_at", "-id")[:most])


def visitor_get(*, actor: Actor, visitor_id: int) -> Visitor:
    """A visitor; Visitor.DoesNotExist for one whom the actor may not see. NotAllowed."""
    return access.visitors(actor).get(pk=visitor_id)


def browsers_of(*, actor: Actor, customer_id: int) -> list[Visitor]:
    """The browsers of a customer whom the actor may see, the latest first."""
    return list(access.visitors(actor).filter(customer_id=customer_id).order_by("-last_at", "-id")[:20])


def visitor_by_key(*, actor: Actor, key: str) -> Visitor | None:
    """The visitor with this key, where the actor may see them."""
    return access.visitors(actor).filter(key=key).first()


@dataclass(frozen=True)
class Came:
    """An event as it came, for the page that tries the script."""

    at: datetime
    kind: str
    url: str
    title: str
    data: Mapping[str, Any]
    visitor: str
    kept: bool
    received_at: datetime


def events_latest(*, actor: Actor, site: Site, most: int = 20) -> list[Came]:
    """The events of the last hour, as they came, the latest first. NotAllowed."""
    actor.require(access.VIEW)
    with connection.cursor() as cursor:
        cursor.execute(_LATEST, [site.pk, timezone.now() - timedelta(hours=1), most])
        return [
            Came(at, kind, url, title, json.loads(data), visitor, kept, received_at)
            for at, kind, url, title, data, visitor, kept, received_at in cursor.fetchall()
        ]


def shops(*, actor: Actor) -> list[Shop]:
    """The shops of the business one looks at. NotAllowed."""
    actor.require(access.MANAGE)
    return list(Shop.objects.filter(demo=actor.demo).select_related("site").order_by("name", "id"))


def shop_get(*, actor: Actor, id: int) -> Shop:
    """One shop. NotAllowed, Shop.DoesNotExist."""
    actor.require(access.MANAGE)
    return Shop.objects.select_related("site").get(pk=id, demo=actor.demo)


def deliveries(*, actor: Actor, shop: Shop) -> list[Delivery]:
    """Its last reports. NotAllowed."""
    actor.require(access.MANAGE)
    return list(Delivery.objects.filter(shop=shop).order_by("-id")[:30])
