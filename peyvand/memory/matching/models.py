"""Pairs that may be the same, records that went into others, and how good the base was day by day."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import User
from peyvand.memory.customers.models import Customer, CustomerKind
from peyvand.memory.matching.access import PairQuerySet


class Level(models.TextChoices):
    """How sure a pair is, in words."""

    CERTAIN = "certain", _("Certain")
    LIKELY = "likely", _("Likely")
    POSSIBLE = "possible", _("Possible")


class PairState(models.TextChoices):
    """Whether somebody has decided on a pair. A merged one is no pair any more: see Redirect."""

    OPEN = "open", _("Open")
    DIFFERENT = "different", _("Not the same")


class Pair(models.Model):
    """Two customers of one kind, `a` the older, who may be the same.

    `score` is the probability from 0 to 1. `reasons` is a list of {"what", "how", "weight"}: what agreed (name, phone,
    email, code, birth, city) or stood against it, how nearly, and its weight in bits (log2 of the Bayes factor; null
    for exact rules). `later_until`: nobody wants to see it before. Who said "different" is never asked again.
    """

    demo = models.BooleanField(default=False)
    a = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+", db_index=False)
    b = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=CustomerKind)
    score = models.FloatField()
    level = models.CharField(max_length=8, choices=Level)
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=10, choices=PairState, default=PairState.OPEN, db_default=PairState.OPEN)
    found_at = models.DateTimeField(db_default=Now())
    later_until = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = PairQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["a", "b"], name="matching_pair_once"),
            models.CheckConstraint(condition=Q(a__lt=F("b")), name="matching_pair_ordered"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="matching_pair_score"),
            models.CheckConstraint(condition=Q(level__in=Level.values), name="matching_pair_level"),
            models.CheckConstraint(condition=Q(state__in=PairState.values), name="matching_pair_state"),
        ]
        indexes = [
            models.Index(
                F("demo"), F("score").desc(), F("id").desc(), name="matching_pair_open", condition=Q(state="open")
            ),
            models.Index(fields=["demo", "level"], name="matching_pair_of_level", condition=Q(state="open")),
        ]

    def __str__(self) -> str:
        return f"{self.a_id}:{self.b_id}"


class Redirect(models.Model):
    """A record `gone_id` that was merged into `kept`, by the change set that takes it back.

    `into_id` is where it went at first; `kept` follows later merges. Merges done at one stroke share a
    `batch`.
    """

    demo = models.BooleanField(default=False)
    gone_id = models.BigIntegerField(unique=True)
    gone_name = models.CharField(max_length=300)
    kept = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    into_id = models.BigIntegerField()
    change_set_id = models.BigIntegerField(db_index=True)
    batch = models.BigIntegerField(null=True, blank=True, db_index=True)
    merged_at = models.DateTimeField(db_default=Now())
    merged_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["demo", "-merged_at"], name="matching_redirect_latest")]

    def __str__(self) -> str:
        return f"{self.gone_id}→{self.kept_id}"


class Quality(models.Model):
    """How good the base of a business was on a day: the score from 0 to 100 and the figures that it is made of."""

    demo = models.BooleanField(default=False)
    day = models.DateField()
    score = models.FloatField()
    figures = models.JSONField(default=dict)
    computed_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["demo", "day"], name="matching_quality_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.score:.0f}"
