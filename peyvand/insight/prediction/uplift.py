"""What a campaign changed: each arm against those who were left alone. Heavy: children and the console only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _
from scipy import special

from peyvand.foundation.text.lists import joined
from peyvand.insight.prediction.errors import CannotTellError
from peyvand.insight.prediction.numbers import Bools, Floats, numbers_of
from peyvand.insight.value.table import Table

CONTROL = {"control", "no e-mail", "no email", "none", "no", "n", "false", "f", "0", "0.0", "holdout", "hold-out",
           "placebo", "شاهد", "کنترل", "خیر", "نه"}  # fmt: skip
MOST_ARMS = 20
LEVEL = 0.95


@dataclass(frozen=True)
class Effect:
    """An arm against the control: difference of the means with its standard error and interval.

    `qini` is there where a score was given: see `qini`.
    """

    arm: str
    customers: int
    mean: float
    effect: float
    standard_error: float
    interval: tuple[float, float]
    p_value: float
    relative: float | None
    qini: float | None = None


@dataclass(frozen=True)
class Uplift:
    """Every arm's effect, in the order of their names."""

    customers: int
    control: str
    control_customers: int
    control_mean: float
    arms: tuple[Effect, ...]

    def as_plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "customers": self.customers, "level": LEVEL,
            "control": {"arm": self.control, "customers": self.control_customers, "mean": self.control_mean},
            "arms": [{**vars(arm), "interval": list(arm.interval)} for arm in self.arms],
        }  # fmt: skip


def uplift(table: Table, *, treatment: str, outcome: str, control: str = "", score: str = "") -> Uplift:
    """The effect of each arm on a number or a yes. CannotTellError when there is one arm, or no control to be known."""
    y = numbers_of(table, outcome)
    arms = table.column(treatment)
    names = sorted(set(arms))
    alone = _control(names, control, column=table.name_of(treatment))
    ranked = numbers_of(table, score) if score else None
    small = [name for name in names if int((arms == name).sum()) < 2]
    if small:
        text = _("“{arm}” has fewer than two customers, so nothing can be said of it.")
        raise CannotTellError(text.format(arm=small[0]))
    left = y[arms == alone]
    found = []
    for name in names:
        if name == alone:
            continue
        treated = y[arms == name]
        gain = None
        if ranked is not None:
            both = (arms == name) | (arms == alone)
            gain = qini(y=y[both], treated=arms[both] == name, score=ranked[both])
        found.append(effect(name, treated, left, gain=gain))
    return Uplift(
        customers=len(y), control=alone, control_customers=len(left), control_mean=float(left.mean()), arms=tuple(found)
    )


def _control(names: list[str], asked: str, *, column: str) -> str:
    if len(names) < 2:
        text = _("Every line of “{name}” says “{value}”: without a second arm there is nothing to compare.")
        raise CannotTellError(text.format(name=column, value=names[0]))
    if len(names) > MOST_ARMS:
        text = _("“{name}” holds {number} values; it must name the arms of the campaign.")
        raise CannotTellError(text.format(name=column, number=len(names)))
    if asked:
        same = [name for name in names if name.casefold() == asked.strip().casefold()]
        if len(same) != 1:
            text = _("There is no arm “{arm}”. There are: {arms}.")
            raise CannotTellError(text.format(arm=asked, arms=joined(names)))
        return same[0]
    known = [name for name in names if name.casefold() in CONTROL]
    if len(known) != 1:
        text = _("Which arm of “{name}” was left alone: {arms}? Say it with --control.")
        raise CannotTellError(text.format(name=column, arms=joined(names)))
    return known[0]


def effect(name: str, treated: Floats, left: Floats, *, gain: float | None) -> Effect:
    """Difference of means; standard error, degrees of freedom and interval by Welch (Biometrika 34, 1947, eq. 28), so
    that arms of unequal spread are right too.
    """
    parts = [float(values.var(ddof=1)) / len(values) for values in (treated, left)]
    difference, variance = float(treated.mean() - left.mean()), sum(parts)
    error = float(np.sqrt(variance))
    if variance == 0:
        half, p = 0.0, 0.0 if difference else 1.0
    else:
        freedom = variance**2 / sum(
            part**2 / (len(values) - 1) for part, values in zip(parts, (treated, left), strict=True)
        )
        half = float(special.stdtrit(freedom, 0.5 + LEVEL / 2)) * error
        p = 2 * float(special.stdtr(freedom, -abs(difference) / error))
    base = float(left.mean())
    return Effect(
        arm=name, customers=len(treated), mean=float(treated.mean()), effect=difference, standard_error=error,
        interval=(difference - half, difference + half), p_value=p, relative=difference / base if base else None,
        qini=gain,
    )  # fmt: skip


def qini(*, y: Floats, treated: Bools, score: Floats) -> float:
    """The Qini coefficient Q (Radcliffe, Direct Marketing Analytics Journal, 2007): the area between the curve of
    `qini_curve` and the straight line of a random order, per treated customer. 0 is a score that knows nothing; the
    unit is that of the outcome.
    """
    share, curve = qini_curve(y=y, treated=treated, score=score)
    return float(np.trapezoid(curve, share) - curve[-1] / 2)


def qini_curve(*, y: Floats, treated: Bools, score: Floats) -> tuple[Floats, Floats]:
    """Shares φ of customers, best score first, and what treating them alone would have brought per treated customer.

    At φ it is Y_t(φ) − Y_c(φ) · N_t(φ) / N_c(φ), divided by all N_t; φ runs from 0 to 1. Equal scores enter together.
    """
    order = np.argsort(-score, kind="stable")
    last = np.append(np.flatnonzero(np.diff(score[order])), len(order) - 1)
    here = treated[order]
    n_t, n_c = np.cumsum(here)[last], np.cumsum(~here)[last]
    y_t, y_c = np.cumsum(y[order] * here)[last], np.cumsum(y[order] * ~here)[last]
    scaled = np.divide(y_c * n_t, n_c, out=np.zeros(len(last)), where=n_c > 0)
    curve = np.concatenate([[0.0], (y_t - scaled) / n_t[-1]])
    return np.concatenate([[0.0], (last + 1) / len(order)]), curve
