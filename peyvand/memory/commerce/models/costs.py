"""What customers cost: amounts that were spent, and standing prices of what is done again and again."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import User
from peyvand.memory.commerce.access import CostQuerySet, CostRateQuerySet
from peyvand.memory.commerce.fields import ExactField
from peyvand.memory.commerce.models.orders import Order
from peyvand.memory.commerce.models.products import Product
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction


class CostKind(models.TextChoices):
    """What money was spent on."""

    ACQUISITION = "acquisition", _("Winning customers")
    SALE = "sale", _("Selling")
    SERVICE = "service", _("Serving")
    DELIVERY = "delivery", _("Delivering")
    OPERATION = "operation", _("Running the house")


class CostAim(models.TextChoices):
    """What an amount is for: one of something, or many together."""

    SHARED = "shared", _("Many together")
    ORDER = "order", _("One order")
    CUSTOMER = "customer", _("One customer")
    INTERACTION = "interaction", _("One contact")


class CostDriver(models.TextChoices):
    """How a shared amount is charged to those it was spent on."""

    NEW_CUSTOMER = "new_customer", _("Per new customer")
    ORDER = "order", _("Per order")
    ORDER_VALUE = "order_value", _("By the value of orders")
    QUANTITY = "quantity", _("Per piece sold")
    INTERACTION = "interaction", _("Per contact")
    SERVICE_MINUTE = "service_minute", _("Per minute of contact")
    CUSTOMER = "customer", _("Equally per active customer")


class Cost(models.Model):
    """An amount that was spent, in minor units of `currency`, for the days `day_from` to `day_to`, both included.

    `aim` says what for: one order, customer or contact, or many together; then `driver` says how it is charged (""
    where nobody said), among those that `source`, `medium`, `campaign`, `channel`, `product` and `interaction_kind`
    leave ("": all). `impressions`, `clicks` and `leads` are what an advertiser reported. `customer` is
    whom an order or contact is of, too. `brought_by` is what brought it in, `import_key` by which a file that comes
    again is known, "" of what people enter.
    """

    demo = models.BooleanField(default=False)
    kind = models.CharField(max_length=12, choices=CostKind)
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    day_from = models.DateField()
    day_to = models.DateField()
    aim = models.CharField(max_length=12, choices=CostAim, default=CostAim.SHARED)
    driver = models.CharField(max_length=16, choices=CostDriver, default="", blank=True)
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    interaction = models.ForeignKey(
        Interaction, null=True, blank=True, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )  # contacts go with whom is erased; what was spent on them stays
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=100, default="", blank=True)
    medium = models.CharField(max_length=100, default="", blank=True)
    campaign = models.CharField(max_length=200, default="", blank=True)
    channel = models.CharField(max_length=20, default="", blank=True)
    interaction_kind = models.CharField(max_length=40, default="", blank=True)
    impressions = models.BigIntegerField(null=True, blank=True)
    clicks = models.BigIntegerField(null=True, blank=True)
    leads = models.BigIntegerField(null=True, blank=True)
    document = models.CharField(max_length=64, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    entered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    brought_by = models.CharField(max_length=40, default="", blank=True)
    import_key = models.CharField(max_length=64, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)

    objects = CostQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=CostKind.values), name="commerce_cost_kind"),
            models.CheckConstraint(condition=Q(aim__in=CostAim.values), name="commerce_cost_aim"),
            models.CheckConstraint(
                condition=Q(driver="") | Q(driver__in=CostDriver.values, aim="shared"), name="commerce_cost_driver"
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, amount_minor__lt=10**17, currency__regex="^[A-Z]{3}$"),
                name="commerce_cost_amount",
            ),
            models.CheckConstraint(condition=Q(day_to__gte=F("day_from")), name="commerce_cost_days"),
            models.CheckConstraint(
                condition=(Q(impressions=None) | Q(impressions__gte=0))
                & (Q(clicks=None) | Q(clicks__gte=0))
                & (Q(leads=None) | Q(leads__gte=0)),
                name="commerce_cost_reported",
            ),
            models.UniqueConstraint(
                fields=["demo", "import_key"], name="commerce_cost_once", condition=~Q(import_key="")
            ),
        ]
        indexes = [models.Index(F("demo"), F("day_to").desc(), F("id").desc(), name="commerce_cost_latest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.day_from} {self.amount_minor} {self.currency}"


class CostRate(models.Model):
    """What one order, piece, new customer or contact costs from a day on: in `currency`, or in per cent of an order's
    net where the driver is its value.

    Of the same name, kind, driver and narrowing the latest `valid_from` not after the day counts; 0 ends it. An earlier
    one is left as it is, so that the past stays as it was. Minutes of contact have rates of their own (interactions).
    """

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    key = models.CharField(max_length=120)
    kind = models.CharField(max_length=12, choices=CostKind)
    driver = models.CharField(max_length=16, choices=CostDriver)
    amount = ExactField()
    currency = models.CharField(max_length=3)
    valid_from = models.DateField()
    channel = models.CharField(max_length=20, default="", blank=True)
    source = models.CharField(max_length=100, default="", blank=True)
    interaction_kind = models.CharField(max_length=40, default="", blank=True)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)

    objects = CostRateQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "demo", "key", "kind", "driver", "currency", "channel", "source", "interaction_kind", "product",
                    "valid_from",
                ],
                name="commerce_costrate_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(key=""), name="commerce_costrate_named"),
            models.CheckConstraint(
                condition=Q(kind__in=CostKind.values)
                & Q(driver__in=["new_customer", "order", "order_value", "quantity", "interaction"]),
                name="commerce_costrate_driver",
            ),
            models.CheckConstraint(
                condition=Q(amount__gte=0, amount__lt=10**14, currency__regex="^[A-Z]{3}$")
                & (~Q(driver="order_value") | Q(amount__lte=100)),
                name="commerce_costrate_amount",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"
