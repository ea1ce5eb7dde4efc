"""No line is lost, none is counted twice, and no sum is bent: on made-up lines and on a slice of the real file."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.foundation.changes.services import close_change_set, open_change_set, resume
from peyvand.foundation.changes.services import undo as undo_set
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.transfer.shapes import Problem, Row
from peyvand.memory.commerce.imports.orders import OrderWriter
from peyvand.memory.commerce.imports.products import ProductWriter
from peyvand.memory.commerce.models import Order, OrderLine, Product
from peyvand.memory.commerce.queries import wrong_figures
from peyvand.memory.commerce.services import payment_record
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
START = datetime(2026, 3, 21, 9, tzinfo=UTC)
REAL = Path(__file__).resolve().parents[5] / "shared" / "data" / "online_retail.csv.gz"
TABLES = (
    "commerce_order", "commerce_orderline", "commerce_product", "commerce_payment", "customers_customer",
    "customers_identity", "interactions_interaction",
)  # fmt: skip


def bring_in(
    rows: Sequence[Row], *, size: int = 1000, writer: type[OrderWriter | ProductWriter] = OrderWriter
) -> tuple[dict[str, Any], list[Problem], int]:
    """As the engine does: batches in one change set. Gives the result, the problems, the change set's id."""
    opened = open_change_set(actor=ACTOR, kind="import", title="آزمون")
    made = writer(ACTOR, {"currency": "GBP", "tz": "Europe/London"})
    made.prepare()
    problems: list[Problem] = []
    for start in range(0, len(rows), size):
        with resume(opened.pk):
            made.write(rows[start : start + size])
        problems += made.problems
        made.problems.clear()
        saved, made = made.save(), writer(ACTOR, {"currency": "GBP", "tz": "Europe/London"})
        made.load(saved)  # every batch may be another process's
    with resume(opened.pk):
        result = dict(made.finish())
    close_change_set(opened.pk)
    return result, problems, opened.pk


def line(number: int, invoice: str, quantity: str, price: str, **more: Any) -> Row:
    values = {
        "number": invoice,
        "sku": "A1",
        "description": "TEA",
        "quantity": Decimal(quantity),
        "unit_price": Decimal(price),
        "placed_at": START,
    }
    return Row(number, {**values, **more})


def fingerprint() -> dict[str, tuple[int, str]]:
    """Count and checksum of every row of every table that an import touches."""
    found = {}
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT count(*), coalesce(md5(string_agg(t::text, '|' ORDER BY id)), '') FROM {table} t")
            found[table] = cursor.fetchone()
    return found


def test_a_scattered_invoice_is_one_order_even_over_batches() -> None:
    rows = [line(1, "10", "1", "2.5"), line(2, "11", "1", "1"), line(3, "10", "2", "2.5"), line(4, "10", "3", "1")]
    rows[2].values["placed_at"] = START - timedelta(minutes=1)
    result, problems, _ = bring_in(rows, size=2)
    assert not problems
    order = Order.objects.get(number="10")
    assert (order.total_minor, order.lines, order.placed_at) == (1050, 3, START - timedelta(minutes=1))
    assert list(order.items.order_by("position").values_list("position", flat=True)) == [1, 2, 3]
    assert result["total"] == "11.5"
    assert result["orders"] == 2


def test_kinds_are_told_by_what_the_lines_say() -> None:
    rows = [
        line(1, "C10", "-2", "5", customer="7"),
        line(2, "A11", "1", "-11062.06"),
        line(3, "A12", "1", "11062.06", description="Adjust bad debt", sku="B"),
        line(4, "13", "-4", "0"),
        line(5, "14", "3", "0", customer="7"),
        line(6, "15", "3", "0.001", customer="7"),
        line(7, "C16", "1", "9"),
    ]
    result, _, _ = bring_in(rows)
    assert dict(Order.objects.values_list("number", "kind")) == {
        "C10": "return", "A11": "adjustment", "A12": "adjustment", "13": "adjustment", "14": "sale", "15": "sale",
        "C16": "sale",
    }  # fmt: skip
    assert result["total"] == "-0.997"
    assert sum(Decimal(kind["total"]) for kind in result["kinds"]["GBP"].values()) == Decimal("-0.997")
    assert set(Interaction.objects.values_list("kind", flat=True)) == {"order.placed", "order.returned"}
    assert Interaction.objects.count() == 4  # adjustments are no contact with anybody


