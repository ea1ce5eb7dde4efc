"""Hours that are offered for putting aside and for sending later, in the reader's own time."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.ui.reader import current_reader

MORNING = time(9)
WEEK_STARTS = {CalendarKind.JALALI: 5, CalendarKind.GREGORIAN: 0}  # Saturday, Monday


def _morning(days: int) -> datetime:
    zone = current_reader().zone
    day = timezone.now().astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, MORNING, zone)


def _to_next_week() -> int:
    reader = current_reader()
    today = timezone.now().astimezone(reader.zone).date().weekday()
    return (WEEK_STARTS[reader.calendar] - today - 1) % 7 + 1


def moments() -> dict[str, datetime]:
    """The moments by the names that forms give them."""
    return {
        "hour": timezone.now() + timedelta(hours=1),
        "tomorrow": _morning(1),
        "week": _morning(_to_next_week()),
    }


def snoozes() -> list[tuple[str, str, datetime]]:
    """For how long a conversation may be put aside."""
    names = {"hour": gettext("For an hour"), "tomorrow": gettext("Until tomorrow"), "week": gettext("Until next week")}
    return [(name, names[name], at) for name, at in moments().items()]


def waits() -> list[tuple[str, str, datetime]]:
    """When an answer may go, besides now."""
    names = {"hour": gettext("In an hour"), "tomorrow": gettext("Tomorrow at 9"), "week": gettext("Next week at 9")}
    return [(name, names[name], at) for name, at in moments().items()]
