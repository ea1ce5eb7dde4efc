"""Writing: to one customer in the side panel, to many on a page of its own."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from peyvand.channels.outreach import access, explaining, queries, services, showing
from peyvand.channels.outreach.bulk import reach_count, start_many
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.models import State
from peyvand.channels.outreach.services import Request
from peyvand.channels.outreach.web.forms import ManyForm, WriteForm, put_errors
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers.models import Customer


def _customer(request: StaffRequest, customer_id: int) -> Customer:
    request.actor.require(access.VIEW)
    request.actor.require(access.SEND)
    found = access.customers_within(request.actor, access.SEND).filter(pk=customer_id).first()
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def write(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """The side panel in which one writes to a customer: what would reach them, over which channel, and why not."""
    actor = request.actor
    customer = _customer(request, customer_id)
    initial = {"purpose": request.GET.get("purpose", "service"), "channel": request.GET.get("channel", "")}
    form = WriteForm(request.POST or None, actor=actor, initial=initial)
    if request.method == "POST" and form.is_valid():
        language = customer.language or current_reader().language
        try:
            made = services.send(
                actor=actor,
                request=Request(
                    customer=customer.pk, purpose=form.cleaned_data["purpose"], content=form.content(language),
                    channel=form.cleaned_data["channel"], dedupe_key=f"staff:{_once(request)}",
                    source=("outreach.staff", actor.user_id),
                ),
            )  # fmt: skip
        except InvalidError as error:
            put_errors(form, error)
        else:
            if made.state in (State.REFUSED, State.HELD):
                words = gettext("Not sent: %(why)s") if made.state == State.REFUSED else gettext("Held back: %(why)s")
                toast(request, words % {"why": explaining.words(made.reason)}, level="bad")
            else:
                toast(request, gettext("On its way to %(name)s.") % {"name": customer.name})
            return _go(request, reverse("outreach:one", args=[made.pk]))
    forecast = queries.forecast(actor=actor, customer=customer)
    context = {
        "customer": customer, "form": form, "once": request.POST.get("once") or uuid.uuid4().hex,
        "best": [
            (purpose, showing.judged_option(forecast.best[purpose.key].chosen), forecast.best[purpose.key])
            for purpose in forecast.purposes
        ],
    }  # fmt: skip
    return render(request, "outreach/write_panel.html", context, status=422 if form.errors else 200)


def _once(request: StaffRequest) -> str:
    """The form's own name: posted twice by a nervous finger, it is one message."""
    typed = request.POST.get("once", "")
    return typed if typed.isalnum() and len(typed) == 32 else uuid.uuid4().hex


def _go(request: StaffRequest, url: str) -> HttpResponse:
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


@require_http_methods(["GET", "HEAD", "POST"])
def many(request: StaffRequest) -> HttpResponse:
    """The same message to many: who gets it is counted before it goes, by what they allow."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(access.SEND)
    form = ManyForm(request.POST or None, actor=actor, initial={"purpose": "news", "channel": "sms"})
    if request.method == "POST" and form.is_valid():
        try:
            run = start_many(
                actor=actor, name=form.cleaned_data["name"], tag_id=int(form.cleaned_data["tag"] or 0) or None,
                purpose=form.cleaned_data["purpose"], channel=form.cleaned_data["channel"],
                content=form.content(current_reader().language),
            )  # fmt: skip
        except InvalidError as error:
            put_errors(form, error)
        else:
            return redirect("jobs:run", run.pk)
    return render(request, "outreach/many.html", {"form": form}, status=422 if form.errors else 200)


@require_POST
def count(request: StaffRequest) -> HttpResponse:
    """How many would get it, and how many are left out for which reason: while one is still choosing."""
    actor = request.actor
    actor.require(access.SEND)
    tag = request.POST.get("tag", "")
    found = reach_count(
        actor=actor, tag_id=int(tag) if tag.isdecimal() and len(tag) < 19 else None,
        purpose=request.POST.get("purpose", ""), channel=request.POST.get("channel", ""),
    )  # fmt: skip
    return render(request, "outreach/count.html", {"count": found})


@require_POST
def parts(request: StaffRequest) -> HttpResponse:
    """What a text is charged as, while one types."""
    request.actor.require(access.SEND)
    name = request.POST.get("channel", "") or "sms"
    typed = [request.POST.get(name, "") for name in request.POST if name.startswith("body")]
    text = next((one for one in typed if one.strip()), "")[:20_000]
    found = registry.get(Carrier, name).parts(text) if registry.has(Carrier, name) and text.strip() else 0
    return render(request, "outreach/parts.html", {"parts": found, "letters": len(text.strip())})
