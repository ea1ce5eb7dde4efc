"""REST routes of what hangs on one customer: identities, tags, roles in organisations."""

from __future__ import annotations

from typing import Any

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import Given, Id, Text, example
from peyvand.memory.customers import access, queries, services
from peyvand.memory.customers.api.records import customer_editable, customer_seen
from peyvand.memory.customers.api.schemas import IdentityIn, IdentityOut
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.models import Customer, CustomerKind, CustomerTag, Identity, Relation, Tag

router = Router()


# ── identities ────────────────────────────────────────────────────────────


class VerifiedIn(Given):
    """Whether the identity was proved to be the customer's, as by calling back."""

    model_config = example({"verified": True})

    verified: bool


def _identity(customer: Customer, identity_id: int) -> Identity:
    found = Identity.objects.filter(pk=identity_id, customer=customer).first()
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
    services.identity_remove(actor=request.actor, identity=_identity(found, identity_id))
    return 204, None


@router.post(
    "/customers/{int:customer_id}/identities/{int:identity_id}/verify", response=IdentityOut,
    summary="Say that an identity was proved, or that it wasn't",
)  # fmt: skip
def identities_verify(request: StaffRequest, customer_id: int, identity_id: int, data: VerifiedIn) -> Identity:
    """`verified_at` of the answer is when it was said."""
    found = customer_editable(request, customer_id)
    identity = _identity(found, identity_id)
    return services.identity_verify(actor=request.actor, identity=identity, verified=data.verified)


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


# ── relations ─────────────────────────────────────────────────────────────


class RelationOut(Schema):
    """What a person is in an organisation."""

    id: int
    person_id: int
    person: str
    organisation_id: int
    organisation: str
    role: str

    @staticmethod
    def resolve_person(one: Relation) -> str:
        return one.person.name

    @staticmethod
    def resolve_organisation(one: Relation) -> str:
        return one.organisation.name


class RelationIn(Given):
    """The other side: of a person an organisation, of an organisation a person. Said again, the role is replaced."""

    model_config = example({"customer_id": 2, "role": "buyer"})

    customer_id: Id
    role: Text = Field(default="", max_length=120)


@router.get(
    "/customers/{int:customer_id}/relations", response=list[RelationOut],
    summary="A person's organisations, or an organisation's people",
)  # fmt: skip
def relations_list(request: StaffRequest, customer_id: int) -> list[Relation]:
    """Of those whom you may see."""
    return queries.relations_of(actor=request.actor, customer=customer_seen(request, customer_id))


@router.post(
    "/customers/{int:customer_id}/relations", response={201: RelationOut},
    summary="Say what a person is in an organisation",
)  # fmt: skip
def relations_add(request: StaffRequest, customer_id: int, data: RelationIn) -> tuple[int, Relation]:
    """From either side."""
    customer = customer_editable(request, customer_id)
    other = customer_seen(request, data.customer_id)
    pair: Any = (other, customer) if customer.kind == CustomerKind.ORGANISATION else (customer, other)
    made = services.relation_add(actor=request.actor, person=pair[0], organisation=pair[1], role=data.role)
    return 201, made


@router.delete(
    "/customers/{int:customer_id}/relations/{int:relation_id}",
    response={204: None},
    summary="Say that it is so no more",
)
def relations_remove(request: StaffRequest, customer_id: int, relation_id: int) -> tuple[int, None]:
    """Neither of the two is touched otherwise."""
    customer = customer_editable(request, customer_id)
    seen = Customer.objects.visible_to(request.actor, access.VIEW)
    side = "organisation" if customer.kind == CustomerKind.ORGANISATION else "person"
    other = "person" if side == "organisation" else "organisation"
    found = Relation.objects.select_related("person", "organisation").filter(
        pk=relation_id, **{side: customer, f"{other}__in": seen}
    )
    relation = found.first()
    if relation is None:
        raise Http404
    services.relation_remove(actor=request.actor, relation=relation)
    return 204, None
