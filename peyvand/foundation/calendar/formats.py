"""Dates, moments and lengths of time as a reader sees them."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import Literal

from django.utils.translation import gettext, ngettext, override

from peyvand.foundation.calendar.calendars import (
    CalendarKind,
    language_of,
    month_name,
    parts,
    start_of_week,
    weekday_name,
    zone,
)
from peyvand.foundation.text.digits import persian_digits

DateStyle = Literal["short", "long", "month", "day"]

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def localised(text: str, language: str) -> str:
    """The text with the digits of the language."""
    return persian_digits(text) if language_of(language) == "fa" else text


def format_date(d: date, *, calendar: CalendarKind, language: str, style: DateStyle = "short") -> str:
    """A date in words or numbers: short «۱۴۰۵/۰۱/۰۱» (Gregorian in English 2026-03-21), long «شنبه ۱ فروردین ۱۴۰۵»,
    month «فروردین ۱۴۰۵», day «۱ فروردین».
    """
    year, month, day = parts(d, calendar)
    name = month_name(month, calendar=calendar, language=language)
    if style == "month":
        text = f"{name} {year}"
    elif style == "day":
        text = f"{day} {name}"
    elif style == "long":
        text = f"{weekday_name(d, language=language)} {day} {name} {year}"
    else:
        iso = calendar == CalendarKind.GREGORIAN and language_of(language) == "en"
        text = f"{year:04}-{month:02}-{day:02}" if iso else f"{year:04}/{month:02}/{day:02}"
    return localised(text, language)


def format_datetime(
    dt: datetime,
    *,
    tz: str | tzinfo,
    calendar: CalendarKind,
    language: str,
    style: Literal["short", "long"] = "long",
) -> str:
    """An aware moment in the zone: long «دوشنبه ۲ آذر ۱۴۰۵، ساعت ۱۴:۳۰», short «۱۴۰۵/۰۹/۰۲ ۱۴:۳۰»."""
    local = dt.astimezone(zone(tz))
    day = format_date(local.date(), calendar=calendar, language=language, style=style)
    time = format_time(dt, tz=tz, language=language)
    if style == "short":
        return f"{day} {time}"
    with override(language_of(language)):
        return gettext("%(date)s, %(time)s") % {"date": day, "time": time}


def format_time(dt: datetime, *, tz: str | tzinfo, language: str) -> str:
    """Hours and minutes of an aware moment in the zone, on 24 hours: «۱۴:۳۰»."""
    return localised(f"{dt.astimezone(zone(tz)):%H:%M}", language)


def ago(dt: datetime, *, now: datetime, tz: str | tzinfo, calendar: CalendarKind, language: str) -> str:
    """A moment as near as it is: under a day «۸ دقیقه پیش», this week its day, this year «۲۷ آبان», else with the year.

    The same for what is to come: «۸ دقیقه‌ی دیگر», and so on. Both moments aware; the week is the calendar's own.
    """
    seconds = int((now - dt).total_seconds())
    if abs(seconds) < DAY:
        return _within_a_day(seconds, language)
    local, today = dt.astimezone(zone(tz)).date(), now.astimezone(zone(tz)).date()
    if start_of_week(local, calendar) == start_of_week(today, calendar):
        return weekday_name(local, language=language)
    text = format_date(local, calendar=calendar, language=language, style="day")
    year = parts(local, calendar)[0]
    return text if year == parts(today, calendar)[0] else f"{text} {localised(str(year), language)}"


def _within_a_day(seconds: int, language: str) -> str:
    length = abs(seconds)
    with override(language_of(language)):
        if length < MINUTE:
            return gettext("just now")
        hours = length >= HOUR
        count = length // (HOUR if hours else MINUTE)
        if seconds > 0:
            text = (
                ngettext("%(count)s hour ago", "%(count)s hours ago", count)
                if hours
                else ngettext("%(count)s minute ago", "%(count)s minutes ago", count)
            )
        else:
            text = (
                ngettext("in %(count)s hour", "in %(count)s hours", count)
                if hours
                else ngettext("in %(count)s minute", "in %(count)s minutes", count)
            )
        return text % {"count": localised(str(count), language)}


def duration(seconds: float, language: str) -> str:
    """A length of time in its two largest units: «۲ روز و ۵ ساعت», «۴۰ ثانیه». Never negative."""
    left = max(0, round(seconds))
    with override(language_of(language)):
        said: list[str] = []
        for size in (DAY, HOUR, MINUTE, 1):
            count, left = divmod(left, size)
            if count or (size == 1 and not said):
                said.append(_counted(size, count) % {"count": localised(str(count), language)})
            elif said:
                break
            if len(said) == 2:
                break
        if len(said) == 1:
            return said[0]
        return gettext("%(larger)s and %(smaller)s") % {"larger": said[0], "smaller": said[1]}


def _counted(size: int, count: int) -> str:
    if size == DAY:
        return ngettext("%(count)s day", "%(count)s days", count)
    if size == HOUR:
        return ngettext("%(count)s hour", "%(count)s hours", count)
    if size == MINUTE:
        return ngettext("%(count)s minute", "%(count)s minutes", count)
    return ngettext("%(count)s second", "%(count)s seconds", count)
