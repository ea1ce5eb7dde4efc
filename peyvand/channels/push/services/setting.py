"""How the house sends notices: its keys, its topics; and whether a site is ready for them."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.push import access
from peyvand.channels.push.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.push.models import Sender
from peyvand.channels.push.sealing import keys_new
from peyvand.channels.sites.models import Site
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outside.locking import locked
from peyvand.foundation.outside.requesting import Trouble, request
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.identifiers import IdentifierError, normalise_email
from peyvand.memory.consents.models import Purpose

PURPOSE = "push.keys"
WORKER = "peyvand-sw.js"
TEST_LIVES = 3_600  # seconds
_SALT = "peyvand.push.test"
MOST_HOURS = 672  # four weeks, the longest that push services keep a notice


@dataclass(frozen=True, kw_only=True)
class SenderData:
    """How notices are to be sent. `topics` are keys of purposes."""

    enabled: bool
    topics: tuple[str, ...]
    hours: int = 24
    bell: bool = True
    contact: str = ""


def sender_of(*, demo: bool) -> Sender:
    """The business's row, with keys, made when there is none: with other keys all subscriptions would be lost."""
    found = Sender.objects.filter(demo=demo).first()
    if found is not None:
        return found
    private, public = keys_new()
    made, _new = Sender.objects.get_or_create(
        demo=demo, defaults={"public": public, "private": locked(private, purpose=PURPOSE)}
    )
    return made


def sender_save(*, actor: Actor, data: SenderData, version: int | None = None) -> Sender:
    """Change how notices are sent. NotAllowed, InvalidError, ChangedMeanwhileError."""
    actor.require(access.MANAGE)
    errors: dict[str, Label] = {}
    known = set(Purpose.objects.filter(demo=actor.demo, archived=False).values_list("key", flat=True))
    topics = [one for one in dict.fromkeys(data.topics) if one in known]
    if len(topics) != len(set(data.topics)):
        errors["topics"] = _("Choose among the purposes.")
    if data.enabled and not topics:
        errors["topics"] = _("Choose at least one topic, or switch notices off.")
    if not 1 <= data.hours <= MOST_HOURS:
        errors["hours"] = _("A number of hours, from 1 to 672.")
    contact = data.contact.strip()
    if contact:
        try:
            contact = normalise_email(contact)
        except IdentifierError as error:
            errors["contact"] = str(error)
    if errors:
        raise InvalidError(errors)
    sender_of(demo=actor.demo)
    with transaction.atomic():
        row = Sender.objects.select_for_update().get(demo=actor.demo)
        if version is not None and version != row.version:
            raise ChangedMeanwhileError(version=row.version)
        row.enabled, row.topics, row.hours = data.enabled, topics, data.hours
        row.bell, row.contact, row.version = data.bell, contact, row.version + 1
        with change_set(actor=actor, kind="settings", title=gettext("Notices of web sites")):
            row.save()
    return row


def contact_of(sender: Sender) -> str:
    """Whom a push service may write to when something is wrong with our notices."""
    if sender.contact:
        return f"mailto:{sender.contact}"
    return settings.SITE_URL if settings.SITE_URL.startswith("https://") else "mailto:push@peyvand.invalid"


def worker_text(site: Site) -> str:
    """The file that lies on the shop's own address: one line, the same for ever."""
    own = f'{{base:"{settings.SITE_URL}",key:"{site.key}"}}'
    return f'self.peyvand={own};importScripts("{settings.SITE_URL}/a/now/push-worker.js");\n'


def worker_url(site: Site) -> str:
    """Where that file is looked for: on the first host that is one."""
    host = next((one for one in site.hosts if not one.startswith("*.")), "")
    return f"https://{host}/{WORKER}" if host else ""


def worker_check(*, actor: Actor, site: Site) -> tuple[bool, str]:
    """Whether the shop has our file, in words. NotAllowed."""
    actor.require(access.MANAGE)
    url = worker_url(site)
    if not url:
        return False, gettext("This site names no whole host; open the file in a browser to see it.")
    found = request(url, method="GET", headers={}, most_read=4_096, timeout=10)
    if found.status is None:
        own = found.error in (Trouble.ADDRESS, Trouble.SAMPLE)
        return False, (
            gettext("This address is not asked from here; open the file in a browser to see it.")
            if own
            else gettext("The site did not answer; try again in a while.")
        )
    if not found.taken:
        return False, gettext("There is no file at %(url)s (the site answered %(status)s).") % {
            "url": url, "status": found.status,
        }  # fmt: skip
    if "push-worker.js" not in found.response or site.key not in found.response:
        return False, gettext("There is another file at %(url)s; put ours in its place.") % {"url": url}
    if "javascript" not in found.headers.get("content-type", ""):
        return False, gettext("The site does not serve the file as JavaScript; browsers will not take it.")
    return True, gettext("The file is there; notices can be allowed.")


def test_code(*, actor: Actor, site: Site) -> str:
    """What an address of the shop ends with so that the browser that opens it gets a test notice. NotAllowed."""
    actor.require(access.MANAGE)
    return signing.TimestampSigner(salt=_SALT).sign(site.key)


def is_test(site: Site, code: str) -> bool:
    """Whether we made that code for this site, within the last hour."""
    try:
        return signing.TimestampSigner(salt=_SALT).unsign(code, max_age=TEST_LIVES) == site.key
    except signing.BadSignature:
        return False
