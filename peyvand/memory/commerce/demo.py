"""The orders of the sample: each customer comes as their life says, more so before Yalda and Nowruz."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import QuerySet

from peyvand.foundation.demo.world import World
from peyvand.foundation.money.currencies import RIALS_A_TOMAN
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.demo_contracts import contracts_write
from peyvand.memory.commerce.demo_costs import costs_write
from peyvand.memory.commerce.demo_deals import Deal, deals_of
from peyvand.memory.commerce.demo_goods import (
    ABROAD,
    GIFTS,
    GOODS,
    POSTAGE,
    WORKSHOP,
    Good,
)
from peyvand.memory.commerce.demo_terms import terms_write
from peyvand.memory.commerce.models import (
    Category,
    Contract,
    Cost,
    CostRate,
    Order,
    OrderKind,
    Payment,
    PaymentKind,
    PriceList,
    Product,
    ProductKind,
    TaxRate,
)
from peyvand.memory.commerce.products import product_key
from peyvand.memory.commerce.timeline import cancelled_row, order_row, payment_row
from peyvand.memory.interactions.services import InteractionRow, record_many

FIRST_NUMBER = 100_001
AT_ONCE = 2_000  # interactions in one statement


def sample_load(actor: Actor, world: World) -> int:
    """Write products, orders, lines, payments and their interactions; gives how many rows, interactions apart."""
    products = _products_write()
    terms = terms_write(world, products)
    deals = sorted(deals_of(world, terms), key=lambda deal: deal.order.placed_at)
    deals += [deal.back for deal in deals if deal.back is not None]
    _number(deals)
    _write(deals, products)
    rows = sorted(_interactions(deals), key=lambda row: row.at)
    for start in range(0, len(rows), AT_ONCE):
        record_many(actor=actor, rows=rows[start : start + AT_ONCE])
    agreed = contracts_write(actor, world) + costs_write(world)
    return agreed + terms.rows + len(products) + sum(1 + len(deal.lines) + len(deal.payments) for deal in deals)


def present(demo: bool) -> list[QuerySet[Any]]:
    """What there may be of the sample, or of one's own."""
    tables = (Order, Contract, Product, Category, PriceList, TaxRate, Cost, CostRate)
    return [table._default_manager.filter(demo=demo) for table in tables]


_REMOVE = (
    "DELETE FROM commerce_cost WHERE demo",
    "DELETE FROM commerce_costrate WHERE demo",
    "DELETE FROM commerce_payment WHERE order_id IN (SELECT id FROM commerce_order WHERE demo)",
    "DELETE FROM commerce_orderline WHERE order_id IN (SELECT id FROM commerce_order WHERE demo)",
    "DELETE FROM commerce_order WHERE demo",
    "DELETE FROM commerce_contractentry WHERE contract_id IN (SELECT id FROM commerce_contract WHERE demo)",
    "DELETE FROM commerce_contract WHERE demo",
    "DELETE FROM commerce_pricelistitem WHERE price_list_id IN (SELECT id FROM commerce_pricelist WHERE demo)",
    "DELETE FROM commerce_pricelist WHERE demo",
    "DELETE FROM commerce_taxtarget WHERE rate_id IN (SELECT id FROM commerce_taxrate WHERE demo)",
    "DELETE FROM commerce_taxrate WHERE demo",
    "DELETE FROM commerce_product WHERE demo",
    "DELETE FROM commerce_category WHERE demo",
)


def sample_remove(actor: Actor) -> int:
    """Remove orders, payments and products of the sample; gives how many rows went."""
    removed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _REMOVE:
            cursor.execute(statement)
            removed += cursor.rowcount if statement.startswith("DELETE") else 0
    return removed


# ── writing ───────────────────────────────────────────────────────────────


def _products_write() -> dict[str, int]:
    kinds = {WORKSHOP.sku: ProductKind.SERVICE, POSTAGE.sku: ProductKind.FEE}
    inland = [
        _product(good, kinds.get(good.sku, ProductKind.GOODS), Decimal(good.toman * RIALS_A_TOMAN), "IRR")
        for good in (*GOODS, *GIFTS, WORKSHOP, POSTAGE)
    ]
    abroad = [_product(good, ProductKind.GOODS, Decimal(good.toman) / 100, "EUR") for good in ABROAD]
    return {product.sku: product.pk for product in Product.objects.bulk_create([*inland, *abroad])}


