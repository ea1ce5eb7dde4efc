"""Setting up sites."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites import access
from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.sites.models import Consent, Site
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outside.locking import locked, unlocked
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean

PURPOSE = "sites.site"
LANGUAGES = ("fa", "en")
MOST_HOSTS = 20
_HOST = re.compile(r"(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(:\d{1,5})?")


def hosts_of(typed: str) -> list[str]:
    """Hosts as typed or pasted, whole addresses too, in their plain form. InvalidError names the one that is none."""
    found: list[str] = []
    for word in re.split(r"[\s,،]+", typed.strip()):
        if not word:
            continue
        host = re.sub(r"^[a-z]+://", "", word.lower()).split("/")[0].rstrip(".")
        try:
            host = host if host.isascii() else host.encode("idna").decode()
        except UnicodeError:
            host = ""
        if len(host) > 253 or not _HOST.fullmatch(host):
            raise InvalidError({"hosts": _("“%(word)s” is no host; type it like shop.example.") % {"word": word[:80]}})
        if host not in found:
            found.append(host)
    if not found:
        raise InvalidError({"hosts": _("Type at least one host, like shop.example.")})
    if len(found) > MOST_HOSTS:
        raise InvalidError({"hosts": _("At most twenty hosts.")})
    return found


def site_save(*, actor: Actor, data: SiteData, site: Site | None = None, version: int | None = None) -> Site:
    """Set up a site or change one. NotAllowed, InvalidError, ChangedMeanwhileError, Site.DoesNotExist."""
    actor.require(access.MANAGE)
    errors = {}
    if not clean(data.name):
        errors["name"] = _("Give the site a name.")
    if data.language not in LANGUAGES:
        errors["language"] = _("Choose one of the languages.")
    if data.consent not in Consent.values:
        errors["consent"] = _("Choose what is recorded before anybody has agreed.")
    if errors:
        raise InvalidError(errors)
    hosts = hosts_of(data.hosts)
    with transaction.atomic():
        made = Site(demo=actor.demo, version=0, secret=locked(secrets.token_urlsafe(32), purpose=PURPOSE))
        if site is not None:
            made = Site.objects.select_for_update().get(pk=site.pk, demo=actor.demo)
            if version is not None and version != made.version:
                raise ChangedMeanwhileError(version=made.version)
        made.name, made.hosts, made.language = clean(data.name)[:120], hosts, data.language
        made.consent, made.greets, made.active = data.consent, data.greets, data.active
        made.version += 1
        with change_set(actor=actor, kind="settings", title=gettext("Web site “%(name)s”") % {"name": made.name}):
            made.save()
    return made


def secret_renew(*, actor: Actor, site: Site) -> str:
    """A new secret for the shop's server, told this once; the old one is worth nothing from now on. NotAllowed."""
    actor.require(access.MANAGE)
    made = secrets.token_urlsafe(32)
    Site.objects.filter(pk=site.pk, demo=actor.demo).update(secret=locked(made, purpose=PURPOSE))
    return made


def secret_of(site: Site) -> str:
    """The site's secret, to check what its server signed; "" when it can't be read."""
    return unlocked(site.secret, purpose=PURPOSE) or ""


def host_allowed(hosts: Sequence[str], host: str) -> bool:
    """Whether pages of this host (with its port, where it is none of the usual) may use a site of these hosts."""
    plain = host.lower().rstrip(".")
    for one in hosts:
        if one.startswith("*."):
            if plain == one[2:] or plain.endswith(one[1:]):
                return True
        elif plain == one:
            return True
    return False
