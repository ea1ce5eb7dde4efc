"""The customers of the sample: people and organisations of a tea and coffee house, each with a way of coming back."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from urllib.parse import urlencode

from django.db import connection

from peyvand.foundation.accounts.models import User
from peyvand.foundation.demo.world import World
from peyvand.foundation.fields.models import SavedView
from peyvand.foundation.fields.services import field_save
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.demo_fields import CUSTOM_FIELDS, VIEWS
from peyvand.memory.customers.demo_known import known_load
from peyvand.memory.customers.demo_lists import LISTS, MOST
from peyvand.memory.customers.demo_names import (
    ABROAD,
    CHAIN,
    CITIES,
    EXPORTERS,
    FAMILIES,
    HOUSE_TAGS,
    JOBS,
    MEN,
    NOTES,
    ORGANISATIONS,
    PERSON_TAGS,
    SOURCES,
    WOMEN,
)
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.keys import identity_key
from peyvand.memory.customers.models import (
    Customer,
    CustomerKind,
    CustomerList,
    IdentityKind,
    ListMember,
    Relation,
)
from peyvand.memory.customers.queries import has_customers
from peyvand.memory.customers.services.tags import tags_ensure
from peyvand.memory.customers.stages import stages_ensure
from peyvand.memory.customers.writing import NewCustomer, NewIdentity, insert_customers

PEOPLE, HOUSES, TWICE = 600, 60, 9  # of the whole sample
FOREIGNERS = {7 + 9 * number: one for number, one in enumerate(ABROAD)}  # by their place among the people
FAR = range(1 + len(CHAIN[1]), 1 + len(CHAIN[1]) + len(EXPORTERS))  # places of the houses abroad


class Habit(StrEnum):
    """How somebody comes back; commerce and interactions live by it."""

    DEVOTED = "devoted"  # often, lately, dear
    REGULAR = "regular"
    GROWING = "growing"  # a few times, lately
    NEWCOMER = "newcomer"
    COOLING = "cooling"  # a few times, a while ago
    SLIPPING = "slipping"  # regular until lately
    GONE_DEAR = "gone-dear"  # often and dear, silent for months
    ASLEEP = "asleep"  # rarely, long ago
    LOST = "lost"  # once, more than a year ago
    WATCHING = "watching"  # has not bought yet


@dataclass(frozen=True)
class Shape:
    """Ranges in days, first and last included: since when known, silent for, days between two visits. `weight`: how
    many in a hundred.
    """

    weight: int
    known: tuple[int, int]
    silent: tuple[int, int]
    gap: tuple[int, int]


SHAPES = {
    Habit.DEVOTED: Shape(9, (330, 600), (0, 9), (13, 22)),
    Habit.REGULAR: Shape(17, (240, 590), (3, 34), (30, 46)),
    Habit.GROWING: Shape(11, (110, 260), (1, 26), (45, 90)),
    Habit.NEWCOMER: Shape(9, (3, 70), (0, 20), (18, 40)),
    Habit.COOLING: Shape(11, (230, 480), (60, 130), (50, 85)),
    Habit.SLIPPING: Shape(8, (300, 560), (75, 190), (18, 30)),
    Habit.GONE_DEAR: Shape(5, (420, 600), (130, 270), (11, 18)),
    Habit.ASLEEP: Shape(10, (280, 520), (190, 330), (70, 120)),
    Habit.LOST: Shape(12, (400, 600), (370, 560), (60, 120)),
    Habit.WATCHING: Shape(8, (2, 400), (0, 390), (40, 90)),
}


@dataclass(frozen=True)
class Life:
    """One customer's way, in days before today: known since `known`, last seen `silent` days ago, usually coming back
    after `gap`. `house` is an organisation; `abroad` pays in euros.
    """

    habit: Habit
    known: int
    silent: int
    gap: int
    house: bool = False
    abroad: bool = False

    def visits(self, chance: random.Random) -> list[int]:
        """Days ago of each visit, oldest first; the last is `silent`. None for those who only watch."""
        if self.habit is Habit.WATCHING:
            return []
        days, day = [self.silent], float(self.silent)
        while (day := day + self.gap * chance.uniform(0.6, 1.4)) <= self.known:
            days.append(round(day))
        if self.habit in (Habit.LOST, Habit.ASLEEP, Habit.NEWCOMER):
            days = days[:2]
        return sorted(set(days), reverse=True)


@dataclass
class Member:
    """A customer to be written, with their life and the days before today on which they became known."""

    row: NewCustomer
    life: Life
    branch_of: int | None = None  # place of the mother house in the cast
    works_at: int | None = None  # place of the organisation


def _life(chance: random.Random, *, house: bool = False, abroad: bool = False) -> Life:
    habits = list(SHAPES)
    (habit,) = chance.choices(habits, [SHAPES[one].weight for one in habits])
    if abroad:
        habit = Habit.REGULAR
    shape = SHAPES[habit]
    silent = chance.randint(*shape.silent)
    known = max(silent + 1, chance.randint(*shape.known))
    return Life(habit, known, silent, chance.randint(*shape.gap), house, abroad)


def lives(world: World) -> list[Life]:
    """The life of each customer, in the order of their ids."""
    return [member.life for member in cast(world)]


def cast(world: World) -> list[Member]:
    """Everybody of the sample, organisations first; the same for the same world."""
    houses = list(_houses(world))
    people = list(_people(world, houses=len(houses)))
    return [*houses, *people, *_twice(world, people)]


def _houses(world: World) -> Iterator[Member]:
    chance = world.chance("customers.houses")
    named = [(f"{what} {name}", "", "") for what, names in ORGANISATIONS for name in names]
    chance.shuffle(named)
    mother, branches = CHAIN
    first = [(mother, "", ""), *((name, "", "") for name in branches), *EXPORTERS]
    for place, (name, city, country) in enumerate([*first, *named][: max(len(first), world.count(HOUSES))]):
        abroad = bool(country)
        row = NewCustomer(
            kind=CustomerKind.ORGANISATION,
            name=name,
            city=city or _city(chance),
            country=country or "ایران",
            language="en" if abroad else "fa",
            source=chance.choice(SOURCES[2:]),
            owner_id=world.staff_ids[1],
            team_id=world.team_id,
            tags=chance.sample(HOUSE_TAGS, chance.randint(1, 2)),
            identities=[_email(f"info{place + 1}@example.com")],
        )
        if not abroad:
            row.identities.append(_phone(f"0900111{place:04d}"))
            row.identities.append(_code(f"H-{place + 101}"))
        branch = 0 if 1 <= place <= len(branches) else None
        yield Member(row, _life(chance, house=True, abroad=abroad), branch_of=branch)


def _people(world: World, *, houses: int) -> Iterator[Member]:
    chance = world.chance("customers.people")
    pairs = [(given, family, honorific) for names, honorific in ((WOMEN, "خانم"), (MEN, "آقای"))
             for given in names for family in FAMILIES]  # fmt: skip
    chance.shuffle(pairs)
    near = [place for place in range(houses) if place not in FAR]
    for place in range(world.count(PEOPLE)):
        life = _life(chance)
        if place in FOREIGNERS:
            name, given, family, city, country = FOREIGNERS[place]
            row = NewCustomer(CustomerKind.PERSON, name, "", given, family, city=city, country=country, language="en")
            row.identities = [_email(f"friend{place + 1}@example.org")]
        else:
            given, family, honorific = pairs[place]
            row = NewCustomer(CustomerKind.PERSON, f"{given} {family}", honorific, given, family, city=_city(chance))
            row.country, row.language = "ایران", "fa"
            row.identities = list(_identities(chance, place))
        row.source = chance.choices(SOURCES, (30, 25, 25, 15, 5))[0]
        if chance.random() < 0.45:
            row.birth_date = world.day(chance.randint(20 * 365, 68 * 365))
        if chance.random() < 0.5:
            row.tags = chance.sample(PERSON_TAGS, chance.choices((1, 2, 3), (6, 3, 1))[0])
        if chance.random() < 0.14:
            row.note = chance.choice(NOTES)
        if chance.random() < 0.7:
            row.owner_id, row.team_id = chance.choice(world.staff_ids[:3]), world.team_id
        works_at = chance.choice(near) if chance.random() < 0.13 else None
        if works_at is not None:
            row.job_title = chance.choice(JOBS)
        yield Member(row, life, works_at=works_at)


def _twice(world: World, people: list[Member]) -> Iterator[Member]:
    """Some who were written down a second time, as it happens in every base: for the search for duplicates to find."""
    chance = world.chance("customers.twice")
    known = [member.row for member in people if member.row.language == "fa" and member.row.given_name]
    with_email = [row for row in known if any(one.kind == IdentityKind.EMAIL for one in row.identities)]
    chosen = chance.sample(with_email, min(world.count(TWICE), len(with_email)))
    for place, row in enumerate(chosen):
        phone, email = (
            next(one for one in row.identities if one.kind == kind) for kind in (IdentityKind.PHONE, IdentityKind.EMAIL)
        )
        family = row.family_name
        slipped = f"{family[:-3]}{family[-2]}{family[-3]}{family[-1]}"  # two letters in each other's place
        name, given, kept = (
            (f"{row.given_name[0]}. {family}", "", [phone]),  # from a parcel
            (f"{row.given_name} {slipped}", row.given_name, [phone, email]),  # by telephone
            (f"{row.given_name} {family}", row.given_name, [email]),  # from the shop on the web
        )[place % 3]
        again = NewCustomer(
            CustomerKind.PERSON, name, "", given, slipped if place % 3 == 1 else family, city=row.city, country="ایران",
            language="fa", source=chance.choice(SOURCES), birth_date=row.birth_date if place % 2 else None,
            identities=list(kept),
        )  # fmt: skip
        yield Member(again, Life(Habit.WATCHING, chance.randint(20, 200), chance.randint(1, 19), 60))


def _identities(chance: random.Random, place: int) -> Iterator[NewIdentity]:
    yield _phone(f"0900000{place:04d}")
    if chance.random() < 0.62:
        yield _email(f"moshtari{place + 1}@example.com")
    if chance.random() < 0.4:
        value = f"alborz_friend_{place + 1}"
        system = chance.choice(("telegram", "instagram", "bale"))
        yield NewIdentity(IdentityKind.MESSENGER, system, value, identity_key(IdentityKind.MESSENGER, value))
    if chance.random() < 0.3:
        number = f"AZ{place + 1:05d}"
        yield NewIdentity(IdentityKind.CARD, "", number, identity_key(IdentityKind.CARD, number))


def _phone(value: str) -> NewIdentity:
    return NewIdentity(IdentityKind.PHONE, "", value, identity_key(IdentityKind.PHONE, value), is_primary=True)


def _email(value: str) -> NewIdentity:
    return NewIdentity(IdentityKind.EMAIL, "", value, identity_key(IdentityKind.EMAIL, value), is_primary=True)


def _code(value: str) -> NewIdentity:
    return NewIdentity(IdentityKind.EXTERNAL, "حسابداری", value, identity_key(IdentityKind.EXTERNAL, value))


def _city(chance: random.Random) -> str:
    return chance.choices([city for city, _share in CITIES], [share for _city, share in CITIES])[0]


def fields_of_sample(actor: Actor) -> None:
    """The fields and views that the house has made for itself."""
    for data in CUSTOM_FIELDS:
        field_save(actor=actor, record=RECORD, data=data)
    for name, query in VIEWS:
        SavedView.objects.create(
            demo=True, record=RECORD, name=name, query=urlencode(query), shared=True,
            owner=User.objects.filter(demo=True).order_by("pk")[0],
        )  # fmt: skip


def _fill(world: World, members: list[Member]) -> None:
    """Values of the custom fields: brewing and taste of people, credit and contract of houses."""
    chance = world.chance("customers.fields")
    for place, member in enumerate(members):
        if member.life.house:
            if not member.life.abroad:
                member.row.custom["credit_limit"] = str(chance.choice((50, 100, 200, 500)) * 10_000_000)
                member.row.custom["economic_code"] = f"4110{place:08d}"
            member.row.custom["contract_date"] = world.day(member.life.known).isoformat()
        else:
            if chance.random() < 0.6:
                member.row.custom["brewing"] = chance.choice(("espresso", "moka", "french_press", "tea_pot"))
            if chance.random() < 0.45:
                member.row.custom["taste"] = sorted(chance.sample(("bitter", "mild", "fruity"), chance.randint(1, 2)))
            if chance.random() < 0.3:
                member.row.custom["tasting_club"] = chance.random() < 0.7


# ── writing ───────────────────────────────────────────────────────────────

_KNOWN_SINCE = """
UPDATE customers_customer c SET created_at = r.at, updated_at = r.at
  FROM unnest(%s::bigint[], %s::timestamptz[]) AS r (id, at) WHERE c.id = r.id
