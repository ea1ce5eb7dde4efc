"""Answers against the same sums taken by hand, over small warehouses made up on the spot."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.calendar.periods import PeriodKind, period_of
from peyvand.insight.reports.computing import AnswerError, answered
from peyvand.insight.reports.expressions import OTHERS

CITIES = ("تهران", "شیراز", None, "Qom")
FIRST = date(2025, 3, 1)


def warehouse(orders: list[dict[str, Any]], customers: list[dict[str, Any]]) -> Any:
    backend = ibis.duckdb.connect()
    shape = pa.schema(
        [("id", pa.int64()), ("demo", pa.bool_()), ("customer_id", pa.int64()), ("kind", pa.string()),
         ("status", pa.string()), ("currency", pa.string()), ("net_minor", pa.int64()), ("placed_at_day", pa.date32())]
    )  # fmt: skip
    people = pa.schema([("id", pa.int64()), ("demo", pa.bool_()), ("city", pa.string())])
    backend.create_table("orders", ibis.memtable(pa.Table.from_pylist(orders, shape)))
    backend.create_table("customers", ibis.memtable(pa.Table.from_pylist(customers, people)))
    return backend


def plan(**changed: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "fact": "orders", "key": "id", "demo": False, "calendar": "jalali", "language": "fa",
        "leads": {"customer_id": "customers"},
        "dimensions": [{"path": "customer_id.city", "grain": "", "kind": "text"}],
        "measures": {
            "revenue": {"op": "sum", "column": "net_minor", "less": "", "over": [],
                        "where": [["status", "not", "cancelled"]]},
            "sales": {"op": "count", "column": "", "less": "", "over": [], "where": [["kind", "is", "sale"]]},
            "each": {"op": "ratio", "column": "", "less": "", "over": ["revenue", "sales"], "where": []},
        },
        "shown": ["revenue", "sales", "each"], "conditions": [], "at": "placed_at", "span": None, "beside": None,
        "currency_path": "currency", "currency": "", "people_path": "customer_id", "fewest": 0, "top": 0, "rows": 1,
        "order": "value",
    }  # fmt: skip
    return usual | changed


ORDER = st.fixed_dictionaries(
    {
        "demo": st.booleans(), "customer_id": st.sampled_from([1, 2, 3, 4, 5, 6, 7, 8, None]),
        "kind": st.sampled_from(["sale", "sale", "return"]), "status": st.sampled_from(["placed", "cancelled"]),
        "currency": st.sampled_from(["IRR", "EUR"]), "net_minor": st.integers(-10**6, 10**12),
        "placed_at_day": st.integers(0, 700).map(lambda n: FIRST + timedelta(days=n)),
    }
)  # fmt: skip
ORDERS = st.lists(ORDER, min_size=1, max_size=40)
PEOPLE = st.lists(st.sampled_from(CITIES), min_size=8, max_size=8)


def _made(orders: list[dict[str, Any]], cities: list[str | None]) -> tuple[Any, list[dict[str, Any]]]:
    rows = [{"id": place, **order} for place, order in enumerate(orders)]
    people = [{"id": place + 1, "demo": False, "city": city} for place, city in enumerate(cities)]
    cities_of = {one["id"]: one["city"] for one in people}
    return warehouse(rows, people), [{**row, "city": cities_of.get(row["customer_id"])} for row in rows]


@settings(max_examples=15, deadline=None)
@given(ORDERS, PEOPLE, st.sampled_from(["IRR", "EUR"]))
def test_sums_by_a_field_of_another_fact(orders: list[Any], cities: list[str | None], currency: str) -> None:
    backend, rows = _made(orders, cities)
    got = answered(backend, plan(currency=currency))
    expected: dict[Any, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        if row["demo"] or row["currency"] != currency:
            continue
        expected[row["city"]][0] += row["net_minor"] if row["status"] != "cancelled" else 0
        expected[row["city"]][1] += row["kind"] == "sale"
    assert {row[0]: row[1:3] for row in got["rows"]} == dict(expected)
    assert got["total"][:2] == [sum(one[at] for one in expected.values()) for at in (0, 1)]
    for row in got["rows"]:
        assert row[3] == (pytest.approx(row[1] / row[2]) if row[2] else None)


@settings(max_examples=10, deadline=None)
@given(ORDERS, st.sampled_from(list(CalendarKind)), st.sampled_from(["week", "month", "season", "year"]))
def test_periods_of_both_calendars(orders: list[Any], calendar: CalendarKind, grain: str) -> None:
    backend, rows = _made(orders, ["Qom"] * 8)
    time = [{"path": "placed_at", "grain": grain, "kind": "moment"}]
    got = answered(backend, plan(dimensions=time, calendar=calendar.value, currency="IRR", shown=["sales"]))
    expected: dict[str, int] = defaultdict(int)
    for row in rows:
        if not row["demo"] and row["currency"] == "IRR":
            expected[period_of(row["placed_at_day"], PeriodKind(grain), calendar).start.isoformat()] += (
                row["kind"] == "sale"
            )
    assert {row[0]: row[1] for row in got["rows"]} == dict(expected)
    assert [row[0] for row in got["rows"]] == sorted(expected)


@settings(max_examples=20, deadline=None)
@given(ORDERS, PEOPLE)
def test_no_group_of_few_people_is_told(orders: list[Any], cities: list[str | None]) -> None:
    backend, rows = _made(orders, cities)
    mine = [row for row in rows if not row["demo"] and row["currency"] == "IRR"]
    everybody = {row["customer_id"] for row in mine} - {None}
    asked = plan(currency="IRR", fewest=3, shown=["sales"])
    if 0 < len(everybody) < 3:
        with pytest.raises(AnswerError):
            answered(backend, asked)
        return
    got = answered(backend, asked)
    told = {row[0] for row in got["rows"]}
    together: set[int] = set()
    for city in {row["city"] for row in mine}:
        people = {row["customer_id"] for row in mine if row["city"] == city} - {None}
        if city in told:
            assert not 0 < len(people) < 3
        else:
            together |= people
    if OTHERS in told and together:
        assert len(together) >= 3
    assert sum(row[1] for row in got["rows"]) == got["total"][0]


@settings(max_examples=10, deadline=None)
@given(ORDERS, PEOPLE, st.integers(1, 3))
def test_the_first_few_and_the_rest(orders: list[Any], cities: list[str | None], top: int) -> None:
    backend, _rows = _made(orders, cities)
    whole, few = (answered(backend, plan(currency="IRR", top=n, shown=["revenue"])) for n in (0, top))
    assert few["total"] == whole["total"]
    assert sum(row[1] for row in few["rows"]) == whole["total"][0]
    assert len(few["rows"]) <= top + 1
    if len(whole["rows"]) > top:
        assert few["rows"][-1][0] == OTHERS


def test_currencies_are_never_added_and_the_people_behind_a_cell_are_told() -> None:
    orders = [
        {"demo": False, "customer_id": who, "kind": "sale", "status": "placed", "currency": currency,
         "net_minor": amount, "placed_at_day": FIRST}
        for who, currency, amount in ((1, "EUR", 5), (2, "EUR", 7), (3, "IRR", 1000), (None, "EUR", 1))
    ]  # fmt: skip
    backend, _rows = _made(orders, ["Qom", "Qom", "Qom", *[None] * 5])
    got = answered(backend, plan())
    assert (got["currency"], got["currencies"]) == ("EUR", ["EUR", "IRR"])
    assert got["total"][0] == 13
    behind = answered(backend, plan(people=["Qom"], currency="EUR"))
    assert behind == {"ids": [1, 2], "more": False, "nameless": 0}
    assert answered(backend, plan(people=[None], currency="EUR"))["nameless"] == 1
    with pytest.raises(AnswerError):
        answered(backend, plan(people=["Qom"], currency="EUR", fewest=5))


def test_a_period_holds_its_first_and_its_last_day_and_is_held_beside_another() -> None:
    orders = [
        {"demo": False, "customer_id": 1, "kind": "sale", "status": "placed", "currency": "EUR", "net_minor": n,
         "placed_at_day": FIRST + timedelta(days=n)}
        for n in range(10)
    ]  # fmt: skip
    backend, _rows = _made(orders, ["Qom"] * 8)
    days = [(FIRST + timedelta(days=n)).isoformat() for n in (3, 5, 0, 2)]
    got = answered(backend, plan(span=days[:2], beside=days[2:], dimensions=[], shown=["revenue"], rows=0))
    assert (got["total"], got["before"]["total"]) == ([12], [3])
