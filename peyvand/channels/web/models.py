"""Visits, carts and purchases that pages told of, what was not taken, and shops. Events lie in web_event, which has no
model (migrations/0002_events.py).
"""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites.models import Site, Visitor
from peyvand.foundation.outbox.models import Xid8Field
from peyvand.memory.commerce.models import Order


def hook_token() -> str:
    """The secret part of the address that a shop reports to."""
    return secrets.token_urlsafe(18)


class Visit(models.Model):
    """One visit of a browser: no half hour in it without an event. Computed from the events; computing it again gives
    the same.

    `visitor` is null where nothing was kept in the browser: then `key` is of one day only. `path` are its pages in
    order, at most 200: {"at": moment, "u": address, "n": title, "k": kind}. `source`, `medium` and `campaign` say how
    they came (utm_*, else by click id or referrer), `touch` the first and the last campaign that the browser knows.
    `interaction_id` is its interaction (no key: nothing points up), which was told of it at `told_at`.
    """

    demo = models.BooleanField(default=False)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    visitor = models.ForeignKey(Visitor, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=26)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    pages = models.IntegerField(default=0)
    events = models.IntegerField(default=0)
    searches = models.JSONField(default=list, blank=True)
    path = models.JSONField(default=list, blank=True)
    source = models.CharField(max_length=100, default="", blank=True)
    medium = models.CharField(max_length=60, default="", blank=True)
    campaign = models.CharField(max_length=150, default="", blank=True)
    referrer = models.CharField(max_length=300, default="", blank=True)
    touch = models.JSONField(default=dict, blank=True)
    device = models.CharField(max_length=10, default="", blank=True)
    interaction_id = models.BigIntegerField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    stale = models.BooleanField(default=True)
    updated_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ended_at__gte=F("started_at")), name="web_visit_times"),
            models.UniqueConstraint(fields=["site", "key", "started_at"], name="web_visit_once"),
        ]
        indexes = [
            models.Index(F("site"), F("started_at").desc(), name="web_visit_of_site"),
            models.Index(F("site"), F("ended_at").desc(), name="web_visit_now"),
            models.Index(F("key"), F("ended_at").desc(), name="web_visit_of_visitor"),
            models.Index(fields=["id"], name="web_visit_untold", condition=Q(stale=True)),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.started_at:%Y-%m-%d %H:%M}"

    @property
    def seconds(self) -> int:
        """How long it lasted."""
        return int((self.ended_at - self.started_at).total_seconds())


class BasketKind(models.TextChoices):
    """What a page told of."""

    CART = "cart", _("Cart")
    PURCHASE = "purchase", _("Purchase")


class Basket(models.Model):
    """A cart, or a purchase, as a page told of it: its word, and no revenue. `order` is the order with this number,
    where the books have one; only that is revenue. `value` is a decimal of `currency`, as told. `name` makes it one: a
    visit has one cart, and a site one purchase of a number.
    """

    demo = models.BooleanField(default=False)
    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+")
    visitor = models.ForeignKey(Visitor, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    visit = models.ForeignKey(Visit, null=True, blank=True, on_delete=models.CASCADE, related_name="baskets")
    kind = models.CharField(max_length=10, choices=BasketKind)
    name = models.CharField(max_length=120, unique=True)
    at = models.DateTimeField()
    number = models.CharField(max_length=64, default="", blank=True)
    items = models.JSONField(default=list, blank=True)
    value = models.DecimalField(max_digits=24, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, default="", blank=True)
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(kind__in=BasketKind.values), name="web_basket_kind")]
        indexes = [
            models.Index(
                fields=["demo", "number"], name="web_basket_unlinked", condition=~Q(number="") & Q(order__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return self.name


class Count(models.Model):
    """How many events of a day were not taken, by why: "bot", "old", "future" (taken, at the moment they came),
    "again" (they were there already), "consent" (the visitor had not agreed), "broken".
    """

    site = models.ForeignKey(Site, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    why = models.CharField(max_length=10)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["site", "day", "why"], name="web_count_once")]

    def __str__(self) -> str:
        return f"{self.day} {self.why}: {self.count}"


class Reading(models.Model):
    """How far the digest has read the events: all of the transactions up to `xid`. One row."""

    xid = Xid8Field()

    def __str__(self) -> str:
        return str(self.xid)


class DaySalt(models.Model):
    """The random part of the keys of visitors in whose browsers nothing is kept; thrown away with its day, so that
    nobody can tell any more who they were. `day` in UTC.
    """

    day = models.DateField(unique=True)
    salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return str(self.day)


class Shop(models.Model):
    """A shop that reports its orders, customers and products to an address of its own.

    `kind` names a ShopKind. `system` is where the codes of its customers stand among identities. `unit` says what its
    amounts are: a currency, or "toman" for rial given in toman, "stated" where each report names its currency. `prefix`
    comes before its order numbers, where another shop or our own have the same.
    """

    demo = models.BooleanField(default=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20)
    site = models.ForeignKey(Site, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    system = models.CharField(max_length=40, default="shop")
    unit = models.CharField(max_length=10, default="stated")
    prefix = models.CharField(max_length=20, default="", blank=True)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.IntegerField(default=1)
    # What follows stands in no change image.
    secret = models.TextField(default="", db_default="", blank=True)
    hook = models.CharField(max_length=40, unique=True, default=hook_token)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name="") & ~Q(system=""), name="web_shop_named")]

    def __str__(self) -> str:
        return self.name


class Fate(models.TextChoices):
    """What became of a report."""

    TAKEN = "taken", _("Taken in")
    NOTHING = "nothing", _("Nothing to do")
    REFUSED = "refused", _("Not taken in")


class Why(models.TextChoices):
    """Why a report was not taken in, or not as the shop has it."""

    CURRENCY = "currency", _("Its currency is not known here.")
    NUMBER = "number", _("Another order has this number; give this shop's numbers a prefix.")
    UNSOLD = "unsold", _("Nothing is sold yet.")
    CANCELLED = "cancelled", _("It was cancelled before we knew of it.")
    TOTAL = "total", _("The shop says another total than what stands here.")
    UNASKED = "unasked", _("Nothing here asks for this.")
    INVALID = "invalid", _("It can't be kept as it is.")


class Delivery(models.Model):
    """A report of a shop, kept for thirty days: what it was about, and what became of it; not what stood in it.

    `code` is the shop's own of what it was about (an order's number), `delivery` its id of the report: the same one
    twice is taken once.
    """

    shop = models.ForeignKey(Shop, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    delivery = models.CharField(max_length=100)
    topic = models.CharField(max_length=40)
    code = models.CharField(max_length=64, default="", blank=True)
    fate = models.CharField(max_length=8, choices=Fate)
    why = models.CharField(max_length=10, choices=Why, default="", blank=True)
    detail = models.CharField(max_length=300, default="", blank=True)
    order = models.ForeignKey(Order, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["shop", "delivery"], name="web_delivery_once"),
            models.CheckConstraint(condition=Q(fate__in=Fate.values), name="web_delivery_fate"),
        ]
        indexes = [
            models.Index(F("shop"), F("id").desc(), name="web_delivery_latest"),
            models.Index(fields=["at"], name="web_delivery_at"),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.code}"
