"""Prices, discounts and taxes in words, and discounts as people type them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.utils.translation import gettext

from peyvand.foundation.money.parsing import parse_amount
from peyvand.foundation.text.bidi import isolate
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.pieces import CLASSES
from peyvand.memory.commerce.models import Audience, PriceList, PriceListItem, TaxRate
from peyvand.memory.commerce.money import decimals
from peyvand.memory.commerce.queries import Price
from peyvand.memory.commerce.services import DiscountData
from peyvand.memory.commerce.web.forms import said_exactly, said_price, typed_amount

PERCENT_SIGNS = ("%", "٪", "﹪", "％", "درصد", "percent")


def said_percent(percent: Decimal) -> str:
    """A percentage with all of its decimals."""
    return formats.percent(percent.scaleb(-2), decimals(percent))


def typed_percent(text: str) -> Decimal | None:
    """The percentage that was typed («۱۲٫۵٪»), None where none was typed. AmountError for what is no number."""
    for sign in PERCENT_SIGNS:
        if sign in text:
            return parse_amount(text.replace(sign, " "))
    return None


def typed_discount(text: str, reason: str, currency: str) -> DiscountData | None:
    """What was typed of a discount: «۱۰٪» or an amount in the reader's unit; None for nothing. AmountError as above."""
    if not text.strip():
        return None
    percent = typed_percent(text)
    if percent is not None:
        return DiscountData(reason, percent=percent)
    return DiscountData(reason, amount=typed_amount(text, currency))


def said_discount(percent: Decimal | None, amount: Decimal | None, currency: str) -> str:
    """A discount as it was agreed: a percentage, else an amount."""
    return said_percent(percent) if percent is not None else said_price(amount, currency)


def whom(price_list: PriceList) -> str:
    """For whom a list holds."""
    if price_list.audience == Audience.TAG and price_list.tag is not None:
        return gettext("customers with the tag %(tag)s") % {"tag": isolate(price_list.tag.name)}
    if price_list.audience == Audience.CLASS:
        return gettext("customers of the class %(name)s") % {"name": class_word(price_list.value_class)}
    return gettext("everyone")


def class_word(code: str) -> str:
    """A value class in words."""
    return str(CLASSES[code][0]) if code in CLASSES else code


def because(price: Price | None) -> str:
    """Why a line costs what it costs, in one line."""
    if price is None:
        return gettext("the price that was typed")
    if price.price_list is None:
        return gettext("the product's own price")
    one = price.price_list
    if one.audience == Audience.TAG and one.tag is not None:
        why = gettext("from the list %(list)s, because of the tag %(tag)s") % {
            "list": isolate(one.name), "tag": isolate(one.tag.name),
        }  # fmt: skip
    elif one.audience == Audience.CLASS:
        why = gettext("from the list %(list)s, because of the class %(name)s") % {
            "list": isolate(one.name), "name": class_word(one.value_class),
        }  # fmt: skip
    else:
        why = gettext("from the list %(list)s, which is for everyone") % {"list": isolate(one.name)}
    return " · ".join((why, *_terms(price, one.currency)))


def _terms(price: Price, currency: str) -> list[str]:
    said = []
    if price.percent_off is not None and price.own is not None:
        said.append(
            gettext("%(percent)s off %(price)s")
            % {"percent": said_percent(price.percent_off), "price": isolate(said_price(price.own, currency))}
        )
    if price.item is not None and price.item.min_quantity:
        said.append(gettext("from %(n)s on") % {"n": said_exactly(price.item.min_quantity)})
    return said


def item_price(item: PriceListItem, currency: str) -> str:
    """What stands in a list: a price, or a percentage off."""
    if item.percent_off is not None:
        return gettext("%(percent)s off its own price") % {"percent": said_percent(item.percent_off)}
    return said_price(item.price, currency)


def days(since: date | None, until: date | None) -> str:
    """From when to when something holds."""
    if since is not None and until is not None:
        return gettext("%(since)s to %(until)s") % {"since": formats.day(since), "until": formats.day(until)}
    if since is not None:
        return gettext("since %(day)s") % {"day": formats.day(since)}
    if until is not None:
        return gettext("until %(day)s") % {"day": formats.day(until)}
    return gettext("always")


def rate_words(rate: TaxRate | None, percent: Decimal) -> str:
    """A tax as a line of totals calls it."""
    name = isolate(rate.name) if rate is not None else gettext("Tax")
    return f"{name} {said_percent(percent)}"
