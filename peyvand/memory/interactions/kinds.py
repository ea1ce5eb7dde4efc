"""The kinds that staff record by hand, and how they read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.services import CALL, MEETING, NOTE


def _first_line(payload: Mapping[str, Any], language: str) -> str:
    lines = str(payload.get("text", "")).splitlines()
    return lines[0][:120] if lines else ""


KINDS = (
    InteractionKind(NOTE, _("Note"), "notes", _first_line, tone=5, note=True, order=1),
    InteractionKind(CALL, _("Call"), "phone", _first_line, channel="call", tone=1, order=2),
    InteractionKind(MEETING, _("Meeting"), "building-store", _first_line, channel="store", tone=4, order=3),
)
