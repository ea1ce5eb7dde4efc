"""The survival curve against a published one, by hand, and what must always hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.insight.value.survival import by_unit, product_limit

# Weeks in remission under 6-mercaptopurine (Freireich and others, Blood 21, 1963); 0: it lasts.
STAYED = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
ENDED = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
# Week, share and standard error, as textbooks print them (Kleinbaum and Klein, Survival Analysis, 2012, chapter 2).
PUBLISHED = [
    (6, 0.857, 0.0764), (7, 0.807, 0.0869), (10, 0.753, 0.0963), (13, 0.690, 0.1068), (16, 0.627, 0.1141),
    (22, 0.538, 0.1282), (23, 0.448, 0.1346),
]  # fmt: skip


def test_a_published_curve() -> None:
    steps = product_limit(np.array(STAYED, dtype=float), np.array(ENDED, dtype=bool))
    assert [(step.time, round(step.share, 3)) for step in steps] == [(week, share) for week, share, _error in PUBLISHED]
    assert [step.at_risk for step in steps] == [21, 17, 15, 12, 11, 7, 6]
    for step, (_week, _share, error) in zip(steps, PUBLISHED, strict=True):
        slope = abs(1 / (step.share * np.log(step.share)))  # of ln(−ln S)
        reach = (np.log(-np.log(step.low)) - np.log(-np.log(step.high))) / (2 * 1.959964)
        assert reach / slope == pytest.approx(error, abs=1e-4)


def test_nobody_gone_and_everybody_gone() -> None:
    stayed = np.array([1.0, 2.0, 3.0])
    assert product_limit(stayed, np.zeros(3, dtype=bool)) == []
    steps = product_limit(stayed, np.ones(3, dtype=bool))
    assert [step.share for step in steps] == pytest.approx([2 / 3, 1 / 3, 0])
    assert (steps[-1].low, steps[-1].high) == (0, 0)


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=1, max_size=80))
def test_it_falls_within_its_interval_and_without_censoring_it_is_a_count(rows: list[tuple[int, bool]]) -> None:
    duration = np.array([float(time) for time, _gone in rows])
    gone = np.array([gone for _time, gone in rows])
    steps = product_limit(duration, gone)
    shares = [step.share for step in steps]
    assert shares == sorted(shares, reverse=True)
    assert all(0 <= step.low <= step.share + 1e-12 <= step.high + 1e-9 <= 1 + 1e-9 for step in steps)
    for step in product_limit(duration, np.ones(len(rows), dtype=bool)):
        assert step.share == pytest.approx(float((duration > step.time).mean()))


def test_months_end_where_few_are_left() -> None:
    duration = np.array([15.0] * 30 + [65.0] * 12 + [100.0] * 5)
    gone = np.array([True] * 30 + [False] * 17)
    found = by_unit(product_limit(duration, gone), duration=duration, unit=30.0)
    assert [(step.time, round(step.share, 4), step.at_risk) for step in found] == [
        (0, 1, 47), (1, round(17 / 47, 4), 17), (2, round(17 / 47, 4), 17),
    ]  # fmt: skip
