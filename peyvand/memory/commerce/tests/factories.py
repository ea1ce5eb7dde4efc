"""Made-up customers, products and orders for the tests of this room and of those above."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from itertools import count

from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.memory.commerce.models import Order, Product
from peyvand.memory.commerce.services import LineData, ProductData, order_place, product_save
from peyvand.memory.commerce.services.discounts import DiscountData
from peyvand.memory.customers.models import Customer

_numbers = count(1)
ALL = dict.fromkeys(("customers.view", "customers.edit", "orders.view", "orders.edit"), Scope.ALL)


def an_actor(grants: Mapping[str, Scope] | None = None, *, user_id: int | None = None, demo: bool = False) -> Actor:
    """Somebody with these rights and no others; with all rights over orders unless said."""
    return Actor(user_id=user_id, name="آزمون", grants=ALL if grants is None else grants, demo=demo)


def a_customer(*, name: str = "مریم رستگار", demo: bool = False, owner_id: int | None = None) -> Customer:
    """A customer's row, written directly."""
    return Customer.objects.create(name=name, demo=demo, owner_id=owner_id, search_key=name, sort_key=name)


def a_product(*, price: str = "12.50", cost: str | None = None, currency: str = "EUR", demo: bool = False) -> Product:
    """A product on sale."""
    number = next(_numbers)
    return product_save(
        actor=system_actor(demo=demo),
        data=ProductData(
            sku=f"T-{number}",
            name=f"چای {number}",
            currency=currency,
            unit_price=Decimal(price),
            unit_cost=None if cost is None else Decimal(cost),
        ),
    )


def an_order(
    *lines: tuple[str, str], customer: Customer | None = None, currency: str = "EUR", demo: bool = False,
    discount: DiscountData | None = None,
) -> Order:  # fmt: skip
    """A sale of (quantity, price) lines."""
    return order_place(
        actor=system_actor(demo=demo),
        customer=customer,
        lines=[
            LineData(quantity=Decimal(quantity), unit_price=Decimal(price), description="چای")
            for quantity, price in lines or [("1", "10")]
        ],
        currency=currency,
        discount=discount,
    )
