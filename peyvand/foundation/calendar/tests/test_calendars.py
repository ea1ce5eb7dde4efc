"""Every day of two hundred years, the official Nowruz dates, and months."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.calendar.calendars import (
    MONTHS,
    CalendarKind,
    add_months,
    date_of,
    days_in_month,
    first_of_month,
    month_index,
    parts,
    start_of_week,
    weekday_name,
)

JALALI, GREGORIAN = CalendarKind.JALALI, CalendarKind.GREGORIAN
FIRST, LAST = date(1921, 3, 21), date(2122, 3, 20)  # 1300/1/1 … 1500/12/29
DATES = st.dates(FIRST, LAST)
KINDS = st.sampled_from(list(CalendarKind))

# Day of March on which the official calendar of Iran begins each year.
NOWRUZ = dict(
    zip(
        range(1375, 1410),
        [
            *(20, 21, 21, 21, 20, 21, 21, 21, 20, 21),
            *(21, 21, 20, 21, 21, 21, 20, 21, 21, 21),
            *(20, 21, 21, 21, 20, 21, 21, 21, 20, 21),
            *(21, 21, 20, 20, 21),
        ],
        strict=True,
    )
)


def test_every_day_from_1300_to_1500_goes_and_comes_back() -> None:
    expected = (1300, 1, 1)
    day = FIRST
    while day <= LAST:
        found = parts(day, JALALI)
        assert found == expected
        assert date_of(*found, JALALI) == day
        year, month, number = found
        if number < days_in_month(year, month, JALALI):
            expected = (year, month, number + 1)
        else:
            expected = (year, month + 1, 1) if month < 12 else (year + 1, 1, 1)
        day += timedelta(days=1)
    assert expected == (1501, 1, 1)


@pytest.mark.parametrize("year", NOWRUZ)
def test_nowruz(year: int) -> None:
    assert date_of(year, 1, 1, JALALI) == date(year + 621, 3, NOWRUZ[year])


def test_leap_years_and_days_that_are_none() -> None:
    leap = [year for year in range(1388, 1418) if days_in_month(year, 12, JALALI) == 30]
    assert leap == [1391, 1395, 1399, 1403, 1408, 1412, 1416]
    assert date_of(1403, 12, 30, JALALI) == date(2025, 3, 20)
    for month, day in ((12, 30), (7, 31), (13, 1), (1, 0)):
        with pytest.raises(ValueError, match=r"\w"):
            date_of(1404, month, day, JALALI)


def test_the_first_of_1405_is_a_saturday() -> None:
    first = date_of(1405, 1, 1, JALALI)
    assert first == date(2026, 3, 21)
    assert weekday_name(first, language="fa") == "شنبه"
    assert weekday_name(first, language="en") == "Saturday"


def test_weeks_begin_on_saturday_or_monday() -> None:
    today = date(2026, 11, 23)  # a Monday
    assert start_of_week(today, JALALI) == date(2026, 11, 21)
    assert start_of_week(today, GREGORIAN) == today
    assert start_of_week(date(2026, 11, 22), GREGORIAN) == date(2026, 11, 16)


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        ((1405, 6, 31), 1, (1405, 7, 30)),
        ((1405, 6, 31), 6, (1405, 12, 29)),
        ((1403, 12, 30), 12, (1404, 12, 29)),
        ((1403, 12, 30), 60, (1408, 12, 30)),
        ((1405, 1, 31), -1, (1404, 12, 29)),
        ((1405, 1, 1), -1, (1404, 12, 1)),
    ],
)
def test_months_are_added_to_the_last_day_at_most(
    start: tuple[int, int, int], n: int, end: tuple[int, int, int]
) -> None:
    assert parts(add_months(date_of(*start, JALALI), n, JALALI), JALALI) == end


def test_gregorian_months() -> None:
    assert add_months(date(2026, 1, 31), 1, GREGORIAN) == date(2026, 2, 28)
    assert add_months(date(2024, 2, 29), 12, GREGORIAN) == date(2025, 2, 28)


@given(DATES, KINDS, st.integers(-600, 600))
def test_adding_months_moves_the_index_and_never_the_day_forward(d: date, calendar: CalendarKind, n: int) -> None:
    moved = add_months(d, n, calendar)
    assert month_index(moved, calendar) == month_index(d, calendar) + n
    assert parts(moved, calendar)[2] <= parts(d, calendar)[2]
    assert add_months(d, 0, calendar) == d


@given(DATES, KINDS)
def test_the_index_of_a_month_leads_back(d: date, calendar: CalendarKind) -> None:
    first = first_of_month(month_index(d, calendar), calendar)
    assert parts(first, calendar) == (*parts(d, calendar)[:2], 1)


def test_every_month_has_a_name_in_both_languages() -> None:
    for calendars in MONTHS.values():
        for names in calendars.values():
            assert len(set(names)) == 12


def test_a_stored_word_serves_as_the_calendar() -> None:
    for calendar in CalendarKind:
        stored: CalendarKind = calendar.value  # as a database column gives it
        assert parts(date(2026, 3, 21), stored) == parts(date(2026, 3, 21), calendar)
        assert start_of_week(date(2026, 11, 23), stored) == start_of_week(date(2026, 11, 23), calendar)
