"""Whether the risk of leaving may be told: learnt up to a day, judged on what came after. Heavy: children only.

Leaving is what the chosen definition says (`definitions`). By silence, it is no purchase within the horizon, of those
who bought within the year before; by another, being gone at the horizon's end, of those who are not gone at its
beginning. Boosted trees are told only where they beat both baselines; where the days since the last purchase alone do
better, these are told instead; and where nothing beats the share of leavers, nothing is. The card of a model: "horizon"
(days), "leaving" (the definition), "on", "model" ("trees" or "recency"), "why" nothing is told ("history", "few",
"baseline", "contracts" or ""), "test_day", "train_days", "train_rows", "test_rows", "test_left", "auc",
"calibration_error", "log_loss" of the trees, "baselines" {"base_rate", "recency"}, "bins" of what is told [[mean
probability, share that left, customers]], "reasons" [[feature, effect, direction −1, 0 or 1]]. "train_rows" and
"test_rows" are a part of "learnt_of" and "tested_of" where these are many, always of the same customers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np

from peyvand.insight.prediction import frames, learning, leaving
from peyvand.insight.prediction.definitions import Definition
from peyvand.insight.prediction.frames import FEATURES, Ids
from peyvand.insight.prediction.numbers import Bools, Floats
from peyvand.insight.value.classes import WINDOW_DAYS
from peyvand.insight.value.frames import Frame

SHORTEST, LONGEST = 28, 180  # days of the horizon
LEAD = 60  # days of orders before the first day that is learnt from
CUTS = 2  # days that are learnt from, at most
FEWEST_ROWS, FEWEST_EACH = 150, 25
MOST_ROWS = 40_000  # learnt from: of more customers a part, as the trees would learn nothing more that shows
MOST_JUDGED = 100_000  # customers that the test is of: a part of more, its AUC known to some 0.001
MOST_EXPLAINED = 20_000  # customers whose reasons are computed one by one: they take the longest
MOST_WEIGHED = 5_000  # customers of whom the card says what matters most


RECENCY = FEATURES.index("recency")
Part = tuple[Floats, Bools, Ids]  # features, who left, whose


class Teller(Protocol):
    """What tells a risk."""

    def probabilities(self, x: Floats) -> Floats:
        """Of each row."""

    def contributions(self, x: Floats) -> Floats:
        """What each feature adds to the log-odds of each row."""


def _silence(x: Floats) -> Floats:
    """Who did not buy in the window has been silent for all of it."""
    return np.asarray(np.log1p(np.nan_to_num(x[:, RECENCY], nan=float(WINDOW_DAYS))))


@dataclass(frozen=True)
class Recency:
    """A logistic regression on ln(1 + days since the last purchase) alone; `mean` is that of the rows learnt from."""

    constant: float
    slope: float
    mean: float

    @classmethod
    def learnt(cls, x: Floats, y: Bools) -> Recency:
        """Fit."""
        beta = learning.logistic(_silence(x)[:, None], y.astype(np.float64))
        return cls(float(beta[0]), float(beta[1]), float(_silence(x).mean()))

    def probabilities(self, x: Floats) -> Floats:
        """Of each row."""
        return learning.sigmoid(self.constant + self.slope * _silence(x))

    def contributions(self, x: Floats) -> Floats:
        """Against the mean of the rows learnt from."""
        found = np.zeros_like(x)
        found[:, RECENCY] = self.slope * (_silence(x) - self.mean)
        return found


@dataclass(frozen=True)
class Judged:
    """The card, and what learnt from everything there is, None where no risk is to be told; `features` are the columns
    that it reads.
    """

    card: dict[str, Any]
    teller: Teller | None
    features: tuple[str, ...] = FEATURES


def horizon(frame: Frame, *, asked: int = 0) -> int:
    """Days of silence that count as leaving: as the setting says, else what nine in ten intervals between purchases
    do not exceed, in whole weeks, as far as the orders reach back.
    """
    if asked:
        return asked
    gaps = frames.intervals(frame)
    usual = float(np.quantile(gaps, 0.9)) if len(gaps) else float(LONGEST)
    first = frames.first_day(frame)
    reach = ((frame.as_of - first).days - LEAD) // 2 if first else 0
    return max(SHORTEST, min(LONGEST, 7 * int(np.ceil(usual / 7)), 7 * (reach // 7)))


def judge(frame: Frame, *, days: int, definition: Definition | None = None) -> Judged:
    """Learn from days before the test day whose horizon ended by then, and judge on what came after the test day."""
    definition = definition or Definition()
    card: dict[str, Any] = {"horizon": days, "leaving": definition.plain(), "on": False, "why": ""}
    features = FEATURES + (frames.CONTRACT if definition.way == "contract" else ())
    test_day = frame.as_of - timedelta(days=days)
    first = frames.first_day(frame)
    cuts = _cuts(first, test_day=test_day, days=days) if first else []
    if not cuts:
        return Judged({**card, "why": "history"}, None)
    if definition.way == "silence":
        ids = [frames.active(frames.at(frame, cut)) for cut in (*cuts, test_day)]
        count, all_tested = sum(map(len, ids[:-1])), len(ids[-1])
        parts = [found[among(found, of=count)] for found in ids[:-1]]
        parts.append(ids[-1][among(ids[-1], of=all_tested, most=MOST_JUDGED)])
        *learnt, test = [
            _labelled(frame, cut, days=days, only=found) for cut, found in zip((*cuts, test_day), parts, strict=True)
        ]
    else:
        made = [_gone(frame, cut, days=days, definition=definition) for cut in [*cuts, test_day]]
        known = [one for one in made if one is not None]
        if len(known) < len(made):
            return Judged({**card, "why": "contracts" if definition.way == "contract" else "few"}, None)
        *learnt, test = [part for part, _of in known]
        count, all_tested = sum(of for _part, of in known[:-1]), known[-1][1]
    test_x, test_y, test_ids = test
    x, y, groups = together(learnt, of=count)
    card |= {
        "test_day": test_day.isoformat(), "train_days": [cut.isoformat() for cut in cuts], "train_rows": len(y),
        "test_rows": len(test_y), "test_left": int(test_y.sum()), "learnt_of": count, "tested_of": all_tested,
    }  # fmt: skip
    if min(len(y), len(test_y)) < FEWEST_ROWS or min(_least(y), _least(test_y)) < FEWEST_EACH:
        return Judged({**card, "why": "few"}, None)
    learn: dict[str, Callable[[Floats, Bools, learning.Indices], Teller]] = {
        "trees": lambda x, y, groups: _trees(x, y, groups, features),
        "recency": lambda x, y, _groups: Recency.learnt(x, y),
    }  # fmt: skip
    told = {name: way(x, y, groups).probabilities(test_x) for name, way in learn.items()}
    share = np.full(len(test_y), y.mean())
    base = {"recency": _measures(test_y, told["recency"]), "base_rate": _measures(test_y, share)}
    card |= _measures(test_y, told["trees"]) | {"baselines": base}
    best = "trees" if card["log_loss"] < base["recency"]["log_loss"] else "recency"
    card |= {"model": best, "bins": _bins(test_y, told[best])}
    if learning.log_loss(test_y, told[best]) >= base["base_rate"]["log_loss"]:
        return Judged({**card, "why": "baseline"}, None)
    teller = learn[best](*together([*learnt, (test_x, test_y, test_ids)], of=count + all_tested))
    some = test_x[among(test_ids, of=all_tested, most=MOST_WEIGHED)]
    return Judged({**card, "on": True, "reasons": _reasons(teller, some, features)}, teller, features)


def now(frame: Frame, seen: Mapping[str, Any], *, days: int, definition: Definition) -> tuple[Ids, Floats]:
    """Of whom a risk is told on the frame's day, in order of their ids, and their features; `seen` is `known` then."""
    if definition.way == "silence":
        return seen["customer_id"], seen["x"]
    one = leaving.leaving(frame, definition, horizon=days)
    if one is None:
        return seen["customer_id"][:0], seen["x"][:0]
    ids, gone = one.at(leaving.number_of(frame.as_of))
    at, x = _features_of(frame, ids[~gone], seen, definition)
    return ids[~gone][at], x


