"""The lines of an order to be written: prices and costs filled in, every number within bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import Sum
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean
from peyvand.memory.commerce.models import Order, OrderLine, OrderStatus, Product
from peyvand.memory.commerce.money import AMOUNT_BOUND, DECIMALS_AT_MOST, EXACT

LINES_AT_MOST = 1_000
FIGURES = ("lines", "total_minor", "cost_minor", "paid_minor", "returned_minor")


@dataclass(frozen=True)
class LineData:
    """A line to be sold: a product, or a bare description; prices are decimals of the order's currency.

    Without `unit_price` or `unit_cost` the product's own are taken, when they are in that currency.
    """

    quantity: Decimal
    product_id: int | None = None
    description: str = ""
    unit_price: Decimal | None = None
    unit_cost: Decimal | None = None


def lines_of(*, actor: Actor, lines: Sequence[LineData], currency: str) -> list[OrderLine]:
    """The lines to be written, with prices and costs of their products filled in."""
    if not lines:
        raise ValidationError({"lines": _("An order needs at least one line.")})
    if len(lines) > LINES_AT_MOST:
        raise ValidationError({"lines": _("At most 1,000 lines in one order; split it in two.")})
    wanted = {line.product_id for line in lines if line.product_id is not None}
    products = Product.objects.filter(demo=actor.demo).in_bulk(wanted)
    return [
        _line(line=line, product=_product(products, line.product_id), currency=currency, position=position)
        for position, line in enumerate(lines, 1)
    ]


def _product(products: Mapping[int, Product], pk: int | None) -> Product | None:
    if pk is None:
        return None
    if pk not in products:
        raise ValidationError({"lines": _("One of the products no longer exists. Choose it again.")})
    return products[pk]


def _line(*, line: LineData, product: Product | None, currency: str, position: int) -> OrderLine:
    own = product if product is not None and product.currency == currency else None
    price = line.unit_price if line.unit_price is not None or own is None else own.unit_price
    cost = line.unit_cost if line.unit_cost is not None or own is None else own.unit_cost
    description = clean(line.description) or (product.name if product else "")
    if price is None:
        raise ValidationError({"lines": _("Line %(line)s has no price.") % {"line": position}})
    if not description:
        raise ValidationError(
            {"lines": _("Line %(line)s says nothing: choose a product or describe it.") % {"line": position}}
        )
    if not line.quantity.is_finite() or line.quantity <= 0:
        raise ValidationError({"lines": _("The quantity of line %(line)s must be above zero.") % {"line": position}})
    _check_bounds(line.quantity, price, position=position)
    return OrderLine(
        product=product,
        position=position,
        description=description[:300],
        quantity=line.quantity,
        unit_price=price,
        amount=EXACT.multiply(line.quantity, price),
        unit_cost=cost,
    )


def _check_bounds(quantity: Decimal, price: Decimal, *, position: int) -> None:
    """Refuse what the tables refuse, in words: endless decimals, numbers beyond bounds, not-a-number."""
    for value in (quantity, price):
        exponent = value.as_tuple().exponent
        if not isinstance(exponent, int) or exponent < -DECIMALS_AT_MOST or abs(value) >= AMOUNT_BOUND:
            raise ValidationError(
                {"lines": _("A number of line %(line)s is too large or too fine.") % {"line": position}}
            )
    if abs(EXACT.multiply(quantity, price)) >= AMOUNT_BOUND:
        raise ValidationError({"lines": _("The amount of line %(line)s is too large.") % {"line": position}})


def put_lines(*, order: Order, lines: Sequence[OrderLine]) -> None:
    """Write the lines and read back the figures that the database made of them."""
    for line in lines:
        line.order = order
    OrderLine.objects.bulk_create(lines)
    order.refresh_from_db(fields=FIGURES)


def returned_lines(*, order: Order, quantities: Mapping[int, Decimal]) -> list[OrderLine]:
    """Lines of a return: negative quantities of the order's own lines, at the prices and costs of the sale."""
    chosen = {pk: quantity for pk, quantity in quantities.items() if quantity != 0}
    if not chosen:
        raise ValidationError({"lines": _("Say how many of which line came back.")})
    sold = {line.pk: line for line in order.items.filter(pk__in=chosen)}
    open_now = returnable(order=order)
    made = []
    for position, (pk, quantity) in enumerate(chosen.items(), 1):
        if pk not in sold:
            raise ValidationError({"lines": _("A line that is not of this order was to be returned.")})
        if not quantity.is_finite() or quantity < 0:
            raise ValidationError({"lines": _("The quantity that came back must be above zero.")})
        if quantity > open_now.get(pk, Decimal(0)):
            raise ValidationError(
                {"lines": _("More would come back than was sold of “%(name)s”.") % {"name": sold[pk].description}}
            )
        line = sold[pk]
        made.append(
            OrderLine(
                product_id=line.product_id,
                returns=line,
                position=position,
                description=line.description,
                quantity=-quantity,
                unit_price=line.unit_price,
                amount=EXACT.multiply(-quantity, line.unit_price),
                unit_cost=line.unit_cost,
            )
        )
    return made


def returnable(*, order: Order) -> dict[int, Decimal]:
    """How much of each line of a sale may still come back, by id of the line."""
    back = (
        OrderLine.objects.filter(returns__order=order)
        .exclude(order__status=OrderStatus.CANCELLED)
        .values_list("returns_id")
        .annotate(Sum("quantity"))
    )
    returned = dict(back)
    return {
        line.pk: line.quantity + returned.get(line.pk, Decimal(0)) for line in order.items.all() if line.quantity > 0
    }
