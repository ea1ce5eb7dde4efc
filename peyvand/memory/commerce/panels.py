"""What commerce puts on other screens: a customer's orders, what is in progress with them, the latest orders of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Hit
from peyvand.foundation.ui.lists import capped_count
from peyvand.memory.commerce import queries
from peyvand.memory.commerce.access import ORDERS_VIEW, PRODUCTS_VIEW
from peyvand.memory.commerce.queries import NEWEST_FIRST, OrderFilter, ProductFilter
from peyvand.memory.customers.models import Customer

SHOWN = 25  # orders in a customer's tab; the list has the rest
IN_PROGRESS = 5
RECENT = 7


def customer_tab(actor: Actor, subject: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The tab "orders" of a customer's page, with how many there are."""
    if not isinstance(subject, Customer):
        return None
    found = queries.customer_orders(actor=actor, customer=subject)
    count, more = capped_count(found)
    return {"count": count, "more": more, "orders": list(found[:SHOWN]), "customer": subject, "shown": SHOWN}


def in_progress(actor: Actor, subject: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Orders on their way to a customer, or not wholly paid."""
    if not isinstance(subject, Customer):
        return None
    found = list(queries.open_orders(actor=actor, customer=subject)[:IN_PROGRESS])
    return {"orders": found} if found else None


def recent(actor: Actor, subject: Any, query: Mapping[str, str]) -> Mapping[str, Any] | None:
    """The latest sales and returns."""
    found = queries.orders(actor=actor).exclude(kind="adjustment").select_related("customer").order_by(*NEWEST_FIRST)
    rows = list(found[:RECENT])
    return {"orders": rows} if rows else None


def find_orders(actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Orders by the beginning of their number, for the palette."""
    if not any(letter.isdigit() for letter in text) or not actor.may(ORDERS_VIEW):
        return []
    found = queries.orders(actor=actor, chosen=OrderFilter(text=text)).select_related("customer")
    return [
        Hit(
            title=order.number,
            subtitle=order.customer.name if order.customer else "",
            icon="shopping-bag",
            url=reverse("commerce:order", args=[order.pk]),
        )
        for order in found.order_by(*NEWEST_FIRST)[:limit]
    ]


def find_products(actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Products by a part of code or name, for the palette."""
    if not actor.may(PRODUCTS_VIEW):
        return []
    return [
        Hit(
            title=product.name,
            subtitle=product.sku,
            icon="package",
            url=reverse("commerce:product", args=[product.pk]),
        )
        for product in queries.products(actor=actor, chosen=ProductFilter(text=text)).order_by("name", "pk")[:limit]
    ]
