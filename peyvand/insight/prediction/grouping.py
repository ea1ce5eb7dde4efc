"""Groups of customers who are alike. Heavy: children of the worker only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from peyvand.insight.prediction.frames import FEATURES
from peyvand.insight.prediction.learning import SEED
from peyvand.insight.prediction.numbers import Floats

BY = ("recency", "frequency", "basket", "products", "returned")  # what customers are compared by
SKEWED = ("recency", "frequency", "basket", "products")  # told apart by ratio, not by difference
FEWEST = 100  # customers
MOST_GROUPS = 6
STARTS = 6
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
        fitted = kmeans(z, count)
        member = fitted.labels_
        found = silhouette(z, member)
        if found > (best.silhouette if best else LEAST):
            order = np.argsort(-np.bincount(member, minlength=count), kind="stable")
            best = Groups(np.argsort(order)[member], fitted.cluster_centers_[order], found, agreed)
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


def kmeans(z: Floats, count: int) -> KMeans:
    """The least sum of squares of several starts (Lloyd 1982, seeds by Arthur and Vassilvitskii 2007)."""
    return KMeans(n_clusters=count, n_init=STARTS, random_state=SEED).fit(z)


def stability(z: Floats, count: int) -> float:
    """How far the groups of two halves agree on everybody."""
    half = np.random.default_rng(SEED).permutation(len(z)) % 2 == 0
    return float(adjusted_rand_score(kmeans(z[half], count).predict(z), kmeans(z[~half], count).predict(z)))


def silhouette(z: Floats, member: Ints) -> float:
    """Mean over a sample of (b − a) / max(a, b): a the mean distance within the own group, b to the nearest other."""
    chosen = np.random.default_rng(SEED).permutation(len(z))[:SAMPLE]
    if len(np.unique(member[chosen])) < 2:
        return -1.0
    return float(silhouette_score(z[chosen], member[chosen]))


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
