"""One customer: who they are, what happened, what they are worth; composed of rooms' panels."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.panels import Block, blocks, panels
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.declarations import RedirectLookup
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.listing import Listing
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.web import showing
from peyvand.memory.customers.web.views.lists import currency_of

SCREEN = "customer"
SLOTS = ("head", "suggestion", "start", "end")
LONGEST_QUERY = 1000


def customer_or_404(actor: Actor, customer_id: int, *, whole: bool = False) -> Customer:
    """The customer; the same 404 for one that is missing and one that may not be seen."""
    actor.require(access.VIEW)
    try:
        return queries.customer_get(actor=actor, id=customer_id, whole=whole)
    except Customer.DoesNotExist:
        raise Http404 from None


@require_safe
def customer(request: StaffRequest, customer_id: int) -> HttpResponse:
    """The page of a customer. `tab` names the open panel, `list` the address of the list one came from."""
    actor = request.actor
    try:
        found = customer_or_404(actor, customer_id, whole=True)
    except Http404:
        for lookup in registry.all(RedirectLookup):
            if (moved := lookup.function(actor, customer_id)) is not None:
                return redirect("customers:one", moved, permanent=False)
        raise
    prefetch_related_objects([found], queries.with_identities(actor=actor))  # the head and a panel show them
    query = request.GET.dict()
    tabs = panels(screen=SCREEN, slot="tab", actor=actor)
    current = next((panel for panel in tabs if panel.name == query.get("tab")), tabs[0] if tabs else None)
    opened = current.context(actor, found, query) if current else None
    came_from = query.get("list", "")[:LONGEST_QUERY]
    context: dict[str, Any] = {
        "customer": found,
        "reach": queries.reach_of(actor=actor, customer=found),
        "who": showing.who(found),
        "came_from": came_from,
        "tabs": [
            showing.Tab(
                label=str(panel.label),
                url=showing.address({"tab": panel.name, "list": came_from}),
                current=panel is current,
                icon="",
            )
            for panel in tabs
        ],
        "tab": Block(panel=current, context=opened) if current and opened is not None else None,
        "may_edit": queries.may_edit(actor=actor, customer=found),
        "may_delete": actor.may(access.DELETE),
        **{slot: blocks(screen=SCREEN, slot=slot, actor=actor, subject=found, query=query) for slot in SLOTS},
        **(_neighbours(actor, found, came_from) if "list" in query else {}),
    }
    return render(request, "customers/one.html", context)


def _neighbours(actor: Actor, found: Customer, came_from: str) -> dict[str, Any]:
    """The records before and after in the list one came from, and the place among them."""
    currency = currency_of(actor)
    wanted = asked(actor=actor, query=dict(parse_qsl(came_from)), currency=currency)
    listing = Listing(actor, wanted, currency)
    cursor = listing.cursor_of(found)
    kept = urlencode({"list": came_from})
    if cursor is None:
        return {"list_url": reverse("customers:list") + (f"?{came_from}" if came_from else "")}
    after = listing.page(cursor=cursor, size=1)
    before = listing.page(cursor=cursor, size=1, backwards=True)
    total, more = listing.count()
    return {
        "list_url": reverse("customers:list") + (f"?{came_from}" if came_from else ""),
        "total": total,
        "total_more": more,
        "next_url": f"{reverse('customers:one', args=[after.rows[0].pk])}?{kept}" if after.rows else "",
        "previous_url": f"{reverse('customers:one', args=[before.rows[0].pk])}?{kept}" if before.rows else "",
    }


@require_POST
def delete(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Delete the customer, with the way back; to the list."""
    actor = request.actor
    found = customer_or_404(actor, customer_id)
    result = services.customers_delete(actor=actor, customers=[found.pk])
    if not result.changed:
        raise Http404
    undo = reverse("changes:undo", args=[result.change_set_id])
    toast(request, gettext("%(name)s was deleted.") % {"name": found.name}, undo_url=undo)
    return redirect("customers:list")
