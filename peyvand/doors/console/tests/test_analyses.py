"""The analyses of a bare file as programs call them: one JSON object; a mistake is a sentence and an exit code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils.translation import override

from peyvand.doors.console import app, failures


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


def answered(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> Any:
    assert app.call(["insight", *map(str, arguments), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_baskets(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "b.txt"
    file.write_text("tea,sugar\ntea,sugar\ntea\nbread\n")
    found = answered(capsys, "baskets", file, "--min-support", "0.5", "--min-confidence", "0.7")
    assert {name: found[name] for name in ("baskets", "itemsets", "rules")} == {"baskets": 4, "itemsets": 3, "rules": 2}
    assert found["top"][0] == {
        "left": ["sugar"], "right": "tea", "support": 0.5, "confidence": 1.0, "lift": 4 / 3, "count": 2,
    }  # fmt: skip
    assert app.call(["insight", "baskets", str(file), "--min-support", "0.5"]) == 0
    assert "4 baskets, 3 itemsets, 4 rules." in capsys.readouterr().out


def test_uplift_and_attribution(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "u.csv").write_text("arm,y\ncontrol,1\ncontrol,2\nnew,2\nnew,4\n")
    found = answered(capsys, "uplift", tmp_path / "u.csv", "--treatment", "arm", "--outcome", "y")
    assert (found["arms"][0]["effect"], len(found["arms"][0]["interval"])) == (1.5, 2)
    (tmp_path / "p.csv").write_text("path,total_conversions\na > b,2\n")
    found = answered(capsys, "attribution", tmp_path / "p.csv")
    assert found["channels"][0]["conversions"]["linear"] == 1.0


def test_churn_writes_a_line_per_customer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = ["pay,left", *(f"{number * 7 % 50},{'Yes' if number * 7 % 50 > 30 else 'No'}" for number in range(200))]
    (tmp_path / "c.csv").write_text("\n".join(lines))
    found = answered(capsys, "churn", tmp_path / "c.csv", "--target", "left", "--out", tmp_path / "out.csv")
    assert (found["customers"], found["auc"] > 0.95) == (200, True)
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 201


def test_a_mistake_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("a,left\n1,Yes\n2,No\n")
    with pytest.raises(ValueError, match="no column “churn”") as caught:
        app.call(["insight", "churn", str(tmp_path / "c.csv"), "--target", "churn"])
    assert failures.described(caught.value) == (str(caught.value), failures.INPUT)
