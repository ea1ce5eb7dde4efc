"""Answers from sums that several questions share are those of each question by itself."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.insight.reports import cubes
from peyvand.insight.reports.computing import answered, prepare
from peyvand.insight.reports.tests.test_computing import ORDERS, PEOPLE, _made, plan

FIELDS = st.lists(
    st.sampled_from([("customer_id.city", ""), ("kind", ""), ("placed_at", "month")]), max_size=2, unique=True
)
SPAN = st.sampled_from([None, ["2025-04-01", "2026-02-01"], ["2025-06-01", "2025-12-31"]])
ASKED = st.fixed_dictionaries(
    {"fields": FIELDS, "span": SPAN, "top": st.sampled_from([0, 1]), "currency": st.sampled_from(["", "EUR"])}
)


def _plan(asked: dict[str, Any]) -> dict[str, Any]:
    dimensions = [{"path": path, "grain": grain, "kind": "text"} for path, grain in asked["fields"]]
    return plan(**{**asked, "dimensions": dimensions, "rows": len(dimensions)})


@settings(max_examples=25, deadline=None)
@given(ORDERS, PEOPLE, st.lists(ASKED, min_size=2, max_size=4))
def test_one_look_answers_as_many_do(orders: list[Any], cities: list[str | None], asked: list[dict[str, Any]]) -> None:
    backend, _rows = _made(orders, cities)
    plans = [_plan(one) for one in asked]
    alone = [answered(backend, one) for one in plans]
    prepare(backend, plans)
    assert all(cubes.covering(backend, one) is not None for one in plans)
    backend.__dict__.pop("currencies_of", None)
    assert [answered(backend, one) for one in plans] == alone


def test_what_does_not_add_up_is_asked_by_itself() -> None:
    backend, _rows = _made([], [None] * 8)
    buyers = {"op": "distinct", "column": "customer_id", "less": "", "over": [], "where": []}
    plans = [plan(measures={"b": buyers}, shown=["b"]), plan(fewest=5), plan(people=["*"]), plan(at="")]
    prepare(backend, [*plans, *plans])
    assert [cubes.covering(backend, one) for one in plans] == [None] * 4
