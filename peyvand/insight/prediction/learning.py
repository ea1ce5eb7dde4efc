"""Learning a yes or no: folds, measures, logistic regression, boosted trees with calibration. Heavy: children only.

Shapes: `x` is (n, features), `y` (n,) of booleans, scores are log-odds, probabilities lie in (0, 1).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import lightgbm
import numpy as np
from sklearn import metrics
from sklearn.model_selection import StratifiedKFold

from peyvand.insight.prediction.numbers import Bools, Floats

SEED = 20_260
BINS = 10
MOST_ROUNDS = 600
PATIENCE = 40  # rounds without gain before the trees are enough
CORES = 2  # worked on at once; no answer depends on it
INNER = 4  # folds inside a fold, for the number of trees and the calibration
Indices = np.ndarray[Any, np.dtype[np.int64]]


def auc(y: Bools, score: Floats) -> float:
    """The chance that a yes scores above a no, ties half (Hanley and McNeil, Radiology 143, 1982)."""
    return float(metrics.roc_auc_score(y, score))


def calibration_error(y: Bools, probability: Floats, *, bins: int = BINS) -> float:
    """Expected calibration error over equal bins of probability: Σ (n_b / n) |share of yes − mean probability|
    (Naeini, Cooper and Hauskrecht, AAAI 2015, eq. 1).
    """
    place = np.minimum((probability * bins).astype(np.int64), bins - 1)
    gap = np.bincount(place, weights=y.astype(np.float64) - probability, minlength=bins)
    return float(np.abs(gap).sum() / len(y))


def log_loss(y: Bools, probability: Floats) -> float:
    """Mean −log of the probability given to what happened."""
    return float(metrics.log_loss(y, probability, labels=[False, True]))


def folds(y: Bools, *, count: int, seed: int = SEED) -> Indices:
    """The fold, 0 … count − 1, of each row; every fold has the same share of yes, to one row."""
    place = np.empty(len(y), dtype=np.int64)
    for number, (_seen, held) in enumerate(StratifiedKFold(count, shuffle=True, random_state=seed).split(y, y)):
        place[held] = number
    return place


def sigmoid(score: Floats) -> Floats:
    """Log-odds as probability, without overflow."""
    return np.asarray(0.5 * (1 + np.tanh(0.5 * score)))


def logistic(x: Floats, y: Floats, *, penalty: float = 1.0) -> Floats:
    """Coefficients of a logistic regression, the constant first and unpenalised, by Newton's method (iteratively
    re-weighted least squares; Hastie, Tibshirani and Friedman, 2009, eq. 4.26), L2 penalty on the others. `y` may hold
    shares.
    """
    design = np.column_stack([np.ones(len(x)), x])
    beta = np.zeros(design.shape[1])
    ridge = np.diag([0.0, *[penalty] * x.shape[1]]) + 1e-9 * np.eye(design.shape[1])
    for _step in range(50):
        p = sigmoid(design @ beta)
        weight = np.maximum(p * (1 - p), 1e-10)
        gradient = design.T @ (y - p) - ridge @ beta
        hessian = (design * weight[:, None]).T @ design + ridge
        move = np.linalg.solve(hessian, gradient)
        size = float(np.abs(move).max())
        beta = beta + move * min(1.0, 5.0 / size if size else 1.0)
        if size < 1e-8:
            break
    return np.asarray(beta)


@dataclass(frozen=True)
class Platt:
    """Probability = sigmoid(a + b · score), fitted on scores of rows that were not learnt from (Platt 1999, with his
    shrunken targets, eq. 4).
    """

    a: float
    b: float

    @classmethod
    def fitted(cls, score: Floats, y: Bools) -> Platt:
        """Fit on held-out scores."""
        positive = float(y.sum())
        negative = len(y) - positive
        target = np.where(y, (positive + 1) / (positive + 2), 1 / (negative + 2))
        a, b = logistic(score[:, None], target, penalty=0.0)
        return cls(float(a), float(b))

    def __call__(self, score: Floats) -> Floats:
        """Calibrated probabilities."""
        return sigmoid(self.a + self.b * score)


@dataclass(frozen=True)
class Trees:
    """Boosted trees with calibrated probabilities."""

    booster: lightgbm.Booster
    calibration: Platt

    def scores(self, x: Floats) -> Floats:
        """Raw log-odds."""
        return np.asarray(self.booster.predict(x, raw_score=True, num_threads=CORES), dtype=np.float64)

    def probabilities(self, x: Floats) -> Floats:
        """Calibrated."""
        return self.calibration(self.scores(x))

    def contributions(self, x: Floats) -> Floats:
        """What each feature adds to the calibrated log-odds of each row, (n, features), by TreeSHAP (Lundberg et al.,
        Nature Machine Intelligence 2, 2020).
        """
        found = np.asarray(self.booster.predict(x, pred_contrib=True, num_threads=CORES), dtype=np.float64)
        return found[:, :-1] * self.calibration.b


def parameters(rows: int) -> dict[str, Any]:
    """Small trees, slowly: the fewer the rows, the larger a leaf has to be."""
    return {
        "objective": "binary", "learning_rate": 0.03, "num_leaves": 8 if rows < 50_000 else 31,
        "min_data_in_leaf": max(5, min(60, rows // 80)), "feature_fraction": 0.5, "bagging_fraction": 0.7,
        "bagging_freq": 1, "lambda_l2": 5.0, "cat_smooth": 20.0,
        "min_data_per_group": max(5, min(100, rows // 50)), "verbose": -1, "seed": SEED, "deterministic": True,
        "force_row_wise": True, "num_threads": 1 if rows < 50_000 else 2, "max_bin": 127,
    }  # fmt: skip


def grow(
    x: Floats, y: Bools, *, categories: Sequence[int], inner: Indices | None = None, directions: Sequence[int] = ()
) -> Trees:
    """Learn from these rows alone. Number of trees and calibration come from folds inside them (`inner`, 0 to INNER −
    1, where rows belong together): each row's score for both is of trees that did not see it.

    `directions` says of each feature what is known beforehand: 1 it may only raise the answer, −1 only lower it, 0
    nothing.
    """
    if inner is None:
        inner = folds(y, count=INNER, seed=SEED + 1)
    wishes = parameters(len(y)) | ({"monotone_constraints": list(directions)} if directions else {})

    def fold(number: int) -> tuple[Bools, Floats, int]:
        out = inner == number
        given = _dataset(x[~out], y[~out], categories)
        check = lightgbm.Dataset(x[out], y[out].astype(np.float64), reference=given)
        found = lightgbm.train(
            wishes, given, MOST_ROUNDS, valid_sets=[check],
            callbacks=[lightgbm.early_stopping(PATIENCE, verbose=False)],
        )  # fmt: skip
        return out, np.asarray(found.predict(x[out], raw_score=True)), found.best_iteration

    held, rounds = np.empty(len(y)), []
    with ThreadPoolExecutor(CORES if wishes["num_threads"] == 1 else 1) as pool:
        for out, score, best in pool.map(fold, range(INNER)):
            held[out] = score
            rounds.append(best)
    whole = lightgbm.train(wishes, _dataset(x, y, categories), max(1, round(float(np.mean(rounds)))))
    return Trees(booster=whole, calibration=Platt.fitted(held, y))


def _dataset(x: Floats, y: Bools, categories: Sequence[int]) -> lightgbm.Dataset:
    return lightgbm.Dataset(
        x, y.astype(np.float64), categorical_feature=list(categories), free_raw_data=False,
        params={"verbose": -1, "max_bin": 127},
    )  # fmt: skip


def rank_correlation(a: Floats, b: Floats) -> float:
    """Spearman's, equal values at one rank; 0 where either does not vary."""
    ranks = [np.unique(values, return_inverse=True)[1].astype(np.float64) for values in (a, b)]
    if not len(a) or ranks[0].std() == 0 or ranks[1].std() == 0:
        return 0.0
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def outer(y: Bools, *, count: int = 5) -> Iterator[tuple[Bools, Bools]]:
    """Masks of rows to learn from and to hold out, fold by fold."""
    place = folds(y, count=count)
    for fold in range(count):
        yield place != fold, place == fold
