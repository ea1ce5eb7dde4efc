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


def loglik(theta: npt.ArrayLike, survivors: npt.ArrayLike) -> tuple[float, Vector]:
    """ln L and its gradient by (α, β); `survivors` are those there at the start and after 1, 2 … periods: eq. (B3).

    Σ lost_t ln P(T=t) + still there × ln S(n), P(T=t) = B(α+1, β+t−1) / B(α, β) (eq. 5), S(t) = B(α, β+t) / B(α, β)
    (eq. 6).
    """
    alpha, beta = np.asarray(theta, dtype=float)
    there = np.asarray(survivors, dtype=float)
    lost, last = there[:-1] - there[1:], there[-1]
    t = np.arange(1, len(there))
    n = len(there) - 1
    base, psi = betaln(alpha, beta), digamma(alpha + beta)
    value = lost @ (betaln(alpha + 1, beta + t - 1) - base) + last * (betaln(alpha, beta + n) - base)
    together = digamma(alpha + beta + t)
    d_alpha = lost @ (digamma(alpha + 1) - together - digamma(alpha) + psi)
    d_alpha += last * (psi - digamma(alpha + beta + n))
    d_beta = lost @ (digamma(beta + t - 1) - together - digamma(beta) + psi)
    d_beta += last * (digamma(beta + n) - digamma(alpha + beta + n) - digamma(beta) + psi)
    return float(value), np.array([d_alpha, d_beta])


def fit(survivors: npt.ArrayLike, *, starts: Sequence[Sequence[float]] = ((1.0, 1.0), (0.5, 5.0))) -> Estimate:
    """Maximum likelihood. FitError "empty" without two periods of which somebody left; ValueError if they grow."""
    there = np.asarray(survivors, dtype=float)
    if np.any(there < 0) or np.any(np.diff(there) > 0):
        raise ValueError("survivors can't grow in number")
    if len(there) < 3 or there[0] == there[-1]:
        raise FitError("empty")
    return maximise(lambda theta: loglik(theta, there), names=NAMES, starts=starts)


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
