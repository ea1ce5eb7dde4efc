"""Corrections of what staff recorded: the earlier versions stay in the trail, and nobody writes over a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.memory.interactions import access
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services.recording import search_key_of
from peyvand.memory.interactions.services.staff import CALL, MEETING, NOTE, OWN_KINDS, checked, plain_text

MEASURES = ("duration_s", "cost_minor", "cost_currency", "sentiment")
CORRECTABLE = {
    NOTE: ("text", "at", "visibility"),
    CALL: ("text", "at", "direction", *MEASURES, "visibility"),
    MEETING: ("text", "at", "place", *MEASURES, "visibility"),
}


class ChangedMeanwhileError(RuntimeError):
    """Somebody corrected it since the caller read it; `theirs` is how it stands now."""

    def __init__(self, theirs: Interaction) -> None:
        super().__init__(theirs.pk)
        self.theirs = theirs


def editable(*, actor: Actor, interaction_id: int, kinds: tuple[str, ...] = OWN_KINDS) -> Interaction:
    """The interaction, locked, if the actor may touch it and it is of these kinds; else Interaction.DoesNotExist."""
    actor.require(access.EDIT)
    rows = Interaction.objects.visible_to(actor, access.EDIT).select_for_update(of=("self",))
    found: Interaction = (rows.filter(kind__in=kinds) if kinds else rows).get(pk=interaction_id)
    return found


def interaction_correct(
    *, actor: Actor, interaction_id: int, changes: Mapping[str, Any], version: int | None = None
) -> Interaction:
    """Change a note, call or meeting: of text, place, at, direction, duration_s, cost_minor with cost_currency,
    sentiment, visibility those that its kind has (CORRECTABLE); others are passed over.

    Raises NotAllowed, Interaction.DoesNotExist, InvalidError, and ChangedMeanwhileError when `version` is not its
    version any more.
    """
    with transaction.atomic():
        found = editable(actor=actor, interaction_id=interaction_id)
        if version is not None and version != found.version:
            raise ChangedMeanwhileError(found)
        wanted = {name: value for name, value in changes.items() if name in CORRECTABLE[found.kind]}
        before = _values(found)
        _put(found, wanted)
        if _values(found) == before:
            return found
        checked(
            at=found.at, duration_s=found.duration_s, cost_minor=found.cost_minor, cost_currency=found.cost_currency,
            sentiment=found.sentiment, direction=found.direction if found.kind == CALL else "out",
            visibility=found.visibility,
        )  # fmt: skip
        kind = registry.get(InteractionKind, found.kind)
        found.search_key = search_key_of(kind, found.payload)
        found.corrected_at = timezone.now()
        found.version += 1
        with change_set(actor=actor, kind="edit", title=gettext("%(kind)s corrected") % {"kind": kind.label}):
            found.save()
    return found


def _put(found: Interaction, wanted: Mapping[str, Any]) -> None:
    payload = dict(found.payload)
    for name, value in wanted.items():
        if name == "text":
            payload["text"] = plain_text(value, needed=found.kind == NOTE)
        elif name == "place":
            payload["place"] = str(value).replace("\x00", "").strip()[:200]
        else:
            setattr(found, name, value)
    if found.cost_minor is None:
        found.cost_currency = ""
    found.payload = payload


def _values(found: Interaction) -> tuple[Any, ...]:
    return (
        found.at, found.direction, found.duration_s, found.cost_minor, found.cost_currency, found.sentiment,
        found.visibility, found.payload,
    )  # fmt: skip
