"""What people type and files hold, and what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.calendar.parsing import AmbiguousDateError, DateError, parse_date, parse_datetime

JALALI, GREGORIAN = CalendarKind.JALALI, CalendarKind.GREGORIAN
NOWRUZ = date(2026, 3, 21)
BIRTHDAY = date(1966, 6, 2)


@pytest.mark.parametrize(
    "raw",
    [
        "1405/1/1",
        "1405/01/01",
        "۱۴۰۵-۰۱-۰۱",
        "١٤٠٥/٠١/٠١",
        "05/1/1",
        "1405.1.1",
        "14050101",
        "1405 1 1",
        "1/1/1405",
        "\u200f۱۴۰۵/۱/۱ ",
        "1405/1/1 00:00:00",
        "شنبه ۱ فروردین ۱۴۰۵",
        "۱ فروردین، ۱۴۰۵",
        "1 Farvardin 1405",
        "2026-03-21",
        "2026/3/21",
        "20260321",
        "3/21/2026",
        "21/3/2026",
        "21.3.2026",
        "21 March 2026",
        "21 Mar 2026",
        "21-Mar-26",
        "March 21, 2026",
        "Sat, 21st March 2026",
        "۲۱ مارس ۲۰۲۶",
        "2026-03-21T10:00:00Z",
        "2026-03-21 10:00:00.123456+03:30",
    ],
)
def test_many_ways_to_say_nowruz(raw: str) -> None:
    assert parse_date(raw) == NOWRUZ


def test_who_comes_first_is_said_or_asked() -> None:
    assert parse_date("3/4/2026", day_first=True) == date(2026, 4, 3)
    assert parse_date("3/4/2026", day_first=False) == date(2026, 3, 4)
    assert parse_date("3/13/2026", day_first=True) == date(2026, 3, 13)
    assert parse_date("4/4/2026") == date(2026, 4, 4)
    with pytest.raises(AmbiguousDateError):
        parse_date("3/4/2026")
    with pytest.raises(AmbiguousDateError):
        parse_date("3/4/26", calendar_hint=GREGORIAN)
    assert parse_date("3/4/26", calendar_hint=GREGORIAN, day_first=False) == date(2026, 3, 4)
    assert parse_date("2/1/1405") == date(2026, 3, 22)


def test_the_year_decides_before_the_hint() -> None:
    assert parse_date("1405/1/1", calendar_hint=GREGORIAN) == NOWRUZ
    assert parse_date("2026/3/21", calendar_hint=JALALI) == NOWRUZ


def test_two_digits_of_a_year() -> None:
    assert parse_date("45/3/12") == parse_date("12/3/45") == parse_date("1345/3/12") == BIRTHDAY
    assert parse_date("10/1/1", calendar_hint=JALALI) == date(2031, 3, 21)
    assert parse_date("6/2/66", calendar_hint=GREGORIAN, day_first=False) == BIRTHDAY


REFUSED = [
    "",
    "امروز",
    "1405",
    "1405/13/1",
    "1405/0/1",
    "1405/1/32",
    "1700/1/1",
    "2026-02-30",
    "5 5 5 5",
    "آذر ۱۴۰۵",
    "2 آذر 2026",
]


@pytest.mark.parametrize("raw", REFUSED)
def test_what_is_no_date_is_refused(raw: str) -> None:
    with pytest.raises(DateError):
        parse_date(raw)


def test_the_refusal_says_how_many_days_the_month_has() -> None:
    with pytest.raises(DateError) as caught:
        parse_date("1404/12/30")
    with override("fa"):
        assert str(caught.value) == "اسفند ۱۴۰۴، ۲۹ روز دارد."
    with override("en"):
        assert str(caught.value) == "Esfand 1404 has 29 days."


@pytest.mark.parametrize(
    ("raw", "moment"),
    [
        ("1405/9/2 14:30", datetime(2026, 11, 23, 11, 0, tzinfo=UTC)),
        ("۱۴۰۵/۰۹/۰۲، ساعت ۱۴:۳۰", datetime(2026, 11, 23, 11, 0, tzinfo=UTC)),
        ("1405/9/2 2:30 ب.ظ", datetime(2026, 11, 23, 11, 0, tzinfo=UTC)),
        ("2026-11-23 02:30:15 PM", datetime(2026, 11, 23, 11, 0, 15, tzinfo=UTC)),
        ("2026-11-23 12:05 am", datetime(2026, 11, 22, 20, 35, tzinfo=UTC)),
        ("2026-11-23T11:00:00Z", datetime(2026, 11, 23, 11, 0, tzinfo=UTC)),
        ("2026-11-23T14:30:00.5+03:30", datetime(2026, 11, 23, 11, 0, 0, 500000, tzinfo=UTC)),
        ("2026-11-23T06:00:00-0500", datetime(2026, 11, 23, 11, 0, tzinfo=UTC)),
        ("1405/9/2", datetime(2026, 11, 22, 20, 30, tzinfo=UTC)),
        ("2021-07-01 00:00", datetime(2021, 6, 30, 19, 30, tzinfo=UTC)),  # summer time, +04:30
        ("1400/1/2 00:30", datetime(2021, 3, 21, 21, 0, tzinfo=UTC)),  # an hour the clock skipped
        ("2021-03-22", datetime(2021, 3, 21, 20, 30, tzinfo=UTC)),  # the midnight that wasn't
    ],
)
def test_moments_come_in_utc(raw: str, moment: datetime) -> None:
    read = parse_datetime(raw, tz="Asia/Tehran")
    assert read == moment
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    "raw", ["2026-11-23 25:00", "2026-11-23 10:61", "2026-11-23 13:00 pm", "2026-11-23T10:00+99:00", "10:30"]
)
def test_what_is_no_moment_is_refused(raw: str) -> None:
    with pytest.raises(DateError):
        parse_datetime(raw, tz="Asia/Tehran")


@given(st.text() | st.text("0123456789۱۲/-.: tzآذرmayشنبه", max_size=24))
def test_whatever_is_typed_is_read_or_refused_in_words(raw: str) -> None:
    said = "."
    try:
        assert parse_datetime(raw, tz="Asia/Tehran").tzinfo is UTC
    except DateError as error:
        with override("fa"):
            said = str(error)
    assert said.endswith(".")
    assert "%" not in said
