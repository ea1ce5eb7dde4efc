"""Who renews: shifted beta-geometric where it foretold held-out months better than one rate for all. Heavy.

Contracts are told apart by the time between two chances to leave, and by kind where a kind alone has enough of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from peyvand.insight.value.contracting.standing import MONTH, Contracts, Flags, Index, whole_months
from peyvand.insight.value.fitting import sbg
from peyvand.insight.value.fitting.likelihood import Estimate, FitError, Vector

FEWEST, FEWEST_LOST = 40, 10  # contracts, and of them ended ones, for a model
FEWEST_HELD = 20  # contracts that stood before a chance to leave, for a check
LONGEST_CHECK = 24.0  # months held out, at most; else a third of the history
GROUPS = 4  # by renewals so far: 0, 1, 2, 3 and more
Key = tuple[str, float]  # kind ("" for all together), months between two chances


@dataclass(frozen=True)
class Staying:
    """What is known of a segment: `state` is few (nothing foretold), on (`theta` of the model), rate (one for all:
    `why` unchecked, worse or unfit)."""

    state: str
    rate: float
    theta: tuple[float, ...] | None = None
    payload: Mapping[str, Any] | None = None

    def share(self, passed: npt.ArrayLike, more: npt.ArrayLike) -> Vector:
        """The chance to renew `more` times, of one who has renewed `passed` times: S(m + k) / S(m), or r^k."""
        before, steps = np.asarray(passed, dtype=float), np.asarray(more, dtype=float)
        if self.state == "few":
            return np.where(steps > 0, 0.0, 1.0)
        if self.theta is None:
            return np.asarray(self.rate**steps, dtype=float)
        return np.asarray(sbg.survival(self.theta, before + steps) / sbg.survival(self.theta, before), dtype=float)

    def residual(self, passed: int, discount: float) -> float:
        """Discounted expected terms to come, counted from just before the next renewal (DERL; see sbg.residual)."""
        if self.state == "few":
            return 0.0
        if self.theta is None:
            return self.rate / (1 - self.rate / (1 + discount))
        return sbg.residual(self.theta, renewals=passed, discount=discount)


@dataclass(frozen=True)
class Study:
    """The segments of a business, and which each contract belongs to."""

    segments: Mapping[Key, Staying]

    def key(self, kind: str, months: float) -> Key:
        """The narrowest segment that something is foretold for; else all contracts of that length together."""
        own = self.segments.get((kind, months))
        return (kind, months) if own is not None and own.state != "few" else ("", months)


def counts(found: Contracts) -> tuple[Vector, Vector]:
    """`lost` and `kept` as sbg.loglik_of wants them."""
    most = int(found.passed.max(initial=0)) + 1
    gone = found.gone
    return (
        np.bincount(found.passed[gone], minlength=most).astype(float),
        np.bincount(found.passed[~gone], minlength=most).astype(float),
    )


def rate_of(lost: Vector, kept: Vector) -> float:
    """Renewals ÷ chances to renew, over everybody."""
    renewed = float(np.arange(len(lost)) @ lost + np.arange(len(kept)) @ kept)
    return renewed / max(renewed + float(lost.sum()), 1.0)


def study(now: Contracts, before: Mapping[float, Contracts]) -> Study:
    """Fit every segment of `now`; `before` gives, by months between two chances, the contracts as they stood when those
    of that length were cut for the check.
    """
    segments: dict[Key, Staying] = {}
    for months in np.unique(now.months).tolist():
        of_length = now.months == months
        earlier = before.get(months)
        for kind in ["", *sorted(set(now.kind[of_length].tolist()))]:
            chosen = of_length & _of_kind(now, kind)
            part = earlier.only((earlier.months == months) & _of_kind(earlier, kind)) if earlier is not None else None
            segments[kind, months] = staying(now.only(chosen), part)
    return Study(segments)


def _of_kind(found: Contracts, kind: str) -> Flags:
    return np.ones(len(found.kind), dtype=bool) if not kind else np.asarray(found.kind == kind, dtype=bool)


def held_months(now: Contracts, months: float) -> float | None:
    """How many months of the contracts of that length are held out; None where that is less than one chance."""
    started = now.start[now.months == months]
    held = min(LONGEST_CHECK, (now.until - int(started.min())) / MONTH / 3) if len(started) else 0.0
    return held if held >= months else None


def staying(now: Contracts, before: Contracts | None) -> Staying:
    """One segment: too few, one rate for all, or the model where it was better on what it had not seen."""
    lost, kept = counts(now)
    rate = rate_of(lost, kept)
    payload: dict[str, Any] = {
        "contracts": len(now.start), "running": int(kept.sum()), "lost": int(lost.sum()), "rate": rate,
    }  # fmt: skip
    if len(now.start) < FEWEST or lost.sum() < FEWEST_LOST:
        return Staying("few", rate, None, payload | {"state": "few"})
    check = holdout(before, now) if before is not None else None
    payload["holdout"] = check
    try:
        found: Estimate | None = sbg.fit_of(lost, kept)
    except FitError:
        found = None
    if found is None or check is None or not check["better"]:
        why = "unfit" if found is None else "unchecked" if check is None else "worse"
        return Staying("rate", rate, None, payload | {"state": "rate", "why": why})
    payload |= {
        "state": "on", "params": found.params, "stderr": found.errors, "at_edge": list(found.at_edge),
        "loglik": found.loglik,
    }  # fmt: skip
    return Staying("on", rate, found.values, payload)


@dataclass(frozen=True)
class Error:
    """How far a rule is off: how many stay by it, and its root mean square error over contracts."""

    total: float
    rmse: float


def holdout(before: Contracts, now: Contracts) -> dict[str, Any] | None:
    """Fitted to what was known before, who of those that stood then is there now? Beside one rate for all.

    None where fewer than FEWEST_HELD stood before a chance to leave, or nothing could be fitted.
    """
    lost, kept = counts(before)
    if lost.sum() < FEWEST_LOST:
        return None
    stood = ~before.gone
    at = np.searchsorted(now.contract, before.contract[stood])
    stayed = ~now.gone[at] if len(now.contract) else np.zeros(0, dtype=bool)
    passed = before.passed[stood]
    steps = chances(before.only(stood), now.until)
    faced = steps > 0
    if int(faced.sum()) < FEWEST_HELD:
        return None
    try:
        found = sbg.fit_of(lost, kept)
    except FitError:
        return None
    rate = rate_of(lost, kept)
    came = stayed[faced].astype(float)
    model = Staying("on", rate, found.values).share(passed[faced], steps[faced])
    plain = Staying("rate", rate).share(passed[faced], steps[faced])
    errors = {"model": _error(model, came), "rate": _error(plain, came)}
    return {
        "contracts": int(faced.sum()), "stayed": int(came.sum()), "months": (now.until - before.until) / MONTH,
        "errors": {name: asdict(error) for name, error in errors.items()},
        "groups": _groups(np.minimum(passed[faced], GROUPS - 1), model, plain, came),
        "better": errors["model"].rmse < errors["rate"].rmse,
    }  # fmt: skip


def chances(found: Contracts, until: int) -> Index:
    """How many times each could be left, the end of its running term the first, up to the day `until`."""
    over = np.minimum(found.term_end, until) + 1
    terms = whole_months(over, np.full(len(over), until + 1), found.calendar) // found.months
    return np.where(found.term_end > until, 0, 1 + terms).astype(np.int64)


def _error(foretold: Vector, came: Vector) -> Error:
    return Error(float(foretold.sum()), float(np.sqrt(np.mean((foretold - came) ** 2))))


def _groups(group: Index, model: Vector, plain: Vector, came: Vector) -> list[dict[str, Any]]:
    return [
        {
            "renewals": number, "contracts": int((group == number).sum()),
            "model": float(model[group == number].sum()), "rate": float(plain[group == number].sum()),
            "stayed": int(came[group == number].sum()),
        }
        for number in range(GROUPS) if (group == number).any()
    ]  # fmt: skip
