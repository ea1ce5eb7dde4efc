"""Cells that a spreadsheet could run."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.text.formulas import neutralise_formula, restore_formula

BEFORE = ["", " ", "\t", "\r", "\n", "\x00", "\u200f", "\u202a", "\ufeff", "\u00a0", "\u3000", " \t \u200c"]
STARTS = [
    "=1+1",
    "+1",
    "-1+2",
    "@SUM(A1)",
    "|calc",
    "%0",
    "＝1",
    "＋1",
    "－1",
    "＠a",
    "\u22121",
    "﹢1",
    "=cmd|' /C calc'!A0",
]


@pytest.mark.parametrize("before", BEFORE)
@pytest.mark.parametrize("start", STARTS)
def test_payloads_get_the_mark_and_come_back(before: str, start: str) -> None:
    cell = before + start
    assert neutralise_formula(cell) == "'" + cell
    assert restore_formula(neutralise_formula(cell)) == cell


@pytest.mark.parametrize("cell", ["", "سارا", "09123456789", "a=b", "'quoted'", "«=»", "1-2", "😀", "(021) 88"])
def test_plain_cells_stay(cell: str) -> None:
    assert neutralise_formula(cell) == cell == restore_formula(cell)


@pytest.mark.parametrize("cell", ["\tx", "\rx", "\x00x", " \nx"])
def test_a_leading_control_gets_the_mark(cell: str) -> None:
    assert neutralise_formula(cell) == "'" + cell


@given(st.text() | st.text("'=+ \t-a\u200f＝"))
def test_every_cell_comes_back_whole(cell: str) -> None:
    written = neutralise_formula(cell)
    assert restore_formula(written) == cell
    assert written.lstrip(" \u200f")[:1] not in {"=", "+", "-", "@", "|", "%", "\t", "\r", "\x00"}


CELLS = Path(__file__).with_name("cells.json")
SCRIPT = Path(__file__).resolve().parents[2] / "ui" / "static" / "ui" / "cells.js"
ASK = """
const { neutralise, line } = require(process.argv[1]);
const cells = JSON.parse(require('fs').readFileSync(0, 'utf-8'));
process.stdout.write(JSON.stringify({ cells: cells.map(neutralise), line: line(cells), empty: line([]) }));
"""


def by_script(cells: list[str]) -> dict[str, Any]:
    """What the script of the pages makes of the cells."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on this machine; make setup needs it")
    done = subprocess.run(
        [node, "-e", ASK, str(SCRIPT)], input=json.dumps(cells), capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_script_of_the_pages_judges_cells_just_the_same() -> None:
    """Every cell of the shared file, and every letter of Unicode's first plane before and in the place of a sign."""
    cells: list[str] = json.loads(CELLS.read_text(encoding="utf-8"))
    letters = [chr(code) for code in range(0x10000) if not 0xD800 <= code < 0xE000]
    known = [letter for letter in letters if unicodedata.category(letter) != "Cn"]  # both know the same of these
    cells += [f"{letter}=1" for letter in known] + [f"{letter}1" for letter in known]
    found = by_script(cells)["cells"]
    differing = [ascii(cell) for cell, script in zip(cells, found, strict=True) if script != neutralise_formula(cell)]
    assert differing == []


def test_a_line_of_the_script_comes_back_by_our_own_reading_and_is_safe() -> None:
    cells: list[str] = json.loads(CELLS.read_text(encoding="utf-8"))
    kept = [cell for cell in cells if "\x00" not in cell]
    kept += ["-12.5", "7", 'say "hi"; now', "a,b", "x\r\n=1"]
    (row,) = csv.reader(io.StringIO(by_script(kept)["line"], newline=""))
    assert [restore_formula(cell) for cell in row] == kept
    assert row[kept.index("-12.5")] == "-12.5", "figures stay figures"
