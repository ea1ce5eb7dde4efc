"""Reads of profitability, of scores that were asked for, and of the share of wallet; costs need their own right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.value import queries
from peyvand.insight.value.models import Basis, OrderCharge, Scoring, ScoringCustomer, Snapshot, SnapshotCustomer
from peyvand.insight.value.wallet import STATED, share
from peyvand.memory.commerce.access import COSTS_VIEW, ORDERS_VIEW
from peyvand.memory.commerce.models import Order
from peyvand.memory.customers import queries as customers
from peyvand.memory.customers.models import Customer, Trait

BY_NET = ("net_minor", "id")
MOST_STATED = 2_000  # customers whose statements a page compares
OLD_DAYS = 730  # a statement of longer ago is said to be old


def figures(*, actor: Actor, snapshot: Snapshot) -> dict[str, Any] | None:
    """What a snapshot says of profitability; None of one from before costs were."""
    actor.require("insight.view")
    actor.require(COSTS_VIEW)
    found: dict[str, Any] | None = snapshot.payload.get("profit")
    return found


def people(
    *, actor: Actor, snapshot: Snapshot, rfm_class: str = "", source: str | None = None, tenth: int = 0,
    loss: bool = False,
) -> QuerySet[SnapshotCustomer]:  # fmt: skip
    """Customers behind a number of the page, of those whom the actor may see; the least net first."""
    actor.require("insight.view")
    actor.require(COSTS_VIEW)
    found = SnapshotCustomer.objects.filter(
        snapshot=snapshot, net_minor__isnull=False, customer__in=Customer.objects.visible_to(actor)
    )
    if rfm_class:
        found = found.filter(rfm_class=rfm_class)
    if source is not None and not actor.hides("customer.source"):
        found = found.filter(customer__source=source)
    if loss:
        found = found.filter(net_minor__lt=0)
    if tenth:
        rows = snapshot.payload.get("profit", {}).get("tenths", [])
        group = next((row for row in rows if row["tenth"] == tenth), None)
        if group is None:
            return found.none()
        (top, first), (low, last) = group["first"], group["last"]
        found = found.filter(
            Q(net_minor__lt=top) | Q(net_minor=top, customer_id__gte=first),
            Q(net_minor__gt=low) | Q(net_minor=low, customer_id__lte=last),
        )
    return found.select_related("customer", "snapshot").order_by(*BY_NET)


def of_customer(*, actor: Actor, customer_id: int) -> list[SnapshotCustomer]:
    """A customer's newest figures with costs, one a currency; [] without the rights."""
    return with_costs(actor=actor, rows=queries.of_customer(actor=actor, customer_id=customer_id))


def with_costs(*, actor: Actor, rows: Sequence[SnapshotCustomer]) -> list[SnapshotCustomer]:
    """Those of a customer's figures that were computed with costs; [] for who may not see costs."""
    return [row for row in rows if row.net_minor is not None] if actor.may(COSTS_VIEW) else []


def of_order(*, actor: Actor, order: Order) -> OrderCharge | None:
    """What an order was charged at the last computation; None without the rights, or where that is nothing."""
    if not actor.may(COSTS_VIEW):
        return None
    return OrderCharge.objects.filter(order__in=Order.objects.visible_to(actor), order=order).first()


def scoring(*, actor: Actor, as_of: date, currency: str, window_days: int, basis: str) -> Scoring | None:
    """The scores of that window and basis, where they were computed."""
    actor.require("insight.view")
    if basis != Basis.REVENUE:
        actor.require(COSTS_VIEW)
    return Scoring.objects.filter(
        demo=actor.demo, as_of=as_of, currency=currency, window_days=window_days, basis=basis
    ).first()


def scored(*, actor: Actor, scoring: Scoring, rfm_class: str = "") -> QuerySet[ScoringCustomer]:
    """The people behind it, of those whom the actor may see, the greatest amount first."""
    actor.require("insight.view")
    found = ScoringCustomer.objects.filter(scoring=scoring, customer__in=Customer.objects.visible_to(actor))
    if rfm_class:
        found = found.filter(rfm_class=rfm_class)
    return found.select_related("customer", "scoring").order_by("-amount_minor", "id")


@dataclass(frozen=True)
class Wallet:
    """What a customer spends on such things a year, as they said on `day`, and what of it with us in the year that ends
    with the figures' day. `share` is None where nothing was stated above zero; above 1 the statement is too low.
    """

    customer: Customer
    stated: Money
    own: Money
    share: float | None
    day: date | None
    old: bool

    @property
    def gap(self) -> Money:
        """What they spend elsewhere; never below zero."""
        return Money(max(0, self.stated.minor - self.own.minor), self.stated.currency)


def wallet_of(*, actor: Actor, customer: Customer, rows: Sequence[SnapshotCustomer]) -> Wallet | None:
    """The share of wallet of a customer who was found by right, with their newest figures as `queries.of_customer`
    gives them; None where nothing was stated, or orders may not be seen.
    """
    if not actor.may(ORDERS_VIEW):
        return None
    trait = next((one for one in customers.traits_of(customer, actor=actor) if one.name == STATED), None)
    if trait is None:
        return None
    own = next((row for row in rows if row.snapshot.currency == trait.currency), None)
    return _wallet(trait, customer, own)


def wallets(*, actor: Actor, snapshot: Snapshot) -> list[Wallet]:
    """Of customers who stated their spending in the snapshot's currency, the largest gap first; at most MOST_STATED,
    those who stated most.
    """
    actor.require("insight.view")
    actor.require(ORDERS_VIEW)
    traits = Trait.objects.filter(
        demo=actor.demo, name=STATED, currency=snapshot.currency, number__gt=0,
        customer__in=Customer.objects.visible_to(actor),
    ).select_related("customer").order_by("-number", "-customer_id")[:MOST_STATED]  # fmt: skip
    kept = list(traits)
    rows = SnapshotCustomer.objects.filter(snapshot=snapshot, customer__in=[trait.customer_id for trait in kept])
    of = {row.customer_id: row for row in rows}
    made = [_wallet(trait, trait.customer, of.get(trait.customer_id), as_of=snapshot.as_of) for trait in kept]
    return sorted((one for one in made if one is not None), key=lambda one: -one.gap.minor)


def _wallet(
    trait: Trait, customer: Customer, row: SnapshotCustomer | None, *, as_of: date | None = None
) -> Wallet | None:
    if trait.number is None or not is_currency(trait.currency):
        return None
    stated = Money.from_decimal(Decimal(trait.number), trait.currency)
    own = Money(row.monetary_minor if row is not None else 0, trait.currency)
    now = row.snapshot.as_of if as_of is None and row is not None else as_of
    old = trait.at is not None and now is not None and now - trait.at > timedelta(days=OLD_DAYS)
    return Wallet(customer, stated, own, share(own=own.minor, stated=stated.minor), trait.at, old)
