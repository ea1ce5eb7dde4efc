"""Files of work that was killed do not stay."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from peyvand.foundation.jobs.scratch import scratch


def test_what_nobody_holds_goes_and_what_is_held_stays(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    left = tmp_path / "scratch" / "of-one-who-was-killed"
    (left / "deep").mkdir(parents=True)
    (left / "deep" / "names.duckdb").write_text("names")
    with scratch() as first:
        assert not left.exists()
        (first / "file").write_text("x")
        with scratch() as second:
            assert (first / "file").exists(), "held, though another begins"
        assert not second.exists()
    assert list((tmp_path / "scratch").iterdir()) == []
