"""Tables of the outbox."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Func
from django.db.models.functions import Now


class Xid8Field(models.Field):  # type: ignore[type-arg]
    """PostgreSQL's 64-bit transaction id, an int in Python."""

    def db_type(self, connection: Any) -> str:
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:
        return None if value is None else int(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        return str(value) if isinstance(value, int) else value


class CurrentTransaction(Func):
    """The id of the transaction that writes."""

    function = "pg_current_xact_id"
    arity = 0
    output_field = Xid8Field()


class Event(models.Model):
    """Something that happened. Readers walk by (xid, id) and never beyond the oldest transaction still open."""

    xid = Xid8Field(db_default=CurrentTransaction())
    name = models.TextField()
    payload = models.JSONField()
    actor = models.JSONField()
    demo = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["name", "xid", "id"], name="outbox_event_walk"),
            models.Index(fields=["at"], name="outbox_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.pk}"


class Cursor(models.Model):
    """How far a handler has read: everything up to (xid, event_id) is delivered, or stands among the failures."""

    handler = models.TextField(primary_key=True)
    xid = Xid8Field()
    event_id = models.BigIntegerField()

    def __str__(self) -> str:
        return self.handler


class Delivery(models.Model):
    """A handler has dealt with an event; written in the same transaction as what the handler wrote."""

    handler = models.TextField()
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handler", "event"], name="outbox_delivered_once")]

    def __str__(self) -> str:
        return f"{self.handler} {self.event_id}"


class Failure(models.Model):
    """An event that a handler could not take: tried again later, in the end a dead letter for a person to decide on."""

    class State(models.TextChoices):
        RETRYING = "retrying"
        DEAD = "dead"
        DISCARDED = "discarded"

    handler = models.TextField()
    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="failures")
    state = models.CharField(max_length=10, choices=State.choices, default=State.RETRYING)
    tries = models.IntegerField(default=1)
    next_at = models.DateTimeField(null=True)
    error = models.TextField()
    reason = models.TextField(default="", blank=True)  # a person's, for discarding
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["handler", "event"], name="outbox_failed_once")]
        indexes = [
            models.Index(fields=["next_at"], name="outbox_failure_next", condition=models.Q(state="retrying")),
            models.Index(fields=["state", "-id"], name="outbox_failure_state"),
        ]

    def __str__(self) -> str:
        return f"{self.handler} {self.event_id} {self.state}"
