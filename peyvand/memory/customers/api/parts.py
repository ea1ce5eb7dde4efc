"""REST routes of what hangs on one customer: identities and tags."""

from __future__ import annotations

from typing import Literal

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Given, Text, example
from peyvand.memory.customers import queries, services
from peyvand.memory.customers.api.records import customer_editable, customer_seen
from peyvand.memory.customers.api.schemas import IdentityIn, IdentityOut
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.models import Customer, CustomerTag, Identity, Tag

How = Literal["code", "message", "call", "document", "in-person", "program"]
router = Router()


# ── identities ────────────────────────────────────────────────────────────


class VerifiedIn(Given):
    """Whether the identity was proved to be the customer's, and how: by a code told back, a message answered, a call, a
    document, in person, or as another program says.
    """

    model_config = example({"how": "code"})

    verified: bool = True
    how: How = "program"
    note: Text = Field(default="", max_length=200)


class IdentityChange(Given):
    """How it is to be; what is left out stays. With another value it is no longer proved."""

    model_config = example({"label": "Work"})

    value: Text = Field(default="", max_length=254)
    system: Text = Field(default="", max_length=40)
    label: Text = Field(default="", max_length=60)


def _identity(request: StaffRequest, customer: Customer, identity_id: int) -> Identity:
    seen = Identity.objects.exclude(kind__in=queries.hidden_kinds(request.actor))
    found = seen.filter(pk=identity_id, customer=customer).first()
    if found is None:
        raise Http404
    return found


@router.get("/customers/{int:customer_id}/identities", response=list[IdentityOut], summary="Phones, e-mails, codes")
def identities_list(request: StaffRequest, customer_id: int) -> list[Identity]:
    """The primary one of each kind first."""
    return queries.identities_of(actor=request.actor, customer=customer_seen(request, customer_id))


@router.post("/customers/{int:customer_id}/identities", response={201: IdentityOut}, summary="Add an identity")
def identities_create(request: StaffRequest, customer_id: int, data: IdentityIn) -> tuple[int, Identity]:
    """One that the customer has already is given back as it is."""
    found = customer_editable(request, customer_id)
    made = services.identity_add(actor=request.actor, customer=found, data=IdentityData(**data.dict()))
    return 201, made


@router.delete(
    "/customers/{int:customer_id}/identities/{int:identity_id}", response={204: None}, summary="Remove an identity"
)
def identities_remove(request: StaffRequest, customer_id: int, identity_id: int) -> tuple[int, None]:
    """The next of its kind becomes the primary one."""
    found = customer_editable(request, customer_id)
    services.identity_remove(actor=request.actor, identity=_identity(request, found, identity_id))
    return 204, None


@router.post(
    "/customers/{int:customer_id}/identities/{int:identity_id}/verify", response=IdentityOut,
    summary="Say that an identity was proved, or that it wasn't",
)  # fmt: skip
def identities_verify(request: StaffRequest, customer_id: int, identity_id: int, data: VerifiedIn) -> Identity:
    """`verified_at` of the answer is when it was said."""
    found = customer_editable(request, customer_id)
    identity = _identity(request, found, identity_id)
    if not data.verified:
        return services.identity_unverify(actor=request.actor, identity=identity)
    return services.identity_verify(actor=request.actor, identity=identity, how=data.how, note=data.note)


@router.patch(
    "/customers/{int:customer_id}/identities/{int:identity_id}", response=IdentityOut,
    summary="Write an identity anew, or label it",
)  # fmt: skip
def identities_change(request: StaffRequest, customer_id: int, identity_id: int, data: IdentityChange) -> Identity:
    """Its kind stays."""
    identity = _identity(request, customer_editable(request, customer_id), identity_id)
    now = {name: getattr(identity, name) for name in ("value", "system", "label")}
    said = IdentityData(identity.kind, **{**now, **data.dict(exclude_unset=True)})
    return services.identity_change(actor=request.actor, identity=identity, data=said)


@router.post(
    "/customers/{int:customer_id}/identities/{int:identity_id}/primary", response=IdentityOut,
    summary="Make an identity the first of its kind",
)  # fmt: skip
def identities_primary(request: StaffRequest, customer_id: int, identity_id: int) -> Identity:
    """The phone that is called, the address that is written to."""
    identity = _identity(request, customer_editable(request, customer_id), identity_id)
    return services.identity_primary(actor=request.actor, identity=identity)


# ── tags ──────────────────────────────────────────────────────────────────


class TagOut(Schema):
    """A word on customers."""

    id: int
    name: str


class TagIn(Given):
    """A tag by its name; one that nobody has is made."""

    model_config = example({"name": "وفادار"})

    name: Text = Field(max_length=60)


@router.get("/tags", response=list[TagOut], summary="All tags, by name")
def tags_list(request: StaffRequest) -> list[Tag]:
    """At most 500."""
    return queries.tags(actor=request.actor)


@router.get("/customers/{int:customer_id}/tags", response=list[TagOut], summary="A customer's tags")
def tags_of(request: StaffRequest, customer_id: int) -> list[Tag]:
    """By name."""
    found = customer_seen(request, customer_id)
    return [row.tag for row in CustomerTag.objects.filter(customer=found).select_related("tag").order_by("tag__key")]


@router.post("/customers/{int:customer_id}/tags", response={201: TagOut}, summary="Put a tag on a customer")
def tags_add(request: StaffRequest, customer_id: int, data: TagIn) -> tuple[int, Tag]:
    """One that is there already stays."""
    return 201, services.tag_add(actor=request.actor, customer=customer_editable(request, customer_id), name=data.name)


@router.delete(
    "/customers/{int:customer_id}/tags/{int:tag_id}", response={204: None}, summary="Take a tag off a customer"
)
def tags_remove(request: StaffRequest, customer_id: int, tag_id: int) -> tuple[int, None]:
    """The tag itself stays, for others."""
    customer = customer_editable(request, customer_id)
    tag = Tag.objects.filter(pk=tag_id, demo=customer.demo, tagged__customer=customer).first()
    if tag is None:
        raise Http404
    services.tag_remove(actor=request.actor, customer=customer, tag=tag)
    return 204, None
