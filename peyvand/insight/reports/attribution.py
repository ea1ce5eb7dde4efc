"""Which channel earned a sale: credit for conversions along paths. Heavy: children of the worker and the console only.

A path is the touches in order; it carries how often it ended in a conversion, what these were worth, and how often it
ended in nothing. Every way gives away exactly the conversions there were.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from peyvand.insight.prediction.errors import CannotTellError
from peyvand.insight.prediction.numbers import Floats, numbers, numbers_of
from peyvand.insight.value.table import Table

ENDS = 0.4  # of a path by position, for the first and for the last touch
HALF_LIFE = 2.0  # touches: one that is so many before the last has half its credit


@dataclass(frozen=True)
class Path:
    """Touches in order, and what became of those who went this way."""

    touches: tuple[str, ...]
    conversions: float
    value: float = 0.0
    nulls: float = 0.0


@dataclass(frozen=True)
class Attribution:
    """Credit by channel and way. `removal` is the share of conversions that would be lost without the channel; `untold`
    are conversions of lines that name no touch, to which nobody gets any credit.
    """

    paths: int
    conversions: float
    value: float
    nulls: float
    credit: Mapping[str, Mapping[str, float]]
    worth: Mapping[str, Mapping[str, float]]
    removal: Mapping[str, float]
    untold: float = 0.0

    def as_plain(self) -> dict[str, Any]:
        """As JSON has it: an entry a channel, most by Markov first."""
        order = sorted(self.removal, key=lambda channel: (-self.credit["markov"][channel], channel))
        return {
            "paths": self.paths, "conversions": self.conversions, "value": self.value, "nulls": self.nulls,
            "without_path": self.untold, "half_life_touches": HALF_LIFE,
            "channels": [
                {
                    "channel": channel, "removal_effect": self.removal[channel],
                    "conversions": {way: self.credit[way][channel] for way in self.credit},
                    "value": {way: self.worth[way][channel] for way in self.worth},
                }
                for channel in order
            ],
        }  # fmt: skip


def paths_of(
    table: Table, *, path: str = "path", conversions: str = "total_conversions", value: str = "", nulls: str = "",
    separator: str = ">",
) -> list[Path]:  # fmt: skip
    """Paths of a table. Where `value` and `nulls` are not named, the columns of ChannelAttribution's name are taken if
    they are there.
    """
    texts = table.column(path)
    value = value or ("total_conversion_value" if "total_conversion_value" in table.columns else "")
    nulls = nulls or ("total_null" if "total_null" in table.columns else "")
    nothing = np.zeros(table.rows)
    ended, lost = (numbers_of(table, name) if name else nothing for name in (conversions, nulls))
    worth = _amounts(table, value) if value else nothing
    for name, values in ((conversions, ended), (nulls, lost), (value, worth)):
        if np.any(values < 0):
            raise CannotTellError(_("“{name}” holds a number below zero.").format(name=name))
    found = []
    for number, text in enumerate(texts):
        touches = tuple(touch for touch in (part.strip() for part in text.split(separator)) if touch)
        if touches or ended[number]:
            found.append(Path(touches, float(ended[number]), float(worth[number]), float(lost[number])))
    return found


def _amounts(table: Table, name: str) -> Floats:
    """Amounts of money: a number on every line, and nothing beside it."""
    try:
        found = numbers(table.column(name))
    except ValueError:
        found = np.full(1, np.nan)
    if np.isnan(found).any():
        raise CannotTellError(
            _("“{name}” must hold a bare number on every line, of one currency and without its name.").format(name=name)
        )
    return found


def attribute(paths: Sequence[Path]) -> Attribution:
    """Credit by every way. CannotTellError when nothing was converted."""
    untold = sum(path.conversions for path in paths if not path.touches)
    paths = [path for path in paths if path.touches]
    total = sum(path.conversions for path in paths)
    if total <= 0:
        raise CannotTellError(_("No path ends in a conversion, so there is nothing to give credit for."))
    channels = sorted({touch for path in paths for touch in path.touches})
    worth_total = sum(path.value for path in paths)
    credit = {name: _shared(paths, channels, way, worth=False) for name, way in WAYS.items()}
    worth = {name: _shared(paths, channels, way, worth=True) for name, way in WAYS.items()}
    removal = removal_effects(paths, channels)
    whole = sum(removal.values())
    credit["markov"] = {channel: effect / whole * total for channel, effect in removal.items()}
    worth["markov"] = {channel: effect / whole * worth_total for channel, effect in removal.items()}
    return Attribution(
        paths=len(paths), conversions=total, value=worth_total, nulls=sum(path.nulls for path in paths),
        credit=credit, worth=worth, removal=removal, untold=untold,
    )  # fmt: skip


def first(touches: Sequence[str]) -> list[float]:
    """All to the first touch."""
    return [1.0, *[0.0] * (len(touches) - 1)]


def last(touches: Sequence[str]) -> list[float]:
    """All to the last touch."""
    return [*[0.0] * (len(touches) - 1), 1.0]


def linear(touches: Sequence[str]) -> list[float]:
    """To every touch the same."""
    return [1 / len(touches)] * len(touches)


def position(touches: Sequence[str]) -> list[float]:
    """Two fifths each to the first and the last touch, a fifth to those between; of two touches, half each."""
    if len(touches) < 3:
        return linear(touches)
    return [ENDS, *[(1 - 2 * ENDS) / (len(touches) - 2)] * (len(touches) - 2), ENDS]


def decay(touches: Sequence[str]) -> list[float]:
    """Half as much for every HALF_LIFE touches further from the end: paths tell the order, not the time."""
    raw = [0.5 ** (before / HALF_LIFE) for before in range(len(touches) - 1, -1, -1)]
    return [weight / sum(raw) for weight in raw]


def shapley(touches: Sequence[str]) -> list[float]:
    """The Shapley value of the game v(S) = conversions of paths that need no channel outside S: a path's conversions go
    in equal parts to its different channels (Zhao, Mahboobi and Bagheri, arXiv:1804.05327, 2018, eq. 8).
    """
    distinct = set(touches)
    return [1 / len(distinct) / touches.count(touch) for touch in touches]


WAYS: Mapping[str, Callable[[Sequence[str]], list[float]]] = {
    "first": first, "last": last, "linear": linear, "position": position, "time_decay": decay, "shapley": shapley,
}  # fmt: skip


def _shared(
    paths: Sequence[Path], channels: Sequence[str], way: Callable[[Sequence[str]], list[float]], *, worth: bool
) -> dict[str, float]:
    found = dict.fromkeys(channels, 0.0)
    for path in paths:
        amount = path.value if worth else path.conversions
        if amount:
            for touch, share in zip(path.touches, way(path.touches), strict=True):
                found[touch] += amount * share
    return found


def removal_effects(paths: Sequence[Path], channels: Sequence[str]) -> dict[str, float]:
    """1 − P(conversion without the channel) ÷ P(conversion), of the Markov chain of order one whose transitions are
    those of the paths; without a channel, who would come to it is lost (Anderl, Becker, von Wangenheim and Schumann,
    International Journal of Research in Marketing 33, 2016, section 3.3). Solved exactly, not simulated.
    """
    number = {channel: place + 1 for place, channel in enumerate(channels)}  # 0 is the start
    size = len(channels) + 1
    moves = np.zeros((size, size))
    converted = np.zeros(size)
    left = np.zeros(size)
    steps: dict[tuple[int, int], float] = defaultdict(float)
    for path in paths:
        weight = path.conversions + path.nulls
        states = [0, *(number[touch] for touch in path.touches)]
        for here, there in pairwise(states):
            steps[here, there] += weight
        converted[states[-1]] += path.conversions
        left[states[-1]] += path.nulls
    for (here, there), weight in steps.items():
        moves[here, there] = weight
    out = moves.sum(axis=1) + converted + left
    out[out == 0] = 1.0
    moves, converted = moves / out[:, None], converted / out
    whole = _reached(moves, converted)
    return {channel: 1 - _reached(*_without(moves, converted, place)) / whole for channel, place in number.items()}


def _without(moves: Any, converted: Any, place: int) -> tuple[Any, Any]:
    kept = [state for state in range(len(moves)) if state != place]
    return moves[np.ix_(kept, kept)], converted[kept]


def _reached(moves: Any, converted: Any) -> float:
    """P(conversion) from the start: the first entry of (I − moves)⁻¹ converted."""
    return float(np.linalg.solve(np.eye(len(moves)) - moves, converted)[0])
