"""The verbs on holidays and working hours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo, available_timezones

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.events.work import WorkingTimeChanged
from peyvand.foundation.accounts import settings
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.ui.formats import day as day_text
from peyvand.memory.work import access
from peyvand.memory.work.errors import ConflictError, InvalidError
from peyvand.memory.work.hours import DAYS, HoursError, interval_text, intervals_read, starting_week
from peyvand.memory.work.models import Holiday, HolidayYear, Source, WorkingHours
from peyvand.memory.work.official import YEARS, countries, official
from peyvand.memory.work.queries import COUNTRY, years_loaded

KIND = "work"
NAME_LENGTH = {"holiday": 200, "hours": 80}
MOST_CALENDARS = 30
MOST_OWN = 2_000
HOURS_ERRORS: Mapping[str, Label] = {
    "unreadable": _("Type the hours like 9:00-17:00, several with commas between."),
    "empty": _("The hours end when they begin. For the whole day type 0:00-24:00."),
    "overlap": _("Two of these hours overlap."),
    "many": _("At most 12 intervals fit in a day."),
}


@dataclass(frozen=True, kw_only=True)
class HolidayData:
    """A holiday as it is to be; a name in one language is enough."""

    day: date
    name_fa: str = ""
    name_en: str = ""
    closed: bool = True


@dataclass(frozen=True, kw_only=True)
class HoursData:
    """A calendar as it is to be. `hours` has, by "mon" to "sun", intervals like "9:00-17:00"; other days are closed."""

    name_fa: str = ""
    name_en: str = ""
    time_zone: str
    hours: Mapping[str, Sequence[str]] = field(default_factory=dict)
    observes_holidays: bool = True
    is_default: bool = False


@dataclass(frozen=True)
class Loaded:
    """What taking in official days did; `change_set` is None when nothing was new."""

    added: int
    changed: int
    removed: int
    change_set: int | None


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('memory.work'))")


def told(actor: Actor, _change_set: ChangeSet, _undo_id: int) -> None:
    """After an undo: what was reckoned by the hours is reckoned again."""
    publish(WorkingTimeChanged(demo=actor.demo), actor=actor)


# ── holidays ──────────────────────────────────────────────────────────────


def holidays_load(*, actor: Actor, year: int) -> Loaded:
    """Take in the official holidays of a Gregorian year; see `holidays_load_years`."""
    return holidays_load_years(actor=actor, years=[year])


def holidays_load_years(*, actor: Actor, years: Sequence[int]) -> Loaded:
    """Take in the official holidays of these years, in one change set. Raises NotAllowed and InvalidError.

    What people edited, moved or removed stays as they left it, and so does a day that has a holiday of their own;
    official days that nobody touched follow the list.
    """
    actor.require(access.MANAGE)
    if any(year not in YEARS for year in years):
        raise InvalidError({"year": _("Choose a year between 1950 and 2100.")})
    with transaction.atomic():
        _lock()
        return _load(actor, sorted(set(years)))


def _load(actor: Actor, years: Sequence[int]) -> Loaded:
    country = settings.text(COUNTRY)
    wanted = {day: names for year in years for day, names in official(country, year).items()}
    rows = list(Holiday.objects.filter(demo=actor.demo))
    known = {row.official_day: row for row in rows if row.official_day is not None}
    taken = {row.day for row in rows if not row.removed}
    stale = [
        row for row in rows
        if row.official_day is not None and row.official_day.year in years
        and row.official_day not in wanted and not row.edited and not row.removed
    ]  # fmt: skip
    taken -= {row.day for row in stale}
    new, changed = [], []
    for day, names in wanted.items():
        row = known.get(day)
        if row is None and day not in taken:
            new.append(
                Holiday(
                    demo=actor.demo, day=day, official_day=day, source=Source.OFFICIAL,
                    name_fa=names.fa, name_en=names.en,
                )
            )  # fmt: skip
        elif row is not None and not (row.edited or row.removed) and (row.name_fa, row.name_en) != (names.fa, names.en):
            row.name_fa, row.name_en = names.fa, names.en
            changed.append(row)
    fresh = [year for year in years if year not in years_loaded(demo=actor.demo)]
    if not (new or changed or stale or fresh):
        return Loaded(0, 0, 0, None)
    title = gettext("Official holidays of %(years)s") % {"years": ", ".join(map(str, years))}
    with change_set(actor=actor, kind=KIND, title=title, reference={"years": list(years)}) as made:
        Holiday.objects.filter(pk__in=[row.pk for row in stale]).delete()
        Holiday.objects.bulk_create(new)
        Holiday.objects.bulk_update(changed, ["name_fa", "name_en"])
        HolidayYear.objects.bulk_create([HolidayYear(demo=actor.demo, year=year) for year in fresh])
        publish(WorkingTimeChanged(demo=actor.demo), actor=actor)
    return Loaded(len(new), len(changed), len(stale), made.pk)


def holiday_save(*, actor: Actor, data: HolidayData, holiday: Holiday | None = None) -> tuple[Holiday, int]:
    """Add a holiday or change one; gives it and the change set. The official days of its year are taken in first.

    Adding a day that was removed brings it back. Raises NotAllowed, InvalidError and Holiday.DoesNotExist.
    """
    actor.require(access.MANAGE)
    fa, en = _names(data.name_fa, data.name_en, "holiday")
    if data.day.year not in YEARS:
        raise InvalidError({"day": _("Choose a day between 1950 and 2100.")})
    with transaction.atomic():
        _lock()
        if data.day.year not in years_loaded(demo=actor.demo):
            _load(actor, [data.day.year])
        rows = Holiday.objects.visible_to(actor)
        if holiday is not None:
            kept = rows.kept().select_for_update().get(pk=holiday.pk)
        else:
            kept = rows.filter(official_day=data.day, removed=True).first() or Holiday(demo=actor.demo)
        if rows.kept().filter(day=data.day).exclude(pk=kept.pk).exists():
            raise InvalidError({"day": _("There is a holiday on this day already.")})
        if kept.pk is None and rows.filter(source=Source.OWN).count() >= MOST_OWN:
            raise InvalidError({"": _("There are too many holidays already.")})
        kept.day, kept.name_fa, kept.name_en, kept.closed = data.day, fa, en, data.closed
        kept.edited, kept.removed = kept.source == Source.OFFICIAL, False
        title = gettext("Holiday “%(name)s”") % {"name": kept.name}
        with change_set(actor=actor, kind=KIND, title=title) as made:
            kept.save()
            publish(WorkingTimeChanged(demo=actor.demo), actor=actor)
    return kept, made.pk


def holiday_remove(*, actor: Actor, holiday: Holiday) -> int:
    """Remove a holiday; an official one stays away when the list is loaded again. Gives the change set."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        _lock()
        kept = Holiday.objects.visible_to(actor).kept().select_for_update().get(pk=holiday.pk)
        title = gettext("Holiday “%(name)s” on %(day)s removed") % {
            "name": kept.name,
            "day": day_text(kept.day, "full"),
        }
        with change_set(actor=actor, kind=KIND, title=title) as made:
            if kept.source == Source.OFFICIAL:
                kept.removed = True
                kept.save(update_fields=["removed"])
            else:
                kept.delete()
            publish(WorkingTimeChanged(demo=actor.demo), actor=actor)
    return made.pk


