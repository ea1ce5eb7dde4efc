"""REST routes of customers one by one, and their list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.translation import gettext
from ninja import Router
from ninja.params.functions import Query

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields.conditions import PARAMETER
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.rest import After, Size
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.api.schemas import (
    CustomerChange,
    CustomerIn,
    CustomerPage,
    CustomerWhole,
    IdentityIn,
    exact,
)
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.filters import CONDITIONS, VIEWS, Asked, asked
from peyvand.memory.customers.listing import Listing
from peyvand.memory.customers.models import Customer

router = Router()
LIST = (*CONDITIONS, "view", "sort")


def customer_seen(request: StaffRequest, customer_id: int) -> Customer:
    """The customer whom the caller may see; else the same 404."""
    request.actor.require(access.VIEW)
    return queries.customer_get(actor=request.actor, id=customer_id)


def customer_editable(request: StaffRequest, customer_id: int) -> Customer:
    """The customer whom the caller may change; 403 without the right at all, else the same 404."""
    found = customer_seen(request, customer_id)
    request.actor.require(access.EDIT)
    if not queries.may_edit(actor=request.actor, customer=found):
        raise Http404
    return found


def identity_data(given: list[IdentityIn]) -> list[IdentityData]:
    """Identities as the verbs take them."""
    return [IdentityData(**identity.dict()) for identity in given]


def understood(*, actor: Actor, given: Mapping[str, str], currency: str) -> Asked:
    """The conditions of a list; those that make no sense are refused by name: left out, they would give everybody."""
    wanted = asked(actor=actor, query=given, currency=currency)
    said = {name: value.strip() for name, value in given.items() if value.strip()}
    wrong = [name for name in said if name not in ("view", "sort") and name not in wanted.given]
    wrong += ["view"] if said.get("view", "all") not in VIEWS else []
    wrong += ["sort"] if said.get("sort", wanted.order) != wanted.order else []
    if wrong:
        raise ValidationError({name[:200]: gettext("This condition can't be understood.") for name in wrong})
    return wanted


@router.get(
    "/customers", response=CustomerPage, summary="Customers, by name unless sorted otherwise",
    openapi_extra={"x-free": [PARAMETER]},
)  # fmt: skip
def customers_list(
    request: StaffRequest,
    view: str = Query("all", max_length=20, description=f"One of: {', '.join(VIEWS)}."),
    q: str = Query("", max_length=200, description="A part of a name, an e-mail, the end of a phone number, a code."),
    class_: str = Query("", alias="class", max_length=200, description="Classes of value, with commas."),
    owner: str = Query("", max_length=20, description="An id, “me” or “none”."),
    tag: str = Query("", max_length=20, description="A tag's id."),
    city: str = Query("", max_length=120),
    kind: str = Query("", max_length=20, description="person or organisation."),
    touched: str = Query("", max_length=5, description="In contact within so many days (7, 30, 90, 180), or not: -30."),
    from_: str = Query("", alias="from", max_length=40, description="Worth at least so much."),
    to: str = Query("", max_length=40, description="Worth at most so much."),
    sort: str = Query("name", max_length=60, description="name, touched, value, newest or a field; - before it turns."),
    after: After | None = None,
    size: Size = 50,
) -> dict[str, Any]:
    """Any field may be asked for by `f.<field>=<operator>:<value>`: `f.country=contains:ir`,
    `f.birth_date=after:1990-01-01`, `f.c.size=between:40..42`. A condition that can't be understood is refused.
    """
    actor = request.actor
    actor.require(access.VIEW)
    currency = queries.worth_currency(actor=actor, default=settings.text("default_currency"))
    given = {name: value for name, value in request.GET.dict().items() if name in LIST or name.startswith(PARAMETER)}
    wanted = understood(actor=actor, given=given, currency=currency)
    page = Listing(actor, wanted, currency).page(
        cursor=after, size=size, dressed=lambda rows: rows.select_related("touch")
    )
    return {"items": queries.concealed(actor, page.rows), "next": page.next_cursor}


@router.post("/customers", response={201: CustomerWhole}, summary="Add a customer")
def customers_create(request: StaffRequest, data: CustomerIn) -> tuple[int, Customer]:
    """That a phone or e-mail is also somebody else's is no error; a code or card belongs to one customer only."""
    values = {**data.dict(exclude={"identities"}), "custom": exact(data.custom)}
    made = services.customer_create(
        actor=request.actor, data=CustomerData(**values, identities=identity_data(data.identities))
    )
    return 201, customer_seen(request, made.pk)


@router.get("/customers/{int:customer_id}", response=CustomerWhole, summary="One customer")
def customers_get(request: StaffRequest, customer_id: int) -> Customer:
    """One that was merged into another answers 301 with the address of what it has become."""
    return customer_seen(request, customer_id)


@router.patch("/customers/{int:customer_id}", response=CustomerWhole, summary="Change a customer")
def customers_change(request: StaffRequest, customer_id: int, data: CustomerChange) -> Customer:
    """Only what is sent is changed."""
    found = customer_editable(request, customer_id)
    changes = data.dict(exclude_unset=True, exclude={"version", "identities"})
    if "identities" in data.model_fields_set:
        changes["identities"] = identity_data(data.identities)
    if "custom" in changes:
        changes["custom"] = exact(data.custom)
    services.customer_update(actor=request.actor, customer=found, changes=changes, version=data.version)
    return customer_seen(request, customer_id)


@router.delete("/customers/{int:customer_id}", response={204: None}, summary="Delete a customer; undo brings it back")
def customers_remove(request: StaffRequest, customer_id: int) -> tuple[int, None]:
    """What happened with them, and their orders, stays, without a customer."""
    found = customer_seen(request, customer_id)
    if not services.customers_delete(actor=request.actor, customers=[found.pk]).changed:
        raise Http404
    return 204, None
