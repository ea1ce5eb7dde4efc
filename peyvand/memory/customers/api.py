"""REST routes of customers. Times are UTC, dates Gregorian, phones in E.164 under `key`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query
from pydantic import Field

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.fields.conditions import PARAMETER
from peyvand.foundation.ui.lists import BadCursorError
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.errors import ConflictError, InvalidError
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.listing import Listing
from peyvand.memory.customers.models import Customer, CustomerTag, Identity, Trait

LARGEST_PAGE = 200

router = Router(tags=["customers"])


class IdentityOut(Schema):
    """A phone, e-mail or code; `key` is how it is compared."""

    id: int
    kind: str
    system: str
    value: str
    key: str
    label: str
    is_primary: bool
    verified_at: datetime | None


class TraitOut(Schema):
    """What is computed or said of the customer; `number` of an amount in whole units of `currency`."""

    name: str
    text: str
    number: Decimal | None
    currency: str
    at: date | None
    source: str


class CustomerOut(Schema):
    """A person or an organisation. Send `version` back when changing it.

    `custom` has custom fields by key: numbers and amounts as strings, dates in ISO 8601, choices by key.
    """

    id: int
    kind: str
    name: str
    honorific: str
    given_name: str
    family_name: str
    job_title: str
    parent_id: int | None
    city: str
    country: str
    birth_date: date | None
    language: str
    stage: str
    source: str
    note: str
    custom: dict[str, Any]
    owner_id: int | None
    team_id: int | None
    last_interaction_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class CustomerWhole(CustomerOut):
    """A customer with identities, tags and traits."""

    identities: list[IdentityOut]
    tags: list[str]
    traits: list[TraitOut]

    @staticmethod
    def resolve_identities(customer: Customer, context: Any) -> list[Identity]:
        return queries.identities_of(actor=context["request"].actor, customer=customer)

    @staticmethod
    def resolve_tags(customer: Customer) -> list[str]:
        tagged = CustomerTag.objects.filter(customer=customer).order_by("tag__key")
        return list(tagged.values_list("tag__name", flat=True))

    @staticmethod
    def resolve_traits(customer: Customer) -> list[Trait]:
        return list(Trait.objects.filter(customer=customer).order_by("name"))


class CustomerPage(Schema):
    """A page; `next` is the cursor of the page after, null at the end."""

    items: list[CustomerOut]
    next: str | None


class IdentityIn(Schema):
    """A phone, e-mail or code as typed; `system` names the messenger or the other system."""

    kind: str
    value: str = Field(max_length=254)
    system: str = Field(default="", max_length=40)
    label: str = Field(default="", max_length=60)
    is_primary: bool = False


class CustomerIn(Schema):
    """A new customer; a person's name or its parts."""

    kind: str = "person"
    name: str = ""
    honorific: str = ""
    given_name: str = ""
    family_name: str = ""
    job_title: str = ""
    city: str = ""
    country: str = ""
    birth_date: date | None = None
    language: str = ""
    stage: str = ""
    source: str = ""
    note: str = ""
    custom: dict[str, Any] = Field(default_factory=dict, max_length=200)
    owner_id: int | None = None
    team_id: int | None = None
    parent_id: int | None = None
    identities: list[IdentityIn] = Field(default_factory=list, max_length=50)
    tags: list[str] = Field(default_factory=list, max_length=100)


class CustomerChange(Schema):
    """What is to change; fields that are left out stay. With `version`, 409 when somebody changed it since."""

    version: int | None = None
    kind: str = ""
    name: str = ""
    honorific: str = ""
    given_name: str = ""
    family_name: str = ""
    job_title: str = ""
    city: str = ""
    country: str = ""
    birth_date: date | None = None
    language: str = ""
    stage: str = ""
    note: str = ""
    custom: dict[str, Any] = Field(default_factory=dict, max_length=200)
    owner_id: int | None = None
    team_id: int | None = None
    parent_id: int | None = None
    identities: list[IdentityIn] = Field(default_factory=list, max_length=50)
    tags: list[str] = Field(default_factory=list, max_length=100)


@contextmanager
def _refusals() -> Iterator[None]:
    """The services' refusals as the API's: 422 by field, 409, 404."""
    try:
        yield
    except InvalidError as error:
        raise ValidationError({name or "__all__": str(message) for name, message in error.errors.items()}) from error
    except ConflictError as error:
        raise HttpError(409, f"changed meanwhile; the version is {error.version}") from error
    except Customer.DoesNotExist:
        raise Http404 from None


def exact(values: Mapping[str, Any]) -> dict[str, Any]:
    """Custom values with their numbers exact: what JSON gave as 1.1 is 1.1."""
    return {key: Decimal(str(value)) if type(value) in (int, float) else value for key, value in values.items()}


