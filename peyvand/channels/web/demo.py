"""The sample's visits: some of people who are known, most of people who are not."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db import connection

from peyvand.channels.sites.models import Proof, Site, Visitor
from peyvand.channels.web import events
from peyvand.channels.web.demo_earlier import earlier_load
from peyvand.channels.web.digesting import digest_sample
from peyvand.channels.web.events import Event
from peyvand.channels.web.models import Shop, Visit
from peyvand.channels.web.setting import PURPOSE
from peyvand.channels.web.telling import tell
from peyvand.foundation.demo.world import World
from peyvand.foundation.outside.locking import locked
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.models import Customer, IdentityKind
from peyvand.memory.customers.services import identity_add

VISITORS, KNOWN, DAYS = 60, 20, 6
SHOP = "https://shop.example"
PAGES = (
    ("/", "فروشگاه اینترنتی نمونه"), ("/tea/", "دمنوش‌ها"), ("/tea/borage/", "دمنوش گل‌گاوزبان"),
    ("/nuts/", "آجیل و خشکبار"), ("/nuts/pistachio/", "پسته‌ی اکبری"), ("/yalda/", "جعبه‌ی یلدا"),
    ("/delivery/", "شیوه‌ی ارسال"), ("/contact/", "تماس با ما"),
)  # fmt: skip
ARRIVALS: tuple[dict[str, object], ...] = (
    {}, {"ref": "https://www.google.com/"}, {"ref": "https://t.me/"}, {"ref": "https://l.instagram.com/"},
    {"utm": {"source": "newsletter", "medium": "email", "campaign": "yalda"}},
    {"utm": {"source": "yektanet", "medium": "cpc", "campaign": "yalda"}},
)  # fmt: skip
WORDS = ("پسته", "جعبه یلدا", "دمنوش آرام‌بخش", "زعفران")
AGENTS = (
    "Mozilla/5.0 (Linux; Android 14; SM-A546E) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/130.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1",
)  # fmt: skip
_COPY = "COPY web_event (uid, at, site_id, demo, visitor, kept, kind, url, title, data) FROM STDIN"


def sample_load(actor: Actor, world: World) -> int:
    """Visits of the last days, the newest a few minutes old, and a shop that reports; gives how many visits."""
    site = Site.objects.filter(demo=True).order_by("id").first()
    if site is None:
        return 0
    earlier_load(actor, world, site)
    chance = world.chance("web")
    lines = []
    for place in range(world.count(VISITORS)):
        key = _key(world.seed, place)
        for start in _moments(world, chance, place):
            for one in _visit(chance, start, world.now):
                lines.append(events.copied(one, site_id=site.pk, demo=True, visitor=key, kept=True))
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write("".join(lines))
    digest_sample()
    _known(actor, world, site)
    while tell():
        pass
    Shop.objects.create(
        demo=True, name="فروشگاه اینترنتی نمونه", kind="woocommerce", site=site, unit="toman",
        secret=locked("sample-of-a-secret", purpose=PURPOSE),
    )  # fmt: skip
    return Visit.objects.filter(demo=True).count()


def _key(seed: int, place: int) -> str:
    digest_of = hashlib.sha256(f"{seed}:visitor:{place}".encode()).digest()[:16]
    return base64.b32encode(digest_of).decode().rstrip("=").lower()


def _moments(world: World, chance: Random, place: int) -> list[datetime]:
    """When a browser came; the first few are here just now."""
    if place < 3:
        return [world.now - timedelta(minutes=4 + place)]
    days = chance.sample(range(DAYS), chance.randint(1, 2))
    return [world.moment(day, chance) - timedelta(minutes=40 if day == 0 else 0) for day in sorted(days, reverse=True)]


def _visit(chance: Random, start: datetime, now: datetime) -> Iterator[Event]:
    at = start
    around = {"l": "fa", "a": chance.choice(AGENTS), "s": "412x915", "z": 210}
    told: dict[str, object] = {**chance.choice(ARRIVALS), "_": around}
    for number in range(chance.randint(1, 6)):
        path, title = PAGES[0] if number == 0 and chance.random() < 0.6 else chance.choice(PAGES)
        yield _event(chance, at, events.PAGE, path, title, told)
        told = {}
        at += timedelta(seconds=chance.randint(8, 150))
        if at >= now:
            return
        if chance.random() < 0.15:
            yield _event(chance, at, events.SEARCH, path, title, {"q": chance.choice(WORDS)})
        elif number and chance.random() < 0.12:
            item = {"sku": "", "name": "جعبه‌ی یلدا", "quantity": 1, "price": 4500000}
            yield _event(chance, at, events.CART, path, title, {"items": [item], "value": 4500000, "currency": "IRR"})


def _event(chance: Random, at: datetime, kind: str, path: str, title: str, data: dict[str, object]) -> Event:
    uid = UUID(int=chance.getrandbits(128))
    return Event(uid, at, kind, f"{SHOP}{path}", title, events.as_json(data))


def _known(actor: Actor, world: World, site: Site) -> None:
    """A third of the browsers are of customers of ours."""
    people = Customer.objects.filter(demo=True, kind="person").order_by("id")[: world.count(KNOWN)]
    keys = [_key(world.seed, place) for place in range(world.count(VISITORS))]
    own = Visitor.objects.filter(site=site, key__in=keys, customer=None).order_by("-last_at", "id")
    for visitor, customer in zip(own, people, strict=False):
        identity_add(actor=actor, customer=customer, data=IdentityData(IdentityKind.VISITOR, visitor.key))
        Visitor.objects.filter(pk=visitor.pk).update(customer=customer, how=Proof.SIGNATURE, remembered=True)


def sample_remove(actor: Actor) -> int:
    """Remove the sample's events, visits and shops; gives how many."""
    removed = Shop.objects.filter(demo=True).delete()[0] + Visit.objects.filter(demo=True).delete()[0]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM web_event WHERE demo")
        return removed + int(cursor.rowcount)
