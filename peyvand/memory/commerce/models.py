"""Tables of commerce: products, orders with lines, payments.

No code writes a sum: triggers of the database keep the figures of an order as its lines, payments and returns say, in
the statement that changes them (migrations/0002_sums.py), whoever wrote it: service, import, undo.
"""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.declarations import Label
from peyvand.memory.commerce.access import OrderQuerySet, ProductQuerySet
from peyvand.memory.commerce.fields import ExactField
from peyvand.memory.customers.models import Customer


class ProductKind(models.TextChoices):
    """What a line sells; only goods are stock, fees are postage, commission, discounts and bank charges."""

    GOODS = "goods", _("Goods")
    SERVICE = "service", _("Service")
    FEE = "fee", _("Fee or discount")


class OrderKind(models.TextChoices):
    """A sale; goods or money going back; or a correction of the books, which is no contact with a customer."""

    SALE = "sale", _("Sale")
    RETURN = "return", _("Return")
    ADJUSTMENT = "adjustment", _("Adjustment")


class OrderStatus(models.TextChoices):
    """How far an order has come."""

    PLACED = "placed", _("Placed")
    DELIVERED = "delivered", _("Delivered")
    CANCELLED = "cancelled", _("Cancelled")


class PaymentKind(models.TextChoices):
    """Money in, or money out again."""

    PAYMENT = "payment", _("Payment")
    REFUND = "refund", _("Refund")


METHODS: dict[str, Label] = {
    "": _("Not said"),
    "card": _("Card"),
    "transfer": _("Bank transfer"),
    "gateway": _("Online gateway"),
    "cash": _("Cash"),
    "cheque": _("Cheque"),
}


class Product(models.Model):
    """Something that is sold. `sku` is unique whatever its letters' case: 84406b and 84406B are one product.

    Prices are decimals of `currency` as given. `source` is "" or names the import that made it.
    """

    demo = models.BooleanField(default=False)
    sku = models.CharField(max_length=100)
    name = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=ProductKind, default=ProductKind.GOODS)
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
            models.Index(fields=["source"], name="commerce_product_source", condition=~Q(source="")),
            GinIndex(OpClass(F("search_key"), name="gin_trgm_ops"), name="commerce_product_search"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.sku})"


