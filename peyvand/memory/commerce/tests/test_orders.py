"""An order's figures always follow from its lines, payments and returns, whoever writes them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.commerce.models import Order, OrderLine, OrderStatus, Payment
from peyvand.memory.commerce.queries import orders, totals, wrong_figures
from peyvand.memory.commerce.services import (
    LineData,
    ProductData,
    StaleError,
    order_cancel,
    order_deliver,
    order_place,
    order_return,
    payment_record,
    product_save,
    returnable,
)
from peyvand.memory.commerce.tests.factories import a_customer, a_product, an_order
from peyvand.memory.interactions.models import Interaction

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
EXACT = Context(prec=80)
quantities = st.decimals(min_value="0.001", max_value="5000", places=3)
prices = st.decimals(min_value="0", max_value="100000", places=4)
lines = st.lists(st.tuples(quantities, prices), min_size=1, max_size=6)


def rounded(amount: Decimal, exponent: int) -> int:
    return int(amount.scaleb(exponent, EXACT).quantize(Decimal(1), rounding=ROUND_HALF_UP, context=EXACT))


@settings(max_examples=25, deadline=None)
@given(lines=lines, currency=st.sampled_from(["EUR", "IRR", "GBP"]))
def test_total_is_the_exact_sum_rounded_half_up(lines: list[tuple[Decimal, Decimal]], currency: str) -> None:
    order = order_place(
        actor=ACTOR,
        customer=None,
        lines=[LineData(quantity=quantity, unit_price=price, description="x") for quantity, price in lines],
        currency=currency,
    )
    exact = sum((EXACT.multiply(quantity, price) for quantity, price in lines), Decimal(0))
    assert sum(line.amount for line in order.items.all()) == exact
    assert order.total_minor == rounded(exact, order.exponent)
    assert order.lines == len(lines)
    assert wrong_figures() == []


def test_half_a_cent_goes_away_from_zero_both_ways() -> None:
    order = an_order(("1", "0.005"))
    assert order.total_minor == 1
    back = order_return(actor=ACTOR, order_id=order.pk, quantities={order.items.get().pk: Decimal(1)})
    assert back.total_minor == -1


def test_cost_is_known_only_when_every_line_is() -> None:
    with_cost, without = a_product(cost="4.20"), a_product(cost=None)
    known = order_place(
        actor=ACTOR, customer=None, currency="EUR", lines=[LineData(quantity=Decimal(3), product_id=with_cost.pk)]
    )
    part = order_place(
        actor=ACTOR,
        customer=None,
        currency="EUR",
        lines=[LineData(quantity=Decimal(1), product_id=pk) for pk in (with_cost.pk, without.pk)],
    )
    assert (known.total_minor, known.cost_minor) == (3750, 1260)
    assert part.cost_minor is None


def test_a_products_price_in_another_currency_is_not_taken() -> None:
    product = a_product(price="12.50", currency="EUR")
    with pytest.raises(ValidationError, match=r"no price|قیمت"):
        order_place(
            actor=ACTOR, customer=None, currency="GBP", lines=[LineData(quantity=Decimal(1), product_id=product.pk)]
        )


@settings(max_examples=25, deadline=None)
@given(
    sold=st.integers(1, 50),
    asked=st.lists(st.integers(1, 30), min_size=1, max_size=5),
    cancelled=st.integers(0, 4),
)
def test_never_more_comes_back_than_was_sold(sold: int, asked: list[int], cancelled: int) -> None:
    order = an_order((str(sold), "9.99"))
    line = order.items.get()
    standing: list[tuple[Order, int]] = []
    for number, quantity in enumerate(asked):
        fits = sum(done for _, done in standing) + quantity <= sold
        if fits:
            back = order_return(actor=ACTOR, order_id=order.pk, quantities={line.pk: Decimal(quantity)})
            standing.append((back, quantity))
        else:
            with pytest.raises(ValidationError):
                order_return(actor=ACTOR, order_id=order.pk, quantities={line.pk: Decimal(quantity)})
        if number == cancelled and standing:
            order_cancel(actor=ACTOR, order_id=standing.pop()[0].pk)
    order.refresh_from_db()
    assert returnable(order=order)[line.pk] == sold - sum(done for _, done in standing)
    assert order.returned_minor == sum(Order.objects.get(pk=back.pk).total_minor for back, _ in standing)
    assert wrong_figures() == []


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.sampled_from(["payment", "refund"]), st.integers(1, 1500)), max_size=6))
def test_payments_never_exceed_what_is_due_nor_refunds_what_was_paid(steps: list[tuple[str, int]]) -> None:
    order = an_order(("1", "10.00"))
    paid = 0
    for kind, amount in steps:
        allowed = amount <= (1000 - paid if kind == "payment" else paid)
        if allowed:
            payment_record(actor=ACTOR, order_id=order.pk, amount_minor=amount, kind=kind)
            paid += amount if kind == "payment" else -amount
        else:
            with pytest.raises(ValidationError):
                payment_record(actor=ACTOR, order_id=order.pk, amount_minor=amount, kind=kind)
    order.refresh_from_db()
    assert order.paid_minor == paid
    assert order.balance_minor == 1000 - paid
    assert wrong_figures() == []


def test_currencies_are_never_added() -> None:
    an_order(("1", "10"), currency="EUR")
    an_order(("1", "10"), currency="EUR")
    an_order(("1", "700000"), currency="IRR")
    found = totals(found=orders(actor=ACTOR))
    assert found is not None
    assert [(row.currency, row.orders, row.total_minor) for row in found] == [("EUR", 2, 2000), ("IRR", 1, 700000)]


def nan(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE commerce_orderline SET unit_price = 'NaN', amount = 'NaN' WHERE id = %s", [pk])


def test_the_database_itself_refuses_what_cannot_be() -> None:
    order = an_order(("2", "10"))
    line = order.items.get()
    refused = [
        lambda: OrderLine.objects.filter(pk=line.pk).update(amount=Decimal("19.99")),
        lambda: nan(line.pk),
        lambda: Order.objects.filter(pk=order.pk).update(currency="GBP"),
        lambda: Payment.objects.create(order=order, at=order.placed_at, amount_minor=5, currency="GBP"),
        lambda: Payment.objects.create(order=order, at=order.placed_at, amount_minor=-5, currency="EUR"),
    ]
    for write in refused:
        with pytest.raises(IntegrityError), transaction.atomic():
            write()


def test_raw_sql_on_lines_keeps_the_figures_right() -> None:
    order = an_order(("2", "10"), ("1", "5"))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE commerce_orderline SET quantity = 3, amount = 30 WHERE order_id = %s AND position = 1", [order.pk]
        )
        cursor.execute("DELETE FROM commerce_orderline WHERE order_id = %s AND position = 2", [order.pk])
    order.refresh_from_db()
    assert (order.total_minor, order.lines) == (3000, 1)


def test_every_act_is_an_interaction_of_the_customer() -> None:
    customer = a_customer()
    order = an_order(("2", "10"), customer=customer)
    payment_record(actor=ACTOR, order_id=order.pk, amount_minor=2000)
    order_deliver(actor=ACTOR, order_id=order.pk)
    order_return(actor=ACTOR, order_id=order.pk, quantities={order.items.get().pk: Decimal(1)})
    payment_record(actor=ACTOR, order_id=order.pk, amount_minor=1000, kind="refund")
    kinds = list(Interaction.objects.filter(customer=customer).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["order.placed", "payment.received", "order.returned", "payment.refunded"]
    order.refresh_from_db()
    assert order.status == OrderStatus.DELIVERED
    assert order.balance_minor == 0


def test_a_cancelled_order_owes_nothing_and_cannot_be_cancelled_twice() -> None:
    order = an_order(("1", "10"))
    payment_record(actor=ACTOR, order_id=order.pk, amount_minor=400)
    order_cancel(actor=ACTOR, order_id=order.pk)
    order.refresh_from_db()
    assert (order.balance_minor, order.payment_state) == (-400, "owed")
    with pytest.raises(ValidationError):
        order_cancel(actor=ACTOR, order_id=order.pk)


@pytest.mark.parametrize(
    ("quantity", "price"),
    [("0", "1"), ("-1", "1"), ("NaN", "1"), ("Infinity", "1"), ("1", "1E+14"), ("1E+13", "100"), ("1", "1E-11")],
)
def test_odd_numbers_are_refused_in_words(quantity: str, price: str) -> None:
    with pytest.raises(ValidationError):
        an_order((quantity, price))
    assert not Order.objects.exists()


def test_numbers_are_free_and_unique() -> None:
    first, second = an_order(), an_order()
    assert first.number != second.number
    with pytest.raises(ValidationError):
        order_place(
            actor=ACTOR,
            customer=None,
            currency="EUR",
            lines=[LineData(quantity=Decimal(1), unit_price=Decimal(1), description="x")],
            number=first.number,
        )


def test_a_code_in_other_case_is_the_same_product() -> None:
    product = a_product()
    with pytest.raises(ValidationError):
        product_save(actor=ACTOR, data=ProductData(sku=product.sku.lower(), name="x", currency="EUR"))


def test_a_stale_product_is_not_overwritten() -> None:
    product = a_product()
    data = ProductData(sku=product.sku, name="دیگر", currency="EUR")
    product_save(actor=ACTOR, data=data, product=product, version=product.version)
    with pytest.raises(StaleError):
        product_save(actor=ACTOR, data=data, product=product, version=product.version)


def test_verbs_join_the_callers_change_set() -> None:
    with change_set(actor=ACTOR, kind="edit", title="هر دو") as outer:
        order = an_order(("1", "10"))
        payment_record(actor=ACTOR, order_id=order.pk, amount_minor=1000)
    tables = set(ChangeSet.objects.get(pk=outer.pk).changes.values_list("table_name", flat=True))
    assert {"commerce_order", "commerce_orderline", "commerce_payment"} <= tables
