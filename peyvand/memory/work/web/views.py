"""Settings: working hours, and the holidays of a year in the reader's calendar."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import ngettext as many
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.calendar.calendars import CalendarKind, date_of, parts
from peyvand.foundation.calendar.periods import Period, PeriodKind, period_of
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.work import access, queries, services
from peyvand.memory.work.errors import ConflictError, InvalidError
from peyvand.memory.work.hours import starting_week
from peyvand.memory.work.models import Holiday, WorkingHours
from peyvand.memory.work.official import country_names
from peyvand.memory.work.services import Loaded
from peyvand.memory.work.showing import gregorian_years, months_shown, working_hours_shown
from peyvand.memory.work.web.forms import CountryForm, HolidayForm, HoursForm

YEARS = {CalendarKind.JALALI: range(1330, 1480), CalendarKind.GREGORIAN: range(1951, 2100)}
LARGEST_ID = 2**63 - 1


def _year(text: str) -> Period:
    """The year that was asked for in the reader's calendar, this one without."""
    calendar = current_reader().calendar
    plain = latin_digits(text.strip())
    number = int(plain) if plain.isascii() and plain.isdigit() and len(plain) == 4 else 0
    if number not in YEARS[calendar]:
        number = parts(formats.local_date(timezone.now()), calendar)[0]
    return period_of(date_of(number, 1, 1, calendar), PeriodKind.YEAR, calendar)


def _holiday(request: StaffRequest, pk: int) -> Holiday:
    try:
        return queries.holiday_get(actor=request.actor, id=min(pk, LARGEST_ID))
    except Holiday.DoesNotExist:
        raise Http404 from None


def _hours(request: StaffRequest, pk: int) -> WorkingHours:
    try:
        return queries.working_hours_get(actor=request.actor, id=min(pk, LARGEST_ID))
    except WorkingHours.DoesNotExist:
        raise Http404 from None


def _back(day_year: int | None = None) -> HttpResponse:
    return redirect(reverse("work:overview") + (f"?year={day_year}" if day_year else ""))


def _undo(change_set: int | None) -> str:
    return reverse("changes:undo", args=[change_set]) if change_set else ""


@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """The calendars, and a year's holidays by month."""
    actor = request.actor
    queries.require_view(actor)
    services.starting_ensure(demo=actor.demo)
    year, now = _year(request.GET.get("year", "")), timezone.now()
    rows = queries.working_hours(actor=actor)
    calendars = [(row, queries.calendar_of(row, demo=actor.demo)) for row in rows]
    found = list(queries.holidays(actor=actor, first=year.start, last=year.last))
    calendar = calendars[0][1] if calendars else queries.calendar_load(demo=actor.demo)
    number = parts(year.start, year.calendar)[0]
    language = current_reader().language
    code = settings.text(queries.COUNTRY)
    context = {
        "hours": [working_hours_shown(row, one, now) for row, one in calendars],
        "months": months_shown(found, calendar, formats.local_date(now)),
        "next": queries.next_holiday(actor=actor, since=formats.local_date(now)),
        "count": len(found),
        "year": number,
        "label": year.label(language),
        "earlier": number - 1 if number - 1 in YEARS[year.calendar] else None,
        "later": number + 1 if number + 1 in YEARS[year.calendar] else None,
        "loaded": queries.years_loaded(demo=actor.demo).issuperset(gregorian_years(year.start, year.last)),
        "country": country_names("fa" if language == "fa" else "en").get(code, code),
        "may_manage": actor.may(access.MANAGE),
    }
    return render(request, "work/overview.html", context)


@require_POST
def load(request: StaffRequest) -> HttpResponse:
    """Take in the official days of a year of the reader's calendar."""
    request.actor.require(access.MANAGE)
    year = _year(request.POST.get("year", ""))
    years = gregorian_years(year.start, year.last)
    done = services.holidays_load_years(actor=request.actor, years=years)
    toast(request, _loaded_words(done), undo_url=_undo(done.change_set))
    return _back(parts(year.start, year.calendar)[0])


