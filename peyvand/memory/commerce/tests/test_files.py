"""What goes out can come in again: discounts and taxes of lines, categories of products, prices of lists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.changes.services import undo as undo_set
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.foundation.transfer.shapes import Problem, Row, Writer
from peyvand.memory.commerce import exports
from peyvand.memory.commerce.imports.orders import OrderWriter
from peyvand.memory.commerce.imports.prices import PriceWriter
from peyvand.memory.commerce.imports.products import ProductWriter
from peyvand.memory.commerce.models import Category, Order, OrderLine, PriceListItem, Product
from peyvand.memory.commerce.queries import categories, wrong_figures
from peyvand.memory.commerce.services import (
    DiscountData,
    ItemData,
    LineData,
    PriceListData,
    ProductData,
    TaxRateData,
    category_save,
    item_save,
    order_place,
    order_return,
    price_list_save,
    product_save,
    tax_rate_save,
)
from peyvand.memory.commerce.tests.factories import ALL, a_customer, a_product, an_actor, an_order

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
AT = datetime(2026, 3, 21, 9, tzinfo=UTC)


def bring_in(writer: type[Writer], rows: list[Mapping[str, Any]]) -> tuple[list[Problem], int]:
    """As the engine does, in one batch; gives the problems and the change set."""
    with change_set(actor=ACTOR, kind="import", title="آزمون") as done:
        made = writer(ACTOR, {"currency": "EUR", "tz": "Asia/Tehran"})  # type: ignore[call-arg]
        made.prepare()
        made.write([Row(place, row) for place, row in enumerate(rows, 1)])
        made.finish()
    return made.problems, done.pk


def told(rows: Iterator[Any]) -> list[dict[str, Any]]:
    head, *lines = rows
    return [dict(zip(head, line, strict=True)) for line in lines]


def line(number: str, quantity: str, price: str, **more: str | bool) -> dict[str, Any]:
    terms = {name: value if isinstance(value, bool) else Decimal(value) for name, value in more.items()}
    values = {"number": number, "sku": "A", "description": "TEA", "quantity": Decimal(quantity), "placed_at": AT}
    return {**values, "unit_price": Decimal(price), **terms}


def test_discounts_and_taxes_of_a_file_are_kept_as_its_invoices_say() -> None:
    tax_rate_save(actor=ACTOR, data=TaxRateData("مالیات", "", Decimal(50), date(2020, 1, 1)))  # of no matter here
    problems, _ = bring_in(
        OrderWriter,
        [
            line("1", "2", "10", discount="2", tax_percent="10"),
            line("1", "1", "5"),
            line("2", "1", "110", tax_percent="10", tax_included=True),
            line("3", "1", "10", tax="0.994"),  # as their till rounds
            line("4", "-1", "10", discount="1", tax="0.9", tax_percent="10"),
            line("5", "1", "10", discount="11"),
            line("6", "1", "10", tax_percent="101"),
            line("7", "1", "10", tax="11"),
            line("8", "1", "-10", discount="1"),
        ],
    )
    assert [(problem.row, problem.reason) for problem in problems] == [
        (6, "commerce.discount_too_large"), (7, "commerce.bad_tax_percent"), (8, "commerce.tax_too_large"),
        (9, "commerce.discount_too_large"),
    ]  # fmt: skip
    sums = {
        order.number: (order.net_minor, order.tax_minor, order.total_minor, order.discount_minor)
        for order in Order.objects.all()
    }
    assert sums == {
        "1": (2300, 180, 2480, 200), "2": (10000, 1000, 11000, 0), "3": (1000, 99, 1099, 0),
        "4": (-900, -90, -990, -100),
    }  # fmt: skip
    assert Order.objects.get(number="4").kind == "return"
    assert wrong_figures() == []


def test_orders_go_out_and_come_in_again_with_the_same_sums() -> None:
    tax_rate_save(actor=ACTOR, data=TaxRateData("مالیات", "", Decimal("9.5"), date(2020, 1, 1)))
    tea = a_product(price="19.995")
    order = order_place(
        actor=ACTOR, customer=None, currency="EUR", discount=DiscountData("آشنا", amount=Decimal("1.01")),
        lines=[
            LineData(Decimal(3), product_id=tea.pk, discount=DiscountData("جشنواره", percent=Decimal("7.5"))),
            LineData(Decimal(1), description="پیک", unit_price=Decimal("3.33")),
        ],
    )  # fmt: skip
    order_return(actor=ACTOR, order_id=order.pk, quantities={order.items.get(position=1).pk: Decimal(1)})
    out = told(exports.order_rows(ACTOR, {}))
    figures = ("kind", "currency", "total_minor", "tax_minor", "discount_minor", "lines")
    before = sorted(Order.objects.values_list(*figures))
    OrderLine.objects.exclude(returns=None).delete()
    OrderLine.objects.all().delete()
    Order.objects.exclude(origin=None).delete()
    Order.objects.all().delete()
    names = {
        "InvoiceNo": "number", "StockCode": "sku", "Description": "description", "Quantity": "quantity",
        "UnitPrice": "unit_price", "InvoiceDate": "placed_at", "Currency": "currency", "Discount": "discount",
        "TaxPercent": "tax_percent", "TaxIncluded": "tax_included", "Tax": "tax",
    }  # fmt: skip
    rows = [
        {
            names[title]: value == "yes" if title == "TaxIncluded" else value
            for title, value in row.items()
            if title in names and value not in ("", None)
        }
        for row in out
    ]
    problems, _ = bring_in(OrderWriter, rows)
    assert not problems
    assert sorted(Order.objects.values_list(*figures)) == before


def test_products_go_out_and_come_in_again_with_their_categories() -> None:
    drinks = category_save(actor=ACTOR, name_fa="نوشیدنی", name_en="Drinks")
    tea = category_save(actor=ACTOR, name_fa="چای", name_en="", parent_id=drinks.pk)
    product_save(actor=ACTOR, data=ProductData("T", "چای", "EUR", unit_price=Decimal(1), category_id=tea.pk))
    with override("en"):
        (out,) = told(exports.product_rows(ACTOR, {"category": str(drinks.pk)}))
    assert out["Category"] == "Drinks › چای"
    assert told(exports.product_rows(ACTOR, {"category": str(10**9)})) == []
    problems, undone = bring_in(
        ProductWriter,
        [
            {"sku": "T", "category": "Drinks"},
            {"sku": "G", "category": "نوشيدني › چای › سبز"},
            {"sku": "B", "category": "Drinks>Coffee"},
            {"sku": "N"},
            {"sku": "W", "category": " › "},
            {"sku": "L", "category": "x" * 81},
        ],
    )
    assert [(problem.row, problem.reason, problem.skipped) for problem in problems] == [
        (5, "commerce.bad_category", False), (6, "commerce.bad_category", False),
    ]  # fmt: skip
    tree = categories(actor=ACTOR)
    with override("fa"):
        placed = {product.sku: tree.full(product.category_id) for product in Product.objects.all()}
    assert placed == {
        "T": "نوشیدنی", "G": "نوشیدنی › چای › سبز", "B": "نوشیدنی › Coffee", "N": "", "W": "", "L": "",
    }  # fmt: skip
    bring_in(ProductWriter, [{"sku": "T", "name": "چای بهاره"}])
    assert Product.objects.get(sku="T").category == drinks  # an empty cell changes nothing
    assert undo_set(actor=ACTOR, change_set_id=undone).kept == 1  # T was edited since
    assert set(Category.objects.values_list("pk", flat=True)) == {drinks.pk, tea.pk}


def test_prices_go_out_and_come_in_again() -> None:
    tea, cup = a_product(), a_product()
    wholesale = price_list_save(actor=ACTOR, data=PriceListData("عمده‌فروشی", "EUR"))
    other = price_list_save(actor=ACTOR, data=PriceListData("دیگر", "EUR"))
    item_save(actor=ACTOR, price_list=wholesale, data=ItemData(product_id=tea.pk, price=Decimal("9.5")))
    item_save(actor=ACTOR, price_list=other, data=ItemData(percent_off=Decimal(5)))
    problems, undone = bring_in(
        PriceWriter,
        [
            {"list": "عمده‌فروشي", "sku": tea.sku.lower(), "price": Decimal(9)},
            {"list": "عمده‌فروشی", "sku": cup.sku, "percent_off": Decimal("12.5"), "min_quantity": Decimal(10)},
            {"list": "عمده‌فروشی", "percent_off": Decimal(3)},
            {"list": "دیگر", "percent_off": Decimal(5)},
            {"list": "نیست", "sku": tea.sku, "price": Decimal(1)},
            {"list": "دیگر", "sku": "نیست", "price": Decimal(1)},
            {"list": "دیگر", "sku": tea.sku},
            {"list": "دیگر", "sku": tea.sku, "price": Decimal(1), "percent_off": Decimal(1)},
            {"list": "دیگر", "price": Decimal(1)},
            {"list": "دیگر", "sku": tea.sku, "price": Decimal(-1)},
            {"list": "دیگر", "sku": tea.sku, "percent_off": Decimal(101)},
        ],
    )
    reasons = ["no_list", "unknown_sku", "no_list_price", "no_list_price", "no_list_price", "bad_list_price",
               "bad_list_price"]  # fmt: skip
    assert [(problem.row, problem.reason) for problem in problems] == [
        (place, f"commerce.{reason}") for place, reason in enumerate(reasons, 5)
    ]
    out = told(exports.price_rows(ACTOR, {"list": str(wholesale.pk)}))
    assert [(row["SKU"], row["MinQuantity"], row["Price"], row["PercentOff"], row["Currency"]) for row in out] == [
        *sorted([(tea.sku, 0, 9, None, "EUR"), (cup.sku, 10, None, Decimal("12.5"), "EUR")], key=lambda row: row[0]),
        ("", 0, None, 3, "EUR"),
    ]  # fmt: skip
    assert len(told(exports.price_rows(ACTOR, {}))) == 4
    undo_set(actor=ACTOR, change_set_id=undone)
    assert list(PriceListItem.objects.order_by("pk").values_list("price", "percent_off")) == [
        (Decimal("9.5"), None), (None, 5),
    ]  # fmt: skip


def test_what_is_hidden_from_somebody_is_hidden_in_their_files_too() -> None:
    customer = a_customer()
    customer.city, customer.country = "رشت", "ایران"
    customer.save()
    an_order(customer=customer)
    clerk = an_actor({**ALL, "orders.export": Scope.ALL, "products.view": Scope.ALL})
    (seen,) = told(exports.order_rows(clerk, {}))
    assert (seen["City"], seen["Country"]) == ("رشت", "ایران")
    blind = replace(clerk, hidden=frozenset({"customer.city", "customer.country"}))
    (left,) = told(exports.order_rows(blind, {}))
    assert (left["City"], left["Country"], left["Customer name"]) == ("", "", customer.name)


@pytest.mark.parametrize("rows", [exports.order_rows, exports.product_rows, exports.price_rows])
def test_without_the_right_no_file_goes_out(rows: Any) -> None:
    with pytest.raises(NotAllowed):
        list(rows(an_actor({**ALL, "products.view": Scope.ALL}), {}))
