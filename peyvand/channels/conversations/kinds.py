"""How what customers write reads on a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations.services.receiving import KIND
from peyvand.memory.interactions.declarations import InteractionKind


def _said(payload: Mapping[str, Any], language: str) -> str:
    subject, text = str(payload.get("subject", "")), str(payload.get("text", ""))
    return (subject or next(iter(text.splitlines()), ""))[:160]


def _url(payload: Mapping[str, Any], source_id: int | None) -> str:
    conversation = payload.get("conversation")
    return reverse("conversations:one", args=[conversation]) if isinstance(conversation, int) else ""


KINDS = (
    InteractionKind(
        KIND, _("Message from the customer"), "message", _said, tone=3, url=_url, order=22,
        template="conversations/interaction.html",
    ),
)  # fmt: skip
