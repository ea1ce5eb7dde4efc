"""How dates, moments and lengths of time read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.calendar.formats import DateStyle, ago, duration, format_date, format_datetime, format_time
from peyvand.foundation.calendar.parsing import parse_date, parse_datetime

JALALI, GREGORIAN = CalendarKind.JALALI, CalendarKind.GREGORIAN
NOWRUZ = date(2026, 3, 21)
NOW = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)  # Monday ۲ آذر ۱۴۰۵, 14:30 in Tehran


@pytest.mark.parametrize(
    ("calendar", "language", "style", "text"),
    [
        (JALALI, "fa", "short", "۱۴۰۵/۰۱/۰۱"),
        (JALALI, "fa", "long", "شنبه ۱ فروردین ۱۴۰۵"),
        (JALALI, "fa", "month", "فروردین ۱۴۰۵"),
        (JALALI, "fa", "day", "۱ فروردین"),
        (JALALI, "en", "short", "1405/01/01"),
        (JALALI, "en", "long", "Saturday 1 Farvardin 1405"),
        (GREGORIAN, "en", "short", "2026-03-21"),
        (GREGORIAN, "en", "long", "Saturday 21 March 2026"),
        (GREGORIAN, "en", "day", "21 March"),
        (GREGORIAN, "fa", "short", "۲۰۲۶/۰۳/۲۱"),
        (GREGORIAN, "fa", "month", "مارس ۲۰۲۶"),
    ],
)
def test_dates(calendar: CalendarKind, language: str, style: DateStyle, text: str) -> None:
    assert format_date(NOWRUZ, calendar=calendar, language=language, style=style) == text


def test_moments_are_shown_in_the_readers_zone() -> None:
    assert format_datetime(NOW, tz="Asia/Tehran", calendar=JALALI, language="fa") == "دوشنبه ۲ آذر ۱۴۰۵، ساعت ۱۴:۳۰"
    assert (
        format_datetime(NOW, tz="Europe/London", calendar=GREGORIAN, language="en") == "Monday 23 November 2026, 11:00"
    )
    late = datetime(2026, 11, 23, 21, 0, tzinfo=UTC)
    assert format_datetime(late, tz="Asia/Tehran", calendar=JALALI, language="fa", style="short") == "۱۴۰۵/۰۹/۰۳ ۰۰:۳۰"
    assert format_time(NOW, tz=UTC, language="en") == "11:00"


@pytest.mark.parametrize(
    ("before", "fa", "en"),
    [
        (timedelta(seconds=20), "همین حالا", "just now"),
        (timedelta(minutes=1), "۱ دقیقه پیش", "1 minute ago"),
        (timedelta(minutes=8), "۸ دقیقه پیش", "8 minutes ago"),
        (timedelta(hours=3), "۳ ساعت پیش", "3 hours ago"),
        (timedelta(hours=23, minutes=59), "۲۳ ساعت پیش", "23 hours ago"),
        (timedelta(days=2), "شنبه", "Saturday"),
        (timedelta(days=5), "۲۷ آبان", "27 Aban"),
        (timedelta(days=934), "۱۴ اردیبهشت ۱۴۰۳", "14 Ordibehesht 1403"),
        (-timedelta(minutes=8), "۸ دقیقه‌ی دیگر", "in 8 minutes"),
        (-timedelta(hours=1), "۱ ساعت دیگر", "in 1 hour"),
        (-timedelta(days=3), "پنجشنبه", "Thursday"),
        (-timedelta(days=130), "۱۳ فروردین ۱۴۰۶", "13 Farvardin 1406"),
    ],
)
def test_ago(before: timedelta, fa: str, en: str) -> None:
    for language, text in (("fa", fa), ("en", en)):
        assert ago(NOW - before, now=NOW, tz="Asia/Tehran", calendar=JALALI, language=language) == text


def test_the_week_of_ago_is_the_calendars_own() -> None:
    sunday = NOW - timedelta(days=1, hours=1)
    assert ago(sunday, now=NOW, tz="Asia/Tehran", calendar=JALALI, language="en") == "Sunday"
    assert ago(sunday, now=NOW, tz="Asia/Tehran", calendar=GREGORIAN, language="en") == "22 November"


@pytest.mark.parametrize(
    ("seconds", "fa", "en"),
    [
        (0, "۰ ثانیه", "0 seconds"),
        (-5, "۰ ثانیه", "0 seconds"),
        (1, "۱ ثانیه", "1 second"),
        (59.6, "۱ دقیقه", "1 minute"),
        (125, "۲ دقیقه و ۵ ثانیه", "2 minutes and 5 seconds"),
        (3605, "۱ ساعت", "1 hour"),
        (7500, "۲ ساعت و ۵ دقیقه", "2 hours and 5 minutes"),
        (86400 * 46, "۴۶ روز", "46 days"),
    ],
)
def test_duration(seconds: float, fa: str, en: str) -> None:
    assert duration(seconds, "fa") == fa
    assert duration(seconds, "en") == en


STYLES: list[DateStyle] = ["short", "long"]


@given(
    st.dates(date(1921, 3, 21), date(2122, 3, 20)),
    st.sampled_from(list(CalendarKind)),
    st.sampled_from(["fa", "en"]),
    st.sampled_from(STYLES),
)
def test_what_is_shown_can_be_typed(d: date, calendar: CalendarKind, language: str, style: DateStyle) -> None:
    assert parse_date(format_date(d, calendar=calendar, language=language, style=style)) == d


@given(
    st.datetimes(datetime(2023, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(list(CalendarKind)),
    st.sampled_from(["fa", "en"]),
)
def test_shown_moments_can_be_typed(dt: datetime, calendar: CalendarKind, language: str) -> None:
    shown = format_datetime(dt, tz="Asia/Tehran", calendar=calendar, language=language)
    assert parse_datetime(shown, tz="Asia/Tehran") == dt.replace(second=0, microsecond=0)
