"""REST routes of holidays and working hours. Days are Gregorian; hours are local to their calendar's time zone."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Given, example
from peyvand.memory.work import access, queries, services
from peyvand.memory.work.models import Holiday, WorkingHours
from peyvand.memory.work.services import HolidayData, HoursData

LARGEST_ID = 2**63 - 1
LONGEST = timedelta(days=1_100)

router = Router(tags=["working time"])


class HolidayIn(Given):
    """A holiday; a name in one language is enough. `closed`: whether this house is closed on it."""

    model_config = example({"day": "2026-06-01", "name_en": "Stocktaking"})

    day: date
    name_fa: str = Field(default="", max_length=500)
    name_en: str = Field(default="", max_length=500)
    closed: bool = True


class HolidayOut(Schema):
    """A holiday; `source` is official or own."""

    id: int
    day: date
    name_fa: str
    name_en: str
    closed: bool
    source: str


class YearIn(Given):
    """A Gregorian year."""

    model_config = example({"year": 2027})

    year: int


class LoadedOut(Schema):
    """What taking in official days did."""

    added: int
    changed: int
    removed: int


class HoursIn(Given):
    """A calendar. `hours` has by mon to sun intervals like "09:00-17:00"; "22:00-06:00" ends on the next morning.

    With `version`, 409 when it was changed since.
    """

    model_config = example({"name_en": "Office", "time_zone": "Asia/Tehran", "hours": {"sat": ["09:00-17:00"]}})

    name_fa: str = Field(default="", max_length=300)
    name_en: str = Field(default="", max_length=300)
    time_zone: str = Field(max_length=64)
    hours: dict[str, list[str]] = Field(max_length=20)
    observes_holidays: bool = True
    is_default: bool = False
    version: int | None = None


class HoursOut(Schema):
    """A calendar of working hours."""

    id: int
    name_fa: str
    name_en: str
    time_zone: str
    hours: dict[str, list[str]]
    observes_holidays: bool
    is_default: bool
    version: int


class OpenOut(Schema):
    """How it is at a moment; `next_open` is the moment itself while it is open, both are null when there is none."""

    at: datetime
    open: bool
    next_open: datetime | None
    next_close: datetime | None


def _holiday(request: StaffRequest, holiday_id: int) -> Holiday:
    return queries.holiday_get(actor=request.actor, id=min(holiday_id, LARGEST_ID))


def _hours(request: StaffRequest, hours_id: int) -> WorkingHours:
    return queries.working_hours_get(actor=request.actor, id=min(hours_id, LARGEST_ID))


def _data(data: HoursIn) -> HoursData:
    return HoursData(**data.dict(exclude={"version"}))


@router.get("/holidays", response=list[HolidayOut], summary="Holidays of some days, three years at most")
def holidays_list(request: StaffRequest, since: date | None = None, until: date | None = None) -> Any:
    """Official ones and those of the house."""
    queries.require_view(request.actor)
    first = since or timezone.now().date().replace(month=1, day=1)
    last = until or first + timedelta(days=365)
    if last - first > LONGEST:
        raise ValidationError({"until": "at most three years after since"})
    return list(queries.holidays(actor=request.actor, first=first, last=last))


@router.post("/holidays", response={201: HolidayOut}, summary="Add a holiday")
def holidays_create(request: StaffRequest, data: HolidayIn) -> tuple[int, Holiday]:
    """For everyone, or as a day on which this house works all the same."""
    made, _done = services.holiday_save(actor=request.actor, data=HolidayData(**data.dict()))
    return 201, made


@router.post("/holidays/load", response=LoadedOut, summary="Take in the official holidays of a year")
def holidays_load(request: StaffRequest, data: YearIn) -> Any:
    """Those that the house has said stay as they are."""
    return services.holidays_load(actor=request.actor, year=data.year)


@router.get("/holidays/{int:holiday_id}", response=HolidayOut, summary="One holiday")
def holidays_get(request: StaffRequest, holiday_id: int) -> Holiday:
    """Official, or of the house."""
    return _holiday(request, holiday_id)


@router.put("/holidays/{int:holiday_id}", response=HolidayOut, summary="Change a holiday")
def holidays_change(request: StaffRequest, holiday_id: int, data: HolidayIn) -> Holiday:
    """What is changed by hand is not overwritten by the official days."""
    request.actor.require(access.MANAGE)
    kept = _holiday(request, holiday_id)
    made, _done = services.holiday_save(actor=request.actor, data=HolidayData(**data.dict()), holiday=kept)
    return made


@router.delete("/holidays/{int:holiday_id}", response={204: None}, summary="Remove a holiday")
def holidays_remove(request: StaffRequest, holiday_id: int) -> tuple[int, None]:
    """Undo brings it back."""
    request.actor.require(access.MANAGE)
    services.holiday_remove(actor=request.actor, holiday=_holiday(request, holiday_id))
    return 204, None


@router.get("/working-hours", response=list[HoursOut], summary="Calendars of working hours, the default first")
def hours_list(request: StaffRequest) -> Any:
    """With their weeks."""
    return queries.working_hours(actor=request.actor)


@router.post("/working-hours", response={201: HoursOut}, summary="Add a calendar")
def hours_create(request: StaffRequest, data: HoursIn) -> tuple[int, WorkingHours]:
    """The first is the default."""
    made, _done = services.hours_save(actor=request.actor, data=_data(data))
    return 201, made


@router.get("/working-hours/open", response=OpenOut, summary="Whether it is open")
def hours_open(
    request: StaffRequest, at: datetime | None = None, hours_id: int | None = Query(None, ge=1, le=LARGEST_ID)
) -> dict[str, Any]:
    """Now or at a moment, and when it opens and closes next."""
    queries.require_view(request.actor)
    moment = at or timezone.now()
    if moment.tzinfo is None or not 1900 < moment.year < 2200:
        raise ValidationError({"at": "a moment of 1901 to 2199 with its time zone, like 2026-11-23T09:12:00Z"})
    calendar = queries.calendar_load(demo=request.actor.demo, hours_id=hours_id)
    return {
        "at": moment, "open": calendar.is_open(moment), "next_open": calendar.next_open(moment),
        "next_close": calendar.next_close(moment),
    }  # fmt: skip


@router.get("/working-hours/{int:hours_id}", response=HoursOut, summary="One calendar")
def hours_get(request: StaffRequest, hours_id: int) -> WorkingHours:
    """Its week, in its time zone."""
    return _hours(request, hours_id)


@router.put("/working-hours/{int:hours_id}", response=HoursOut, summary="Change a calendar")
def hours_change(request: StaffRequest, hours_id: int, data: HoursIn) -> WorkingHours:
    """All of its values."""
    request.actor.require(access.MANAGE)
    kept = _hours(request, hours_id)
    made, _done = services.hours_save(actor=request.actor, data=_data(data), kept=kept, version=data.version)
    return made


@router.delete(
    "/working-hours/{int:hours_id}", response={204: None}, summary="Remove a calendar that is not the default"
)
def hours_remove(request: StaffRequest, hours_id: int) -> tuple[int, None]:
    """Undo brings it back."""
    request.actor.require(access.MANAGE)
    services.hours_remove(actor=request.actor, kept=_hours(request, hours_id))
    return 204, None
