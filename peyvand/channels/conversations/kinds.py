"""How what customers write reads on a timeline."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from peyvand.channels.conversations.services.receiving import KIND
from peyvand.memory.interactions.declarations import InteractionKind


def _said(payload: Mapping[str, Any], language: str) -> str:
    subject, text = str(payload.get("subject", "")), str(payload.get("text", ""))
    return (subject or next(iter(text.splitlines()), ""))[:160]


KINDS = (InteractionKind(KIND, _("Message from the customer"), "message", _said, tone=3, order=22),)