def country_set(*, actor: Actor, country: str) -> Loaded:
    """Whose official holidays count. The years from this one on that were taken in follow; earlier ones stay."""
    actor.require(access.MANAGE)
    if country not in countries():
        raise InvalidError({"country": _("Choose a country of the list.")})
    with transaction.atomic():
        _lock()
        with change_set(actor=actor, kind=KIND, title=gettext("Country of the official holidays")) as made:
            settings.put({COUNTRY: country})
            this = _today().year
            years = sorted(year for year in years_loaded(demo=actor.demo) if year >= this)
            done = _load(actor, years)
            publish(WorkingTimeChanged(demo=actor.demo), actor=actor)
    return Loaded(done.added, done.changed, done.removed, made.pk)


# ── working hours ─────────────────────────────────────────────────────────


def hours_save(
    *, actor: Actor, data: HoursData, kept: WorkingHours | None = None, version: int | None = None
) -> tuple[WorkingHours, int]:
    """Add a calendar of working hours or change one; gives it and the change set.

    The first of a business is its default, and the default stays one until another becomes it. Raises NotAllowed,
    InvalidError, WorkingHours.DoesNotExist, and ConflictError when `version` is not the calendar's any more.
    """
    actor.require(access.MANAGE)
    fa, en, hours = _hours_checked(data)
    with transaction.atomic():
        _lock()
        rows = WorkingHours.objects.visible_to(actor)
        row = rows.select_for_update().get(pk=kept.pk) if kept is not None else WorkingHours(demo=actor.demo, version=0)
        if version is not None and row.version != version:
            raise ConflictError
        others = rows.exclude(pk=row.pk)
        if kept is None and others.count() >= MOST_CALENDARS:
            raise InvalidError({"": _("There are 30 calendars already. Remove one that isn't needed.")})
        row.name_fa, row.name_en, row.time_zone, row.hours = fa, en, data.time_zone, hours
        row.observes_holidays = data.observes_holidays
        row.is_default = data.is_default or row.is_default or not others.filter(is_default=True).exists()
        row.version += 1
        with change_set(actor=actor, kind=KIND, title=gettext("Working hours “%(name)s”") % {"name": row.name}) as made:
            if row.is_default:
                others.filter(is_default=True).update(is_default=False)
            row.save()
            publish(WorkingTimeChanged(demo=actor.demo), actor=actor)
    return row, made.pk


