"""What pages about lists of customers share, and the bulk bar's piece about them."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers import access, lists
from peyvand.memory.customers.models import CustomerList
from peyvand.memory.customers.services.bulk import BulkResult
from peyvand.memory.customers.services.wishes import Wish


def list_or_404(actor: Actor, list_id: int) -> CustomerList:
    """The list; the same 404 for one that is missing and one that may not be seen."""
    actor.require(access.VIEW)
    try:
        return lists.list_get(actor=actor, id=list_id)
    except CustomerList.DoesNotExist:
        raise Http404 from None


def editable_list_or_404(request: StaffRequest, list_id: int) -> CustomerList:
    """The list that the actor may change; 403 without the right at all, else the same 404."""
    request.actor.require(access.LISTS)
    found = list_or_404(request.actor, list_id)
    if not lists.may_edit(actor=request.actor, one=found):
        raise Http404
    return found


def undo_of(result: BulkResult) -> str:
    """Where a toast takes a bulk act back."""
    return reverse("changes:undo", args=[result.change_set_id]) if result.change_set_id else ""


@require_safe
def bulk_lists(request: StaffRequest) -> HttpResponse:
    """The piece of the bulk bar that says which list; `here` is the address of the list of customers."""
    actor = request.actor
    actor.require(access.VIEW)
    actor.require(access.LISTS)
    here = urlencode(parse_qsl(request.GET.get("here", "").lstrip("?")[:2000]))
    choices = [(one.pk, one.name) for one in lists.lists(actor=actor, editable=True)[: lists.MOST_OFFERED]]
    return render(request, "customers/bulk_lists.html", {"lists": choices, "here": f"?{here}"})


def list_wish(request: StaffRequest) -> Wish | None:
    """What the bulk bar's buttons about lists ask; None where none of them was pressed."""
    put, take, fresh = (request.POST.get(name, "").strip() for name in ("list", "unlist", "newlist"))
    if "put" in request.POST and fresh:
        return Wish("newlist", fresh)
    if "put" in request.POST and put:
        return Wish("put", list_of_post(request, put).pk)
    if "take" in request.POST and take:
        return Wish("take", list_of_post(request, take).pk)
    return None


def list_of_post(request: StaffRequest, value: str) -> CustomerList:
    """The list that a form names, if the actor may change it."""
    return editable_list_or_404(request, int(value) if value.isdecimal() and len(value) < 19 else 0)
