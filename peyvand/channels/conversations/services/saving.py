"""Writing answers that are given often."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations import access
from peyvand.channels.conversations.errors import ChangedMeanwhileError, InvalidError
from peyvand.channels.conversations.models import SavedReply
from peyvand.channels.outreach.errors import MergeError
from peyvand.channels.outreach.fields import known
from peyvand.channels.outreach.merging import fields_of
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean, fa_key

LONGEST = 5_000
NAME, SHORTCUT = 120, 30


@dataclass(frozen=True, kw_only=True)
class SavedData:
    """A saved reply as it is to be; `shortcut` without its stroke."""

    name: str
    shortcut: str = ""
    text_fa: str = ""
    text_en: str = ""
    shared: bool = False


def saved_save(
    *, actor: Actor, data: SavedData, saved: SavedReply | None = None, version: int | None = None
) -> SavedReply:
    """Write one, or change one. Those for everybody want a right of their own.

    NotAllowed, InvalidError, ChangedMeanwhileError, SavedReply.DoesNotExist.
    """
    actor.require(access.REPLY)
    if data.shared:
        actor.require(access.MANAGE)
    shortcut = fa_key(data.shortcut.replace("\x00", "").strip().lstrip("/")).replace(" ", "-")
    given: dict[str, Any] = {
        "name": clean(data.name), "shortcut": shortcut, "shared": data.shared,
        "text_fa": _plain(data.text_fa), "text_en": _plain(data.text_en),
    }  # fmt: skip
    with transaction.atomic():
        made = _begun(actor, saved, version)
        if errors := _errors(actor, given, made):
            raise InvalidError(errors)
        for name, value in given.items():
            setattr(made, name, value)
        made.version, made.updated_at = made.version + 1, timezone.now()
        made.search_key = fa_key(f"{made.shortcut} {made.name} {made.text_fa} {made.text_en}")
        title = gettext("Saved reply “%(name)s”") % {"name": made.name}
        with change_set(
            actor=actor, kind="edit", title=title if made.shared else gettext("A saved reply of one’s own")
        ):
            made.save()
    return made


def _begun(actor: Actor, saved: SavedReply | None, version: int | None) -> SavedReply:
    if saved is None:
        return SavedReply(demo=actor.demo, owner_id=actor.user_id, version=0)
    found: SavedReply = SavedReply.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=saved.pk)
    _may_write(actor, found)
    if version is not None and version != found.version:
        raise ChangedMeanwhileError(version=found.version)
    if found.owner_id is None:
        found.owner_id = actor.user_id
    return found


def _may_write(actor: Actor, saved: SavedReply) -> None:
    if saved.shared and not actor.may(access.MANAGE):
        raise NotAllowed(access.MANAGE)


def _plain(text: str) -> str:
    return text.replace("\x00", "").replace("\r\n", "\n").strip()


def _errors(actor: Actor, given: dict[str, Any], made: SavedReply) -> dict[str, Label]:
    errors: dict[str, Label] = {}
    if not fa_key(str(given["name"])) or len(str(given["name"])) > NAME:
        errors["name"] = _("Give it a name of at most 120 letters.")
    if len(str(given["shortcut"])) > SHORTCUT:
        errors["shortcut"] = _("A shortcut has at most 30 letters.")
    if not given["text_fa"] and not given["text_en"]:
        errors["text_fa"] = _("Write the answer in at least one language.")
    for name in ("text_fa", "text_en"):
        if why := _why_not(str(given[name])):
            errors[name] = why
    if given["shortcut"] and "shortcut" not in errors:
        same = SavedReply.objects.filter(demo=actor.demo, shortcut=given["shortcut"], shared=given["shared"])
        if not given["shared"]:
            same = same.filter(owner_id=made.owner_id)
        if same.exclude(pk=made.pk).exists():
            errors["shortcut"] = _("Another saved reply has this shortcut.")
    return errors


def _why_not(text: str) -> Label:
    if len(text) > LONGEST:
        return _("This text is too long.")
    try:
        unknown = sorted(name for name in fields_of(text) if not known(name))
    except MergeError as error:
        return _("Line %(line)s: %(why)s") % {"line": error.line, "why": error.message}
    return _("There is no field named “%(name)s”.") % {"name": unknown[0]} if unknown else ""


def saved_remove(*, actor: Actor, saved: SavedReply) -> int:
    """Take it away; gives the change set by which it comes back. NotAllowed, SavedReply.DoesNotExist."""
    actor.require(access.REPLY)
    with transaction.atomic():
        found = SavedReply.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=saved.pk)
        _may_write(actor, found)
        with change_set(actor=actor, kind="edit", title=gettext("Saved reply removed")) as made:
            found.delete()
    return made.pk
