"""What the sample's house knows besides: whose address was proved and how, who speaks for a firm, facts in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from django.db.models import Min

from peyvand.foundation.accounts.models import User
from peyvand.foundation.demo.world import World
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.data import TraitRow
from peyvand.memory.customers.models import Customer, CustomerKind, Identity, IdentityKind, Relation, VerifiedHow
from peyvand.memory.customers.services.traits import STAFF, traits_say

HOWS = ((VerifiedHow.CODE, 45), (VerifiedHow.CALL, 30), (VerifiedHow.MESSAGE, 15), (VerifiedHow.IN_PERSON, 10))
LABELS = ("خانه", "محل کار", "همسر", "دفتر")
TEAS = ("دارجیلینگ", "سبز سنچا", "سیاه لاهیجان", "ارل گری", "بابونه")
TEA, BRANCHES = "چای دلخواه", "شمار شعبه‌ها"


def known_load(actor: Actor, world: World, ids: Sequence[int]) -> int:
    """Write these for the customers of the sample, by the order of their ids; gives how many rows of their own."""
    _proved(world, ids)
    _speakers(world)
    return _said(actor, world, ids)


def _proved(world: World, ids: Sequence[int]) -> None:
    """Some addresses were proved, by code or by calling back; some second phones say whose they are."""
    chance = world.chance("customers.proved")
    rows = list(Identity.objects.filter(customer_id__in=ids).order_by("pk"))
    for row in rows:
        if row.kind in (IdentityKind.PHONE, IdentityKind.EMAIL) and chance.random() < 0.38:
            row.verified_how = chance.choices([how for how, _share in HOWS], [share for _how, share in HOWS])[0]
            row.verified_at = world.moment(chance.randint(1, 300), chance)
            row.verified_by_id = chance.choice(world.staff_ids[:3])
        if row.kind == IdentityKind.PHONE and chance.random() < 0.12:
            row.label = chance.choice(LABELS)
    Identity.objects.bulk_update(
        rows, ["verified_how", "verified_at", "verified_by", "label"], batch_size=500
    )  # fmt: skip


def _speakers(world: World) -> None:
    """The first who works at a firm speaks for it; most say since when, a few have left."""
    chance = world.chance("customers.speakers")
    first: Mapping[int, int] = dict(
        Relation.objects.filter(demo=True).values_list("organisation_id").annotate(n=Min("pk")).order_by()
    )
    rows = list(Relation.objects.filter(demo=True).order_by("pk"))
    for row in rows:
        row.is_main = first[row.organisation_id] == row.pk
        if chance.random() < 0.8:
            row.since = world.day(chance.randint(200, 2_400))
        if not row.is_main and row.since is not None and chance.random() < 0.15:
            row.until = row.since + timedelta(days=chance.randint(30, 190))
    Relation.objects.bulk_update(rows, ["is_main", "since", "until"], batch_size=500)


def _said(actor: Actor, world: World, ids: Sequence[int]) -> int:
    """What colleagues have noted: a favourite tea of people, how many branches of firms."""
    chance = world.chance("customers.said")
    kinds = dict(Customer.objects.filter(pk__in=ids).values_list("pk", "kind"))
    rows = []
    for pk in ids:
        day = world.day(chance.randint(3, 280))
        if kinds[pk] == CustomerKind.PERSON and chance.random() < 0.3:
            rows.append(TraitRow(pk, TEA, text=chance.choice(TEAS), at=day))
        elif kinds[pk] == CustomerKind.ORGANISATION and chance.random() < 0.6:
            rows.append(TraitRow(pk, BRANCHES, number=Decimal(chance.choice((1, 1, 1, 2, 3, 5, 12))), at=day))
    name = User.objects.filter(pk=world.staff_ids[1]).values_list("name", flat=True).first() or actor.name
    speaking = Actor(user_id=None, name=name, everything=True, demo=True, via=actor.via)
    done = traits_say(actor=speaking, rows=rows, source=STAFF)
    return len(rows) if done.new else 0
