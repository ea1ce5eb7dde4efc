"""One table of everything that happened between us and a customer."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import User
from peyvand.foundation.files.models import StoredFile
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.access import InteractionQuerySet


class Visibility(models.TextChoices):
    """Whom an item is for, among those who see its customer."""

    ALL = "all", _("Everyone who sees the customer")
    TEAM = "team", _("My teams")
    AUTHOR = "author", _("Only me")


class Joining(models.Model):
    """One act that gave the history of an unknown visitor, phone or address to a customer.

    The interactions it gave point back to it, so that it is taken back exactly. `rows` is how many they were;
    `detached_at` is set once that was done. `identity_key` is as in customers.Identity.
    """

    demo = models.BooleanField(default=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    identity_kind = models.CharField(max_length=12)
    identity_system = models.CharField(max_length=40, default="", blank=True)
    identity_key = models.CharField(max_length=254)
    rows = models.IntegerField(default=0)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(db_default=Now())
    detached_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.identity_kind} {self.identity_key} to {self.customer_id}"


class Interaction(models.Model):
    """One contact. `customer` is null until known; `kind` names an InteractionKind of the room that recorded it.

    `direction` is "in" (from the customer), "out", or "" where neither. `source_kind` and `source_id` point, without a
    key, to what it was ("commerce.order", 7). `cost_minor` is what it cost us, in minor units of `cost_currency`;
    `duration_s` in seconds; `sentiment` from -100 to 100. Nothing with the same `dedupe_key` is recorded twice.

    `visibility` narrows who sees it to its staff member or their teams. `identity_*` says by what an unknown customer
    was recognised, `joining` by which act the row then came to its customer. `search_key` is the key of its text.
    `corrected_at` is set once it was corrected; `version` grows with every correction.
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
    visibility = models.CharField(
        max_length=6, choices=Visibility, default=Visibility.ALL, db_default=Visibility.ALL.value
    )
    identity_kind = models.CharField(max_length=12, default="", db_default="", blank=True)
    identity_system = models.CharField(max_length=40, default="", db_default="", blank=True)
    identity_key = models.CharField(max_length=254, default="", db_default="", blank=True)
    joining = models.ForeignKey(
        Joining, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    pinned_at = models.DateTimeField(null=True, blank=True)
    pinned_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    corrected_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1, db_default=1)
    search_key = models.TextField(default="", db_default="", editable=False)

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
            models.CheckConstraint(condition=Q(visibility__in=Visibility.values), name="interactions_visibility"),
        ]
        indexes = [
            models.Index(F("customer"), F("at").desc(), F("id").desc(), name="interactions_timeline"),
            models.Index(F("demo"), F("at").desc(), F("id").desc(), name="interactions_latest"),
            models.Index(F("demo"), F("kind"), F("at").desc(), F("id").desc(), name="interactions_of_kind"),
            models.Index(fields=["source_kind", "source_id"], name="interactions_source", condition=~Q(source_kind="")),
            models.Index(F("demo"), F("channel"), F("at").desc(), F("id").desc(), name="interactions_of_channel"),
            models.Index(
                fields=["demo", "identity_kind", "identity_key"],
                name="interactions_of_identity",
                condition=~Q(identity_key=""),
            ),
            models.Index(fields=["joining"], name="interactions_joined", condition=Q(joining__isnull=False)),
            models.Index(fields=["customer"], name="interactions_pinned", condition=Q(pinned_at__isnull=False)),
            models.Index(fields=["pinned_by"], name="interactions_pinned_by", condition=Q(pinned_by__isnull=False)),
            GinIndex(
                OpClass(F("search_key"), name="gin_trgm_ops"),
                name="interactions_search",
                condition=~Q(search_key=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"


class InteractionFile(models.Model):
    """A file of a note, call or meeting; who may see the interaction may have the file."""

    demo = models.BooleanField(default=False)
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["interaction", "file"], name="interactions_file_once")]

    def __str__(self) -> str:
        return f"{self.file_id} of {self.interaction_id}"


class CostRate(models.Model):
    """What a minute of a kind of interaction costs us from a day on, where the cost itself is not given.

    `minor_per_minute` in minor units of `currency`. The latest `since` not after the interaction's day counts; a rate
    of 0 ends it.
    """

    demo = models.BooleanField(default=False)
    kind = models.CharField(max_length=40)
    since = models.DateField()
    currency = models.CharField(max_length=3)
    minor_per_minute = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "kind", "since"], name="interactions_costrate_once"),
            models.CheckConstraint(
                condition=Q(minor_per_minute__gte=0, currency__regex="^[A-Z]{3}$"), name="interactions_costrate_amount"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.since} {self.minor_per_minute} {self.currency}"
