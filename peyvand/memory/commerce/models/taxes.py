"""Taxes as dated settings."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.memory.commerce.access import TaxRateQuerySet
from peyvand.memory.commerce.fields import ExactField
from peyvand.memory.commerce.models.naming import NamedTwice
from peyvand.memory.commerce.models.products import Category, Product


class TaxScope(models.TextChoices):
    """What a rate is for."""

    ALL = "all", _("Everything that is sold")
    CHOSEN = "chosen", _("Chosen categories and products")


class TaxRate(NamedTwice):
    """So many per cent from a day on, until a later rate for the same takes its place; 0 exempts.

    `included`: prices hold the tax already; otherwise it comes on top. A line keeps the rate it was sold under, so an
    older order never changes.
    """

    demo = models.BooleanField(default=False)
    percent = ExactField()
    valid_from = models.DateField()
    included = models.BooleanField(default=False)
    scope = models.CharField(max_length=10, choices=TaxScope, default=TaxScope.ALL)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)

    objects = TaxRateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name_fa="", name_en=""), name="commerce_taxrate_named"),
            models.CheckConstraint(condition=Q(percent__gte=0, percent__lte=100), name="commerce_taxrate_percent"),
            models.CheckConstraint(condition=Q(scope__in=TaxScope.values), name="commerce_taxrate_scope"),
        ]


class TaxTarget(models.Model):
    """A category, with all below it, or a product that a rate is for."""

    rate = models.ForeignKey(TaxRate, on_delete=models.CASCADE, related_name="targets", db_index=False)
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["rate", "category", "product"], name="commerce_taxtarget_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(category=None, product__isnull=False) | Q(category__isnull=False, product=None),
                name="commerce_taxtarget_one",
            ),
        ]

    def __str__(self) -> str:
        return str(self.category or self.product)
