"""Data out: lists as CSV or as a workbook, and the lines that an import could not take."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from peyvand.foundation.changes import services as changes
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ExportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.formulas import neutralise_formula
from peyvand.foundation.transfer import running
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.queries import import_get, reason_text
from peyvand.foundation.transfer.workbooks import workbook


@dataclass
class Counted:
    """Rows that went out so far, without the head; given to an export by who wants to know."""

    rows: int = 0

    def through(self, rows: Iterable[Any]) -> Iterator[Any]:
        """The rows as they are, counted; the first is the head."""
        for place, row in enumerate(rows):
            self.rows = place
            yield row


def _exported(*, actor: Actor, name: str, query: Mapping[str, str], counted: Counted | None) -> Iterator[Iterable[Any]]:
    """The rows of an export, its head read already, so that a right that is missing is told before a file begins."""
    shape = registry.get(ExportShape, name)
    actor.require(shape.permission)
    changes.record(actor=actor, kind="export", title=str(shape.label), reference={"export": name, "query": dict(query)})
    rows = iter(shape.rows(actor, query))
    whole = chain([next(rows)], rows)
    return whole if counted is None else counted.through(whole)


def export_csv(*, actor: Actor, name: str, query: Mapping[str, str], counted: Counted | None = None) -> Iterator[bytes]:
    """The lines of an export as they are read, UTF-8 with its mark; the act is put into the audit trail first.

    Cells of text that a spreadsheet would run are neutralised; our own import restores them.
    """
    return _csv(_exported(actor=actor, name=name, query=query, counted=counted))


def export_xlsx(*, actor: Actor, name: str, query: Mapping[str, str], counted: Counted | None = None) -> Path:
    """The same as a workbook, in a file that the caller removes; numbers and dates are such, nothing is a formula.

    Raises TooLongError when the rows are more than a sheet holds.
    """
    rows = _exported(actor=actor, name=name, query=query, counted=counted)
    return workbook(rows, title=str(registry.get(ExportShape, name).label))


def _csv(rows: Iterable[Iterable[Any]]) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    yield b"\xef\xbb\xbf"
    for count, row in enumerate(rows, 1):
        writer.writerow([_cell(value) for value in row])
        if count % 500 == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float | Decimal):
        return str(value)
    return neutralise_formula(value.isoformat() if hasattr(value, "isoformat") else str(value))


def problems_csv(*, actor: Actor, import_id: int, counted: Counted | None = None) -> Iterator[bytes]:
    """The lines that were not taken, as they stood in the file, with the reason in a last column; can be mended and
    given again.
    """
    one = import_get(actor=actor, import_id=import_id)
    changes.record(actor=actor, kind="export", title=one.file_name, reference={"import": one.pk, "problems": True})
    rows = _problem_rows(one)
    return _csv(rows if counted is None else counted.through(rows))


def _problem_rows(one: Import) -> Iterator[list[str]]:
    from_row: dict[int, list[str]] = {}
    for problem in one.problems.order_by("row", "id").iterator(chunk_size=2000):
        from_row.setdefault(problem.row, []).append(reason_text(one, problem))
    yield [*one.sniffed["columns"], _("Reason")]
    wanted = iter(sorted(from_row))
    expected = next(wanted, None)
    for line in running.work_of(one).lines(0):
        if line.number != expected:
            continue
        yield [*line.cells, "; ".join(from_row[line.number])]
        if (expected := next(wanted, None)) is None:
            return
