"""The operating guide knows every command and every option of an import."""

from __future__ import annotations

import re
from pathlib import Path

from typer.core import TyperGroup
from typer.main import get_command

from peyvand.doors.console.app import app

GUIDE = Path(__file__).resolve().parents[4] / "docs" / "operating.md"
UNSAID = {"file"}  # `import SHAPE FILE` is written without its name


def _shown(group: TyperGroup) -> set[str]:
    """Commands for people; hidden ones serve others."""
    return {name for name, command in group.commands.items() if not command.hidden}


def test_every_command_stands_in_the_guide() -> None:
    rows = [line for line in GUIDE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        mine = " ".join(row.split(" | ")[0] for row in rows if f"`{name}" in row.split(" | ")[0])
        assert mine, f"docs/operating.md says nothing of {name}"
        parts = _shown(command) - UNSAID if isinstance(command, TyperGroup) else set()
        missing = {part for part in parts if not re.search(rf"[` ]{part}\b", mine)}
        assert not missing, f"docs/operating.md says nothing of {name} {missing}"


def test_every_option_of_an_import_stands_in_the_guide() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    bring = get_command(app).commands["import"].commands["file"]  # type: ignore[attr-defined]
    options = {option for one in bring.params for option in (*one.opts, *one.secondary_opts) if option.startswith("--")}
    assert options - {"--json", "--help"}
    assert not {option for option in options if f"`{option}" not in text and f" {option}" not in text}
