"""The reads of commerce. All take the actor and show what they may see; sums stand apart by currency."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, F, Q, QuerySet, Sum

from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.ui.lists import capped_count
from peyvand.memory.commerce.access import ORDERS_VIEW, PRODUCTS_VIEW, customers_within, order_scope
from peyvand.memory.commerce.models import Order, OrderKind, OrderLine, OrderStatus, Payment, Product
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
    """Σ totals of orders in one currency, in minor units; cancelled ones are left out."""

    currency: str
    orders: int
    total_minor: int


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
    """The order's lines with their products, in their order."""
    return list(order.items.select_related("product").order_by("position"))


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
        .annotate(count=Count("pk"), sum_minor=Sum("total_minor"))
        .order_by("currency")
    )
    return [CurrencyTotal(currency=row["currency"], orders=row["count"], total_minor=row["sum_minor"]) for row in rows]


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


def products(*, actor: Actor, text: str = "", kind: str = "", active: bool | None = None) -> QuerySet[Product]:
    """The products, narrowed by a part of code or name."""
    actor.require(PRODUCTS_VIEW)
    found = Product.objects.visible_to(actor)
    if text.strip():
        found = found.filter(search_key__contains=fa_key(text))
    if kind:
        found = found.filter(kind=kind)
    if active is not None:
        found = found.filter(active=active)
    return found


def product_get(*, actor: Actor, product_id: int) -> Product:
    """One product; Product.DoesNotExist outside the actor's reach."""
    actor.require(PRODUCTS_VIEW)
    return Product.objects.visible_to(actor).get(pk=product_id)


def products_sold(*, actor: Actor, customer: Customer, size: int = 5) -> Sequence[Product]:
    """What a customer bought last, each product once, for filling a new order."""
    lines = (
        OrderLine.objects.filter(order__in=customer_orders(actor=actor, customer=customer).values("pk"))
        .exclude(product=None)
        .order_by("-order__placed_at", "-pk")
        .select_related("product")[: size * 4]
    )
    found = {line.product_id: line.product for line in lines if line.product is not None}
    return list(found.values())[:size]


WRONG_FIGURES = """
SELECT kept.id
  FROM commerce_order kept
  LEFT JOIN (
    SELECT order_id, count(*) AS lines, sum(amount) AS amount, sum(quantity * unit_cost) AS cost,
           bool_and(unit_cost IS NOT NULL) AS cost_known
      FROM commerce_orderline GROUP BY order_id
  ) line ON line.order_id = kept.id
  LEFT JOIN (
    SELECT order_id, sum(CASE kind WHEN 'refund' THEN -amount_minor ELSE amount_minor END) AS paid
      FROM commerce_payment GROUP BY order_id
  ) payment ON payment.order_id = kept.id
  LEFT JOIN (
    SELECT origin_id, sum(total_minor) AS returned FROM commerce_order WHERE status <> 'cancelled' GROUP BY origin_id
  ) back ON back.origin_id = kept.id
 WHERE kept.lines <> coalesce(line.lines, 0)
    OR kept.total_minor <> coalesce(round(line.amount * power(10::numeric, kept.exponent)), 0)
    OR kept.cost_minor IS DISTINCT FROM
       CASE WHEN line.cost_known THEN round(line.cost * power(10::numeric, kept.exponent)) END
    OR kept.paid_minor <> coalesce(payment.paid, 0)
    OR kept.returned_minor <> coalesce(back.returned, 0)
 ORDER BY kept.id LIMIT 100
"""


def wrong_figures() -> list[int]:
    """Ids of orders whose figures do not follow from their lines, payments and returns; none, unless a trigger
    was off.
    """
    with connection.cursor() as cursor:
        cursor.execute(WRONG_FIGURES)
        return [pk for (pk,) in cursor.fetchall()]


def order_numbers(actor: Actor, ids: Collection[int]) -> Mapping[int, str]:
    """The numbers of those orders that the actor may see."""
    return dict(Order.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", "number"))
