"""Recipients: what they prefer, and the addresses to which nothing goes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.channels.outreach.access import SuppressionQuerySet
from peyvand.memory.customers.models import Customer


class Pace(models.TextChoices):
    """How much somebody wants to hear besides what concerns their orders and requests."""

    NORMAL = "", pgettext_lazy("pace", "As it comes")
    WEEKLY = "weekly", pgettext_lazy("pace", "At most once a week")
    MONTHLY = "monthly", pgettext_lazy("pace", "At most once a month")


class Recipient(models.Model):
    """What a customer prefers, and the row that two senders to one customer wait at.

    `link` names their page of preferences: who has it may read and change what they allow, and nothing else. `tz` is
    an IANA name, "" where not known (the business's own counts).
    """

    demo = models.BooleanField(default=False)
    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, related_name="+")
    link = models.CharField(max_length=32, unique=True)
    preferred = models.CharField(max_length=40, default="", blank=True)
    pace = models.CharField(max_length=8, choices=Pace, default=Pace.NORMAL, blank=True)
    paused_until = models.DateTimeField(null=True, blank=True)
    tz = models.CharField(max_length=64, default="", blank=True)
    forget_asked_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.customer_id)


class Reason(models.TextChoices):
    """Why nothing goes to an address."""

    HARD_BOUNCE = "hard-bounce", _("The address does not exist")
    SOFT_BOUNCE = "soft-bounce", _("It kept coming back")
    COMPLAINT = "complaint", _("They reported our mail as unwanted")
    OPT_OUT = "opt-out", _("They asked us to stop")
    BLACKLIST = "blacklist", _("Their operator refuses such messages")
    STAFF = "staff", _("Put here by a colleague")
    ERASED = "erased", _("They asked to be forgotten")


class Suppression(models.Model):
    """An address to which nothing goes over a channel, from every line or from one.

    `digest` is a keyed digest of the address, which stays when the address itself is erased; `address` is shown to
    staff, "" after that. `kinds` narrows it to kinds of purposes ("marketing"), empty for all.
    """

    demo = models.BooleanField(default=False)
    channel = models.CharField(max_length=40)
    line = models.CharField(max_length=254, default="", blank=True)
    digest = models.CharField(max_length=64)
    address = models.CharField(max_length=254, default="", blank=True)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    reason = models.CharField(max_length=12, choices=Reason)
    kinds = models.JSONField(default=list, blank=True)
    source = models.CharField(max_length=200, default="", blank=True)
    until = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    objects = SuppressionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["demo", "channel", "digest", "line"], name="outreach_suppression_once"),
            models.CheckConstraint(condition=Q(reason__in=Reason.values), name="outreach_suppression_reason"),
        ]
        indexes = [models.Index(F("demo"), F("at").desc(), F("id").desc(), name="outreach_suppression_latest")]

    def __str__(self) -> str:
        return f"{self.channel} {self.reason}"


class OptIn(models.Model):
    """A consent that waits for its owner to say yes from the address it is for (double opt-in)."""

    demo = models.BooleanField(default=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=40)
    channel = models.CharField(max_length=40)
    address = models.CharField(max_length=254)
    wording_id = models.BigIntegerField(null=True, blank=True)
    digest = models.CharField(max_length=64, unique=True)  # SHA-256 of the token in the link
    proof = models.JSONField(default=dict, blank=True)
    asked_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.customer_id} {self.purpose} {self.channel}"


class Moving(models.Model):
    """Which messages a merge gave to the record that stayed, so that taking it back gives them back."""

    demo = models.BooleanField(default=False)
    kept_id = models.BigIntegerField()
    gone_id = models.BigIntegerField()
    message_ids = models.JSONField(default=list)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["gone_id"], name="outreach_moving_gone")]

    def __str__(self) -> str:
        return f"{self.gone_id} to {self.kept_id}"
