"""Money that came in for an order, and money that went back: entries that stay as they were recorded."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.declarations import Label
from peyvand.memory.commerce.models.orders import Order


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


class Payment(models.Model):
    """Money received for an order or given back; `amount_minor` is positive for both, in the order's currency.

    An entry is never changed or removed (a trigger refuses it; an undo takes it back whole): what was recorded wrongly
    is reversed by an entry of the other kind and the same amount that `reverses` it. Its `note` says why.
    """

    demo = models.BooleanField(default=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="payments")
    kind = models.CharField(max_length=10, choices=PaymentKind, default=PaymentKind.PAYMENT)
    reverses = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversal")
    at = models.DateTimeField()
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    method = models.CharField(max_length=20, default="", blank=True)
    reference = models.CharField(max_length=100, default="", blank=True)
    note = models.CharField(max_length=200, default="", db_default="", blank=True)
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
