"""A world is the same each time, and all of it lies before its moment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.demo.world import TZ, World

moments = st.datetimes(
    min_value=datetime(2024, 1, 1),
    max_value=datetime(2030, 1, 1),
    timezones=st.just(UTC),
)


def world(now: datetime, *, seed: int = 1, size: float = 1.0) -> World:
    return World(seed=seed, now=now, size=size, staff_ids=(1, 2, 3, 4), team_id=1)


@given(now=moments, days_ago=st.integers(0, 700), seed=st.integers())
def test_a_moment_lies_on_its_day_and_before_now(now: datetime, days_ago: int, seed: int) -> None:
    here = world(now, seed=seed)
    at = here.moment(days_ago, here.chance("x"))
    assert at <= now or now - datetime.combine(here.today, datetime.min.time(), TZ) < timedelta(minutes=2)
    assert at.astimezone(TZ).date() == here.day(days_ago)


@given(seed=st.integers(), name=st.text(max_size=20))
def test_chance_depends_on_seed_and_name_alone(seed: int, name: str) -> None:
    first, later = (world(datetime(2026, month, 1, tzinfo=UTC), seed=seed) for month in (1, 9))
    assert [first.chance(name).random() for _ in range(3)] == [later.chance(name).random() for _ in range(3)]
    assert first.chance(name).random() != first.chance(name + "'").random()


@given(whole=st.integers(1, 5000), size=st.floats(0.01, 1))
def test_a_small_sample_has_less_of_everything_but_never_nothing(whole: int, size: float) -> None:
    assert 1 <= world(datetime(2026, 1, 1, tzinfo=UTC), size=size).count(whole) <= whole
