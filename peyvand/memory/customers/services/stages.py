"""Verbs on the stages that a house gives its customers."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.fields import access as fields_access
from peyvand.foundation.fields.services import KEY, key_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Stage
from peyvand.memory.customers.stages import stages_ensure

MOST_STAGES = 60
NAME_LENGTH = 80


@dataclass(frozen=True, kw_only=True)
class StageData:
    """A stage as it is to be. `key` "" makes one of the name; it is never changed later."""

    name_fa: str = ""
    name_en: str = ""
    key: str = ""


def stage_save(*, actor: Actor, data: StageData, stage: Stage | None = None) -> Stage:
    """Add a stage at the end, or rename one. Raises NotAllowed, InvalidError, Stage.DoesNotExist."""
    actor.require(fields_access.MANAGE)
    names = {"name_fa": clean(data.name_fa), "name_en": clean(data.name_en)}
    errors: dict[str, Label] = {
        name: _("A name has at most 80 letters.") for name, text in names.items() if len(text) > NAME_LENGTH
    }
    if not any(fa_key(text) for text in names.values()):
        errors["name_fa"] = _("Type what the stage is called.")
    with transaction.atomic():
        stages_ensure(demo=actor.demo)
        known = list(Stage.objects.filter(demo=actor.demo).select_for_update())
        for name, text in names.items():
            if any(fa_key(text) == fa_key(getattr(one, name)) for one in known if text and one.pk != _pk(stage)):
                errors[name] = _("There is a stage of this name already, perhaps an archived one.")
        if stage is None and len(known) >= MOST_STAGES:
            errors["__all__"] = _("There are too many stages already.")
        if errors:
            raise InvalidError(errors)
        if stage is None:
            last = Stage.objects.filter(demo=actor.demo).aggregate(last=Max("position"))["last"]
            key = _key(data.key, names, {one.key for one in known})
            kept = Stage(demo=actor.demo, key=key, position=0 if last is None else last + 1)
        else:
            kept = Stage.objects.get(pk=stage.pk, demo=actor.demo)
        kept.name_fa, kept.name_en = names["name_fa"], names["name_en"]
        with change_set(actor=actor, kind="settings", title=gettext("Stage “%(name)s”") % {"name": kept.name}):
            kept.save()
    return kept


def _pk(stage: Stage | None) -> int | None:
    return stage.pk if stage is not None else None


def _key(wanted: str, names: dict[str, str], taken: set[str]) -> str:
    key = wanted.strip().lower()
    if not key:
        return key_of(names["name_en"] or names["name_fa"], taken)
    if not KEY.fullmatch(key):
        raise InvalidError({"key": _("A key begins with a Latin letter and has letters, digits and _ only.")})
    if key in taken:
        raise InvalidError({"key": _("There is a stage with this key already, perhaps an archived one.")})
    return key


def stage_archive(*, actor: Actor, stage: Stage, archived: bool) -> int:
    """Set a stage no more, or again; who stands in it stays there. Gives the change set to undo."""
    actor.require(fields_access.MANAGE)
    with transaction.atomic():
        kept = Stage.objects.select_for_update().get(pk=stage.pk, demo=actor.demo)
        title = gettext("Stage “%(name)s” archived") if archived else gettext("Stage “%(name)s” brought back")
        with change_set(actor=actor, kind="settings", title=title % {"name": kept.name}) as made:
            kept.archived = archived
            kept.save(update_fields=["archived"])
    return made.pk


def stage_move(*, actor: Actor, stage: Stage, up: bool) -> None:
    """One place earlier or later among those in use."""
    actor.require(fields_access.MANAGE)
    with transaction.atomic():
        found = Stage.objects.visible_to(actor).filter(archived=False).order_by("position", "id")
        rows = list(found.select_for_update())
        place = next((at for at, one in enumerate(rows) if one.pk == stage.pk), -1)
        other = place - 1 if up else place + 1
        if place < 0 or not 0 <= other < len(rows):
            return
        rows[place], rows[other] = rows[other], rows[place]
        with change_set(actor=actor, kind="settings", title=gettext("Order of stages")):
            for at, one in enumerate(rows):
                if one.position != at:
                    one.position = at
                    one.save(update_fields=["position"])
