"""The ledger: one row per recipient and step, whatever becomes of it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import pgettext_lazy

from peyvand.channels.outreach.access import MessageQuerySet
from peyvand.channels.outreach.models.contents import Content
from peyvand.memory.customers.models import Customer


class State(models.TextChoices):
    """How far a message is. `attempting` is committed before the provider is called: what dies there is never sent
    again blindly, it becomes `indeterminate`.
    """

    PENDING = "pending", pgettext_lazy("message", "Waiting")
    HELD = "held", pgettext_lazy("message", "Held back")
    LEASED = "leased", pgettext_lazy("message", "Being prepared")
    ATTEMPTING = "attempting", pgettext_lazy("message", "Being sent")
    SENT = "sent", pgettext_lazy("message", "Sent")
    DELIVERED = "delivered", pgettext_lazy("message", "Delivered")
    FAILED = "failed", pgettext_lazy("message", "Not delivered")
    INDETERMINATE = "indeterminate", pgettext_lazy("message", "Not known")
    REFUSED = "refused", pgettext_lazy("message", "Not sent")
    CANCELLED = "cancelled", pgettext_lazy("message", "Called off")


ALIVE = (State.PENDING, State.HELD, State.LEASED, State.ATTEMPTING)
ENDED = (State.SENT, State.DELIVERED, State.FAILED, State.REFUSED, State.CANCELLED)
COUNTED = (State.ATTEMPTING, State.SENT, State.DELIVERED, State.INDETERMINATE)  # against caps and budgets


class Message(models.Model):
    """One message to one recipient. Nothing with the same `dedupe_key` is written twice.

    `uid` is our own id at the provider, in mail and in reports. `purpose` and `kind` are those of memory.consents when
    it was asked for. `channel` is "" until the gate has chosen among `options`; `address` as it was used, `address_key`
    as it is compared. `source_kind` and `source_id` name what asked for it, without a key. `reason` is the code for
    which it was held, refused or has failed; `verdict` what each check of the gate said last. `merged` are the words it
    was merged with, so that what was said can be drawn again. `thread` is for the channel. `due_at` is when it may go,
    `held_until` when a held one is looked at again, `expires_at` when it is of no use any more.
    """

    demo = models.BooleanField(default=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    purpose = models.CharField(max_length=40)
    kind = models.CharField(max_length=12)
    channel = models.CharField(max_length=40, default="", blank=True)
    options = models.JSONField(default=list, blank=True)
    account_id = models.BigIntegerField(null=True, blank=True)
    line = models.CharField(max_length=254, default="", blank=True)
    address = models.CharField(max_length=254, default="", blank=True)
    address_key = models.CharField(max_length=254, default="", blank=True)
    content = models.ForeignKey(Content, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, default="", blank=True)
    values = models.JSONField(default=dict, blank=True)
    merged = models.JSONField(default=dict, blank=True)
    dedupe_key = models.CharField(max_length=200)
    source_kind = models.CharField(max_length=40, default="", blank=True)
    source_id = models.BigIntegerField(null=True, blank=True)
    step = models.SmallIntegerField(default=1)
    previous = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    staff_id = models.BigIntegerField(null=True, blank=True)
    priority = models.SmallIntegerField(default=5)
    state = models.CharField(max_length=14, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=60, default="", blank=True)
    verdict = models.JSONField(default=list, blank=True)
    thread = models.JSONField(default=dict, blank=True)
    files = models.JSONField(default=list, blank=True)
    due_at = models.DateTimeField(db_default=Now())
    held_until = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    lease = models.UUIDField(null=True, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    tries = models.SmallIntegerField(default=0)
    asked = models.SmallIntegerField(default=0)  # how often its fate was asked for
    provider_id = models.CharField(max_length=200, default="", blank=True)
    parts = models.SmallIntegerField(default=1)
    cost_minor = models.BigIntegerField(null=True, blank=True)
    cost_currency = models.CharField(max_length=3, default="", blank=True)
    said = models.CharField(max_length=500, default="", blank=True)  # the provider's words
    created_at = models.DateTimeField(db_default=Now())
    attempted_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "dedupe_key"], name="outreach_message_once"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="outreach_message_state"),
            models.CheckConstraint(condition=~Q(dedupe_key=""), name="outreach_message_key"),
        ]
        indexes = [
            models.Index(
                fields=["priority", "due_at", "id"], name="outreach_message_due", condition=Q(state="pending")
            ),
            models.Index(fields=["held_until", "id"], name="outreach_message_held", condition=Q(state="held")),
            models.Index(
                fields=["leased_until"], name="outreach_message_leased", condition=Q(state__in=["leased", "attempting"])
            ),
            models.Index(F("due_at"), F("id"), name="outreach_message_unknown", condition=Q(state="indeterminate")),
            models.Index(fields=["customer", "-attempted_at"], name="outreach_message_to"),
            models.Index(F("customer"), F("created_at").desc(), F("id").desc(), name="outreach_message_of"),
            models.Index(F("demo"), F("created_at").desc(), F("id").desc(), name="outreach_message_latest"),
            models.Index(
                F("demo"), F("state"), F("created_at").desc(), F("id").desc(), name="outreach_message_in_state"
            ),
            models.Index(fields=["source_kind", "source_id"], name="outreach_message_source"),
            models.Index(fields=["account_id", "attempted_at"], name="outreach_message_by"),
            models.Index(
                fields=["channel", "provider_id"], name="outreach_message_theirs", condition=~Q(provider_id="")
            ),
            models.Index(fields=["channel", "address_key"], name="outreach_message_address"),
        ]

    def __str__(self) -> str:
        return f"{self.channel or 'preferred'} {self.uid} {self.state}"


class DeliveryReport(models.Model):
    """What a provider told us of a message later on. The same report told five times is one row."""

    demo = models.BooleanField(default=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="reports")
    key = models.CharField(max_length=200)
    said = models.CharField(max_length=12)
    code = models.CharField(max_length=60, default="", blank=True)
    text = models.CharField(max_length=500, default="", blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "key"], name="outreach_report_once")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.said}"
