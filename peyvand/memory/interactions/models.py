"""One table of everything that happened between us and a customer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from peyvand.foundation.accounts.models import User
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.access import InteractionQuerySet


class Interaction(models.Model):
    """One contact. `customer` is null until known; `kind` names an InteractionKind of the room that recorded it.

    `direction` is "in" (from the customer), "out", or "" where neither. `source_kind` and `source_id` point, without a
    key, to what it was ("commerce.order", 7). `cost_minor` is what it cost us, in minor units of `cost_currency`;
    `duration_s` in seconds; `sentiment` from -100 to 100. Nothing with the same `dedupe_key` is recorded twice.
    """

    demo = models.BooleanField(default=False)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=40)
    channel = models.CharField(max_length=20, default="", blank=True)
    direction = models.CharField(max_length=3, default="", blank=True)
    at = models.DateTimeField()
    staff = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    source_kind = models.CharField(max_length=40, default="", blank=True)
    source_id = models.BigIntegerField(null=True, blank=True)
    cost_minor = models.BigIntegerField(null=True, blank=True)
    cost_currency = models.CharField(max_length=3, default="", blank=True)
    duration_s = models.IntegerField(null=True, blank=True)
    sentiment = models.SmallIntegerField(null=True, blank=True)
    dedupe_key = models.CharField(max_length=120, null=True, blank=True)
    payload = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = InteractionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "dedupe_key"], name="interactions_once"),
            models.CheckConstraint(condition=~Q(kind=""), name="interactions_kind"),
            models.CheckConstraint(condition=Q(direction__in=["in", "out", ""]), name="interactions_direction"),
            models.CheckConstraint(condition=Q(duration_s=None) | Q(duration_s__gte=0), name="interactions_duration"),
            models.CheckConstraint(
                condition=Q(sentiment=None) | Q(sentiment__gte=-100, sentiment__lte=100), name="interactions_sentiment"
            ),
            models.CheckConstraint(
                condition=Q(cost_minor=None) | Q(cost_minor__gte=0, cost_currency__regex="^[A-Z]{3}$"),
                name="interactions_cost",
            ),
        ]
        indexes = [
            models.Index(F("customer"), F("at").desc(), F("id").desc(), name="interactions_timeline"),
            models.Index(F("demo"), F("at").desc(), F("id").desc(), name="interactions_latest"),
            models.Index(F("demo"), F("kind"), F("at").desc(), F("id").desc(), name="interactions_of_kind"),
            models.Index(fields=["source_kind", "source_id"], name="interactions_source", condition=~Q(source_kind="")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"
