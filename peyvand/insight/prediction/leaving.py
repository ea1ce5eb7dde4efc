"""Who is gone on a day, by each definition, and what share left in each period. Heavy: children of the worker only.

Days are counted from 1970-01-01 in the workspace's time zone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np
from ibis import _

from peyvand.insight.prediction import frames
from peyvand.insight.prediction.definitions import OFFERED, Definition
from peyvand.insight.prediction.frames import Ids
from peyvand.insight.prediction.numbers import Bools, Floats
from peyvand.insight.value.fitting import bgnbd
from peyvand.insight.value.fitting.buying import compressed
from peyvand.insight.value.fitting.likelihood import FitError
from peyvand.insight.value.frames import Frame, once

PERIOD = 30  # days
PERIODS = 12
LEAST = 14  # days: nobody is gone after a shorter silence, however often they buy
WEEK = 7.0
KEPT = 3
EPOCH = date(1970, 1, 1)
NEVER = np.iinfo(np.int64).max


def number_of(day: date) -> int:
    """The day's number."""
    return (day - EPOCH).days


@dataclass(frozen=True)
class Standing:
    """Customers as they stood on a day: first and last day of purchase, number of such days, own usual interval (nan
    where fewer than three days tell it).
    """

    ids: Ids
    first: Ids
    last: Ids
    number: Ids
    usual: Floats


@dataclass(frozen=True)
class History:
    """Days of purchase, ordered by customer and day, each with the next one (NEVER where there is none)."""

    who: Ids
    day: Ids
    following: Ids
    start: Ids
    usual: Floats
    _lately: dict[int, Standing] = field(default_factory=dict)
    _chances: dict[int, Floats] = field(default_factory=dict)

    @classmethod
    def made(cls, who: Ids, day: Ids, usual: Mapping[str, Any]) -> History:
        """Of ordered and distinct pairs; `usual` has the columns `customer_id`, in order, and `middle`."""
        same = np.append(who[1:] == who[:-1], False) if len(who) else np.zeros(0, dtype=bool)
        following = np.where(same, np.append(day[1:], 0), NEVER) if len(who) else day
        starts = np.flatnonzero(np.append(True, ~same[:-1])) if len(who) else np.zeros(0, dtype=np.int64)
        start = np.repeat(starts, np.diff(np.append(starts, len(who))))
        own = np.full(len(who), np.nan)
        ids = np.asarray(usual["customer_id"], dtype=np.int64)
        if len(ids):
            at = np.minimum(np.searchsorted(ids, who), len(ids) - 1)
            own = np.where(ids[at] == who, np.asarray(usual["middle"], dtype=np.float64)[at], np.nan)
        return cls(who, day, following, start, own)

    @classmethod
    def of(cls, frame: Frame) -> History:
        """Up to the frame's day."""
        found = once(frame.sales, "customer_id", "placed_at_day")
        table = found.order_by(["customer_id", "placed_at_day"]).to_pyarrow()
        day = table["placed_at_day"].to_numpy(zero_copy_only=False).astype("datetime64[D]").astype(np.int64)
        return cls.made(table["customer_id"].to_numpy().astype(np.int64), day, frames.usual(frame))

    def standing(self, at: int) -> Standing:
        """Of everybody who had bought by the end of that day."""
        if at not in self._lately:
            rows = np.flatnonzero((self.day <= at) & (at < self.following))
            begin = self.start[rows]
            found = Standing(self.who[rows], self.day[begin], self.day[rows], rows - begin + 1, self.usual[rows])
            _keep(self._lately, at, found)
        return self._lately[at]

    def alive(self, theta: tuple[float, ...], at: int) -> Floats:
        """Everybody's chance to buy again on that day, of the parameters that `chances` gave."""
        if at not in self._chances:
            seen = self.standing(at)
            x, t_x, age = (seen.number - 1).astype(float), (seen.last - seen.first) / WEEK, (at - seen.first) / WEEK
            _keep(self._chances, at, np.asarray(bgnbd.alive(theta, x=x, t_x=t_x, T=age)))
        return self._chances[at]

    def chances(self, until: int) -> tuple[float, ...] | None:
        """BG/NBD of the purchases up to that day, in weeks; None where they are too few."""
        seen = self.standing(until)
        given = compressed(x=seen.number - 1, days_x=seen.last - seen.first, days_T=until - seen.first, per_unit=WEEK)
        try:
            return bgnbd.fit(given).values
        except FitError:
            return None


def _keep(of: dict[int, Any], day: int, found: Any) -> None:
    """The days asked for last, which are asked for by every definition in turn."""
    while len(of) >= KEPT:
        del of[next(iter(of))]
    of[day] = found


class Leaving(Protocol):
    """A definition at work."""

    def at(self, day: int) -> tuple[Ids, Bools]:
        """Who is known on that day, in order of their ids, and which of them are gone."""


