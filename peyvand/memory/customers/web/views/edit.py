"""A new customer, and changing one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields.kinds import shown as shown_value
from peyvand.foundation.fields.kinds import value_of
from peyvand.foundation.fields.queries import customs
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.data import CustomerData
from peyvand.memory.customers.errors import ConflictError, InvalidError
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.models import Customer, CustomerKind, CustomerTag, Identity, IdentityKind
from peyvand.memory.customers.web import showing
from peyvand.memory.customers.web.forms import CustomerForm, IdentityRow, data_of, initial_of, put_errors, rows_of
from peyvand.memory.customers.web.views.one import customer_or_404


@require_http_methods(["GET", "POST"])
def new_person(request: StaffRequest) -> HttpResponse:
    """A form for a person."""
    return _new(request, CustomerKind.PERSON)


@require_http_methods(["GET", "POST"])
def new_organisation(request: StaffRequest) -> HttpResponse:
    """A form for an organisation."""
    return _new(request, CustomerKind.ORGANISATION)


def _new(request: StaffRequest, kind: CustomerKind) -> HttpResponse:
    actor = request.actor
    actor.require(access.EDIT)
    if request.method == "GET":
        blank = [IdentityRow(IdentityKind.PHONE), IdentityRow(IdentityKind.EMAIL)]
        form = CustomerForm(actor=actor, kind=kind, initial={"owner_id": actor.user_id})
        return _form(request, form, blank, status=200)
    form = CustomerForm(request.POST, actor=actor, kind=kind)
    rows = rows_of(request.POST)
    if form.is_valid():
        try:
            made = services.customer_create(
                actor=actor, data=CustomerData(**form.values(), identities=data_of(rows), parent_id=_parent(request))
            )
        except InvalidError as error:
            rows = put_errors(form, rows, error.errors)
        else:
            toast(request, gettext("%(name)s was added.") % {"name": made.name})
            return redirect("customers:one", made.pk)
    return _form(request, form, rows, status=422)


@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, customer_id: int) -> HttpResponse:
    """A form over a customer; who saves after somebody else is shown both and asked which stays."""
    actor = request.actor
    customer = customer_or_404(actor, customer_id)
    if not queries.may_edit(actor=actor, customer=customer):
        actor.require(access.EDIT)
        raise Http404
    tags = list(CustomerTag.objects.filter(customer=customer).order_by("tag__key").values_list("tag__name", flat=True))
    initial = initial_of(customer, tags=tags, custom=customs(actor=actor, record=RECORD))
    whole = not queries.hidden_kinds(actor)  # who does not see all ways to reach them does not replace them
    if request.method == "GET":
        stored = Identity.objects.filter(customer=customer).order_by("kind", "-is_primary", "id")
        rows = [IdentityRow(one.kind, one.value, one.system) for one in stored]
        form = CustomerForm(actor=actor, kind=customer.kind, customer=customer, initial=initial)
        return _form(request, form, rows or [IdentityRow()], status=200, customer=customer)
    form = CustomerForm(request.POST, actor=actor, kind=customer.kind, customer=customer)
    rows = rows_of(request.POST)
    more: dict[str, Any] = {}
    if form.is_valid():
        version = request.POST.get("version", "")
        changes = {**form.values(), "parent_id": _parent(request)}
        if whole:
            changes["identities"] = data_of(rows)
        try:
            services.customer_update(
                actor=actor, customer=customer, changes=changes, version=int(version) if version.isdecimal() else -1
            )
        except InvalidError as error:
            rows = put_errors(form, rows, error.errors)
        except ConflictError as error:
            more = {"conflict": _conflict(error, form), "version": error.version}
        except Customer.DoesNotExist:
            raise Http404 from None
        else:
            toast(request, gettext("%(name)s was saved.") % {"name": customer.name})
            return redirect("customers:one", customer.pk)
    return _form(request, form, rows, status=409 if more else 422, customer=customer, **more)


def _parent(request: StaffRequest) -> int | None:
    value = request.POST.get("parent", "")
    return int(value) if value.isdecimal() and len(value) < 19 else None


def _conflict(error: ConflictError, form: CustomerForm) -> dict[str, Any]:
    """Who was quicker, and the fields that differ: theirs and yours."""
    differing = []
    values = form.values()
    custom = {one.name: one for one in form.custom}
    for theirs in error.theirs:
        one = custom.get(theirs.field)
        if one is not None:
            mine = values["custom"].get(one.key)
            now = value_of(one, theirs.value)
            if now != mine:
                differing.append(
                    {"label": str(one.label), "theirs": shown_value(one, now), "yours": shown_value(one, mine)}
                )
        elif theirs.field in form.fields and (theirs.value or "") != (values[theirs.field] or ""):
            label = str(form.fields[theirs.field].label)
            choices = dict(getattr(form.fields[theirs.field], "choices", ()))
            shown = [choices.get(value, value) if value else "" for value in (theirs.value, values[theirs.field])]
            differing.append({"label": label, "theirs": shown[0], "yours": shown[1]})
    return {"by": error.by or gettext("Somebody"), "at": error.at, "fields": differing}


def _form(
    request: StaffRequest,
    form: CustomerForm,
    rows: list[IdentityRow],
    *,
    status: int,
    customer: Customer | None = None,
    **more: Any,
) -> HttpResponse:
    if form.errors and status == 200:
        status = 422
    organisation = form.kind == CustomerKind.ORGANISATION
    context = {
        "form": form,
        "rows": rows,
        "customer": customer,
        "organisation": organisation,
        "whole": customer is None or not queries.hidden_kinds(request.actor),
        "kinds": [(kind.value, kind.label) for kind in IdentityKind if kind != IdentityKind.VISITOR],
        "systems": showing.system_words(),
        "parent": customer.parent if customer and organisation else None,
        "same": queries.same_identity(actor=request.actor, given=data_of(rows), but=customer.pk if customer else None)
        if request.method == "POST"
        else [],
        "version": customer.version if customer else 0,
        "tag_names": [tag.name for tag in queries.tags(actor=request.actor)[:100]],
        "cancel_url": reverse("customers:one", args=[customer.pk]) if customer else reverse("customers:list"),
        **more,
    }
    return render(request, "customers/form.html", context, status=status)


@require_POST
def same(request: StaffRequest) -> HttpResponse:
    """While typing: who else has these phones, e-mails or codes."""
    request.actor.require(access.EDIT)
    but = request.POST.get("customer", "")
    found = queries.same_identity(
        actor=request.actor, given=data_of(rows_of(request.POST)), but=int(but) if but.isdecimal() else None
    )
    return render(request, "customers/same.html", {"same": found})


@require_GET
def identity_row(request: StaffRequest) -> HttpResponse:
    """One more line of identities."""
    request.actor.require(access.EDIT)
    context = {
        "row": IdentityRow(),
        "kinds": [(kind.value, kind.label) for kind in IdentityKind if kind != IdentityKind.VISITOR],
        "systems": showing.system_words(),
    }
    return render(request, "customers/identity_row.html", context)
