"""From paths to what pages show of them: credit, the commonest, their length. Heavy: children of the worker only."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from peyvand.insight.prediction.errors import CannotTellError
from peyvand.insight.reports.attribution import Path, attribute
from peyvand.insight.reports.touchpoints import OTHER
from peyvand.insight.reports.way_frames import SEPARATOR

TOUCHPOINTS = 24  # told apart; the rarer ones stand together
COMMONEST = 20  # paths shown
THROUGH = 5  # paths shown of one touchpoint
LONG = 10  # touches: longer paths are counted together
DAYS = (0, 1, 3, 7, 14, 30, 60)  # upper ends of the groups of days to a purchase; more stand in the last


@dataclass
class Found:
    """One path text: how many orders it led to, what these were worth (minor units), how many ways ended in nothing."""

    orders: int = 0
    net: int = 0
    nulls: int = 0


@dataclass
class Walked:
    """Every path of a currency, by its touches, and days from the first touch to the order with how many orders."""

    paths: dict[tuple[str, ...], Found] = field(default_factory=lambda: defaultdict(Found))
    days: Counter[int] = field(default_factory=Counter)


def common(texts: Iterable[tuple[str, int]]) -> frozenset[str]:
    """The touchpoints that are told apart, of paths and how often each was gone."""
    seen: Counter[str] = Counter()
    for text, times in texts:
        for touch in set(text.split(SEPARATOR)):
            seen[touch] += times
    return frozenset(sorted(seen, key=lambda touch: (-seen[touch], touch))[:TOUCHPOINTS])


def touches_of(text: str, apart: frozenset[str]) -> tuple[str, ...]:
    """The touches of a path, the rare ones by one name, the same one after the other counted once."""
    named = (touch if touch in apart else OTHER for touch in text.split(SEPARATOR))
    return tuple(touch for touch, _same in groupby(named))


def summed(walked: Walked) -> dict[str, Any]:
    """The payload of the page of paths; credit and worth are empty where no path led to an order."""
    paths = walked.paths
    given = [Path(touches, found.orders, found.net, found.nulls) for touches, found in sorted(paths.items())]
    payload: dict[str, Any] = {
        "told": sum(found.orders for found in paths.values()),
        "told_net": sum(found.net for found in paths.values()),
        "nulls": sum(found.nulls for found in paths.values()),
        "credit": {}, "worth": {}, "removal": {},
        "paths": _commonest(paths, COMMONEST),
        "lengths": _lengths(paths),
        "days": _days(walked.days),
        "days_middle": middle(walked.days),
        "length_middle": middle(_by_length(paths)),
    }  # fmt: skip
    try:
        found = attribute(given)
    except CannotTellError:
        return payload | {"touches": {}}
    return payload | {
        "credit": found.credit, "worth": found.worth, "removal": found.removal,
        "touches": {touch: _of_touch(paths, touch) for touch in found.removal},
    }  # fmt: skip


def _commonest(paths: Mapping[tuple[str, ...], Found], most: int) -> list[dict[str, Any]]:
    led = sorted((item for item in paths.items() if item[1].orders), key=lambda item: (-item[1].orders, item[0]))
    return [{"touches": list(touches), "orders": found.orders, "net": found.net} for touches, found in led[:most]]


def _by_length(paths: Mapping[tuple[str, ...], Found]) -> Counter[int]:
    found: Counter[int] = Counter()
    for touches, one in paths.items():
        if one.orders:
            found[len(touches)] += one.orders
    return found


def _lengths(paths: Mapping[tuple[str, ...], Found]) -> list[list[int]]:
    """[[touches, orders]], LONG and more together."""
    found: Counter[int] = Counter()
    for length, orders in _by_length(paths).items():
        found[min(length, LONG)] += orders
    return [[length, found[length]] for length in range(1, max(found, default=0) + 1)]


def _days(days: Counter[int]) -> list[list[int | None]]:
    """[[upper end of the days, orders]], the last one without an end."""
    found: list[list[int | None]] = []
    low = -1
    for high in DAYS:
        found.append([high, sum(n for day, n in days.items() if low < day <= high)])
        low = high
    return [*found, [None, sum(n for day, n in days.items() if day > low)]]


def middle(counted: Counter[int]) -> float | None:
    """The median of values that are given with how often they occur; None of nothing."""
    total = sum(counted.values())
    if not total:
        return None
    places = ((total - 1) // 2, total // 2)
    reached, ends = 0, []
    for value in sorted(counted):
        before, reached = reached, reached + counted[value]
        ends += [value for place in places if before <= place < reached]
    return sum(ends) / 2


def _of_touch(paths: Mapping[tuple[str, ...], Found], touch: str) -> dict[str, Any]:
    """Orders on whose path it stands, in which place, and the commonest of these paths."""
    with_it = {touches: found for touches, found in paths.items() if touch in touches}
    led = [(touches, found.orders) for touches, found in with_it.items() if found.orders]

    def count(of: Sequence[tuple[tuple[str, ...], int]]) -> int:
        return sum(orders for _touches, orders in of)

    return {
        "orders": count(led),
        "alone": count([one for one in led if len(one[0]) == 1]),
        "first": count([one for one in led if len(one[0]) > 1 and one[0][0] == touch]),
        "last": count([one for one in led if len(one[0]) > 1 and one[0][-1] == touch and one[0][0] != touch]),
        "nulls": sum(found.nulls for found in with_it.values()),
        "paths": _commonest(with_it, THROUGH),
    }
