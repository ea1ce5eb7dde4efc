"""Answers kept by the key under which a program asked."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class KeptAnswer(models.Model):
    """The first answer to a POST with an Idempotency-Key. It is written in the transaction that does the work.

    `token_id` is of accounts; `digest` is SHA-256 over method, address and body.
    """

    token_id = models.BigIntegerField()
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)
    status = models.SmallIntegerField(default=0)
    content_type = models.CharField(max_length=200, default="")
    location = models.TextField(default="")
    body = models.BinaryField(default=b"")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["token_id", "key"], name="api_answer_once")]
        indexes = [models.Index(fields=["at"], name="api_answer_at")]

    def __str__(self) -> str:
        return f"{self.token_id} {self.key}"
