"""The verbs on conversations."""

from __future__ import annotations

from peyvand.channels.conversations.services.receiving import receive

__all__ = ["receive"]
