"""Shifted-beta-geometric: Fader & Hardie (2007), "How to Project Customer Retention", J. Interactive Marketing 21(1).

A customer with a contract does not renew it with a probability of their own, drawn from a beta distribution (α, β).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.special import betaln, digamma, hyp2f1

from peyvand.insight.value.fitting.likelihood import Estimate, FitError, Vector, maximise

NAMES = ("alpha", "beta")
Starts = Sequence[Sequence[float]]
STARTS: Starts = ((1.0, 1.0), (0.5, 5.0))


def loglik_of(theta: npt.ArrayLike, lost: npt.ArrayLike, kept: npt.ArrayLike) -> tuple[float, Vector]:
    """ln L and its gradient by (α, β) of customers of any age: eq. (B3), summed over cohorts.

    `lost`[t − 1] left at the end of period t = 1, 2 …; of `kept`[m] is known that they are there after m = 0, 1 ….
    Σ lost_t ln P(T=t) + Σ kept_m ln S(m), P(T=t) = B(α+1, β+t−1) / B(α, β) (eq. 5), S(m) = B(α, β+m) / B(α, β) (eq. 6).
    """
    alpha, beta = np.asarray(theta, dtype=float)
    gone, there = np.asarray(lost, dtype=float), np.asarray(kept, dtype=float)
    t, m = np.arange(1, len(gone) + 1), np.arange(len(there))
    base, psi = betaln(alpha, beta), digamma(alpha + beta)
    value = gone @ (betaln(alpha + 1, beta + t - 1) - base) + there @ (betaln(alpha, beta + m) - base)
    together, after = digamma(alpha + beta + t), digamma(alpha + beta + m)
    d_alpha = gone @ (digamma(alpha + 1) - together - digamma(alpha) + psi) + there @ (psi - after)
    d_beta = gone @ (digamma(beta + t - 1) - together - digamma(beta) + psi)
    d_beta += there @ (digamma(beta + m) - after - digamma(beta) + psi)
    return float(value), np.array([d_alpha, d_beta])


def loglik(theta: npt.ArrayLike, survivors: npt.ArrayLike) -> tuple[float, Vector]:
    """The same of one cohort: `survivors` are those there at the start and after 1, 2 … periods."""
    return loglik_of(theta, *_counts(np.asarray(survivors, dtype=float)))


def _counts(there: Vector) -> tuple[Vector, Vector]:
    kept = np.zeros(len(there))
    kept[-1] = there[-1]
    return there[:-1] - there[1:], kept


def fit(survivors: npt.ArrayLike, *, starts: Starts = STARTS) -> Estimate:
    """Maximum likelihood. FitError "empty" without two periods of which somebody left; ValueError if they grow."""
    there = np.asarray(survivors, dtype=float)
    if np.any(there < 0) or np.any(np.diff(there) > 0):
        raise ValueError("survivors can't grow in number")
    if len(there) < 3 or there[0] == there[-1]:
        raise FitError("empty")
    return fit_of(*_counts(there), starts=starts)


def fit_of(lost: npt.ArrayLike, kept: npt.ArrayLike, *, starts: Starts = STARTS) -> Estimate:
    """The same of customers of any age, as in `loglik_of`. FitError "empty" where nobody left or nobody renewed."""
    gone, there = np.asarray(lost, dtype=float), np.asarray(kept, dtype=float)
    if not gone.sum() or not (gone[1:].sum() + there[1:].sum()):
        raise FitError("empty")
    return maximise(lambda theta: loglik_of(theta, gone, there), names=NAMES, starts=starts)


def survival(theta: npt.ArrayLike, t: npt.ArrayLike) -> Vector:
    """S(t), the share still there after t periods: eq. (6)."""
    alpha, beta = np.asarray(theta, dtype=float)
    return np.asarray(np.exp(betaln(alpha, beta + np.asarray(t, dtype=float)) - betaln(alpha, beta)), dtype=float)


def retention(theta: npt.ArrayLike, t: npt.ArrayLike) -> Vector:
    """r_t = (β + t − 1) / (α + β + t − 1), the share of those after t − 1 periods who stay for the t-th: eq. (8)."""
    alpha, beta = np.asarray(theta, dtype=float)
    period = np.asarray(t, dtype=float)
    return np.asarray((beta + period - 1) / (alpha + beta + period - 1), dtype=float)


def residual(theta: npt.ArrayLike, *, renewals: int, discount: float) -> float:
    """Discounted expected residual lifetime in periods, of one who renewed n − 1 = `renewals` times, before the
    next.

    Fader & Hardie (2010), "Customer-Base Valuation in a Contractual Setting", Marketing Science 29(1), eq. (6):
    (β+n−1) / (α+β+n−1) × ₂F₁(1, β+n; α+β+n; 1/(1+d)); `discount` d is above 0.
    """
    alpha, beta = np.asarray(theta, dtype=float)
    n = renewals + 1
    first = (beta + n - 1) / (alpha + beta + n - 1)
    return float(first * hyp2f1(1, beta + n, alpha + beta + n, 1 / (1 + discount)))
