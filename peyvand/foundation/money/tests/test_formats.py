"""Numbers, percents and money as they are shown."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import CURRENCIES
from peyvand.foundation.money.formats import MoneyStyle, format_money, format_number, format_percent
from peyvand.foundation.money.parsing import parse_amount, read_amount


@pytest.mark.parametrize(
    ("minor", "currency", "language", "style", "text"),
    [
        (21_400_000, "IRR", "fa", "full", "۲٬۱۴۰٬۰۰۰ تومان"),
        (21_400_005, "IRR", "fa", "full", "۲٬۱۴۰٬۰۰۰٫۵ تومان"),
        (-21_400_000, "IRR", "fa", "full", "\u200e−۲٬۱۴۰٬۰۰۰ تومان"),
        (21_400_000, "IRR", "en", "full", "2,140,000 toman"),
        (486_000_000, "IRR", "fa", "short", "۴۸٫۶ میلیون تومان"),
        (39_000_000_000, "IRR", "fa", "short", "۳٫۹ میلیارد تومان"),
        (12_000_000_000_000, "IRR", "fa", "short", "۱٫۲ هزار میلیارد تومان"),
        (5_600_000, "IRR", "fa", "short", "۵۶۰ هزار تومان"),
        (9_990, "IRR", "fa", "short", "۹۹۹ تومان"),
        (5_600_000, "IRR", "en", "short", "560K toman"),
        (21_400_000, "IRR", "fa", "number", "۲٬۱۴۰٬۰۰۰"),
        (486_000_000, "IRR", "fa", "millions", "۴۸٫۶"),
        (123_450, "GBP", "en", "full", "£1,234.50"),
        (-123_450, "GBP", "en", "full", "-£1,234.50"),
        (123_450, "GBP", "fa", "full", "۱٬۲۳۴٫۵۰ پوند"),
        (120_000_000, "GBP", "en", "short", "£1.2M"),
        (99_996_000, "GBP", "en", "short", "£1M"),
        (95_000_000, "GBP", "en", "short", "£950K"),
        (95_000, "GBP", "en", "short", "£950"),
        (950, "GBP", "en", "short", "£9.50"),
        (123_450, "AED", "en", "full", "AED 1,234.50"),
        (1_234_567, "KWD", "fa", "full", "۱٬۲۳۴٫۵۶۷ دینار کویت"),
        (1_234, "JPY", "en", "full", "¥1,234"),
        (0, "EUR", "en", "full", "€0.00"),
        (-4, "GBP", "en", "millions", "0.0"),
    ],
)
def test_money(minor: int, currency: str, language: str, style: MoneyStyle, text: str) -> None:
    assert format_money(Money(minor, currency), language=language, style=style) == text


def test_rials_by_setting() -> None:
    money = Money(21_400_000, "IRR")
    assert format_money(money, language="fa", toman=False) == "۲۱٬۴۰۰٬۰۰۰ ریال"
    assert format_money(money, language="en", toman=False, style="short") == "21.4M rial"


@pytest.mark.parametrize(
    ("number", "decimals", "fa", "en"),
    [
        (1234567, None, "۱٬۲۳۴٬۵۶۷", "1,234,567"),
        (Decimal("1234.50"), None, "۱٬۲۳۴٫۵", "1,234.5"),
        (Decimal("1234.5"), 2, "۱٬۲۳۴٫۵۰", "1,234.50"),
        (0.1 + 0.2, None, "۰٫۳", "0.3"),
        (2.5, 0, "۳", "3"),
        (-5, None, "\u200e−۵", "-5"),
        (Decimal("-0.004"), 2, "۰٫۰۰", "0.00"),
        (1e21, None, "۱٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰٬۰۰۰", "1,000,000,000,000,000,000,000"),
    ],
)
def test_numbers(number: Decimal | float, decimals: int | None, fa: str, en: str) -> None:
    assert format_number(number, language="fa", decimals=decimals) == fa
    assert format_number(number, language="en", decimals=decimals) == en


def test_percents() -> None:
    assert format_percent(0.25, language="fa") == "\u061c۲۵٪"
    assert format_percent(0.125, language="fa", decimals=1) == "\u061c۱۲٫۵٪"
    assert format_percent(Decimal("-0.05"), language="fa") == "\u061c\u2066−۵\u2069٪"
    assert format_percent(0.25, language="en") == "25%"
    assert format_percent(-0.051, language="en", decimals=1) == "-5.1%"


MONEY = st.builds(Money, st.integers(-(10**16), 10**16), st.sampled_from(sorted(CURRENCIES)))
LANGUAGES = st.sampled_from(["fa", "en"])


@given(MONEY, LANGUAGES, st.booleans())
def test_what_is_shown_can_be_typed(money: Money, language: str, toman: bool) -> None:
    shown = format_money(money, language=language, toman=toman)
    assert read_amount(shown).money("") == money


@given(MONEY, LANGUAGES)
def test_short_money_is_near(money: Money, language: str) -> None:
    near = read_amount(format_money(money, language=language, style="short")).money("")
    assert near.currency == money.currency
    whole = 5 if money.currency == "IRR" else 0  # in short, toman are whole: half of one is lost at most
    assert abs(near.minor - money.minor) <= max(abs(money.minor) // 19, whole)


@pytest.mark.parametrize("minor", [1, 4, 5, 9, 11, 15, 104])
def test_a_few_rials_are_whole_toman_in_short(minor: int) -> None:
    near = read_amount(format_money(Money(minor, "IRR"), language="fa", style="short")).money("")
    assert abs(near.minor - minor) <= 5


@given(st.decimals(-(10**12), 10**12, places=4), LANGUAGES)
def test_numbers_go_and_come_back(number: Decimal, language: str) -> None:
    assert parse_amount(format_number(number, language=language, decimals=4)) == number
