"""How long customers stay, from those who are gone and those who are not. Heavy: children of the worker only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from peyvand.insight.value.fitting.likelihood import Vector

Bools = npt.NDArray[np.bool_]

Z = 1.959964  # of a two-sided interval of 95 per cent
FEWEST_AT_RISK = 10  # a curve ends where fewer are left to say how it goes on


@dataclass(frozen=True)
class Step:
    """From `time` on the share `share` is still there, with its interval; `at_risk` were, just before."""

    time: float
    share: float
    low: float
    high: float
    at_risk: int


def product_limit(duration: Vector, gone: Bools) -> list[Step]:
    """The steps of the survival curve, a step a time at which somebody went.

    `duration` is how long each stayed, `gone` whether that was the end or only what is known so far.
    S(t) = Π (1 − d / n) over the times up to t, d the number who went, n who were still there (Kaplan and Meier, JASA
    53, 1958, eq. 2b), with the variance S² Σ d / (n (n − d)) (Greenwood 1926). Intervals of 95 per cent are those of
    ln(−ln S), which stay between nought and one (Kalbfleisch and Prentice 1980, section 1.4); where nobody is left they
    are nought.
    """
    times, counts = np.unique(duration[gone], return_counts=True)
    ordered = np.sort(duration)
    at_risk = len(ordered) - np.searchsorted(ordered, times, side="left")
    share = np.cumprod(1 - counts / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.cumsum(counts / (at_risk * (at_risk - counts)))
        reach = Z * np.sqrt(spread) / np.log(share)
        low, high = share ** np.exp(-reach), share ** np.exp(reach)
    low, high = (np.where(share > 0, bound, 0.0) for bound in (low, high))
    rows = zip(times.tolist(), share.tolist(), low.tolist(), high.tolist(), at_risk.tolist(), strict=True)
    return [Step(*row) for row in rows]


def by_unit(steps: list[Step], *, duration: Vector, unit: float) -> list[Step]:
    """The curve at 0, 1, 2 … units of time, as far as at least FEWEST_AT_RISK stayed that long; `time` is in units."""
    ordered = np.sort(duration)
    found, place = [], 0
    last = Step(0.0, 1.0, 1.0, 1.0, len(ordered))
    number = 0
    while (left := len(ordered) - int(np.searchsorted(ordered, number * unit, side="left"))) >= FEWEST_AT_RISK:
        while place < len(steps) and steps[place].time <= number * unit:
            last = steps[place]
            place += 1
        found.append(Step(float(number), last.share, last.low, last.high, left))
        number += 1
    return found
