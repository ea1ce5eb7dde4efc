"""Pareto/NBD: Schmittlein, Morrison & Colombo (1987), Counting Your Customers, Management Science 33(1), 1–24.

A customer buys at random with a rate drawn from a gamma distribution (r, α) and leaves at a random time with a rate
drawn from another (s, β). Formulas after Fader & Hardie (2005), "A Note on Deriving the Pareto/NBD Model and Related
Expressions". Its Gaussian hypergeometric functions are here the integral that they stand for, taken by Gauss–Legendre
over ln(m + u), m the smaller of α and β: so the gradient is as exact as the value.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import digamma, gammaln

from peyvand.insight.value.fitting.buying import Buying, asked_of, thinned
from peyvand.insight.value.fitting.likelihood import Estimate, Vector, dot, maximise

NAMES = ("r", "alpha", "s", "beta")
DECAY = 45.0  # beyond a fall of the integrand by e^−45 nothing is left to add
STEEP = 30.0  # falls by more than e^−30 take the many points
FEW, MANY = np.polynomial.legendre.leggauss(24), np.polynomial.legendre.leggauss(64)
BLOCK = 50_000  # rows at once


@dataclass(frozen=True)
class _Integral:
    """ln ∫ (α+u)^−(r+x) (β+u)^−(s+1) du from t_x to T, and its derivatives by r, α, s, β."""

    log: Vector
    by: npt.NDArray[np.float64]  # 4 × rows


def _integral(theta: Vector, *, x: Vector, t_x: Vector, T: Vector) -> _Integral:  # noqa: N803
    log, by = np.full(len(x), -np.inf), np.zeros((4, len(x)))
    r, alpha, s, beta = theta
    with np.errstate(over="ignore"):
        ends = np.minimum(
            np.minimum(T, (alpha + t_x) * np.exp(np.minimum(DECAY / (r + x), 600)) - alpha),
            (beta + t_x) * np.exp(min(DECAY / (s + 1), 600)) - beta,
        )
    base = min(alpha, beta)
    width = np.log1p(np.maximum(ends - t_x, 0) / (base + t_x))
    fall = (r + x) * np.log((alpha + ends) / (alpha + t_x)) + (s + 1) * np.log((beta + ends) / (beta + t_x))
    for (nodes, weights), chosen in ((FEW, fall <= STEEP), (MANY, fall > STEEP)):
        rows = np.flatnonzero(chosen & (width > 0))
        for start in range(0, len(rows), BLOCK):
            at = rows[start : start + BLOCK]
            u = (base + t_x[at, None]) * np.exp(width[at, None] * (nodes + 1) / 2) - base
            with_alpha, with_beta = np.log(alpha + u), np.log(beta + u)
            k = r + x[at, None]
            # the Jacobian of u = exp(w) − m is m + u
            terms = -k * with_alpha - (s + 1) * with_beta + np.log(base + u)
            top = terms.max(axis=1, keepdims=True)
            mass = np.exp(terms - top) * weights
            whole = mass.sum(axis=1)
            log[at] = top[:, 0] + np.log(whole * width[at] / 2)
            by[0, at] = -(mass * with_alpha).sum(axis=1) / whole
            by[1, at] = -(mass * k / (alpha + u)).sum(axis=1) / whole
            by[2, at] = -(mass * with_beta).sum(axis=1) / whole
            by[3, at] = -(mass * (s + 1) / (beta + u)).sum(axis=1) / whole
    return _Integral(log, by)


def loglik(theta: npt.ArrayLike, buying: Buying) -> tuple[float, Vector]:
    """ln L and its gradient by (r, α, s, β): eq. (18) of the note, with every constant, in the unit of the times.

    L = Γ(r+x) αʳ βˢ / Γ(r) × [ (α+T)^−(r+x) (β+T)^−s + s ∫ (α+u)^−(r+x) (β+u)^−(s+1) du ], u from t_x to T.
    """
    return _loglik(np.asarray(theta, dtype=float), buying)


def _loglik(theta: Vector, buying: Buying) -> tuple[float, Vector]:
    r, alpha, s, beta = theta
    x, end, count = buying.x, buying.T, buying.count
    lead = gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta)
    stays = -(r + x) * np.log(alpha + end) - s * np.log(beta + end)
    left = _integral(theta, x=x, t_x=buying.t_x, T=end)
    leaves = np.log(s) + left.log
    both = np.logaddexp(stays, leaves)
    alive_share, gone_share = np.exp(stays - both), np.exp(leaves - both)
    of_stays = np.array(
        [-np.log(alpha + end), -(r + x) / (alpha + end), -np.log(beta + end), np.full(len(x), -s) / (beta + end)]
    )
    of_leaves = left.by + np.array([0, 0, 1 / s, 0])[:, None]
    of_lead = np.array(
        [
            digamma(r + x) - digamma(r) + np.log(alpha), np.full(len(x), r / alpha), np.full(len(x), np.log(beta)),
            np.full(len(x), s / beta),
        ]
    )  # fmt: skip
    slopes = of_lead + alive_share * of_stays + gone_share * of_leaves
    gradient = [dot(slope, count) for slope in slopes]
    return dot(count, lead + both), np.asarray(gradient, dtype=float)


def fit(buying: Buying, *, starts: Sequence[Sequence[float]] = ()) -> Estimate:
    """Maximum likelihood. FitError where the data hold nothing to tell it from."""
    asked_of(buying)
    span = max(float(buying.count @ buying.T) / buying.customers, 1e-9)
    begun = starts or ((0.6, span / 3, 0.6, span / 3), (2.0, span, 0.3, span))
    few = thinned(buying)
    return maximise(
        lambda theta: _loglik(theta, buying), names=NAMES, starts=begun,
        sample=None if few is None else lambda theta: _loglik(theta, few),
    )  # fmt: skip


def alive(theta: npt.ArrayLike, *, x: Vector, t_x: Vector, T: Vector) -> Vector:  # noqa: N803
    """P(alive | x, t_x, T): the share of the first term of L, as eq. (36)–(37) of the note say."""
    given = np.asarray(theta, dtype=float)
    r, alpha, s, beta = given
    stays = -(r + x) * np.log(alpha + T) - s * np.log(beta + T)
    leaves = np.log(s) + _integral(given, x=x, t_x=t_x, T=T).log
    return np.asarray(np.exp(stays - np.logaddexp(stays, leaves)), dtype=float)


def _staying(s: float, beta: float, T: Vector, t: float) -> Vector:  # noqa: N803
    """(β+T)/(s−1) × (1 − ((β+T)/(β+T+t))^(s−1)): what one alive at T stays of t; also at s = 1."""
    log = np.log((beta + T) / (beta + T + t))
    share = -log if abs(s - 1) < 1e-9 else -np.expm1((s - 1) * log) / (s - 1)
    return np.asarray((beta + T) * share, dtype=float)


def expected(theta: npt.ArrayLike, t: float, *, x: Vector, t_x: Vector, T: Vector) -> Vector:  # noqa: N803
    """E[Y(t) | x, t_x, T], purchases in the time t after T: eq. (41) of the note (Schmittlein et al., eq. 22)."""
    r, alpha, s, beta = np.asarray(theta, dtype=float)
    rate = (r + x) / (alpha + T)
    return np.asarray(rate * _staying(float(s), float(beta), T, t) * alive(theta, x=x, t_x=t_x, T=T), dtype=float)


def expected_of_new(theta: npt.ArrayLike, t: npt.ArrayLike) -> Vector:
    """E[X(t)] = r β / (α (s−1)) × (1 − (β/(β+t))^(s−1)): eq. (27) of the note (Schmittlein et al., eq. 17)."""
    r, alpha, s, beta = np.asarray(theta, dtype=float)
    times = np.atleast_1d(np.asarray(t, dtype=float))
    return np.array([r / alpha * _staying(float(s), float(beta), np.zeros(1), float(one))[0] for one in times])
