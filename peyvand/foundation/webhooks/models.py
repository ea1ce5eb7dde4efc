"""Tables of the room."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy

from peyvand.foundation.webhooks.access import SAMPLE, DeliveryQuerySet, EndpointQuerySet

if TYPE_CHECKING:
    from peyvand.foundation.accounts.models import User

EVERYTHING = "*"


class Why(models.TextChoices):
    """Why an endpoint is off."""

    NONE = "", pgettext_lazy("endpoint", "On")
    HAND = "hand", pgettext_lazy("endpoint", "Turned off")
    GONE = "gone", pgettext_lazy("endpoint", "Turned off: the receiver says it is gone (410)")
    FAILING = "failing", pgettext_lazy("endpoint", "Turned off: it failed for five days")


class WebhookEndpoint(models.Model):
    """Where messages go. `secret` and `previous_secret` are encrypted (see `secrets`) and never leave this table."""

    demo = models.BooleanField(default=False)
    url = models.TextField()
    description = models.TextField(default="", db_default="", blank=True)
    events: ArrayField[list[str], list[str]] = ArrayField(models.TextField())  # names; EVERYTHING for all to come
    enabled = models.BooleanField(default=True, db_default=True)
    disabled_why = models.CharField(max_length=8, choices=Why, default=Why.NONE, db_default="", blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    created_by: models.ForeignKey[User | None, User | None] = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(db_default=Now())
    # What follows stands in no change image.
    version = models.IntegerField(default=1, db_default=1)
    secret = models.TextField(default="", db_default="", blank=True)
    previous_secret = models.TextField(default="", db_default="", blank=True)
    previous_until = models.DateTimeField(null=True, blank=True)
    failing_since = models.DateTimeField(null=True, blank=True)
    resting_until = models.DateTimeField(null=True, blank=True)  # it asked for a pause
    last_at = models.DateTimeField(null=True, blank=True)  # the last try
    last_status = models.IntegerField(null=True, blank=True)
    last_error = models.CharField(max_length=20, default="", db_default="", blank=True)

    objects = EndpointQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["demo", "id"], name="webhooks_endpoint_demo")]

    def __str__(self) -> str:
        return self.url

    @property
    def name(self) -> str:
        """What people call it: the description, else the address."""
        return self.description or self.url

    @property
    def ready(self) -> bool:
        """Whether it has a secret; one that came back by an undo has none until a new one is made."""
        return bool(self.secret)

    @property
    def sample(self) -> bool:
        """Whether it is the address of an example, to which nothing is sent."""
        return re.search(SAMPLE, self.url) is not None

    @property
    def sends(self) -> bool:
        """Whether messages go there now."""
        return self.enabled and self.ready and not self.sample


class State(models.TextChoices):
    """How far a delivery is."""

    WAITING = "waiting", pgettext_lazy("delivery", "Waiting")
    DELIVERED = "delivered", pgettext_lazy("delivery", "Delivered")
    FAILED = "failed", pgettext_lazy("delivery", "Failed, will be tried again")
    GIVEN_UP = "given-up", pgettext_lazy("delivery", "Given up")


ALIVE = (State.WAITING, State.FAILED)


class WebhookDelivery(models.Model):
    """One message to one endpoint. `uid` is its webhook-id, the same at every try.

    `tries` counts since it was last asked for; `lease` is held by the process that sends it now. `event_id` is that of
    the outbox, null for a test.
    """

    demo = models.BooleanField(default=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="deliveries")
    event = models.TextField()
    event_id = models.BigIntegerField(null=True)
    subject = models.TextField(default="", blank=True)
    payload: models.JSONField[Any, Any] = models.JSONField(encoder=DjangoJSONEncoder)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    tries = models.IntegerField(default=0)
    next_try_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    last_status = models.IntegerField(null=True)
    last_error = models.CharField(max_length=20, default="", blank=True)
    last_ms = models.IntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    delivered_at = models.DateTimeField(null=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id", "event", "subject"], name="webhooks_delivery_once")
        ]
        indexes = [
            models.Index(
                fields=["endpoint", "next_try_at", "id"],
                name="webhooks_delivery_due",
                condition=models.Q(state__in=["waiting", "failed"]),
            ),
            models.Index(fields=["demo", "-created_at", "-id"], name="webhooks_delivery_newest"),
            models.Index(fields=["endpoint", "-created_at", "-id"], name="webhooks_delivery_of"),
            models.Index(fields=["demo", "state", "-created_at", "-id"], name="webhooks_delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.event} {self.webhook_id}"

    @property
    def webhook_id(self) -> str:
        """What the receiver knows it by."""
        return f"msg_{self.uid.hex}"

    @property
    def alive(self) -> bool:
        """Whether it will still be tried."""
        return self.state in ALIVE


class WebhookAttempt(models.Model):
    """One try: when, what the receiver answered, in how many milliseconds, and the first 1 kB of it."""

    delivery = models.ForeignKey(WebhookDelivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField()
    status = models.IntegerField(null=True)  # None: no answer
    error = models.CharField(max_length=20, default="", blank=True)  # a code of sending.Trouble
    ms = models.IntegerField()
    response = models.TextField(default="", blank=True)
    timestamp = models.BigIntegerField()  # the webhook-timestamp that was signed

    class Meta:
        indexes = [models.Index(fields=["delivery", "id"], name="webhooks_attempt_of")]

    def __str__(self) -> str:
        return f"{self.delivery_id} {self.status or self.error}"


class WebhookHour(models.Model):
    """How many tries of an hour (UTC) an endpoint took and refused; drawn as its health."""

    endpoint = models.ForeignKey(WebhookEndpoint, on_delete=models.CASCADE, related_name="hours")
    hour = models.DateTimeField()
    taken = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    ms = models.BigIntegerField(default=0)  # of all of them together

    class Meta:
        constraints = [models.UniqueConstraint(fields=["endpoint", "hour"], name="webhooks_hour_once")]

    def __str__(self) -> str:
        return f"{self.endpoint_id} {self.hour}"


def hour_of(moment: datetime) -> datetime:
    """The hour that a moment lies in."""
    return moment.replace(minute=0, second=0, microsecond=0)
