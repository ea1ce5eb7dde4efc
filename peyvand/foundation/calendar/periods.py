"""Days, weeks, months, seasons and years of either calendar, as half-open runs of dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from enum import StrEnum

from django.utils.translation import gettext, override

from peyvand.foundation.calendar.calendars import (
    SEASONS,
    CalendarKind,
    add_months,
    first_of_month,
    language_of,
    month_index,
    parts,
    start_of_week,
    zone,
)
from peyvand.foundation.calendar.formats import format_date, localised


class PeriodKind(StrEnum):
    """Lengths people count business in. A season is three months from the year's start (a quarter)."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"


_MONTHS = {PeriodKind.MONTH: 1, PeriodKind.SEASON: 3, PeriodKind.YEAR: 12}
_DAYS = {PeriodKind.DAY: 1, PeriodKind.WEEK: 7}


@dataclass(frozen=True)
class Period:
    """The dates from `start` up to, but without, `end`."""

    start: date
    end: date
    calendar: CalendarKind
    kind: PeriodKind

    @property
    def last(self) -> date:
        """The last date inside."""
        return self.end - timedelta(days=1)

    def __contains__(self, d: date) -> bool:
        return self.start <= d < self.end

    def label(self, language: str) -> str:
        """Its name: «۲ آذر ۱۴۰۵», «۳۰ آبان تا ۶ آذر ۱۴۰۵», «آذر ۱۴۰۵», «پاییز ۱۴۰۵» (Gregorian: Q4 2026), «۱۴۰۵»."""
        year, month, _day = parts(self.start, self.calendar)
        number = localised(str(year), language)
        if self.kind == PeriodKind.DAY:
            return _day_and_year(self.start, self.calendar, language)
        if self.kind == PeriodKind.MONTH:
            return format_date(self.start, calendar=self.calendar, language=language, style="month")
        if self.kind == PeriodKind.YEAR:
            return number
        with override(language_of(language)):
            if self.kind == PeriodKind.WEEK:
                same_year = year == parts(self.last, self.calendar)[0]
                first = format_date(self.start, calendar=self.calendar, language=language, style="day")
                return gettext("%(first)s to %(last)s") % {
                    "first": first if same_year else f"{first} {number}",
                    "last": _day_and_year(self.last, self.calendar, language),
                }
            season = (month - 1) // 3
            if self.calendar == CalendarKind.JALALI:
                return f"{SEASONS[language_of(language)][season]} {number}"
            return gettext("Q%(quarter)s %(year)s") % {"quarter": localised(str(season + 1), language), "year": number}


def _day_and_year(d: date, calendar: CalendarKind, language: str) -> str:
    day = format_date(d, calendar=calendar, language=language, style="day")
    return f"{day} {localised(str(parts(d, calendar)[0]), language)}"


def period_of(d: date, kind: PeriodKind, calendar: CalendarKind) -> Period:
    """The period of that kind in which the date lies."""
    if kind in _DAYS:
        start = start_of_week(d, calendar) if kind == PeriodKind.WEEK else d
        return Period(start, start + timedelta(days=_DAYS[kind]), calendar, kind)
    length = _MONTHS[kind]
    first = month_index(d, calendar) // length * length
    return Period(first_of_month(first, calendar), first_of_month(first + length, calendar), calendar, kind)


def month_of_index(index: int, calendar: CalendarKind) -> Period:
    """The month with that `month_index`."""
    return period_of(first_of_month(index, calendar), PeriodKind.MONTH, calendar)


def shift(period: Period, n: int) -> Period:
    """The period of the same kind, `n` later (earlier when negative)."""
    if period.kind in _DAYS:
        start = period.start + timedelta(days=n * _DAYS[period.kind])
    else:
        start = add_months(period.start, n * _MONTHS[period.kind], period.calendar)
    return period_of(start, period.kind, period.calendar)


def previous(period: Period) -> Period:
    """The period just before."""
    return shift(period, -1)


def same_last_year(period: Period) -> Period:
    """The same month, season, year or day of the year before (30 Esfand → 29); of a week, the one 52 weeks before."""
    if period.kind == PeriodKind.WEEK:
        return shift(period, -52)
    return period_of(add_months(period.start, -12, period.calendar), period.kind, period.calendar)


def last_n(kind: PeriodKind, n: int, until: date, calendar: CalendarKind) -> tuple[Period, ...]:
    """The `n` periods, oldest first, of which the last holds the date `until`."""
    last = period_of(until, kind, calendar)
    return tuple(shift(last, step) for step in range(1 - n, 1))


def first_moment(local: datetime, tz: str | tzinfo) -> datetime:
    """The first moment, in UTC, at which the wall clock of the zone shows that naive time or a later one.

    Of a time that comes twice the first; of one that the clock skips the moment of the change.
    """
    place = zone(tz)
    before = local.replace(tzinfo=place, fold=0).astimezone(UTC)
    if before.astimezone(place).replace(tzinfo=None, fold=0) == local:
        return before
    # In a gap, fold=1 reads the wall clock with the offset after it: the change lies between the two readings.
    low, high = local.replace(tzinfo=place, fold=1).astimezone(UTC), before
    after = high.astimezone(place).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(place).utcoffset() == after:
            high = middle
        else:
            low = middle
    return high


def start_of_day_utc(d: date, tz: str | tzinfo) -> datetime:
    """The first moment of a local date, in UTC, also where the clock skipped midnight (Tehran's springs up to 2022)."""
    return first_moment(datetime.combine(d, time()), tz)


def bounds_utc(period: Period, tz: str | tzinfo) -> tuple[datetime, datetime]:
    """The period's first moment and the first moment after it, in UTC: bounds of consecutive periods meet."""
    return start_of_day_utc(period.start, tz), start_of_day_utc(period.end, tz)
