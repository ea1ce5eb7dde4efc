"""Dates and moments as people type them and files hold them, in both calendars and both languages."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import TYPE_CHECKING

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.calendar.calendars import (
    MONTHS,
    WEEKDAYS,
    CalendarKind,
    date_of,
    days_in_month,
    language_of,
    month_name,
    zone,
)
from peyvand.foundation.text.digits import persian_digits
from peyvand.foundation.text.keys import fa_key

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

JALALI_YEARS = range(1200, 1600)
GREGORIAN_YEARS = range(1800, 2300)
# Two digits of a year: below the pivot this century, from it on the last one.
JALALI_PIVOT = 31
GREGORIAN_PIVOT = 51


class DateError(ValueError):
    """What was typed is no date or time; `str()` says what to type, in the language active then."""

    def __init__(self, message: _StrPromise, month: tuple[int, int, CalendarKind] | None = None) -> None:
        super().__init__()
        self.message = message
        self.month = month

    def __str__(self) -> str:
        if self.month is None:
            return str(self.message)
        language = language_of(get_language() or "en")
        year, month, calendar = self.month
        numbers = {"days": str(days_in_month(year, month, calendar)), "year": str(year)}
        if language == "fa":
            numbers = {name: persian_digits(number) for name, number in numbers.items()}
        return self.message % {"month": month_name(month, calendar=calendar, language=language), **numbers}


class AmbiguousDateError(DateError):
    """Day and month could change places: ask which comes first and pass `day_first`."""


def _unreadable() -> DateError:
    return DateError(_("Type the date like 1405/01/31."))


def _names() -> dict[str, tuple[int, CalendarKind]]:
    found: dict[str, tuple[int, CalendarKind]] = {}
    for calendars in MONTHS.values():
        for calendar, names in calendars.items():
            for number, name in enumerate(names, 1):
                found[fa_key(name)] = (number, calendar)
                if name.isascii() and calendar == CalendarKind.GREGORIAN:
                    found[name[:3].lower()] = (number, calendar)
    others = {"ژانویه": 1, "می": 5, "ماه مه": 5, "جون": 6, "جولای": 7, "ژوییه": 7, "آگوست": 8, "sept": 9}
    found.update({fa_key(name): (number, CalendarKind.GREGORIAN) for name, number in others.items()})
    found[fa_key("امرداد")] = (5, CalendarKind.JALALI)
    return found


_MONTH_NAMES = _names()
_WEEKDAY = re.compile(
    "|".join(
        sorted(
            {re.escape(fa_key(name)) for names in WEEKDAYS.values() for name in names}
            | {name[:3].lower() for name in WEEKDAYS["en"]}
            | {"پنج شنبه", "سه شنبه", "چهار شنبه", "یک شنبه", "دو شنبه", "پنجشنبه", "tues", "thur", "thurs"},
            key=len,
            reverse=True,
        )
    )
)
_NUMBERS = re.compile(r"(\d{1,4})\s?[-/.\u066b،\s]\s?(\d{1,4})\s?[-/.\u066b،\s]\s?(\d{1,4})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NAMED = re.compile(
    r"(?:(\d{1,4}) ?(?:st|nd|rd|th)?(?: of)?[ \-,./]*)?"
    r"([^\W\d_]+(?: مه)?)[ \-,./،]*"
    r"(\d{1,4})?(?:st|nd|rd|th)?(?:[ \-,./،]+(\d{2,4}))?"
)
_TIME = re.compile(
    r"(?:^|[\st,،]|ساعت)\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*"
    r"(am|pm|ق\.?ظ\.?|ب\.?ظ\.?|صبح|عصر|بعدازظهر)?\s*(z|utc|[+-]\d{2}:?\d{2})?$"
)


def parse_date(raw: str, *, calendar_hint: CalendarKind | None = None, day_first: bool | None = None) -> date:
    """The date that was meant. A time after it is allowed and ignored.

    Years 1200–1599 are Jalali, 1800–2299 Gregorian, whatever the hint says. Two-digit years follow the hint, Jalali
    without one. Year first (1405/1/1, 2026-03-21) is plain; with the year last, `day_first` says whether 3/4/2026 is
    3 April; where it is None and both could be, a Gregorian date raises AmbiguousDateError and a Jalali one is day
    first. Raises DateError.
    """
    text, _moment = _split_time(_folded(raw))
    return _date_in(text, calendar_hint, day_first)


def parse_datetime(
    raw: str,
    *,
    tz: str | tzinfo,
    calendar_hint: CalendarKind | None = None,
    day_first: bool | None = None,
) -> datetime:
    """The moment that was meant, in UTC: a time without an offset is local to `tz`, a date alone is its first moment.

    An hour that the clock skipped counts as the hour after it; one that came twice is the first. Raises DateError.
    """
    text, moment = _split_time(_folded(raw))
    day = _date_in(text, calendar_hint, day_first)
    clock, offset = moment or (time(), None)
    try:
        return datetime.combine(day, clock, tzinfo=offset or zone(tz)).astimezone(UTC)
    except OverflowError:
        raise _unreadable() from None


def _folded(raw: str) -> str:
    return fa_key(raw.replace("\u200c", " ")).replace("−", "-").replace("–", "-").replace("\\", "/")


def _split_time(text: str) -> tuple[str, tuple[time, tzinfo | None] | None]:
    """The text without its time of day, and that time with the offset written after it."""
    match = _TIME.search(text)
    if match is None:
        return text, None
    hour, minute, second, fraction, half, offset = match.groups()
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise DateError(_("Type the time like 14:30."))
        hours = hours % 12 + (0 if half.startswith(("a", "ق", "ص")) else 12)
    try:
        clock = time(hours, int(minute), int(second or 0), int((fraction or "0")[:6].ljust(6, "0")))
    except ValueError:
        raise DateError(_("Type the time like 14:30.")) from None
    return text[: match.start()].rstrip(" ,،t"), (clock, _offset(offset) if offset else None)


def _offset(text: str) -> tzinfo:
    if text in {"z", "utc"}:
        return UTC
    length = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    if length >= timedelta(hours=24):
        raise DateError(_("Type the time like 14:30."))
    return timezone(-length if text[0] == "-" else length)


def _date_in(text: str, hint: CalendarKind | None, day_first: bool | None) -> date:
    text = _WEEKDAY.sub("", text, count=1).strip(" ,،") if not text[:1].isdigit() or " " in text else text
    if match := _COMPACT.fullmatch(text) or _NUMBERS.fullmatch(text):
        return _from_numbers((match[1], match[2], match[3]), hint, day_first)
    if match := _NAMED.fullmatch(text):
        return _from_name(match, hint)
    raise _unreadable()


def _from_numbers(fields: tuple[str, str, str], hint: CalendarKind | None, day_first: bool | None) -> date:
    first, second, third = fields
    if len(first) > 2:
        return _made(first, int(second), int(third), hint)
    if len(third) <= 2 and hint != CalendarKind.GREGORIAN:
        if int(first) <= 31 < int(third) or day_first is not None:  # 31/1/45
            return _last_year(fields, hint, day_first)
        return _made(first, int(second), int(third), hint)
    return _last_year(fields, hint, day_first)


def _last_year(fields: tuple[str, str, str], hint: CalendarKind | None, day_first: bool | None) -> date:
    first, second = int(fields[0]), int(fields[1])
    if first > 12 or second > 12:
        day_first = first > 12
    elif day_first is None:
        jalali = _calendar_of(fields[2], hint) == CalendarKind.JALALI
        if not jalali and first != second:
            raise AmbiguousDateError(_("Is the day or the month first? Type the year first, like 2026-03-21."))
        day_first = True
    day, month = (first, second) if day_first else (second, first)
    return _made(fields[2], month, day, hint)


def _from_name(match: re.Match[str], hint: CalendarKind | None) -> date:
    before, name, after, year = match.groups()
    found = _MONTH_NAMES.get(name)
    if found is None:
        raise _unreadable()
    month, calendar = found
    if before and after and not year:  # 2 آذر 1405, 1405 آذر 2
        day, year = (after, before) if len(before) > 2 else (before, after)
    elif not before and after and year:  # Nov 23, 2026
        day = after
    else:
        raise _unreadable()
    if len(day) > 2:
        raise _unreadable()
    if len(year) > 2 and _calendar_of(year, hint) != calendar:
        raise _unreadable()
    return _made(year, month, int(day), calendar)


def _calendar_of(year: str, hint: CalendarKind | None) -> CalendarKind:
    if len(year) > 2:
        if int(year) in JALALI_YEARS:
            return CalendarKind.JALALI
        if int(year) in GREGORIAN_YEARS:
            return CalendarKind.GREGORIAN
        raise _unreadable()
    return hint or CalendarKind.JALALI


def _made(year: str, month: int, day: int, hint: CalendarKind | None) -> date:
    calendar = _calendar_of(year, hint)
    full = int(year)
    if len(year) <= 2:
        jalali = calendar == CalendarKind.JALALI
        century = 1400 if jalali else 2000
        full += century - (100 if full >= (JALALI_PIVOT if jalali else GREGORIAN_PIVOT) else 0)
    if not 1 <= month <= 12 or not 1 <= day <= 31:
        raise _unreadable()
    if day > days_in_month(full, month, calendar):
        raise DateError(_("%(month)s %(year)s has %(days)s days."), (full, month, calendar))
    return date_of(full, month, day, calendar)
