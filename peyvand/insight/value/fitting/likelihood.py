"""The greatest likelihood over positive parameters, by its gradient, with standard errors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Vector = npt.NDArray[np.float64]
Objective = Callable[[Vector], tuple[float, Vector]]
LOWEST, HIGHEST = -14.0, 14.0  # natural logarithms of the smallest and the greatest parameter looked at
AT_EDGE = 2.0  # so near to the ends the likelihood is flat: the parameter has run away
NEWTON_STEPS = 12
STALE = 0.3  # a gradient that a step makes no smaller than this
NOWHERE = 1e299
SETTLED = 1e-9  # the gradient by log-parameters, as a share of the log-likelihood


class FitError(ValueError):
    """The data can't tell the parameters; `reason` is a short word: "empty", "one", "no_repeat", "edge", "flat"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def dot(first: Vector, second: Vector) -> float:
    """Σ of products, without BLAS: on vectors of a million its threads wait for each other longer than they work."""
    return float(np.einsum("i,i->", first, second))


@dataclass(frozen=True)
class Estimate:
    """Parameters of the greatest likelihood, in the order of `names`.

    `stderr` are square roots of the diagonal of the inverse of the observed information; all None where that matrix is
    not positive definite. `at_edge` names parameters that ran away: the data do not hold them (a heterogeneity of none,
    or nobody who ever leaves), and the others should be read with care.
    """

    names: tuple[str, ...]
    values: tuple[float, ...]
    stderr: tuple[float | None, ...]
    loglik: float
    at_edge: tuple[str, ...]

    @property
    def params(self) -> dict[str, float]:
        """Parameters by name."""
        return dict(zip(self.names, self.values, strict=True))

    @property
    def errors(self) -> dict[str, float | None]:
        """Standard errors by name."""
        return dict(zip(self.names, self.stderr, strict=True))


def maximise(
    objective: Objective, *, names: Sequence[str], starts: Sequence[Sequence[float]], sample: Objective | None = None
) -> Estimate:
    """The best of the maxima found from the given starting points.

    `objective` gives, for positive parameters, the log-likelihood and its gradient by them. Searched by L-BFGS over
    the logarithms of the parameters, then brought to the point by Newton's steps. `sample` is the same of fewer rows,
    weighted to the whole: with it the search and the first second derivatives are the sample's, and the whole is asked
    only for the last steps. FitError "flat" when no start leads anywhere.
    """
    whole, searched = _negative(objective), _negative(sample or objective)
    best: tuple[float, Vector] | None = None
    for start in starts:
        logs = np.clip(np.log(np.asarray(start, dtype=float)), LOWEST + 1, HIGHEST - 1)
        found = minimize(
            searched, logs, jac=True, method="L-BFGS-B", bounds=[(LOWEST, HIGHEST)] * len(logs),
            options={"maxiter": 500, "ftol": 1e-12, "gtol": 1e-7},
        )  # fmt: skip
        if found.fun < NOWHERE and (best is None or found.fun < best[0]):
            best = float(found.fun), np.asarray(found.x, dtype=float)
    if best is None:
        raise FitError("flat")
    logs = _sharpened(whole, best[1], _hessian(searched, best[1]))
    value, _gradient = whole(logs)
    edge = [name for name, log in zip(names, logs, strict=True) if min(log - LOWEST, HIGHEST - log) < AT_EDGE]
    theta = np.exp(logs)
    errors = _errors(_hessian(whole, logs), theta) if not edge else [None] * len(theta)
    return Estimate(
        names=tuple(names), values=tuple(float(one) for one in theta), stderr=tuple(errors), loglik=-float(value),
        at_edge=tuple(edge),
    )  # fmt: skip


def _negative(objective: Objective) -> Objective:
    """What is to be made least: by the logarithms of the parameters."""

    def negative(logs: Vector) -> tuple[float, Vector]:
        theta = np.exp(logs)
        value, gradient = objective(theta)
        if not np.isfinite(value) or not np.all(np.isfinite(gradient)):
            return 2 * NOWHERE, np.zeros_like(logs)
        return -value, -gradient * theta

    return negative


def _sharpened(negative: Objective, logs: Vector, curvature: npt.NDArray[np.float64]) -> Vector:
    """Newton's steps from a place near the optimum, as long as each makes the likelihood no worse.

    The second derivatives given serve as long as each step makes the gradient much smaller, then they are taken anew.
    """
    value, gradient = negative(logs)
    for _step in range(NEWTON_STEPS):
        steep = float(np.max(np.abs(gradient)))
        if steep < SETTLED * max(1.0, abs(value)):
            break
        moved = _moved(logs, gradient, curvature)
        there, slope = negative(moved)
        if there > value or float(np.max(np.abs(slope))) > STALE * steep:
            curvature = _hessian(negative, logs)
            moved = _moved(logs, gradient, curvature)
            there, slope = negative(moved)
            if there > value:
                break
        logs, value, gradient = moved, there, slope
    return logs


def _moved(logs: Vector, gradient: Vector, curvature: npt.NDArray[np.float64]) -> Vector:
    try:
        step = np.linalg.solve(curvature, gradient)
    except np.linalg.LinAlgError:
        return logs
    return np.asarray(np.clip(logs - np.clip(step, -1, 1), LOWEST, HIGHEST), dtype=float)


def _hessian(negative: Objective, logs: Vector) -> npt.NDArray[np.float64]:
    """Second derivatives by log-parameters: central differences of the analytic gradient."""
    step = 1e-4
    rows = []
    for place in range(len(logs)):
        ahead, behind = logs.copy(), logs.copy()
        ahead[place] += step
        behind[place] -= step
        rows.append((negative(ahead)[1] - negative(behind)[1]) / (2 * step))
    matrix = np.asarray(rows, dtype=float)
    return np.asarray((matrix + matrix.T) / 2, dtype=float)


def _errors(hessian: npt.NDArray[np.float64], theta: Vector) -> list[float | None]:
    """At the optimum the information by the parameters is that by their logarithms, scaled."""
    try:
        np.linalg.cholesky(hessian)
    except np.linalg.LinAlgError:
        return [None] * len(theta)
    spread = np.sqrt(np.diag(np.linalg.inv(hessian)))
    return [float(one) for one in spread * theta]
