"""The models against the figures that their papers print, against independent reckonings, and against known truth.

cdnow_buying.csv and cdnow_spending.csv are the statistics (no person, no date) of the tenth of CDNOW's new customers
of early 1997 that Fader and Hardie publish with their notes and that every study of these models starts from: times in
days up to the end of week 39, spending as the mean of repeat purchases.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.special import gammaln, hyp2f1

from peyvand.insight.value.fitting import bgnbd, gammagamma, paretonbd, sbg
from peyvand.insight.value.fitting.buying import Buying, compressed
from peyvand.insight.value.fitting.likelihood import Estimate, FitError

HERE = Path(__file__).resolve().parent
HIGH_END = (1000, 869, 743, 653, 593, 551, 517, 491)  # Fader & Hardie (2007), Table 1, the first seven years, per mille
REGULAR = (1000, 631, 468, 382, 326, 289, 262, 241)
BG = (0.243, 4.414, 0.793, 2.426)
PARETO = (0.553, 10.578, 0.606, 11.669)


def _columns(name: str) -> dict[str, np.ndarray]:
    with (HERE / name).open(encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    counts = [int(row["customers"]) for row in rows]
    return {key: np.repeat([float(row[key]) for row in rows], counts) for key in rows[0] if key != "customers"}


@pytest.fixture(scope="module")
def cdnow() -> Buying:
    columns = _columns("cdnow_buying.csv")
    return compressed(x=columns["x"], days_x=columns["days_x"], days_T=columns["days_T"], per_unit=7)


def _near(found: Estimate, printed: dict[str, float], loglik: float | None = None) -> None:
    for name, value in printed.items():
        digits = len(str(value).split(".")[1])
        assert found.params[name] == pytest.approx(value, abs=1.01 * 10**-digits), name
    if loglik is not None:
        assert found.loglik == pytest.approx(loglik, abs=0.051)
    assert found.at_edge == ()
    assert all(error is not None and error > 0 for error in found.stderr)


def test_bg_nbd_is_the_papers(cdnow: Buying) -> None:
    assert cdnow.customers == 2357
    assert len(cdnow.x) < 1100
    _near(bgnbd.fit(cdnow), {"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, -9582.4)


def test_pareto_nbd_is_the_notes(cdnow: Buying) -> None:
    _near(paretonbd.fit(cdnow), {"r": 0.553, "alpha": 10.578, "s": 0.606, "beta": 11.669}, -9595.0)


def test_gamma_gamma_is_the_notes() -> None:
    columns = _columns("cdnow_spending.csv")
    found = gammagamma.fit(x=columns["x"], mean=columns["mean"])
    assert len(columns["x"]) == 946
    _near(found, {"p": 6.25, "q": 3.74, "gamma": 15.44})
    assert gammagamma.correlation(x=columns["x"], mean=columns["mean"]) == pytest.approx(0.11, abs=0.01)


def test_shifted_beta_geometric_is_the_papers() -> None:
    _near(sbg.fit(HIGH_END), {"alpha": 0.668, "beta": 3.806}, -1611.2)
    _near(sbg.fit(REGULAR), {"alpha": 0.704, "beta": 1.182}, -1680.3)
    assert sbg.survival((0.668, 3.806), 12)[()] == pytest.approx(0.38, abs=0.01)  # observed in year 12: 36.6 to 39.2 %


def _one(value: float) -> np.ndarray:
    return np.array([value], dtype=float)


def _customer(x: float, t_x: float, t: float) -> dict[str, np.ndarray]:
    return {"x": _one(x), "t_x": _one(t_x), "T": _one(t)}


def test_expectations_are_the_papers() -> None:
    first = _customer(2, 30.43, 38.86)
    assert bgnbd.expected(BG, 39, **first)[0] == pytest.approx(1.226, abs=0.001)
    assert paretonbd.expected(PARETO, 52, **_customer(26, 30.86, 31))[0] == pytest.approx(25.46, abs=0.01)
    # Fader & Hardie's note on spending: 24.66 for the first customer (2 repeat purchases of 22.35 in the mean)
    assert gammagamma.expected((6.25, 3.74, 15.44), x=_one(2), mean=_one(22.35))[0] == pytest.approx(24.66, abs=0.01)


def _slope(value: Callable[[np.ndarray], float], theta: np.ndarray) -> np.ndarray:
    steps = np.eye(len(theta)) * theta * 1e-5
    return np.array([(value(theta + step) - value(theta - step)) / (2 * step.sum()) for step in steps])


@pytest.mark.parametrize("factor", [0.4, 1.3, 5.0])
def test_gradients_are_those_of_differences(cdnow: Buying, factor: float) -> None:
    shapes: list[tuple[Any, np.ndarray]] = [
        (lambda theta: bgnbd.loglik(theta, cdnow), np.array(BG)),
        (lambda theta: paretonbd.loglik(theta, cdnow), np.array(PARETO)),
        (lambda theta: paretonbd.loglik(theta, cdnow), np.array([0.553, 3.0, 0.606, 25.0])),
        (lambda theta: sbg.loglik(theta, HIGH_END), np.array([0.668, 3.806])),
    ]
    for function, base in shapes:
        theta = base * factor ** np.array([1, -1, 0.5, -0.5])[: len(base)]
        expected = _slope(lambda at, f=function: f(at)[0], theta)
        assert function(theta)[1] == pytest.approx(expected, rel=1e-6, abs=1e-4)
    columns = _columns("cdnow_spending.csv")
    spending = {"x": columns["x"], "mean": columns["mean"]}
    theta = np.array([6.25, 3.74, 15.44]) * factor
    found = gammagamma.loglik(theta, **spending)[1]
    assert found == pytest.approx(_slope(lambda at: gammagamma.loglik(at, **spending)[0], theta), rel=1e-6, abs=1e-4)


def _by_hypergeometric(theta: tuple[float, ...], x: float, t_x: float, t: float) -> float:
    """ln L of Pareto/NBD as the note writes it, eq. (18) with A₀ of eq. (19) and (20)."""
    r, alpha, s, beta = theta
    power, gap = r + s + x, abs(alpha - beta)
    base, second = (alpha, s + 1) if alpha >= beta else (beta, r + x)
    a_0 = sum(
        sign * hyp2f1(power, second, power + 1, gap / (base + at)) / (base + at) ** power
        for sign, at in ((1, t_x), (-1, t))
    )
    inner = 1 / ((alpha + t) ** (r + x) * (beta + t) ** s) + s / power * a_0
    return float(gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + np.log(inner))


positive = st.floats(0.05, 30)
parameters = st.tuples(positive, positive, positive, positive)


@st.composite
def customers(draw: st.DrawFn, most: int = 60) -> tuple[int, int, int]:
    """x, t_x and T in days."""
    age = draw(st.integers(1, 900))
    recency = draw(st.integers(0, age))
    return (draw(st.integers(1, min(recency, most))) if recency else 0), recency, age


quick = settings(max_examples=60, deadline=None)


@quick
@given(parameters, customers(most=12))
def test_pareto_nbd_agrees_with_the_hypergeometric_form(
    theta: tuple[float, ...], customer: tuple[int, int, int]
) -> None:
    x, recency, age = customer
    one = compressed(x=[x], days_x=[recency], days_T=[age], per_unit=7)
    assert paretonbd.loglik(theta, one)[0] == pytest.approx(
        _by_hypergeometric(theta, x, recency / 7, age / 7), rel=1e-6, abs=1e-6
    )


@quick
@given(parameters, customers(), st.floats(0.1, 200), st.floats(0.1, 200))
@pytest.mark.parametrize("model", [bgnbd, paretonbd])
def test_a_customer_is_alive_by_a_share_and_expectations_grow_with_time(
    model: Any, theta: tuple[float, ...], customer: tuple[int, int, int], t: float, more: float
) -> None:
    one = _customer(customer[0], customer[1] / 7, customer[2] / 7)
    alive = model.alive(theta, **one)[0]
    assert 0 <= alive <= 1
    sooner, later = model.expected(theta, t, **one)[0], model.expected(theta, t + more, **one)[0]
    assert 0 <= sooner <= later * (1 + 1e-7) + 1e-9
    assert model.expected(theta, 0, **one)[0] == pytest.approx(0, abs=1e-9)
    new = model.expected_of_new(theta, [t, t + more])
    assert 0 <= new[0] <= new[1] * (1 + 1e-7) + 1e-9


@quick
@given(parameters, st.lists(customers(), min_size=2, max_size=12), st.integers(2, 4))
@pytest.mark.parametrize("model", [bgnbd, paretonbd])
def test_the_likelihood_counts_equal_customers_as_often_as_they_are(
    model: Any, theta: tuple[float, ...], people: list[tuple[int, int, int]], times: int
) -> None:
    def value(chosen: list[tuple[int, int, int]]) -> float:
        x, recency, age = zip(*chosen, strict=True)
        found: float = model.loglik(theta, compressed(x=x, days_x=recency, days_T=age, per_unit=7))[0]
        return found

    assert value(people * times) == pytest.approx(times * value(people), rel=1e-9)
    assert sum(value([one]) for one in people) == pytest.approx(value(people), rel=1e-9)


@quick
@given(parameters, customers(most=12), st.floats(0.1, 60))
def test_bg_nbd_expects_what_the_hypergeometric_form_does(
    theta: tuple[float, ...], customer: tuple[int, int, int], t: float
) -> None:
    r, alpha, a, b = theta
    assume(abs(a - 1) > 0.01)
    x, t_x, age = customer[0], customer[1] / 7, customer[2] / 7
    # eq. (10), after Euler's transformation, whose terms stay small
    series = hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, t / (alpha + age + t))
    still = 1 - ((alpha + age) / (alpha + age + t)) ** (a - 1) * series
    assume(np.isfinite(still) and abs(still) > 1e-4)
    one = _customer(x, t_x, age)
    expected = (a + b + x - 1) / (a - 1) * still * bgnbd.alive(theta, **one)[0]
    assert bgnbd.expected(theta, t, **one)[0] == pytest.approx(expected, rel=1e-6, abs=1e-12)


def test_where_all_leave_alike_the_expectation_is_that_of_one_chance() -> None:
    share, (r, alpha, t) = 0.25, (0.8, 5.0, 30.0)
    plain = (1 - (alpha / (alpha + share * t)) ** r) / share
    theta = (r, alpha, share * 1e6, (1 - share) * 1e6)
    assert bgnbd.expected_of_new(theta, t)[0] == pytest.approx(plain, rel=1e-5)
    nobody = bgnbd.expected_of_new((r, alpha, 1e-6, 5.0), t)[0]
    assert nobody == pytest.approx(r * t / alpha, rel=1e-4)


def test_the_chances_of_every_number_of_purchases_make_one() -> None:
    chances = bgnbd.probability(BG, np.arange(400), 39.0)
    assert chances.sum() == pytest.approx(1, abs=1e-6)
    assert chances @ np.arange(400) == pytest.approx(bgnbd.expected_of_new(BG, 39.0)[0], abs=1e-4)


def test_expectation_at_a_removable_point_is_that_beside_it() -> None:
    one = _customer(2, 30.43, 38.86)
    beside = bgnbd.expected((0.243, 4.414, 1.001, 2.426), 39, **one)[0]
    assert bgnbd.expected((0.243, 4.414, 1.0, 2.426), 39, **one)[0] == pytest.approx(beside, rel=1e-3)
    beside = paretonbd.expected((0.553, 10.578, 1.0001, 11.669), 39, **one)[0]
    assert paretonbd.expected((0.553, 10.578, 1.0, 11.669), 39, **one)[0] == pytest.approx(beside, rel=1e-3)
    many = _customer(100_000, 500, 501)
    assert 0 < bgnbd.expected(BG, 52, **many)[0] < 20_000


def test_spending_has_the_density_of_its_likelihood() -> None:
    theta = (6.25, 3.74, 15.44)

    def density(mean: float, x: int) -> float:
        return float(np.exp(gammagamma.loglik(theta, x=_one(x), mean=_one(mean))[0]))

    for x in (1, 4):
        assert quad(density, 0, np.inf, args=(x,), limit=400)[0] == pytest.approx(1, abs=1e-6)
        mean = quad(lambda z, x=x: z * density(z, x), 0, np.inf, limit=400)[0]
        assert mean == pytest.approx(6.25 * 15.44 / 2.74, rel=1e-4)
    assert gammagamma.expected(theta, x=_one(0), mean=_one(0))[0] == pytest.approx(6.25 * 15.44 / 2.74)


SPAN = 365
BORN = 250


def drawn(rng: np.random.Generator, *, size: int, bg: tuple[float, ...] = (), pareto: tuple[float, ...] = ()) -> Buying:
    """Customers of one of the two models, purchase by purchase, times in days; the first in the first BORN days."""
    rows = []
    for _one_more in range(size):
        age = SPAN - int(rng.integers(0, BORN))
        r, alpha, c, d = bg or pareto
        rate = rng.gamma(r, 1 / alpha)
        leaves = rng.beta(c, d) if bg else 0.0
        end = age if bg else min(age, rng.exponential(1 / rng.gamma(c, 1 / d)))
        now, x, last = 0.0, 0, 0.0
        while not (bg and x and rng.random() < leaves):
            now += rng.exponential(1 / rate)
            if now > end:
                break
            x, last = x + 1, now
        rows.append((x, last, age))
    x, t_x, ages = (np.array(column) for column in zip(*rows, strict=True))
    whole = np.round(t_x * 1000).astype(int)
    return compressed(x=x, days_x=whole, days_T=ages * 1000, per_unit=1000)


def _recovered(found: Estimate, truth: tuple[float, ...]) -> None:
    for value, error, true in zip(found.values, found.stderr, truth, strict=True):
        assert error is not None
        assert abs(value - true) < 2 * error


def test_bg_nbd_finds_the_truth_again() -> None:
    truth = (0.6, 30.0, 0.8, 2.5)
    _recovered(bgnbd.fit(drawn(np.random.default_rng(4), size=8000, bg=truth)), truth)


def test_pareto_nbd_finds_the_truth_again() -> None:
    truth = (0.8, 25.0, 0.7, 60.0)
    _recovered(paretonbd.fit(drawn(np.random.default_rng(5), size=5000, pareto=truth)), truth)


def test_gamma_gamma_finds_the_truth_again() -> None:
    rng, truth = np.random.default_rng(6), (4.0, 5.0, 2_000_000.0)  # amounts as large as rials are
    x = rng.integers(1, 9, 6000).astype(float)
    scale = rng.gamma(truth[1], 1 / truth[2], 6000)
    mean = rng.gamma(truth[0] * x) / scale / x
    _recovered(gammagamma.fit(x=x, mean=mean), truth)


def test_shifted_beta_geometric_finds_the_truth_again() -> None:
    rng, truth = np.random.default_rng(7), (0.9, 4.0)
    lifetimes = rng.geometric(rng.beta(*truth, 40_000))
    _recovered(sbg.fit([np.sum(lifetimes > t) for t in range(9)]), truth)
    periods = np.arange(1, 4000)
    discounted = float(np.sum(sbg.survival(truth, periods) / 1.1 ** (periods - 1)))
    assert sbg.residual(truth, renewals=0, discount=0.1) == pytest.approx(discounted, rel=1e-6)
    assert sbg.retention(truth, 3)[()] == pytest.approx(float(sbg.survival(truth, 3) / sbg.survival(truth, 2)))


def _fit_of(people: list[tuple[int, int, int]]) -> Estimate:
    x, recency, age = zip(*people, strict=True) if people else ((), (), ())
    return bgnbd.fit(compressed(x=x, days_x=recency, days_T=age, per_unit=7))


@pytest.mark.parametrize(
    ("people", "reason"),
    [([], "empty"), ([(2, 20, 30)], "one"), ([(0, 0, 30), (0, 0, 20)], "no_repeat")],
)
def test_what_holds_nothing_is_refused_by_name(people: list[tuple[int, int, int]], reason: str) -> None:
    with pytest.raises(FitError) as refused:
        _fit_of(people)
    assert refused.value.reason == reason


def test_what_can_not_be_is_refused() -> None:
    for x, recency, age in ((0, 3, 9), (1, 10, 9), (-1, 0, 9)):
        with pytest.raises(ValueError, match="needs"):
            compressed(x=[x], days_x=[recency], days_T=[age], per_unit=7)
    with pytest.raises(ValueError, match="grow"):
        sbg.fit([10, 11, 3])
    with pytest.raises(FitError):
        sbg.fit([10, 10, 10])
    with pytest.raises(ValueError, match="above 0"):
        gammagamma.fit(x=_one(1), mean=_one(0))


def test_a_parameter_that_runs_away_is_named() -> None:
    faithful = [(n, 7 * n, 7 * n) for n in range(10, 40)] * 5  # everybody buys weekly, to the last day
    found = _fit_of(faithful)
    assert found.at_edge
    assert set(found.stderr) == {None}
