"""Does a model foretell what it has not seen? What it expects against what customers did, beside two plain rules.

own pace: everybody goes on as often as before, x / T a unit of time (0 for who never came back); average: everybody
buys as often as all did together. A model is worth using when its root mean square error over customers is below
both: that error, unlike the mean absolute one, is least for the expectation itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from peyvand.insight.value.fitting import bgnbd, paretonbd
from peyvand.insight.value.fitting.buying import Buying
from peyvand.insight.value.fitting.likelihood import Estimate, Vector

GROUPS = 10


class Model(Protocol):
    """What the modules of the models give."""

    def fit(self, buying: Buying) -> Estimate:
        """Maximum likelihood."""

    def alive(self, theta: tuple[float, ...], *, x: Vector, t_x: Vector, T: Vector) -> Vector:  # noqa: N803
        """P(alive)."""

    def expected(self, theta: tuple[float, ...], t: float, *, x: Vector, t_x: Vector, T: Vector) -> Vector:  # noqa: N803
        """E[Y(t)]."""


MODELS: dict[str, Model] = {"bg/nbd": bgnbd, "pareto/nbd": paretonbd}


@dataclass(frozen=True)
class Error:
    """How far a rule is off: the sum it foretold, and its errors over customers in purchases."""

    total: float
    rmse: float
    mae: float


@dataclass(frozen=True)
class Group:
    """A tenth of the customers, those of whom most is expected first; purchases a customer."""

    customers: int
    expected: float
    actual: float


@dataclass(frozen=True)
class Check:
    """`periods` are (expected, actual) purchases of all in each unit of time; the last may be shorter."""

    customers: int
    actual: int
    length: float
    periods: list[tuple[float, int]]
    groups: list[Group]
    errors: dict[str, Error]

    @property
    def beaten(self) -> bool:
        """Whether the model is better than both plain rules."""
        model = self.errors["model"].rmse
        return all(model < error.rmse for name, error in self.errors.items() if name != "model")


def check(model: Model, found: Estimate, buying: Buying, *, later: Vector, by_period: Vector, length: float) -> Check:
    """Compare, for the customers of `buying`, in the time `length` after its end.

    `later` are the purchases of each customer in that time, `by_period` those of all in each unit of it.
    """
    rows = {"x": buying.x, "t_x": buying.t_x, "T": buying.T}
    ends = [min(float(n + 1), length) for n in range(len(by_period))]
    sums = [float(buying.count @ model.expected(found.values, end, **rows)) for end in ends]
    expected = buying.spread(model.expected(found.values, length, **rows))
    pace = np.divide(buying.x, buying.T, out=np.zeros_like(buying.x), where=buying.T > 0) * length
    average = float(buying.count @ buying.x) / max(float(buying.count @ buying.T), 1e-12) * length
    rules = {"model": expected, "own_pace": buying.spread(pace), "average": np.full(len(later), average)}
    return Check(
        customers=len(later), actual=round(float(later.sum())), length=length,
        periods=list(zip(np.diff([0.0, *sums]).tolist(), [round(float(n)) for n in by_period], strict=True)),
        groups=_groups(expected, later),
        errors={name: _error(values, later) for name, values in rules.items()},
    )  # fmt: skip


def _error(foretold: Vector, actual: Vector) -> Error:
    gap = foretold - actual
    return Error(float(foretold.sum()), float(np.sqrt(np.mean(gap**2))), float(np.mean(np.abs(gap))))


def _groups(expected: Vector, actual: Vector) -> list[Group]:
    order = np.argsort(-expected, kind="stable")
    parts = [part for part in np.array_split(order, GROUPS) if len(part)]
    return [Group(len(part), float(expected[part].mean()), float(actual[part].mean())) for part in parts]
