"""Making and changing products."""

from __future__ import annotations

from dataclasses import dataclass, fields
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.events.commerce import ProductSaved
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean
from peyvand.memory.commerce.access import PRODUCTS_EDIT
from peyvand.memory.commerce.models import Product, ProductKind
from peyvand.memory.commerce.money import AMOUNT_BOUND, is_currency
from peyvand.memory.commerce.products import product_key
from peyvand.memory.commerce.queries.products import tree_of


@dataclass(frozen=True)
class ProductData:
    """What a person or a program says of a product; prices are decimals of `currency`."""

    sku: str
    name: str
    currency: str
    kind: str = ProductKind.GOODS
    unit_price: Decimal | None = None
    unit_cost: Decimal | None = None
    active: bool = True
    category_id: int | None = None


class StaleError(ValidationError):
    """Somebody else changed the row since it was read; nothing was written."""


def product_save(
    *, actor: Actor, data: ProductData, product: Product | None = None, version: int | None = None
) -> Product:
    """Make a product, or change one. StaleError when `version` is no longer the row's."""
    actor.require(PRODUCTS_EDIT)
    sku, name = clean(data.sku), clean(data.name)
    _check_product(actor=actor, data=data, sku=sku, name=name, pk=product.pk if product else None)
    with change_set(actor=actor, kind="edit", title=str(_("Product %(name)s")) % {"name": name}):
        if product is None:
            kept = Product(demo=actor.demo, version=0)
        else:
            kept = Product.objects.select_for_update().get(pk=product.pk, demo=actor.demo)
            if version is not None and version != kept.version:
                raise StaleError(_("Someone changed this product while you were editing it. Open it again to see."))
        for field in fields(data):
            setattr(kept, field.name, getattr(data, field.name))
        kept.sku, kept.name, kept.search_key = sku, name, product_key(sku=sku, name=name)
        kept.version += 1
        kept.updated_at = timezone.now()
        kept.save()
        publish(ProductSaved(product_id=kept.pk, sku=kept.sku, demo=kept.demo), actor=actor)
    return kept


def _check_product(*, actor: Actor, data: ProductData, sku: str, name: str, pk: int | None) -> None:
    wrong: dict[str, Label] = {}
    if not sku:
        wrong["sku"] = _("Give the product a code, as on its label or price list.")
    elif len(sku) > 100:
        wrong["sku"] = _("At most 100 characters.")
    elif Product.objects.filter(demo=actor.demo, sku__iexact=sku).exclude(pk__in=[] if pk is None else [pk]).exists():
        wrong["sku"] = _("Another product already has this code.")
    if not name or len(name) > 300:
        wrong["name"] = _("Give the product a name of at most 300 characters.")
    if data.kind not in ProductKind.values:
        wrong["kind"] = _("Choose goods, service or fee.")
    if data.category_id is not None and not _is_offered(actor=actor, category_id=data.category_id, pk=pk):
        wrong["category_id"] = _("Choose one of the categories.")
    if not is_currency(data.currency):
        wrong["currency"] = _("Choose a currency.")
    for field in ("unit_price", "unit_cost"):
        amount = getattr(data, field)
        if amount is not None and not (amount.is_finite() and abs(amount) < AMOUNT_BOUND):
            wrong[field] = _("This number is too large.")
    if wrong:
        raise ValidationError(wrong)


def _is_offered(*, actor: Actor, category_id: int, pk: int | None) -> bool:
    """Whether a product may be put there: into a category in use, or where it is already."""
    if any(branch.pk == category_id for branch in tree_of(demo=actor.demo).offered()):
        return True
    return pk is not None and Product.objects.filter(pk=pk, category_id=category_id).exists()
