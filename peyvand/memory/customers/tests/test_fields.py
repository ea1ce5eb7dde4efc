"""Custom fields of customers: everywhere a built-in field is; conditions; hiding; one and many at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.changes.services import undo
from peyvand.foundation.fields.conditions import made
from peyvand.foundation.fields.kinds import FieldKind, value_of
from peyvand.foundation.fields.models import CustomField
from peyvand.foundation.fields.queries import fields_of
from peyvand.foundation.fields.services import FieldData, field_archive, field_save, view_save
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.foundation.ui.lists import paginate
from peyvand.memory.customers import queries, services
from peyvand.memory.customers.data import CustomerData
from peyvand.memory.customers.errors import ConflictError, InvalidError
from peyvand.memory.customers.exports import export_rows
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.filters import asked, ordered
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
DATA: dict[str, dict[str, Any]] = {
    "size": {"kind": FieldKind.NUMBER, "label_fa": "شماره", "label_en": "Size"},
    "limit": {"kind": FieldKind.MONEY, "label_en": "Limit", "currency": "IRR"},
    "signed": {"kind": FieldKind.DATE, "label_en": "Signed"},
    "vip": {"kind": FieldKind.YESNO, "label_en": "VIP"},
    "drink": {"kind": FieldKind.CHOICE, "label_en": "Drink", "choices": "Tea\nCoffee\nWater"},
    "likes": {"kind": FieldKind.CHOICES, "label_en": "Likes", "choices": "Red\nGreen\nBlue"},
    "motto": {"kind": FieldKind.TEXT, "label_en": "Motto"},
}


@pytest.fixture
def actor() -> Actor:
    found = system_actor()
    for key, data in DATA.items():
        field_save(actor=found, record=RECORD, data=FieldData(key=key, **data))
    return found


def test_values_are_checked_kept_and_changed_one_by_one(actor: Actor) -> None:
    made_ = services.customer_create(
        actor=actor, data=CustomerData(name="سارا کریمی", custom={"size": "۴۲٫۵", "drink": "coffee", "likes": ["blue"]})
    )
    assert made_.custom == {"size": "42.5", "drink": "coffee", "likes": ["blue"]}
    changed = services.customer_update(
        actor=actor, customer=made_, changes={"custom": {"size": Decimal(43), "drink": None}}, version=made_.version
    )
    assert changed.custom == {"size": "43", "likes": ["blue"]}
    with pytest.raises(InvalidError) as refused:
        services.customer_update(
            actor=actor, customer=made_, changes={"custom": {"size": "big", "nothing": 1}}, version=None
        )
    assert set(refused.value.errors) == {"c.size", "c.nothing"}
    with pytest.raises(ConflictError) as conflict:
        services.customer_update(actor=actor, customer=made_, changes={"custom": {"size": 1}}, version=1)
    assert [(one.field, one.value) for one in conflict.value.theirs] == [("c.size", "43")]


def test_keys_are_made_of_labels_and_stay(actor: Actor) -> None:
    one = field_save(actor=actor, record=RECORD, data=FieldData(kind=FieldKind.TEXT, label_fa="رنگ دلخواه"))
    again = field_save(actor=actor, record=RECORD, data=FieldData(kind=FieldKind.TEXT, label_fa="رنگ دلخواه"))
    assert one.key != again.key
    assert one.key.isascii()
    renamed = field_save(
        actor=actor, record=RECORD, data=FieldData(kind="number", label_fa="رنگ", key="other"), field=one
    )
    assert (renamed.key, renamed.kind) == (one.key, FieldKind.TEXT), "key and kind stay"
    with pytest.raises(NotAllowed):
        field_save(actor=Actor(user_id=None, name=""), record=RECORD, data=FieldData(kind="text", label_en="No"))


def test_a_renamed_choice_keeps_what_was_chosen(actor: Actor) -> None:
    drink = next(one for one in fields_of(actor=actor, record=RECORD).values() if one.name == "c.drink")
    assert [key for key, _label in drink.choices] == ["tea", "coffee", "water"]
    from_db = field_of("drink")
    field_save(
        actor=actor, record=RECORD, field=from_db,
        data=FieldData(kind="choice", label_en="Drink", choices="قهوه | Coffee\nTea\nMilk"),
    )  # fmt: skip
    assert [one["key"] for one in field_of("drink").choices] == ["coffee", "tea", "milk"]


def field_of(key: str) -> CustomField:
    return CustomField.objects.get(key=key)


PEOPLE = st.lists(
    st.fixed_dictionaries(
        {},
        optional={
            "size": st.integers(38, 45).map(Decimal),
            "signed": st.dates(date(2026, 1, 1), date(2026, 1, 9)),
            "vip": st.booleans(),
            "drink": st.sampled_from(["tea", "coffee"]),
            "likes": st.lists(st.sampled_from(["red", "green", "blue"]), min_size=1, unique=True),
            "motto": st.sampled_from(["Alpha", "beta", "آلفا"]),
        },
    ),
    min_size=1, max_size=6,
)  # fmt: skip
DAY = st.dates(date(2025, 12, 30), date(2026, 1, 11)).map(date.isoformat)
SIZE = st.integers(37, 46).map(str)
ASKED: st.SearchStrategy[tuple[str, str, list[str]]] = st.one_of(
    st.tuples(st.just("size"), st.sampled_from(["is", "least", "most"]), SIZE.map(lambda one: [one])),
    st.tuples(st.just("size"), st.just("between"), st.tuples(SIZE, SIZE).map(sorted).map(list)),
    st.tuples(st.just("signed"), st.sampled_from(["on", "after", "before"]), DAY.map(lambda one: [one])),
    st.tuples(st.just("signed"), st.just("between"), st.tuples(DAY, DAY).map(sorted).map(list)),
    st.tuples(st.just("vip"), st.sampled_from(["yes", "no"]), st.just([])),
    st.tuples(
        st.just("drink"), st.sampled_from(["any", "none"]), st.lists(st.sampled_from(["tea", "coffee"]), min_size=1)
    ),
    st.tuples(
        st.just("likes"), st.sampled_from(["any", "none"]), st.lists(st.sampled_from(["red", "blue"]), min_size=1)
    ),
    st.tuples(
        st.just("motto"),
        st.sampled_from(["is", "not", "contains", "starts"]),
        st.sampled_from(["alpha", "B", "آلفا"]).map(lambda one: [one]),
    ),
    st.tuples(
        st.sampled_from(["size", "signed", "drink", "likes", "motto"]),
        st.sampled_from(["filled", "empty"]),
        st.just([]),
    ),
)
SENSE: dict[str, Callable[[Any, list[str]], bool]] = {
    "is": lambda have, want: str(have).lower() == want[0].lower(),
    "not": lambda have, want: have is None or str(have).lower() != want[0].lower(),
    "contains": lambda have, want: have is not None and want[0].lower() in str(have).lower(),
    "starts": lambda have, want: have is not None and str(have).lower().startswith(want[0].lower()),
    "least": lambda have, want: have is not None and have >= Decimal(want[0]),
    "most": lambda have, want: have is not None and have <= Decimal(want[0]),
    "on": lambda have, want: have is not None and have.isoformat() == want[0],
    "after": lambda have, want: have is not None and have.isoformat() >= want[0],
    "before": lambda have, want: have is not None and have.isoformat() <= want[0],
    "between": lambda have, want: have is not None and want[0] <= str(have) <= want[1],
    "yes": lambda have, want: have is True,
    "no": lambda have, want: have is not True,
    "any": lambda have, want: bool(set(have if isinstance(have, list) else [have]) & set(want)),
    "none": lambda have, want: not set(have if isinstance(have, list) else [have]) & set(want),
    "filled": lambda have, want: have is not None,
    "empty": lambda have, want: have is None,
}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(people=PEOPLE, ask=ASKED)
def test_a_condition_finds_those_of_whom_it_holds(
    actor: Actor, people: list[dict[str, Any]], ask: tuple[str, str, list[str]]
) -> None:
    Customer.objects.all().delete()
    ids = [
        services.customer_create(actor=actor, data=CustomerData(name=f"N{place}", custom=custom)).pk
        for place, custom in enumerate(people)
    ]
    key, operator, values = ask
    condition = made(fields_of(actor=actor, record=RECORD)[f"c.{key}"], operator, values)
    query = {condition.parameter: condition.text}
    found = asked(actor=actor, query=query, currency="IRR")
    assert found.given == query, "the address says the same again"
    rows = queries.customers(actor=actor, chosen=found.chosen)
    expected = {pk for pk, custom in zip(ids, people, strict=True) if SENSE[operator](custom.get(key), values)}
    assert set(rows.values_list("pk", flat=True)) == expected


def test_built_in_fields_have_conditions_too(actor: Actor) -> None:
    for job, born in (("مدیر فروش", date(1980, 1, 1)), ("آشپز", None)):
        services.customer_create(actor=actor, data=CustomerData(name=job, job_title=job, birth_date=born))
    for query, names in (
        ({"f.job_title": "contains:مدیر"}, ["مدیر فروش"]),
        ({"f.birth_date": "empty"}, ["آشپز"]),
        ({"f.birth_date": "before:1990-01-01"}, ["مدیر فروش"]),
        ({"f.created_at": "last:1"}, ["آشپز", "مدیر فروش"]),
        ({"f.created_at": "notlast:1"}, []),
        ({"f.nothing": "is:1", "f.job_title": "wonders:1", "f.birth_date": "on:no"}, ["آشپز", "مدیر فروش"]),
    ):
        found = asked(actor=actor, query=query, currency="IRR")
        rows = queries.customers(actor=actor, chosen=found.chosen).order_by("name")
        assert [row.name for row in rows] == names, query


def test_rows_are_sorted_by_a_custom_field_and_nothing_is_lost_between_pages(actor: Actor) -> None:
    for place in range(7):
        custom = {"size": 100 - place} if place % 3 else {}
        services.customer_create(actor=actor, data=CustomerData(name=f"N{place}", custom=custom))
    wanted = asked(actor=actor, query={"sort": "-c.size"}, currency="IRR")
    rows, order = ordered(queries.customers(actor=actor), wanted, "IRR")
    seen: list[str] = []
    cursor = None
    while True:
        page = paginate(rows, order=order, cursor=cursor, size=2)
        seen += [row.name for row in page.rows]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen[:4] == ["N1", "N2", "N4", "N5"]
    assert sorted(seen) == [f"N{place}" for place in range(7)]


def test_many_at_once_with_the_way_back(actor: Actor) -> None:
    ids = [
        services.customer_create(actor=actor, data=CustomerData(name=f"N{n}", custom={"size": n})).pk for n in range(4)
    ]
    fields = fields_of(actor=actor, record=RECORD)
    done = services.fields_set(actor=actor, customers=ids, field=fields["c.size"], value="3")
    assert done.changed == 3, "one had it so already"
    assert {row.custom["size"] for row in Customer.objects.all()} == {"3"}
    assert done.change_set_id is not None
    undo(actor=actor, change_set_id=done.change_set_id)
    assert sorted(row.custom["size"] for row in Customer.objects.all()) == ["0", "1", "2", "3"]
    emptied = services.fields_set(actor=actor, customers=ids, field=fields["c.size"], value=None)
    assert emptied.changed == 4
    assert all(row.custom == {} for row in Customer.objects.all())
    cities = services.fields_set(actor=actor, customers=Customer.objects.all(), field=fields["city"], value="یزد")
    assert cities.changed == 4
    assert set(Customer.objects.values_list("city", flat=True)) == {"یزد"}


def test_a_hidden_field_is_nowhere(actor: Actor) -> None:
    someone = services.customer_create(
        actor=actor,
        data=CustomerData(name="سارا", city="یزد", note="canary-note", custom={"motto": "canary-motto", "size": 4}),
    )
    services.identity_add(actor=actor, customer=someone, data=services.IdentityData(kind="phone", value="09121112233"))
    grants = dict.fromkeys(("customers.view", "customers.edit", "customers.export"), Scope.ALL)
    blind = Actor(
        user_id=None, name="x", grants=grants,
        hidden=frozenset({"customer.note", "customer.c.motto", "customer.phone", "customer.city"}),
    )  # fmt: skip
    seen = queries.customer_get(actor=blind, id=someone.pk)
    assert (seen.note, seen.city, seen.custom) == ("", "", {"size": "4"})
    assert queries.identities_of(actor=blind, customer=seen) == []
    assert not queries.customers_search(actor=blind, text="09121112233").rows
    assert queries.customers_search(actor=actor, text="09121112233").rows
    exported = str(list(export_rows(blind, {})))
    for word in ("canary", "یزد", "912111"):
        assert word not in exported
        assert word in str(list(export_rows(actor, {}))), "who may sees it"
    asked_ = asked(actor=blind, query={"f.c.motto": "contains:canary", "f.note": "filled", "city": "x"}, currency="IRR")
    assert not asked_.given, "nobody reads a hidden field by asking for it"
    for changes in ({"note": "x"}, {"custom": {"motto": "x"}}, {"city": "x"}):
        with pytest.raises(InvalidError):
            services.customer_update(actor=blind, customer=seen, changes=changes, version=None)
    fresh = Customer.objects.get(pk=someone.pk)
    assert (fresh.note, fresh.custom["motto"], fresh.city) == ("canary-note", "canary-motto", "یزد")


def test_an_archived_field_shows_nowhere_and_keeps_its_values(actor: Actor) -> None:
    someone = services.customer_create(actor=actor, data=CustomerData(name="N", custom={"motto": "m"}))
    done = field_archive(actor=actor, field=field_of("motto"), archived=True)
    assert "c.motto" not in fields_of(actor=actor, record=RECORD)
    undo(actor=actor, change_set_id=done)
    motto = fields_of(actor=actor, record=RECORD)["c.motto"]
    assert value_of(motto, Customer.objects.get(pk=someone.pk).custom["motto"]) == "m"


def test_the_days_of_a_condition_are_those_of_the_reader(actor: Actor) -> None:
    someone = services.customer_create(actor=actor, data=CustomerData(name="N"))
    Customer.objects.filter(pk=someone.pk).update(created_at="2026-01-01T21:30:00Z")  # the 2nd in Tehran
    for day, there in (("2026-01-01", False), ("2026-01-02", True)):
        found = asked(actor=actor, query={"f.created_at": f"on:{day}"}, currency="IRR")
        assert queries.customers(actor=actor, chosen=found.chosen).exists() is there


def test_a_view_of_ones_own_and_of_everyone(actor: Actor) -> None:
    with pytest.raises(NotAllowed):
        view_save(actor=actor, record=RECORD, name="x", query="")  # the system has no views
