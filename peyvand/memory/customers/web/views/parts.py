"""Small changes on a customer's page: tags; and customers to choose from."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, CustomerKind, Tag
from peyvand.memory.customers.web.views.one import customer_or_404


def editable_or_404(request: StaffRequest, customer_id: int) -> Customer:
    """The customer whom the actor may change; 403 without the right at all, else the same 404."""
    found = customer_or_404(request.actor, customer_id)
    if not queries.may_edit(actor=request.actor, customer=found):
        request.actor.require(access.EDIT)
        raise Http404
    return found


@require_POST
def tag_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Put a tag on the customer."""
    customer = editable_or_404(request, customer_id)
    try:
        services.tag_add(actor=request.actor, customer=customer, name=request.POST.get("name", ""))
    except InvalidError as error:
        toast(request, str(error), level="bad")
    return redirect("customers:one", customer.pk)


@require_POST
def tag_remove(request: StaffRequest, customer_id: int, tag_id: int) -> HttpResponse:
    """Take a tag off."""
    customer = editable_or_404(request, customer_id)
    tag = Tag.objects.filter(pk=tag_id, demo=customer.demo).first()
    if tag is None:
        raise Http404
    services.tag_remove(actor=request.actor, customer=customer, tag=tag)
    return redirect("customers:one", customer.pk)


@require_safe
def choices(request: StaffRequest) -> HttpResponse:
    """Customers to choose from, by what has been typed so far; `name` is the field that carries the choice."""
    kind = request.GET.get("kind", "")
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    request.actor.require(access.VIEW)
    found = queries.customers_search(
        actor=request.actor, text=text, limit=7, kind=kind if kind in CustomerKind.values else ""
    )
    field = "parent" if request.GET.get("name") == "parent" else "customer"
    context = {"choices": found.rows, "guessed": found.guessed, "text": text, "field": field}
    return render(request, "customers/choices.html", context)
