"""Tables of long work."""

from __future__ import annotations

from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models.functions import Now


class Run(models.Model):
    """One run of a job, as people see it. The queue's own row is only the ticket (`ticket`) that brings it to a worker.

    `lease` names the process that runs it now; whoever lost it may write no more.
    """

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    job = models.TextField()
    title = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    message = models.TextField(default="", blank=True)
    arguments: models.JSONField[Any, Any] = models.JSONField(default=dict)
    result: models.JSONField[Any, Any] = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    error = models.TextField(default="", blank=True)  # a sentence for people
    code = models.CharField(max_length=12, default="", blank=True)  # under which the log has the rest
    actor: models.JSONField[Any, Any] = models.JSONField(default=dict)
    started_by_id = models.BigIntegerField(null=True)  # of accounts, a higher room: no key; null is the system itself
    started_by_name = models.TextField(default="", blank=True)
    demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    cancel_requested = models.BooleanField(default=False)
    attempts = models.IntegerField(default=0)
    lease = models.UUIDField(null=True)
    ticket = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["demo", "-id"], name="jobs_run_demo"),
            models.Index(fields=["demo", "started_by_id", "-id"], name="jobs_run_starter"),
            models.Index(
                fields=["heartbeat_at"], name="jobs_run_alive", condition=models.Q(state__in=["waiting", "running"])
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.job

    @property
    def alive(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in (self.State.WAITING, self.State.RUNNING)


class Worker(models.Model):
    """The last sign of life of a worker process; a clean stop removes the row."""

    name = models.TextField(primary_key=True)  # host, pid and a random part
    at = models.DateTimeField()
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
