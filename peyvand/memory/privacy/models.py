"""What is kept when somebody has been erased: that it was done, and digests that know their addresses again."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Now


class Erasure(models.Model):
    """An erasure: which id, when, by whom, how many rows by table; to be done again once an older backup is back."""

    demo = models.BooleanField(default=False)
    customer_id = models.BigIntegerField()  # of one who is no more: no key
    counts = models.JSONField(default=dict)
    staff_id = models.BigIntegerField(null=True)
    staff_name = models.CharField(max_length=200, default="")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["demo", "customer_id"], name="privacy_erasure_of")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.at:%Y-%m-%d}"


class Suppression(models.Model):
    """The keyed digest of an address of somebody erased: it can be recognised, and not be read back."""

    demo = models.BooleanField(default=False)
    kind = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demo", "kind", "digest"], name="privacy_suppression_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.digest[:8]}"
