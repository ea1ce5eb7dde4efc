"""Figures against a plain reckoning of the same orders, for worlds that Hypothesis makes."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import quantiles
from typing import Any

import ibis
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.calendar.calendars import CalendarKind, month_index
from peyvand.insight.value.compute import _moves, _pareto, _persons, _totals
from peyvand.insight.value.frames import Frame, cohorts, people, slipping

DAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Bought:
    customer: int | None
    kind: str
    back: int  # days before DAY
    minor: int
    status: str = "placed"
    demo: bool = False
    currency: str = "GBP"
    cost_known: bool = True


def world(orders: list[Bought]) -> Any:
    """A backend with these orders, each of one line whose cost is half its amount."""
    backend = ibis.duckdb.connect()
    columns = {
        "id": pa.array(range(len(orders)), pa.int64()),
        "demo": pa.array([o.demo for o in orders], pa.bool_()),
        "customer_id": pa.array([o.customer for o in orders], pa.int64()),
        "kind": pa.array([o.kind for o in orders], pa.string()),
        "status": pa.array([o.status for o in orders], pa.string()),
        "currency": pa.array([o.currency for o in orders], pa.string()),
        "net_minor": pa.array([o.minor for o in orders], pa.int64()),
        "total_minor": pa.array([o.minor * 2 + 7 for o in orders], pa.int64()),  # with taxes, which are nobody's worth
        "placed_at_day": pa.array([DAY - timedelta(days=o.back) for o in orders], pa.date32()),
    }
    backend.con.register("orders", pa.table(columns))
    amounts = [Decimal(o.minor).scaleb(-2) for o in orders]
    number = pa.decimal128(38, 10)
    backend.con.register(
        "order_lines",
        pa.table(
            {
                "order_id": columns["id"],
                "quantity": pa.array([Decimal(1)] * len(orders), number),
                "net": pa.array(amounts, number),
                "unit_cost": pa.array(
                    [a / 2 if o.cost_known else None for a, o in zip(amounts, orders, strict=True)], number
                ),
            }
        ),
    )
    days = [DAY - timedelta(days=n) for n in range(900)]
    calendars = {k.value: pa.array([month_index(d, k) for d in days], pa.int32()) for k in CalendarKind}
    backend.con.register("dates", pa.table({"day": pa.array(days, pa.date32()), **calendars}))
    return backend


def frame(orders: list[Bought], currency: str = "GBP") -> Frame:
    return Frame(backend=world(orders), demo=False, currency=currency, as_of=DAY)


bought = st.builds(
    Bought,
    customer=st.one_of(st.none(), st.integers(1, 7)),
    kind=st.sampled_from(["sale", "sale", "sale", "return", "adjustment"]),
    back=st.integers(-20, 800),
    minor=st.integers(-100_000, 100_000),
    status=st.sampled_from(["placed", "delivered", "cancelled"]),
    demo=st.booleans(),
    currency=st.sampled_from(["GBP", "EUR"]),
    cost_known=st.booleans(),
)
few = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@few
@given(st.lists(bought, min_size=1, max_size=40))
def test_people_are_as_a_plain_reckoning_says(orders: list[Bought]) -> None:
    mine: dict[int, list[Bought]] = defaultdict(list)
    for o in orders:
        stands = not o.demo and o.currency == "GBP" and o.status != "cancelled" and o.back >= 0
        if stands and o.customer is not None and o.kind in {"sale", "return"}:
            mine[o.customer].append(o)
    found = {row["customer_id"]: row for row in people(frame(orders)).to_pyarrow().to_pylist()}
    buyers = {customer: rows for customer, rows in mine.items() if any(o.kind == "sale" for o in rows)}
    assert found.keys() == buyers.keys()
    for customer, rows in buyers.items():
        sales = [o for o in rows if o.kind == "sale"]
        got = found[customer]
        assert got["last_day"] == DAY - timedelta(days=min(o.back for o in sales))
        assert got["first_day"] == DAY - timedelta(days=max(o.back for o in sales))
        assert got["orders"] == len(sales)
        assert got["frequency"] == sum(o.back < 365 for o in sales)
        assert got["monetary"] == sum(o.minor for o in rows if o.back < 365)
        assert got["revenue"] == sum(o.minor for o in rows)
        known = sum(o.minor for o in rows if o.cost_known) / 100
        assert got["known"] == pytest.approx(known, abs=1e-6)
        days = sorted({DAY - timedelta(days=o.back) for o in sales})
        gaps = [(b - a).days for a, b in itertools.pairwise(days)]
        assert got["purchase_days"] == len(days)
        if len(gaps) >= 2:
            assert got["rhythm"] == pytest.approx(quantiles(gaps, n=2, method="inclusive")[0])
            assert got["long_gap"] == pytest.approx(quantiles(gaps, n=10, method="inclusive")[8])


@few
@given(st.lists(bought, min_size=1, max_size=40))
def test_scores_respect_order_and_equals_are_equal(orders: list[Bought]) -> None:
    rows = people(frame(orders)).to_pyarrow().to_pylist()
    for score, figure in (("r", "last_day"), ("f", "frequency"), ("m", "monetary")):
        if len(rows) < 5:
            assert all(row[score] == 0 for row in rows)
            continue
        ordered = sorted(rows, key=lambda row: row[figure])
        for low, high in itertools.pairwise(ordered):
            assert low[score] <= high[score]
            assert low[figure] != high[figure] or low[score] == high[score]
        assert all(1 <= row[score] <= 5 for row in rows)
    assert sorted(row["rank"] for row in rows) == list(range(1, len(rows) + 1))


@few
@given(st.lists(bought, min_size=1, max_size=40))
def test_lines_of_the_sum_add_up_to_every_order_that_stands(orders: list[Bought]) -> None:
    totals = _totals(frame(orders))
    stands = [o for o in orders if not o.demo and o.currency == "GBP" and o.status != "cancelled" and o.back >= 0]
    assert totals["net"] == sum(o.minor for o in stands) == sum(totals["amounts"].values())
    assert sum(totals["orders"].values()) == len(stands)
    assert Decimal(totals["exact"]) == Decimal(totals["net"]).scaleb(-2)


@few
@given(st.lists(bought, min_size=1, max_size=40))
def test_cohorts_start_with_everybody_who_ever_bought(orders: list[Bought]) -> None:
    made = frame(orders)
    rows = cohorts(made, calendar="jalali").to_pyarrow().to_pylist()
    buyers = made.sales.customer_id.nunique().to_pyarrow().as_py()
    assert sum(row["customers"] for row in rows if row["age"] == 0) == buyers
    assert all(row["age"] >= 0 for row in rows)


def test_movement_counts_everybody_once() -> None:
    orders = [Bought(n, "sale", 200 + n, 10_00 * n) for n in range(1, 8)]
    orders += [Bought(n, "sale", 5, 50_00) for n in (1, 2)] + [Bought(9, "sale", 30, 1_00)]
    made = frame(orders)
    people_now = list(_persons(made))
    moved = _moves(made, people_now)
    assert moved is not None
    assert moved["since"] == (DAY - timedelta(days=91)).isoformat()
    assert sum(sum(row.values()) for row in moved["rows"].values()) == 7
    assert sum(moved["came"].values()) == 1
    now = Counter(person.rfm_class for person in people_now)
    assert sum((Counter(row) for row in [*moved["rows"].values(), moved["came"]]), Counter()) == now
    assert _moves(frame([Bought(1, "sale", 3, 1)]), []) is None


def test_pareto_ends_at_the_whole_and_never_hides_a_loss() -> None:
    orders = [Bought(n, "sale", 10, minor) for n, minor in enumerate([60_00, 30_00, 20_00], 1)]
    orders.append(Bought(4, "sale", 10, 5_00))
    orders.append(Bought(4, "return", 5, -15_00))
    curve = _pareto(list(_persons(frame(orders))))
    assert curve["customers"] == 4
    assert curve["total"] == 100_00
    assert curve["points"][0] == 0
    assert curve["points"][25] == 60
    assert curve["points"][75] == 110
    assert curve["points"][100] == 100


def test_pareto_of_nothing_says_nothing() -> None:
    assert _pareto(list(_persons(frame([Bought(1, "sale", 3, 0)]))))["points"] == []


@pytest.mark.parametrize(
    ("silence", "rhythm", "long_gap", "days", "frequency", "expected"),
    [
        (46, 21.0, 30.0, 9, 5, True),
        (42, 21.0, 30.0, 9, 5, False),
        (46, 21.0, 50.0, 9, 5, False),
        (46, 21.0, 30.0, 2, 2, False),
        (400, 21.0, 30.0, 9, 0, False),
        (7, 1.0, 2.0, 30, 30, False),
        (8, 1.0, 2.0, 30, 30, True),
        (90, None, None, 1, 1, False),
    ],
)
def test_slipping_is_silence_against_ones_own_rhythm(
    silence: int, rhythm: float | None, long_gap: float | None, days: int, frequency: int, expected: bool
) -> None:
    found = slipping(silence=silence, rhythm=rhythm, long_gap=long_gap, purchase_days=days, frequency=frequency)
    assert found is expected
