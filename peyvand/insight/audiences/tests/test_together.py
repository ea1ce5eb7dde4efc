"""Many audiences looked up at once give what each gives by itself, and the copy says what PostgreSQL says."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import Phase, example, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from peyvand.events.audiences import AudienceEntered, AudienceLeft
from peyvand.foundation.fields.conditions import operators_of
from peyvand.foundation.fields.kinds import WITH_CHOICES, FieldKind
from peyvand.foundation.fields.models import CustomField
from peyvand.foundation.fields.services import FieldData, field_save
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.text.keys import clean
from peyvand.insight.audiences import asked, asking, columns, conditions, keeping, services, together, watching
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
from peyvand.insight.warehouse.beside import beside, exported
from peyvand.memory.commerce.models import Order
from peyvand.memory.commerce.tests import factories as commerce
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.data import CustomerData
from peyvand.memory.customers.models import Customer, Relation
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


def _asked(leaf: dict[str, Any]) -> asking.Asked:
    tree = conditions.read({"all": [leaf]}, actor=SYSTEM)
    return asking.select(next(tree.leaves())[1], demo=False, now=asking.clock(), few=False)


def _field(name: str, operator: str, *values: str) -> dict[str, Any]:
    return {"field": name, "operator": operator, "values": list(values)}


def _same(leaves: list[dict[str, Any]]) -> None:
    """The copy can be asked each of these, and says of whom it holds as the database does."""
    every = [(leaf, _asked(leaf)) for leaf in leaves]
    made = [columns.plain(asked) for _leaf, asked in every]
    assert [leaf for (leaf, _asked), one in zip(every, made, strict=True) if one is None] == []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        with beside(exported(cursor)) as source, columns.copied(filter(None, made), source) as copy:
            for (leaf, asked), one in zip(every, made, strict=True):
                assert one is not None
                found, everybody = copy.ids(one), set(copy.everybody(demo=False).tolist())
                assert found is not None, leaf
                those = set(found.tolist())
                cursor.execute(asked.sql, asked.params)
                held = everybody - those if one.others else everybody & those
                assert held == {pk for (pk,) in cursor.fetchall()}, leaf


LETTERS = "aAiIıİsSſßẞşkKKσςΣشیيکك٪é\u0301\u200c%_\\\\'\"$?"
TEXTS = st.lists(st.text(LETTERS, min_size=1, max_size=4), min_size=8, max_size=16)


@pytest.mark.django_db(transaction=True)
@hypothesis(max_examples=4, deadline=None, phases=(Phase.explicit, Phase.generate))
@example(texts=["50%", "50", "a_b", "axb", "a\\", "a\\%b", "O'Neil", "Straße", "STRASSE", "ſ", "s", "ı", "I", "i"])
@given(texts=TEXTS)
def test_text_by_parts_and_case_is_as_the_database_has_it(texts: list[str]) -> None:
    Customer.objects.all().delete()
    if not CustomField.objects.exists():
        field_save(actor=SYSTEM, record="customer", data=FieldData(kind="text", label_en="Word", key="word"))
    held = [*texts, "".join(texts), texts[0] + texts[1], texts[1] + texts[0], ""]
    people = [Customer(name="x", city=one, custom={"word": one} if one else {}) for one in held]
    Customer.objects.bulk_create([*people, Customer(name="x", custom={"word": None})])
    values = [one for one in texts if clean(one)]
    operators = ("contains", "is", "not", "starts")
    _same([_field(name, how, one) for name in ("city", "c.word") for how in operators for one in values])


VALUES = {
    FieldKind.NUMBER: "5", FieldKind.MONEY: "5", FieldKind.DATE: "2024-05-05", FieldKind.MOMENT: "2024-05-05",
    FieldKind.PHONE: "0912", FieldKind.EMAIL: "a@b.ir", FieldKind.LINK: "https://a.ir/B", FieldKind.CHOICE: "one",
    FieldKind.CHOICES: "one", FieldKind.COLLEAGUE: "1",
}  # fmt: skip
KEPT: tuple[dict[str, Any], ...] = (
    {"text": "Tea", "number": "5", "money": "5.000000000001", "date": "2024-05-05", "moment": "2024-05-05T08:00:00Z",
     "phone": "+989121234567", "email": "A@b.ir", "link": "https://a.ir/b", "choice": "one", "choices": ["one", "two"],
     "colleague": 1, "yesno": True, "long": "a\ntea"},
    {"text": "5", "number": "-5.5", "money": "999999999999999999999999", "date": "2024-05-06", "yesno": False,
     "moment": "2024-05-05T20:30:00Z", "choice": "two", "choices": ["two"], "colleague": 2},
    {"text": None, "number": None, "choice": None, "choices": [], "date": None},
    {},
)  # fmt: skip


@pytest.mark.django_db(transaction=True)
def test_what_only_the_database_computes_comes_with_the_copy() -> None:
    for kind in FieldKind.values:
        choices = "one\ntwo" if kind in WITH_CHOICES else ""
        data = FieldData(kind=kind, label_en=kind, key=kind, choices=choices, currency="EUR" if kind == "money" else "")
        field_save(actor=SYSTEM, record="customer", data=data)
    firm = customers.customer_create(actor=SYSTEM, data=CustomerData(name="Tea House", kind="organisation"))
    for number, custom in enumerate(KEPT):
        one = factories.customer(phone=f"0912000000{number}", email=f"p{number}@a_b.ir")
        Customer.objects.filter(pk=one.pk).update(custom=custom)
        Relation.objects.create(person=one, organisation=firm, role=("Buyer", "buyer's friend", "", "x")[number])
        row = TraitRow(customer_id=one.pk, name="value.last_order", text=f"2024-05-0{4 + number}")
        customers.traits_write(actor=SYSTEM, source="test", rows=[row])
        order = commerce.an_order(("2", "10"), customer=one)
        order.items.update(description=("Green Tea", "black tea", "50%", "")[number], product=None)
    offered = {name: one for name, one in asked.fields(SYSTEM).items() if name.startswith("c.")}
    leaves = [
        _field(name, operator, *_values(one.kind, operator))
        for name, one in offered.items() for operator, _word in operators_of(one)
    ]  # fmt: skip
    assert len(leaves) > 60
    product = {"field": "product_name", "operator": "contains", "values": ["tea"]}
    order_day = ("2024-05-05", "2024-05-06")
    _same([
        *leaves, {"did": "ordered", "of": [product]}, {"did": "ordered", "of": [{**product, "operator": "not"}]},
        _field("phone", "ends", "001"), _field("phone", "starts", "0912"), _field("email", "contains", "a_b"),
        _field("email", "contains", "%"), _field("role", "is", "BUYER"), _field("role", "contains", "'s"),
        _field("works_at", "contains", "tea"), _field("t.value.last_order", "between", *order_day),
        _field("t.value.last_order", "notlast", "7"), QOM, BORN, TOUCHED, BOUGHT, RICH,
    ])  # fmt: skip


def _values(kind: str, operator: str) -> tuple[str, ...]:
    if operator in ("filled", "empty", "yes", "no"):
        return ()
    if operator in ("last", "notlast"):
        return ("7",)
    value = VALUES.get(FieldKind(kind), "tea")
    return (value, value) if operator == "between" else (value,)


@pytest.mark.django_db
def test_traits_are_copied_by_name() -> None:
    traits = [TraitRow(customer_id=factories.customer().pk, name="prediction.risk", number=1)]
    customers.traits_write(actor=SYSTEM, source="test", rows=traits)
    made = columns.plain(_asked(RISK))
    assert made is not None
    assert made.traits == {"prediction.risk"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("holds", "value"),
    [
        ("c.name > %s", "a"),
        ("c.name ~ %s", "a"),
        ("c.name::text LIKE %s", "a_b%"),
        ("c.name::text LIKE %s", "a\\"),
        ("c.sort_key::text LIKE %s", "%a%"),
        ("c.none::text = %s", "a"),
        ("lower(c.name) = %s", "a"),
        ("c.custom = %s", "a"),
        ("c.id = %s", 1.5),
    ],
)
def test_what_may_mean_another_thing_is_not_copied(holds: str, value: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(columns, "_by_bytes", lambda: False)
    where = re.sub(r"c\.(\w+)", r'"customers_customer"."\1"', holds)
    sql = f'SELECT "customers_customer"."id" AS "pk" FROM "customers_customer" WHERE {where}'
    assert columns.plain(asking.Asked(sql, (value,), frozenset(), {})) is None
    same = asking.Asked(sql.split(" WHERE ")[0], (), frozenset(), {})
    assert columns.plain(same) is not None


AMONG = '"customers_customer"."id" IN (SELECT U0."parent_id" AS "p" FROM "customers_customer" U0 WHERE (U0."id" > %s))'


@pytest.mark.django_db(transaction=True)
def test_who_is_among_some_is_read_from_these_alone() -> None:
    factories.customer()
    firm = customers.customer_create(actor=SYSTEM, data=CustomerData(name="Tea House", kind="organisation"))
    Customer.objects.create(name="Tea Room", kind="organisation", parent=firm)
    made = [_made(holds) for holds in (AMONG, f"NOT ({AMONG})", f"{AMONG} AND {AMONG}")]
    assert [(one.sql.startswith("SELECT U0."), one.others) for one in made] == [
        (True, False), (True, True), (False, False),
    ]  # fmt: skip
    with (
        transaction.atomic(), connection.cursor() as cursor, beside(exported(cursor)) as source,
        columns.copied(made, source) as copy,
    ):  # fmt: skip
        assert [copy.ids(one).tolist() for one in (made[0], made[2])] == [[firm.pk], [firm.pk]]
        assert copy.ids(made[1]) is None  # one has no parent: of the others it can be said neither way


def _made(holds: str) -> columns.Plain:
    sql = (
        'SELECT "customers_customer"."id" AS "pk" FROM "customers_customer" WHERE (NOT "customers_customer"."demo" AND '
    )
    params = (0,) * holds.count("%s")
    made = columns.plain(asking.Asked(f"{sql}{holds})", params, frozenset(), {}))
    assert made is not None
    return made


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
