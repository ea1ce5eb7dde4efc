"""What was loaded, when, and whether it agrees with its source."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class LoadState(models.TextChoices):
    """How a load ended."""

    RUNNING = "running", _("Loading")
    READY = "ready", _("Loaded and checked")
    FAILED = "failed", _("Failed")


class Load(models.Model):
    """One load. `facts` is {name: {"rows", "bytes", "files", "sums": {column: [source, loaded]}, "checked", "whole"}}:
    sums are decimal texts, so that nothing is rounded; `checked` is when the whole source was summed last, `whole`
    whether the fact was read whole. `fresh_until` is the moment of the snapshot: later changes are not in it. `full`:
    begun from nothing; `moved`: rows read; `token` stands in the files too.
    """

    state = models.CharField(max_length=10, choices=LoadState, default=LoadState.RUNNING)
    started_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True)
    fresh_until = models.DateTimeField(null=True)
    time_zone = models.CharField(max_length=64)
    facts = models.JSONField(default=dict)
    error = models.TextField(default="")
    full = models.BooleanField(default=True)
    moved = models.BigIntegerField(default=0)
    token = models.CharField(max_length=32, default="")

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="warehouse_load_state")]

    def __str__(self) -> str:
        return f"load {self.pk} ({self.state})"

    @property
    def reconciled(self) -> bool:
        """Whether every control sum of the files equals its source's."""
        return all(source == loaded for fact in self.facts.values() for source, loaded in fact["sums"].values())
