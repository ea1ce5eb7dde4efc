"""The reads of orders. All take the actor and show what they may see; sums stand apart by currency."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet, Sum

from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.ui.lists import capped_count
from peyvand.memory.commerce.access import ORDERS_VIEW, customers_within, order_scope
from peyvand.memory.commerce.models import Order, OrderKind, OrderLine, OrderStatus, Payment
from peyvand.memory.customers.models import Customer

VIEWS = ("all", "unpaid", "returns", "anonymous")
NEWEST_FIRST = ("-placed_at", "-id")
SUMMED_AT_MOST = 50_000  # rows of a list that are summed at its foot


@dataclass(frozen=True)
class OrderFilter:
    """What a list of orders is narrowed to; empty values narrow nothing. `since` and `until` are instants, until
    excluded.
    """

    view: str = "all"
    text: str = ""
    kind: str = ""
    status: str = ""
    currency: str = ""
    channel: str = ""
    customer_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class CurrencyTotal:
    """Σ totals of orders in one currency, in minor units, and the taxes in them; cancelled ones are left out."""

    currency: str
    orders: int
    total_minor: int
    tax_minor: int


def unpaid() -> Q:
    """Sales that stand, whose payments we are told of, and of which something is due."""
    return Q(
        kind=OrderKind.SALE,
        status__in=(OrderStatus.PLACED, OrderStatus.DELIVERED),
        tracks_payment=True,
        paid_minor__lt=F("total_minor") + F("returned_minor"),
    )


def orders(*, actor: Actor, chosen: OrderFilter | None = None) -> QuerySet[Order]:
    """The orders that the actor may see, narrowed; order them by NEWEST_FIRST for pages."""
    actor.require(ORDERS_VIEW)
    chosen = chosen or OrderFilter()
    found = Order.objects.visible_to(actor)
    match chosen.view:
        case "unpaid":
            found = found.filter(unpaid())
        case "returns":
            found = found.filter(kind=OrderKind.RETURN)
        case "anonymous":
            found = found.filter(customer=None)
    for name in ("kind", "status", "currency", "channel", "customer_id"):
        value = getattr(chosen, name)
        if value:
            found = found.filter(**{name: value})
    if chosen.since is not None:
        found = found.filter(placed_at__gte=chosen.since)
    if chosen.until is not None:
        found = found.filter(placed_at__lt=chosen.until)
    if chosen.text.strip():
        found = found.filter(_said(actor=actor, text=chosen.text))
    return found


def _said(*, actor: Actor, text: str) -> Q:
    """Text with a digit in it begins a number; other text is part of the customer's name."""
    number = latin_digits(clean(text))
    if any(letter.isdigit() for letter in number):
        return Q(number__startswith=number) | Q(number__startswith=number.upper())
    customers = customers_within(actor, ORDERS_VIEW).filter(search_key__contains=fa_key(text))
    return Q(customer_id__in=customers.values("pk"))


def order_get(*, actor: Actor, order_id: int) -> Order:
    """One order with its customer and origin; Order.DoesNotExist outside the actor's reach."""
    actor.require(ORDERS_VIEW)
    return Order.objects.visible_to(actor).select_related("customer", "origin").get(pk=order_id)


def lines_of(*, order: Order) -> list[OrderLine]:
    """The order's lines with their products, price lists and rates of tax, in their order."""
    return list(order.items.select_related("product", "price_list", "tax_rate").order_by("position"))


def payments_of(*, order: Order) -> list[Payment]:
    """The order's payments and refunds, oldest first."""
    return list(order.payments.order_by("at", "pk"))


def totals(*, found: QuerySet[Order]) -> list[CurrencyTotal] | None:
    """Sums by currency of what a list shows, or None when it is too long to sum while somebody waits."""
    _, more = capped_count(found, SUMMED_AT_MOST)
    if more:
        return None
    rows = (
        found.exclude(status=OrderStatus.CANCELLED)
        .order_by()
        .values("currency")
        .annotate(count=Count("pk"), sum_minor=Sum("total_minor"), taxes=Sum("tax_minor"))
        .order_by("currency")
    )
    return [CurrencyTotal(row["currency"], row["count"], row["sum_minor"], row["taxes"]) for row in rows]


def customer_orders(*, actor: Actor, customer: Customer) -> QuerySet[Order]:
    """A customer's orders, newest first."""
    return orders(actor=actor, chosen=OrderFilter(customer_id=customer.pk)).order_by(*NEWEST_FIRST)


def open_orders(*, actor: Actor, customer: Customer) -> QuerySet[Order]:
    """What is in progress with a customer: not delivered yet, or not wholly paid."""
    return customer_orders(actor=actor, customer=customer).filter(
        (Q(kind=OrderKind.SALE, status=OrderStatus.PLACED)) | unpaid()
    )


def may_see_anonymous(actor: Actor) -> bool:
    """Whether the actor sees orders of nobody known."""
    return order_scope(actor) is Scope.ALL
