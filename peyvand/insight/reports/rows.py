"""The rows behind a number as records that one can open: those that a room has declared for the fact (`RecordList`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Record, RecordList
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.models import Customer


@dataclass(frozen=True)
class RowKind:
    """The records that a fact's rows are, or belong to: `path` is the column with their id, "" the fact's own key."""

    records: RecordList
    path: str = ""

    def found(self, actor: Actor, ids: Sequence[int], *, narrowly: bool) -> QuerySet[Any]:
        """Those of the records that the actor may see; `narrowly` none of customers whom they may not see, since the
        question says something of these.
        """
        rows = self.records.found(actor, ids)
        if narrowly:
            seen, person = Customer.objects.visible_to(actor).values("pk"), self.records.person
            rows = rows.filter(Q(**{f"{person}__isnull": True}) | Q(**{f"{person}__in": seen}))
        return rows


def kind_of(fact: str) -> RowKind | None:
    """The records behind numbers over a fact, where a room has declared some."""
    if registry.has(RecordList, fact):
        return RowKind(registry.get(RecordList, fact))
    return next((RowKind(one, one.also[fact]) for one in registry.all(RecordList) if fact in one.also), None)


@dataclass(frozen=True)
class Opened:
    """A record as the page lists it; its customer only where the reader may see them."""

    pk: int
    name: str
    url: str
    customer: Customer | None
    day: Any
    amount: Money | None
    words: str


def opened(record: Record, *, people: Mapping[int, Customer]) -> Opened:
    """What has no page of its own opens its customer's, where the reader may see them (`people`, by id)."""
    customer = people.get(record.person or 0)
    url = record.url or (reverse("customers:one", args=[customer.pk]) if customer else "")
    amount = record.last if isinstance(record.last, Money) else None
    return Opened(record.pk, record.name, url, customer, record.day, amount, "" if amount else str(record.last))
