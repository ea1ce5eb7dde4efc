"""What counts as leaving, as a plain value: chosen on a page, kept as a setting. Light; `leaving` computes with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext

WAYS = ("silence", "rhythm", "alive", "contract")
HORIZONS = (14, 30, 60, 90, 120, 180, 365)  # days of silence offered
TIMES = (1.5, 2.0, 3.0)  # of one's own usual interval
CHANCES = (0.2, 0.35, 0.5)  # to buy again
OFFERED = {"silence": (0.0, *map(float, HORIZONS)), "rhythm": TIMES, "alive": CHANCES, "contract": (0.0,)}
LEAVING = "prediction.leaving"  # the setting


@dataclass(frozen=True)
class Definition:
    """By `way`. "silence": no purchase for `limit` days (0: the horizon). "rhythm": for `limit` times one's own usual
    interval, at least two weeks; the horizon where no interval is known. "alive": a chance to buy again below `limit`.
    "contract": the last contract ended.
    """

    way: str = "silence"
    limit: float = 0.0

    def plain(self) -> dict[str, Any]:
        """As it is kept."""
        return {"way": self.way, "limit": self.limit}


def checked(value: Any) -> dict[str, Any]:
    """A definition as a form, a program or the setting gives it; ValueError, a sentence, where it is none."""
    given = value if isinstance(value, Mapping) else {}
    way, limit = str(given.get("way") or "silence"), _number(given.get("limit"))
    if way not in WAYS or limit is None:
        raise ValueError(gettext("Choose by what somebody counts as gone."))
    if way == "silence" and limit and not 7 <= limit <= 365:
        raise ValueError(gettext("Give between 7 and 365 days, or 0 to let the intervals between purchases decide."))
    if way == "rhythm" and not 1 <= limit <= 10:
        raise ValueError(gettext("Give between 1 and 10 times the usual interval."))
    if way == "alive" and not 0.01 <= limit <= 0.99:
        raise ValueError(gettext("Give a chance between 1 and 99 per cent."))
    return Definition(way, round(limit) if way == "silence" else limit).plain()


def _number(given: Any) -> float | None:
    try:
        found = float(given or 0)
    except (TypeError, ValueError):
        return None
    return found if abs(found) < 1e6 else None


def of(value: Mapping[str, Any] | None) -> Definition:
    """The definition of the setting."""
    return Definition(**checked(value or {}))
