"""Open time is what one counts minute by minute on the wall clock, over every change of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.memory.work.hours import (
    DAYS,
    HALF,
    Calendar,
    HoursError,
    Interval,
    day_read,
    interval_read,
    interval_text,
    starting_week,
    week_read,
)

TEHRAN, BERLIN, NEW_YORK = ZoneInfo("Asia/Tehran"), ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
# Days about which the clock changes: Tehran at midnight (until 2022), Berlin and New York by night.
CHANGES = (
    (TEHRAN, date(2021, 3, 22)), (TEHRAN, date(2021, 9, 21)), (TEHRAN, date(2022, 3, 22)), (TEHRAN, date(2022, 9, 21)),
    (BERLIN, date(2026, 3, 29)), (BERLIN, date(2026, 10, 25)), (NEW_YORK, date(2026, 3, 8)),
    (NEW_YORK, date(2026, 11, 1)), (TEHRAN, date(2026, 11, 23)),
)  # fmt: skip
OFFICE = week_read(starting_week([4]))
MINUTE = timedelta(minutes=1)
SLOW = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def calendar(week: tuple[tuple[Interval, ...], ...] = OFFICE, zone: ZoneInfo = TEHRAN, **more: object) -> Calendar:
    return Calendar(zone=zone, week=week, loaded=frozenset(range(1900, 2200)), **more)  # type: ignore[arg-type]


@st.composite
def intervals(draw: st.DrawFn) -> tuple[Interval, ...]:
    """A day's intervals that don't meet, some of them past midnight."""
    marks = sorted(draw(st.lists(st.integers(0, 95), min_size=0, max_size=4, unique=True)))
    found = [(15 * a, 15 * b) for a, b in zip(marks[::2], marks[1::2], strict=False)]
    if len(marks) % 2 and draw(st.booleans()):
        found.append((15 * marks[-1], 1440 + 15 * draw(st.integers(0, marks[-1] - 1 if marks[-1] else 0))))
    return tuple(found)


WEEKS = st.lists(intervals(), min_size=7, max_size=7).map(tuple)


def counted(week: tuple[tuple[Interval, ...], ...], zone: ZoneInfo, closed: set[date], first: date) -> set[datetime]:
    """The open minutes of eight days, by walking the clock: an interval opens at the first minute at which the wall
    shows its beginning or later, and closes at the first at which it shows its end or later.
    """
    start = datetime.combine(first - timedelta(days=2), datetime.min.time(), zone).astimezone(UTC)
    walk = [start + number * MINUTE for number in range(12 * 1440)]
    walls = [at.astimezone(zone).replace(tzinfo=None) for at in walk]
    found: set[datetime] = set()
    for number in range(10):
        day = first + timedelta(days=number - 1)
        midnight = datetime.combine(day, datetime.min.time())
        for begins, ends in () if day in closed else week[day.weekday()]:
            opens = next(i for i, wall in enumerate(walls) if wall >= midnight + begins * MINUTE)
            closes = next(i for i, wall in enumerate(walls) if wall >= midnight + ends * MINUTE)
            found.update(walk[opens:closes])
    return found


@pytest.mark.slow
@SLOW
@given(week=WEEKS, change=st.sampled_from(CHANGES), closed=st.sets(st.integers(-1, 7), max_size=3), data=st.data())
def test_it_is_open_as_the_wall_clock_says(
    week: tuple[tuple[Interval, ...], ...], change: tuple[ZoneInfo, date], closed: set[int], data: st.DataObject
) -> None:
    zone, changes = change
    first = changes - timedelta(days=3)
    shut = {first + timedelta(days=number) for number in closed}
    made = calendar(week, zone, closed=frozenset(shut))
    minutes = counted(week, zone, shut, first)
    begin = datetime.combine(first, datetime.min.time(), zone).astimezone(UTC)
    moments = st.integers(0, 6 * 1440).map(lambda number: begin + number * MINUTE)
    one, other = data.draw(moments), data.draw(moments)
    for at in (one, other, one + timedelta(seconds=59)):
        assert made.is_open(at) is (at.replace(second=0) in minutes)
    inside = sum(one <= minute < other for minute in minutes)
    assert made.open_seconds_between(one, other) == 60 * inside
    later = [minute for minute in sorted(minutes) if minute >= one]
    opens = made.next_open(one)
    if later:
        assert opens == later[0]
        closes = next(m for m in (later[0] + n * MINUTE for n in range(20_000)) if m not in minutes)
        if closes < begin + timedelta(days=6):
            assert made.next_close(one) == closes


@SLOW
@given(week=WEEKS, seconds=st.integers(0, 400_000), minutes=st.integers(0, 20_000), change=st.sampled_from(CHANGES))
def test_what_is_due_comes_after_just_so_much_open_time(
    week: tuple[tuple[Interval, ...], ...], seconds: int, minutes: int, change: tuple[ZoneInfo, date]
) -> None:
    made = calendar(week, change[0])
    at = datetime.combine(change[1], datetime.min.time(), UTC) - timedelta(days=5) + minutes * MINUTE
    due = made.due_after(at, seconds)
    if due is None:
        assert not any(week)
        return
    assert made.open_seconds_between(at, due) == seconds
    if seconds:
        assert made.open_seconds_between(at, due - timedelta(seconds=1)) == seconds - 1


@SLOW
@given(week=WEEKS, cuts=st.lists(st.integers(0, 30 * 1440), min_size=3, max_size=3).map(sorted))
def test_open_time_adds_up(week: tuple[tuple[Interval, ...], ...], cuts: list[int]) -> None:
    made = calendar(week, BERLIN)
    a, b, c = (datetime(2026, 3, 15, tzinfo=UTC) + number * MINUTE for number in cuts)
    assert made.open_seconds_between(a, b) + made.open_seconds_between(b, c) == made.open_seconds_between(a, c)
    assert made.open_seconds_between(c, a) == 0


def test_the_persian_week_begins_with_a_half_thursday() -> None:
    assert starting_week([4]) == {
        **{name: ["09:00-17:00"] for name in ("mon", "tue", "wed", "sat", "sun")}, "thu": [HALF], "fri": [],
    }  # fmt: skip
    assert starting_week([3, 4])["thu"] == []
    assert starting_week([5, 6])["fri"] == ["09:00-17:00"]
    assert all(starting_week([0, 1, 2, 3, 4, 5, 6])[name] for name in DAYS)


def test_a_holiday_takes_the_night_that_begins_on_it_and_not_the_one_before() -> None:
    week = tuple(((22 * 60, 30 * 60),) for _day in DAYS)
    made = calendar(week, closed=frozenset({date(2026, 11, 23)}))
    night = datetime(2026, 11, 23, 1, 0, tzinfo=TEHRAN)
    assert made.is_open(night)
    assert not made.is_open(night + timedelta(days=1))
    assert made.is_open(night + timedelta(days=2))
    assert not made.working_day(date(2026, 11, 23))
    assert made.next_close(night) == datetime(2026, 11, 23, 6, 0, tzinfo=TEHRAN)
    assert calendar(week, closed=made.closed, observes=False).working_day(date(2026, 11, 23))


def test_what_is_always_open_never_closes_and_what_is_never_open_never_opens() -> None:
    always = calendar(tuple(((0, 1440),) for _day in DAYS))
    never = calendar(((),) * 7)
    at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    assert (always.next_open(at), always.next_close(at)) == (at, None)
    assert always.due_after(at, 86_400) == at + timedelta(days=1)
    assert (never.next_open(at), never.next_close(at), never.due_after(at, 1)) == (None, None, None)
    with pytest.raises(ValueError, match="time zone"):
        always.is_open(datetime(2026, 11, 23, 9, 0))


def test_years_that_were_not_taken_in_have_their_official_days() -> None:
    made = Calendar(zone=TEHRAN, week=OFFICE, loaded=frozenset({2026}), country="IR")
    assert made.is_holiday(date(2025, 3, 21))
    assert not made.is_holiday(date(2026, 3, 21))
    assert not made.is_holiday(date(1400, 3, 21))


@pytest.mark.parametrize(
    ("text", "read", "kept"),
    [
        ("9:00-17:00", (540, 1020), "09:00-17:00"), ("۹ تا ۱۷", (540, 1020), "09:00-17:00"),
        ("۲۲:۳۰ – ۶", (1350, 1800), "22:30-06:00"), ("0:00-24:00", (0, 1440), "00:00-24:00"),
        ("20:00-0:00", (1200, 1440), "20:00-24:00"), ("0900-1330", (540, 810), "09:00-13:30"),
    ],
)  # fmt: skip
def test_hours_are_read_as_people_type_them(text: str, read: Interval, kept: str) -> None:
    assert interval_read(text) == read
    assert interval_text(read) == kept
    assert interval_read(kept) == read


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("nine to five", "unreadable"), ("25:00-26:00", "unreadable"), ("9:60-10:00", "unreadable"),
        ("24:00-1:00", "unreadable"), ("9:00-24:30", "unreadable"), ("9:00-9:00", "empty"), ("9-12, 11-13", "overlap"),
        ("9-17، 22-6, 23-1", "overlap"), (", ".join(f"{n}:00-{n}:30" for n in range(13)), "many"),
    ],
)  # fmt: skip
def test_hours_that_make_no_sense_are_refused(text: str, code: str) -> None:
    with pytest.raises(HoursError) as refused:
        day_read(text)
    assert refused.value.code == code


def test_intervals_that_touch_are_one_run() -> None:
    week = week_read({name: ["9:00-13:00", "13:00-17:00"] for name in DAYS})
    assert calendar(week).next_close(datetime(2026, 11, 23, 10, 0, tzinfo=TEHRAN)) == datetime(
        2026, 11, 23, 17, 0, tzinfo=TEHRAN
    )
    assert day_read(" ، ") == ()
