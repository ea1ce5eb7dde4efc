"""Series of sales carried on: smoothing beside the same period of the year before, judged by rolling origins. Heavy.

Shapes: `y` is (series, periods), the oldest first; forecasts are (series, periods ahead), never below 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from peyvand.insight.prediction.numbers import Bools, Floats

LEVEL = 0.8  # of the intervals
DAMPING = 0.9  # φ
ALPHAS, BETAS = (0.05, 0.1, 0.2, 0.3, 0.5, 0.8), (0.0, 0.05, 0.2)
CROSTON = 0.1  # α
SELDOM = 0.3  # share of periods without a sale from which something is seldom bought
Way = Callable[[Floats, int, int], Floats]


def seasonal_naive(y: Floats, ahead: int, season: int) -> Floats:
    """The same period a season before; the last period where the series is shorter than that."""
    if y.shape[1] < season:
        return np.repeat(y[:, -1:], ahead, axis=1)
    return np.maximum(y[:, [y.shape[1] - season + step % season for step in range(ahead)]], 0)


def damped(y: Floats, ahead: int, season: int) -> Floats:
    """Exponential smoothing with a damped additive trend (Gardner and McKenzie, Management Science 31, 1985, eq. 1–3):
    ŷ_{t+h} = ℓ_t + Σ_{i≤h} φ^i b_t. α and β are those of the least squared errors one step ahead.
    """
    alpha, beta = (grid.ravel()[:, None] for grid in np.meshgrid(ALPHAS, BETAS, indexing="ij"))
    begin = min(4, y.shape[1])
    level = np.repeat(y[None, :, :begin].mean(axis=2), len(alpha), axis=0)
    trend, squared = np.zeros_like(level), np.zeros_like(level)
    for at in range(y.shape[1]):
        told = level + DAMPING * trend
        wrong = y[None, :, at] - told
        if at >= begin:
            squared += wrong**2
        level, trend = told + alpha * wrong, DAMPING * trend + alpha * beta * wrong
    best = squared.argmin(axis=0), np.arange(len(y))
    steps = np.cumsum(DAMPING ** np.arange(1, ahead + 1))
    return np.asarray(level[best][:, None] + steps * trend[best][:, None])


def flat(y: Floats, ahead: int, season: int) -> Floats:
    """`damped`, whatever the season."""
    return np.maximum(damped(y, ahead, season), 0)


def seasonal(y: Floats, ahead: int, season: int) -> Floats:
    """`damped` of what is left without the season, which is put back: the mean differences of each place in it from the
    centred moving mean of a season (classical decomposition, additive), shrunk by k / (k + 1) where k years tell them.
    """
    periods = y.shape[1]
    if periods < 2 * season:
        return flat(y, ahead, season)
    sums = np.cumsum(np.concatenate([np.zeros((len(y), 1)), y], axis=1), axis=1)
    means = (sums[:, season:] - sums[:, :-season]) / season
    half = season // 2
    centred = (means[:, :-1] + means[:, 1:]) / 2 if season % 2 == 0 else means
    place = (half + np.arange(centred.shape[1])) % season
    known = np.eye(season)[place]
    years = known.sum(axis=0)
    around = (y[:, half : half + centred.shape[1]] - centred) @ known / years * (years / (years + 1))
    around -= around.mean(axis=1, keepdims=True)
    found = damped(y - around[:, np.arange(periods) % season], ahead, season)
    return np.asarray(np.maximum(found + around[:, (periods + np.arange(ahead)) % season], 0))


def croston(y: Floats, ahead: int, season: int) -> Floats:
    """For what is seldom bought: size and interval of purchases smoothed apart (Croston 1972), less their bias, (1 − α
    / 2) z / p (Syntetos and Boylan, International Journal of Forecasting 21, 2005, eq. 5).
    """
    size, gap, since = np.zeros(len(y)), np.ones(len(y)), np.ones(len(y))
    begun = np.zeros(len(y), dtype=bool)
    for at in range(y.shape[1]):
        now = y[:, at]
        there = now > 0
        size = np.where(there, np.where(begun, size + CROSTON * (now - size), now), size)
        gap = np.where(there & begun, gap + CROSTON * (since - gap), np.where(there, since, gap))
        since = np.where(there, 1, since + 1)
        begun |= there
    return np.repeat(((1 - CROSTON / 2) * size / np.maximum(gap, 1))[:, None], ahead, axis=1)


WAYS: dict[str, Way] = {"damped": flat, "seasonal": seasonal, "croston": croston, "naive": seasonal_naive}


@dataclass(frozen=True)
class Plan:
    """How series of a length are judged: `ahead` periods are told, from `chosen` days on the way is chosen and its
    errors are learnt, from `judged` later days it is judged; the windows of the two do not touch.
    """

    ahead: int
    season: int
    chosen: int
    judged: int
    least: int  # periods before the first day

    @property
    def needs(self) -> int:
        """Periods of history that this takes."""
        return self.least + self.chosen - 1 + self.ahead + self.judged - 1 + self.ahead


@dataclass(frozen=True)
class Carried:
    """Each series' forecast: `way` of WAYS, `on` where smoothing beat the season before, errors (mean absolute, on the
    judged days) of what is told and of the season before, the share of what came within the intervals.
    """

    way: tuple[str, ...]
    on: Bools
    point: Floats
    low: Floats
    high: Floats
    error: Floats
    naive_error: Floats
    covered: Floats


def carry_on(y: Floats, plan: Plan) -> Carried | None:
    """Forecasts with intervals of LEVEL; None where the series are too short to be judged."""
    if y.shape[1] < plan.needs:
        return None
    last = y.shape[1] - plan.ahead
    judged = range(last - plan.judged + 1, last + 1)
    chosen = range(judged[0] - plan.ahead - plan.chosen + 1, judged[0] - plan.ahead + 1)
    early = {name: _wrong(way, y, chosen, plan) for name, way in WAYS.items()}
    often = (y[:, : chosen[0]] == 0).mean(axis=1) < SELDOM
    early["croston"] = np.where(often[None, :, None], np.inf, early["croston"])
    late = {name: _wrong(way, y, judged, plan) for name, way in WAYS.items()}
    ours = [name for name in WAYS if name != "naive"]
    best = np.array([np.abs(early[name]).mean(axis=(0, 2)) for name in ours]).argmin(axis=0)
    naive_error = np.abs(late["naive"]).mean(axis=(0, 2))
    ours_error = _picked([np.abs(late[name]).mean(axis=(0, 2)) for name in ours], best)
    on = ours_error < naive_error
    place = np.where(on, best, len(ours))
    every = [*ours, "naive"]
    before = _picked([_flat(early[name]) for name in every], place)
    after = _picked([_flat(late[name]) for name in every], place)
    covered = _within(before, after, _picked([_told(WAYS[name], y, judged, plan) for name in every], place))
    point = _picked([way(y, plan.ahead, plan.season) for way in (WAYS[name] for name in every)], place)
    low, high = _ends(np.concatenate([before, after], axis=1))
    return Carried(
        way=tuple(every[at] for at in place), on=on, point=point, low=np.maximum(point + low[:, None], 0),
        high=np.maximum(point + high[:, None], 0), error=np.where(on, ours_error, naive_error),
        naive_error=naive_error, covered=covered,
    )  # fmt: skip


def _wrong(way: Way, y: Floats, days: range, plan: Plan) -> Floats:
    """What came less what was told, (days, series, ahead)."""
    return np.array([y[:, day : day + plan.ahead] - way(y[:, :day], plan.ahead, plan.season) for day in days])


def _told(way: Way, y: Floats, days: range, plan: Plan) -> Floats:
    return _flat(np.array([way(y[:, :day], plan.ahead, plan.season) for day in days]))


def _flat(wrong: Floats) -> Floats:
    """(series, days · ahead)."""
    return np.moveaxis(wrong, 0, 1).reshape(wrong.shape[1], -1)


def _picked(of: list[Floats], place: Any) -> Floats:
    return np.asarray(np.stack(of)[place, np.arange(len(place))])


def _ends(wrong: Floats) -> tuple[Floats, Floats]:
    """Ends of an interval that holds LEVEL of what comes, of errors seen before: split conformal (Lei et al., JASA 113,
    2018, with one rank at each end).
    """
    count = wrong.shape[1]
    rank = min(count, int(np.ceil((count + 1) * (1 + LEVEL) / 2)))
    ordered = np.sort(wrong, axis=1)
    return ordered[:, count - rank], ordered[:, rank - 1]


def _within(before: Floats, after: Floats, told: Floats) -> Floats:
    low, high = _ends(before)
    came = told + after
    return np.asarray(((came >= np.maximum(told + low[:, None], 0) - 1e-9) & (came <= told + high[:, None] + 1e-9))
                      .mean(axis=1))  # fmt: skip
