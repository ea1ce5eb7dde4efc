"""The two calendars: parts of a date, lengths, names, and arithmetic by months. Jalali years 1276–1502 are certain."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, tzinfo
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

_JALALI: Any = JalaliDate  # its methods are not annotated


class CalendarKind(StrEnum):
    """Which calendar a reader counts in."""

    JALALI = "jalali"
    GREGORIAN = "gregorian"


# Names by language, then calendar. They are data of the calendars, and are also read back by `parsing`.
MONTHS: dict[str, dict[CalendarKind, tuple[str, ...]]] = {
    "fa": {
        CalendarKind.JALALI: (
            *("فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور"),
            *("مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"),
        ),
        CalendarKind.GREGORIAN: (
            *("ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن"),
            *("ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"),
        ),
    },
    "en": {
        CalendarKind.JALALI: (
            *("Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar"),
            *("Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"),
        ),
        CalendarKind.GREGORIAN: (
            *("January", "February", "March", "April", "May", "June"),
            *("July", "August", "September", "October", "November", "December"),
        ),
    },
}
# Monday first, as date.weekday() counts.
WEEKDAYS: dict[str, tuple[str, ...]] = {
    "fa": ("دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه", "یکشنبه"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
SEASONS: dict[str, tuple[str, ...]] = {
    "fa": ("بهار", "تابستان", "پاییز", "زمستان"),
    "en": ("Spring", "Summer", "Autumn", "Winter"),
}


def language_of(language: str) -> str:
    """The language whose names we have: "fa" for Persian, "en" for every other."""
    return "fa" if language.startswith("fa") else "en"


def zone(tz: str | tzinfo) -> tzinfo:
    """A time zone by its IANA name, or as it is."""
    return ZoneInfo(tz) if isinstance(tz, str) else tz


def month_name(month: int, *, calendar: CalendarKind, language: str) -> str:
    """Name of month 1–12."""
    return MONTHS[language_of(language)][calendar][month - 1]


def weekday_name(d: date, *, language: str) -> str:
    """Name of the date's weekday."""
    return WEEKDAYS[language_of(language)][d.weekday()]


def parts(d: date, calendar: CalendarKind) -> tuple[int, int, int]:
    """Year, month and day of a date in the calendar."""
    if calendar == CalendarKind.GREGORIAN:
        return d.year, d.month, d.day
    jalali = _JALALI.to_jalali(d.year, d.month, d.day)
    return jalali.year, jalali.month, jalali.day


def date_of(year: int, month: int, day: int, calendar: CalendarKind) -> date:
    """The date of a year, month and day in the calendar; ValueError when there is none."""
    if calendar == CalendarKind.GREGORIAN:
        return date(year, month, day)
    made: date = _JALALI(year, month, day).to_gregorian()
    return made


def days_in_month(year: int, month: int, calendar: CalendarKind) -> int:
    """How many days the month has."""
    if calendar == CalendarKind.GREGORIAN:
        return monthrange(year, month)[1]
    if month < 12:
        return 31 if month <= 6 else 30
    return 30 if _JALALI.is_leap(year) else 29


def month_index(d: date, calendar: CalendarKind) -> int:
    """The date's month as one number that grows by one a month: year × 12 + month − 1."""
    year, month, _day = parts(d, calendar)
    return year * 12 + month - 1


def first_of_month(index: int, calendar: CalendarKind) -> date:
    """First day of the month with that `month_index`."""
    return date_of(index // 12, index % 12 + 1, 1, calendar)


def add_months(d: date, n: int, calendar: CalendarKind) -> date:
    """The same day `n` months later or earlier, or the month's last: 31 → 30, 30 Esfand → 29 in a common year."""
    day = parts(d, calendar)[2]
    index = month_index(d, calendar) + n
    year, month = index // 12, index % 12 + 1
    return date_of(year, month, min(day, days_in_month(year, month, calendar)), calendar)


def start_of_week(d: date, calendar: CalendarKind) -> date:
    """The Saturday (Jalali) or Monday (Gregorian) of the date's week."""
    first = 5 if calendar == CalendarKind.JALALI else 0
    return date.fromordinal(d.toordinal() - (d.weekday() - first) % 7)
