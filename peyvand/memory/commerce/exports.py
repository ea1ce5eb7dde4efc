"""Orders by line, products and prices as plain rows, in the shapes that can be brought in again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from django.db.models import F

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.access import ORDERS_EXPORT
from peyvand.memory.commerce.models import OrderLine
from peyvand.memory.commerce.queries import (
    CostFilter,
    OrderFilter,
    ProductFilter,
    costs,
    orders,
    price_list_items,
    price_lists,
    products,
)
from peyvand.memory.commerce.queries.products import tree_of
from peyvand.memory.customers.models import Identity, IdentityKind

ORDER_HEAD = (
    "InvoiceNo", "StockCode", "Description", "Quantity", "UnitPrice", "InvoiceDate", "CustomerID", "Customer name",
    "Country", "City", "Currency", "UnitCost", "Kind", "Status", "Discount", "TaxPercent", "TaxIncluded", "Tax", "Net",
    "PriceList", "Category",
)  # fmt: skip
PRODUCT_HEAD = ("SKU", "Name", "Kind", "UnitPrice", "UnitCost", "Currency", "Active", "Category")
COST_HEAD = (
    "Kind", "Amount", "Currency", "From", "To", "Driver", "Source", "Medium", "Campaign", "Channel", "Order",
    "CustomerID", "SKU", "Impressions", "Clicks", "Leads", "Document", "Note",
)  # fmt: skip
PRICE_HEAD = ("PriceList", "SKU", "Name", "MinQuantity", "Price", "PercentOff", "Currency")
CHUNK = 2_000


def order_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[Sequence[object]]:
    """A header, then the lines of every order the actor may see; times in UTC, decimals as given.

    Discounts are those of the line with its share of the order's. Fields hidden from the actor stay empty.
    """
    actor.require(ORDERS_EXPORT)
    yield ORDER_HEAD
    chosen = OrderFilter(
        view=query.get("view", "all"), text=query.get("q", ""), kind=query.get("kind", ""),
        status=query.get("status", ""), currency=query.get("currency", ""), channel=query.get("channel", ""),
    )  # fmt: skip
    lines = (
        OrderLine.objects.filter(order__in=orders(actor=actor, chosen=chosen).values("pk"))
        .select_related("order", "product", "price_list")
        .annotate(country=F("order__customer__country"), city=F("order__customer__city"))
        .annotate(customer_name=F("order__customer__name"))
    )
    tree = tree_of(demo=actor.demo)
    hides_country, hides_city = actor.hides("customer.country"), actor.hides("customer.city")
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
                "" if hides_country else line.country or "",
                "" if hides_city else line.city or "",
                order.currency,
                line.unit_cost,
                order.kind,
                order.status,
                line.taken_off or "",
                line.tax_percent,
                ("yes" if line.tax_included else "no") if line.tax_percent is not None else "",
                line.tax if line.tax_percent is not None or line.tax else "",
                line.net,
                line.price_list.name if line.price_list else "",
                tree.full(line.product.category_id) if line.product else "",
            )
        last = chunk[-1].pk


def _codes(ids: set[int]) -> dict[int, str]:
    """The customers' codes in the shop."""
    found = Identity.objects.filter(customer_id__in=ids, kind=IdentityKind.EXTERNAL).order_by("customer_id", "-pk")
    return {identity.customer_id: identity.value for identity in found}


def product_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[Sequence[object]]:
    """A header, then every product that the query asks for."""
    actor.require(ORDERS_EXPORT)
    yield PRODUCT_HEAD
    found = products(actor=actor, chosen=product_filter(query))
    tree = tree_of(demo=actor.demo)
    last = 0
    while chunk := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        for product in chunk:
            yield (
                product.sku, product.name, product.kind, product.unit_price, product.unit_cost, product.currency,
                product.active, tree.full(product.category_id),
            )  # fmt: skip
        last = chunk[-1].pk


def product_filter(query: Mapping[str, str]) -> ProductFilter:
    """What an address narrows the products to."""
    category = query.get("category", "")
    return ProductFilter(
        text=query.get("q", "").replace("\0", "")[:100],
        kind=query.get("kind", ""),
        category_id=int(category) if category.isascii() and category.isdigit() and len(category) < 19 else None,
    )


def price_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[Sequence[object]]:
    """A header, then what stands in the price lists, or in the one that `list` names by its id."""
    actor.require(ORDERS_EXPORT)
    yield PRICE_HEAD
    one = query.get("list", "")
    for price_list in price_lists(actor=actor):
        if one and str(price_list.pk) != one:
            continue
        items = price_list_items(price_list=price_list).order_by("product__sku", "min_quantity", "pk")
        for item in items.iterator(CHUNK):
            yield (
                price_list.name, item.product.sku if item.product else "", item.product.name if item.product else "",
                item.min_quantity, item.price, item.percent_off, price_list.currency,
            )  # fmt: skip


def cost_rows(actor: Actor, query: Mapping[str, str]) -> Iterator[Sequence[object]]:
    """A header, then the costs that the query asks for, of those that the actor may see; amounts in whole units."""
    chosen = CostFilter(
        view=query.get("view", "all"), kind=query.get("kind", ""), source=query.get("source", "").replace("\0", ""),
        text=query.get("q", "").replace("\0", ""),
    )  # fmt: skip
    found = costs(actor=actor, chosen=chosen).select_related("order", "product")
    yield COST_HEAD
    last = 0
    while chunk := list(found.filter(pk__gt=last).order_by("pk")[:CHUNK]):
        codes = _codes({cost.customer_id for cost in chunk if cost.customer_id is not None})
        for cost in chunk:
            yield (
                cost.kind, Money(cost.amount_minor, cost.currency).to_decimal(), cost.currency, cost.day_from,
                cost.day_to, cost.driver, cost.source, cost.medium, cost.campaign, cost.channel,
                cost.order.number if cost.order else "", codes.get(cost.customer_id or 0, ""),
                cost.product.sku if cost.product else "", cost.impressions, cost.clicks, cost.leads, cost.document,
                cost.note,
            )  # fmt: skip
        last = chunk[-1].pk
