"""What is taken off a line, and off a whole order: exact, with its reason. Called where decimals lose no digit
(services.lines.quote).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.text.keys import clean
from peyvand.memory.commerce.models import OrderLine
from peyvand.memory.commerce.money import DECIMALS_AT_MOST, PERCENT_DECIMALS, decimals, part_of, percent_of

REASON_LENGTH = 200


@dataclass(frozen=True)
class DiscountData:
    """A percentage, or an amount in the order's currency; either of them, above zero, and why."""

    reason: str
    percent: Decimal | None = None
    amount: Decimal | None = None


def checked(discount: DiscountData, *, field: str, where: str) -> DiscountData:
    """The discount with its reason cleaned; ValidationError at `field`, with `where` ("Line 2: ") before the words."""

    def refuse(words: object) -> ValidationError:
        return ValidationError({field: f"{where}{words}"})

    reason = clean(discount.reason)
    if (discount.percent is None) == (discount.amount is None):
        raise refuse(_("A discount is a percentage or an amount."))
    percent, amount = discount.percent, discount.amount
    if percent is not None and not (
        percent.is_finite() and 0 < percent <= 100 and decimals(percent) <= PERCENT_DECIMALS
    ):
        raise refuse(_("A discount is above 0 and at most 100 per cent."))
    if amount is not None and not (amount.is_finite() and amount > 0 and decimals(amount) <= DECIMALS_AT_MOST):
        raise refuse(_("A discount must be above zero."))
    if not reason:
        raise refuse(_("Say why there is a discount."))
    return DiscountData(reason[:REASON_LENGTH], percent, amount)


def of_line(discount: DiscountData, *, price: Decimal, position: int) -> tuple[Decimal, DiscountData]:
    """How much of a line's price (quantity × unit price) is taken off, and the discount checked."""
    where = str(_("Line %(line)s: ")) % {"line": position}
    found = checked(discount, field="lines", where=where)
    if price < 0:
        raise ValidationError({"lines": where + str(_("There is no discount on a price below zero."))})
    if found.percent is not None:
        return percent_of(price, found.percent), found
    amount = found.amount or Decimal(0)
    if amount > price:
        raise ValidationError({"lines": where + str(_("The discount is more than the price."))})
    return amount, found


def shared(discount: DiscountData, *, lines: Sequence[OrderLine], exponent: int) -> DiscountData:
    """Give every line its share of the order's discount, so that the shares are the whole of it to the last digit.

    A percentage is of every line; an amount is shared by the lines above zero in proportion to what they come to,
    rounded to the currency's decimals (or the amount's own, where it has more) in such a way that nothing is left over.
    """
    found = checked(discount, field="discount", where="")
    if found.percent is not None:
        for line in lines:
            line.order_discount = percent_of(line.amount, found.percent)
            line.amount = line.amount - line.order_discount
        return found
    amount = found.amount or Decimal(0)
    bearing = [line for line in lines if line.amount > 0]
    total = sum((line.amount for line in bearing), Decimal(0))
    if amount > total or amount > sum((line.amount for line in lines), Decimal(0)):
        raise ValidationError({"discount": _("The discount is more than the order comes to.")})
    places = max(exponent, decimals(amount))
    before, given = Decimal(0), Decimal(0)
    for line in bearing:
        before = before + line.amount
        upto = part_of(amount, before, total, places=places)
        line.order_discount = min(upto - given, line.amount)
        given = given + line.order_discount
        line.amount = line.amount - line.order_discount
    _rest(amount - given, bearing)
    return found


def _rest(left: Decimal, lines: Sequence[OrderLine]) -> None:
    """What rounding would have taken beyond a line's amount goes to lines that still have some."""
    for line in lines:
        more = min(left, line.amount)
        line.order_discount = line.order_discount + more
        line.amount = line.amount - more
        left = left - more
