"""Visits are cut where half an hour is silent; computing them again changes nothing; late events find their place."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from peyvand.channels.web.sessions import GAP, Known, spans

START = datetime(2026, 11, 29, 9, tzinfo=UTC)


@dataclass(frozen=True)
class At:
    at: datetime


def events(minutes: list[int]) -> list[At]:
    return [At(START + timedelta(minutes=minute)) for minute in sorted(minutes)]


def test_half_an_hour_of_silence_ends_a_visit() -> None:
    found = spans(events([0, 10, 40, 71, 80]), [])
    assert [[(one.at - START).seconds // 60 for one in span.events] for span in found] == [[0, 10, 40], [71, 80]]


def test_a_late_event_goes_to_the_visit_that_it_lies_in_or_beside() -> None:
    known = [
        Known(1, START, START + timedelta(minutes=10)),
        Known(2, START + timedelta(minutes=60), START + timedelta(minutes=70)),
    ]
    found = spans(events([0, 5, 10, 60, 70]), known)
    assert [(span.id, len(span.events)) for span in found] == [(1, 3), (2, 2)]
    between = spans(events([0, 10, 35, 60, 70]), known)  # within half an hour of both: to the one before; never joined
    assert [(span.id, len(span.events)) for span in between] == [(1, 3), (2, 2)]
    before = spans(events([-20, 0, 10, 60, 70]), known)
    assert [(span.id, len(span.events)) for span in before] == [(1, 3), (2, 2)]
    alone = spans(events([-200, 0, 10, 60, 70]), known)
    assert [(span.id, len(span.events)) for span in alone] == [(None, 1), (1, 2), (2, 2)]


@given(st.lists(st.integers(0, 600), min_size=1, max_size=40), st.lists(st.integers(0, 600), max_size=10))
def test_every_event_is_in_one_visit_and_again_changes_nothing(minutes: list[int], late: list[int]) -> None:
    first = spans(events(minutes), [])
    known = [Known(number, span.start, span.end) for number, span in enumerate(first)]
    whole = events([*minutes, *late])
    second = spans(whole, known)
    assert [one for span in second for one in span.events] == whole
    kept = [span.id for span in second if span.id is not None]
    assert len(kept) == len(set(kept))
    assert set(kept) == {one.id for one in known}
    for earlier, later in itertools.pairwise(second):
        assert earlier.end <= later.start
        if earlier.id is None or later.id is None:
            assert later.start - earlier.end > GAP
    numbered = [Known(number, span.start, span.end) for number, span in enumerate(second)]
    third = spans(whole, numbered)
    assert [(span.id, span.events) for span in third] == [
        (one.id, span.events) for one, span in zip(numbered, second, strict=True)
    ]
