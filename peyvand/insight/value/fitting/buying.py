"""The sufficient statistics of buying: how often, how lately, for how long; equal customers kept once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from peyvand.insight.value.fitting.likelihood import FitError, Vector

Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Buying:
    """Unique (x, t_x, T) with how many customers have them (`count`), and the row of each customer (`of`).

    x: repeat purchases; t_x: time from the first purchase to the last (0 when x is 0); T: time from the first purchase
    to the end of observation; both in one unit of time. A model's sums run over the unique rows alone.
    """

    x: Vector
    t_x: Vector
    T: Vector
    count: Vector
    of: Index

    @property
    def customers(self) -> int:
        """How many customers there are."""
        return round(float(self.count.sum()))

    def spread(self, values: Vector) -> Vector:
        """Values of the unique rows, one a customer."""
        return values[self.of]


def compressed(*, x: npt.ArrayLike, days_x: npt.ArrayLike, days_T: npt.ArrayLike, per_unit: float) -> Buying:  # noqa: N803
    """From one row a customer, times in whole days, to unique rows with times in units of `per_unit` days.

    ValueError when a time is negative, t_x is beyond T, or a customer with one purchase has a later one.
    """
    counts, recency, age = (np.asarray(one, dtype=np.int64) for one in (x, days_x, days_T))
    if len(counts) and (counts.min() < 0 or recency.min() < 0 or np.any(recency > age)):
        raise ValueError("needs x >= 0 and 0 <= t_x <= T")
    if np.any((counts == 0) & (recency > 0)):
        raise ValueError("needs t_x = 0 where x = 0")
    if not len(counts):
        nothing = np.zeros(0)
        return Buying(nothing, nothing, nothing, nothing, np.zeros(0, dtype=np.int64))
    wide, high = int(age.max()) + 1, int(recency.max()) + 1
    keys = (counts * high + recency) * wide + age
    unique, of, number = np.unique(keys, return_inverse=True, return_counts=True)
    rest, ages = np.divmod(unique, wide)
    purchases, lately = np.divmod(rest, high)
    return Buying(
        x=purchases.astype(float), t_x=lately / per_unit, T=ages / per_unit, count=number.astype(float),
        of=of.astype(np.int64),
    )  # fmt: skip


SAMPLE = 20_000  # rows of a sample to search on


def thinned(buying: Buying) -> Buying | None:
    """Evenly spaced rows, weighted to the whole, of those who came back, with all who did not; None where few are.

    The rows are in the order of x, t_x and T, so that even spacing keeps their distribution.
    """
    again = np.flatnonzero(buying.x > 0)
    if len(again) < 2 * SAMPLE:
        return None
    chosen = again[np.linspace(0, len(again) - 1, SAMPLE).astype(np.int64)]
    rows = np.concatenate([np.flatnonzero(buying.x == 0), chosen])
    count = buying.count[rows].copy()
    count[-SAMPLE:] *= float(buying.count[again].sum()) / float(buying.count[chosen].sum())
    return Buying(buying.x[rows], buying.t_x[rows], buying.T[rows], count, np.zeros(0, dtype=np.int64))


def asked_of(buying: Buying) -> None:
    """FitError where no model of buying can be told from these: nobody, one customer, or nobody who came back."""
    if not buying.customers:
        raise FitError("empty")
    if buying.customers == 1:
        raise FitError("one")
    if not np.any(buying.x > 0):
        raise FitError("no_repeat")


@dataclass(frozen=True)
class Looked:
    """Unique values of a column with where each row finds its own: a logarithm or gamma is taken once a value."""

    values: Vector
    at: Index
    weight: Vector  # customers by value

    def rows(self, values: Vector) -> Vector:
        """One value a row."""
        return values[self.at]


def looked(column: Vector, count: Vector) -> Looked:
    """The column's unique values."""
    values, at = np.unique(column, return_inverse=True)
    return Looked(values, at.astype(np.int64), np.bincount(at, weights=count, minlength=len(values)).astype(float))
