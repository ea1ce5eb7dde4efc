"""Accounts at gateways."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

HOOK_BYTES = 18


def hook_token() -> str:
    """The secret part of the address that a provider reports to."""
    return secrets.token_urlsafe(HOOK_BYTES)


class SmsAccount(models.Model):
    """A line at a provider. `credentials` are encrypted (foundation.outside.locking) and never leave this table.

    `kinds` are the kinds of purposes it is for, empty for all. A part costs `price_minor` in minor units of `currency`.
    `service_line`: in Iran, texts of marketing end with «لغو۱۱» there. `credit` is what the provider said at
    `credit_at`, in its own unit.
    """

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    provider = models.CharField(max_length=20)
    line = models.CharField(max_length=40)
    kinds = models.JSONField(default=list, blank=True)
    base_url = models.CharField(max_length=300, default="", blank=True)
    price_minor = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="IRR")
    per_second = models.IntegerField(default=0)
    per_day = models.IntegerField(default=0)
    position = models.IntegerField(default=0)
    service_line = models.BooleanField(default=True)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)
    # What follows stands in no change image.
    credentials = models.TextField(default="", db_default="", blank=True)
    hook = models.CharField(max_length=40, unique=True, default=hook_token)
    credit = models.CharField(max_length=60, default="", db_default="", blank=True)
    credit_at = models.DateTimeField(null=True, blank=True)
    heard_at = models.DateTimeField(null=True, blank=True)  # the newest of what was asked for
    trouble = models.CharField(max_length=300, default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(line=""), name="sms_account_named"),
            models.CheckConstraint(condition=Q(price_minor__gte=0), name="sms_account_price"),
            models.CheckConstraint(condition=Q(currency__regex="^[A-Z]{3}$"), name="sms_account_currency"),
        ]

    def __str__(self) -> str:
        return self.name
