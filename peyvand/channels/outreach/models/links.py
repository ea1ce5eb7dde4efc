"""Short links that lead somewhere, and who came by them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from peyvand.channels.outreach.models.contents import Content


class Link(models.Model):
    """A short link of the public site, /r/<code>, and the one address that it leads to.

    `content` is set where it was made by itself for a link of a text that was sent; `digest` is SHA-256 of the target.
    `source`, `medium` and `campaign` are added to the target as utm_source and so on. `clicks` and `clicked_at` are
    folded from Click by the worker. An archived link leads nowhere.
    """

    demo = models.BooleanField(default=False)
    code = models.CharField(max_length=12, unique=True)
    target = models.TextField()
    digest = models.CharField(max_length=64)
    title = models.CharField(max_length=200, default="", blank=True)
    source = models.CharField(max_length=100, default="", blank=True)
    medium = models.CharField(max_length=100, default="", blank=True)
    campaign = models.CharField(max_length=100, default="", blank=True)
    content = models.ForeignKey(Content, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    staff_id = models.BigIntegerField(null=True, blank=True)
    archived = models.BooleanField(default=False)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)
    # What follows stands in no change image.
    clicks = models.BigIntegerField(default=0, db_default=0)
    clicked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["content", "digest"], name="outreach_link_once", condition=Q(content__isnull=False)
            ),
            models.CheckConstraint(condition=~Q(target="") & ~Q(code=""), name="outreach_link_leads"),
        ]
        indexes = [models.Index(F("demo"), F("created_at").desc(), F("id").desc(), name="outreach_link_latest")]

    def __str__(self) -> str:
        return self.title or self.code


class Click(models.Model):
    """Somebody came by a link; by which message, where its link says so (without a key: the ledger outlives nothing).

    `digested` once it stands on the timeline and in the link's sum. No address and no browser is kept.
    """

    demo = models.BooleanField(default=False)
    link = models.ForeignKey(Link, on_delete=models.CASCADE, related_name="+", db_index=False)
    message_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())
    digested = models.BooleanField(default=False, db_default=False)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="outreach_click_new", condition=Q(digested=False)),
            models.Index(fields=["link", "at"], name="outreach_click_of"),
            models.Index(fields=["message_id", "at"], name="outreach_click_by", condition=Q(message_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.link_id} {self.at}"


class Arrival(models.Model):
    """A token by which somebody has come to a site from a message: it is good once. Only its digest is kept."""

    demo = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["at"], name="outreach_arrival_at")]

    def __str__(self) -> str:
        return f"arrival {self.pk}"
