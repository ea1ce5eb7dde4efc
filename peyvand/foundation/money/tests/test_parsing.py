"""Amounts as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.money.amounts import AmountError, Money
from peyvand.foundation.money.parsing import parse_amount, read_amount


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("۲٬۱۴۰٬۰۰۰", "2140000"),
        ("٢٬١٤٠٬٠٠٠", "2140000"),
        ("2,140,000", "2140000"),
        ("1,234.56", "1234.56"),
        ("1.234,56", "1234.56"),
        ("1.234.567", "1234567"),
        ("1'234'567.5", "1234567.5"),
        ("1 234 567", "1234567"),
        ("1\u00a0234,5", "1234.5"),
        ("12,34,567", "1234567"),
        ("1,234", "1234"),
        ("12,5", "12.5"),
        ("0,125", "0.125"),
        ("1.234", "1.234"),
        ("۱۲٫۵", "12.5"),
        ("۱۲/۵", "12.5"),
        (".5", "0.5"),
        ("5.", "5"),
        ("(1,234.50)", "-1234.50"),
        ("-۵", "-5"),
        ("−5", "-5"),
        ("\u200e−۵", "-5"),
        ("500-", "-500"),
        ("+5", "5"),
        ("1.5E+07", "15000000"),
        ("48.6M", "48600000"),
        ("۴۸٫۶ میلیون", "48600000"),
        ("۱٫۲ هزار میلیارد", "1200000000000"),
    ],
)
def test_amounts(raw: str, value: str) -> None:
    assert parse_amount(raw) == Decimal(value)


@pytest.mark.parametrize(
    ("raw", "unit"),
    [
        ("۲٬۱۴۰٬۰۰۰ تومان", "IRT"),
        ("2140000 تومن", "IRT"),
        ("5,000 toman", "IRT"),
        ("۲۱٬۴۰۰٬۰۰۰ ریال", "IRR"),
        ("21400000 ريال", "IRR"),
        ("21400000 ﷼", "IRR"),
        ("£1,234.50", "GBP"),
        ("-$5", "USD"),
        ("US$ 5", "USD"),
        ("(€5.00)", "EUR"),
        ("AED 7", "AED"),
        ("7 درهم", "AED"),
        ("۵ دلار آمریکا", "USD"),
        ("5 دلار امريكا", "USD"),
        ("5", ""),
    ],
)
def test_units(raw: str, unit: str) -> None:
    assert read_amount(raw).unit == unit


def test_toman_and_rial_are_ten_apart() -> None:
    hundred_thousand = Money(100_000, "IRR")
    assert read_amount("۱۰٬۰۰۰ تومان").money("IRR") == hundred_thousand
    assert read_amount("۱۰۰٬۰۰۰ ریال").money("IRT") == hundred_thousand
    assert read_amount("10000").money("IRT") == hundred_thousand
    assert read_amount("100000").money("IRR") == hundred_thousand


@pytest.mark.parametrize(
    "raw",
    ["", "تومان", "-", "1,23,4", "1,2,3", "1.2.3", "1,234.5.6", "5 سکه", "5²", "1/2/3", "12 5", "1e99", "۵ میلیون ۲"],
)
def test_what_is_no_amount_is_refused(raw: str) -> None:
    with pytest.raises(AmountError):
        parse_amount(raw)


def test_the_refusal_names_the_unit() -> None:
    with pytest.raises(AmountError) as caught:
        parse_amount("5 سکه")
    with override("fa"):
        assert str(caught.value) == "واحد «سکه» را نمی‌شناسیم. مانند ۲٬۱۴۰٬۰۰۰ تومان بنویسید."


@given(st.text() | st.text("0123456789۱۲.,٬٫'/()- $تومانe", max_size=20))
def test_whatever_is_typed_is_read_or_refused_in_words(raw: str) -> None:
    said = "."
    try:
        assert parse_amount(raw).is_finite()
    except AmountError as error:
        with override("fa"):
            said = str(error)
    assert said.endswith(".")
    assert "%(" not in said
