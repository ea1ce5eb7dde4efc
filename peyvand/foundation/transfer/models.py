"""Imports and what they could not take."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models.functions import Now

from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.registry.actor import Actor


class ImportManager(models.Manager["Import"]):
    """Imports by right."""

    def visible_to(self, actor: Actor) -> models.QuerySet[Import]:
        """Own imports; all of the business with "transfer.view_all". They are always of one's own business, never the
        sample.
        """
        found = self.get_queryset().filter(demo=False)
        if actor.may("transfer.view_all"):
            return found
        return found.filter(started_by_id=actor.user_id) if actor.user_id is not None else found.none()


class Import(models.Model):
    """One file on its way in. `position` counts lines that are committed, whatever became of them.

    `format` is reading.Format; `columns` the titles; `mapping` the place in the file by the shape's column; `saved`
    what the writer needs after a crash; `counts` is running.Tally. `before` is the state that an undo under way found;
    `undo_id` the change set of the undo, whose outcome says what was kept. `swept_at`: since when the file and its
    first lines are gone.
    """

    class State(models.TextChoices):
        MAPPING = "mapping"
        CHECKING = "checking"
        CHECKED = "checked"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"
        UNDONE = "undone"
        UNDOING = "undoing"

    shape = models.CharField(max_length=60)
    state = models.CharField(max_length=20, choices=State.choices, default=State.MAPPING)
    file_name = models.TextField()
    path = models.TextField()  # of the kept upload, or of the file that was named at the console
    sniffed = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    lines = models.BigIntegerField(default=0)
    position = models.BigIntegerField(default=0)
    saved = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    dry = models.JSONField(default=dict)  # what the dry run found
    totals = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    change_set = models.ForeignKey(ChangeSet, null=True, on_delete=models.PROTECT, related_name="+")
    run_id = models.BigIntegerField(null=True)  # of jobs, whose runs are cleaned away
    started_by_id = models.BigIntegerField(null=True)  # of accounts; null is the console
    started_by_name = models.TextField(blank=True)
    demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    before = models.CharField(max_length=20, default="", db_default="", blank=True)
    undo_id = models.BigIntegerField(null=True)
    swept_at = models.DateTimeField(null=True)

    objects = ImportManager()

    class Meta:
        indexes = [
            models.Index(fields=["demo", "-id"], name="transfer_import_demo"),
            models.Index(fields=["demo", "started_by_id", "-id"], name="transfer_import_by"),
        ]

    def __str__(self) -> str:
        return self.file_name

    def result(self) -> dict[str, Any]:
        """What the console prints: every line accounted for, with the writer's totals."""
        return {
            "id": self.pk,
            "lines": self.counts.get("lines", 0),
            "imported": self.counts.get("imported", 0),
            "created": self.counts.get("new", 0),
            "updated": self.counts.get("updated", 0),
            "unchanged": self.counts.get("unchanged", 0),
            "skipped": self.counts.get("skipped", {}),
            **self.totals,
        }


class ImportProblem(models.Model):
    """A line, or one of its values, that was not taken."""

    owner = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="problems")
    row = models.BigIntegerField()
    column = models.CharField(max_length=60, blank=True)
    value = models.TextField(blank=True)
    reason = models.CharField(max_length=60)
    skipped = models.BooleanField(default=True)

    class Meta:
        indexes = [models.Index(fields=["owner", "row", "id"], name="transfer_problem_row")]

    def __str__(self) -> str:
        return f"{self.row}: {self.reason}"


class TemplateManager(models.Manager["MappingTemplate"]):
    """Templates by right."""

    def visible_to(self, actor: Actor) -> models.QuerySet[MappingTemplate]:
        """Those with a name: one's own, and those that are shared; all with "transfer.view_all"."""
        found = self.get_queryset().exclude(name="")
        if actor.may("transfer.view_all"):
            return found
        return found.filter(models.Q(shared=True) | models.Q(owner_id=actor.user_id, owner_id__isnull=False))


class MappingTemplate(models.Model):
    """Where the columns of a kind of file stand, kept for the next one.

    With a `name` somebody chooses it; without, it is what was last said of files with just these titles. `mapping` is
    the key of the file's title by the shape's column; for a file without titles it is empty and `places` says where,
    in a file of `width` columns.
    """

    shape = models.CharField(max_length=60)
    name = models.CharField(max_length=60, default="", db_default="", blank=True)
    titles = models.CharField(max_length=64)  # SHA-256 over the title keys
    mapping = models.JSONField(default=dict)
    places = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    width = models.IntegerField(default=0, db_default=0)
    options = models.JSONField(default=dict)
    shared = models.BooleanField(default=False, db_default=False)
    owner_id = models.BigIntegerField(null=True)  # of accounts; null is the console
    owner_name = models.TextField(default="", db_default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    used_at = models.DateTimeField(null=True)

    objects = TemplateManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shape", "titles"], name="transfer_remembered_titles", condition=models.Q(name="")
            ),
            models.UniqueConstraint(
                fields=["owner_id", "shape", "name"],
                name="transfer_template_once",
                condition=~models.Q(name=""),
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.shape} {self.titles[:8]}"
