"""Small changes on a customer's page: identities, tags, relations."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, CustomerKind, Identity, Tag
from peyvand.memory.customers.web.views.one import customer_or_404


def editable_or_404(request: StaffRequest, customer_id: int) -> Customer:
    """The customer whom the actor may change; 403 without the right at all, else the same 404."""
    found = customer_or_404(request.actor, customer_id)
    if not queries.may_edit(actor=request.actor, customer=found):
        request.actor.require(access.EDIT)
        raise Http404
    return found


@require_POST
def identity_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Give the customer a phone, e-mail or code, saying who else has it."""
    customer = editable_or_404(request, customer_id)
    data = IdentityData(
        kind=request.POST.get("kind", ""), value=request.POST.get("value", ""), system=request.POST.get("system", "")
    )
    try:
        services.identity_add(actor=request.actor, customer=customer, data=data)
    except InvalidError as error:
        toast(request, str(error), level="bad")
    else:
        shared = queries.same_identity(actor=request.actor, given=[data], but=customer.pk)
        if shared:
            words = gettext("Saved. %(name)s has it as well.") % {"name": shared[0].customer.name}
            toast(request, words, level="info")
    return redirect("customers:one", customer.pk)


def _identity(customer: Customer, identity_id: int) -> Identity:
    try:
        return Identity.objects.get(pk=identity_id, customer=customer)
    except Identity.DoesNotExist:
        raise Http404 from None


@require_POST
def identity_remove(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    """Take an identity away."""
    customer = editable_or_404(request, customer_id)
    services.identity_remove(actor=request.actor, identity=_identity(customer, identity_id))
    return redirect("customers:one", customer.pk)


@require_POST
def identity_verify(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    """Say that an identity was proved, or take that back."""
    customer = editable_or_404(request, customer_id)
    identity = _identity(customer, identity_id)
    services.identity_verify(actor=request.actor, identity=identity, verified=identity.verified_at is None)
    return redirect("customers:one", customer.pk)


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


@require_POST
def relation_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Say what a person is in an organisation, from either side."""
    customer = editable_or_404(request, customer_id)
    chosen = request.POST.get("customer", "")
    if not chosen.isdecimal() or len(chosen) > 18:
        toast(request, gettext("Choose somebody from the list first."), level="bad")
        return redirect("customers:one", customer.pk)
    other = customer_or_404(request.actor, int(chosen))
    pair = (other, customer) if customer.kind == CustomerKind.ORGANISATION else (customer, other)
    try:
        services.relation_add(
            actor=request.actor, person=pair[0], organisation=pair[1], role=request.POST.get("role", "")
        )
    except InvalidError as error:
        toast(request, str(error), level="bad")
    return redirect("customers:one", customer.pk)


@require_POST
def relation_remove(request: StaffRequest, customer_id: int, relation_id: int) -> HttpResponse:
    """Say that it is so no more."""
    customer = editable_or_404(request, customer_id)
    relation = next(
        (one for one in queries.relations_of(actor=request.actor, customer=customer) if one.pk == relation_id), None
    )
    if relation is None:
        raise Http404
    services.relation_remove(actor=request.actor, relation=relation)
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
