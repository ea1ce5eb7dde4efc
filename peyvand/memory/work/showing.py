"""Holidays and working hours as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from django.utils.translation import gettext, pgettext

from peyvand.foundation.calendar.calendars import WEEKDAYS, CalendarKind, weekday_name
from peyvand.foundation.calendar.periods import PeriodKind, period_of
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.work.hours import DAY, DAYS, Calendar, Interval, intervals_read
from peyvand.memory.work.models import Holiday, WorkingHours


def days_in_order() -> list[tuple[str, str]]:
    """The days with their names, from the day on which the reader's week begins."""
    reader = current_reader()
    first = 5 if reader.calendar is CalendarKind.JALALI else 0
    names = WEEKDAYS["fa" if reader.language == "fa" else "en"]
    return [(DAYS[day], names[day]) for day in ((first + step) % 7 for step in range(7))]


def interval_shown(interval: Interval) -> str:
    """«۹:۰۰ تا ۱۷:۰۰»."""
    start, end = interval
    if (start, end) == (0, DAY):
        return gettext("The whole day")
    ends = end - DAY if end > DAY else end
    texts = [formats.digits(f"{minutes // 60}:{minutes % 60:02}") for minutes in (start, ends)]
    words = {"start": texts[0], "end": texts[1]}
    if end > DAY:
        return gettext("%(start)s to %(end)s the next day") % words
    return pgettext("hours of a day", "%(start)s to %(end)s") % words


def hours_shown(texts: Sequence[str]) -> str:
    """The hours of a day in words."""
    found = intervals_read(texts)
    return gettext(", ").join(interval_shown(one) for one in found) if found else gettext("Closed")


def as_typed(texts: Sequence[str]) -> str:
    """The hours of a day as people type them."""
    return formats.digits(", ".join(texts))


@dataclass(frozen=True)
class HoursShown:
    """A calendar with its days taken together where they are alike, and how it is now."""

    row: WorkingHours
    days: Sequence[tuple[str, str]]
    open: bool
    now: str


def working_hours_shown(row: WorkingHours, calendar: Calendar, now: datetime) -> HoursShown:
    """A calendar as its card draws it."""
    listed = [(label, hours_shown(row.hours.get(name, ()))) for name, label in days_in_order()]
    days = []
    for words, alike in groupby(listed, key=lambda one: one[1]):
        labels = [label for label, _words in alike]
        both = {"first": labels[0], "last": labels[-1]}
        days.append((gettext("%(first)s to %(last)s") % both if len(labels) > 1 else labels[0], words))
    is_open = calendar.is_open(now)
    return HoursShown(row, days, is_open, _now_words(calendar, is_open, now))


def _now_words(calendar: Calendar, is_open: bool, now: datetime) -> str:
    then = calendar.next_close(now) if is_open else calendar.next_open(now)
    if then is None:
        return gettext("Always open") if is_open else gettext("Closed")
    local = then.astimezone(calendar.zone)
    days = (local.date() - now.astimezone(calendar.zone).date()).days
    clock = formats.digits(f"{local.hour}:{local.minute:02}")
    words = {"time": clock, "day": _day_words(local.date(), days)}
    if days == 0:
        return gettext("Open until %(time)s") % words if is_open else gettext("Closed, opens at %(time)s") % words
    return (
        gettext("Open until %(day)s, %(time)s") % words
        if is_open
        else gettext("Closed, opens %(day)s, %(time)s") % words
    )


def _day_words(day: date, days: int) -> str:
    if days == 1:
        return gettext("tomorrow")
    return weekday_name(day, language=current_reader().language) if days < 7 else formats.day(day)


@dataclass(frozen=True)
class HolidayShown:
    """A line of the year's list; `rest` is whether that weekday has no working hours anyway."""

    holiday: Holiday
    weekday: str
    date: str
    past: bool
    rest: bool


@dataclass(frozen=True)
class MonthShown:
    """A month of the list."""

    label: str
    rows: Sequence[HolidayShown]


def months_shown(rows: Iterable[Holiday], calendar: Calendar, today: date) -> list[MonthShown]:
    """The holidays of a year by the months of the reader's calendar."""
    reader = current_reader()
    shown = []
    for start, some in groupby(rows, key=lambda one: period_of(one.day, PeriodKind.MONTH, reader.calendar)):
        lines = [
            HolidayShown(
                one, weekday_name(one.day, language=reader.language), formats.day(one.day, "day"), one.day < today,
                not calendar.week[one.day.weekday()],
            )
            for one in some
        ]  # fmt: skip
        shown.append(MonthShown(start.label(reader.language), lines))
    return shown


def gregorian_years(first: date, last: date) -> range:
    """The Gregorian years that a run of days touches."""
    return range(first.year, last.year + 1)
