"""One person's data: what there is, taken out, erased."""

from __future__ import annotations

import tempfile

from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Trace
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import queries as customers
from peyvand.memory.customers.models import Customer
from peyvand.memory.privacy import access, erasing, services
from peyvand.memory.privacy.erasing import ErasureError


def _person(actor: Actor, customer_id: int) -> Customer:
    if not (actor.may(access.EXPORT) or actor.may(access.ERASE)):
        actor.require(access.EXPORT)
    try:
        found = customers.customer_get(actor=actor, id=customer_id)
    except Customer.DoesNotExist:
        raise Http404 from None
    if found.is_organisation:
        raise Http404
    return found


def _page(request: StaffRequest, customer: Customer, *, error: str = "", typed: str = "") -> HttpResponse:
    actor = request.actor
    context = {
        "customer": customer,
        "lines": erasing.person_preview(actor=actor, customer_id=customer.pk),
        "may_export": actor.may(access.EXPORT),
        "may_erase": actor.may(access.ERASE),
        "traces": [trace.label for trace in registry.all(Trace)],
        "error": error,
        "typed": typed,
    }
    return render(request, "privacy/person.html", context, status=422 if error else 200)


@require_safe
def person(request: StaffRequest, customer_id: int) -> HttpResponse:
    """How many rows of what, and what would become of them."""
    return _page(request, _person(request.actor, customer_id))


@never_cache
@require_POST
def export(request: StaffRequest, customer_id: int) -> FileResponse:
    """Everything known of the person, as a zip."""
    request.actor.require(access.EXPORT)
    found = _person(request.actor, customer_id)
    target = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it
    services.person_export(actor=request.actor, customer_id=found.pk, target=target)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename=f"person-{found.pk}.zip", content_type="application/zip")


@require_POST
def erase(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Erase the person whose name was typed."""
    request.actor.require(access.ERASE)
    found = _person(request.actor, customer_id)
    typed = request.POST.get("name", "").strip()[:300]
    try:
        erasing.person_erase(actor=request.actor, customer_id=found.pk, name=typed)
    except ErasureError as error:
        return _page(request, found, error=str(error), typed=typed)
    toast(request, gettext("The person was erased."))
    return redirect("customers:list")
