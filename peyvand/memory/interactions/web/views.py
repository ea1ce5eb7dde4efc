"""What happened: on one customer's timeline and, by right, over all."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty, by_day
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import queries as customer_queries
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions import access, panels, queries, services, showing
from peyvand.memory.interactions.asking import asked
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.queries import NEWEST_FIRST
from peyvand.memory.interactions.services import InvalidError
from peyvand.memory.interactions.web import forms

PAGE = 50


def customer_or_404(actor: Actor, customer_id: int) -> Customer:
    """The customer, if the actor may see what happened with them; else the same 404."""
    actor.require(access.VIEW)
    try:
        return customer_queries.customer_get(actor=actor, id=customer_id)
    except Customer.DoesNotExist:
        raise Http404 from None


def query_of(request: StaffRequest) -> dict[str, str]:
    """The address's query; kinds may be ticked several times."""
    return {name: ",".join(request.GET.getlist(name)) if name == "kind" else request.GET[name] for name in request.GET}


@require_safe
def latest(request: StaffRequest) -> HttpResponse:
    """The latest of all customers whom the actor may see, by day, under conditions that stand in the address."""
    actor = request.actor
    wanted = asked(actor=actor, query=query_of(request))
    found = queries.interactions(actor=actor, chosen=wanted.chosen)
    before, after = request.GET.get("before"), request.GET.get("after")
    try:
        page = paginate(found, order=NEWEST_FIRST, cursor=before or after, size=PAGE, backwards=bool(before))
    except BadCursorError:
        page = paginate(found, order=NEWEST_FIRST, size=PAGE)
    url = showing.address(wanted.given)
    text = gettext(
        "Notes, calls, meetings, orders and whatever else happens with customers appears here, newest first."
    )
    context = {
        "page": page,
        "page_url": url if url.endswith("?") else f"{url}&",
        **showing.filters(wanted, actor=actor),
        "everyone": True,
        "here": url,
        "may_export": actor.may(access.EXPORT),
        "days": by_day(showing.items(page.rows, with_customer=True)),
        "empty": Empty(title=gettext("Nothing has happened yet"), text=text, icon="timeline-event"),
        "narrowed": bool(wanted.given),
    }
    return render(request, "interactions/list.html", context)


@require_safe
def older(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The next page of a timeline: a piece for htmx, the customer's page for others."""
    actor = request.actor
    customer = customer_or_404(actor, customer_id)
    if "HX-Request" not in request.headers:
        return redirect(f"{reverse('customers:one', args=[customer_id])}?{request.GET.urlencode()}")
    return render(
        request, "interactions/older.html", panels.page(actor=actor, customer=customer, query=query_of(request))
    )


@require_safe
def ask(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The form of conditions on one customer's timeline."""
    actor = request.actor
    customer = customer_or_404(actor, customer_id)
    wanted = asked(actor=actor, query=query_of(request))
    context = {
        **showing.filters(wanted, actor=actor),
        "tab": True,
        "base": reverse("customers:one", args=[customer.pk]),
    }
    return render(request, "interactions/ask.html", context)


@require_POST
def record(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Keep what was typed into the composer; what can't be kept comes back with the words."""
    actor = request.actor
    actor.require(access.EDIT)
    customer = customer_or_404(actor, customer_id)
    verbs = {services.NOTE: services.note_add, services.CALL: services.call_log, services.MEETING: services.meeting_log}
    context = {"panel": {**(panels.timeline(actor, customer, {}) or {}), "typed": request.POST}}
    try:
        kind, arguments = forms.read(request.POST, unit=panels.cost_unit())
        made = verbs[kind](actor=actor, customer=customer, **arguments)
    except InvalidError as error:
        context["panel"]["errors"] = error.errors
        context["panel"]["typed_kind"] = request.POST.get("kind", services.NOTE)
        return render(request, "interactions/panel_timeline.html", context, status=422)
    except Customer.DoesNotExist:
        raise Http404 from None
    if "HX-Request" not in request.headers:
        return redirect("customers:one", customer.pk)
    context = {"panel": {**(panels.timeline(actor, customer, {}) or {}), "fresh": made.pk, "typed_kind": kind}}
    return render(request, "interactions/panel_timeline.html", context)


@require_POST
def remove(request: StaffRequest, interaction_id: int) -> HttpResponse:
    """Take a note, call or meeting off the timeline, with the way back."""
    actor = request.actor
    actor.require(access.VIEW)
    try:
        found = queries.interaction_get(actor=actor, id=interaction_id)
        change_set_id = services.interaction_delete(actor=actor, interaction=found)
    except Interaction.DoesNotExist:
        raise Http404 from None
    toast(request, gettext("It was taken off the timeline."), undo_url=reverse("changes:undo", args=[change_set_id]))
    back = reverse("customers:one", args=[found.customer_id]) if found.customer_id else reverse("interactions:list")
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": back})
    return redirect(back)
