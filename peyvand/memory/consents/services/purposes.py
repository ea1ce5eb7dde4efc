"""The verbs of the house on what it asks for, and in which words."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean
from peyvand.memory.consents import access
from peyvand.memory.consents.errors import InvalidError
from peyvand.memory.consents.models import Purpose, PurposeKind, Wording
from peyvand.memory.consents.purposes import sha_of, starting_write
from peyvand.memory.consents.queries import last_version

WORDING_LENGTH = 4_000
NAME_LENGTH = 80
_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class PurposeData:
    """What a purpose is. `key` names it in programs: Latin letters, made of the English name when empty, then fixed."""

    name_fa: str = ""
    name_en: str = ""
    kind: str = PurposeKind.MARKETING
    description: str = ""
    opt_out: bool = False
    key: str = ""


def purpose_save(*, actor: Actor, data: PurposeData, purpose: Purpose | None = None) -> Purpose:
    """Add a purpose, or change one. Raises NotAllowed, InvalidError, and Purpose.DoesNotExist."""
    actor.require(access.MANAGE)
    name_fa, name_en = clean(data.name_fa), clean(data.name_en)
    errors: dict[str, Label] = {}
    if not (name_fa or name_en):
        errors["name_fa"] = _("Give the purpose a name, in Persian or English.")
    for name, value in (("name_fa", name_fa), ("name_en", name_en)):
        if len(value) > NAME_LENGTH:
            errors[name] = _("A name has at most 80 letters.")
    if data.kind not in PurposeKind.values:
        errors["kind"] = _("Choose one of the kinds.")
    if len(clean(data.description)) > 500:
        errors["description"] = _("Say it in at most 500 letters.")
    if errors:
        raise InvalidError(errors)
    with transaction.atomic():
        if purpose is None:
            last = Purpose.objects.filter(demo=actor.demo).aggregate(n=Max("position"))["n"]
            kept = Purpose(demo=actor.demo, key=_key(actor, data), position=0 if last is None else last + 1)
        else:
            kept = Purpose.objects.select_for_update().get(pk=purpose.pk, demo=actor.demo)
        kept.name_fa, kept.name_en, kept.kind = name_fa, name_en, data.kind
        kept.description, kept.opt_out = clean(data.description), data.opt_out
        title = gettext("Purpose “%(name)s”") % {"name": kept.name}
        with change_set(actor=actor, kind="settings", title=title):
            kept.save()
    return kept


def _key(actor: Actor, data: PurposeData) -> str:
    wanted = data.key.strip().lower() or re.sub(r"[^a-z0-9]+", "-", data.name_en.lower()).strip("-")[:30] or "purpose"
    if not _KEY.fullmatch(wanted):
        raise InvalidError({"key": _("A key has Latin letters, digits and hyphens, and begins with a letter.")})
    taken = set(Purpose.objects.filter(demo=actor.demo).values_list("key", flat=True))
    if data.key.strip() and wanted in taken:
        raise InvalidError({"key": _("Another purpose has this key.")})
    key, number = wanted, 2
    while key in taken:
        key, number = f"{wanted}-{number}", number + 1
    return key


def purpose_archive(*, actor: Actor, purpose: Purpose, archived: bool) -> int:
    """Ask for a purpose no more, or again; what was said stays. Gives the change set that takes it back."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        kept = Purpose.objects.select_for_update().get(pk=purpose.pk, demo=actor.demo)
        kept.archived = archived
        title = gettext("Purpose “%(name)s”") % {"name": kept.name}
        with change_set(actor=actor, kind="settings", title=title) as made:
            kept.save(update_fields=["archived"])
    return made.pk


def purpose_move(*, actor: Actor, purpose: Purpose, up: bool) -> None:
    """Change places with the neighbour above or below."""
    actor.require(access.MANAGE)
    with transaction.atomic():
        found = list(Purpose.objects.select_for_update().filter(demo=actor.demo).order_by("archived", "position", "id"))
        places = [one.pk for one in found]
        if purpose.pk not in places:
            raise Purpose.DoesNotExist
        at = places.index(purpose.pk)
        to = max(0, at - 1) if up else min(len(places) - 1, at + 1)
        found.insert(to, found.pop(at))
        with change_set(actor=actor, kind="settings", title=gettext("Order of the purposes")):
            for place, one in enumerate(found):
                if one.position != place:
                    one.position = place
                    one.save(update_fields=["position"])


def wording_save(*, actor: Actor, purpose: Purpose, language: str, text: str) -> Wording:
    """Word the question anew: a new version, unless it is the latest one letter by letter."""
    actor.require(access.MANAGE)
    kept = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if language not in ("fa", "en"):
        raise InvalidError({"language": _("Choose Persian or English.")})
    if not clean(kept):
        raise InvalidError({"text": _("Write what the customer agrees to.")})
    if len(kept) > WORDING_LENGTH:
        raise InvalidError({"text": _("This is too long.")})
    with transaction.atomic():
        of = Purpose.objects.select_for_update().get(pk=purpose.pk, demo=actor.demo)
        version = last_version(purpose=of, language=language)
        latest = Wording.objects.filter(purpose=of, language=language, version=version).first()
        sha = sha_of(kept)
        if latest is not None and latest.sha == sha:
            return latest
        title = gettext("Wording of “%(name)s”") % {"name": of.name}
        with change_set(actor=actor, kind="settings", title=title):
            return Wording.objects.create(
                demo=of.demo, purpose=of, language=language, version=version + 1, text=kept, sha=sha
            )


def purposes_ensure(*, demo: bool) -> int:
    """Make the starting purposes that a business lacks; gives how many rows."""
    return starting_write(purposes=Purpose, wordings=Wording, demo=demo)


def purposes_begin(*, demo: bool) -> int:
    """Make the starting purposes of a business that has none yet, when it first needs one; gives how many rows.

    What people have made of them stays.
    """
    return 0 if Purpose.objects.filter(demo=demo).exists() else purposes_ensure(demo=demo)


_SAMPLE = (
    "DELETE FROM consents_consentstate WHERE demo",
    "DELETE FROM consents_consententry WHERE demo",
    "DELETE FROM consents_wording WHERE demo",
    "DELETE FROM consents_purpose WHERE demo",
)


def sample_remove(actor: Actor) -> int:
    """Remove what the sample's customers allow, and its purposes; gives how many rows went."""
    removed = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in _SAMPLE:
            cursor.execute(statement)
            removed += cursor.rowcount
    return removed
