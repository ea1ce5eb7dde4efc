"""What commerce asks of numbers."""

from __future__ import annotations

from decimal import Context, Decimal

from peyvand.foundation.money.currencies import exponent_of, is_currency

AMOUNT_BOUND = Decimal(10) ** 14  # of any line; see the table's check
DECIMALS_AT_MOST = 10  # of a quantity or price
EXACT = Context(prec=100)  # no product of two such numbers is rounded

__all__ = ["AMOUNT_BOUND", "DECIMALS_AT_MOST", "EXACT", "exponent_of", "is_currency"]
