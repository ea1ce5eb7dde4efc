"""The sample's visits of the months before: what led people to their record and to their orders, and who only looked.

Their pages are gone, as those of visits of long ago are; what is left is that they came, and where from.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from peyvand.channels.sites.models import Proof, Site, Visitor
from peyvand.channels.web.models import Visit
from peyvand.channels.web.sources import Source
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.models import Order, OrderKind
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.demo_names import SOURCES
from peyvand.memory.customers.models import Customer, IdentityKind
from peyvand.memory.customers.services import identity_add

PEOPLE, STRANGERS, DAYS = 110, 320, 240
SEARCH, AD, SOCIAL, LETTER, ITSELF = (
    Source("google", "organic"), Source("yektanet", "cpc", "پاییز"), Source("instagram", "social"),
    Source("newsletter", "email", "پاییز"), Source(),
)  # fmt: skip
FIRST, LATER = (30, 25, 35, 0, 10), (12, 8, 25, 25, 30)  # how often somebody comes by each, the first time and after
ARRIVALS = (SEARCH, AD, SOCIAL, LETTER, ITSELF)
BEFORE_AN_ORDER = 0.45  # of the orders have visits of the days before


def earlier_load(actor: Actor, world: World, site: Site) -> int:
    """Write browsers and visits; gives how many visits. They are told to the history with the others."""
    chance = world.chance("web.earlier")
    instagram, website = SOURCES[:2]
    since = world.now - timedelta(days=DAYS)
    people = Customer.objects.filter(demo=True, kind="person", source__in=(instagram, website), created_at__gte=since)
    known = list(people.order_by("id")[: world.count(PEOPLE)])
    orders: dict[int, list[datetime]] = {}
    sales = Order.objects.filter(demo=True, kind=OrderKind.SALE, customer__in=known, placed_at__gte=since)
    for customer_id, at in sales.order_by("placed_at").values_list("customer_id", "placed_at"):
        orders.setdefault(customer_id or 0, []).append(at)
    browsers = [_browser(world, site, place, customer) for place, customer in enumerate(known)]
    strangers = [_browser(world, site, len(known) + place) for place in range(world.count(STRANGERS))]
    comings: list[list[tuple[datetime, Source]]] = [
        list(_of_one(chance, customer.created_at, orders.get(customer.pk, []))) for customer in known
    ]
    comings += [list(_of_stranger(world, chance)) for _browser_of in strangers]
    for browser, times in zip([*browsers, *strangers], comings, strict=True):
        browser.first_at, browser.last_at = min(at for at, _by in times), max(at for at, _by in times)
    made = Visitor.objects.bulk_create([*browsers, *strangers])
    for browser, customer in zip(made, known, strict=False):
        identity_add(actor=actor, customer=customer, data=IdentityData(IdentityKind.VISITOR, browser.key))
    visits = [
        _visit(chance, site, browser, at, by)
        for browser, times in zip(made, comings, strict=True)
        for at, by in sorted(times, key=lambda one: one[0])
        if at < world.now - timedelta(hours=2)
    ]
    return len(Visit.objects.bulk_create(visits, ignore_conflicts=True))


def _browser(world: World, site: Site, place: int, customer: Customer | None = None) -> Visitor:
    digest = hashlib.sha256(f"{world.seed}:earlier:{place}".encode()).digest()[:16]
    return Visitor(
        demo=True, site=site, key=base64.b32encode(digest).decode().rstrip("=").lower(), customer=customer,
        how=Proof.SIGNATURE if customer else "", language="fa",
    )  # fmt: skip


def _of_one(chance: Random, known: datetime, orders: list[datetime]) -> Iterator[tuple[datetime, Source]]:
    """Before the record was made, and before some of the orders."""
    for number in range(chance.choice((1, 1, 2, 3))):
        at = known - timedelta(days=chance.randint(0, 18), minutes=chance.randint(20, 600))
        yield at, chance.choices(ARRIVALS, LATER if number else FIRST)[0]
    for order in orders:
        if chance.random() < BEFORE_AN_ORDER:
            for _again in range(chance.choice((1, 1, 2, 3))):
                at = order - timedelta(days=chance.randint(0, 14), minutes=chance.randint(15, 500))
                yield at, chance.choices(ARRIVALS, LATER)[0]


def _of_stranger(world: World, chance: Random) -> Iterator[tuple[datetime, Source]]:
    first = chance.randint(7, DAYS)
    for number in range(chance.choice((1, 1, 1, 2))):
        ago = max(1, first - number * chance.randint(1, 12))
        yield world.moment(ago, chance), chance.choices(ARRIVALS, LATER if number else FIRST)[0]


def _visit(chance: Random, site: Site, browser: Visitor, at: datetime, by: Source) -> Visit:
    pages = chance.randint(1, 7)
    return Visit(
        demo=True, site=site, visitor=browser, key=browser.key, started_at=at,
        ended_at=at + timedelta(seconds=pages * chance.randint(9, 80)), pages=pages, events=pages, source=by.source,
        medium=by.medium, campaign=by.campaign, device=chance.choice(("phone", "phone", "desk")),
    )  # fmt: skip
