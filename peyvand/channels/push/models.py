"""The house's own keys and choices, and the browsers that take its notices."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from peyvand.channels.sites.models import Site, Visitor


class Sender(models.Model):
    """How a business sends notices: one row each. `topics` are keys of purposes that visitors may choose among.

    `public` is what browsers subscribe with, `private` its secret half, encrypted (foundation.outside.locking): keys
    are made once, since with other keys every subscription is lost. `contact` is where push services write to, "" for
    the public site's own address. A notice is of use for `hours`. `bell`: the part draws a bell of its own.
    """

    demo = models.BooleanField(unique=True)
    enabled = models.BooleanField(default=False)
    topics = models.JSONField(default=list, blank=True)
    hours = models.IntegerField(default=24)
    bell = models.BooleanField(default=True)
    contact = models.CharField(max_length=254, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=0)
    public = models.CharField(max_length=100, default="", blank=True)
    # What follows stands in no change image.
    private = models.TextField(default="", db_default="", blank=True)
    trouble = models.CharField(max_length=300, default="", db_default="", blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(hours__gte=1, hours__lte=672), name="push_sender_hours")]

    def __str__(self) -> str:
        return "sample" if self.demo else "house"


class Subscription(models.Model):
    """A browser that takes notices. `digest` is SHA-256 of the endpoint; endpoint and keys are encrypted.

    Whose it is follows the visitor. `topics` are keys of purposes. `agreed` is what a machine saw of the yes. `gone_at`
    when the push service said that it is no more, or the visitor that they want none.
    """

    demo = models.BooleanField(default=False)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    visitor = models.ForeignKey(Visitor, on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    endpoint = models.TextField()
    keys = models.TextField()
    topics = models.JSONField(default=list, blank=True)
    agreed = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=2, default="fa")
    agent = models.CharField(max_length=300, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    ok_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.digest[:12]
