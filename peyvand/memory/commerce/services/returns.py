"""The lines of a return: parts of what was sold, which together never come to more, nor less, than the whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, localcontext

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from peyvand.memory.commerce.models import Order, OrderLine, OrderStatus
from peyvand.memory.commerce.money import EXACT, decimals, part_of, percent_of

_SUMMED = ("quantity", "discount", "order_discount", "amount", "tax")


@dataclass(frozen=True)
class Back:
    """What has come back of a line so far, in returns that stand; all of the sign that the sale had."""

    quantity: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    order_discount: Decimal = Decimal(0)
    amount: Decimal = Decimal(0)
    tax: Decimal = Decimal(0)


def _backs(order: Order) -> dict[int, Back]:
    rows = (
        OrderLine.objects.filter(returns__order=order)
        .exclude(order__status=OrderStatus.CANCELLED)
        .values_list("returns_id")
        .annotate(*(Sum(name) for name in _SUMMED))
    )
    return {pk: Back(*(-each for each in sums)) for pk, *sums in rows}


def returnable(*, order: Order) -> dict[int, Decimal]:
    """How much of each line of a sale may still come back, by id of the line."""
    backs = _backs(order)
    return {
        line.pk: line.quantity - backs.get(line.pk, Back()).quantity for line in order.items.all() if line.quantity > 0
    }


def returned_lines(*, order: Order, quantities: Mapping[int, Decimal]) -> list[OrderLine]:
    """Lines of a return: negative quantities of the order's own lines, at the prices and costs of the sale, with their
    part of its discounts and taxes.
    """
    chosen = {pk: quantity for pk, quantity in quantities.items() if quantity != 0}
    if not chosen:
        raise ValidationError({"lines": _("Say how many of which line came back.")})
    sold = {line.pk: line for line in order.items.filter(pk__in=chosen)}
    backs = _backs(order)
    made = []
    for position, (pk, quantity) in enumerate(chosen.items(), 1):
        if pk not in sold:
            raise ValidationError({"lines": _("A line that is not of this order was to be returned.")})
        line, before = sold[pk], backs.get(pk, Back())
        if not quantity.is_finite() or quantity < 0:
            raise ValidationError({"lines": _("The quantity that came back must be above zero.")})
        if quantity > line.quantity - before.quantity:
            raise ValidationError(
                {"lines": _("More would come back than was sold of “%(name)s”.") % {"name": line.description}}
            )
        made.append(_line_back(order, line, before, quantity, position))
    return made


def _line_back(order: Order, line: OrderLine, before: Back, quantity: Decimal, position: int) -> OrderLine:
    with localcontext(EXACT):
        part = part_back(line, before, quantity, order_percent=order.discount_percent, exponent=order.exponent)
    return OrderLine(
        product_id=line.product_id,
        returns=line,
        position=position,
        description=line.description,
        quantity=-quantity,
        unit_price=line.unit_price,
        amount=-part.amount,
        unit_cost=line.unit_cost,
        price_list_id=line.price_list_id,
        discount=-part.discount,
        discount_percent=line.discount_percent,
        discount_reason=line.discount_reason,
        order_discount=-part.order_discount,
        tax_rate_id=line.tax_rate_id,
        tax_percent=line.tax_percent,
        tax_included=line.tax_included,
        tax=-part.tax,
    )


def part_back(
    line: OrderLine, before: Back, quantity: Decimal, *, order_percent: Decimal | None, exponent: int
) -> Back:
    """The part of a sold line that goes back with `quantity`, after `before` has gone back.

    Percentages are of the part itself. Amounts and taxes go back in proportion to all that has gone back by then, less
    what went back before: so that the last part takes exactly what is left, whatever the roundings on the way, and no
    part takes more than its own price or leaves more than the rest can bear. Called where decimals lose no digit.
    """
    places = max(exponent, *(decimals(value) for value in (line.unit_price, line.discount, line.order_discount)))
    rest = line.quantity - before.quantity - quantity  # still with the customer afterwards
    price, price_left = quantity * line.unit_price, rest * line.unit_price
    share = (before.quantity + quantity, line.quantity)
    if line.discount_percent is not None:
        discount = percent_of(price, line.discount_percent)
    else:
        discount = _part(line.discount, share, before.discount, own=price, left=price_left, places=places)
    price -= discount
    price_left -= line.discount - before.discount - discount
    if order_percent is not None:
        order_discount = percent_of(price, order_percent)
    else:
        order_discount = _part(line.order_discount, share, before.order_discount, price, price_left, places=places)
    amount = price - order_discount
    amount_left = line.amount - before.amount - amount
    tax = _part(
        line.tax, (before.amount + amount, line.amount), before.tax, own=amount, left=amount_left, places=exponent,
        bounded=line.tax_included,
    )  # fmt: skip
    return Back(quantity, discount, order_discount, amount, tax)


def _part(
    whole: Decimal,
    share: tuple[Decimal, Decimal],
    before: Decimal,
    own: Decimal,
    left: Decimal,
    *,
    places: int,
    bounded: bool = True,
) -> Decimal:
    """`whole` × share less what went back before; 0 or of the sign of `whole`; at most `own`, leaving at most `left`.

    Where it is not `bounded` by these two: nothing where `own` is nothing, and all that is open where `left` is.
    """
    sign = -1 if whole < 0 else 1
    open_now = abs(whole) - sign * before
    wanted = sign * (part_of(whole, *share, places=places) - before)
    most, least_left = (abs(own), abs(left)) if bounded else (open_now if own else 0, open_now if left else 0)
    found = min(max(wanted, open_now - least_left, Decimal(0)), Decimal(most), open_now)
    return sign * found
