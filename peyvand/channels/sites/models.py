"""Our sites, their visitors, and the codes that join things to people."""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.memory.customers.models import Customer


def site_key() -> str:
    """The public name of a site, as it stands in its pages."""
    return "s" + secrets.token_hex(6)


class Consent(models.TextChoices):
    """What a site records before a visitor has said anything."""

    NONE = "none", _("Nothing until they agree")
    COOKIELESS = "cookieless", _("Counts only, nothing kept in the browser")
    FULL = "full", _("Visits, kept in the browser on your own address")


class Proof(models.TextChoices):
    """By what it is known who a visitor is."""

    SIGNATURE = "signature", _("The shop's server signed it")
    CODE = "code", _("A one-time code was told back")
    LINK = "link", _("They came by a link that only they got")
    FORM = "form", _("They confirmed the address of a form")
    CHAT = "chat", _("They proved it in the chat")
    STAFF = "staff", _("A colleague knew")


class Site(models.Model):
    """A web site or shop of ours. `key` is public and stands in its pages; `hosts` are the hosts whose pages may use it
    ("shop.example", "*.shop.example").

    `secret` signs what the shop's own server says; it is encrypted (foundation.outside.locking), never shown again and
    in no change image. `greets` lets the site call a visitor by name who allowed that.
    """

    demo = models.BooleanField(default=False)
    key = models.CharField(max_length=20, unique=True, default=site_key)
    name = models.CharField(max_length=120)
    hosts = models.JSONField(default=list)
    language = models.CharField(max_length=2, default="fa")
    consent = models.CharField(max_length=10, choices=Consent, default=Consent.FULL)
    greets = models.BooleanField(default=True)
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)
    # What follows stands in no change image.
    secret = models.TextField(default="", db_default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="sites_site_named"),
            models.CheckConstraint(condition=Q(consent__in=Consent.values), name="sites_site_consent"),
        ]

    def __str__(self) -> str:
        return self.name


class Visitor(models.Model):
    """A browser that visits a site. `key` is the digest of a token that it alone holds (`tokens.visitor_key`).

    `customer` follows the identity of kind "visitor" with this key: who has it is the visitor (`how` it was proved).
    `claims` is what they said of themselves and nobody proved ("email", "phone", "name"). `remembered`: they allowed
    to be called by name. `agent` is what the browser calls itself, at most 300.
    """

    demo = models.BooleanField(default=False)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="visitors", db_index=False)
    key = models.CharField(max_length=26)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    how = models.CharField(max_length=9, default="", blank=True)
    remembered = models.BooleanField(default=False)
    claims = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=2, default="", blank=True)
    agent = models.CharField(max_length=300, default="", blank=True)
    first_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key"], name="sites_visitor_once"),
            models.CheckConstraint(condition=Q(how="") | Q(how__in=Proof.values), name="sites_visitor_how"),
        ]
        indexes = [models.Index(F("site"), F("last_at").desc(), F("id").desc(), name="sites_visitor_latest")]

    def __str__(self) -> str:
        return self.key


class LinkCode(models.Model):
    """A one-time code by which a chat or a browser comes to a visitor or a customer. Only its digest is kept."""

    demo = models.BooleanField(default=False)
    digest = models.CharField(max_length=64, unique=True)
    visitor = models.ForeignKey(Visitor, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(visitor__isnull=True, customer__isnull=False)
                | Q(visitor__isnull=False, customer__isnull=True),
                name="sites_code_of_one",
            )
        ]
        indexes = [models.Index(fields=["expires_at"], name="sites_code_over")]

    def __str__(self) -> str:
        return f"code {self.pk}"