def test_bringing_the_same_file_again_changes_nothing_and_says_why() -> None:
    rows = [line(1, "10", "1", "2.5", customer="7"), line(2, "10", "1", "2.5", customer="7"), line(3, "11", "1", "1")]
    bring_in(rows)
    assert OrderLine.objects.count() == 3  # repeated lines are real
    before = fingerprint()
    result, problems, _ = bring_in(rows)
    assert [problem.reason for problem in problems] == ["commerce.already_imported"] * 3
    assert (result["orders"], result["total"]) == (0, "0")
    assert fingerprint() == before
    _, problems, _ = bring_in([line(1, "11", "5", "1")])
    assert [problem.reason for problem in problems] == ["commerce.number_taken"]
    assert fingerprint() == before


@pytest.mark.parametrize("currency", ["XYZ", "GB", "تومان", "ZZZ"])
def test_a_line_in_a_currency_that_is_none_is_left_out_and_the_rest_comes_in(currency: str) -> None:
    rows = [line(1, "10", "1", "2"), line(2, "11", "1", "2", currency=currency), line(3, "12", "1", "2")]
    result, problems, _ = bring_in(rows)
    assert [(p.row, p.column, p.reason) for p in problems] == [(2, "currency", "commerce.no_currency")]
    assert (result["orders"], result["total"]) == (2, "4")


def test_one_order_has_one_currency_and_one_customer() -> None:
    rows = [
        line(1, "10", "1", "2", currency="EUR", customer="7"),
        line(2, "10", "1", "2", currency="GBP", customer="7"),
        line(3, "10", "1", "2", currency="EUR", customer="8"),
        line(4, "10", "1", "2", currency="EUR"),
        line(5, "12", "1", "2", currency="GBP"),
    ]
    result, problems, _ = bring_in(rows)
    assert [(problem.row, problem.reason) for problem in problems] == [
        (2, "commerce.other_currency"),
        (3, "commerce.other_customer"),
    ]
    assert result["totals"] == {"EUR": "4", "GBP": "2"}
    assert result["total"] is None


def test_codes_in_two_spellings_are_one_product_named_by_the_commonest_description() -> None:
    rows = [
        line(1, "1", "1", "2", sku="84406b", description="CREAM"),
        line(2, "2", "1", "3", sku="84406B", description="CREAM CUPID HEARTS"),
        line(3, "3", "1", "3", sku="84406B", description="CREAM CUPID HEARTS"),
        line(4, "4", "1", "18", sku="POST", description="POSTAGE"),
        line(5, "5", "-1", "18", sku="D", description="Discount"),
    ]
    bring_in(rows, size=1)
    assert set(Product.objects.values_list("sku", "name", "kind")) == {
        ("84406b", "CREAM CUPID HEARTS", "goods"), ("POST", "POSTAGE", "service"), ("D", "Discount", "fee"),
    }  # fmt: skip
    assert Product.objects.get(sku="84406b").unit_price == 3
    assert Product.objects.filter(search_key__contains="cupid").count() == 1


cells = st.tuples(
    st.integers(1, 4),
    st.decimals(min_value=-50, max_value=50, places=1),
    st.decimals(min_value=-20, max_value=20, places=3),
)


@settings(max_examples=20, deadline=None)
@given(cells=st.lists(cells, min_size=1, max_size=15), size=st.integers(1, 6))
def test_every_line_counts_once_and_the_sum_is_exact(cells: list[tuple[int, Decimal, Decimal]], size: int) -> None:
    Order.objects.all().delete()
    rows = [
        line(place, f"N{invoice}", str(quantity), str(price))
        for place, (invoice, quantity, price) in enumerate(cells, 1)
    ]
    result, problems, _ = bring_in(rows, size=size)
    assert not problems
    assert OrderLine.objects.count() == len(cells)
    assert Decimal(result["total"]) == sum((quantity * price for _, quantity, price in cells), Decimal(0))
    assert sum(Decimal(kind["total"]) for kind in result["kinds"]["GBP"].values()) == Decimal(result["total"])
    assert wrong_figures() == []


