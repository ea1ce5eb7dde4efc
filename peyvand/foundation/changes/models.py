"""Tables of change sets. What is in changes_change is only ever added; images lie apart, so that they can be erased."""

from __future__ import annotations

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models.functions import Now


class ChangeSet(models.Model):
    """One thing somebody did: an edit, an import, a merge, an undo, or an act without rows (export, failed sign-in)."""

    kind = models.CharField(max_length=40)
    title = models.TextField()
    actor_id = models.BigIntegerField(null=True)  # of accounts, a higher room: no key; null is the system itself
    actor_name = models.TextField()
    via = models.CharField(max_length=20)
    demo = models.BooleanField(default=False)
    reference = models.JSONField(default=dict)
    undo_of = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    started_at = models.DateTimeField(db_default=Now())
    closed_at = models.DateTimeField(null=True)
    outcome = models.JSONField(null=True)  # of an undo: undone, kept, and the first rows that were kept with the reason

    class Meta:
        indexes = [
            models.Index(fields=["demo", "-id"], name="changes_set_demo"),
            models.Index(fields=["demo", "kind", "-id"], name="changes_set_kind"),
            models.Index(fields=["demo", "actor_id", "-id"], name="changes_set_actor"),
            models.Index(fields=["demo", "started_at"], name="changes_set_started"),
        ]

    def __str__(self) -> str:
        return self.title


class Change(models.Model):
    """One row inserted (I), updated (U) or deleted (D). Written by a trigger, and never changed: another forbids it.

    `change_set` is null when something wrote outside any set. `digest` covers every other column; see `sealing`.
    """

    change_set = models.ForeignKey(
        ChangeSet, null=True, on_delete=models.DO_NOTHING, related_name="changes", db_constraint=False, db_index=False
    )
    table_name = models.TextField()
    row_id = models.BigIntegerField()
    op = models.CharField(max_length=1)
    at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    via = models.TextField()
    image_digest = models.BinaryField()
    digest = models.BinaryField()

    class Meta:
        indexes = [
            models.Index(fields=["change_set", "id"], name="changes_change_set"),
            models.Index(fields=["table_name", "row_id", "id"], name="changes_change_row"),
        ]

    def __str__(self) -> str:
        return f"{self.op} {self.table_name} {self.row_id}"


class Image(models.Model):
    """What a change found and left: whole rows of inserts and deletes, the changed columns of updates.

    Deleting the row is how a person's data leaves the trail. The salt goes with it, so that the digest that stays
    cannot be used to guess what stood here.
    """

    change = models.OneToOneField(
        Change, primary_key=True, on_delete=models.DO_NOTHING, related_name="image", db_constraint=False
    )
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    salt = models.UUIDField(db_default=RandomUUID())

    def __str__(self) -> str:
        return f"image of change {self.pk}"


class Seal(models.Model):
    """A link of the chain: the changes of (previous last_id, last_id] as they were when sealed.

    `marks` holds the first four bytes of every digest in order, so that a broken batch can name its first bad row.
    `head` is SHA-256 over the previous head and this batch; `mac` is its HMAC under the installation's key.
    """

    first_id = models.BigIntegerField()
    last_id = models.BigIntegerField(unique=True)
    count = models.IntegerField()
    marks = models.BinaryField()
    root = models.BinaryField()
    head = models.BinaryField()
    mac = models.BinaryField()
    at = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"seal {self.pk} up to {self.last_id}"


class Horizon(models.Model):
    """Up to which change one may seal once every transaction older than `xid` has ended. At most one row."""

    last_id = models.BigIntegerField()
    xid = models.BigIntegerField()

    def __str__(self) -> str:
        return f"up to {self.last_id} after transaction {self.xid}"
