"""What is sold: products, in a tree of categories."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from peyvand.memory.commerce.access import CategoryQuerySet, ProductQuerySet
from peyvand.memory.commerce.fields import ExactField
from peyvand.memory.commerce.models.naming import NamedTwice


class ProductKind(models.TextChoices):
    """What a line sells; only goods are stock, fees are postage, commission, discounts and bank charges."""

    GOODS = "goods", _("Goods")
    SERVICE = "service", _("Service")
    FEE = "fee", _("Fee or discount")


class Category(NamedTwice):
    """A branch of the assortment; `key` is the search key of its first name, unique among its siblings.

    The database refuses a branch that would grow from itself, and one deeper than MOST_DEEP (a trigger). An archived
    one, with all below it, is no longer offered; its products keep it.
    """

    demo = models.BooleanField(default=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="children")
    key = models.CharField(max_length=80)
    position = models.IntegerField(default=0)
    archived = models.BooleanField(default=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "categories"
        constraints = [
            models.CheckConstraint(condition=~Q(name_fa="", name_en=""), name="commerce_category_named"),
            models.UniqueConstraint(
                fields=["demo", "parent", "key"], name="commerce_category_once", nulls_distinct=False
            ),
        ]


class Product(models.Model):
    """Something that is sold. `sku` is unique whatever its letters' case: 84406b and 84406B are one product.

    Prices are decimals of `currency` as given. `source` is "" or names the import that made it.
    """

    demo = models.BooleanField(default=False)
    sku = models.CharField(max_length=100)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=ProductKind, default=ProductKind.GOODS)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="products", db_index=False
    )
    unit_price = ExactField(null=True, blank=True)
    unit_cost = ExactField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    active = models.BooleanField(default=True)
    search_key = models.TextField(default="", db_default="", editable=False)
    source = models.CharField(max_length=100, default="", blank=True, db_default="")
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)

    objects = ProductQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint("demo", Upper("sku"), name="commerce_product_sku"),
            models.CheckConstraint(condition=~Q(sku=""), name="commerce_product_has_sku"),
            models.CheckConstraint(condition=Q(kind__in=ProductKind.values), name="commerce_product_kind"),
        ]
        indexes = [
            models.Index(fields=["demo", "name", "id"], name="commerce_product_name"),
            models.Index(fields=["demo", "-updated_at", "-id"], name="commerce_product_updated"),
            models.Index(fields=["category", "name", "id"], name="commerce_product_category"),
            models.Index(fields=["source"], name="commerce_product_source", condition=~Q(source="")),
            GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="commerce_product_search"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sku})"
