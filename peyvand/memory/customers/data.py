"""What the verbs take."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from peyvand.foundation.registry.declarations import Label
from peyvand.memory.customers.models import CustomerKind


@dataclass(frozen=True)
class IdentityData:
    """A phone, e-mail or code as typed. `system` is the messenger or the other system, "" for phone and e-mail."""

    kind: str
    value: str
    system: str = ""
    label: str = ""
    is_primary: bool = False


@dataclass(frozen=True, kw_only=True)
class CustomerData:
    """A new customer. A person's `name` may be left out when the parts are given, and the other way round."""

    kind: str = CustomerKind.PERSON
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
    custom: Mapping[str, Any] = field(default_factory=dict)  # by key, as typed or in their types
    owner_id: int | None = None
    team_id: int | None = None
    parent_id: int | None = None
    identities: Sequence[IdentityData] = ()
    tags: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class CustomerRow:
    """One of many: a change of the customer `id`, or of the one who has the identity `match`; else somebody new.

    `values` are fields by name, as customer_update takes them; `identities` and `tags` are added to those that are
    there. `version` is what the one who changes has read.
    """

    values: Mapping[str, Any]
    id: int | None = None
    match: IdentityData | None = None
    version: int | None = None
    identities: Sequence[IdentityData] = ()
    tags: Sequence[str] = ()


@dataclass(frozen=True)
class RowResult:
    """What became of a row: created, updated, unchanged, or refused with `errors` by field ("" for the whole)."""

    status: str
    customer_id: int | None = None
    errors: Mapping[str, Label] = field(default_factory=dict)


@dataclass(frozen=True)
class SavedRows:
    """The results in the rows' order, and the change set that takes all of them back (None when nothing changed)."""

    results: Sequence[RowResult]
    change_set_id: int | None


@dataclass(frozen=True)
class ExternalCustomer:
    """Somebody whom another system knows by `key`; what is left out isn't known. `name` falls back on the key."""

    key: str
    name: str = ""
    city: str = ""
    country: str = ""
    phone: str = ""
    email: str = ""
    kind: str = CustomerKind.PERSON


@dataclass(frozen=True)
class TraitRow:
    """A trait to write; `number` of an amount is in whole units of `currency` (toman and cents are not units)."""

    customer_id: int
    name: str
    text: str = ""
    number: Decimal | None = None
    currency: str = ""
    at: date | None = None
