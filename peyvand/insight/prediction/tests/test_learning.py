"""Measures against their definitions, the regression against its optimum, and what boosted trees must recover."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.insight.prediction import learning

SCORES = st.lists(st.tuples(st.booleans(), st.integers(0, 5)), min_size=2, max_size=40)


@given(SCORES)
@settings(max_examples=60, deadline=None)
def test_auc_is_the_chance_that_a_yes_scores_above_a_no(rows: list[tuple[bool, int]]) -> None:
    yes = [score for answer, score in rows if answer]
    no = [score for answer, score in rows if not answer]
    if not yes or not no:
        return
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a in yes for b in no]
    found = learning.auc(np.array([answer for answer, _ in rows]), np.array([float(score) for _, score in rows]))
    assert found == pytest.approx(sum(pairs) / len(pairs))


def test_calibration_error_by_hand() -> None:
    y = np.array([True, False, True, True])
    probability = np.array([0.05, 0.05, 0.95, 1.0])
    # two of four at 0.05 with half of them yes: ½ · 0.45; two at 0.975 on average, both yes: ½ · 0.025
    assert learning.calibration_error(y, probability) == pytest.approx(0.2375)


def test_the_regression_ends_where_the_gradient_is_nothing() -> None:
    draw = np.random.default_rng(3)
    x = draw.normal(size=(500, 3))
    y = (draw.random(500) < learning.sigmoid(0.3 + x @ np.array([1.0, -2.0, 0.0]))).astype(float)
    beta = learning.logistic(x, y, penalty=2.0)
    design = np.column_stack([np.ones(500), x])
    gradient = design.T @ (y - learning.sigmoid(design @ beta)) - 2.0 * np.array([0, *beta[1:]])
    assert np.abs(gradient).max() < 1e-5
    assert beta[1:3] == pytest.approx([1.0, -2.0], abs=0.5)


def test_folds_have_the_same_share_of_yes() -> None:
    y = np.arange(103) % 4 == 0
    place = learning.folds(y, count=5)
    assert sorted(np.bincount(place)) == [20, 20, 21, 21, 21]
    assert {int(y[place == fold].sum()) for fold in range(5)} <= {5, 6}


def test_trees_recover_known_probabilities() -> None:
    draw = np.random.default_rng(5)
    x = np.column_stack([draw.normal(size=4000), draw.integers(0, 3, 4000), draw.normal(size=4000)])
    truth = learning.sigmoid(-1 + 1.5 * x[:, 0] + np.array([0.0, 1.0, -1.0])[x[:, 1].astype(int)])
    y = draw.random(4000) < truth
    trees = learning.grow(x[:3000], y[:3000], categories=[1])
    found = trees.probabilities(x[3000:])
    assert np.abs(found - truth[3000:]).mean() < 0.06
    assert learning.auc(y[3000:], found) > learning.auc(y[3000:], truth[3000:]) - 0.02
    assert learning.calibration_error(y[3000:], found) < 0.06
    shap = trees.contributions(x[3000:])
    assert np.abs(shap).mean(axis=0).argmin() == 2  # the third column says nothing


def test_contributions_add_up_to_the_score() -> None:
    draw = np.random.default_rng(8)
    x = draw.normal(size=(400, 2))
    y = draw.random(400) < learning.sigmoid(x[:, 0])
    trees = learning.grow(x, y, categories=[])
    rest = trees.calibration.b * trees.scores(x) - trees.contributions(x).sum(axis=1)
    assert rest.std() < 1e-8