def _get(request: StaffRequest, customer_id: int) -> Customer:
    request.actor.require(access.VIEW)
    with _refusals():
        return queries.customer_get(actor=request.actor, id=customer_id)


def _editable(request: StaffRequest, customer_id: int) -> Customer:
    found = _get(request, customer_id)
    request.actor.require(access.EDIT)
    if not queries.may_edit(actor=request.actor, customer=found):
        raise Http404
    return found


def _identity_data(given: list[IdentityIn]) -> list[IdentityData]:
    return [IdentityData(**identity.dict()) for identity in given]


@router.get("/customers", response=CustomerPage, summary="Customers, by name unless sorted otherwise")
def customers_list(
    request: StaffRequest,
    view: str = "all",
    q: str = Query("", max_length=200),
    class_: str = Query("", alias="class", max_length=200),
    owner: str = Query("", max_length=20),
    tag: str = Query("", max_length=20),
    city: str = Query("", max_length=120),
    kind: str = Query("", max_length=20),
    touched: str = Query("", max_length=5),
    sort: str = Query("name", max_length=20),
    after: str | None = None,
    size: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    actor = request.actor
    actor.require(access.VIEW)
    currency = queries.worth_currency(actor=actor, default=settings.text("default_currency"))
    given = {
        "view": view, "q": q, "class": class_, "owner": owner, "tag": tag, "city": city, "kind": kind,
        "touched": touched, "sort": sort,
        **{name: value for name, value in request.GET.dict().items() if name.startswith(PARAMETER)},
    }  # fmt: skip
    wanted = asked(actor=actor, query=given, currency=currency)
    try:
        page = Listing(actor, wanted, currency).page(
            cursor=after, size=size, dressed=lambda rows: rows.select_related("touch")
        )
    except BadCursorError:
        raise HttpError(400, "this cursor is of another list") from None
    return {"items": queries.concealed(actor, page.rows), "next": page.next_cursor}


@router.post("/customers", response={201: CustomerWhole}, summary="Add a customer")
def customers_create(request: StaffRequest, data: CustomerIn) -> tuple[int, Customer]:
    values = {**data.dict(exclude={"identities"}), "custom": exact(data.custom)}
    with _refusals():
        made = services.customer_create(
            actor=request.actor, data=CustomerData(**values, identities=_identity_data(data.identities))
        )
    return 201, _get(request, made.pk)


@router.get("/customers/{int:customer_id}", response=CustomerWhole, summary="One customer")
def customers_get(request: StaffRequest, customer_id: int) -> Customer:
    return _get(request, customer_id)


@router.patch("/customers/{int:customer_id}", response=CustomerWhole, summary="Change a customer")
def customers_change(request: StaffRequest, customer_id: int, data: CustomerChange) -> Customer:
    found = _editable(request, customer_id)
    changes = data.dict(exclude_unset=True, exclude={"version", "identities"})
    if "identities" in data.model_fields_set:
        changes["identities"] = _identity_data(data.identities)
    if "custom" in changes:
        changes["custom"] = exact(data.custom)
    with _refusals():
        services.customer_update(actor=request.actor, customer=found, changes=changes, version=data.version)
    return _get(request, customer_id)


@router.delete("/customers/{int:customer_id}", response={204: None}, summary="Delete a customer; undo brings it back")
def customers_remove(request: StaffRequest, customer_id: int) -> tuple[int, None]:
    found = _get(request, customer_id)
    if not services.customers_delete(actor=request.actor, customers=[found.pk]).changed:
        raise Http404
    return 204, None


@router.get("/customers/{int:customer_id}/identities", response=list[IdentityOut], summary="Phones, e-mails, codes")
def identities_list(request: StaffRequest, customer_id: int) -> list[Identity]:
    return queries.identities_of(actor=request.actor, customer=_get(request, customer_id))


@router.post("/customers/{int:customer_id}/identities", response={201: IdentityOut}, summary="Add an identity")
def identities_create(request: StaffRequest, customer_id: int, data: IdentityIn) -> tuple[int, Identity]:
    found = _editable(request, customer_id)
    with _refusals():
        made = services.identity_add(actor=request.actor, customer=found, data=IdentityData(**data.dict()))
    return 201, made


@router.delete(
    "/customers/{int:customer_id}/identities/{int:identity_id}", response={204: None}, summary="Remove an identity"
)
def identities_remove(request: StaffRequest, customer_id: int, identity_id: int) -> tuple[int, None]:
    found = _editable(request, customer_id)
    identity = Identity.objects.filter(pk=identity_id, customer=found).first()
    if identity is None:
        raise Http404
    services.identity_remove(actor=request.actor, identity=identity)
    return 204, None
