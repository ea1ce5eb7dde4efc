"""What running contracts are expected to bring. Heavy: not for the web process."""

from __future__ import annotations

import math

import numpy as np

from peyvand.insight.value.contracting.standing import FAR, MONTH, Contracts
from peyvand.insight.value.contracting.staying import Study
from peyvand.insight.value.fitting.likelihood import Vector
from peyvand.insight.value.person import Worth
from peyvand.insight.value.rates import Rates


def of_customers(found: Contracts, study: Study, *, rates: Rates, margin: float | None) -> dict[int, Worth]:
    """By customer; contracts of nobody known count in none."""
    running = found.only(~found.gone & (found.customer > 0))
    if not len(running.start):
        return {}
    sure, ahead, stays, whole = _of_contracts(running, study, rates)
    share = 1.0 if margin is None else margin
    who, at = np.unique(running.customer, return_inverse=True)

    def summed(values: Vector) -> Vector:
        return np.bincount(at, weights=values, minlength=len(who)).astype(float)

    number, monthly = np.bincount(at, minlength=len(who)), summed(running.monthly)
    told = ~np.isnan(stays)
    all_end = np.exp(summed(np.where(told, np.log(np.maximum(1 - np.nan_to_num(stays), 1e-12)), 0.0)))
    all_end[summed(told.astype(float)) == 0] = np.nan
    columns = zip(
        who.tolist(), number.tolist(), monthly.tolist(), summed(sure * share).tolist(), summed(ahead * share).tolist(),
        (summed(whole * share).tolist() if whole is not None else [None] * len(who)), (1 - all_end).tolist(),
        strict=True,
    )  # fmt: skip
    return {
        customer: Worth(
            n,
            round(paid),
            round(now),
            round(then),
            None if long is None else round(long),
            None if math.isnan(stay) else stay,
        )
        for customer, n, paid, now, then, long, stay in columns
    }


def _of_contracts(found: Contracts, study: Study, rates: Rates) -> tuple[Vector, Vector, Vector, Vector | None]:
    """Sure, ahead, chance to stay (nan where nothing is foretold), whole; of each contract, in minor units of fees.

    Fees come evenly, and a month is discounted at its middle. At a moment ahead a contract still runs with the
    probability of the renewals that lie before it: none within the running term, then one a term.
    """
    left = (found.term_end - found.until) / MONTH  # months of the running term
    known = np.where(found.last >= FAR, np.inf, (found.last - found.until) / MONTH)
    sure, ahead = np.zeros(len(left)), np.zeros(len(left))
    stays = np.zeros(len(left))
    whole = None if rates.discount <= 0 else np.zeros(len(left))
    keys = [study.key(kind, months) for kind, months in zip(found.kind.tolist(), found.months.tolist(), strict=True)]
    for key in sorted(set(keys)):
        at = np.array([one == key for one in keys])
        model, months = study.segments[key], key[1]
        for month in range(1, rates.months + 1):
            fees = found.monthly[at] * (1 + rates.discount) ** -((month - 0.5) / 12)
            paid = np.clip(known[at] - (month - 1), 0.0, 1.0)  # the part of the month before a known end
            steps = _steps(month - 1, left[at], months)
            first = np.minimum(np.clip(left[at] + steps * months - (month - 1), 0.0, 1.0), paid)
            there = model.share(found.passed[at], steps) * first
            there += model.share(found.passed[at], steps + 1) * (paid - first)
            ahead[at] += fees * there
            sure[at] += fees * np.where(steps == 0, first, 0.0)
        steps = _steps(rates.months, left[at], months)
        share = model.share(found.passed[at], steps) if model.state != "few" else np.where(steps > 0, np.nan, 1.0)
        stays[at] = np.where(rates.months < known[at], share, 0.0)
        if whole is not None:
            until_term = _annuity(np.minimum(left[at], known[at]), rates.discount)
            per_term = float(_annuity(np.array([months]), rates.discount)[0])
            by_age = {
                int(n): model.residual(int(n), (1 + rates.discount) ** (months / 12) - 1)
                for n in np.unique(found.passed[at])
            }
            renewed = np.array([by_age[int(n)] for n in found.passed[at]])
            later = per_term * renewed * (1 + rates.discount) ** (-left[at] / 12)
            whole[at] = found.monthly[at] * (until_term + np.where(np.isinf(known[at]), later, 0.0))
    return sure, ahead, stays, whole


def _steps(after: float, left: Vector, months: float) -> Vector:
    """How many renewals lie within the first `after` months, the first after `left`."""
    return np.asarray(np.where(after < left, 0, 1 + np.floor((after - left) / months)), dtype=float)


def _annuity(months: Vector, discount: float) -> Vector:
    """What one a month is worth today for so many months: ∫ (1 + i)^(−u/12) du."""
    speed = math.log1p(discount) / 12
    return np.asarray(-np.expm1(-speed * np.maximum(months, 0.0)) / speed, dtype=float)
