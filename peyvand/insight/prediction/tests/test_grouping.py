"""Groups that are there are found, groups that are not are not made up."""

from __future__ import annotations

import numpy as np
import pytest
from django.utils.translation import override
from sklearn.metrics import adjusted_rand_score

from peyvand.insight.prediction import grouping
from peyvand.insight.prediction.frames import FEATURES
from peyvand.insight.prediction.web import showing


def customers(*, groups: int, rows: int = 600, seed: int = 2) -> np.ndarray:
    """Rows of frames.known in so many groups of different recency, frequency and purchases."""
    draw = np.random.default_rng(seed)
    x = np.full((rows, len(FEATURES)), np.nan)
    which = np.arange(rows) % groups
    centres = {
        "recency": [5, 200, 60], "frequency": [20, 1, 5], "basket": [1000, 1000, 90_000], "products": [12, 1, 3],
    }  # fmt: skip
    for name, values in centres.items():
        x[:, FEATURES.index(name)] = np.array(values)[which] * draw.lognormal(0, 0.2, rows)
    x[:, FEATURES.index("returned")] = 0.0
    x[:, FEATURES.index("monetary")] = x[:, FEATURES.index("basket")] * x[:, FEATURES.index("frequency")]
    return x


def test_three_groups_are_found_and_described() -> None:
    x = customers(groups=3)
    found = grouping.groups(x)
    assert found is not None
    assert len(found.centres) == 3
    assert found.stability > 0.95
    assert adjusted_rand_score(found.member, np.arange(600) % 3) > 0.98
    told = grouping.described(x, found)
    assert sum(group["customers"] for group in told) == 600
    assert sum(group["share"] for group in told) == pytest.approx(1)
    large = max(told, key=lambda group: group["basket"])
    assert large["by"][0][0] == "basket"
    assert large["by"][0][1] > 1


def test_few_customers_and_equal_customers_make_no_groups() -> None:
    assert grouping.groups(customers(groups=3, rows=60)) is None
    assert grouping.groups(np.ones((300, len(FEATURES)))) is None


def test_groups_never_bear_the_same_name() -> None:
    alike = [["frequency", 1.5], ["products", 1.2]]
    told = [{"by": [*alike, ["basket", 0.3]]}, {"by": [*alike, ["basket", -0.2]]}, {"by": [["recency", 0.1]]}]
    with override("en"):
        assert showing.group_names(told) == [
            "buys often · many products · large purchases", "buys often · many products · small purchases",
            "like most customers",
        ]  # fmt: skip
        assert showing.group_names(told[1:]) == ["buys often · many products", "like most customers"]
        assert showing.group_names([]) == []
