"""Bots, and files that still lie with their messengers."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations.models import Entry

HOOK_BYTES = 18


def hook_token() -> str:
    """The secret part of the address that a messenger calls."""
    return secrets.token_urlsafe(HOOK_BYTES)


class Hearing(models.TextChoices):
    """How a bot comes to what is written to it."""

    POLL = "poll", _("We ask the messenger")
    HOOK = "hook", _("The messenger calls us")


class Bot(models.Model):
    """A bot at a messenger. `credentials` are encrypted (foundation.outside.locking) and never leave this table.

    `username` is as the messenger says it, for links. `kinds` are the kinds of purposes it is for, empty for all. A
    message costs `price_minor` in minor units of `currency`. `greeting_*` is what who begins a chat reads, "" for the
    usual words. `hook` is in the address that the messenger calls, `header` goes along with its calls. `offset` is up
    to where was asked for what came in.
    """

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    messenger = models.CharField(max_length=20)
    hearing = models.CharField(max_length=4, choices=Hearing, default=Hearing.POLL)
    kinds = models.JSONField(default=list, blank=True)
    base_url = models.CharField(max_length=300, default="", blank=True)
    proxy = models.CharField(max_length=300, default="", blank=True)
    greeting_fa = models.CharField(max_length=1_000, default="", blank=True)
    greeting_en = models.CharField(max_length=1_000, default="", blank=True)
    price_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="IRR")
    per_second = models.IntegerField(default=0)
    per_day = models.IntegerField(default=0)
    position = models.IntegerField(default=0)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)
    # What follows stands in no change image.
    credentials = models.TextField(default="", db_default="", blank=True)
    hook = models.CharField(max_length=40, unique=True, default=hook_token)
    header = models.CharField(max_length=40, default=hook_token)
    username = models.CharField(max_length=60, default="", db_default="", blank=True)
    offset = models.CharField(max_length=100, default="", db_default="", blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=300, default="", db_default="", blank=True)
    deafness = models.CharField(max_length=300, default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="messengers_bot_named"),
            models.CheckConstraint(condition=Q(hearing__in=Hearing.values), name="messengers_bot_hearing"),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="messengers_bot_price"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="messengers_bot_currency"),
        ]

    def __str__(self) -> str:
        return self.name


class AwaitedFile(models.Model):
    """A file that came with somebody's words and still lies with the messenger. The row goes when it is fetched, or
    when it can't be and the entry says so.
    """

    demo = models.BooleanField(default=False)
    bot = models.ForeignKey(Bot, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+")
    ref = models.CharField(max_length=400)
    name = models.CharField(max_length=255)
    content_type = models.CharField(max_length=100, default="", blank=True)
    size = models.BigIntegerField(default=0)
    tries = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="messengers_awaited_due")]

    def __str__(self) -> str:
        return self.name
