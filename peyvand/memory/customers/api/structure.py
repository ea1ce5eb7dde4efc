"""REST routes of who belongs to whom, and of what is known of a customer under names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

from django.http import Http404
from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import After, Given, Id, Size, Text, example, page
from peyvand.memory.customers import queries, services, structure
from peyvand.memory.customers.api.records import customer_editable, customer_seen
from peyvand.memory.customers.api.schemas import TraitOut
from peyvand.memory.customers.models import CustomerKind, Relation, Trait
from peyvand.memory.customers.services.traits import API

MOST_FACTS = 100
Amount = Annotated[Decimal, Field(max_digits=30, decimal_places=6)]
router = Router()


# ── roles in organisations ────────────────────────────────────────────────


class RelationOut(Schema):
    """What a person is in an organisation, from when until when; `is_main`: the one to speak to first."""

    id: int
    person_id: int
    person: str
    organisation_id: int
    organisation: str
    role: str
    since: date | None
    until: date | None
    is_main: bool

    @staticmethod
    def resolve_person(one: Relation) -> str:
        return one.person.name

    @staticmethod
    def resolve_organisation(one: Relation) -> str:
        return one.organisation.name


class RelationPage(Schema):
    """A page: the main contact first, those who have left last; `next` is the cursor of the page after."""

    items: list[RelationOut]
    next: str | None


class RelationIn(Given):
    """The other side: of a person an organisation, of an organisation a person. Said again, it is replaced."""

    model_config = example({"customer_id": 2, "role": "buyer", "since": "2024-03-20", "is_main": True})

    customer_id: Id
    role: Text = Field(default="", max_length=120)
    since: date | None = None
    until: date | None = None
    is_main: bool = False


class RelationChange(Given):
    """How it is to be; what is left out stays. The last day counts in."""

    model_config = example({"until": "2026-11-20"})

    role: Text = Field(default="", max_length=120)
    since: date | None = None
    until: date | None = None
    is_main: bool = False


@router.get(
    "/customers/{int:customer_id}/relations", response=RelationPage,
    summary="A person's organisations, or an organisation's people",
)  # fmt: skip
def relations_list(
    request: StaffRequest, customer_id: int, after: After | None = None, size: Size = 50
) -> dict[str, Any]:
    """Of those whom you may see."""
    customer = customer_seen(request, customer_id)
    found = structure.relations(actor=request.actor, customer=customer).select_related("person", "organisation")
    return page(found, order=structure.order_of(customer), after=after, size=size)


@router.post(
    "/customers/{int:customer_id}/relations", response={201: RelationOut},
    summary="Say what a person is in an organisation",
)  # fmt: skip
def relations_add(request: StaffRequest, customer_id: int, data: RelationIn) -> tuple[int, Relation]:
    """From either side."""
    customer = customer_editable(request, customer_id)
    other = customer_seen(request, data.customer_id)
    pair = (other, customer) if customer.kind == CustomerKind.ORGANISATION else (customer, other)
    more = data.dict(exclude={"customer_id"})
    return 201, services.relation_add(actor=request.actor, person=pair[0], organisation=pair[1], **more)


@router.patch(
    "/customers/{int:customer_id}/relations/{int:relation_id}", response=RelationOut,
    summary="Change a role, its days, or who is the main contact",
)  # fmt: skip
def relations_change(request: StaffRequest, customer_id: int, relation_id: int, data: RelationChange) -> Relation:
    """Who has left gets a last day."""
    found = _relation(request, customer_id, relation_id)
    now = {name: getattr(found, name) for name in ("role", "since", "until", "is_main")}
    return services.relation_change(actor=request.actor, relation=found, **{**now, **data.dict(exclude_unset=True)})


@router.delete(
    "/customers/{int:customer_id}/relations/{int:relation_id}", response={204: None},
    summary="Say that it was never so",
)  # fmt: skip
def relations_remove(request: StaffRequest, customer_id: int, relation_id: int) -> tuple[int, None]:
    """Neither of the two is touched otherwise."""
    services.relation_remove(actor=request.actor, relation=_relation(request, customer_id, relation_id))
    return 204, None


def _relation(request: StaffRequest, customer_id: int, relation_id: int) -> Relation:
    customer = customer_editable(request, customer_id)
    try:
        return structure.relation_get(actor=request.actor, customer=customer, id=relation_id)
    except Relation.DoesNotExist:
        raise Http404 from None


# ── parts of organisations ────────────────────────────────────────────────


class NodeOut(Schema):
    """An organisation, `depth` steps below the top of its tree; `here` is the one that was asked for."""

    id: int
    name: str
    depth: int
    here: bool


class TreeOut(Schema):
    """Part of a tree in the order of reading; `total` counts all of it, `next` is `after` of the next request."""

    items: list[NodeOut]
    total: int
    next: int | None


@router.get(
    "/customers/{int:customer_id}/tree", response=TreeOut, summary="The organisations above and below an organisation"
)
def tree(
    request: StaffRequest,
    customer_id: int,
    after: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    size: Size = 100,
) -> dict[str, Any]:
    """As far as you see them: an organisation that you don't see hides what lies behind it. Empty for a person.

    To move an organisation, change its `parent_id`.
    """
    customer = customer_seen(request, customer_id)
    if customer.kind != CustomerKind.ORGANISATION:
        return {"items": [], "total": 0, "next": None}
    found = structure.tree(actor=request.actor, organisation=customer, after=after, size=size)
    items = [
        {"id": one.customer.pk, "name": one.customer.name, "depth": one.depth, "here": one.here} for one in found.nodes
    ]
    return {"items": items, "total": found.total, "next": found.next}


# ── what is known ─────────────────────────────────────────────────────────


class FactIn(Given):
    """Something known under a name: words, or a number (of an amount in whole units of `currency`)."""

    name: Text = Field(max_length=80)
    text: Text = Field(default="", max_length=500)
    number: Amount | None = None
    currency: str = Field(default="", max_length=3)
    at: date | None = Field(default=None, description="The day that it speaks of.")


class FactsIn(Given):
    """What is to be known; each replaces what was said under its name."""

    model_config = example(
        {"facts": [{"name": "favourite tea", "text": "Darjeeling"}, {"name": "branches", "number": 3}]}
    )

    facts: list[FactIn] = Field(min_length=1, max_length=MOST_FACTS)


@router.get("/customers/{int:customer_id}/traits", response=list[TraitOut], summary="What is known of a customer")
def traits_list(request: StaffRequest, customer_id: int) -> list[Trait]:
    """Said by people, brought in, or computed: `source` says which."""
    return queries.traits_of(customer_seen(request, customer_id), actor=request.actor)


@router.put("/customers/{int:customer_id}/traits", response=list[TraitOut], summary="Say what is known of a customer")
def traits_set(request: StaffRequest, customer_id: int, data: FactsIn) -> list[Trait]:
    """Names that Peyvand computes itself are refused; nothing is kept unless all of it can be."""
    customer = customer_editable(request, customer_id)
    services.traits_set(actor=request.actor, customer=customer, facts=[one.dict() for one in data.facts], source=API)
    return queries.traits_of(customer, actor=request.actor)


@router.delete(
    "/customers/{int:customer_id}/traits/{int:trait_id}", response={204: None}, summary="Take back what was said"
)
def traits_remove(request: StaffRequest, customer_id: int, trait_id: int) -> tuple[int, None]:
    """What is computed stays."""
    customer = customer_editable(request, customer_id)
    found = Trait.objects.filter(pk=trait_id, customer=customer, source__in=services.SAID).first()
    if found is None:
        raise Http404
    services.trait_remove(actor=request.actor, trait=found)
    return 204, None
