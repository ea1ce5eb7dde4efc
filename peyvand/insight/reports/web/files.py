"""Figures as files: CSV, a workbook, a document for print."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import Decimal
from importlib import import_module
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.changes.services import record
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.formulas import neutralise_formula
from peyvand.foundation.transfer.workbooks import workbook
from peyvand.foundation.ui import formats
from peyvand.insight.reports.web.figures import Cell, Figure

FORMS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
PAPER = "peyvand.insight.reports.web.document"  # loaded for the first document: its libraries take 25 MB


def made(actor: Actor, figures: Sequence[Figure], form: str, *, title: str) -> bytes:
    """The file; the act is put into the audit trail first."""
    record(actor=actor, kind="export", title=title, reference={"report": [one.question.query() for one in figures]})
    if form == "pdf":
        made: bytes = import_module(PAPER).document(title, figures)
        return made
    rows = list(_rows(figures))
    if form == "xlsx":
        path = workbook(rows, title=title)
        try:
            return path.read_bytes()
        finally:
            path.unlink()
    lines = io.StringIO()
    csv.writer(lines, quoting=csv.QUOTE_ALL).writerows([[_text(value) for value in row] for row in rows])
    return b"\xef\xbb\xbf" + lines.getvalue().encode()


def _rows(figures: Sequence[Figure]) -> Iterator[list[Any]]:
    """Heads and rows of each figure; of several, each under its name. What is counted, and when, stands at the end."""
    for place, one in enumerate(figures):
        if place:
            yield []
        if len(figures) > 1:
            yield [one.title]
        if one.refused:
            yield [one.refused]
            continue
        yield list(one.heads)
        yield from ([_raw(cell) for cell in row] for row in [*one.rows, *([one.total] if one.total else [])])
        yield []
        lengths = [(label, gettext("In %(unit)s") % {"unit": unit}) for label, unit in one.lengths]
        for label, words in [*one.definitions, *lengths, *about(one)]:
            yield [label, words]


def about(one: Figure) -> list[tuple[str, str]]:
    """The window of a figure, how fresh it is, and what is to be known of it."""
    found = [(gettext("Period"), one.window)]
    if one.fresh is not None:
        found.append((gettext("Fresh as of"), formats.moment(one.fresh)))
    return [*found, *((gettext("Note"), note) for note in one.notes)]


def _raw(cell: Cell) -> Any:
    if not cell.number or cell.raw is None:
        return cell.text
    raw = cell.raw
    return int(raw) if isinstance(raw, Decimal) and raw == raw.to_integral_value() else raw


def _text(value: Any) -> str:
    return str(value) if isinstance(value, int | float | Decimal) else neutralise_formula(str(value))
