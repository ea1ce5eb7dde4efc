"""Prices that hold for some customers, for some time, from some quantity on."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.memory.commerce.access import PriceListQuerySet
from peyvand.memory.commerce.fields import ExactField
from peyvand.memory.commerce.models.products import Product
from peyvand.memory.customers.models import Tag


class Audience(models.TextChoices):
    """For whom a price list holds."""

    EVERYONE = "everyone", _("Everyone")
    TAG = "tag", _("Customers with a tag")
    CLASS = "class", _("Customers of a value class")


class PriceList(models.Model):
    """Prices of one currency, for everyone, for customers with a tag, or of a value class (their trait value.class).

    It holds from `valid_from` to `valid_until`, both included, either open. Of several that fit, the one with the
    higher `priority` counts; the rest of the order stands in queries/prices.py. `key` is the name's search key.
    """

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    audience = models.CharField(max_length=10, choices=Audience, default=Audience.EVERYONE)
    tag = models.ForeignKey(Tag, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    value_class = models.CharField(max_length=20, default="", blank=True)
    valid_from = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    priority = models.IntegerField(default=0)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)

    objects = PriceListQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "key"], name="commerce_pricelist_once"),
            models.CheckConstraint(condition=~Q(key=""), name="commerce_pricelist_named"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="commerce_pricelist_currency"),
            models.CheckConstraint(
                condition=Q(audience="everyone", tag=None, value_class="")
                | Q(audience="tag", tag__isnull=False, value_class="")
                | (Q(audience="class", tag=None) & ~Q(value_class="")),
                name="commerce_pricelist_audience",
            ),
            models.CheckConstraint(
                condition=Q(valid_from=None) | Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
                name="commerce_pricelist_days",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PriceListItem(models.Model):
    """A price of one product, or a percentage off its own price, from `min_quantity` on (0: always).

    Without a product: a percentage off every product that the list does not name.
    """

    price_list = models.ForeignKey(PriceList, on_delete=models.CASCADE, related_name="items", db_index=False)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    min_quantity = ExactField(default=0)
    price = ExactField(null=True, blank=True)
    percent_off = ExactField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "product", "min_quantity"], name="commerce_item_once", nulls_distinct=False
            ),
            models.CheckConstraint(
                condition=Q(price__isnull=False, price__gte=0, price__lt=10**14, percent_off=None)
                | Q(price=None, percent_off__isnull=False, percent_off__gt=0, percent_off__lte=100),
                name="commerce_item_price",
            ),
            models.CheckConstraint(condition=Q(product__isnull=False) | Q(price=None), name="commerce_item_product"),
            models.CheckConstraint(condition=Q(min_quantity__gte=0, min_quantity__lt=10**14), name="commerce_item_min"),
        ]

    def __str__(self) -> str:
        return str(self.price if self.percent_off is None else self.percent_off)
