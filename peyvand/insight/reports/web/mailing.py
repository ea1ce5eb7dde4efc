"""Pages of reports that go out by mail."""

from __future__ import annotations

from datetime import date, time, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.models import User
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.calendar.calendars import weekday_name
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.toasts import toast
from peyvand.insight.reports import access, posting, queries
from peyvand.insight.reports.errors import RefusedError
from peyvand.insight.reports.models import Dashboard, Every, Mailing, Report
from peyvand.insight.reports.web.boards import dashboard_of
from peyvand.insight.reports.web.views import LARGEST_ID, report_of

WEEK = (5, 6, 0, 1, 2, 3, 4)  # from Saturday
A_MONDAY = date(2026, 1, 5)


def mailing_of(actor: Actor, mailing_id: int) -> Mailing:
    """A mailing that one may change; 404 otherwise."""
    actor.require(access.SHARE)
    found = queries.mailings(actor=actor).filter(pk=min(mailing_id, LARGEST_ID)).first()
    if found is None:
        raise Http404
    return found


def kept_of(request: StaffRequest) -> Report | Dashboard:
    """The report or dashboard that the address names; 404 without."""
    given = request.POST if request.method == "POST" else request.GET
    report, dashboard = given.get("report", ""), given.get("dashboard", "")
    if report.isdecimal():
        return report_of(request.actor, int(report))
    if dashboard.isdecimal():
        return dashboard_of(request.actor, int(dashboard))
    raise Http404


def weekday(number: int) -> str:
    """A day of the week, counted from Monday."""
    return weekday_name(A_MONDAY + timedelta(days=number), language=current_reader().language)


def _when(one: Mailing) -> str:
    at = formats.digits(f"{one.at:%H:%M}")
    if one.every == Every.DAY:
        return gettext("Every day at %(at)s") % {"at": at}
    if one.every == Every.WEEK:
        return gettext("Every %(day)s at %(at)s") % {"day": weekday(one.weekday), "at": at}
    return gettext("On day %(day)s of every month at %(at)s") % {"day": formats.number(one.day), "at": at}


@require_safe
def mailings(request: StaffRequest) -> HttpResponse:
    """What goes out by mail, when next, and what became of the last ones."""
    actor = request.actor
    actor.require(access.SHARE)
    rows = []
    for one in queries.mailings(actor=actor)[:200]:
        last = one.sent.order_by("-due").values_list("due", flat=True).first()
        sent = list(one.sent.filter(due=last).select_related("person")) if last else []
        rows.append(
            {
                "mailing": one, "kept": one.report or one.dashboard, "when": _when(one), "people": len(one.people),
                "last": last, "good": sum(row.good for row in sent), "waiting": sum(not row.done_at for row in sent),
                "bad": sum(bool(row.done_at) and not row.good for row in sent),
            }
        )  # fmt: skip
    return render(request, "reports/mailings.html", {"rows": rows})


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Have a report or a dashboard go out."""
    request.actor.require(access.SHARE)
    return _form(request, kept_of(request), None)


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: StaffRequest, mailing_id: int) -> HttpResponse:
    """When and to whom; what was sent."""
    found = mailing_of(request.actor, mailing_id)
    kept = found.report or found.dashboard
    if kept is None:
        raise Http404
    return _form(request, kept, found)


def _form(request: StaffRequest, kept: Report | Dashboard, found: Mailing | None) -> HttpResponse:
    error = ""
    if request.method == "POST":
        try:
            made, done = posting.mailing_save(actor=request.actor, kept=kept, data=_given(request), mailing=found)
        except RefusedError as refused:
            error = str(refused)
        else:
            toast(request, gettext("It goes out by mail."), undo_url=reverse("changes:undo", args=[done]))
            return redirect("reports:mailing", made.pk)
    return render(request, "reports/mailing.html", _context(request, kept, found, error), status=422 if error else 200)


def _context(request: StaffRequest, kept: Report | Dashboard, found: Mailing | None, error: str) -> dict[str, Any]:
    given = request.POST if request.method == "POST" else None
    every = given.get("every", "") if given else found.every if found else Every.WEEK
    day = given.get("weekday", "") if given else str(found.weekday if found else 5)
    chosen = {int(one) for one in given.getlist("people") if one.isdecimal()} if given else set(
        found.people if found else [request.actor.user_id])  # fmt: skip
    forms = given.getlist("forms") if given else found.forms if found else ["pdf"]
    return {
        "kept": kept, "is_report": isinstance(kept, Report), "mailing": found, "error": error,
        "when": _when(found) if found else "",
        "everies": [(value, word, value == every) for value, word in Every.choices],
        "weekdays": [(number, weekday(number), str(number) == day) for number in WEEK],
        "day": given.get("day", "") if given else formats.number(found.day if found else 1),
        "at": given.get("at", "") if given else formats.digits(f"{found.at:%H:%M}" if found else "08:00"),
        "people": [(user, user.pk in chosen) for user in _colleagues()],
        "forms": [(form, form in forms) for form in posting.FORMS],
        "sent": list(found.sent.select_related("person").order_by("-due", "id")[:50]) if found else [],
    }  # fmt: skip


def _colleagues() -> list[Any]:
    return list(User.objects.filter(is_active=True).order_by("name", "id")[:500])


def _given(request: StaffRequest) -> posting.MailingData:
    post = request.POST
    try:
        hour, _colon, minute = latin_digits(post.get("at", "")).partition(":")
        at = time(int(hour), int(minute or 0))
        weekday, day = int(latin_digits(post.get("weekday", "5"))), int(latin_digits(post.get("day", "1") or "1"))
    except ValueError:
        raise RefusedError(gettext("Type a time such as 08:00 and a day between 1 and 31.")) from None
    return posting.MailingData(
        every=post.get("every", ""), weekday=weekday, day=day, calendar=current_reader().calendar.value, at=at,
        forms=post.getlist("forms"), people=[int(one) for one in post.getlist("people") if one.isdecimal()],
    )  # fmt: skip


@require_POST
def run(request: StaffRequest, mailing_id: int) -> HttpResponse:
    """Send it now."""
    found = mailing_of(request.actor, mailing_id)
    posting.mailing_run(actor=request.actor, mailing=found)
    toast(request, gettext("It is on its way. What became of it stands below in a moment."))
    return redirect("reports:mailing", found.pk)


@require_POST
def switch(request: StaffRequest, mailing_id: int) -> HttpResponse:
    """Let it rest, or go out again."""
    found = mailing_of(request.actor, mailing_id)
    done = posting.mailing_switch(actor=request.actor, mailing=found, active=request.POST.get("on") == "1")
    words = gettext("It goes out again.") if found.active else gettext("It rests.")
    toast(request, words, undo_url=reverse("changes:undo", args=[done]))
    return redirect("reports:mailing", found.pk)