def _loaded_words(done: Loaded) -> str:
    if not done.added and not done.changed and not done.removed:
        return gettext("The official holidays are all here already.")
    if not done.changed and not done.removed:
        words = many("%(count)s official holiday added.", "%(count)s official holidays added.", done.added)
        return words % {"count": formats.number(done.added)}
    numbers = {name: formats.number(getattr(done, name)) for name in ("added", "changed", "removed")}
    return gettext("Official holidays: %(added)s added, %(changed)s renamed, %(removed)s gone.") % numbers


@require_http_methods(["GET", "HEAD", "POST"])
def country(request: StaffRequest) -> HttpResponse:
    """Whose official holidays count."""
    request.actor.require(access.MANAGE)
    form = CountryForm(request.POST or None, initial={"country": settings.text(queries.COUNTRY)})
    if request.method == "POST" and form.is_valid():
        try:
            done = services.country_set(actor=request.actor, country=form.cleaned_data["country"])
        except InvalidError as error:
            form.put_errors(error)
        else:
            toast(request, _loaded_words(done), undo_url=_undo(done.change_set))
            return _back()
    return render(request, "work/country.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def holiday(request: StaffRequest, holiday_id: int | None = None) -> HttpResponse:
    """Add a holiday or change one."""
    request.actor.require(access.MANAGE)
    kept = _holiday(request, holiday_id) if holiday_id is not None else None
    form = HolidayForm(request.POST or None, holiday=kept)
    if request.method == "POST" and form.is_valid():
        try:
            made, done = services.holiday_save(actor=request.actor, data=form.data_given(), holiday=kept)
        except InvalidError as error:
            form.put_errors(error)
        else:
            words = gettext("The holiday “%(name)s” was saved.") % {"name": made.name}
            toast(request, words, undo_url=_undo(done))
            return _back(parts(made.day, current_reader().calendar)[0])
    return render(request, "work/holiday.html", {"form": form, "holiday": kept}, status=422 if form.errors else 200)


@require_POST
def holiday_remove(request: StaffRequest, holiday_id: int) -> HttpResponse:
    """Remove a holiday, with the way back."""
    request.actor.require(access.MANAGE)
    kept = _holiday(request, holiday_id)
    done = services.holiday_remove(actor=request.actor, holiday=kept)
    toast(request, gettext("The holiday “%(name)s” was removed.") % {"name": kept.name}, undo_url=_undo(done))
    return _back(parts(kept.day, current_reader().calendar)[0])


@require_http_methods(["GET", "HEAD", "POST"])
def hours(request: StaffRequest, hours_id: int | None = None) -> HttpResponse:
    """Add a calendar of working hours or change one. Who is second is told so, and keeps what they typed."""
    request.actor.require(access.MANAGE)
    kept = _hours(request, hours_id) if hours_id is not None else None
    start = WorkingHours(time_zone=settings.text("time_zone"), hours=starting_week(settings.get("weekend")), version=0)
    form = HoursForm(request.POST or None, kept=kept, start=start)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] if kept is not None else None
        try:
            made, done = services.hours_save(actor=request.actor, data=form.data_given(), kept=kept, version=version)
        except InvalidError as error:
            form.put_errors(error)
        except ConflictError:
            form.add_error(None, gettext("Somebody else has changed it since you opened it. Save again to keep yours."))
            form.data = {**request.POST.dict(), "version": kept.version if kept else 0}
        else:
            words = gettext("The working hours “%(name)s” were saved.") % {"name": made.name}
            toast(request, words, undo_url=_undo(done))
            return _back()
    context = {"form": form, "kept": kept}
    return render(request, "work/hours.html", context, status=422 if form.errors else 200)


@require_POST
def hours_remove(request: StaffRequest, hours_id: int) -> HttpResponse:
    """Remove a calendar that is not the default, with the way back."""
    request.actor.require(access.MANAGE)
    kept = _hours(request, hours_id)
    try:
        done = services.hours_remove(actor=request.actor, kept=kept)
    except InvalidError as error:
        toast(request, str(error), level="bad")
    else:
        words = gettext("The working hours “%(name)s” were removed.") % {"name": kept.name}
        toast(request, words, undo_url=_undo(done))
    return _back()
