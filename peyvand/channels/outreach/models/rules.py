"""The house's own rules: how often, when, for how much."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Window(models.TextChoices):
    """Over which time a cap counts: the last 24 hours, or the last seven days."""

    DAY = "day", _("a day")
    WEEK = "week", _("a week")


class Cap(models.Model):
    """At most `most` messages to one customer in a window, of one channel ("" all together) and one kind of purposes
    ("" all that are not exempt).
    """

    demo = models.BooleanField(default=False)
    channel = models.CharField(max_length=40, default="", blank=True)
    kind = models.CharField(max_length=12, default="", blank=True)
    window = models.CharField(max_length=4, choices=Window)
    most = models.IntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "channel", "kind", "window"], name="outreach_cap_once"),
            models.CheckConstraint(condition=Q(most__gte=1, most__lte=1000), name="outreach_cap_most"),
        ]

    def __str__(self) -> str:
        return f"{self.most} {self.window}"


class QuietHours(models.Model):
    """When nothing goes out over a channel ("" every one without hours of its own), by the customer's clock.

    From `starts` to `ends`, over midnight where `starts` is the later. `weekends` and `holidays`: quiet all day too.
    """

    demo = models.BooleanField(default=False)
    channel = models.CharField(max_length=40, default="", blank=True)
    starts = models.TimeField()
    ends = models.TimeField()
    weekends = models.BooleanField(default=False)
    holidays = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "quiet hours"
        constraints = [
            models.UniqueConstraint(fields=["demo", "channel"], name="outreach_quiet_once"),
            models.CheckConstraint(condition=~Q(starts=F("ends")), name="outreach_quiet_some"),
        ]

    def __str__(self) -> str:
        return f"{self.starts}–{self.ends}"


class Budget(models.Model):
    """What a month of the business's calendar may cost, of one channel ("" all together) and one purpose ("" all)."""

    demo = models.BooleanField(default=False)
    channel = models.CharField(max_length=40, default="", blank=True)
    purpose = models.CharField(max_length=40, default="", blank=True)
    currency = models.CharField(max_length=3)
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "channel", "purpose", "currency"], name="outreach_budget_once"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="outreach_budget_amount"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="outreach_budget_currency"),
        ]

    def __str__(self) -> str:
        return f"{self.amount_minor} {self.currency}"


class PurposeRule(models.Model):
    """What holds for one purpose, by its key. Without a row: messages of service are exempt, the others are not.

    `fallback`: the next channel is tried when one has failed for good. A message that is still held after `hours` is
    dropped, 0 keeps it. `order` are channels, first first, for a recipient who prefers none. `tracks`: links in its
    messages tell us who opened them; None leaves it to the kind (marketing does).
    """

    demo = models.BooleanField(default=False)
    purpose = models.CharField(max_length=40)
    caps_exempt = models.BooleanField(default=False)
    quiet_exempt = models.BooleanField(default=False)
    fallback = models.BooleanField(default=False)
    hours = models.IntegerField(default=72)
    order = models.JSONField(default=list, blank=True)
    tracks = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "purpose"], name="outreach_rule_once"),
            models.CheckConstraint(condition=Q(hours__gte=0, hours__lte=8760), name="outreach_rule_hours"),
        ]

    def __str__(self) -> str:
        return self.purpose
