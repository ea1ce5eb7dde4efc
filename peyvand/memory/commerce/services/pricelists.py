"""Making and changing price lists and what stands in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.ui.pieces import CLASSES
from peyvand.memory.commerce.access import PRODUCTS_EDIT
from peyvand.memory.commerce.models import Audience, PriceList, PriceListItem, Product
from peyvand.memory.commerce.money import (
    AMOUNT_BOUND,
    DECIMALS_AT_MOST,
    PERCENT_DECIMALS,
    decimals,
    is_currency,
)
from peyvand.memory.commerce.services.products import StaleError
from peyvand.memory.customers.models import Tag

PRIORITIES = range(-1_000, 1_001)
LENGTH = 120


@dataclass(frozen=True)
class PriceListData:
    """What a person or a program says of a price list; days are of the house, both included."""

    name: str
    currency: str
    audience: str = Audience.EVERYONE
    tag_id: int | None = None
    value_class: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    priority: int = 0


@dataclass(frozen=True)
class ItemData:
    """A price in the list's currency, or a percentage off the product's own; without a product, off all others."""

    product_id: int | None = None
    min_quantity: Decimal = Decimal(0)
    price: Decimal | None = None
    percent_off: Decimal | None = None


def price_list_save(
    *, actor: Actor, data: PriceListData, price_list: PriceList | None = None, version: int | None = None
) -> PriceList:
    """Make a price list, or change one; its currency stays. StaleError when `version` is no longer the row's."""
    actor.require(PRODUCTS_EDIT)
    name = " ".join(clean(data.name).split())
    _check(actor, data, name=name, price_list=price_list)
    with change_set(actor=actor, kind="settings", title=str(_("Price list “%(name)s”")) % {"name": name}):
        if price_list is None:
            kept = PriceList(demo=actor.demo, version=0)
        else:
            kept = PriceList.objects.select_for_update(of=("self",)).get(pk=price_list.pk, demo=actor.demo)
            if version is not None and version != kept.version:
                raise StaleError(_("Someone changed this price list while you were editing it. Open it again to see."))
        for field in fields(data):
            setattr(kept, field.name, getattr(data, field.name))
        kept.tag_id = data.tag_id if data.audience == Audience.TAG else None
        kept.value_class = data.value_class if data.audience == Audience.CLASS else ""
        kept.name, kept.key = name, fa_key(name)
        kept.version += 1
        kept.updated_at = timezone.now()
        kept.save()
    return kept


def _check(actor: Actor, data: PriceListData, *, name: str, price_list: PriceList | None) -> None:
    wrong: dict[str, Label] = {}
    others = PriceList.objects.filter(demo=actor.demo).exclude(pk__in=[price_list.pk] if price_list else [])
    if not fa_key(name) or len(name) > LENGTH or len(fa_key(name)) > LENGTH:
        wrong["name"] = _("Give the price list a name of at most 120 letters.")
    elif others.filter(key=fa_key(name)).exists():
        wrong["name"] = _("There is a price list of this name already.")
    if not is_currency(data.currency):
        wrong["currency"] = _("Choose a currency.")
    elif price_list is not None and price_list.currency != data.currency:
        wrong["currency"] = _("The currency of a price list stays. Make another list.")
    if data.audience not in Audience.values:
        wrong["audience"] = _("Choose for whom it is.")
    if data.audience == Audience.TAG and not Tag.objects.filter(demo=actor.demo, pk=data.tag_id or 0).exists():
        wrong["tag_id"] = _("Choose one of the tags.")
    if data.audience == Audience.CLASS and data.value_class not in CLASSES:
        wrong["value_class"] = _("Choose one of the classes.")
    if data.valid_from is not None and data.valid_until is not None and data.valid_until < data.valid_from:
        wrong["valid_until"] = _("The last day is before the first.")
    if data.priority not in PRIORITIES:
        wrong["priority"] = _("A priority is between −1,000 and 1,000.")
    if wrong:
        raise ValidationError(wrong)


def price_list_archive(*, actor: Actor, price_list: PriceList, archived: bool) -> int:
    """Let a price list no longer hold, or hold again; gives the change set. What was sold keeps it."""
    actor.require(PRODUCTS_EDIT)
    words = _("Price list “%(name)s” archived") if archived else _("Price list “%(name)s” brought back")
    with change_set(actor=actor, kind="settings", title=str(words) % {"name": price_list.name}) as done:
        PriceList.objects.filter(pk=price_list.pk, demo=actor.demo).update(
            archived=archived, updated_at=timezone.now(), version=F("version") + 1
        )
    return done.pk


def item_save(
    *, actor: Actor, price_list: PriceList, data: ItemData, item: PriceListItem | None = None
) -> PriceListItem:
    """Put a price into a list, in the place of the one for the same product and quantity; or change one."""
    actor.require(PRODUCTS_EDIT)
    _check_item(actor, data)
    with change_set(actor=actor, kind="edit", title=str(_("Prices of “%(name)s”")) % {"name": price_list.name}):
        kept_list = PriceList.objects.select_for_update(of=("self",)).get(pk=price_list.pk, demo=actor.demo)
        whose = Q(product_id=data.product_id) if data.product_id is not None else Q(product__isnull=True)
        same = kept_list.items.filter(whose, min_quantity=data.min_quantity).first()
        if item is not None and same is not None and same.pk != item.pk:
            raise ValidationError({"min_quantity": _("There is a price from this quantity on already.")})
        kept = item or same or PriceListItem(price_list=kept_list)
        for field in fields(data):
            setattr(kept, field.name, getattr(data, field.name))
        kept.save()
    return kept


def _check_item(actor: Actor, data: ItemData) -> None:
    wrong: dict[str, Label] = {}
    if data.product_id is not None and not Product.objects.filter(pk=data.product_id, demo=actor.demo).exists():
        wrong["product"] = _("Choose one of the products.")
    if (data.price is None) == (data.percent_off is None):
        wrong["price"] = _("Type a price or a percentage.")
    elif data.price is not None and data.product_id is None:
        wrong["price"] = _("For all products there is only a percentage.")
    if data.price is not None and not _fits(data.price, most=AMOUNT_BOUND, places=DECIMALS_AT_MOST):
        wrong["price"] = _("A price is zero or above, with at most ten decimals.")
    percent = data.percent_off
    if percent is not None and not (
        percent.is_finite() and 0 < percent <= 100 and decimals(percent) <= PERCENT_DECIMALS
    ):
        wrong["percent_off"] = _("A percentage off is above 0 and at most 100.")
    if not _fits(data.min_quantity, most=AMOUNT_BOUND, places=DECIMALS_AT_MOST):
        wrong["min_quantity"] = _("A minimum quantity is zero or above.")
    if wrong:
        raise ValidationError(wrong)


def _fits(value: Decimal, *, most: Decimal, places: int) -> bool:
    return value.is_finite() and 0 <= value < most and decimals(value) <= places


def items_remove(*, actor: Actor, price_list: PriceList, item_ids: Sequence[int]) -> int:
    """Take prices out of a list; gives the change set."""
    actor.require(PRODUCTS_EDIT)
    with change_set(actor=actor, kind="edit", title=str(_("Prices of “%(name)s”")) % {"name": price_list.name}) as done:
        PriceListItem.objects.filter(price_list_id=price_list.pk, price_list__demo=actor.demo, pk__in=item_ids).delete()
    return done.pk
