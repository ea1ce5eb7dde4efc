"""Tables of audiences: what they ask, when their members were last looked up, and pictures of them that are kept."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import Team, User
from peyvand.insight.audiences.access import AudienceQuerySet, SnapshotQuerySet
from peyvand.memory.customers.models import Customer


class AudienceKind(models.TextChoices):
    """How the members of an audience come and go."""

    LIVE = "live", _("Live")
    FROZEN = "frozen", _("Frozen")
    MINED = "mined", _("Found by prediction")


class Audience(models.Model):
    """A group of customers. `tree` is what it asks, as docs/audiences.md has it.

    Its owner and the members of its team see it, with `shared` everyone who sees audiences; of its members each sees
    those whom they may see. A live or mined one follows what happens; the members of a frozen one stay who they were.

    What follows from the rest: `members` how many there are of everybody, as of `computed_at`; `day` the day (workspace
    zone) that relative times were counted from; `due` whether members must be looked up anew; `reads` the tables that
    it depends on, `within` the audiences that it contains (ids), `depth` how deep these lie in one another; `broken` a
    sentence in English where it cannot be looked up any more, "" otherwise.
    """

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    note = models.CharField(max_length=500, default="", blank=True)
    owner = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    shared = models.BooleanField(default=False)
    tree = models.JSONField(default=dict)
    kind = models.CharField(max_length=6, choices=AudienceKind, default=AudienceKind.LIVE)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1, db_default=1)

    members = models.IntegerField(default=0, db_default=0)
    computed_at = models.DateTimeField(null=True)
    day = models.DateField(null=True)
    due = models.BooleanField(default=True, db_default=True)
    reads = ArrayField(models.TextField(), default=list, blank=True)
    within = ArrayField(models.BigIntegerField(), default=list, blank=True)
    depth = models.SmallIntegerField(default=0, db_default=0)
    broken = models.CharField(max_length=300, default="", db_default="", blank=True)

    objects = AudienceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="audiences_audience_named"),
            models.CheckConstraint(condition=Q(kind__in=AudienceKind.values), name="audiences_audience_kind"),
        ]
        indexes = [models.Index(fields=["demo", "archived", "name"], name="audiences_audience_of")]

    def __str__(self) -> str:
        return self.name


class Snapshot(models.Model):
    """Who was in an audience at a moment; `label` is what it was called, `size` how many of everybody."""

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="snapshots")
    label = models.CharField(max_length=120, default="", blank=True)
    size = models.IntegerField(default=0)
    taken_at = models.DateTimeField(db_default=Now())
    taken_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    objects = SnapshotQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["audience", "-taken_at"], name="audiences_snapshot_of")]

    def __str__(self) -> str:
        return self.label or f"{self.audience_id} {self.taken_at}"


class SnapshotMember(models.Model):
    """A customer in a snapshot."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.CASCADE, related_name="people", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["snapshot", "customer"], name="audiences_snapshotmember_once")]

    def __str__(self) -> str:
        return f"{self.snapshot_id}:{self.customer_id}"


class AudienceDay(models.Model):
    """How many came into an audience and went on a day (workspace zone), and how many were in it after the last of
    them; of everybody. `events` are the last events that were counted, so that none counts twice.
    """

    audience = models.ForeignKey(Audience, on_delete=models.CASCADE, related_name="days")
    day = models.DateField()
    entered = models.IntegerField(default=0)
    left = models.IntegerField(default=0)
    size = models.IntegerField(default=0)
    events = ArrayField(models.BigIntegerField(), default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["audience", "day"], name="audiences_audienceday_once")]

    def __str__(self) -> str:
        return f"{self.audience_id} {self.day}"
