"""Which rate of tax holds for what is sold on a day, and the reads of rates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import QuerySet

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.access import PRODUCTS_VIEW, TAXES_EDIT
from peyvand.memory.commerce.models import Product, TaxRate, TaxScope
from peyvand.memory.commerce.queries.products import Tree, tree_of


def tax_rates(*, actor: Actor) -> QuerySet[TaxRate]:
    """The rates with what they are for, newest first; the archived ones last."""
    if not actor.may(TAXES_EDIT):
        actor.require(PRODUCTS_VIEW)
    found = TaxRate.objects.visible_to(actor).prefetch_related("targets__category", "targets__product")
    return found.order_by("archived", "-valid_from", "-pk")


def tax_rate_get(*, actor: Actor, rate_id: int) -> TaxRate:
    """One rate; TaxRate.DoesNotExist outside the actor's reach."""
    return tax_rates(actor=actor).get(pk=rate_id)


class Taxing:
    """The rates of one business that hold on a day, to be asked for any number of products. At most three queries.

    What is said of a product goes before what is said of its category, the nearer category before the one above, and
    that before what is said of everything; of two for the same the later `valid_from` counts, then the higher id.
    """

    def __init__(self, *, demo: bool, on: date) -> None:
        held = TaxRate.objects.filter(demo=demo, archived=False, valid_from__lte=on).prefetch_related("targets")
        self.everything: TaxRate | None = None
        self.products: dict[int, TaxRate] = {}
        self.categories: dict[int, TaxRate] = {}
        for rate in held.order_by("valid_from", "pk"):  # the later take the place of the earlier
            if rate.scope == TaxScope.ALL:
                self.everything = rate
                continue
            for target in rate.targets.all():
                if target.product_id is not None:
                    self.products[target.product_id] = rate
                elif target.category_id is not None:
                    self.categories[target.category_id] = rate
        self.tree: Tree | None = tree_of(demo=demo) if self.categories else None

    def rate_of(self, product: Product | None) -> TaxRate | None:
        """The rate of a product, or of a line that names none."""
        if product is None:
            return self.everything
        if product.pk in self.products:
            return self.products[product.pk]
        if self.tree is not None:
            for category_id in self.tree.above(product.category_id):
                if category_id in self.categories:
                    return self.categories[category_id]
        return self.everything


def rates_in_force(*, actor: Actor, on: date, rates: Sequence[TaxRate]) -> set[int]:
    """Ids of those of the rates that something sold on the day could meet."""
    taxing = Taxing(demo=actor.demo, on=on)
    met = {rate.pk for rate in (taxing.everything, *taxing.products.values(), *taxing.categories.values()) if rate}
    return met & {rate.pk for rate in rates}
