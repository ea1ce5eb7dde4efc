"""Tables of customers: what is learnt, what is left out, what can't be said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from django.utils.translation import override

from peyvand.foundation.transfer.tables import ReadError
from peyvand.insight.prediction import risk
from peyvand.insight.prediction.errors import CannotTellError
from peyvand.insight.value import table


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


SHARED = Path(__file__).resolve().parents[5] / "shared" / "data" / "telco_churn.csv.gz"


def write(path: Path, rows: int = 600, *, seed: int = 1) -> Path:
    """Monthly contracts leave more, and so do those who pay more."""
    draw = np.random.default_rng(seed)
    lines = ["id;Contract;Charge;Same;Note;left"]
    for number in range(rows):
        monthly, charge = draw.random() < 0.5, draw.uniform(10, 100)
        left = draw.random() < (0.1 + 0.4 * monthly + 0.3 * (charge > 60))
        lines.append(
            f"C-{number};{'Monthly' if monthly else 'Yearly'};{charge:.1f};x;n{number};{'Yes' if left else 'No'}"
        )
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_table_is_learnt_from_by_itself(tmp_path: Path) -> None:
    found = risk.churn(table.read(write(tmp_path / "a.csv")), target="LEFT")
    assert found.customers == 600
    assert 0.65 < found.auc < 0.85
    assert found.better
    assert found.calibration_error < 0.1
    words = [reason.words for reason in found.reasons]
    assert "Contract: “Monthly” raises the risk, “Yearly” lowers it" in words
    assert "the greater Charge, the higher the risk" in words
    assert {column.name for column in found.dropped} == {"id", "Same", "Note"}
    assert found.as_plain()["top_reasons"][0]["feature"] in {"Contract", "Charge"}
    assert len(found.why) == 600


def test_the_same_file_gives_the_same_answer(tmp_path: Path) -> None:
    read = table.read(write(tmp_path / "a.csv", 300))
    assert risk.churn(read, target="left").auc == risk.churn(read, target="left").auc


def test_nothing_to_learn_is_no_better_than_the_share_of_leavers(tmp_path: Path) -> None:
    draw = np.random.default_rng(2)
    lines = ["a,left", *(f"{draw.normal():.4f},{'Yes' if draw.random() < 0.3 else 'No'}" for _ in range(400))]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    found = risk.churn(table.read(tmp_path / "a.csv"), target="left")
    assert found.auc == pytest.approx(0.5, abs=0.1)
    assert found.log_loss > found.baselines["base_rate"]["log_loss"] - 0.01


def test_a_column_written_afterwards_is_named(tmp_path: Path) -> None:
    lines = ["a,refund,left", *(f"{n % 7},{n % 2 * 50},{'Yes' if n % 2 else 'No'}" for n in range(200))]
    (tmp_path / "a.csv").write_text("\n".join(lines))
    assert "“refund” alone" in risk.churn(table.read(tmp_path / "a.csv"), target="left").warnings[0]


@pytest.mark.parametrize(
    ("text", "target", "says"),
    [
        ("a,left\n1,Yes\n2,Yes\n", "left", "nothing to learn"),
        ("a,left\n1,Yes\n2,No\n3,Maybe\n", "left", "two values"),
        ("a,left\n1,Yes\n2,No\n", "left", "at least 50"),
        ("a,left\n1,red\n2,blue\n", "left", "--positive"),
        ("a,left\n1,Yes\n2,\n3,No\n", "left", "blank"),
        ("a,left\n1,Yes\n2,No\n", "churn", "There are: a"),
        ("a,left\n", "left", "no lines"),
        ("left,same\n" + "Yes,1\nNo,1\n" * 60, "left", "besides the target"),
    ],
)
def test_what_can_not_be_said_is_said(tmp_path: Path, text: str, target: str, says: str) -> None:
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises((CannotTellError, ReadError), match=says):
        risk.churn(table.read(tmp_path / "a.csv"), target=target)


def test_blank_lines_above_the_header_and_lines_of_another_width(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\n\na,left\n1,Yes\n2,No,x\n3,No\n")
    read = table.read(tmp_path / "a.csv")
    assert (read.rows, read.skipped, list(read.column("left"))) == (2, 1, ["Yes", "No"])


def test_persian_digits_and_words(tmp_path: Path) -> None:
    lines = ["مبلغ;رفت", *(f"{'۱٬۲۰۰' if n % 3 else '۳۰۰'};{'بله' if n % 3 and n % 5 else 'خیر'}" for n in range(300))]
    (tmp_path / "a.csv").write_text("\n".join(lines), encoding="utf-8")
    found = risk.churn(table.read(tmp_path / "a.csv"), target="رفت")
    assert (found.churned, found.features) == (160, 1)


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
def test_telco() -> None:
    """The table of docs/models-prediction.md."""
    found = risk.churn(table.read(SHARED), target="Churn")
    assert (found.customers, found.churned, found.features) == (4925, 1285, 19)
    assert found.auc > 0.845
    assert found.auc > found.baselines["logistic"]["auc"]
    assert found.calibration_error < 0.02