class Order(models.Model):
    """An order, a return or a correction, in one currency.

    Kept by triggers, in minor units: `total_minor` is Σ line amounts rounded half up (away from zero) to `exponent`
    decimals, negative for what goes back; `cost_minor` is Σ quantity × unit cost rounded alike, null unless every
    line's cost is known; `paid_minor` is payments less refunds; `returned_minor` is Σ totals of the returns of this
    order that stand, zero or less; `lines` counts lines. `tracks_payment` is false for orders whose payments we were
    never told of (imported ones): these are not "unpaid". `source` is "" or names what brought it in ("import:7").
    """

    demo = models.BooleanField(default=False)
    number = models.CharField(max_length=64)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(max_length=10, choices=OrderKind, default=OrderKind.SALE)
    status = models.CharField(max_length=10, choices=OrderStatus, default=OrderStatus.PLACED)
    origin = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="returns")
    placed_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    exponent = models.SmallIntegerField()
    channel = models.CharField(max_length=20, default="", blank=True)
    total_minor = models.BigIntegerField(db_default=0, editable=False)
    cost_minor = models.BigIntegerField(null=True, editable=False)
    paid_minor = models.BigIntegerField(db_default=0, editable=False)
    returned_minor = models.BigIntegerField(db_default=0, editable=False)
    lines = models.IntegerField(db_default=0, editable=False)
    tracks_payment = models.BooleanField(default=True)
    note = models.TextField(default="", blank=True)
    source = models.CharField(max_length=100, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    updated_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)

    objects = OrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "number"], name="commerce_order_number"),
            models.CheckConstraint(condition=~Q(number=""), name="commerce_order_has_number"),
            models.CheckConstraint(condition=Q(kind__in=OrderKind.values), name="commerce_order_kind_known"),
            models.CheckConstraint(condition=Q(status__in=OrderStatus.values), name="commerce_order_status"),
            models.CheckConstraint(condition=Q(exponent__gte=0, exponent__lte=4), name="commerce_order_exponent"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="commerce_order_currency"),
            models.CheckConstraint(condition=Q(origin=None) | Q(kind="return"), name="commerce_order_origin"),
        ]
        indexes = [
            models.Index(fields=["demo", "-placed_at", "-id"], name="commerce_order_placed"),
            models.Index(fields=["customer", "-placed_at", "-id"], name="commerce_order_customer"),
            models.Index(
                "demo", F("placed_at").desc(), F("id").desc(), name="commerce_order_returns", condition=Q(kind="return")
            ),
            models.Index(
                "demo",
                F("placed_at").desc(),
                F("id").desc(),
                name="commerce_order_anonymous",
                condition=Q(customer=None),
            ),
            models.Index(
                "demo",
                F("placed_at").desc(),
                F("id").desc(),
                name="commerce_order_unpaid",
                condition=Q(kind="sale", tracks_payment=True, paid_minor__lt=F("total_minor") + F("returned_minor"))
                & Q(status__in=("placed", "delivered")),
            ),
            models.Index(fields=["source"], name="commerce_order_source", condition=~Q(source="")),
            models.Index(OpClass(F("number"), name="text_pattern_ops"), name="commerce_order_prefix"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total(self) -> Money:
        """The order's total."""
        return Money(self.total_minor, self.currency)

    @property
    def paid(self) -> Money:
        """Payments less refunds."""
        return Money(self.paid_minor, self.currency)

    @property
    def returned(self) -> Money:
        """What came back, zero or less."""
        return Money(self.returned_minor, self.currency)

    @property
    def balance(self) -> Money:
        """What the customer owes; below zero, what they are owed."""
        return Money(self.balance_minor, self.currency)

    @property
    def owed(self) -> Money:
        """What we owe the customer, where that is above zero."""
        return Money(max(-self.balance_minor, 0), self.currency)

    @property
    def margin(self) -> Money | None:
        """Total less cost, where every cost is known."""
        return None if self.cost_minor is None else Money(self.total_minor - self.cost_minor, self.currency)

    @property
    def balance_minor(self) -> int:
        """What the customer owes (above zero) or is owed (below), in minor units."""
        owed = 0 if self.status == OrderStatus.CANCELLED else self.total_minor + self.returned_minor
        return owed - self.paid_minor

    @property
    def payment_state(self) -> str:
        """unknown (we were not told), unpaid, part, paid; owed where we owe the customer; "" where nothing is due, as
        with a return of an order of ours, which is settled there.
        """
        if self.origin_id is not None:
            return ""
        if not self.tracks_payment and not self.paid_minor:
            return "unknown"
        if self.balance_minor < 0:
            return "owed"
        if self.balance_minor > 0:
            return "part" if self.paid_minor > 0 else "unpaid"
        return "paid" if self.paid_minor else ""


class OrderLine(models.Model):
    """A line: `amount` is quantity × unit price to the last digit, by a check of the table; in the order's currency.

    `returns` is, on a return's line, the line of the original order that goes back.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="items")
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    returns = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="returned_by")
    position = models.IntegerField()
    description = models.CharField(max_length=300, default="", blank=True)
    quantity = ExactField()
    unit_price = ExactField()
    amount = ExactField(max_digits=40, decimal_places=20)
    unit_cost = ExactField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="commerce_line_position"),
            models.CheckConstraint(condition=Q(amount=F("quantity") * F("unit_price")), name="commerce_line_amount"),
            models.CheckConstraint(  # also keeps NaN and Infinity out, which sort above every number
                condition=Q(amount__gt=-(10**14), amount__lt=10**14), name="commerce_line_bounds"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.description}"


class Payment(models.Model):
    """Money received for an order or given back; `amount_minor` is positive for both, in the order's currency."""

    demo = models.BooleanField(default=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments")
    kind = models.CharField(max_length=10, choices=PaymentKind, default=PaymentKind.PAYMENT)
    at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=20, default="", blank=True)
    reference = models.CharField(max_length=100, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="commerce_payment_positive"),
            models.CheckConstraint(condition=Q(kind__in=PaymentKind.values), name="commerce_payment_kind"),
        ]
        indexes = [models.Index(fields=["order", "at"], name="commerce_payment_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount_minor} {self.currency}"

    @property
    def amount(self) -> Money:
        """What was paid or given back, above zero."""
        return Money(self.amount_minor, self.currency)

    @property
    def how(self) -> Label:
        """By which way, where that was said; a way that we have no word for as it was given."""
        return METHODS.get(self.method, self.method) if self.method else ""
