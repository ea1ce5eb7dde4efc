"""What the room `insight.audiences` says has happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class AudienceEntered:
    """These customers came into an audience; of a large change several events tell a part each."""

    audience_id: int
    customer_ids: tuple[int, ...]
    demo: bool


@dataclass(frozen=True)
class AudienceLeft:
    """These customers are in an audience no more; of a large change several events tell a part each."""

    audience_id: int
    customer_ids: tuple[int, ...]
    demo: bool
