"""Orders, returns and corrections of the books, with their lines."""

from __future__ import annotations

from decimal import Decimal

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.money.amounts import Money
from peyvand.memory.commerce.access import OrderQuerySet
from peyvand.memory.commerce.fields import ExactField
from peyvand.memory.commerce.models.prices import PriceList
from peyvand.memory.commerce.models.products import Product
from peyvand.memory.commerce.models.taxes import TaxRate
from peyvand.memory.commerce.money import EXACT
from peyvand.memory.customers.models import Customer

HUNDREDTH = Value(Decimal("0.01"), output_field=ExactField())


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


class Order(models.Model):
    """An order, a return or a correction, in one currency.

    Kept by triggers, in minor units: `total_minor` is what is to be paid, Σ line amounts and taxes on top of them,
    rounded half up (away from zero) to `exponent` decimals, negative for what goes back; `tax_minor` is Σ taxes of the
    lines, on top or included; `discount_minor` is Σ discounts, of lines and of the order, rounded alike; `cost_minor`
    is Σ quantity × unit cost rounded alike, null unless every line's cost is known; `paid_minor` is payments less
    refunds; `returned_minor` is Σ totals of the returns of this order that stand, zero or less; `lines` counts lines.

    `discount_percent` or `discount_value` (a decimal of the currency) is what was agreed for the whole order: each
    line holds its share (`order_discount`), and the database sees to it that the shares are the whole.
    `tracks_payment` is false for orders whose payments we were never told of (imported ones): these are not "unpaid".
    `source` is "" or names what brought it in ("import:7").
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
    discount_percent = ExactField(null=True, blank=True)
    discount_value = ExactField(null=True, blank=True)
    discount_reason = models.CharField(max_length=200, default="", db_default="", blank=True)
    total_minor = models.BigIntegerField(db_default=0, editable=False)
    tax_minor = models.BigIntegerField(db_default=0, editable=False)
    discount_minor = models.BigIntegerField(db_default=0, editable=False)
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
            models.CheckConstraint(
                condition=Q(discount_percent=None, discount_value=None)
                | Q(discount_percent__gt=0, discount_percent__lte=100, discount_value=None)
                | Q(discount_percent=None, discount_value__gt=0, discount_value__lt=10**14),
                name="commerce_order_discount",
            ),
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
    def net_minor(self) -> int:
        """The total less its taxes: what is ours."""
        return self.total_minor - self.tax_minor

    @property
    def net(self) -> Money:
        """The total less its taxes."""
        return Money(self.net_minor, self.currency)

    @property
    def tax(self) -> Money:
        """The taxes in the total."""
        return Money(self.tax_minor, self.currency)

    @property
    def discount(self) -> Money:
        """What was taken off, on lines and on the whole."""
        return Money(self.discount_minor, self.currency)

    @property
    def margin(self) -> Money | None:
        """Net less cost, where every cost is known."""
        return None if self.cost_minor is None else Money(self.net_minor - self.cost_minor, self.currency)

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
    """A line, in the order's currency; every rule of it is a check of the table.

    `amount` is quantity × unit price − discount − order_discount, to the last digit: `discount` the line's own
    (`discount_percent` where it was agreed so), `order_discount` its share of the order's. `tax` is in whole minor
    units, by `tax_percent` of the net: inside the amount where `tax_included`, else on top of it. `tax_rate` and
    `price_list` say where tax and price came from. `returns` is, on a return's line, the line of the original order
    that goes back; there everything is below zero.
    """

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="items", db_index=False)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    returns = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="returned_by", db_index=False
    )
    position = models.IntegerField()
    description = models.CharField(max_length=300, default="", blank=True)
    quantity = ExactField()
    unit_price = ExactField()
    amount = ExactField(max_digits=40, decimal_places=20)
    unit_cost = ExactField(null=True, blank=True)
    price_list = models.ForeignKey(
        PriceList, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    discount = ExactField(max_digits=40, decimal_places=20, default=0, db_default=0)
    discount_percent = ExactField(null=True, blank=True)
    discount_reason = models.CharField(max_length=200, default="", db_default="", blank=True)
    order_discount = ExactField(max_digits=40, decimal_places=20, default=0, db_default=0)
    tax_rate = models.ForeignKey(
        TaxRate, null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    tax_percent = ExactField(null=True, blank=True)
    tax_included = models.BooleanField(default=False, db_default=False)
    tax = ExactField(max_digits=40, decimal_places=20, default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="commerce_line_position"),
            models.CheckConstraint(
                condition=Q(amount=F("quantity") * F("unit_price") - F("discount") - F("order_discount")),
                name="commerce_line_amount",
            ),
            models.CheckConstraint(  # also keeps NaN and Infinity out, which sort above every number
                condition=Q(amount__gt=-(10**14), amount__lt=10**14), name="commerce_line_bounds"
            ),
            models.CheckConstraint(  # of the price's sign, and never more than it
                condition=Q(discount=0, order_discount=0)
                | Q(quantity__gt=0, unit_price__gte=0, discount__gte=0, order_discount__gte=0, amount__gte=0)
                | Q(quantity__lt=0, unit_price__gte=0, discount__lte=0, order_discount__lte=0, amount__lte=0)
                | Q(unit_price__lt=0, discount=0),
                name="commerce_line_discount",
            ),
            models.CheckConstraint(
                condition=Q(discount_percent=None)
                | Q(
                    discount_percent__gt=0,
                    discount_percent__lte=100,
                    discount=F("quantity") * F("unit_price") * F("discount_percent") * HUNDREDTH,
                ),
                name="commerce_line_percent",
            ),
            models.CheckConstraint(
                condition=Q(tax=0)
                | Q(tax__gt=0, amount__gt=0, tax_included=False, tax__lt=10**14)
                | Q(tax__lt=0, amount__lt=0, tax_included=False, tax__gt=-(10**14))
                | Q(tax__gt=0, tax_included=True, tax__lte=F("amount"))
                | Q(tax__lt=0, tax_included=True, tax__gte=F("amount")),
                name="commerce_line_tax",
            ),
            models.CheckConstraint(
                condition=Q(tax_percent=None, tax_rate=None)
                | Q(tax_percent__isnull=False, tax_percent__gte=0, tax_percent__lte=100),
                name="commerce_line_rate",
            ),
        ]
        indexes = [
            models.Index(fields=["returns"], name="commerce_line_returns", condition=Q(returns__isnull=False)),
            models.Index(fields=["tax_rate"], name="commerce_line_taxrate", condition=Q(tax_rate__isnull=False)),
            models.Index(fields=["price_list"], name="commerce_line_pricelist", condition=Q(price_list__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} × {self.description}"

    @property
    def net(self) -> Decimal:
        """The amount without tax."""
        return EXACT.subtract(self.amount, self.tax) if self.tax_included else self.amount

    @property
    def gross(self) -> Decimal:
        """The amount with tax: what is to be paid for the line."""
        return self.amount if self.tax_included else EXACT.add(self.amount, self.tax)

    @property
    def taken_off(self) -> Decimal:
        """Its own discount and its share of the order's."""
        return EXACT.add(self.discount, self.order_discount)
