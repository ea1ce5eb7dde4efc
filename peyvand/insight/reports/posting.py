"""Reports by mail: when the next goes out, what each colleague gets, what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.models import User
from peyvand.foundation.calendar.calendars import CalendarKind, date_of, days_in_month, parts, zone
from peyvand.foundation.calendar.periods import first_moment
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor, NotAllowed, system_actor
from peyvand.insight.reports import access
from peyvand.insight.reports.errors import RefusedError
from peyvand.insight.reports.models import Dashboard, Every, Mailing, MailingSent, Report
from peyvand.insight.reports.services import KIND

JOB = "reports.mail"
FORMS = ("pdf", "xlsx")
MOST_PEOPLE = 100


@dataclass(frozen=True)
class MailingData:
    """A mailing as it is to be; see `models.Mailing`."""

    every: str
    weekday: int
    day: int
    calendar: str
    at: time
    forms: Sequence[str]
    people: Sequence[int]


def next_moment(one: Mailing, *, after: datetime) -> datetime:
    """When it goes out next, strictly after that moment (UTC)."""
    place = zone(settings.text("time_zone"))
    day = after.astimezone(place).date()
    for step in range(62):
        candidate = day + timedelta(days=step)
        if _due_on(one, candidate):
            moment = first_moment(datetime.combine(candidate, one.at), place)
            if moment > after:
                return moment
    raise ValueError(one.every)


def _due_on(one: Mailing, day: date) -> bool:
    if one.every == Every.DAY:
        return True
    if one.every == Every.WEEK:
        return day.weekday() == one.weekday
    kind = CalendarKind(one.calendar)
    year, month, _day = parts(day, kind)
    return day == date_of(year, month, min(one.day, days_in_month(year, month, kind)), kind)


def mailing_save(
    *, actor: Actor, kept: Report | Dashboard, data: MailingData, mailing: Mailing | None = None
) -> tuple[Mailing, int]:
    """Have it go out, or change when and to whom; gives it and the change set to undo."""
    actor.require(access.SHARE)
    if kept.demo != actor.demo or (mailing is not None and mailing.demo != actor.demo):
        raise NotAllowed(access.SHARE)
    people = sorted(
        User.objects.filter(pk__in=list(data.people)[:MOST_PEOPLE], is_active=True).values_list("pk", flat=True)
    )
    forms = [form for form in FORMS if form in data.forms]
    if not people:
        raise RefusedError(_("Choose who gets it."))
    if not forms:
        raise RefusedError(_("Choose PDF, XLSX or both."))
    if data.every not in Every.values or not 0 <= data.weekday <= 6 or not 1 <= data.day <= 31:
        raise RefusedError(_("Choose a day on which it goes out."))
    made = mailing or Mailing(demo=actor.demo, owner_id=actor.user_id)
    made.report = kept if isinstance(kept, Report) else None
    made.dashboard = kept if isinstance(kept, Dashboard) else None
    made.every, made.weekday, made.day = data.every, data.weekday, data.day
    made.calendar, made.at, made.forms, made.people = data.calendar, data.at, forms, people
    made.next_at = next_moment(made, after=timezone.now()) if made.active else None
    with change_set(actor=actor, kind=KIND, title=gettext("“%(name)s” by mail") % {"name": kept.name}) as done:
        made.save()
    return made, done.pk


def mailing_switch(*, actor: Actor, mailing: Mailing, active: bool) -> int:
    """Let it rest, or go out again; gives the change set to undo."""
    actor.require(access.SHARE)
    title = gettext("A mailing goes out again") if active else gettext("A mailing rests")
    with change_set(actor=actor, kind=KIND, title=title) as done:
        mailing.active = active
        mailing.next_at = next_moment(mailing, after=timezone.now()) if active else None
        mailing.save(update_fields=["active", "next_at"])
    return done.pk


def mailing_run(*, actor: Actor, mailing: Mailing) -> Run:
    """Send it now, whatever its day."""
    actor.require(access.SHARE)
    return _start(mailing, due=timezone.now())


def _start(mailing: Mailing, *, due: datetime) -> Run:
    """Its row for each recipient, and the job that sends; a time that was begun is not begun again."""
    known = [
        MailingSent(mailing=mailing, due=due, person_id=person)
        for person in User.objects.filter(pk__in=mailing.people, is_active=True).values_list("pk", flat=True)
    ]
    MailingSent.objects.bulk_create(known, ignore_conflicts=True)
    return jobs.start(
        actor=system_actor(demo=mailing.demo), job=JOB, title=gettext("Reports by mail"),
        arguments={"mailing": mailing.pk, "due": due.isoformat()},
    )  # fmt: skip


def mailings_due() -> None:
    """Begin every mailing whose time has come; what a machine slept through goes out once, and then on its days."""
    now = timezone.now()
    with transaction.atomic():
        due = Mailing.objects.select_for_update(skip_locked=True).filter(active=True)
        for one in due.filter(next_at__isnull=True):  # brought back by an undo
            one.next_at = next_moment(one, after=now)
            one.save(update_fields=["next_at"])
        for one in due.filter(next_at__lte=now):
            moment = one.next_at or now
            one.next_at = next_moment(one, after=now)
            one.save(update_fields=["next_at"])
            _start(one, due=moment)


def sent_note(row: MailingSent, *, good: bool, words: str = "") -> None:
    """What became of one mail."""
    row.good, row.words, row.done_at = good, words[:300], timezone.now()
    row.save(update_fields=["good", "words", "done_at"])
