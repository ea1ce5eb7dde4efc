"""What the room of working time tells."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class WorkingTimeChanged:
    """Holidays or working hours of a business changed: what was reckoned by them is reckoned again."""

    demo: bool
