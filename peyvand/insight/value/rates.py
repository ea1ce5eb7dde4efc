"""What the workspace says of the time ahead: how far to look, how to discount it, what serving and winning cost."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any, Final

from peyvand.foundation.accounts import settings

RATES: Final = "value.rates"  # the setting
MONTHS: Final = (1, 120)
MOST: Final = 1_000_000_000_000.0


@dataclass(frozen=True)
class Rates:
    """`months` ahead that count; yearly `discount` and `margin` as shares; costs in units of the default currency.

    `margin` is used only where the cost of nothing that was sold is known. None is "not known".
    """

    months: int = 12
    discount: float = 0.15
    margin: float | None = None
    serve: float | None = None
    acquire: float | None = None


DEFAULT: Final[dict[str, Any]] = asdict(Rates())


def checked(given: Any) -> dict[str, Any]:
    """As it is stored; ValueError when something does not fit."""
    if not isinstance(given, dict) or set(given) != set(DEFAULT):
        raise ValueError("needs months, discount, margin, serve and acquire")
    months = given["months"]
    if not isinstance(months, int) or not MONTHS[0] <= months <= MONTHS[1]:
        raise ValueError("months")
    found = {"months": months, "discount": _within(given["discount"], "discount", 0, 10)}
    if found["discount"] is None:
        raise ValueError("discount")
    limits = {"margin": (-1.0, 1.0), "serve": (0.0, MOST), "acquire": (0.0, MOST)}
    return found | {name: _within(given[name], name, *ends) for name, ends in limits.items()}


def _within(value: Any, name: str, low: float, high: float) -> float | None:
    if value is None:
        return None
    number = float(value)
    if not math.isfinite(number) or not low <= number <= high:
        raise ValueError(name)
    return number


def current() -> Rates:
    """The rates of the workspace."""
    return Rates(**settings.get(RATES))
