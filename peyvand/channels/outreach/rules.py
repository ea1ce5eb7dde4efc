"""What the house's rules mean: exemptions of a purpose, quiet hours by a clock, months of a budget. Nothing is read."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from peyvand.channels.outreach.models import PurposeRule, QuietHours
from peyvand.foundation.accounts import settings
from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.calendar.periods import PeriodKind, bounds_utc, period_of, shift
from peyvand.memory.consents.models import PurposeKind
from peyvand.memory.work.hours import Calendar

MOST_DAYS = 60  # a run of closed days longer than this is no run of holidays


@dataclass(frozen=True)
class Rule:
    """What holds for a purpose."""

    caps_exempt: bool
    quiet_exempt: bool
    fallback: bool = False
    hours: int = 72
    order: Sequence[str] = ()
    tracks: bool = False


def rule_of(kind: str, row: PurposeRule | None) -> Rule:
    """The purpose's own rule, or that of its kind: messages of service are held back by no cap and no quiet hour."""
    if row is not None:
        tracks = row.tracks if row.tracks is not None else kind == PurposeKind.MARKETING
        return Rule(row.caps_exempt, row.quiet_exempt, row.fallback, row.hours, tuple(map(str, row.order)), tracks)
    service = kind == PurposeKind.SERVICE
    return Rule(service, service, fallback=service, tracks=kind == PurposeKind.MARKETING)


def zone_of(name: str, otherwise: str) -> ZoneInfo:
    """A recipient's time zone, or the business's."""
    try:
        return ZoneInfo(name or otherwise)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(otherwise)


def quiet_until(
    hours: QuietHours, *, now: datetime, zone: ZoneInfo, calendar: Calendar, weekend: Collection[int]
) -> datetime | None:
    """When it stops being quiet, in UTC; None when it isn't quiet now.

    Reckoned on the local clock: a day that is quiet as a whole ends where the next that isn't has its first hour open.
    """
    local = now.astimezone(zone)
    moment = local
    for _step in range(2 * MOST_DAYS):
        after = _next_open(hours, moment, zone, calendar, weekend)
        if after is None:
            break
        moment = after
    return None if moment == local else moment.astimezone(now.tzinfo)


def _next_open(
    hours: QuietHours, local: datetime, zone: ZoneInfo, calendar: Calendar, weekend: Collection[int]
) -> datetime | None:
    """The end of the quiet in which this moment lies; None when it lies in none."""
    day, clock = local.date(), local.time()
    if (hours.weekends and day.weekday() in weekend) or (hours.holidays and calendar.is_holiday(day)):
        return datetime.combine(day + timedelta(days=1), time(), zone)
    if hours.starts < hours.ends:
        quiet, ends_today = hours.starts <= clock < hours.ends, True
    else:
        quiet, ends_today = clock >= hours.starts or clock < hours.ends, clock < hours.ends
    if not quiet:
        return None
    return datetime.combine(day if ends_today else day + timedelta(days=1), hours.ends, zone)


def month_start(now: datetime, *, tz: str) -> datetime:
    """When this month of the business's calendar began, in UTC."""
    return _month(now, tz, 0)


def next_month(now: datetime, *, tz: str) -> datetime:
    """When the next month of the business's calendar begins, in UTC."""
    return _month(now, tz, 1)


def _month(now: datetime, tz: str, later: int) -> datetime:
    calendar = CalendarKind(settings.text("calendar"))
    period = shift(period_of(now.astimezone(ZoneInfo(tz)).date(), PeriodKind.MONTH, calendar), later)
    return bounds_utc(period, tz)[0]
