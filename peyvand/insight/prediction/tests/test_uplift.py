"""Effects against published figures and against their definitions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.utils.translation import override

from peyvand.insight.prediction.errors import CannotTellError
from peyvand.insight.prediction.uplift import qini, uplift
from peyvand.insight.value import table


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


# Hillstrom's e-mail test of 2008: customers and visits of each arm, as Radcliffe (2008) reports them.
HILLSTROM = {"No E-Mail": (21_306, 2_262), "Mens E-Mail": (21_307, 3_894), "Womens E-Mail": (21_387, 3_238)}


def test_hillstrom(tmp_path: Path) -> None:
    lines = ["segment,visit"]
    for arm, (customers, visits) in HILLSTROM.items():
        lines += [f"{arm},{int(number < visits)}" for number in range(customers)]
    (tmp_path / "h.csv").write_text("\n".join(lines))
    found = uplift(table.read(tmp_path / "h.csv"), treatment="segment", outcome="visit")
    assert (found.control, found.customers) == ("No E-Mail", 64_000)
    mens, womens = found.arms
    assert 100 * found.control_mean == pytest.approx(10.62, abs=0.005)
    assert 100 * mens.effect == pytest.approx(7.66, abs=0.005)
    assert 100 * womens.effect == pytest.approx(4.52, abs=0.005)
    # the textbook's standard error of a difference of proportions
    expected = np.sqrt(sum(v / n * (1 - v / n) / n for n, v in (HILLSTROM["Mens E-Mail"], HILLSTROM["No E-Mail"])))
    assert mens.standard_error == pytest.approx(expected, rel=1e-4)
    assert mens.interval == pytest.approx((mens.effect - 1.96 * expected, mens.effect + 1.96 * expected), abs=1e-5)


def test_welch_by_hand(tmp_path: Path) -> None:
    """Means 2 and 4, variances 1 and 4, three each: error √(5/3), freedom (5/3)² ÷ ((1/3)²/2 + (4/3)²/2) = 2.941."""
    (tmp_path / "w.csv").write_text("arm,y\ncontrol,1\ncontrol,2\ncontrol,3\nnew,2\nnew,4\nnew,6\n")
    (arm,) = uplift(table.read(tmp_path / "w.csv"), treatment="arm", outcome="y").arms
    assert (arm.effect, arm.relative) == (2.0, 1.0)
    assert arm.standard_error == pytest.approx(np.sqrt(5 / 3))
    half = (arm.interval[1] - arm.interval[0]) / 2
    assert half / arm.standard_error == pytest.approx(3.2187, abs=0.002)  # t of 2.941 degrees at 97.5 %


def test_qini_of_a_perfect_a_blind_and_a_wrong_score() -> None:
    treated = np.tile([True, False], 100)
    persuadable = np.repeat([True, False], 100)
    y = (treated & persuadable).astype(float)
    # the curve rises to ½ over the first half and stays: area 3/8, less the triangle 1/4
    assert qini(y=y, treated=treated, score=persuadable.astype(float)) == pytest.approx(1 / 8)
    assert qini(y=y, treated=treated, score=np.zeros(200)) == pytest.approx(0.0)
    assert qini(y=y, treated=treated, score=-persuadable.astype(float)) == pytest.approx(-1 / 8)


@pytest.mark.parametrize(
    ("text", "wishes", "says"),
    [
        ("arm,y\na,1\na,2\n", {}, "second arm"),
        ("arm,y\na,1\nb,2\n", {}, "--control"),
        ("arm,y\ncontrol,1\ncontrol,1\nnew,2\n", {}, "fewer than two"),
        ("arm,y\ncontrol,x\ncontrol,y\nnew,z\nnew,z\n", {}, "must hold a number"),
        ("arm,y\ncontrol,1\nnew,\nnew,2\n", {}, "on every line"),
        ("arm,y\na,1\nb,2\n", {"control": "c"}, "no arm “c”"),
    ],
)
def test_what_can_not_be_said_is_said(tmp_path: Path, text: str, wishes: dict[str, str], says: str) -> None:
    (tmp_path / "u.csv").write_text(text)
    with pytest.raises(CannotTellError, match=says):
        uplift(table.read(tmp_path / "u.csv"), treatment="arm", outcome="y", **wishes)


def test_outcomes_of_yes_and_no_and_equal_ones(tmp_path: Path) -> None:
    (tmp_path / "u.csv").write_text("arm,y\n0,No\n0,No\n1,Yes\n1,Yes\n")
    (arm,) = uplift(table.read(tmp_path / "u.csv"), treatment="arm", outcome="y").arms
    assert (arm.effect, arm.standard_error, arm.relative) == (1.0, 0.0, None)
