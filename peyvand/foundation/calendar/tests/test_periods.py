"""Periods tile the calendar, and their bounds tile time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from peyvand.foundation.calendar.calendars import CalendarKind, month_index, parts
from peyvand.foundation.calendar.periods import (
    Period,
    PeriodKind,
    bounds_utc,
    last_n,
    month_of_index,
    period_of,
    previous,
    same_last_year,
    shift,
    start_of_day_utc,
)

JALALI, GREGORIAN = CalendarKind.JALALI, CalendarKind.GREGORIAN
TODAY = date(2026, 11, 23)  # ۲ آذر ۱۴۰۵, a Monday
DATES = st.dates(date(1921, 3, 21), date(2110, 1, 1))
KINDS = st.sampled_from(list(PeriodKind))
CALENDARS = st.sampled_from(list(CalendarKind))


@pytest.mark.parametrize(
    ("kind", "calendar", "start", "end", "fa", "en"),
    [
        (PeriodKind.DAY, JALALI, TODAY, date(2026, 11, 24), "۲ آذر ۱۴۰۵", "2 Azar 1405"),
        (
            PeriodKind.WEEK,
            JALALI,
            date(2026, 11, 21),
            date(2026, 11, 28),
            "۳۰ آبان تا ۶ آذر ۱۴۰۵",
            "30 Aban to 6 Azar 1405",
        ),
        (
            PeriodKind.WEEK,
            GREGORIAN,
            TODAY,
            date(2026, 11, 30),
            "۲۳ نوامبر تا ۲۹ نوامبر ۲۰۲۶",
            "23 November to 29 November 2026",
        ),
        (PeriodKind.MONTH, JALALI, date(2026, 11, 22), date(2026, 12, 22), "آذر ۱۴۰۵", "Azar 1405"),
        (PeriodKind.MONTH, GREGORIAN, date(2026, 11, 1), date(2026, 12, 1), "نوامبر ۲۰۲۶", "November 2026"),
        (PeriodKind.SEASON, JALALI, date(2026, 9, 23), date(2026, 12, 22), "پاییز ۱۴۰۵", "Autumn 1405"),
        (PeriodKind.SEASON, GREGORIAN, date(2026, 10, 1), date(2027, 1, 1), "سه‌ماهه‌ی ۴ سال ۲۰۲۶", "Q4 2026"),
        (PeriodKind.YEAR, JALALI, date(2026, 3, 21), date(2027, 3, 21), "۱۴۰۵", "1405"),
        (PeriodKind.YEAR, GREGORIAN, date(2026, 1, 1), date(2027, 1, 1), "۲۰۲۶", "2026"),
    ],
)
def test_the_period_of_a_day(
    kind: PeriodKind, calendar: CalendarKind, start: date, end: date, fa: str, en: str
) -> None:
    period = period_of(TODAY, kind, calendar)
    assert period == Period(start, end, calendar, kind)
    assert period.label("fa") == fa
    assert period.label("en") == en


def test_a_week_over_nowruz_names_both_years() -> None:
    assert period_of(date(2025, 3, 20), PeriodKind.WEEK, JALALI).label("fa") == "۲۵ اسفند ۱۴۰۳ تا ۱ فروردین ۱۴۰۴"


@given(DATES, KINDS, CALENDARS, st.integers(-40, 40))
@example(date(2025, 3, 20), PeriodKind.YEAR, JALALI, 1)
def test_periods_tile(d: date, kind: PeriodKind, calendar: CalendarKind, n: int) -> None:
    period = period_of(d, kind, calendar)
    assert d in period
    assert period.end not in period
    assert period_of(period.last, kind, calendar) == period
    assert shift(period, 1).start == period.end
    assert previous(period).end == period.start
    assert shift(shift(period, n), -n) == period


@given(DATES, st.sampled_from([PeriodKind.MONTH, PeriodKind.SEASON, PeriodKind.YEAR]), CALENDARS)
def test_the_same_period_of_last_year(d: date, kind: PeriodKind, calendar: CalendarKind) -> None:
    period = period_of(d, kind, calendar)
    year, month, day = parts(same_last_year(period).start, calendar)
    assert (year + 1, month, day) == parts(period.start, calendar)


def test_the_same_day_and_week_of_last_year() -> None:
    leap_day = period_of(date(2025, 3, 20), PeriodKind.DAY, JALALI)
    assert parts(same_last_year(leap_day).start, JALALI) == (1402, 12, 29)
    week = period_of(TODAY, PeriodKind.WEEK, JALALI)
    assert same_last_year(week).start == week.start - timedelta(weeks=52)


def test_the_last_months() -> None:
    months = last_n(PeriodKind.MONTH, 12, TODAY, JALALI)
    assert [month.label("en") for month in (months[0], months[-1])] == ["Dey 1404", "Azar 1405"]
    assert all(left.end == right.start for left, right in pairwise(months))
    assert last_n(PeriodKind.MONTH, 0, TODAY, JALALI) == ()


@given(DATES, CALENDARS)
def test_a_month_and_its_index(d: date, calendar: CalendarKind) -> None:
    assert month_of_index(month_index(d, calendar), calendar) == period_of(d, PeriodKind.MONTH, calendar)


def test_tehran_has_midnights_that_are_not() -> None:
    # On 1 Farvardin's eve of summer time the clock went from 24:00 to 01:00, back from 24:00 to 23:00 in autumn.
    day = period_of(date(2021, 3, 22), PeriodKind.DAY, JALALI)
    start, end = bounds_utc(day, "Asia/Tehran")
    assert start == datetime(2021, 3, 21, 20, 30, tzinfo=UTC)
    assert end - start == timedelta(hours=23)
    assert start.astimezone(ZoneInfo("Asia/Tehran")).hour == 1
    start, end = bounds_utc(period_of(date(2021, 9, 21), PeriodKind.DAY, JALALI), "Asia/Tehran")
    assert end - start == timedelta(hours=25)
    start, end = bounds_utc(period_of(date(2026, 3, 22), PeriodKind.DAY, JALALI), "Asia/Tehran")
    assert end - start == timedelta(hours=24)


def test_a_day_that_a_country_skipped_is_empty() -> None:
    start, end = bounds_utc(period_of(date(2011, 12, 30), PeriodKind.DAY, GREGORIAN), "Pacific/Apia")
    assert start == end


ZONES = [
    "Asia/Tehran",
    "Europe/London",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Toronto",
    "Asia/Beirut",
    "Pacific/Apia",
]


@given(st.dates(date(1970, 1, 2), date(2040, 1, 1)), st.sampled_from(ZONES))
@example(date(1918, 3, 31), "America/Toronto")  # the gap held midnight inside it
@example(date(1919, 3, 31), "America/Toronto")
@example(date(2018, 11, 4), "America/Sao_Paulo")
def test_a_day_begins_at_its_first_moment(d: date, tz: str) -> None:
    start = start_of_day_utc(d, tz)
    place = ZoneInfo(tz)
    assert (start - timedelta(seconds=1)).astimezone(place).date() < d
    if start_of_day_utc(d + timedelta(days=1), tz) > start:
        assert start.astimezone(place).date() == d


@given(st.dates(date(1980, 1, 2), date(2040, 1, 1)), KINDS, CALENDARS, st.sampled_from(ZONES))
def test_bounds_meet(d: date, kind: PeriodKind, calendar: CalendarKind, tz: str) -> None:
    period = period_of(d, kind, calendar)
    assert bounds_utc(period, tz)[1] == bounds_utc(shift(period, 1), tz)[0]
