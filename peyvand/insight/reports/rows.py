"""The rows behind a number as records that one can open: orders, contracts, contacts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.memory.commerce.models import Contract, Order
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction


@dataclass(frozen=True)
class Opened:
    """A row as the list shows it; `url` is empty where there is nothing to open. `day` is a day or a moment (UTC)."""

    pk: int
    name: str
    url: str
    customer: Customer | None
    day: Any
    amount: Money | None


@dataclass(frozen=True)
class RowKind:
    """The records that a fact's rows are, or belong to: `path` is the column with their id, "" the fact's own key."""

    label: Label
    model: type[Order | Contract | Interaction]
    path: str = ""

    def found(self, actor: Actor, ids: Sequence[int]) -> QuerySet[Any]:
        """Those of the records that the actor may see."""
        of: Any = self.model.objects
        rows: QuerySet[Any] = of.visible_to(actor).filter(pk__in=ids).select_related("customer")
        return rows

    @property
    def order(self) -> tuple[str, str]:
        """Newest first."""
        day = {Order: "-placed_at", Contract: "-starts_on"}.get(self.model, "-at")
        return day, "-id"


_ORDERS, _CONTRACTS, _CONTACTS = _("Orders"), _("Contracts"), _("Contacts")
KINDS: Mapping[str, RowKind] = {
    "orders": RowKind(_ORDERS, Order),
    "order_lines": RowKind(_ORDERS, Order, "order_id"),
    "order_charges": RowKind(_ORDERS, Order, "order_id"),
    "payments": RowKind(_ORDERS, Order, "order_id"),
    "web_baskets": RowKind(_ORDERS, Order, "order_id"),
    "contracts": RowKind(_CONTRACTS, Contract),
    "contract_periods": RowKind(_CONTRACTS, Contract, "contract_id"),
    "interactions": RowKind(_CONTACTS, Interaction),
}


def opened(row: Any, *, people: Mapping[int, Customer]) -> Opened:
    """A record as the list shows it; its customer only where the reader may see them (`people`, by id)."""
    customer = people.get(row.customer_id)
    if isinstance(row, Order):
        url = reverse("commerce:order", args=[row.pk])
        return Opened(row.pk, row.number, url, customer, row.placed_at, Money(row.total_minor, row.currency))
    if isinstance(row, Contract):
        url = reverse("commerce:contract", args=[row.pk])
        return Opened(row.pk, row.number, url, customer, row.starts_on, Money(row.fee_minor, row.currency))
    kind = registry.get(InteractionKind, row.kind).label if registry.has(InteractionKind, row.kind) else row.kind
    cost = Money(row.cost_minor, row.cost_currency) if row.cost_minor is not None and row.cost_currency else None
    url = reverse("customers:one", args=[customer.pk]) if customer else ""
    return Opened(row.pk, str(kind), url, customer, row.at, cost)
