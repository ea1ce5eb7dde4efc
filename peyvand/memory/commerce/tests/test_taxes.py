"""Rates with their first day, for everything or for some; discounts; and what both make of an order's sums."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.memory.commerce.models import Order, TaxRate
from peyvand.memory.commerce.money import part_of, tax_of
from peyvand.memory.commerce.queries.taxes import Taxing, rates_in_force
from peyvand.memory.commerce.services import (
    DiscountData,
    LineData,
    ProductData,
    TaxRateData,
    category_save,
    order_place,
    order_return,
    product_save,
    tax_rate_archive,
    tax_rate_save,
)
from peyvand.memory.commerce.tests.factories import a_product, an_actor, an_order

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
DAY = date(2026, 11, 23)


def a_rate(percent: str, since: date = date(2020, 1, 1), **more: Any) -> TaxRate:
    if more.keys() & {"category_ids", "product_ids"}:
        more["scope"] = "chosen"
    return tax_rate_save(actor=ACTOR, data=TaxRateData("مالیات", "Tax", Decimal(percent), since, **more))


def sold(*lines: tuple[str, str], currency: str = "EUR", **more: Any) -> Order:
    made = [LineData(Decimal(quantity), description="x", unit_price=Decimal(price)) for quantity, price in lines]
    return order_place(actor=ACTOR, customer=None, lines=made, currency=currency, **more)


def test_on_top_included_and_none() -> None:
    assert (sold(("1", "100")).total_minor, sold(("1", "100")).tax_minor) == (10000, 0)
    a_rate("10")
    on_top = sold(("1", "100"))
    assert (on_top.net_minor, on_top.tax_minor, on_top.total_minor) == (10000, 1000, 11000)
    a_rate("10", since=date(2021, 1, 1), included=True)
    within = sold(("1", "110"))
    assert (within.net_minor, within.tax_minor, within.total_minor) == (10000, 1000, 11000)
    line = within.items.get()
    assert (line.net, line.gross, line.tax_included) == (100, 110, True)


def test_the_rate_of_the_day_of_the_order_is_kept_on_the_line() -> None:
    nine, ten = a_rate("9", date(2025, 3, 21)), a_rate("10", date(2026, 3, 21))
    early = sold(("1", "100"), placed_at=datetime(2026, 3, 20, 20, tzinfo=UTC))  # the 20th in Tehran too
    late = sold(("1", "100"), placed_at=datetime(2026, 3, 20, 21, tzinfo=UTC))  # past midnight there
    before = sold(("1", "100"), placed_at=datetime(2024, 1, 1, tzinfo=UTC))
    assert [order.items.get().tax_rate for order in (early, late, before)] == [nine, ten, None]
    assert [order.tax_minor for order in (early, late, before)] == [900, 1000, 0]
    tax_rate_archive(actor=ACTOR, rate=ten, archived=True)
    assert sold(("1", "100")).tax_minor == 900
    late.refresh_from_db()
    assert late.tax_minor == 1000  # what was sold stays


def test_the_nearer_word_counts() -> None:
    drinks = category_save(actor=ACTOR, name_fa="نوشیدنی", name_en="")
    tea = category_save(actor=ACTOR, name_fa="چای", name_en="", parent_id=drinks.pk)
    product = product_save(actor=ACTOR, data=ProductData("T", "چای", "EUR", unit_price=Decimal(1), category_id=tea.pk))
    everything = a_rate("10", date(2026, 1, 1))
    assert Taxing(demo=False, on=DAY).rate_of(product) == everything
    above = a_rate("5", category_ids=[drinks.pk])
    assert Taxing(demo=False, on=DAY).rate_of(product) == above  # however old
    nearer = a_rate("4", category_ids=[tea.pk])
    assert Taxing(demo=False, on=DAY).rate_of(product) == nearer
    own = a_rate("0", product_ids=[product.pk])
    assert Taxing(demo=False, on=DAY).rate_of(product) == own
    later = a_rate("1", date(2026, 6, 1), product_ids=[product.pk])
    assert Taxing(demo=False, on=DAY).rate_of(product) == later
    assert Taxing(demo=False, on=DAY).rate_of(a_product()) == everything
    assert Taxing(demo=False, on=DAY).rate_of(None) == everything
    assert Taxing(demo=True, on=DAY).rate_of(None) is None
    rates = list(TaxRate.objects.all())
    assert rates_in_force(actor=ACTOR, on=DAY, rates=rates) == {everything.pk, above.pk, nearer.pk, later.pk}


def test_a_rate_that_orders_carry_is_not_rewritten() -> None:
    rate = a_rate("10")
    sold(("1", "100"))
    same = TaxRateData("ارزش افزوده", "VAT", Decimal(10), rate.valid_from)
    assert tax_rate_save(actor=ACTOR, data=same, rate=rate).name_fa == "ارزش افزوده"
    for wrong in ({"percent": Decimal(9)}, {"valid_from": date(2021, 1, 1)}, {"included": True}):
        data = TaxRateData(
            **{"name_fa": "م", "name_en": "", "percent": Decimal(10), "valid_from": rate.valid_from, **wrong}
        )
        with pytest.raises(ValidationError):
            tax_rate_save(actor=ACTOR, data=data, rate=rate)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name_fa": " "}, {"percent": Decimal(-1)}, {"percent": Decimal(101)}, {"percent": Decimal("NaN")},
        {"percent": Decimal("1.00001")}, {"scope": "some"}, {"scope": "chosen"},
        {"scope": "chosen", "category_ids": [10**9]}, {"scope": "chosen", "product_ids": [10**9]},
    ],
)  # fmt: skip
def test_a_rate_that_makes_no_sense_is_refused_in_words(wrong: dict[str, Any]) -> None:
    data = {"name_fa": "مالیات", "name_en": "", "percent": Decimal(9), "valid_from": DAY, **wrong}
    with pytest.raises(ValidationError):
        tax_rate_save(actor=ACTOR, data=TaxRateData(**data))
    assert not TaxRate.objects.exists()


def test_only_who_may_set_taxes_sets_them() -> None:
    with pytest.raises(NotAllowed):
        tax_rate_save(
            actor=an_actor({"products.view": Scope.ALL, "products.edit": Scope.ALL}),
            data=TaxRateData("م", "", Decimal(9), DAY),
        )


@settings(max_examples=80, deadline=None)
@given(
    amount=st.decimals(min_value=-(10**9), max_value=10**9, places=4),
    percent=st.decimals(min_value=0, max_value=100, places=2),
    included=st.booleans(),
    exponent=st.integers(0, 3),
)
def test_a_tax_is_the_exact_quotient_rounded_half_away_from_zero_here_and_in_the_database(
    amount: Decimal, percent: Decimal, included: bool, exponent: int
) -> None:
    exact = Fraction(amount) * Fraction(percent) / (100 + Fraction(percent) if included else 100) * 10**exponent
    size = int(abs(exact) + Fraction(1, 2))
    wanted = Decimal(size if exact >= 0 else -size).scaleb(-exponent)
    assert tax_of(amount, percent, included=included, exponent=exponent) == wanted
    with connection.cursor() as cursor:
        cursor.execute("SELECT commerce_tax(%s, %s, %s, %s)", [amount, percent, included, exponent])
        assert cursor.fetchone()[0] == wanted


def test_a_part_of_nothing_is_nothing() -> None:
    assert part_of(Decimal(5), Decimal(1), Decimal(0), places=2) == 0
    assert part_of(Decimal(10), Decimal(1), Decimal(3), places=2) == Decimal("3.33")


def test_discounts_come_off_before_taxes_line_by_line_and_on_the_whole() -> None:
    a_rate("10")
    order = order_place(
        actor=ACTOR, customer=None, currency="EUR", discount=DiscountData("مشتری دائمی", amount=Decimal(10)),
        lines=[
            LineData(Decimal(2), None, "چای", Decimal(50), discount=DiscountData("جشنواره", percent=Decimal(10))),
            LineData(Decimal(1), None, "قهوه", Decimal(15), discount=DiscountData("ته‌انبار", amount=Decimal(5))),
        ],
    )  # fmt: skip
    tea, coffee = order.items.order_by("position")
    assert (tea.discount, tea.order_discount, tea.amount, tea.tax) == (10, 9, 81, Decimal("8.1"))
    assert (coffee.discount, coffee.order_discount, coffee.amount, coffee.tax) == (5, 1, 9, Decimal("0.9"))
    assert (order.discount_minor, order.net_minor, order.tax_minor, order.total_minor) == (2500, 9000, 900, 9900)
    assert (order.discount_value, order.discount_reason, tea.discount_reason) == (10, "مشتری دائمی", "جشنواره")
    back = order_return(actor=ACTOR, order_id=order.pk, quantities={tea.pk: Decimal(1)})
    assert (back.discount_minor, back.net_minor, back.tax_minor, back.total_minor) == (-950, -4050, -405, -4455)
    whole = order_return(actor=ACTOR, order_id=order.pk, quantities={tea.pk: Decimal(1), coffee.pk: Decimal(1)})
    assert back.tax_minor + whole.tax_minor == -order.tax_minor
    assert back.total_minor + whole.total_minor == -order.total_minor


@pytest.mark.parametrize(
    "wrong",
    [
        DiscountData("", percent=Decimal(5)), DiscountData("x"), DiscountData("x", Decimal(5), Decimal(5)),
        DiscountData("x", percent=Decimal(0)), DiscountData("x", percent=Decimal(101)),
        DiscountData("x", percent=Decimal("NaN")), DiscountData("x", amount=Decimal(-1)),
        DiscountData("x", amount=Decimal("10.01")), DiscountData("x", amount=Decimal("Infinity")),
        DiscountData("x", percent=Decimal("0.00001")),
    ],
)  # fmt: skip
@pytest.mark.parametrize("whole", [True, False])
def test_a_discount_that_makes_no_sense_is_refused_in_words(wrong: DiscountData, whole: bool) -> None:
    line = LineData(Decimal(1), description="x", unit_price=Decimal(10), discount=None if whole else wrong)
    with pytest.raises(ValidationError) as error:
        order_place(actor=ACTOR, customer=None, currency="EUR", lines=[line], discount=wrong if whole else None)
    assert set(error.value.error_dict) == {"discount" if whole else "lines"}
    assert not Order.objects.exists()


amounts = st.lists(st.decimals(min_value="0.01", max_value=1000, places=2), min_size=1, max_size=7)


@settings(max_examples=25, deadline=None)
@given(prices=amounts, share=st.integers(1, 100), currency=st.sampled_from(["EUR", "IRR"]))
def test_the_shares_of_a_discount_are_the_whole_and_never_more_than_a_line(
    prices: list[Decimal], share: int, currency: str
) -> None:
    total = sum(prices, Decimal(0))
    amount = (total * share / 100).quantize(Decimal("0.01")) or Decimal("0.01")
    order = sold(*(("1", str(price)) for price in prices), currency=currency, discount=DiscountData("x", amount=amount))
    lines = list(order.items.all())
    assert sum((line.order_discount for line in lines), Decimal(0)) == amount
    assert all(0 <= line.order_discount <= line.unit_price for line in lines)
    assert sum((line.amount for line in lines), Decimal(0)) == total - amount


def test_an_order_without_terms_is_what_it_always_was() -> None:
    order = an_order(("3", "0.005"))
    assert (order.total_minor, order.net_minor, order.tax_minor, order.discount_minor) == (2, 2, 0, 0)
