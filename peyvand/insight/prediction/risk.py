"""Who will leave, learnt from a table of customers with what became of them. Heavy: children and the console only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.utils.translation import gettext as _

from peyvand.insight.prediction import learning
from peyvand.insight.prediction.errors import CannotTellError
from peyvand.insight.prediction.numbers import Bools, Dropped, Feature, Floats, features, yes_or_no
from peyvand.insight.value.table import Table

FEWEST = 50  # lines of each answer
FOLDS = 5
TOP = 10
TELLING = 0.995  # AUC of one column alone from which it looks as if it was written down afterwards


@dataclass(frozen=True)
class Reason:
    """What moves the risk: mean size of its effect in log-odds, and how, in words."""

    feature: str
    effect: float
    words: str


@dataclass(frozen=True)
class Risk:
    """A table's cross-validated answer. `probability` is each customer's, from trees that did not see them; `why` the
    features that raise it most.
    """

    customers: int
    churned: int
    features: int
    auc: float
    auc_of_folds: tuple[float, ...]
    calibration_error: float
    log_loss: float
    baselines: Mapping[str, Mapping[str, float]]
    reasons: tuple[Reason, ...]
    dropped: tuple[Dropped, ...]
    warnings: tuple[str, ...]
    probability: Floats
    why: tuple[tuple[str, ...], ...]

    def as_plain(self) -> dict[str, Any]:
        """As JSON has it; the customers one by one are not in it."""
        return {
            "customers": self.customers, "churned": self.churned, "features": self.features, "auc": self.auc,
            "auc_of_folds": list(self.auc_of_folds), "calibration_error": self.calibration_error,
            "log_loss": self.log_loss, "baselines": {name: dict(found) for name, found in self.baselines.items()},
            "better_than_baselines": self.better,
            "top_reasons": [vars(reason) for reason in self.reasons],
            "left_out": [vars(column) for column in self.dropped], "warnings": list(self.warnings),
        }  # fmt: skip

    @property
    def better(self) -> bool:
        """Whether it says more than the share of leavers alone would."""
        return self.log_loss < self.baselines["base_rate"]["log_loss"]


def churn(table: Table, *, target: str, positive: str = "") -> Risk:
    """Cross-validate boosted trees on the table: five folds with equal shares of leavers, probabilities calibrated
    inside each, beside the share of leavers and a logistic regression. CannotTellError when there is too little.
    """
    y = yes_or_no(table, target, positive=positive)
    least = int(min(y.sum(), len(y) - y.sum()))
    if least < FEWEST:
        text = _("Only {number} customers stand on one side of “{name}”; at least {least} of each are needed.")
        raise CannotTellError(text.format(number=least, name=table.name_of(target), least=FEWEST))
    kept, dropped = features(table, without=table.name_of(target))
    if not kept:
        raise CannotTellError(_("No column besides the target can be learnt from."))
    x = np.column_stack([feature.values for feature in kept])
    plain = design(kept)
    probability, linear, base = np.empty(len(y)), np.empty(len(y)), np.empty(len(y))
    shap = np.empty_like(x)
    areas = []
    categories = [place for place, feature in enumerate(kept) if feature.category]
    for seen, held in learning.outer(y, count=FOLDS):
        trees = learning.grow(x[seen], y[seen], categories=categories)
        probability[held] = trees.probabilities(x[held])
        shap[held] = trees.contributions(x[held])
        areas.append(learning.auc(y[held], probability[held]))
        base[held] = y[seen].mean()
        beta = learning.logistic(plain[seen], y[seen].astype(np.float64))
        linear[held] = learning.sigmoid(beta[0] + plain[held] @ beta[1:])
    return Risk(
        customers=len(y), churned=int(y.sum()), features=len(kept), auc=float(np.mean(areas)),
        auc_of_folds=tuple(areas), calibration_error=learning.calibration_error(y, probability),
        log_loss=learning.log_loss(y, probability),
        baselines={
            "base_rate": _measured(y, base, auc=0.5),
            "logistic": _measured(y, linear, auc=_mean_auc(y, linear)),
        },
        reasons=reasons(kept, x, shap), dropped=tuple(dropped), warnings=_telling(kept, y),
        probability=probability, why=_why(kept, x, shap),
    )  # fmt: skip


def _measured(y: Bools, probability: Floats, *, auc: float) -> dict[str, float]:
    return {
        "auc": auc, "calibration_error": learning.calibration_error(y, probability),
        "log_loss": learning.log_loss(y, probability),
    }  # fmt: skip


def _mean_auc(y: Bools, score: Floats) -> float:
    return float(np.mean([learning.auc(y[held], score[held]) for _seen, held in learning.outer(y, count=FOLDS)]))


def design(kept: Sequence[Feature]) -> Floats:
    """What a logistic regression reads: numbers standardised with blanks at the mean, a column a level of a category
    but the first.
    """
    columns = []
    for feature in kept:
        if feature.category:
            columns += [feature.values == code for code in range(1, len(feature.levels))]
            continue
        known = ~np.isnan(feature.values)
        mean, spread = feature.values[known].mean(), feature.values[known].std() or 1.0
        columns.append(np.where(known, (feature.values - mean) / spread, 0.0))
    return np.column_stack([np.asarray(column, dtype=np.float64) for column in columns])


def reasons(kept: Sequence[Feature], x: Floats, shap: Floats, *, top: int = TOP) -> tuple[Reason, ...]:
    """The features with the greatest mean |effect|, and which way they work."""
    size = np.abs(shap).mean(axis=0)
    order = np.argsort(-size, kind="stable")[:top]
    return tuple(
        Reason(
            feature=kept[place].name, effect=float(size[place]), words=_way(kept[place], x[:, place], shap[:, place])
        )
        for place in order
        if size[place] > 0
    )


def _way(feature: Feature, values: Floats, effect: Floats) -> str:
    """Which values raise the risk, in words."""
    if feature.category:
        # Levels of a few customers say more of these customers than of the level.
        least = max(1, min(20, len(values) // 100))
        means = {
            level: effect[values == code].mean()
            for code, level in enumerate(feature.levels)
            if (values == code).sum() >= least
        }
        if len(means) < 2:
            return _("{feature} matters").format(feature=feature.name)
        up, down = max(means, key=lambda level: means[level]), min(means, key=lambda level: means[level])
        text = _("{feature}: “{up}” raises the risk, “{down}” lowers it")
        return text.format(feature=feature.name, up=up, down=down)
    known = ~np.isnan(values)
    slope = learning.rank_correlation(values[known], effect[known])
    if slope > 0.3:
        return _("the greater {feature}, the higher the risk").format(feature=feature.name)
    if slope < -0.3:
        return _("the smaller {feature}, the higher the risk").format(feature=feature.name)
    return _("{feature} matters, but not the same way throughout").format(feature=feature.name)


def _why(kept: Sequence[Feature], x: Floats, shap: Floats, *, count: int = 3) -> tuple[tuple[str, ...], ...]:
    order = np.argsort(-shap, axis=1, kind="stable")[:, :count]
    return tuple(
        tuple(f"{kept[place].name} = {_shown(kept[place], x[row, place])}" for place in places if shap[row, place] > 0)
        for row, places in enumerate(order)
    )


def _shown(feature: Feature, value: float) -> str:
    if feature.category:
        return feature.levels[int(value)] if value >= 0 else "–"
    return "–" if np.isnan(value) else f"{value:g}"


def _telling(kept: Sequence[Feature], y: Bools) -> tuple[str, ...]:
    """Columns that tell the answer by themselves: perhaps written down when it was known."""
    text = _("“{name}” alone nearly tells the answer; if it is written down afterwards, leave it out.")
    found = []
    for feature in kept:
        if feature.category:
            share = np.array([y[feature.values == code].mean() for code in range(len(feature.levels))] + [y.mean()])
            score = share[feature.values.astype(np.int64)]
        else:
            score = np.nan_to_num(feature.values, nan=float(np.nanmean(feature.values)))
        area = learning.auc(y, score)
        if max(area, 1 - area) >= TELLING:
            found.append(text.format(name=feature.name))
    return tuple(found)
