"""What the room `insight.value` says has happened."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ValueRefreshed:
    """Classes and worth of a business were computed anew and written into memory as traits."""

    demo: bool
    as_of: str  # ISO date
    customers: int
