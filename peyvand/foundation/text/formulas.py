"""Cells that a spreadsheet must read as text (CSV/formula injection)."""

from __future__ import annotations

import unicodedata

_STARTS = frozenset("=+-@|%\u2212")
_CONTROLS = frozenset("\t\r\n\x00")
_QUOTE = "'"


def neutralise_formula(cell: str) -> str:
    """The cell with ' before it when a spreadsheet might run it; otherwise the cell itself. For text only, not numbers.

    Judged by the first sign after spaces, controls and invisible marks (EspoCRM CVE-2026-55154 looked at the very first
    only), full-width look-alikes included. Exactly undone by `restore_formula`. Write CSV with every field quoted, so
    that a ; or a line break inside can't begin a cell. Phones go through `identifiers.phone_for_file` first, so that
    they don't get the mark.
    """
    return _QUOTE + cell if _dangerous(cell) else cell


def restore_formula(cell: str) -> str:
    """The cell as it was before `neutralise_formula`."""
    return cell[1:] if cell.startswith(_QUOTE) and _dangerous(cell[1:]) else cell


def _dangerous(cell: str) -> bool:
    """Whether the cell, or what is left of it without leading quotes, may run.

    Leading quotes are looked through so that a cell that had one of its own gets another and comes back whole.
    """
    for sign in cell.lstrip(_QUOTE):
        if sign in _CONTROLS:
            return True
        if sign.isspace() or unicodedata.category(sign) in {"Cc", "Cf", "Zs", "Zl", "Zp", "Mn"}:
            continue
        return unicodedata.normalize("NFKC", sign)[:1] in _STARTS
    return False