@dataclass(frozen=True)
class BySilence:
    """By days, or by times of the own interval; `horizon` days where neither says."""

    history: History
    definition: Definition
    horizon: int

    def at(self, day: int) -> tuple[Ids, Bools]:
        """By the days since the last purchase."""
        seen = self.history.standing(day)
        limit: Any = self.definition.limit or self.horizon
        if self.definition.way == "rhythm":
            own = np.maximum(self.definition.limit * seen.usual, LEAST)
            limit = np.where(np.isnan(seen.usual), self.horizon, own)
        return seen.ids, np.asarray(day - seen.last > limit)


@dataclass(frozen=True)
class ByChance:
    """By P(alive) of BG/NBD (Fader, Hardie and Lee 2008)."""

    history: History
    least: float
    theta: tuple[float, ...]

    def at(self, day: int) -> tuple[Ids, Bools]:
        """By the chance on that day."""
        chance = self.history.alive(self.theta, day)
        return self.history.standing(day).ids, np.asarray(chance < self.least)


@dataclass(frozen=True)
class ByContract:
    """By contracts: one row each, its customer, first day and the day after its last (NEVER where none is known)."""

    who: Ids
    start: Ids
    end: Ids
    reason: tuple[str, ...] = ()

    @classmethod
    def of(cls, frame: Frame) -> ByContract | None:
        """Of the business, whatever the currency; None where none is recorded. What runs out ends, unless renewed."""
        table = frames.business_table(frame, "contracts")
        if table is None:
            return None
        found = (
            table.filter(_.customer_id.notnull()).select("customer_id", "starts_on", "ended_on", "reason").to_pyarrow()
        )
        if not found.num_rows:
            return None
        start = found["starts_on"].to_numpy(zero_copy_only=False).astype("datetime64[D]").astype(np.int64)
        last = found["ended_on"].to_numpy(zero_copy_only=False).astype("datetime64[D]")
        end = np.where(np.isnat(last), NEVER, last.astype(np.int64) + 1)
        reasons = tuple(text or "" for text in found["reason"].to_pylist())
        return cls(found["customer_id"].to_numpy().astype(np.int64), start, end, reasons)

    def at(self, day: int) -> tuple[Ids, Bools]:
        """Gone is who has had a contract and has none that day."""
        begun = self.start <= day
        ids, place = np.unique(self.who[begun], return_inverse=True)
        running = np.zeros(len(ids), dtype=bool)
        np.logical_or.at(running, place, self.end[begun] > day)
        return ids, ~running

    def reasons(self, first: int, last: int) -> dict[str, int]:
        """Why contracts ended that ended after the one day and up to the other."""
        ended = np.flatnonzero((self.end - 1 > first) & (self.end - 1 <= last) & (self.end != NEVER))
        return dict(Counter(self.reason[row] for row in ended.tolist() if self.reason).most_common())


def leaving(frame: Frame, definition: Definition, *, horizon: int, history: History | None = None) -> Leaving | None:
    """The definition at work on what is known on the frame's day; None where that is too little."""
    if definition.way == "contract":
        return ByContract.of(frame)
    history = history or History.of(frame)
    if definition.way == "alive":
        theta = history.chances(number_of(frame.as_of))
        return None if theta is None else ByChance(history, definition.limit, theta)
    return BySilence(history, definition, horizon)


def left(way: Leaving, *, first: int, last: int) -> tuple[Ids, Bools]:
    """Who was there on the one day, and which of them were gone on the other."""
    ids, gone = way.at(first)
    there = ids[~gone]
    later, away = way.at(last)
    at = np.searchsorted(later, there)
    return there, away[at]  # whoever was known stays known


def told(frame: Frame, *, horizon: int) -> list[dict[str, Any]]:
    """Every definition that is offered, with what it would have said: [{"way", "limit", "why", "periods"}], periods
    [[first day, last day, customers there before it, of these gone at its end]], the newest last; "why" is "few" or
    "contracts" where nothing can be said.
    """
    history = History.of(frame)
    if not len(history.day):
        return []
    ends = _ends(frame.as_of, number_of(frame.as_of) - int(history.day.min()))
    found: list[dict[str, Any]] = []
    ways: list[Leaving | None] = []
    for way, limits in OFFERED.items():
        for limit in limits:
            one = leaving(frame, Definition(way, limit), horizon=horizon, history=history)
            ways.append(one)
            why = "" if one else "contracts" if way == "contract" else "few"
            found.append({"way": way, "limit": limit, "why": why, "periods": []})
    for end in ends:
        first, last = number_of(end) - PERIOD, number_of(end)
        days = (end - timedelta(days=PERIOD - 1)).isoformat(), end.isoformat()
        for entry, one in zip(found, ways, strict=True):
            if one is not None:
                there, gone = left(one, first=first, last=last)
                entry["periods"].append([*days, len(there), int(gone.sum())])
    if ends and isinstance(ways[-1], ByContract):
        found[-1]["reasons"] = ways[-1].reasons(number_of(ends[0]) - PERIOD, number_of(ends[-1]))
    return found


def _ends(as_of: date, reach: int) -> list[date]:
    """Last days of as many whole periods as the orders reach back, the first of which nobody could have left yet."""
    count = max(0, min(PERIODS, reach // PERIOD - 1))
    return [as_of - timedelta(days=PERIOD * number) for number in reversed(range(count))]
