"""Setting up shops, and what is thrown away when its time is over."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings as django_settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites.models import Site
from peyvand.channels.web import access
from peyvand.channels.web.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.web.models import Count, DaySalt, Delivery, Shop, Visit, hook_token
from peyvand.foundation.accounts import settings
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.currencies import is_currency
from peyvand.foundation.outside.locking import locked, unlocked
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean

PURPOSE = "web.shop"
RETENTION = "web_months"  # the setting: months that events and visits are kept
MONTHS = 13
UNITS = ("stated", "toman")
AHEAD = 3
DELIVERIES_KEPT = timedelta(days=30)
COUNTS_KEPT = timedelta(days=400)
_SYSTEM = re.compile(r"[\w.-]{1,40}")


@dataclass(frozen=True, kw_only=True)
class ShopData:
    """A shop as it is to be. `secret` "" keeps the one that is there, or makes one."""

    name: str
    kind: str
    site_id: int | None = None
    system: str = "shop"
    unit: str = "stated"
    prefix: str = ""
    secret: str = ""
    enabled: bool = True


def shop_save(
    *, actor: Actor, data: ShopData, kinds: frozenset[str], shop: Shop | None = None, version: int | None = None
) -> tuple[Shop, str]:
    """Set up a shop or change one; gives it, and the secret where one was made, told this once.

    NotAllowed, InvalidError, ChangedMeanwhileError, Shop.DoesNotExist.
    """
    actor.require(access.MANAGE)
    _check(actor, data, kinds)
    made_secret = ""
    with transaction.atomic():
        made = Shop(demo=actor.demo, version=0)
        if shop is not None:
            made = Shop.objects.select_for_update().get(pk=shop.pk, demo=actor.demo)
            if version is not None and version != made.version:
                raise ChangedMeanwhileError(version=made.version)
        made.name, made.kind, made.site_id = clean(data.name)[:120], data.kind, data.site_id
        made.system, made.unit, made.prefix = data.system, data.unit, clean(data.prefix)[:20]
        made.enabled = data.enabled
        if data.secret:
            made.secret = locked(data.secret, purpose=PURPOSE)
        elif not made.secret:
            made_secret = secrets.token_urlsafe(32)
            made.secret = locked(made_secret, purpose=PURPOSE)
        made.version += 1
        with change_set(actor=actor, kind="settings", title=gettext("Shop “%(name)s”") % {"name": made.name}):
            made.save()
    return made, made_secret


def _check(actor: Actor, data: ShopData, kinds: frozenset[str]) -> None:
    errors = {}
    if not clean(data.name):
        errors["name"] = _("Give the shop a name.")
    if data.kind not in kinds:
        errors["kind"] = _("Choose what kind of shop it is.")
    if data.unit not in UNITS and not is_currency(data.unit):
        errors["unit"] = _("Choose what its amounts are in.")
    if not _SYSTEM.fullmatch(data.system):
        errors["system"] = _("Letters, digits, dot and hyphen, without spaces.")
    if data.site_id is not None and not Site.objects.filter(pk=data.site_id, demo=actor.demo).exists():
        errors["site"] = _("Choose one of the sites.")
    if data.secret and not 8 <= len(data.secret) <= 200:
        errors["secret"] = _("Between 8 and 200 letters.")
    if errors:
        raise InvalidError(errors)


def shop_remove(*, actor: Actor, shop: Shop) -> int:
    """Take it away; gives the change set that brings it back. NotAllowed, Shop.DoesNotExist."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        kept = Shop.objects.select_for_update().get(pk=shop.pk, demo=actor.demo)
        with change_set(actor=actor, kind="settings", title=gettext("Shop removed")) as made:
            kept.delete()
    return made.pk


def hook_renew(*, actor: Actor, shop: Shop) -> None:
    """A new address for its reports; the old one is closed. NotAllowed."""
    actor.require(access.MANAGE)
    Shop.objects.filter(pk=shop.pk, demo=actor.demo).update(hook=hook_token())


def secret_renew(*, actor: Actor, shop: Shop) -> str:
    """A new secret, told this once. NotAllowed."""
    actor.require(access.MANAGE)
    made = secrets.token_urlsafe(32)
    Shop.objects.filter(pk=shop.pk, demo=actor.demo).update(secret=locked(made, purpose=PURPOSE))
    return made


def secret_of(shop: Shop) -> str:
    """The shop's secret; "" when it can't be read."""
    return unlocked(shop.secret, purpose=PURPOSE) or ""


def hook_url(shop: Shop) -> str:
    """Where it reports to."""
    return f"{django_settings.SITE_URL}/hooks/shop/{shop.hook}/"


# ── what is over ──────────────────────────────────────────────────────────


def months_checked(value: object) -> int:
    """The setting as it is kept: 1 to 120 months. ValueError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ValueError("a whole number of months")
    found = int(value)
    if not 1 <= found <= 120:
        raise ValueError("between 1 and 120 months")
    return found


def sweep() -> None:
    """Every day: months ahead are made, what is older than it may be goes."""
    months = months_checked(settings.get(RETENTION))
    now = timezone.now()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT web_months(%s)", [AHEAD])
        cursor.execute("SELECT web_months_drop(%s)", [months])
        cursor.execute("SELECT now() - make_interval(months => %s)", [months])
        (before,) = cursor.fetchone()
    Visit.objects.filter(ended_at__lt=before).delete()
    Delivery.objects.filter(at__lt=now - DELIVERIES_KEPT).delete()
    Count.objects.filter(day__lt=(now - COUNTS_KEPT).date()).delete()
    DaySalt.objects.filter(day__lt=now.date()).delete()
