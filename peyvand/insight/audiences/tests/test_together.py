"""Many audiences looked up at once give what each gives by itself; what only PostgreSQL can say is asked of it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.utils import timezone

from peyvand.events.audiences import AudienceEntered, AudienceLeft
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import system_actor
from peyvand.insight.audiences import asking, columns, conditions, keeping, services, together, watching
from peyvand.insight.audiences.keeping import Keeper
from peyvand.insight.audiences.models import Audience
from peyvand.insight.audiences.tests.test_live import (
    BORN,
    BOUGHT,
    CITY,
    FEW,
    RICH,
    RISK,
    TEA,
    TOUCHED,
    audience,
    inside,
    looked_up,
    told,
)
from peyvand.memory.commerce.models import Order
from peyvand.memory.commerce.tests import factories as commerce
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import TraitRow
from peyvand.memory.customers.tests import factories
from peyvand.memory.interactions.services import record

SYSTEM = system_actor()
QOM = {"field": "city", "operator": "is", "values": ["قم"]}
NAMED = {"field": "city", "operator": "contains", "values": ["ira"]}
SPAN = {"did": "ordered", "count": {"operator": "is", "n": 2}, "within": {"from": "2020-01-01"}, "not": False}


def made(tree: dict[str, Any]) -> Audience:
    """An audience that nobody has looked up."""
    read = conditions.read(tree, actor=SYSTEM)
    return Audience.objects.create(name="x", tree=dict(read.kept), within=list(read.within))


def business() -> list[Customer]:
    people = [factories.customer(city=city) for city in ("Shiraz", "Tabriz", "Shiraz", "", "قم")]
    rows = [TraitRow(customer_id=one.pk, name="prediction.risk", number=20 * at) for at, one in enumerate(people)]
    customers.traits_write(actor=SYSTEM, source="test", rows=rows)
    for one, times in zip(people, (1, 2, 2, 0, 3), strict=True):
        for _time in range(times):
            commerce.an_order(("2", "10"), customer=one)
    Order.objects.filter(customer=people[2]).order_by("pk")[0].items.update(description="green tea", product=None)
    Customer.objects.filter(pk=people[1].pk).update(birth_date="1995-05-05")
    record(actor=SYSTEM, kind="call", customer=people[3], at=timezone.now(), direction="in")
    return people


@pytest.mark.django_db(transaction=True)
def test_together_they_are_as_each_by_itself() -> None:
    people = business()
    first = made({"any": [CITY, {"none": [TEA, BORN]}]})
    trees: tuple[dict[str, Any], ...] = (
        {"all": [BOUGHT, {"any": [CITY, TOUCHED]}]}, {"none": [RICH, RISK]}, {"all": [FEW, {**TEA, "not": False}]},
        {"any": [{"audience": first.pk, "in": True}, {"all": [NAMED, {"none": [CITY]}]}]},
        {"all": [{"audience": first.pk, "in": False}]}, {"all": [SPAN]},
        {"all": [{**BORN, "operator": "empty", "values": []}]}, {"none": [QOM]},
        {"all": [{"field": "city", "operator": "is", "values": ["Nowhere"]}]},
    )  # fmt: skip
    every = [first, *map(made, trees)]
    services.levels(demo=False)
    gone = made({"all": [CITY]})
    Audience.objects.filter(pk=gone.pk).update(tree={"all": [{"field": "no such", "operator": "is", "values": ["1"]}]})
    assert together.look_up() == {"audiences": len(every)}
    _agree(every)
    gone.refresh_from_db()
    assert (gone.broken, gone.due, inside(gone)) == (keeping.REFUSED, False, set())
    assert told(AudienceEntered, first) == []

    frozen = services.audience_freeze(actor=SYSTEM, audience=audience("then", {"all": [CITY]}))
    Customer.objects.filter(pk=people[0].pk).update(city="Tabriz", birth_date="1999-01-01")
    commerce.an_order(("2", "10"), customer=people[3])
    customers.customers_delete(actor=SYSTEM, customers=[people[4].pk])
    Audience.objects.filter(pk__in=[one.pk for one in every]).update(due=True)
    before = inside(first)
    together.look_up()
    _agree(every)
    come, left = told(AudienceEntered, first), told(AudienceLeft, first)
    assert (set().union(*come), set().union(*left)) == (inside(first) - before, before - inside(first))
    thawed = services.audience_thaw(actor=SYSTEM, audience=frozen)
    Audience.objects.filter(pk=thawed.pk).update(due=True)
    together.look_up()
    _agree([thawed])


def _agree(every: list[Audience]) -> None:
    for one in every:
        one.refresh_from_db()
        found = looked_up(one)
        assert (inside(one), one.members, one.due) == (found, len(found), False), one.tree


COPIED = (QOM, BORN, TOUCHED, BOUGHT, RICH, RISK)


@pytest.mark.django_db
@pytest.mark.parametrize(("leaf", "copied"), [*((one, True) for one in COPIED), (CITY, False), (NAMED, False)])
def test_words_by_parts_are_asked_of_the_database(leaf: dict[str, Any], copied: bool) -> None:
    traits = [TraitRow(customer_id=factories.customer().pk, name="prediction.risk", number=1)]
    customers.traits_write(actor=SYSTEM, source="test", rows=traits)
    tree = conditions.read({"all": [leaf]}, actor=SYSTEM)
    asked = asking.select(next(tree.leaves())[1], demo=False, now=asking.clock(), few=False)
    made = columns.plain(asked)
    assert (made is not None) == copied
    if leaf is RISK:
        assert made is not None
        assert made.traits == {"prediction.risk"}


@pytest.mark.parametrize(
    ("holds", "value"),
    [
        ("c.name > %s", "a"),
        ("c.name ~ %s", "a"),
        ("lower(c.name) = %s", "a"),
        ("c.custom = %s", "a"),
        ("c.id = %s", 1.5),
    ],
)
def test_what_may_mean_another_thing_is_not_copied(holds: str, value: Any) -> None:
    where = re.sub(r"c\.(\w+)", r'"customers_customer"."\1"', holds)
    sql = f'SELECT "customers_customer"."id" AS "pk" FROM "customers_customer" WHERE {where}'
    assert columns.plain(asking.Asked(sql, (value,), frozenset(), {})) is None
    same = asking.Asked(sql.split(" WHERE ")[0], (), frozenset(), {})
    assert columns.plain(same) is not None


@pytest.mark.django_db
def test_a_child_is_asked_once_where_many_are_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LARGE", 0)
    monkeypatch.setattr(keeping, "MANY", 2)
    assert watching.watch([Customer._meta.db_table])
    factories.customer(city="Shiraz")
    every = [made({"all": [CITY]}) for _number in range(3)]
    keeper = Keeper()
    for _time in range(2):
        while keeper.round():  # while there are notes to take
            pass
    run = Run.objects.get(job=keeping.TOGETHER)
    assert all(not inside(one) for one in every)
    Run.objects.filter(pk=run.pk).update(state=Run.State.FAILED, finished_at=timezone.now())
    while keeper.round():
        pass
    assert Run.objects.filter(job=keeping.TOGETHER).count() == 1
    assert all(len(inside(one)) == 1 for one in every)