def test_undo_leaves_counts_and_checksums_as_before() -> None:
    bring_in([line(1, "1", "2", "3", customer="5")])
    before = fingerprint()
    _, _, opened = bring_in([line(1, "2", "2", "3", customer="6", sku="B2"), line(2, "3", "-1", "3")])
    assert fingerprint() != before
    result = undo_set(actor=ACTOR, change_set_id=opened)
    assert result.kept == 0
    assert fingerprint() == before


def test_an_order_that_was_paid_since_is_kept_whole_by_an_undo() -> None:
    _, _, opened = bring_in([line(1, "2", "2", "3"), line(2, "3", "1", "3", sku="C3")])
    order = Order.objects.get(number="2")
    payment_record(actor=ACTOR, order_id=order.pk, amount_minor=100)
    result = undo_set(actor=ACTOR, change_set_id=opened)
    assert result.kept > 0
    kept = Order.objects.get()
    assert (kept.number, kept.total_minor, kept.lines, kept.paid_minor) == ("2", 600, 1, 100)
    stories = Interaction.objects.order_by("kind").values_list("kind", "payload__number")
    assert list(stories) == [("order.placed", "2"), ("payment.received", "2")]


def test_products_are_made_and_updated_by_code() -> None:
    rows = [
        Row(1, {"sku": "A1", "name": "چای", "unit_price": Decimal("10"), "currency": "EUR", "kind": "کالا"}),
        Row(2, {"sku": "a1", "name": "چای بهاره", "unit_cost": Decimal("4")}),
        Row(3, {"sku": "X", "name": "پست", "kind": "چیز"}),
        Row(4, {"name": "بی‌کد"}),
    ]
    _, problems, _ = bring_in(rows[:1], writer=ProductWriter)
    _, more, _ = bring_in(rows[1:], writer=ProductWriter)
    assert [(problem.row, problem.reason) for problem in more] == [(3, "commerce.unknown_kind"), (4, "commerce.no_sku")]
    tea = Product.objects.get(sku="A1")
    assert (tea.name, tea.unit_price, tea.unit_cost, tea.currency) == ("چای بهاره", 10, 4, "EUR")
    assert not problems


def real_rows(size: int) -> Iterator[Row]:
    """The first lines of the real file as the engine parses them."""
    zone = ZoneInfo("Europe/London")
    with gzip.open(REAL, "rt", encoding="utf-8", newline="") as file:
        for place, cells in enumerate(islice(csv.DictReader(file), size), 1):
            values = {
                "number": cells["InvoiceNo"],
                "sku": cells["StockCode"],
                "description": cells["Description"].strip(),
                "quantity": Decimal(cells["Quantity"]),
                "unit_price": Decimal(cells["UnitPrice"]),
                "placed_at": datetime.fromisoformat(cells["InvoiceDate"]).replace(tzinfo=zone),
                "customer": cells["CustomerID"].removesuffix(".0"),
                "country": cells["Country"],
            }
            yield Row(place, {name: value for name, value in values.items() if value != ""})


@pytest.mark.skipif(not REAL.exists(), reason="../shared/data/online_retail.csv.gz is not here")
def test_a_slice_of_the_real_file_adds_up_and_goes_back() -> None:
    rows = list(real_rows(4000))
    before = fingerprint()
    result, problems, opened = bring_in(rows)
    exact = sum((row.values["quantity"] * row.values["unit_price"] for row in rows), Decimal(0))
    assert not problems
    assert OrderLine.objects.count() == 4000
    assert Decimal(result["total"]) == exact
    assert sum(Decimal(kind["total"]) for kind in result["kinds"]["GBP"].values()) == exact
    assert result["customers"] == len({row.values.get("customer") for row in rows} - {None})
    assert Order.objects.count() == len({row.values["number"] for row in rows}) == result["orders"]
    assert wrong_figures() == []
    assert undo_set(actor=ACTOR, change_set_id=opened).kept == 0
    assert fingerprint() == before
