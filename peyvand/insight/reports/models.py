"""What reports keep: figures computed ahead of the pages, and of each customer the way they came."""

from __future__ import annotations

from django.db import models

from peyvand.insight.warehouse.models import Load
from peyvand.memory.customers.models import Customer


class Figure(models.Model):
    """Figures computed once from the facts of a load, up to and including the day `as_of`; one a name, the newest.

    `currency` is empty where no money is in it; amounts in `payload` are minor units of `currency`.
    """

    demo = models.BooleanField()
    name = models.CharField(max_length=40)
    as_of = models.DateField()
    currency = models.CharField(max_length=3, blank=True, default="")
    payload = models.JSONField()
    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="+")
    computed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demo", "name", "currency"], name="reports_figure_one")]

    def __str__(self) -> str:
        return f"{self.name} {self.as_of} {self.currency}"


class Way(models.Model):
    """The way of one customer: when each stage was first reached (UTC), null where that is not recorded.

    The moments never go backwards: a stage that was recorded only after a later one is not on the way and is null.
    `entered_at` is the first of them. Of the first order that stands: its currency, its net in minor units, and whether
    it was discounted; empty, null and false where there is none.
    """

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="+", primary_key=True)
    demo = models.BooleanField()
    source = models.CharField(max_length=120, blank=True)
    channel = models.CharField(max_length=40, blank=True)
    entered_at = models.DateTimeField()
    visitor_at = models.DateTimeField(null=True)
    known_at = models.DateTimeField(null=True)
    lead_at = models.DateTimeField(null=True)
    customer_at = models.DateTimeField(null=True)
    repeat_at = models.DateTimeField(null=True)
    first_currency = models.CharField(max_length=3, blank=True)
    first_net_minor = models.BigIntegerField(null=True)
    discounted = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["demo", "-entered_at", "customer"], name="reports_way_entered"),
            models.Index(
                fields=["demo", "-customer_at", "customer"],
                name="reports_way_won",
                condition=models.Q(customer_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"way of {self.customer_id}"


class WayTouch(models.Model):
    """A touchpoint that stands on a customer's path to a paid order; `orders` is on how many such paths."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    demo = models.BooleanField()
    touchpoint = models.CharField(max_length=120)
    orders = models.IntegerField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "touchpoint"], name="reports_touch_once")]
        indexes = [models.Index(fields=["demo", "touchpoint", "-last_at", "id"], name="reports_touch_people")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.touchpoint}"
