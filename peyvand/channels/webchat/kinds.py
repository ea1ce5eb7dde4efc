"""How a chat's rating and a day in a room read on a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from peyvand.channels.webchat.services.afterwards import RATING
from peyvand.channels.webchat.services.rooms import KIND as ROOM
from peyvand.foundation.money.formats import format_number
from peyvand.memory.interactions.declarations import InteractionKind


def _rated(payload: Mapping[str, Any], language: str) -> str:
    with override(language):
        stars = payload.get("stars")
        shown = format_number(stars if isinstance(stars, int) else 0, language=language)
        words = str(payload.get("text", ""))
        said = gettext("%(stars)s of %(most)s") % {"stars": shown, "most": format_number(5, language=language)}
    return f"{said}: {words}"[:160] if words else said


def _in_room(payload: Mapping[str, Any], language: str) -> str:
    return f"{payload.get('room', '')}: {payload.get('text', '')}"[:160]


def _talk_url(payload: Mapping[str, Any], source_id: int | None) -> str:
    talk = payload.get("conversation")
    return reverse("conversations:one", args=[talk]) if isinstance(talk, int) else ""


KINDS = (
    InteractionKind(RATING, _("Rating of a chat"), "star", _rated, channel="webchat", tone=5, url=_talk_url, order=23),
    InteractionKind(ROOM, _("Wrote in a chat room"), "messages", _in_room, channel="webchat", tone=6, order=24),
)
