"""Accounts, the folders that are read, and what was found in them."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

HOOK_BYTES = 18


def hook_token() -> str:
    """The secret part of the address that a provider hands mail to."""
    return secrets.token_urlsafe(HOOK_BYTES)


class Security(models.TextChoices):
    """How a connection is kept from others' eyes."""

    TLS = "tls", _("TLS from the start")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", pgettext_lazy("security", "None (own network only)")


class EmailAccount(models.Model):
    """An address that we write from and are written to. `secrets` are encrypted (foundation.outside.locking) and never
    leave this table: passwords, keys of a provider, the private half of the DKIM key.

    `kinds` are the kinds of purposes it is for, empty for all; those of marketing count only with `marketing`, which is
    switched on when the domain's proofs stand. `return_path` is where undelivered mail comes back to, "" the address
    itself; `plus`: the server takes addresses with a plus, by which bounces and answers name their message.
    `authserv` is the name by which one's own server signs its judgement of who sent a mail.
    """

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=254)
    from_name_fa = models.CharField(max_length=120, default="", blank=True)
    from_name_en = models.CharField(max_length=120, default="", blank=True)
    kinds = models.JSONField(default=list, blank=True)
    marketing = models.BooleanField(default=False)
    position = models.IntegerField(default=0)
    enabled = models.BooleanField(default=True)
    per_second = models.IntegerField(default=0)
    per_day = models.IntegerField(default=0)
    provider = models.CharField(max_length=20, default="smtp")
    smtp_host = models.CharField(max_length=253, default="", blank=True)
    smtp_port = models.IntegerField(default=587)
    smtp_security = models.CharField(max_length=8, choices=Security, default=Security.STARTTLS)
    smtp_user = models.CharField(max_length=254, default="", blank=True)
    return_path = models.CharField(max_length=254, default="", blank=True)
    plus = models.BooleanField(default=True)
    dkim_domain = models.CharField(max_length=253, default="", blank=True)
    dkim_selector = models.CharField(max_length=63, default="", blank=True)
    imap_host = models.CharField(max_length=253, default="", blank=True)
    imap_port = models.IntegerField(default=993)
    imap_security = models.CharField(max_length=8, choices=Security, default=Security.TLS)
    imap_user = models.CharField(max_length=254, default="", blank=True)
    authserv = models.CharField(max_length=253, default="", blank=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)
    # What follows stands in no change image.
    secrets = models.TextField(default="", db_default="", blank=True)
    dkim_public = models.TextField(default="", db_default="", blank=True)  # the record's p=
    hook = models.CharField(max_length=40, unique=True, default=hook_token)
    sent_at = models.DateTimeField(null=True, blank=True)
    trouble = models.CharField(max_length=300, default="", db_default="", blank=True)  # what hinders sending
    heard_at = models.DateTimeField(null=True, blank=True)
    deafness = models.CharField(max_length=300, default="", db_default="", blank=True)  # what hinders receiving
    proofs = models.JSONField(default=list, blank=True)  # what the doctor found
    proved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(address=""), name="email_account_named"),
            models.CheckConstraint(condition=Q(smtp_security__in=Security.values), name="email_account_smtp"),
            models.CheckConstraint(condition=Q(imap_security__in=Security.values), name="email_account_imap"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def domain(self) -> str:
        """What follows the @."""
        return self.address.rpartition("@")[2]


class EmailFolder(models.Model):
    """A folder of a mailbox. Numbers of mails (UIDs) hold as long as its `uidvalidity`; up to `last_uid` all are known.

    `total` is how many mails the server counted in it at `counted_at`.
    """

    demo = models.BooleanField(default=False)
    account = models.ForeignKey(EmailAccount, on_delete=models.CASCADE, related_name="folders")
    name = models.CharField(max_length=500)
    special = models.CharField(max_length=40, default="", blank=True)  # \\Sent, \\Junk and the like
    chosen = models.BooleanField(default=False)
    gone = models.BooleanField(default=False)
    uidvalidity = models.BigIntegerField(null=True, blank=True)
    last_uid = models.BigIntegerField(default=0)
    total = models.IntegerField(null=True, blank=True)
    counted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "name"], name="email_folder_once")]

    def __str__(self) -> str:
        return self.name


class Fate(models.TextChoices):
    """What became of a mail that was found."""

    STORED = "stored", pgettext_lazy("mail", "Kept as a conversation")
    KNOWN = "known", pgettext_lazy("mail", "Kept before, from elsewhere")
    REPORT = "report", pgettext_lazy("mail", "A report on one of our messages")
    SKIPPED = "skipped", pgettext_lazy("mail", "Not kept")
    FAILED = "failed", pgettext_lazy("mail", "Waits to be tried again")


class EmailSeen(models.Model):
    """A mail that stood in a folder, and what became of it: by its number, and by what it calls itself.

    `gone`: it stands there no more. `message_id` is the mail's own, or made of a digest of it.
    """

    demo = models.BooleanField(default=False)
    folder = models.ForeignKey(EmailFolder, on_delete=models.CASCADE, related_name="seen", db_index=False)
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    message_id = models.CharField(max_length=300, default="", blank=True)
    fate = models.CharField(max_length=8, choices=Fate)
    why = models.CharField(max_length=60, default="", blank=True)
    tries = models.SmallIntegerField(default=1)
    gone = models.BooleanField(default=False)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "emails seen"
        constraints = [
            models.UniqueConstraint(fields=["folder", "uidvalidity", "uid"], name="email_seen_once"),
            models.CheckConstraint(condition=Q(fate__in=Fate.values), name="email_seen_fate"),
        ]
        indexes = [
            models.Index(F("folder"), F("fate"), F("uid").desc(), name="email_seen_fate_of"),
        ]

    def __str__(self) -> str:
        return f"{self.folder_id}/{self.uid} {self.fate}"