"""


def _stage(chance: random.Random, life: Life) -> str:
    """Where somebody of such a life stands."""
    if life.habit is Habit.WATCHING:
        return chance.choices(("lead", "prospect"), (6, 4))[0]
    if life.habit is Habit.LOST or (life.habit is Habit.ASLEEP and chance.random() < 0.4):
        return "former"
    return "advocate" if life.habit is Habit.DEVOTED and chance.random() < 0.45 else "customer"


def _lists(world: World, members: list[Member], ids: list[int]) -> int:
    """The lists that the house keeps by hand; gives how many rows."""
    chance = world.chance("customers.lists")
    written = 0
    for place, one in enumerate(LISTS):
        fitting = [pk for pk, member in zip(ids, members, strict=True) if one.fits(member.row)]
        chosen = [pk for pk in fitting if chance.random() < 0.7][:MOST] or fitting[:1]
        owner, made = world.staff_ids[place % len(world.staff_ids)], world.moment(40 - 9 * place, chance)
        kept = CustomerList.objects.create(
            demo=True, name=one.name, description=one.words, owner_id=owner, shared=one.seen_by == "all",
            team_id=world.team_id if one.seen_by == "team" else None, created_at=made,
        )  # fmt: skip
        rows = [ListMember(list=kept, customer_id=pk, added_by_id=owner, created_at=made) for pk in chosen]
        written += 1 + len(ListMember.objects.bulk_create(rows))
    return written


def sample_load(actor: Actor, world: World) -> int:
    """Write the customers of the sample with all that hangs on them, fields and lists; gives how many rows."""
    fields_of_sample(actor)
    stages_ensure(demo=True)
    members = cast(world)
    _fill(world, members)
    chance = world.chance("customers.stages")
    for member in members:
        member.row.stage = _stage(chance, member.life)
    names = sorted({tag for member in members for tag in member.row.tags})
    tags = {tag.name: tag.pk for tag in tags_ensure(demo=True, names=names).values()}
    for member in members:
        member.row.tag_ids = [tags[name] for name in member.row.tags]
    ids = insert_customers(demo=True, rows=[member.row for member in members])
    roles = [
        Relation(demo=True, person_id=ids[place], organisation_id=ids[member.works_at], role=member.row.job_title)
        for place, member in enumerate(members)
        if member.works_at is not None
    ]
    Relation.objects.bulk_create(roles)
    for place, member in enumerate(members):
        if member.branch_of is not None:
            Customer.objects.filter(pk=ids[place]).update(parent_id=ids[member.branch_of])
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN_SINCE, [ids, list(_known_since(world, members))])
    said = known_load(actor, world, ids) + _lists(world, members, ids)
    return len(ids) + len(tags) + len(roles) + said + sum(len(member.row.identities) for member in members)


def _known_since(world: World, members: list[Member]) -> Iterator[datetime]:
    chance = world.chance("customers.known")
    for member in members:
        yield min(world.moment(member.life.known, chance), world.now - timedelta(minutes=1))


def sample_ids() -> list[int]:
    """Ids of the sample's customers in the order of `lives`, right after `sample_load`."""
    return list(Customer.objects.filter(demo=True).order_by("pk").values_list("pk", flat=True))


def sample_first() -> bool:
    """A new session looks at the sample while there is one and no customer of one's own."""
    return has_customers(True) and not has_customers(False)


def present(demo: bool) -> list[CustomerQuerySet]:
    """Who there is of the sample (True), or of one's own business (False)."""
    return [Customer.objects.filter(demo=demo)]
