"""What commerce asks of numbers."""

from __future__ import annotations

from decimal import Context, Decimal

from peyvand.foundation.money.currencies import exponent_of, is_currency

AMOUNT_BOUND = Decimal(10) ** 14  # of any line; see the table's check
DECIMALS_AT_MOST = 10  # of a quantity or price
PERCENT_DECIMALS = 4
EXACT = Context(prec=100)  # no product of two such numbers is rounded

__all__ = [
    "AMOUNT_BOUND", "DECIMALS_AT_MOST", "EXACT", "PERCENT_DECIMALS", "decimals", "exponent_of", "is_currency",
    "part_of", "percent_of", "tax_of",
]  # fmt: skip


def decimals(value: Decimal) -> int:
    """How many decimals a number has, idle zeros left out; 0 for what is no number."""
    exponent = value.normalize(EXACT).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def percent_of(amount: Decimal, percent: Decimal) -> Decimal:
    """A percentage of an amount, to the last digit."""
    return EXACT.multiply(amount, percent).scaleb(-2, EXACT)


def part_of(whole: Decimal, part: Decimal, total: Decimal, *, places: int) -> Decimal:
    """whole × part / total, rounded half up (away from zero) to `places`; 0 where the total is."""
    if not total:
        return Decimal(0)
    return _ratio(EXACT.multiply(whole, part), total, places)


def tax_of(amount: Decimal, percent: Decimal, *, included: bool, exponent: int) -> Decimal:
    """The tax of an amount in whole minor units, as the database works it out (commerce_tax, migrations/0004)."""
    whole = Decimal(100) + percent if included else Decimal(100)
    return _ratio(EXACT.multiply(amount, percent), whole, exponent)


def _ratio(above: Decimal, below: Decimal, places: int) -> Decimal:
    """A quotient rounded half up, without being cut off anywhere before."""
    scaled = above.scaleb(places, EXACT)
    sign = -1 if (scaled < 0) != (below < 0) else 1
    twice, divisor = EXACT.multiply(abs(scaled), Decimal(2)), abs(below)
    whole = EXACT.divide_int(EXACT.add(twice, divisor), EXACT.multiply(divisor, Decimal(2)))
    return EXACT.multiply(whole, Decimal(sign)).scaleb(-places, EXACT)
