"""What a computation foresees of one customer; light, so that keeping it needs no heavy library."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Foreseen:
    """One customer of a forecast: see models.CustomerForecast. `at_stake` in minor units."""

    customer_id: int
    group: int | None
    risk: float | None
    at_stake: int
    reasons: tuple[tuple[str, float, float], ...]
    next_day: date | None
    next_from: date | None
    next_to: date | None
    suggestions: tuple[tuple[int, int], ...]
    cautions: tuple[tuple[str, float], ...] = ()

    @property
    def loss(self) -> int:
        """What is expected to be lost: risk times what is at stake; nothing where more went back than was bought."""
        return round((self.risk or 0.0) * max(0, self.at_stake))
