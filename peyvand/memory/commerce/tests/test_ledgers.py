"""The ledgers: after whatever is done to orders and payments, in whatever order, the stored sums are those of the rows;
and nobody writes a sum, or changes a payment, by hand.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.foundation.changes.services import AlreadyUndoneError, UndoFailedError, change_set
from peyvand.foundation.changes.services import undo as undo_set
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.commerce.models import Order, OrderLine, OrderStatus, Payment
from peyvand.memory.commerce.queries import wrong_figures
from peyvand.memory.commerce.services import (
    DiscountData,
    LineData,
    TaxRateData,
    order_cancel,
    order_place,
    order_return,
    payment_record,
    payment_reverse,
    returnable,
    tax_rate_save,
)
from peyvand.memory.commerce.tests.factories import an_order

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
EXACT = Context(prec=100)


def minor(amount: Decimal, exponent: int) -> int:
    return int(amount.scaleb(exponent, EXACT).quantize(Decimal(1), rounding=ROUND_HALF_UP, context=EXACT))


def check_sums() -> None:
    """Every figure of every order, worked out here from the rows."""
    for order in Order.objects.all():
        lines = list(order.items.all())
        with localcontext(EXACT):
            for line in lines:
                assert line.amount == line.quantity * line.unit_price - line.discount - line.order_discount
            amount = sum((line.amount for line in lines), Decimal(0))
            on_top = sum((line.tax for line in lines if not line.tax_included), Decimal(0))
            tax = sum((line.tax for line in lines), Decimal(0))
            off = sum((line.discount + line.order_discount for line in lines), Decimal(0))
        assert order.total_minor == minor(amount + on_top, order.exponent)
        assert Decimal(order.tax_minor) == tax.scaleb(order.exponent, EXACT)
        assert order.discount_minor == minor(off, order.exponent)
        assert order.lines == len(lines)
        payments = list(order.payments.all())
        signs = {"payment": 1, "refund": -1}
        assert order.paid_minor == sum(signs[one.kind] * one.amount_minor for one in payments)
        assert order.paid_minor >= 0
        standing = order.returns.exclude(status=OrderStatus.CANCELLED)
        assert order.returned_minor == sum(back.total_minor for back in standing)
        if order.discount_value is not None:
            assert sum((line.order_discount for line in lines), Decimal(0)) == order.discount_value
    assert wrong_figures() == []


def check_returns() -> None:
    """Of every line that has wholly come back, so have its amount, its discounts and its tax; never more than all."""
    for line in OrderLine.objects.filter(returns=None):
        backs = list(line.returned_by.exclude(order__status=OrderStatus.CANCELLED))
        gone = {name: -sum((getattr(back, name) for back in backs), Decimal(0)) for name in PARTS}
        for name in PARTS:
            assert abs(gone[name]) <= abs(getattr(line, name)), name
        if gone["quantity"] == line.quantity:
            assert gone == {name: getattr(line, name) for name in PARTS}


PARTS = ("quantity", "discount", "order_discount", "amount", "tax")


class Business:
    """What may be done, at random; what is refused in words is as good as what is done."""

    def __init__(self, seed: int, currency: str) -> None:
        self.chance = random.Random(seed)
        self.currency = currency
        self.sets: list[int] = []

    def amount(self, most: int) -> Decimal:
        """Sometimes finer than the currency."""
        places = self.chance.choice((0, 0, 2, 3))
        return Decimal(self.chance.randint(1, most * 10**places)).scaleb(-places)

    def do(self, verb: str) -> None:
        before = Payment.objects.count(), Order.objects.count()
        try:
            with change_set(actor=ACTOR, kind="edit", title="گام") as done:
                getattr(self, verb)()
        except ValidationError:
            assert (Payment.objects.count(), Order.objects.count()) == before
        else:
            self.sets.append(done.pk)

    def discount(self) -> DiscountData | None:
        kind = self.chance.choice(("none", "percent", "amount"))
        if kind == "none":
            return None
        if kind == "percent":
            return DiscountData("آزمون", percent=self.chance.choice((Decimal(5), Decimal("12.5"), Decimal(100))))
        return DiscountData("آزمون", amount=self.amount(30))

    def place(self) -> None:
        lines = [
            LineData(self.amount(5), description="x", unit_price=self.amount(40), discount=self.discount())
            for _ in range(self.chance.randint(1, 3))
        ]
        order_place(actor=ACTOR, customer=None, lines=lines, currency=self.currency, discount=self.discount())

    def order(self, kind: str) -> Order:
        found = list(Order.objects.filter(kind=kind).order_by("pk"))
        if not found:
            raise ValidationError("none yet")
        return self.chance.choice(found)

    def pay(self) -> None:
        order = self.order("sale")
        payment_record(actor=ACTOR, order_id=order.pk, amount_minor=self.chance.randint(1, max(1, order.total_minor)))

    def refund(self) -> None:
        order = self.order("sale")
        amount = self.chance.randint(1, max(1, order.paid_minor))
        payment_record(actor=ACTOR, order_id=order.pk, amount_minor=amount, kind="refund")

    def reverse(self) -> None:
        found = list(Payment.objects.order_by("pk"))
        if not found:
            raise ValidationError("none yet")
        payment = self.chance.choice(found)
        payment_reverse(actor=ACTOR, order_id=payment.order_id, payment_id=payment.pk, note="اشتباه")

    def take_back(self) -> None:
        order = self.order("sale")
        chosen = {}
        for pk, left in returnable(order=order).items():
            part = self.chance.choice((Decimal(0), Decimal(1), Decimal("0.3"), left))
            chosen[pk] = min(part, left)
        order_return(actor=ACTOR, order_id=order.pk, quantities=chosen)

    def cancel(self) -> None:
        order_cancel(actor=ACTOR, order_id=self.order(self.chance.choice(("sale", "return"))).pk)

    def undo(self) -> None:
        if not self.sets:
            return
        with suppress(AlreadyUndoneError, UndoFailedError):
            self.sets.append(undo_set(actor=ACTOR, change_set_id=self.chance.choice(self.sets)).change_set_id)


VERBS = ("place", "pay", "refund", "reverse", "take_back", "cancel")


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    currency=st.sampled_from(["EUR", "IRR"]),
    percent=st.sampled_from(["0", "9", "10", "19.6"]),
    included=st.booleans(),
    steps=st.lists(st.sampled_from((*VERBS, "take_back", "pay", "undo")), min_size=4, max_size=12),
)
def test_sums_follow_from_the_rows_whatever_is_done(
    seed: int, currency: str, percent: str, included: bool, steps: list[str]
) -> None:
    with transaction.atomic():
        data = TaxRateData("مالیات", "Tax", Decimal(percent), date(2020, 1, 1), included=included)
        tax_rate_save(actor=ACTOR, data=data)
        business = Business(seed, currency)
        for verb in ("place", "place", *steps):
            if verb == "undo":
                business.undo()
            else:
                business.do(verb)
            check_sums()
        check_returns()
        connection.check_constraints()
        transaction.set_rollback(True)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6), included=st.booleans())
def test_what_comes_back_in_pieces_comes_back_whole(seed: int, included: bool) -> None:
    with transaction.atomic():
        tax_rate_save(actor=ACTOR, data=TaxRateData("م", "", Decimal("9.5"), date(2020, 1, 1), included=included))
        business = Business(seed, "EUR")
        business.do("place")
        order = Order.objects.first()
        if order is not None:
            for _ in range(30):
                left = {pk: some for pk, some in returnable(order=order).items() if some}
                if not left:
                    break
                pk = business.chance.choice(list(left))
                part = min(left[pk], business.chance.choice((Decimal("0.3"), Decimal(1), left[pk])))
                back = order_return(actor=ACTOR, order_id=order.pk, quantities={pk: part})
                if business.chance.random() < 0.3:
                    order_cancel(actor=ACTOR, order_id=back.pk)
                check_returns()
            check_sums()
        transaction.set_rollback(True)


def refused(write: Callable[[], Any]) -> str:
    """The words with which the database refuses it, now or at the end of the transaction."""

    def whole() -> None:
        with transaction.atomic():
            write()
            connection.check_constraints()

    with pytest.raises(DatabaseError) as error:
        whole()
    return str(error.value)


def run(statement: str, *values: Any) -> Callable[[], Any]:
    def write() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement, values)

    return write


@pytest.mark.parametrize(
    "figure", ["total_minor", "tax_minor", "discount_minor", "cost_minor", "paid_minor", "returned_minor", "lines"]
)
def test_no_figure_is_written_by_hand(figure: str) -> None:
    order = an_order(("1", "10"))
    assert "nobody writes them" in refused(run(f"UPDATE commerce_order SET {figure} = 7 WHERE id = %s", order.pk))
    assert "nobody writes them" in refused(lambda: Order.objects.filter(pk=order.pk).update(**{figure: 7}))
    insert = (
        f"INSERT INTO commerce_order (demo, number, kind, status, placed_at, currency, exponent, channel, note, source,"
        f" tracks_payment, version, {figure}) VALUES (false, 'X', 'sale', 'placed', now(), 'EUR', 2, '', '', '',"
        " true, 1, 7)"
    )
    assert "nobody writes them" in refused(run(insert))
    order.refresh_from_db()
    assert (order.total_minor, order.paid_minor, order.lines) == (1000, 0, 1)
    Order.objects.filter(pk=order.pk).update(note="هر چیز دیگر", total_minor=1000)  # the same is no change


def test_a_payment_stays_as_it_was_recorded() -> None:
    order = an_order(("1", "10"))
    payment = payment_record(actor=ACTOR, order_id=order.pk, amount_minor=600, reference="734512")
    for statement in (
        "UPDATE commerce_payment SET amount_minor = 500",
        "UPDATE commerce_payment SET kind = 'refund'",
        "UPDATE commerce_payment SET at = now() - interval '1 day'",
        "UPDATE commerce_payment SET reference = 'other'",
        "DELETE FROM commerce_payment",
    ):
        assert "stays as it was recorded" in refused(run(statement)), statement
    run("UPDATE commerce_payment SET reference = '', note = ''")()  # as when its customer is forgotten
    payment.refresh_from_db()
    assert (payment.amount_minor, payment.reference) == (600, "")


def test_an_undo_takes_a_payment_back_and_its_undo_brings_it_again() -> None:
    order = an_order(("1", "10"))
    with change_set(actor=ACTOR, kind="edit", title="پرداخت") as done:
        payment_record(actor=ACTOR, order_id=order.pk, amount_minor=600)
    again = undo_set(actor=ACTOR, change_set_id=done.pk).change_set_id
    order.refresh_from_db()
    assert (order.paid_minor, Payment.objects.count()) == (0, 0)
    undo_set(actor=ACTOR, change_set_id=again)
    order.refresh_from_db()
    assert (order.paid_minor, Payment.objects.count()) == (600, 1)


def test_an_undo_that_would_pay_twice_is_refused() -> None:
    order = an_order(("1", "10"))
    with change_set(actor=ACTOR, kind="edit", title="پرداخت") as done:
        payment_record(actor=ACTOR, order_id=order.pk, amount_minor=600)
    again = undo_set(actor=ACTOR, change_set_id=done.pk).change_set_id
    payment_record(actor=ACTOR, order_id=order.pk, amount_minor=1000)
    with pytest.raises(UndoFailedError):
        undo_set(actor=ACTOR, change_set_id=again)
    order.refresh_from_db()
    assert order.paid_minor == 1000


def test_an_order_of_one_set_with_its_payment_goes_and_comes_back_whole() -> None:
    with change_set(actor=ACTOR, kind="edit", title="همه") as done:
        order = order_place(
            actor=ACTOR, customer=None, currency="EUR", discount=DiscountData("آشنا", amount=Decimal("1.01")),
            lines=[LineData(Decimal(3), description=name, unit_price=Decimal("3.33")) for name in "abc"],
        )  # fmt: skip
        payment_record(actor=ACTOR, order_id=order.pk, amount_minor=order.total_minor)
    again = undo_set(actor=ACTOR, change_set_id=done.pk).change_set_id
    assert not Order.objects.exists()
    assert undo_set(actor=ACTOR, change_set_id=again).kept == 0
    found = Order.objects.get()
    assert (found.total_minor, found.paid_minor, found.discount_minor) == (2896, 2896, 101)
    check_sums()


def test_the_database_refuses_too_much_and_too_little() -> None:
    order = an_order(("1", "10"))
    row = {"order": order, "at": order.placed_at, "currency": "EUR"}
    assert "more would be paid" in refused(lambda: Payment.objects.create(amount_minor=1001, **row))
    assert "gone back" in refused(lambda: Payment.objects.create(amount_minor=1, kind="refund", **row))
    Payment.objects.create(amount_minor=400, **row)
    assert "more would be paid" in refused(lambda: Payment.objects.create(amount_minor=601, **row))
    assert "gone back" in refused(lambda: Payment.objects.create(amount_minor=401, kind="refund", **row))
    Order.objects.filter(pk=order.pk).update(status="cancelled")
    assert "more would be paid" in refused(lambda: Payment.objects.create(amount_minor=1, **row))


def test_lines_are_what_discounts_and_taxes_make_of_them() -> None:
    tax_rate_save(actor=ACTOR, data=TaxRateData("مالیات", "", Decimal(10), date(2020, 1, 1)))
    order = order_place(
        actor=ACTOR, customer=None, currency="EUR", discount=DiscountData("آشنا", percent=Decimal(10)),
        lines=[LineData(Decimal(2), description="x", unit_price=Decimal(10))],
    )  # fmt: skip
    assert (order.net_minor, order.tax_minor, order.total_minor, order.discount_minor) == (1800, 180, 1980, 200)
    for wrong in (
        "tax = 1.79", "tax = 1.805", "tax_percent = 9", "tax = 0", "tax = 'NaN'", "tax_included = true",
        "discount = 1, amount = 17", "order_discount = 1, amount = 19", "discount = -1, amount = 19",
        "discount = 'NaN', amount = 'NaN'", "discount_percent = 5", "amount = 18.01", "order_discount = 0, amount = 20",
        "discount = 25, amount = -7",
    ):  # fmt: skip
        assert refused(run(f"UPDATE commerce_orderline SET {wrong} WHERE order_id = %s", order.pk)), wrong
    order.refresh_from_db()
    assert (order.tax_minor, order.total_minor) == (180, 1980)
    check_sums()


def test_a_payment_recorded_wrongly_is_reversed_once_and_both_entries_stay() -> None:
    order = an_order(("1", "10"))
    wrong = payment_record(actor=ACTOR, order_id=order.pk, amount_minor=900)
    made = payment_reverse(actor=ACTOR, order_id=order.pk, payment_id=wrong.pk, note="مبلغ اشتباه بود")
    order.refresh_from_db()
    assert (order.paid_minor, made.kind, made.reverses) == (0, "refund", wrong)
    for again in (wrong, made):
        with pytest.raises(ValidationError):
            payment_reverse(actor=ACTOR, order_id=order.pk, payment_id=again.pk, note="باز")
    right = payment_record(actor=ACTOR, order_id=order.pk, amount_minor=90)
    with pytest.raises(ValidationError):
        payment_reverse(actor=ACTOR, order_id=order.pk, payment_id=right.pk, note=" ")
    payment_record(actor=ACTOR, order_id=order.pk, amount_minor=50, kind="refund")
    with pytest.raises(ValidationError):  # the refund first
        payment_reverse(actor=ACTOR, order_id=order.pk, payment_id=right.pk, note="اشتباه")
    row = {"order": order, "at": order.placed_at, "currency": "EUR"}
    assert "reversal" in refused(lambda: Payment.objects.create(amount_minor=1, kind="refund", reverses=right, **row))
    check_sums()
