"""Periods by name, as of a day, in either calendar; and the period beside which another is held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.calendar.calendars import CalendarKind, add_months
from peyvand.foundation.calendar.parsing import DateError
from peyvand.foundation.calendar.periods import Period, PeriodKind, period_of, previous, same_last_year
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui import formats

PERIODS: dict[str, Label] = {
    "all": _("All time"),
    "today": _("Today"),
    "this-week": _("This week"),
    "this-month": _("This month"),
    "last-month": _("Last month"),
    "month-last-year": _("Same month last year"),
    "this-season": _("This season"),
    "last-season": _("Last season"),
    "season-last-year": _("Same season last year"),
    "this-year": _("This year"),
    "last-year": _("Last year"),
    "days": _("Last days"),
    "from-to": _("From one day to another"),
}
COMPARES: dict[str, Label] = {"": _("Nothing"), "before": _("The period before"), "year": _("A year before")}
_Kind = PeriodKind


@dataclass(frozen=True)
class Span:
    """Days from `start` to `end`, both inside."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many."""
        return (self.end - self.start).days + 1

    @property
    def plain(self) -> list[str]:
        """As JSON."""
        return [self.start.isoformat(), self.end.isoformat()]


def _of(period: Period) -> Span:
    return Span(period.start, period.last)


_NAMED: dict[str, tuple[PeriodKind, Callable[[Period], Period] | None]] = {
    "today": (_Kind.DAY, None), "this-week": (_Kind.WEEK, None), "this-month": (_Kind.MONTH, None),
    "last-month": (_Kind.MONTH, previous), "month-last-year": (_Kind.MONTH, same_last_year),
    "this-season": (_Kind.SEASON, None), "last-season": (_Kind.SEASON, previous),
    "season-last-year": (_Kind.SEASON, same_last_year), "this-year": (_Kind.YEAR, None),
    "last-year": (_Kind.YEAR, previous),
}  # fmt: skip


def span_of(
    name: str, *, today: date, calendar: CalendarKind, days: int = 30, start: str = "", end: str = ""
) -> Span | None:
    """The days of a period by its name; None for all time. "from-to" must have been checked."""
    if name == "days":
        return Span(today - timedelta(days=max(1, days) - 1), today)
    if name == "from-to":
        first, last = day_read(start), day_read(end)
        return Span(first, last) if first and last else None
    if name not in _NAMED:
        return None
    kind, moved = _NAMED[name]
    period = period_of(today, kind, calendar)
    return _of(moved(period) if moved else period)


def beside(name: str, span: Span, *, period: str, today: date, calendar: CalendarKind) -> Span:
    """The days that a span is held beside. A named period has the whole one before; other spans as many days before.

    A year before is the same days of the calendar's year before; a period that is not over is held beside as many days
    of the other.
    """
    so_far = Span(span.start, min(span.end, today)) if span.start <= today else span
    if name == "year":
        return Span(_year_before(so_far.start, calendar), _year_before(so_far.end, calendar))
    if period in _NAMED:
        kind = _NAMED[period][0]
        before = _of(previous(period_of(span.start, kind, calendar)))
        if so_far.end == span.end:
            return before
        return Span(before.start, min(before.end, before.start + timedelta(days=so_far.days - 1)))
    return Span(so_far.start - timedelta(days=so_far.days), so_far.start - timedelta(days=1))


def _year_before(day: date, calendar: CalendarKind) -> date:
    return add_months(day, -12, calendar)


def day_read(text: str) -> date | None:
    """A day as ISO or as people type it: 1405-09-02 is Jalali, as everywhere."""
    try:
        return formats.read_date(text)
    except DateError:
        return None


def number_read(text: str) -> Decimal:
    """A number as people type it; ArithmeticError where it is none."""
    plain = latin_digits(text.strip()).replace("٬", "").replace(",", "").replace("٫", ".").replace("−", "-")
    return Decimal(plain)