def _hours_checked(data: HoursData) -> tuple[str, str, dict[str, list[str]]]:
    errors: dict[str, Label] = {}
    hours: dict[str, list[str]] = {}
    for name in DAYS:
        try:
            hours[name] = [interval_text(one) for one in intervals_read(data.hours.get(name, ()))]
        except HoursError as error:
            errors[name] = HOURS_ERRORS[error.code]
    if not errors and not any(hours.values()):
        errors["mon"] = _("Type the hours of one day at least.")
    if data.time_zone not in available_timezones():
        errors["time_zone"] = _("Choose a time zone of the list.")
    if unknown := set(data.hours) - set(DAYS):
        errors["hours"] = _("Days are mon, tue, wed, thu, fri, sat and sun, not %(name)s.") % {
            "name": min(unknown)[:20]
        }
    try:
        fa, en = _names(data.name_fa, data.name_en, "hours")
    except InvalidError as error:
        errors |= error.errors
    if errors:
        raise InvalidError(errors)
    return fa, en, hours


def hours_remove(*, actor: Actor, kept: WorkingHours) -> int:
    """Remove a calendar that is not the default; gives the change set. Raises NotAllowed and InvalidError."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        _lock()
        row = WorkingHours.objects.visible_to(actor).select_for_update().get(pk=kept.pk)
        if row.is_default:
            raise InvalidError({"": _("The default can't be removed. Make another calendar the default first.")})
        title = gettext("Working hours “%(name)s” removed") % {"name": row.name}
        with change_set(actor=actor, kind=KIND, title=title) as made:
            row.delete()
            publish(WorkingTimeChanged(demo=actor.demo), actor=actor)
    return made.pk


def _names(name_fa: str, name_en: str, of: str) -> tuple[str, str]:
    fa, en = clean(name_fa), clean(name_en)
    most = NAME_LENGTH[of]
    errors: dict[str, Label] = {
        name: _("Say it in at most %(count)s letters.") % {"count": most}
        for name, text in (("name_fa", fa), ("name_en", en)) if len(text) > most
    }  # fmt: skip
    if not fa_key(fa) and not fa_key(en):
        errors["name_fa"] = _("Type a name in one language at least.")
    if errors:
        raise InvalidError(errors)
    return fa, en


# ── what is there to begin with ───────────────────────────────────────────


def _today() -> date:
    return timezone.now().astimezone(ZoneInfo(settings.text("time_zone"))).date()


def starting_ensure(*, demo: bool) -> None:
    """The hours one begins with and the official days of last year, this and next, where there are none yet."""
    this = _today().year
    wanted = {this - 1, this, this + 1}
    if wanted <= years_loaded(demo=demo) and WorkingHours.objects.filter(demo=demo).exists():
        return
    actor = system_actor(demo=demo)
    with transaction.atomic():
        _lock()
        if not WorkingHours.objects.filter(demo=demo).exists():
            data = HoursData(
                name_fa="ساعت کاری", name_en="Working hours", time_zone=settings.text("time_zone"),
                hours=starting_week(settings.get("weekend")), is_default=True,
            )  # fmt: skip
            hours_save(actor=actor, data=data)
        if missing := sorted(wanted - years_loaded(demo=demo)):
            _load(actor, missing)


def years_follow() -> None:
    """Every month: this year's and the next year's official days, of each business that has any; days by decree too."""
    this = _today().year
    for demo in (False, True):
        if demo and not HolidayYear.objects.filter(demo=True).exists():
            continue
        holidays_load_years(actor=system_actor(demo=demo), years=[this, this + 1])


def sample_remove(actor: Actor) -> int:
    """Remove the sample's holidays and hours; gives how many rows went."""
    return sum(model._default_manager.filter(demo=True).delete()[0] for model in (Holiday, HolidayYear, WorkingHours))
