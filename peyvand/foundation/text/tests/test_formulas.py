"""Cells that a spreadsheet could run."""

from __future__ import annotations

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
