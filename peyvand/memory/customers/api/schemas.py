"""What programs send and get of customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from peyvand.foundation.ui.rest import Given, Id, Text, example
from peyvand.memory.customers import queries
from peyvand.memory.customers.models import Customer, CustomerTag, Identity, IdentityKind, Trait

Kind = Literal["person", "organisation"]
Language = Literal["", "fa", "en"]
Birth = Annotated[date | None, Field(description="Gregorian.")]
Custom = Annotated[
    dict[str, Any], Field(max_length=200, description="Custom fields by key; null takes a value out. See /fields.")
]


class IdentityOut(Schema):
    """A phone, e-mail or code; `key` is how it is compared, `verified_…` when, how and by whom it was proved theirs."""

    id: int
    kind: str
    system: str
    value: str
    key: str
    label: str
    is_primary: bool
    verified_at: datetime | None
    verified_how: str
    verified_by_id: int | None
    verified_note: str


class TraitOut(Schema):
    """What is computed or said of the customer; `number` of an amount in whole units of `currency`.

    `source` is staff, import, api, or what computes it; `by_name` the colleague who said it.
    """

    id: int
    name: str
    text: str
    number: Decimal | None
    currency: str
    at: date | None
    source: str
    by_name: str
    computed_at: datetime


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
    def resolve_traits(customer: Customer, context: Any) -> list[Trait]:
        return queries.traits_of(customer, actor=context["request"].actor)


class CustomerPage(Schema):
    """A page; `next` is the cursor of the page after, null at the end."""

    items: list[CustomerOut]
    next: str | None


class IdentityIn(Given):
    """A phone, e-mail or code as typed; `system` names the messenger or the other system."""

    model_config = example({"kind": "phone", "value": "0912 345 6789", "label": "Work"})

    kind: str = Field(description=f"One of: {', '.join(IdentityKind.values)}.", max_length=12)
    value: Text = Field(max_length=254)
    system: Text = Field(default="", max_length=40)
    label: Text = Field(default="", max_length=60)
    is_primary: bool = False


class _Fields(Given):
    """What may be said of a customer, new or known."""

    kind: Kind = "person"
    name: Text = Field(default="", description="Whole; of a person it is made of its parts where these are given.")
    honorific: Text = ""
    given_name: Text = ""
    family_name: Text = ""
    job_title: Text = ""
    city: Text = ""
    country: Text = ""
    birth_date: Birth = None
    language: Language = ""
    stage: Text = ""
    note: Text = ""
    custom: Custom = Field(default_factory=dict)
    owner_id: Id | None = None
    team_id: Id | None = None
    parent_id: Id | None = Field(default=None, description="The organisation that this organisation is a part of.")
    identities: list[IdentityIn] = Field(default_factory=list, max_length=50)
    tags: list[Text] = Field(default_factory=list, max_length=100)


class CustomerIn(_Fields):
    """A new customer; a person's name or its parts, or at least a phone or an e-mail."""

    model_config = example({
                    "name": "سارا کریمی", "city": "شیراز", "tags": ["وفادار"],
                    "identities": [{"kind": "phone", "value": "09123456789"}],
                })  # fmt: skip

    source: Text = Field(default="", description="Where the record comes from.")


class CustomerChange(_Fields):
    """What is to change; fields that are left out stay. With `version`, 409 when somebody changed it since.

    `identities` and `tags` replace those that are there, where they are given.
    """

    model_config = example({"version": 1, "city": "Shiraz"})

    version: int | None = None


def exact(values: Mapping[str, Any]) -> dict[str, Any]:
    """Custom values with their numbers exact: what JSON gave as 1.1 is 1.1."""
    return {key: Decimal(str(value)) if type(value) in (int, float) else value for key, value in values.items()}
