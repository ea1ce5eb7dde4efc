"""Groups of customers who are alike. Heavy: children of the worker only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from peyvand.insight.prediction.frames import FEATURES
from peyvand.insight.prediction.learning import SEED
from peyvand.insight.prediction.numbers import Floats

BY = ("recency", "frequency", "basket", "products", "returned")  # what customers are compared by
SKEWED = ("recency", "frequency", "basket", "products")  # told apart by ratio, not by difference
FEWEST = 100  # customers
MOST_GROUPS = 6
STARTS, STEPS = 6, 100
LEAST = 0.25  # silhouette: below it the groups are drawn, not there (Kaufman and Rousseeuw 1990)
STABLE = 0.8  # adjusted Rand index between groups found in two halves
SAMPLE = 1_500  # customers of whom the silhouette is taken
Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Groups:
    """`member` is the group of each row, 0 the largest; `centres` in standard deviations from the mean, by BY."""

    member: Ints
    centres: Floats
    silhouette: float
    stability: float


def groups(x: Floats) -> Groups | None:
    """Of the rows of frames.known: the number of groups with the best silhouette (Rousseeuw 1987) among those that two
    halves of the customers agree on (adjusted Rand index, Hubert and Arabie 1985); None where they agree on none.
    """
    if len(x) < FEWEST:
        return None
    z = standardised(x)
    best: Groups | None = None
    for count in range(2, MOST_GROUPS + 1):
        agreed = stability(z, count)
        if agreed < STABLE:
            continue
        centres = kmeans(z, count)
        member = nearest(z, centres)
        found = silhouette(z, member)
        if found > (best.silhouette if best else LEAST):
            order = np.argsort(-np.bincount(member, minlength=count), kind="stable")
            best = Groups(np.argsort(order)[member], centres[order], found, agreed)
    return best


def standardised(x: Floats) -> Floats:
    """Mean 0 and deviation 1 by column, blanks at the mean, nobody further than three deviations."""
    columns = []
    for name in BY:
        values = x[:, FEATURES.index(name)]
        values = np.log1p(np.maximum(values, 0.0)) if name in SKEWED else values
        known = ~np.isnan(values)
        spread = float(values[known].std()) if known.any() else 0.0
        centre = float(values[known].mean()) if known.any() else 0.0
        columns.append(np.where(known, (values - centre) / spread, 0.0) if spread else np.zeros(len(x)))
    return np.asarray(np.clip(np.column_stack(columns), -3, 3))


def kmeans(z: Floats, count: int, *, seed: int = SEED) -> Floats:
    """Centres with the least sum of squares of several starts (Lloyd 1982, seeds by Arthur and Vassilvitskii 2007)."""
    draw = np.random.default_rng(seed)
    found: list[tuple[float, Floats]] = []
    for _start in range(STARTS):
        centres = _seeds(z, count, draw)
        for _step in range(STEPS):
            member = nearest(z, centres)
            moved = np.array([
                z[member == n].mean(axis=0) if (member == n).any() else centres[n] for n in range(count)
            ])  # fmt: skip
            if np.allclose(moved, centres, atol=1e-6):
                break
            centres = moved
        found.append((float(((z - centres[nearest(z, centres)]) ** 2).sum()), centres))
    return min(found, key=lambda pair: pair[0])[1]


def _seeds(z: Floats, count: int, draw: np.random.Generator) -> Floats:
    centres = [z[int(draw.integers(len(z)))]]
    while len(centres) < count:
        far = np.min([((z - centre) ** 2).sum(axis=1) for centre in centres], axis=0)
        total = far.sum()
        centres.append(z[int(draw.choice(len(z), p=far / total if total else None))])
    return np.array(centres)


def nearest(z: Floats, centres: Floats) -> Ints:
    """The place of the nearest centre of each row."""
    distance = (centres**2).sum(axis=1) - 2 * z @ centres.T
    return np.asarray(distance.argmin(axis=1), dtype=np.int64)


def stability(z: Floats, count: int) -> float:
    """How far the groups of two halves agree on everybody."""
    half = np.random.default_rng(SEED).permutation(len(z)) % 2 == 0
    return adjusted_rand(nearest(z, kmeans(z[half], count)), nearest(z, kmeans(z[~half], count)))


def adjusted_rand(a: Ints, b: Ints) -> float:
    """1 where two groupings are the same, about 0 where they agree as by chance."""
    table = np.zeros((int(a.max()) + 1, int(b.max()) + 1))
    np.add.at(table, (a, b), 1)

    def pairs(counts: Floats) -> float:
        return float((counts * (counts - 1) / 2).sum())

    both, rows, columns = pairs(table), pairs(table.sum(axis=1)), pairs(table.sum(axis=0))
    chance = rows * columns / (len(a) * (len(a) - 1) / 2)
    most = (rows + columns) / 2
    return 1.0 if most == chance else (both - chance) / (most - chance)


def silhouette(z: Floats, member: Ints) -> float:
    """Mean over a sample of (b − a) / max(a, b): a the mean distance within the own group, b to the nearest other."""
    chosen = np.random.default_rng(SEED).permutation(len(z))[:SAMPLE]
    z, member = z[chosen], member[chosen]
    names = np.unique(member)
    if len(names) < 2:
        return -1.0
    distance = np.sqrt(np.maximum((z**2).sum(axis=1)[:, None] + (z**2).sum(axis=1) - 2 * z @ z.T, 0))
    sums = np.column_stack([distance[:, member == name].sum(axis=1) for name in names])
    sizes = np.array([(member == name).sum() for name in names])
    own = np.searchsorted(names, member)
    rows = np.arange(len(z))
    a = sums[rows, own] / np.maximum(sizes[own] - 1, 1)
    means = sums / sizes
    means[rows, own] = np.inf
    b = means.min(axis=1)
    return float(np.mean(np.where(sizes[own] > 1, (b - a) / np.maximum(np.maximum(a, b), 1e-12), 0.0)))


def described(x: Floats, found: Groups) -> list[dict[str, Any]]:
    """Each group: customers, what distinguishes it ([[feature, deviations]], the furthest first), medians, its share of
    everybody's worth.
    """
    money = np.maximum(x[:, FEATURES.index("monetary")], 0.0)
    total = float(money.sum())
    told = []
    for number, centre in enumerate(found.centres):
        inside = found.member == number
        furthest = sorted(zip(BY, centre.tolist(), strict=True), key=lambda pair: -abs(pair[1]))
        middle = {name: float(np.nanmedian(x[inside, FEATURES.index(name)])) for name in BY[:3]}
        told.append({
            "customers": int(inside.sum()), "share": float(money[inside].sum()) / total if total else 0.0,
            "by": [[name, round(deviation, 2)] for name, deviation in furthest], **middle,
        })  # fmt: skip
    return told
