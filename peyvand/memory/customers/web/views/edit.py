"""A new customer, and changing one."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields.queries import customs
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.data import CustomerData
from peyvand.memory.customers.errors import ConflictError, InvalidError
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.models import Customer, CustomerKind, CustomerTag, Identity, IdentityKind
from peyvand.memory.customers.web import conflicts, showing
from peyvand.memory.customers.web.forms import (
    CustomerForm,
    IdentityRow,
    data_of,
    initial_of,
    put_errors,
    row_of,
    rows_of,
)
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
        hidden = queries.hidden_kinds(actor)
        blank = [IdentityRow(one) for one in (IdentityKind.PHONE, IdentityKind.EMAIL) if one.value not in hidden]
        form = CustomerForm(actor=actor, kind=kind, initial={"owner_id": actor.user_id})
        return _form(request, form, blank, status=200)
    form = CustomerForm(request.POST, actor=actor, kind=kind)
    rows = [row for row in rows_of(request.POST) if row.value]
    parent = _parent(request, None)
    if form.is_valid():
        try:
            made = services.customer_create(
                actor=actor, data=CustomerData(**form.values(), identities=data_of(rows), parent_id=parent)
            )
        except InvalidError as error:
            rows = put_errors(form, rows, error.errors)
        else:
            toast(request, gettext("%(name)s was added.") % {"name": made.name})
            return redirect("customers:one", made.pk)
    return _form(request, form, rows, status=422, parent_id=parent)


@require_http_methods(["GET", "POST"])
def change(request: StaffRequest, customer_id: int) -> HttpResponse:
    """A form over a customer; who saves after somebody else is shown both and asked which stays."""
    actor = request.actor
    customer = customer_or_404(actor, customer_id)
    if not queries.may_edit(actor=actor, customer=customer):
        actor.require(access.EDIT)
        raise Http404
    if request.method == "GET":
        form, now, stored = _read(actor, customer)
        return _form(request, form, stored or [IdentityRow()], status=200, customer=customer, base=now.text())
    form = CustomerForm(request.POST, actor=actor, kind=customer.kind, customer=customer)
    rows = rows_of(request.POST)
    said = request.POST.get("base", "")
    base, theirs = conflicts.base_of(said), conflicts.chosen_theirs(request.POST)
    parent = _parent(request, customer.parent_id)
    more: dict[str, Any] = {"base": said, "parent_id": parent}
    status = 422
    if form.is_valid():
        version = request.POST.get("version", "")
        kept = [row for row in rows if f"{conflicts.LINES}{row.id}" not in theirs]
        mine = conflicts.typed_state(form, parent=parent, rows=rows)
        changes = conflicts.changes_of(form, mine, base, theirs=theirs)
        try:
            services.customer_update(
                actor=actor, customer=customer, changes={**changes, "identity_rows": data_of(kept)},
                version=int(version) if version.isdecimal() and len(version) < 10 else -1,
            )  # fmt: skip
        except InvalidError as error:
            rows = put_errors(form, rows, _in_place(error, rows, kept))
        except ConflictError as error:
            customer = customer_or_404(actor, customer.pk)
            fresh, now, _stored = _read(actor, customer)
            met = conflicts.meet(
                error, form, base=base, now=now, mine=mine, rows=rows, initial=fresh.initial,
                name_of=lambda pk: _organisation_name(actor, pk),
            )  # fmt: skip
            form = CustomerForm(actor=actor, kind=customer.kind, customer=customer, initial=met.initial)
            rows, status = met.rows, 409
            more = {"conflict": met, "base": now.text(), "parent_id": met.parent}
        except Customer.DoesNotExist:
            raise Http404 from None
        else:
            toast(request, gettext("%(name)s was saved.") % {"name": customer.name})
            return redirect("customers:one", customer.pk)
    return _form(request, form, rows, status=status, customer=customer, **more)


def _read(actor: Actor, customer: Customer) -> tuple[CustomerForm, conflicts.State, list[IdentityRow]]:
    """The form over a record as it stands, what it begins with, and its lines of identities."""
    tagged = CustomerTag.objects.filter(customer=customer).order_by("tag__key")
    tags = list(tagged.values_list("tag__name", flat=True))
    seen = Identity.objects.filter(customer=customer).exclude(kind__in=queries.hidden_kinds(actor))
    rows = [row_of(one) for one in seen.order_by("kind", "-is_primary", "id")]
    initial = initial_of(customer, tags=tags, custom=customs(actor=actor, record=RECORD))
    form = CustomerForm(actor=actor, kind=customer.kind, customer=customer, initial=initial)
    return form, conflicts.state_of(customer, form, tags=tags, rows=rows), rows


def _in_place(error: InvalidError, rows: list[IdentityRow], kept: list[IdentityRow]) -> dict[str, Any]:
    """The services' words by the places of the form's lines, of which not all were told."""
    found: dict[str, Any] = {}
    for name, message in error.errors.items():
        if name.startswith("identities."):
            found[f"identities.{rows.index(kept[int(name.split('.')[1])])}"] = message
        else:
            found[name] = message
    return found


def _parent(request: StaffRequest, before: int | None) -> int | None:
    """The chosen parent; "keep" leaves the one before, which the one who changes may not see."""
    value = request.POST.get("parent", "")
    if value == "keep":
        return before
    return int(value) if value.isdecimal() and len(value) < 19 else None


def _organisation_name(actor: Actor, customer_id: int | None) -> str:
    """The name of an organisation that the actor sees, of others that there is one, "" for none."""
    if customer_id is None:
        return ""
    seen = Customer.objects.visible_to(actor).filter(pk=customer_id).first()
    return seen.name if seen is not None else gettext("an organisation that you don't see")


def _form(
    request: StaffRequest,
    form: CustomerForm,
    rows: list[IdentityRow],
    *,
    status: int,
    customer: Customer | None = None,
    parent_id: int | None = None,
    **more: Any,
) -> HttpResponse:
    actor = request.actor
    if form.errors and status == 200:
        status = 422
    organisation = form.kind == CustomerKind.ORGANISATION
    if customer is not None and parent_id is None and status == 200:
        parent_id = customer.parent_id
    parent = Customer.objects.visible_to(actor).filter(pk=parent_id).first() if parent_id and organisation else None
    context = {
        "form": form,
        "rows": rows,
        "customer": customer,
        "organisation": organisation,
        "kinds": _kinds(actor),
        "systems": showing.system_words(),
        "parent": parent,
        "unseen_parent": organisation and parent_id is not None and parent is None,
        "same": queries.same_identity(actor=actor, given=data_of(rows), but=customer.pk if customer else None)
        if request.method == "POST"
        else [],
        "version": customer.version if customer else 0,
        "tag_names": [tag.name for tag in queries.tags(actor=actor)[:100]],
        "cancel_url": reverse("customers:one", args=[customer.pk]) if customer else reverse("customers:list"),
        **more,
    }
    return render(request, "customers/form.html", context, status=status)


def _kinds(actor: Actor) -> list[tuple[str, Any]]:
    """The kinds of identities that the actor may type."""
    hidden = queries.hidden_kinds(actor)
    return [(one.value, one.label) for one in IdentityKind if one != IdentityKind.VISITOR and one.value not in hidden]


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
        "kinds": _kinds(request.actor),
        "systems": showing.system_words(),
    }
    return render(request, "customers/identity_row.html", context)