def _gone(frame: Frame, cut: date, *, days: int, definition: Definition) -> tuple[Part, int] | None:
    """As `_labelled`, by a definition that says who is gone on a day, and of how many cases: MOST_JUDGED customers at
    most are looked at. None where it says nothing.
    """
    end = frames.at(frame, cut + timedelta(days=days))
    one = leaving.leaving(end, definition, horizon=days)
    if one is None:
        return None
    ids, left = leaving.left(one, first=leaving.number_of(cut), last=leaving.number_of(end.as_of))
    count, some = len(ids), among(ids, of=len(ids), most=MOST_JUDGED)
    ids, left, then = ids[some], left[some], frames.at(frame, cut)
    at, x = _features_of(then, ids, frames.known(then, only=ids), definition)
    return (x, left[at], ids[at]), round(len(at) * count / max(1, len(ids)))


def _features_of(frame: Frame, ids: Ids, seen: Mapping[str, Any], definition: Definition) -> tuple[Ids, Floats]:
    """Which of these have a row, and the rows: by contract everybody has one, by purchases who bought in the window."""
    _ids, at, row = np.intersect1d(ids, seen["customer_id"], assume_unique=True, return_indices=True)
    if definition.way != "contract":
        return at, seen["x"][row]
    x = np.full((len(ids), len(FEATURES)), np.nan)
    x[at] = seen["x"][row]
    return np.arange(len(ids)), np.column_stack([x, frames.agreed(frame, ids)])


