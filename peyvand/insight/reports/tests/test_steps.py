"""Stages, sources and the sums of paths, without a database."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.insight.reports import way_frames
from peyvand.insight.reports.funnel_queries import differs
from peyvand.insight.reports.path_sums import Found, Walked, common, middle, summed, touches_of
from peyvand.insight.reports.sources import source_came_by, source_key
from peyvand.insight.reports.stages import on_the_way
from peyvand.insight.reports.touchpoints import OTHER

DAY = datetime(2026, 1, 1, tzinfo=UTC)
MOMENTS = st.tuples(*[st.none() | st.integers(0, 9).map(lambda n: DAY + timedelta(days=n))] * 5)


@given(MOMENTS)
@settings(max_examples=60, deadline=None)
def test_moments_on_the_way_never_go_backwards_and_the_last_stays(moments: tuple[datetime | None, ...]) -> None:
    kept = on_the_way(*moments).moments
    there = [moment for moment in kept if moment is not None]
    assert there == sorted(there)
    assert all(one is None or one == given for one, given in zip(kept, moments, strict=True))
    reached = [place for place, moment in enumerate(moments) if moment is not None]
    if reached:
        assert kept[reached[-1]] == moments[reached[-1]]


PATHS = st.dictionaries(
    st.lists(st.sampled_from("abcd"), min_size=1, max_size=5).map(tuple),
    st.builds(Found, orders=st.integers(0, 4), net=st.just(0), nulls=st.integers(0, 3)),
    max_size=8,
)


@given(PATHS)
@settings(max_examples=40, deadline=None)
def test_every_way_gives_away_the_orders_there_are(paths: dict[tuple[str, ...], Found]) -> None:
    for found in paths.values():
        found.net = found.orders * 700
    payload = summed(Walked(paths=paths, days=Counter()))
    told = sum(found.orders for found in paths.values())
    assert payload["told"] == told == sum(orders for _length, orders in payload["lengths"])
    if not told:
        assert payload["credit"] == {}
        return
    for credit in payload["credit"].values():
        assert sum(credit.values()) == pytest.approx(told)
    for worth in payload["worth"].values():
        assert sum(worth.values()) == pytest.approx(told * 700)
    for touch, one in payload["touches"].items():
        between = one["orders"] - one["alone"] - one["first"] - one["last"]
        assert between >= 0, touch


@given(st.dictionaries(st.integers(0, 20), st.integers(1, 4), max_size=6))
@settings(max_examples=40, deadline=None)
def test_the_middle_is_the_median(counted: dict[int, int]) -> None:
    values = list(Counter(counted).elements())
    assert middle(Counter(counted)) == (median(values) if values else None)


def test_rare_touchpoints_stand_together() -> None:
    texts = [(f"t{n:02}", 100 - n) for n in range(40)]
    apart = common(texts)
    assert len(apart) == 24
    assert touches_of("t00>t30>t31>t00", apart) == ("t00", OTHER, "t00")


def test_one_source_has_one_key() -> None:
    assert {source_key(text) for text in ("اینستاگرام", "Instagram", " ig ", "اينستاگرام")} == {"instagram"}
    assert source_key("Tea  Fair") == source_key("tea fair") == "tea fair"
    assert source_key(None) == source_key("  ") == ""


def test_the_first_visit_says_the_source_before_the_record_does() -> None:
    assert source_came_by(record="website", visit="google", visited=True) == "google"
    assert source_came_by(record="website", visit="google", visited=False) == "website"  # not on the way
    assert source_came_by(record="website", visit="", visited=True) == "website"
    assert source_came_by(record="", visit="", visited=True) == "direct"
    assert source_came_by(record="", visit="", visited=False) == ""


def test_shares_differ_by_a_pooled_error() -> None:
    """15 of 50 against 25 of 50: p = 0.4, error = √(0.24 × 0.04) = 0.09798, so z = −2.0412."""
    assert differs(15, 50, 25, 50) == pytest.approx(-2.0412, abs=1e-4)
    assert differs(0, 50, 0, 50) == 0


class Shapes:
    """A backend that knows the columns only, to say the expressions in another engine's words."""

    def table(self, name: str) -> Any:
        return ibis.table(SHAPES[name], name=name)


SHAPES = {
    "orders": {
        "id": "int64", "demo": "bool", "customer_id": "int64", "kind": "string", "status": "string",
        "placed_at": "timestamp('UTC')", "placed_at_day": "date", "currency": "string", "net_minor": "int64",
        "discount_minor": "int64", "offer": "string", "tracks_payment": "bool", "paid_minor": "int64",
        "channel": "string",
    },
    "order_lines": {
        "order_id": "int64", "demo": "bool", "quantity": "decimal(38,10)", "net": "decimal(38,10)",
        "unit_cost": "decimal(38,10)", "id": "int64", "own_discount": "decimal(38,10)", "offer": "string",
    },
    "visits": {
        "id": "int64", "demo": "bool", "visitor_id": "int64", "customer_id": "int64",
        "started_at": "timestamp('UTC')", "started_at_day": "date", "source": "string", "medium": "string",
        "interaction_id": "int64",
    },
    "interactions": {
        "id": "int64", "demo": "bool", "customer_id": "int64", "kind": "string", "channel": "string",
        "direction": "string", "at": "timestamp('UTC')",
    },
    "web_baskets": {"demo": "bool", "kind": "string", "at": "timestamp('UTC')", "visit_id": "int64"},
    "customers": {"id": "int64", "demo": "bool", "source": "string", "created_at": "timestamp('UTC')"},
}  # fmt: skip


def test_spark_can_be_asked_the_same() -> None:
    assert ibis.pyspark.name == "pyspark"  # asked for, so that its options are there
    ways = way_frames.Ways(
        backend=Shapes(), demo=False, until=DAY, lookback=timedelta(days=90), quiet=("note",), personal=("call",)
    )
    curve = {"currency": "EUR", "month_days": 30.4375, "last": DAY.date()}
    asked = [
        *way_frames.paths(ways), way_frames.milestones(ways), way_frames.strangers(ways),
        way_frames.earned(ways, **curve), way_frames.ages(ways, **curve),
    ]  # fmt: skip
    for expression in asked:
        assert "SELECT" in str(ibis.to_sql(expression, dialect="pyspark"))
