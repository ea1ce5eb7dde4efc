"""Where data lie when nobody says so: one place for `make run` and for the commands a newcomer types."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from peyvand.foundation.database import place

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def _unsaid(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PEYVAND_DATA", raising=False)


def test_a_clone_keeps_its_data_beside_its_code_as_make_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in place.OF_A_CLONE:
        (tmp_path / name).touch()
    monkeypatch.setattr(place, "BESIDE", tmp_path)
    assert place.data_folder() == tmp_path / "var"
    (tmp_path / "Makefile").unlink()
    assert place.data_folder() == Path.home() / ".peyvand", "installed, there is no clone"


def test_what_is_said_goes_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PEYVAND_DATA", str(tmp_path / "elsewhere"))
    assert place.data_folder() == tmp_path / "elsewhere"


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_make_and_the_command_name_the_same_folder() -> None:
    shown = subprocess.run(
        ["make", "--no-print-directory", "-C", str(ROOT), "--eval", "print: ; @echo $(PEYVAND_DATA)", "print"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert Path(shown.stdout.strip()) == place.data_folder()
