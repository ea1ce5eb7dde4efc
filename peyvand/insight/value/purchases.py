"""Purchases as plain columns, and the statistics that the models take from them. Heavy: not for the web process."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from peyvand.insight.value.fitting.buying import Buying, compressed
from peyvand.insight.value.fitting.likelihood import Vector

Index = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Purchases:
    """One row a customer and day of purchase, ordered by both: `who` (0 … people − 1), `day` (any whole count of days),
    and the `amount` of that day.
    """

    who: Index
    day: Index
    amount: Vector


def by_day(*, who: npt.ArrayLike, day: npt.ArrayLike, amount: npt.ArrayLike) -> Purchases:
    """Purchases of one customer on one day are one, of their sum."""
    people, days, amounts = np.asarray(who, np.int64), np.asarray(day, np.int64), np.asarray(amount, float)
    if not len(people):
        return Purchases(people, days, amounts)
    first = int(days.min())
    span = int(days.max()) - first + 1
    keys, at = np.unique(people * span + days - first, return_inverse=True)
    owner, since = np.divmod(keys, span)
    return Purchases(owner, since + first, np.bincount(at, weights=amounts, minlength=len(keys)).astype(float))


@dataclass(frozen=True)
class Habits:
    """What customers who bought up to the day `until` did until then, one row each in the order of `who`.

    `first` and `last` are days, x their repeat purchases and `mean` the mean amount of those (0 where there are none);
    `later` counts purchases after `until` and up to `end`, `spent_later` their amount, `by_period` those of all in each
    unit of `per_unit` days.
    """

    who: Index
    first: Index
    last: Index
    x: Index
    mean: Vector
    until: int
    later: Vector
    spent_later: Vector
    by_period: Vector

    def buying(self, per_unit: float) -> Buying:
        """The sufficient statistics in units of so many days."""
        return compressed(
            x=self.x, days_x=self.last - self.first, days_T=self.until - self.first, per_unit=per_unit
        )  # fmt: skip


def habits(purchases: Purchases, *, until: int, end: int, per_unit: float) -> Habits:
    """Split at the day `until`. A customer whose first purchase is later is left out: nothing is known of them yet."""
    seen = purchases.day <= until
    who, start, count = np.unique(purchases.who[seen], return_index=True, return_counts=True)
    day, amount = purchases.day[seen], purchases.amount[seen]
    last = start + count - 1
    x = count - 1
    sums = np.add.reduceat(amount, start) - amount[start] if len(start) else np.zeros(0)
    mean = np.divide(sums, x, out=np.zeros(len(who)), where=x > 0)
    after = (purchases.day > until) & (purchases.day <= end) & np.isin(purchases.who, who)
    at = np.searchsorted(who, purchases.who[after])
    periods = int(np.ceil((end - until) / per_unit)) if end > until else 0
    period = np.floor((purchases.day[after] - until - 1) / per_unit).astype(np.int64)
    return Habits(
        who=who, first=day[start], last=day[last], x=x.astype(np.int64), mean=mean, until=until,
        later=np.bincount(at, minlength=len(who)).astype(float),
        spent_later=np.bincount(at, weights=purchases.amount[after], minlength=len(who)).astype(float),
        by_period=np.bincount(period, minlength=periods).astype(float),
    )  # fmt: skip
