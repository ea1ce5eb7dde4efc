"""Orders by line and products as plain rows, in the shapes that can be brought in again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import F

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.access import ORDERS_EXPORT
from peyvand.memory.commerce.models import OrderLine
from peyvand.memory.commerce.queries import OrderFilter, orders, products
from peyvand.memory.customers.models import Identity, IdentityKind

ORDER_HEAD = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "UnitPrice", "InvoiceDate", "CustomerID", "Customer name",
    "Country", "City", "Currency", "UnitCost", "Kind", "Status",
)  # fmt: skip
PRODUCT_HEAD = ("SKU", "Name", "Kind", "UnitPrice", "UnitCost", "Currency", "Active")
CHUNK = 2_000


def order_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[Sequence[object]]:
    """A header, then the lines of every order the actor may see; times in UTC, decimals as given."""
    actor.require(ORDERS_EXPORT)
    yield ORDER_HEAD
    chosen = OrderFilter(
        view=query.get("view", "all"), text=query.get("q", ""), kind=query.get("kind", ""),
        status=query.get("status", ""), currency=query.get("currency", ""), channel=query.get("channel", ""),
    )  # fmt: skip
    lines = (
        OrderLine.objects.filter(order__in=orders(actor=actor, chosen=chosen).values("pk"))
        .select_related("order", "product")
        .annotate(country=F("order__customer__country"), city=F("order__customer__city"))
        .annotate(customer_name=F("order__customer__name"))
    )
    last = 0
    while chunk := list(lines.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        codes = _codes({line.order.customer_id for line in chunk if line.order.customer_id is not None})
        for line in chunk:
            order = line.order
            yield (
                order.number,
                line.product.sku if line.product else "",
                line.description,
                line.quantity,
                line.unit_price,
                order.placed_at,
                codes.get(order.customer_id or 0, ""),
                line.customer_name or "",
                line.country or "",
                line.city or "",
                order.currency,
                line.unit_cost,
                order.kind,
                order.status,
            )
        last = chunk[-1].pk


def _codes(ids: set[int]) -> dict[int, str]:
    """The customers' codes in the shop."""
    found = Identity.objects.filter(customer_id__in=ids, kind=IdentityKind.EXTERNAL).order_by("customer_id", "-pk")
    return {identity.customer_id: identity.value for identity in found}


def product_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[Sequence[object]]:
    """A header, then every product."""
    actor.require(ORDERS_EXPORT)
    yield PRODUCT_HEAD
    found = products(actor=actor, text=query.get("q", ""), kind=query.get("kind", ""))
    last = 0
    while chunk := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        for product in chunk:
            yield (
                product.sku, product.name, product.kind, product.unit_price, product.unit_cost, product.currency,
                product.active,
            )  # fmt: skip
        last = chunk[-1].pk
