"""The reads: calendars by right for people, and the same without an actor for the house's own clocks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from peyvand.foundation.accounts import settings
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.memory.work import access
from peyvand.memory.work.hours import Calendar, starting_week, week_read
from peyvand.memory.work.models import Holiday, HolidayYear, WorkingHours

COUNTRY = "work.country"


def may_view(actor: Actor) -> bool:
    """Whether the actor may see working hours and holidays."""
    return actor.may(access.VIEW) or actor.may(access.MANAGE)


def require_view(actor: Actor) -> None:
    """Raise NotAllowed unless the actor may see them."""
    if not may_view(actor):
        raise NotAllowed(access.VIEW)


def holidays(*, actor: Actor, first: date, last: date) -> QuerySet[Holiday]:
    """The holidays from `first` to `last`, in their order, worked ones too."""
    require_view(actor)
    return Holiday.objects.visible_to(actor).kept().filter(day__gte=first, day__lte=last).order_by("day")


def next_holiday(*, actor: Actor, since: date) -> Holiday | None:
    """The first day from `since` on, of those in the table, on which the house is closed; None when there is none."""
    require_view(actor)
    found: Holiday | None = (
        Holiday.objects.visible_to(actor).kept().filter(day__gte=since, closed=True).order_by("day").first()
    )
    return found


def holiday_get(*, actor: Actor, id: int) -> Holiday:
    """One holiday; Holiday.DoesNotExist when there is none that the actor may see."""
    require_view(actor)
    found: Holiday = Holiday.objects.visible_to(actor).kept().get(pk=id)
    return found


def years_loaded(*, demo: bool) -> frozenset[int]:
    """The Gregorian years whose official days were taken in."""
    return frozenset(HolidayYear.objects.filter(demo=demo).values_list("year", flat=True))


def working_hours(*, actor: Actor) -> Sequence[WorkingHours]:
    """The calendars of the business one looks at, the default first."""
    require_view(actor)
    return list(WorkingHours.objects.visible_to(actor).order_by("-is_default", "id"))


def working_hours_get(*, actor: Actor, id: int) -> WorkingHours:
    """One calendar; WorkingHours.DoesNotExist when there is none that the actor may see."""
    require_view(actor)
    found: WorkingHours = WorkingHours.objects.visible_to(actor).get(pk=id)
    return found


def calendar_load(*, demo: bool, hours_id: int | None = None) -> Calendar:
    """Working hours with their holidays in three small queries, for whoever asks often.

    The default of the business without `hours_id`; while it has none, full days outside the workspace's weekend.
    WorkingHours.DoesNotExist for an id that is none of the business.
    """
    rows = WorkingHours.objects.filter(demo=demo)
    row = rows.get(pk=hours_id) if hours_id is not None else rows.filter(is_default=True).first()
    return calendar_of(row, demo=demo)


def calendar_of(row: WorkingHours | None, *, demo: bool) -> Calendar:
    """The calendar of a row, or of the hours one begins with."""
    closed = Holiday.objects.filter(demo=demo, closed=True).kept().values_list("day", flat=True)
    return Calendar(
        zone=ZoneInfo(row.time_zone if row else settings.text("time_zone")),
        week=week_read(row.hours if row else starting_week(settings.get("weekend"))),
        closed=frozenset(closed),
        loaded=years_loaded(demo=demo),
        country=settings.text(COUNTRY),
        observes=row.observes_holidays if row else True,
    )


def is_holiday(*, day: date, demo: bool) -> bool:
    """Whether the house is closed on that day because it is a holiday."""
    return calendar_load(demo=demo).is_holiday(day)


def working_day(*, day: date, demo: bool, calendar: int | None = None) -> bool:
    """Whether there are working hours on that day. `calendar` is the id of working hours, the default without."""
    return calendar_load(demo=demo, hours_id=calendar).working_day(day)


def is_open(*, at: datetime, demo: bool, calendar: int | None = None) -> bool:
    """Whether it is open at that moment."""
    return calendar_load(demo=demo, hours_id=calendar).is_open(at)


def next_open(*, at: datetime, demo: bool, calendar: int | None = None) -> datetime | None:
    """The first moment from `at` on at which it is open, in UTC; None when that isn't in two years."""
    return calendar_load(demo=demo, hours_id=calendar).next_open(at)


def next_close(*, at: datetime, demo: bool, calendar: int | None = None) -> datetime | None:
    """The first moment after `at` at which it closes, in UTC; None when it never does."""
    return calendar_load(demo=demo, hours_id=calendar).next_close(at)


def open_seconds_between(*, start: datetime, end: datetime, demo: bool, calendar: int | None = None) -> int:
    """Whole seconds of open time between two moments."""
    return calendar_load(demo=demo, hours_id=calendar).open_seconds_between(start, end)
