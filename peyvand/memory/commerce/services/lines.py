"""The lines of an order to be written: prices, discounts, taxes and costs filled in, every number within bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean
from peyvand.memory.commerce.models import Order, OrderLine, Product
from peyvand.memory.commerce.money import AMOUNT_BOUND, DECIMALS_AT_MOST, EXACT, exponent_of, tax_of
from peyvand.memory.commerce.queries.prices import Price, Pricing
from peyvand.memory.commerce.queries.taxes import Taxing
from peyvand.memory.commerce.services import discounts
from peyvand.memory.commerce.services.discounts import DiscountData
from peyvand.memory.customers.models import Customer

LINES_AT_MOST = 1_000
FIGURES = (
    "lines", "total_minor", "tax_minor", "discount_minor", "cost_minor", "paid_minor", "returned_minor",
)  # fmt: skip


@dataclass(frozen=True)
class LineData:
    """A line to be sold: a product, or a bare description; prices are decimals of the order's currency.

    Without `unit_price` the one that holds for the customer is taken (queries.price_of); without `unit_cost` the
    product's own, when it is in that currency.
    """

    quantity: Decimal
    product_id: int | None = None
    description: str = ""
    unit_price: Decimal | None = None
    unit_cost: Decimal | None = None
    discount: DiscountData | None = None


@dataclass(frozen=True)
class Sale:
    """Who buys, in which currency, on which day, and what is taken off the whole."""

    customer: Customer | None
    currency: str
    on: date
    discount: DiscountData | None = None


@dataclass(frozen=True)
class Quote:
    """Lines that are not written yet, each with the look-up of its price (None where the price was given)."""

    lines: list[OrderLine]
    prices: list[Price | None]
    discount: DiscountData | None


def quote(*, actor: Actor, sale: Sale, lines: Sequence[LineData]) -> Quote:
    """The lines as they would be written. ValidationError says in words what can't be; the caller has asked the right.

    In this order: unit price, the line's own discount, the share of the order's discount, tax.
    """
    if not lines:
        raise ValidationError({"lines": _("An order needs at least one line.")})
    if len(lines) > LINES_AT_MOST:
        raise ValidationError({"lines": _("At most 1,000 lines in one order; split it in two.")})
    with localcontext(EXACT):
        return _quote(actor, sale, lines)


def _quote(actor: Actor, sale: Sale, lines: Sequence[LineData]) -> Quote:
    wanted = {line.product_id for line in lines if line.product_id is not None}
    products = Product.objects.filter(demo=actor.demo).in_bulk(wanted)
    pricing = Pricing(
        demo=actor.demo, customer=sale.customer, currency=sale.currency, on=sale.on, products=products.values()
    )
    made: list[OrderLine] = []
    prices: list[Price | None] = []
    for position, line in enumerate(lines, 1):
        product = _product(products, line.product_id)
        price = pricing.price(product, line.quantity) if product and line.unit_price is None else None
        made.append(_line(line=line, product=product, price=price, currency=sale.currency, position=position))
        prices.append(price)
    discount = sale.discount
    if discount is not None:
        discount = discounts.shared(discount, lines=made, exponent=exponent_of(sale.currency))
    put_taxes(made, taxing=Taxing(demo=actor.demo, on=sale.on), currency=sale.currency)
    return Quote(made, prices, discount)


def _product(products: Mapping[int, Product], pk: int | None) -> Product | None:
    if pk is None:
        return None
    if pk not in products:
        raise ValidationError({"lines": _("One of the products no longer exists. Choose it again.")})
    return products[pk]


def _line(*, line: LineData, product: Product | None, price: Price | None, currency: str, position: int) -> OrderLine:
    own = product if product is not None and product.currency == currency else None
    unit_price = line.unit_price if price is None else price.amount
    description = clean(line.description) or (product.name if product else "")
    if unit_price is None:
        raise ValidationError({"lines": _("Line %(line)s has no price.") % {"line": position}})
    if not description:
        raise ValidationError(
            {"lines": _("Line %(line)s says nothing: choose a product or describe it.") % {"line": position}}
        )
    if not line.quantity.is_finite() or line.quantity <= 0:
        raise ValidationError({"lines": _("The quantity of line %(line)s must be above zero.") % {"line": position}})
    _check_bounds(line.quantity, unit_price, position=position)
    whole = EXACT.multiply(line.quantity, unit_price)
    made = OrderLine(
        product=product,
        position=position,
        description=description[:300],
        quantity=line.quantity,
        unit_price=unit_price,
        amount=whole,
        unit_cost=line.unit_cost if line.unit_cost is not None or own is None else own.unit_cost,
        price_list=price.price_list if price is not None else None,
    )
    if line.discount is not None:
        made.discount, agreed = discounts.of_line(line.discount, price=whole, position=position)
        made.discount_percent, made.discount_reason = agreed.percent, agreed.reason
        made.amount = whole - made.discount
    return made


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


def put_taxes(lines: Sequence[OrderLine], *, taxing: Taxing, currency: str) -> None:
    """Tax each line by the rate that holds for it, and keep the rate on it."""
    exponent = exponent_of(currency)
    for line in lines:
        rate = taxing.rate_of(line.product)
        if rate is None:
            continue
        line.tax_rate, line.tax_percent, line.tax_included = rate, rate.percent, rate.included
        line.tax = tax_of(line.amount, rate.percent, included=rate.included, exponent=exponent)


def put_lines(*, order: Order, lines: Sequence[OrderLine]) -> None:
    """Write the lines and read back the figures that the database made of them."""
    for line in lines:
        line.order = order
    OrderLine.objects.bulk_create(lines)
    order.refresh_from_db(fields=FIGURES)
