"""Money keeps its currency, and rounds as it says."""

from __future__ import annotations

import operator
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.money.amounts import LARGEST, AmountError, CurrencyMismatch, Money, add_by_currency
from peyvand.foundation.money.currencies import CURRENCIES, UnknownCurrencyError, currency_of
from peyvand.foundation.text.keys import fa_key

CODES = st.sampled_from(sorted(CURRENCIES))
MONEY = st.builds(Money, st.integers(-(10**15), 10**15), CODES)


@given(MONEY)
def test_money_is_exactly_its_decimal(money: Money) -> None:
    assert Money.from_decimal(money.to_decimal(), money.currency) == money


@given(st.lists(MONEY))
def test_sums_stay_in_their_currencies(items: list[Money]) -> None:
    sums = add_by_currency(items)
    assert set(sums) == {item.currency for item in items}
    for code, total in sums.items():
        assert total == sum(item.minor for item in items if item.currency == code)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_arithmetic_in_one_currency(a: int, b: int) -> None:
    left, right = Money(a, "EUR"), Money(b, "EUR")
    assert (left + right) - right == left
    assert (-left).minor == -a
    assert abs(left).minor == abs(a)
    assert (left < right, left <= right, left > right, left >= right) == (a < b, a <= b, a > b, a >= b)


VERBS = [operator.add, operator.sub, operator.lt, operator.le, operator.gt, operator.ge]


@pytest.mark.parametrize("verb", VERBS)
def test_currencies_never_meet(verb: Callable[[Money, Money], object]) -> None:
    with pytest.raises(CurrencyMismatch):
        verb(Money(0, "EUR"), Money(0, "USD"))
    assert Money(5, "EUR") != Money(5, "USD")


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [
        ("1.005", "GBP", 101),
        ("-1.005", "GBP", -101),
        ("1.004", "GBP", 100),
        ("2.5", "JPY", 3),
        ("1.2345", "KWD", 1235),
        ("100000", "IRR", 100_000),
        ("10000", "IRT", 100_000),
        ("0.05", "IRT", 1),
    ],
)
def test_rounding(amount: str, currency: str, minor: int) -> None:
    assert Money.from_decimal(Decimal(amount), currency).minor == minor


def test_rounding_as_told() -> None:
    assert Money.from_decimal(Decimal("2.5"), "JPY", ROUND_HALF_EVEN).minor == 2
    assert Money.from_decimal(Decimal("1.999"), "EUR", ROUND_DOWN).minor == 199


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e30", "-1e500"])
def test_what_no_database_holds_is_refused(amount: str) -> None:
    with pytest.raises(AmountError):
        Money.from_decimal(Decimal(amount), "IRR")
    with pytest.raises(AmountError):
        Money(LARGEST + 1, "IRR")
    assert Money(LARGEST, "IRR").minor == LARGEST


def test_only_whole_units_of_known_currencies() -> None:
    with pytest.raises(TypeError):
        Money(1.5, "EUR")
    with pytest.raises(UnknownCurrencyError) as caught:
        Money(1, "IRT")
    with override("fa"):
        assert str(caught.value) == "ارزی با کد IRT نیست. کدی مانند IRR یا EUR بنویسید."


def test_minor_digits_of_iso() -> None:
    for code, digits in {
        "IRR": 0,
        "USD": 2,
        "JPY": 0,
        "KWD": 3,
        "IQD": 3,
        "KRW": 0,
        "CLP": 0,
        "TND": 3,
        "AED": 2,
    }.items():
        assert currency_of(code).digits == digits


def test_no_two_currencies_are_written_alike() -> None:
    written: dict[str, str] = {}
    for code, currency in CURRENCIES.items():
        for language in ("fa", "en"):
            with override(language):
                for label in (currency.name, currency.word, currency.symbol or None):
                    if label is not None:
                        assert written.setdefault(fa_key(str(label)), code) == code


def test_every_currency_has_a_persian_name() -> None:
    for code, currency in CURRENCIES.items():
        assert (currency.code, len(code), code.isupper()) == (code, 3, True)
        for label in (currency.name, currency.word):
            with override("fa"):
                assert label is None or any("ا" <= letter <= "ی" for letter in str(label))