def _product(good: Good, kind: ProductKind, price: Decimal, currency: str) -> Product:
    product = Product(
        demo=True, sku=good.sku, name=good.name, kind=kind, unit_price=price, currency=currency,
        search_key=product_key(sku=good.sku, name=good.name),
    )  # fmt: skip
    if good.cost is not None:
        product.unit_cost = (price * Decimal(str(good.cost))).quantize(Decimal("0.01"))
    return product


def _ids(table: str, count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count])
        return [pk for (pk,) in cursor.fetchall()]


def _number(deals: Sequence[Deal]) -> None:
    """Numbers, and ids of orders, lines and payments, so that returns and interactions can point to them."""
    for place, (deal, pk) in enumerate(zip(deals, _ids("commerce_order", len(deals)), strict=True)):
        deal.order.pk, deal.order.number = pk, str(FIRST_NUMBER + place)
    lines = [line for deal in deals for line in deal.lines]
    for line, pk in zip(lines, _ids("commerce_orderline", len(lines)), strict=True):
        line.pk = pk
    payments = [payment for deal in deals for payment in deal.payments]
    for payment, pk in zip(payments, _ids("commerce_payment", len(payments)), strict=True):
        payment.pk = pk
    for deal in deals:
        if deal.back is not None:
            (back,) = deal.back.lines
            back.returns = next(line.pk for line in deal.lines if line.good is back.good)


_ORDER = (
    "id", "demo", "number", "customer_id", "kind", "status", "origin_id", "placed_at", "delivered_at", "cancelled_at",
    "currency", "exponent", "channel", "tracks_payment", "note", "source", "version", "discount_percent",
    "discount_reason",
)  # fmt: skip
_LINE = (
    "id", "order_id", "product_id", "returns_id", "position", "description", "quantity", "unit_price", "amount",
    "unit_cost", "price_list_id", "discount", "discount_percent", "discount_reason", "order_discount", "tax_rate_id",
    "tax_percent", "tax_included", "tax",
)  # fmt: skip
_PAYMENT = ("id", "demo", "order_id", "kind", "at", "amount_minor", "currency", "method", "reference")


def _write(deals: Sequence[Deal], products: dict[str, int]) -> None:
    for deal in deals:
        if deal.back is not None:
            deal.back.order.origin_id = deal.order.pk
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY commerce_order ({', '.join(_ORDER)}) FROM STDIN") as copy:
            for deal in deals:
                copy.write_row([getattr(deal.order, name) for name in _ORDER])
        sales = [deal for deal in deals if deal.order.kind == OrderKind.SALE]
        payments = [payment for deal in deals for payment in deal.payments]
        _lines_write(cursor, sales, products)
        # In the order of life: nothing is paid for what has come back already.
        _payments_write(cursor, [payment for payment in payments if payment.kind == PaymentKind.PAYMENT])
        _lines_write(cursor, [deal for deal in deals if deal.order.kind == OrderKind.RETURN], products)
        _payments_write(cursor, [payment for payment in payments if payment.kind == PaymentKind.REFUND])


def _lines_write(cursor: CursorWrapper, deals: Sequence[Deal], products: dict[str, int]) -> None:
    with cursor.copy(f"COPY commerce_orderline ({', '.join(_LINE)}) FROM STDIN") as copy:
        for deal in deals:
            for position, line in enumerate(deal.lines, 1):
                rate = line.rate
                copy.write_row(
                    (line.pk, deal.order.pk, products[line.good.sku], line.returns, position, line.good.name,
                     line.quantity, line.price, line.amount, line.cost, line.price_list_id, line.discount, line.percent,
                     line.reason, line.order_discount, rate and rate.pk, rate and rate.percent, rate is not None,
                     line.tax(deal.order.exponent))
                )  # fmt: skip


def _payments_write(cursor: CursorWrapper, payments: Sequence[Payment]) -> None:
    with cursor.copy(f"COPY commerce_payment ({', '.join(_PAYMENT)}) FROM STDIN") as copy:
        for payment in payments:
            payment.order_id = payment.order.pk
            copy.write_row([getattr(payment, name) for name in _PAYMENT])


def _interactions(deals: Sequence[Deal]) -> Iterator[InteractionRow]:
    for deal in deals:
        origin = deal.order.origin
        yield order_row(deal.order, origin=origin.number if origin is not None else "")
        if deal.cancelled_at is not None:
            yield cancelled_row(deal.order, at=deal.cancelled_at)
        for payment in deal.payments:
            yield payment_row(deal.order, payment)
