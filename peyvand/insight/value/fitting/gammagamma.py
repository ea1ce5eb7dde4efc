"""Gamma-Gamma: Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value", after Colombo & Jiang (1999).

What a customer spends a purchase varies about their own mean by a gamma distribution of shape p, whose scale is drawn
from another gamma distribution (q, γ). Spending is taken to be independent of how often they buy; `correlation` says
how far that holds. Amounts are in any one unit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln

from peyvand.insight.value.fitting.buying import SAMPLE, Looked, looked
from peyvand.insight.value.fitting.likelihood import Estimate, FitError, Vector, dot, maximise

NAMES = ("p", "q", "gamma")


@dataclass(frozen=True)
class _Parts:
    x: Looked
    amounts: Vector  # x z̄
    log_amounts: float
    log_means: float


def _parts(x: Vector, mean: Vector) -> _Parts:
    counts = looked(x, np.ones(len(x)))
    return _Parts(counts, x * mean, dot(x, np.log(x * mean)), float(np.log(mean).sum()))


def loglik(theta: npt.ArrayLike, *, x: Vector, mean: Vector) -> tuple[float, Vector]:
    """ln L and its gradient by (p, q, γ) for customers with x purchases of that mean (both above 0): eq. (1a).

    f(z̄) = Γ(px+q) / (Γ(px) Γ(q)) × γ^q z̄^(px−1) x^(px) / (γ + x z̄)^(px+q), with every constant.
    """
    return _loglik(np.asarray(theta, dtype=float), _parts(x, mean))


def _loglik(theta: Vector, parts: _Parts) -> tuple[float, Vector]:
    p, q, gamma = theta
    values, weight = parts.x.values, parts.x.weight
    everybody = weight.sum()
    logs = np.log(gamma + parts.amounts)
    shape = p * parts.x.rows(values) + q
    log_gamma = everybody * np.log(gamma)
    value = dot(weight, gammaln(p * values + q) - gammaln(p * values)) - everybody * gammaln(q) + q * log_gamma
    value += p * parts.log_amounts - parts.log_means - dot(shape, logs)
    d_p = dot(weight, values * (digamma(p * values + q) - digamma(p * values))) + parts.log_amounts
    d_p -= dot(parts.x.rows(values), logs)
    d_q = dot(weight, digamma(p * values + q)) - everybody * digamma(q) + log_gamma - logs.sum()
    d_gamma = everybody * q / gamma - dot(shape, 1 / (gamma + parts.amounts))
    return float(value), np.array([d_p, d_q, d_gamma])


def fit(*, x: Vector, mean: Vector, starts: Sequence[Sequence[float]] = ()) -> Estimate:
    """Maximum likelihood over customers with x > 0 repeat purchases of a positive mean. FitError "empty" or "one"."""
    if np.any(x <= 0) or np.any(mean <= 0):
        raise ValueError("needs x > 0 and means above 0")
    if len(x) < 2:
        raise FitError("one" if len(x) else "empty")
    if np.all(mean == mean[0]):
        raise FitError("flat")  # everybody spends the same: there is no spread to tell anything from
    centre = float(np.median(mean))
    # in units of the median, so that an amount in rials is as easy to find as one in pounds
    parts = _parts(x, mean / centre)
    begun = [(p, q, gamma / centre) for p, q, gamma in starts] or [(3.0, 3.0, 1.0), (1.0, 2.0, 1.0), (10.0, 5.0, 0.5)]
    few = _parts(x[:: len(x) // SAMPLE], mean[:: len(x) // SAMPLE] / centre) if len(x) >= 2 * SAMPLE else None
    found = maximise(
        lambda theta: _loglik(theta, parts), names=NAMES, starts=begun,
        sample=None if few is None else lambda theta: _scaled(_loglik(theta, few), len(x) / len(few.amounts)),
    )  # fmt: skip
    p, q, gamma = found.values
    spread = found.stderr[2]
    return Estimate(
        names=found.names, values=(p, q, gamma * centre),
        stderr=(*found.stderr[:2], None if spread is None else spread * centre),
        loglik=found.loglik - len(x) * float(np.log(centre)), at_edge=found.at_edge,
    )  # fmt: skip


def _scaled(found: tuple[float, Vector], times: float) -> tuple[float, Vector]:
    return found[0] * times, found[1] * times


def expected(theta: npt.ArrayLike, *, x: Vector, mean: Vector) -> Vector:
    """E(Z | z̄, x) = p (γ + x z̄) / (px + q − 1), a customer's true mean spend: eq. (5).

    For one without repeat purchases (x = 0) it is the mean of everybody, p γ / (q − 1); not a number where that mean is
    not finite (q ≤ 1).
    """
    p, q, gamma = np.asarray(theta, dtype=float)
    below = p * x + q - 1
    known = below > 0
    return np.where(known, p * (gamma + x * mean) / np.where(known, below, 1), np.nan)


def correlation(*, x: Vector, mean: Vector) -> float:
    """Pearson's, of purchases and mean spend; the model wants it near 0. Not a number where one does not vary."""
    if len(x) < 3 or np.ptp(x) == 0 or np.ptp(mean) == 0:
        return float("nan")
    return float(np.corrcoef(x, mean)[0, 1])