def _trees(x: Floats, y: Bools, groups: learning.Indices, features: Sequence[str]) -> Teller:
    directions = [frames.DIRECTIONS.get(feature, 0) for feature in features]
    return learning.grow(x, y, categories=[], inner=groups, directions=directions)


def _cuts(first: date, *, test_day: date, days: int) -> list[date]:
    step = max(14, days // 2)
    cuts = [test_day - timedelta(days=days + step * number) for number in range(CUTS)]
    return [cut for cut in cuts if (cut - first).days >= min(LEAD, days)]


def _labelled(frame: Frame, cut: date, *, days: int, only: Ids | None = None) -> tuple[Floats, Bools, Ids]:
    seen = frames.known(frames.at(frame, cut), only=only)
    ids = seen["customer_id"]
    return seen["x"], ~frames.came_back(frames.at(frame, cut + timedelta(days=days)), after=cut, of=ids), ids


def _mixed(ids: Ids) -> Any:
    return ids.astype(np.uint64) * np.uint64(2_654_435_761) >> np.uint64(7)


def folds(ids: Ids) -> learning.Indices:
    """The fold, 0 … INNER − 1, of each customer: always the same."""
    return np.asarray((_mixed(ids) % np.uint64(learning.INNER)).astype(np.int64))


def among(ids: Ids, *, of: int, most: int = MOST_ROWS) -> Bools:
    """Which of these are in the part that about `most` of `of` rows make: always the same customers, and those of a
    smaller part are in every larger one.
    """
    return np.asarray((_mixed(ids) >> np.uint64(8)) % np.uint64(1 << 16) < (1 << 16) * most / max(1, of))


def together(parts: list[tuple[Floats, Bools, Ids]], *, of: int) -> tuple[Floats, Bools, learning.Indices]:
    """One table of about MOST_ROWS of `of` rows at most, always of the same customers; a customer's rows of all days
    stay in one fold, lest trees be checked on whom they know.
    """
    ids = np.concatenate([part[2] for part in parts])
    fold = folds(ids)
    chosen = among(ids, of=of)
    x, y = (np.concatenate([part[place] for part in parts]) for place in (0, 1))
    return x[chosen], y[chosen], fold[chosen]


def _least(y: Bools) -> int:
    return int(min(y.sum(), len(y) - y.sum()))


def _measures(y: Bools, told: Floats) -> dict[str, float]:
    return {
        "auc": learning.auc(y, told), "calibration_error": learning.calibration_error(y, told),
        "log_loss": learning.log_loss(y, told),
    }  # fmt: skip


def _bins(y: Bools, told: Floats) -> list[list[float]]:
    place = np.minimum((told * learning.BINS).astype(np.int64), learning.BINS - 1)
    return [
        [float(told[place == number].mean()), float(y[place == number].mean()), int((place == number).sum())]
        for number in range(learning.BINS)
        if (place == number).any()
    ]


def _reasons(teller: Teller, x: Floats, features: Sequence[str]) -> list[list[Any]]:
    shap = teller.contributions(x)
    size = np.abs(shap).mean(axis=0)
    found = []
    for place in np.argsort(-size, kind="stable")[:6]:
        if not size[place]:
            break
        known = ~np.isnan(x[:, place])
        slope = learning.rank_correlation(x[known, place], shap[known, place])
        found.append([features[place], float(size[place]), int(np.sign(slope)) if abs(slope) > 0.3 else 0])
    return found


def shift(before: list[int], now: list[int]) -> float:
    """Population stability index of two counts over the same bins (Siddiqi, Credit Risk Scorecards, 2006): below 0.1
    little has changed, above 0.25 much. Half a customer is added to each bin.
    """
    a, b = (np.asarray(counts, dtype=np.float64) + 0.5 for counts in (before, now))
    a, b = a / a.sum(), b / b.sum()
    return float(((b - a) * np.log(b / a)).sum())
