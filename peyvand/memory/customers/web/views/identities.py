"""Phones, e-mails and codes on a customer's page: added, written anew, proved, put first, taken away."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import queries, services
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import EXCLUSIVE_KINDS, Customer, Identity, IdentityKind, VerifiedHow
from peyvand.memory.customers.web import showing
from peyvand.memory.customers.web.views.parts import editable_or_404
from peyvand.memory.customers.web.views.structure import go_to

WITH_SYSTEM = (IdentityKind.MESSENGER, IdentityKind.EXTERNAL)
BY_HAND = tuple(one for one in VerifiedHow if one != VerifiedHow.PROGRAM)


@require_POST
def identity_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Give the customer a phone, e-mail or code, saying who else has it."""
    customer = editable_or_404(request, customer_id)
    kind, value, system, label = (request.POST.get(name, "") for name in ("kind", "value", "system", "label"))
    data = IdentityData(kind, value, system if kind in WITH_SYSTEM else "", label)
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


def _identity(request: StaffRequest, customer: Customer, identity_id: int) -> Identity:
    """The identity, of a kind that is not hidden from the one who asks."""
    seen = Identity.objects.exclude(kind__in=queries.hidden_kinds(request.actor)).select_related("verified_by")
    try:
        return seen.get(pk=identity_id, customer=customer)
    except Identity.DoesNotExist:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def identity(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    """The side panel of an identity: written anew, with its label; how it was proved; whom it belongs to."""
    customer = editable_or_404(request, customer_id)
    found = _identity(request, customer, identity_id)
    if request.method != "POST":
        return _panel(request, customer, found)
    said = {name: request.POST.get(name, "") for name in ("value", "system", "label")}
    data = IdentityData(found.kind, said["value"], said["system"], said["label"])
    try:
        services.identity_change(actor=request.actor, identity=found, data=data)
    except InvalidError as error:
        return _panel(request, customer, found, said=said, error=str(error))
    toast(request, gettext("%(name)s was saved.") % {"name": said["value"]})
    return go_to(request, customer)


@require_POST
def identity_verify(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    """Say how an identity was proved, or that it is not."""
    customer = editable_or_404(request, customer_id)
    found = _identity(request, customer, identity_id)
    if "off" in request.POST:
        services.identity_unverify(actor=request.actor, identity=found)
        return go_to(request, customer)
    how, note = request.POST.get("how", ""), request.POST.get("note", "")
    try:
        services.identity_verify(actor=request.actor, identity=found, how=how, note=note)
    except InvalidError as error:
        return _panel(request, customer, found, proof={"how": how, "note": note, "error": str(error)})
    toast(request, gettext("%(value)s is verified.") % {"value": found.value})
    return go_to(request, customer)


@require_POST
def identity_primary(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    """Make it the first of its kind."""
    customer = editable_or_404(request, customer_id)
    services.identity_primary(actor=request.actor, identity=_identity(request, customer, identity_id))
    return go_to(request, customer)


@require_POST
def identity_remove(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    """Take an identity away."""
    customer = editable_or_404(request, customer_id)
    services.identity_remove(actor=request.actor, identity=_identity(request, customer, identity_id))
    return go_to(request, customer)


def _panel(
    request: StaffRequest, customer: Customer, found: Identity, *, said: Mapping[str, str] | None = None,
    error: str = "", proof: Mapping[str, Any] | None = None,
) -> HttpResponse:  # fmt: skip
    others = queries.same_identity(
        actor=request.actor, given=[IdentityData(found.kind, found.value, found.system)], but=customer.pk
    )
    context = {
        "customer": customer,
        "identity": found,
        "said": said or {"value": found.value, "system": found.system, "label": found.label},
        "error": error,
        "proof": proof or {},
        "hows": [(one.value, one.label) for one in BY_HAND],
        "exclusive": found.kind in EXCLUSIVE_KINDS,
        "with_system": found.kind in WITH_SYSTEM,
        "by_hand": found.kind != IdentityKind.VISITOR,
        "systems": showing.system_words(),
        "others": [] if found.kind in EXCLUSIVE_KINDS else others,
    }
    return render(request, "customers/identity_panel.html", context, status=422 if error or proof else 200)
