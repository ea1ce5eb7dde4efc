"""What a line of a file says of discount and tax, in the way the table keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from peyvand.memory.commerce.money import EXACT, tax_of

TERMS = frozenset({"discount", "tax_percent", "tax_included", "tax"})
PLAIN: tuple[Decimal, Decimal | None, bool, Decimal] = (Decimal(0), None, False, Decimal(0))


@dataclass(frozen=True)
class Wrong:
    """Why the line can't be kept, and the column that is to be mended."""

    column: str
    reason: str


def terms_of(values: Mapping[str, Any], *, exponent: int) -> tuple[Decimal, Decimal | None, bool, Decimal] | Wrong:
    """Discount, per cent of tax, whether the price holds it, and the tax: all of the sign of quantity × price.

    A tax that is given is kept, rounded half up to minor units; without one it is worked out from its percentage. Files
    give what goes back with either sign: only the size counts.
    """
    price = EXACT.multiply(values["quantity"], values["unit_price"])
    sign = -1 if price < 0 else 1
    discount = abs(values.get("discount", Decimal(0)))
    if discount > abs(price) or (discount and values["unit_price"] < 0):
        return Wrong("discount", "commerce.discount_too_large")
    amount = EXACT.subtract(price, sign * discount)
    percent = values.get("tax_percent")
    if percent is not None and not 0 <= percent <= 100:
        return Wrong("tax_percent", "commerce.bad_tax_percent")
    included = bool(values.get("tax_included", False))
    if "tax" in values:
        unit = Decimal(1).scaleb(-exponent)
        tax = sign * abs(values["tax"]).quantize(unit, rounding=ROUND_HALF_UP, context=EXACT)
        if tax and (not amount or abs(tax) > abs(amount)):
            return Wrong("tax", "commerce.tax_too_large")
    else:
        tax = tax_of(amount, percent or Decimal(0), included=included, exponent=exponent)
    return sign * discount, percent, included, tax
