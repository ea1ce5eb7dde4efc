"""Short links: made by hand, what they were opened, their QR codes."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import segno
from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.channels.outreach import access, opened, services
from peyvand.channels.outreach.addresses import short_url
from peyvand.channels.outreach.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.outreach.models import Link
from peyvand.channels.outreach.services import LinkData
from peyvand.channels.outreach.web.forms import put_errors
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.calendar.periods import PeriodKind, last_n, start_of_day_utc
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.charts import Axis, Chart, Series
from peyvand.foundation.ui.fields import CodeInput
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.toasts import toast

PAGE = 50
ORDER = ("-created_at", "-id")
DAYS = 30


class LinkForm(forms.Form):
    """A short link, with what its target is told of where people came from."""

    target = forms.CharField(label=_("Where it leads"), max_length=2_000, widget=CodeInput({"inputmode": "url"}))
    title = forms.CharField(label=_("Title"), max_length=200, required=False)
    source = forms.CharField(
        label=_("Source"), max_length=100, required=False, widget=CodeInput({"placeholder": "poster"}),
        help_text=_("Where it stands; the target gets it as utm_source."),
    )  # fmt: skip
    medium = forms.CharField(
        label=_("Medium"), max_length=100, required=False, widget=CodeInput({"placeholder": "print"}),
        help_text=_("Of what sort that is; utm_medium."),
    )  # fmt: skip
    campaign = forms.CharField(
        label=_("Campaign"), max_length=100, required=False, widget=CodeInput({"placeholder": "nowruz"}),
        help_text=_("For what it was made; utm_campaign."),
    )  # fmt: skip

    def data_of(self) -> LinkData:
        """What the services take."""
        return LinkData(**self.cleaned_data)


def _initial(link: Link) -> dict[str, Any]:
    return {name: getattr(link, name) for name in ("target", "title", "source", "medium", "campaign")}


@require_safe
def links(request: StaffRequest) -> HttpResponse:
    """Short links, the latest first."""
    actor = request.actor
    actor.require(access.WRITE)
    archived = request.GET.get("archived") == "1"
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    found = opened.links(actor=actor, archived=archived, text=text)
    before, after = request.GET.get("before"), request.GET.get("after")
    try:
        page = paginate(found, order=ORDER, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        page = paginate(found, order=ORDER, size=PAGE)
    kept = f"{'archived=1&' if archived else ''}"
    context = {
        "page": page, "rows": [(one, short_url(one.code)) for one in page.rows], "bulk": False, "text": text,
        "page_url": f"?{kept}", "archived": archived,
        "empty": Empty(
            title=gettext("Nothing matches.") if text or archived else gettext("No short link yet"), icon="link",
            text=gettext(
                "Links of marketing messages get theirs by themselves; for a poster or a page one makes them by hand."
            ),
            action=gettext("New short link"), url=reverse("outreach:link-new"),
            sample=gettext("For example: the poster at the door was opened 312 times this month."),
        ),
    }  # fmt: skip
    return render(request, "outreach/links.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Make a short link."""
    request.actor.require(access.WRITE)
    return _form(request, None)


def _link(actor: Actor, link_id: int) -> Link:
    actor.require(access.WRITE)
    try:
        return opened.link_get(actor=actor, id=link_id)
    except Link.DoesNotExist:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def one(request: StaffRequest, link_id: int) -> HttpResponse:
    """A link: what it was opened, its QR code, where it leads."""
    return _form(request, _link(request.actor, link_id))


def _form(request: StaffRequest, link: Link | None) -> HttpResponse:
    actor = request.actor
    form = LinkForm(request.POST if request.method == "POST" else None, initial=_initial(link) if link else {})
    meanwhile, version = False, link.version if link else 0
    if request.method == "POST" and link is not None:
        typed = request.POST.get("version", "")
        version = int(typed) if typed.isdecimal() and len(typed) < 10 else -1
    if request.method == "POST" and form.is_valid():
        try:
            made = services.link_save(actor=actor, data=form.data_of(), link=link, version=version if link else None)
        except InvalidError as error:
            put_errors(form, error)
        except ChangedMeanwhileError as error:
            version, meanwhile = error.version, True
        else:
            toast(request, gettext("The short link is saved."))
            return redirect("outreach:link", made.pk)
    context = {
        "form": form, "link": link, "version": version, "meanwhile": meanwhile,
        "url": short_url(link.code) if link else "", "chart": _chart(actor, link) if link else None,
    }  # fmt: skip
    return render(request, "outreach/link.html", context, status=409 if meanwhile else 422 if form.errors else 200)


def _chart(actor: Actor, link: Link) -> Chart:
    reader = current_reader()
    today = timezone.now().astimezone(reader.zone).date()
    since = start_of_day_utc(today - timedelta(days=DAYS - 1), reader.zone)
    found = {
        day: (times, messages)
        for day, times, messages in opened.clicks_by_day(actor=actor, link=link, since=since, tz=str(reader.zone))
    }
    days = [period.start for period in last_n(PeriodKind.DAY, DAYS, today, reader.calendar)]
    times = [found.get(day, (0, 0))[0] for day in days]
    labels = [formats.day(day) for day in days]
    answer = ngettext(
        "Opened once in the last thirty days.", "Opened %(n)s times in the last thirty days.", sum(times)
    ) % {"n": formats.number(sum(times))}  # fmt: skip
    return Chart(
        name="clicks", question=gettext("How often was it opened?"), kind="bar", x=Axis(labels=labels, format="text"),
        answer=answer if sum(times) else gettext("Nobody has opened it in the last thirty days."),
        y=Axis(label=gettext("times")), series=[Series(gettext("Opened"), times)],
        columns=[gettext("Day"), gettext("Opened"), gettext("Out of messages")],
        rows=[[label, *found.get(day, (0, 0))] for day, label in zip(days, labels, strict=True)],
    )  # fmt: skip


@require_POST
def archive(request: StaffRequest, link_id: int) -> HttpResponse:
    """Let it lead nowhere any more, or again."""
    link = _link(request.actor, link_id)
    archived = request.POST.get("archived") == "1"
    try:
        done = services.link_archive(actor=request.actor, link=link, archived=archived)
    except InvalidError as error:
        toast(request, str(error), level="bad")
        return redirect("outreach:link", link.pk)
    text = gettext("The link leads nowhere any more.") if archived else gettext("The link leads on again.")
    toast(request, text, undo_url=reverse("changes:undo", args=[done]))
    return redirect("outreach:links")


@require_safe
def qr(request: StaffRequest, link_id: int) -> HttpResponse:
    """Its QR code, as a picture that is sharp at every size."""
    link = _link(request.actor, link_id)
    drawn = io.BytesIO()
    segno.make(short_url(link.code), error="m", micro=False).save(drawn, kind="svg", scale=6, border=4, light="#fff")
    response = HttpResponse(drawn.getvalue(), content_type="image/svg+xml")
    if request.GET.get("save") == "1":
        response["Content-Disposition"] = f'attachment; filename="{link.code}.svg"'
    return response
