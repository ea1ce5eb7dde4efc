"""The table of classes, by its words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.insight.value.classes import ORDER, TABLE, class_of

scores = st.integers(1, 5)


@given(r=scores, f=scores, m=scores, first=st.integers(0, 5000), last=st.integers(0, 5000))
def test_every_customer_has_exactly_one_known_class(r: int, f: int, m: int, first: int, last: int) -> None:
    name = class_of(recency=r, frequency=f, monetary=m, days_since_first=max(first, last), days_since_last=last)
    assert name in ORDER


@pytest.mark.parametrize(
    ("r", "f", "m", "first", "expected"),
    [
        (5, 5, 5, 400, "champion"),
        (5, 1, 1, 10, "new"),
        (5, 1, 1, 91, "promising"),
        (4, 3, 4, 400, "loyal"),
        (1, 5, 5, 400, "cantlose"),
        (2, 4, 4, 400, "risk"),
        (1, 1, 1, 400, "lost"),
        (2, 1, 2, 400, "dormant"),
        (3, 1, 1, 400, "attention"),
    ],
)
def test_written_cases(r: int, f: int, m: int, first: int, expected: str) -> None:
    assert class_of(recency=r, frequency=f, monetary=m, days_since_first=first, days_since_last=5) == expected


def test_every_class_stands_in_the_table() -> None:
    assert {name for row in TABLE.values() for name in row} == set(ORDER)


def test_without_scores_only_days_speak() -> None:
    assert class_of(recency=0, frequency=0, monetary=0, days_since_first=3, days_since_last=3) == "new"
    assert class_of(recency=0, frequency=0, monetary=0, days_since_first=900, days_since_last=400) == "lost"
    assert class_of(recency=0, frequency=0, monetary=0, days_since_first=200, days_since_last=100) == "attention"
