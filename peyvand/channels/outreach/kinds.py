"""How messages read on a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach.dispatching.settling import KIND
from peyvand.channels.outreach.services.clicking import CLICK
from peyvand.channels.outreach.services.recipients import SAID
from peyvand.memory.interactions.declarations import InteractionKind


def _said(payload: Mapping[str, Any], language: str) -> str:
    subject, text = str(payload.get("subject", "")), str(payload.get("text", ""))
    return (subject or next(iter(text.splitlines()), ""))[:160]


def _url(payload: Mapping[str, Any], source_id: int | None) -> str:
    return reverse("outreach:one", args=[source_id]) if source_id else ""


def _opened(payload: Mapping[str, Any], language: str) -> str:
    return str(payload.get("title", ""))[:160]


KINDS = (
    InteractionKind(
        KIND, _("Message"), "send", _said, tone=2, url=_url, order=20, searched=("subject", "text"),
        template="outreach/interaction.html",
    ),
    InteractionKind(SAID, _("Preferences"), "adjustments", _said, channel="web", order=21),
    InteractionKind(CLICK, _("Link opened"), "link", _opened, tone=1, url=_url, order=22, searched=("title",)),
)  # fmt: skip
