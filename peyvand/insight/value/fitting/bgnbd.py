"""BG/NBD: Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2), 275–284.

A customer buys at random with a rate drawn from a gamma distribution (r, α); after any purchase they leave for good
with a probability drawn from a beta distribution (a, b). Symbols are the paper's; times are in the unit of the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from scipy.linalg import eigh_tridiagonal
from scipy.special import betaln, digamma, gammaln

from peyvand.insight.value.fitting.buying import Buying, Index, Looked, asked_of, looked, thinned
from peyvand.insight.value.fitting.likelihood import Estimate, Vector, dot, maximise

NAMES = ("r", "alpha", "a", "b")
POINTS = ((20.0, 32), (200.0, 64), (np.inf, 256))  # the longer t is beside α + T, the more points it takes


@dataclass(frozen=True)
class _Parts:
    """What the likelihood needs again and again."""

    x: Looked
    silent: Looked  # T of customers who never came back
    T: Looked  # of those who did
    t_x: Looked
    back: Looked  # x of those who did
    count: Vector


def _parts(buying: Buying) -> _Parts:
    again = buying.x > 0
    count = buying.count[again]
    return _Parts(
        x=looked(buying.x, buying.count),
        silent=looked(buying.T[~again], buying.count[~again]),
        T=looked(buying.T[again], count), t_x=looked(buying.t_x[again], count), back=looked(buying.x[again], count),
        count=count,
    )  # fmt: skip


def loglik(theta: npt.ArrayLike, buying: Buying) -> tuple[float, Vector]:
    """ln L and its gradient by (r, α, a, b): eq. (6), with every constant, in the unit of the times.

    L = A₁ A₂ (A₃ + δ A₄): A₁ = Γ(r+x) αʳ / Γ(r), A₂ = Γ(a+b) Γ(b+x) / (Γ(b) Γ(a+b+x)), A₃ = (α+T)^−(r+x),
    A₄ = a / (b+x−1) (α+t_x)^−(r+x), δ = 1 for x > 0 (the decomposition of the authors' spreadsheet note).
    """
    return _loglik(np.asarray(theta, dtype=float), _parts(buying))


def _loglik(theta: Vector, parts: _Parts) -> tuple[float, Vector]:
    r, alpha, a, b = theta
    x, weight = parts.x.values, parts.x.weight
    everybody = weight.sum()
    a_1 = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    a_2 = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
    value = dot(weight, a_1 + a_2)
    d_r = dot(weight, digamma(r + x)) + everybody * (np.log(alpha) - digamma(r))
    d_alpha = everybody * r / alpha
    both = everybody * digamma(a + b) - dot(weight, digamma(a + b + x))
    d_a, d_b = both, both + dot(weight, digamma(b + x)) - everybody * digamma(b)

    logs = np.log(alpha + parts.silent.values)
    value -= r * dot(parts.silent.weight, logs)
    d_r -= dot(parts.silent.weight, logs)
    d_alpha -= r * dot(parts.silent.weight, 1 / (alpha + parts.silent.values))

    power = r + parts.back.rows(parts.back.values)
    log_end, log_last = parts.T.rows(np.log(alpha + parts.T.values)), parts.t_x.rows(np.log(alpha + parts.t_x.values))
    gone = np.log(a) - parts.back.rows(np.log(b + parts.back.values - 1)) + power * (log_end - log_last)  # ln A₄ / A₃
    value += dot(parts.count, np.logaddexp(0, gone) - power * log_end)
    share = 1 / (1 + np.exp(-gone))  # of A₄ in A₃ + A₄: that the customer has left
    left, stayed = parts.count * share, parts.count * (1 - share)
    d_r -= dot(stayed, log_end) + dot(left, log_last)
    end, last = parts.T.rows(1 / (alpha + parts.T.values)), parts.t_x.rows(1 / (alpha + parts.t_x.values))
    d_alpha -= dot(stayed, power * end) + dot(left, power * last)
    d_a += left.sum() / a
    d_b -= dot(left, parts.back.rows(1 / (b + parts.back.values - 1)))
    return float(value), np.array([d_r, d_alpha, d_a, d_b])


def fit(buying: Buying, *, starts: Sequence[Sequence[float]] = ()) -> Estimate:
    """Maximum likelihood. FitError where the data hold nothing to tell it from."""
    asked_of(buying)
    parts = _parts(buying)
    span = max(float(buying.count @ buying.T) / buying.customers, 1e-9)
    begun = starts or ((0.5, span / 4, 0.8, 2.5), (2.0, span, 0.2, 3.0))
    few = thinned(buying)
    of_few = None if few is None else _parts(few)
    return maximise(
        lambda theta: _loglik(theta, parts), names=NAMES, starts=begun,
        sample=None if of_few is None else lambda theta: _loglik(theta, of_few),
    )  # fmt: skip


def alive(theta: npt.ArrayLike, *, x: Vector, t_x: Vector, T: Vector) -> Vector:  # noqa: N803
    """P(alive | x, t_x, T): Fader & Hardie (2008), "Computing P(alive) Using the BG/NBD Model"; 1 where x = 0."""
    r, alpha, a, b = np.asarray(theta, dtype=float)
    again = x > 0
    odds = np.log(a) - np.log(np.where(again, b + x - 1, 1)) + (r + x) * (np.log(alpha + T) - np.log(alpha + t_x))
    return np.where(again, 1 / (1 + np.exp(np.minimum(odds, 700))), 1.0)


def expected(theta: npt.ArrayLike, t: float, *, x: Vector, t_x: Vector, T: Vector) -> Vector:  # noqa: N803
    """E[Y(t) | x, t_x, T], purchases in the time t after T: eq. (10).

    The integral is taken where the paper's ₂F₁ stands for it: of one alive, λ has the gamma (r+x, α+T) and p the beta
    (a, b+x), and E[Y(t) | λ, p] = (1 − e^−λpt) / p (eq. 5); over λ exactly, over p by Gauss–Jacobi, which also holds
    where a = 1 and where a and b are so great that all leave alike.
    """
    r, alpha, a, b = np.asarray(theta, dtype=float)
    pairs, at = _pairs(_Asked(x, T))
    ratio = t / (alpha + pairs[:, 1])
    mean = np.zeros(len(pairs))
    number = next(points for most, points in POINTS if not len(pairs) or ratio.max() < most)
    starts = np.flatnonzero(np.diff(pairs[:, 0], prepend=-1.0))
    for start, end in zip(starts, [*starts[1:], len(pairs)], strict=True):
        purchases = float(pairs[start, 0])
        p, weight = _beta_points(float(a), float(b) + purchases, number)
        inner = -np.expm1(-(r + purchases) * np.log1p(ratio[start:end, None] * p)) / p
        mean[start:end] = np.einsum("ij,j->i", inner, weight)
    return np.asarray(mean[at] * alive(theta, x=x, t_x=t_x, T=T), dtype=float)


@dataclass(frozen=True, eq=False)
class _Asked:
    """Two arrays, equal where they are the very same two: nobody writes to them."""

    x: Vector
    T: Vector

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Asked) and self.x is other.x and self.T is other.T

    def __hash__(self) -> int:
        return hash((id(self.x), id(self.T)))


@lru_cache(maxsize=1)
def _pairs(asked: _Asked) -> tuple[Vector, Index]:
    """Unique (x, T), in order, and where each row's is. The same arrays are asked about month by month, so the last
    answer is kept.
    """
    both, at = np.unique(asked.x + 1j * asked.T, return_inverse=True)
    return np.column_stack([both.real, both.imag]), at.ravel()


@lru_cache(maxsize=4096)
def _beta_points(a: float, b: float, number: int) -> tuple[Vector, Vector]:
    """Points and weights (of sum 1) of Gauss's rule for the beta distribution (a, b): Golub & Welsch (1969)."""
    low, high = a - 1, b - 1
    k = np.arange(1, number)
    both = 2 * k + low + high
    middle = np.concatenate([[(low - high) / (low + high + 2)], (low - high) * (low + high) / (both * (both + 2))])
    first = 4 * (1 + low) * (1 + high) / ((2 + low + high) ** 2 * (3 + low + high))
    k, both = k[1:], both[1:]
    rest = 4 * k * (k + low) * (k + high) * (k + low + high) / (both**2 * (both + 1) * (both - 1))
    side = np.sqrt(np.concatenate([[first], rest]))
    points, vectors = eigh_tridiagonal(middle, side)
    return np.maximum((1 + points) / 2, 1e-18), vectors[0] ** 2


def expected_of_new(theta: npt.ArrayLike, t: npt.ArrayLike) -> Vector:
    """E[X(t)], purchases of a customer in the time t since their first: eq. (9), which is eq. (10) at x = T = 0."""
    none = np.zeros(1)
    times = np.atleast_1d(np.asarray(t, dtype=float))
    return np.array([expected(theta, float(one), x=none, t_x=none, T=none)[0] for one in times])


def probability(theta: npt.ArrayLike, x: npt.ArrayLike, t: float) -> Vector:
    """P(X(t) = x): eq. (8)."""
    r, alpha, a, b = np.asarray(theta, dtype=float)
    counts = np.atleast_1d(np.asarray(x, dtype=float))
    gone, stay = t / (alpha + t), alpha / (alpha + t)
    log_terms = gammaln(r + counts) - gammaln(r) - gammaln(counts + 1) + r * np.log(stay) + counts * np.log(gone)
    still = np.exp(betaln(a, b + counts) - betaln(a, b) + log_terms)
    sums = []
    for count in counts.astype(int):
        j = np.arange(count)
        below = np.exp(gammaln(r + j) - gammaln(r) - gammaln(j + 1) + r * np.log(stay) + j * np.log(gone)).sum()
        sums.append(np.exp(betaln(a + 1, b + count - 1) - betaln(a, b)) * (1 - below) if count else 0.0)
    return np.asarray(still + np.array(sums), dtype=float)
