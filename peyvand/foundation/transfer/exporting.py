"""Lists going out: short ones at once, long ones as files that are made in the background and wait to be fetched."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from peyvand.foundation.changes import services as changes
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.access import visible_runs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ExportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.formulas import neutralise_formula
from peyvand.foundation.transfer import files, running
from peyvand.foundation.transfer.counting import Counted
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.queries import import_get, reason_text
from peyvand.foundation.transfer.workbooks import workbook
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import current_reader

LONG = 5_000  # rows from which on a file is made in the background
KEPT_HOURS = 48  # that such a file waits
JOB = "transfer.export"
EVERY = 500  # rows between two signs of progress
FORMATS = ("csv", "xlsx")
Rows = Iterator[Iterable[Any]]
Step = Callable[[int], None]


@dataclass(frozen=True)
class MadeFile:
    """A file that waits to be fetched, with the name that it gets on the way out."""

    path: Path
    name: str


def _rows(actor: Actor, name: str, query: Mapping[str, str]) -> Rows:
    """The rows of an export, its head read already, so that a right that is missing is told before a file begins."""
    shape = registry.get(ExportShape, name)
    actor.require(shape.permission)
    rows = iter(shape.rows(actor, query))
    return chain([next(rows)], rows)


def _noted(actor: Actor, name: str, query: Mapping[str, str]) -> None:
    label = str(registry.get(ExportShape, name).label)
    changes.record(actor=actor, kind="export", title=label, reference={"export": name, "query": dict(query)})


def export_csv(*, actor: Actor, name: str, query: Mapping[str, str], counted: Counted | None = None) -> Iterator[bytes]:
    """The lines of an export as they are read, UTF-8 with its mark; the act is put into the audit trail first.

    Cells of text that a spreadsheet would run are neutralised; our own import restores them.
    """
    rows = _rows(actor, name, query)
    _noted(actor, name, query)
    return _csv(rows if counted is None else counted.through(rows))


def export_xlsx(*, actor: Actor, name: str, query: Mapping[str, str], counted: Counted | None = None) -> Path:
    """The same as a workbook, in a file that the caller removes; numbers and dates are such, nothing is a formula.

    Raises TooLongError when the rows are more than a sheet holds.
    """
    rows = _rows(actor, name, query)
    _noted(actor, name, query)
    rows = rows if counted is None else counted.through(rows)
    return workbook(rows, title=str(registry.get(ExportShape, name).label))


def export_short(*, actor: Actor, name: str, query: Mapping[str, str], form: str) -> Iterator[bytes] | Path | None:
    """What `export_csv` or `export_xlsx` gives where the list is short; None where it has more than LONG rows."""
    rows = _rows(actor, name, query)
    first: Sequence[Iterable[Any]] = list(islice(rows, LONG + 2))  # with the head
    if len(first) > LONG + 1:
        return None
    _noted(actor, name, query)
    if form == "xlsx":
        return workbook(first, title=str(registry.get(ExportShape, name).label))
    return _csv(first)


def export_start(*, actor: Actor, name: str, query: Mapping[str, str], form: str) -> Run:
    """Have the file made in the background; its run tells how far it is and where it waits."""
    shape = registry.get(ExportShape, name)
    actor.require(shape.permission)
    reads = current_reader()
    reader = {"language": reads.language, "calendar": reads.calendar.value, "tz": reads.tz, "toman": reads.toman}
    arguments = {"name": name, "query": dict(query), "form": form if form in FORMATS else "csv", "reader": reader}
    return jobs.start(actor=actor, job=JOB, title=str(shape.label), arguments=arguments)


def export_make(*, actor: Actor, name: str, query: Mapping[str, str], form: str, step: Step) -> tuple[Path, int]:
    """Write the file of a long export; gives where it lies and how many rows it has. `step` may raise to stop."""
    rows = _rows(actor, name, query)
    _noted(actor, name, query)
    count = 0

    def counted() -> Rows:
        nonlocal count
        for row in rows:
            yield row
            count += 1
            if count % EVERY == 0:
                step(count)

    place = files.export_place()
    if form == "xlsx":
        made = workbook(counted(), title=str(registry.get(ExportShape, name).label), beside=place)
        made.replace(place)
    else:
        part = place.with_name(f".{place.name}.part")
        try:
            with part.open("xb") as file:
                file.writelines(_csv(counted()))
            part.replace(place)
        finally:
            part.unlink(missing_ok=True)
    place.chmod(0o600)
    return place, max(count - 1, 0)


def rows_expected(*, actor: Actor, name: str, query: Mapping[str, str]) -> int | None:
    """How many rows an export will have, where the list can be counted."""
    shape = registry.get(ExportShape, name)
    return shape.count(actor, query) if shape.count is not None else None


def export_file(*, actor: Actor, run_id: int) -> MadeFile | None:
    """The file that a run has made, for who asked for it, while they have the right to the list; None once it is gone.

    Raises Run.DoesNotExist and NotAllowed.
    """
    run = visible_runs(actor=actor).get(pk=run_id, job=JOB, started_by_id=actor.user_id, state=Run.State.DONE)
    name = str(run.arguments.get("name", ""))
    if not registry.has(ExportShape, name):
        raise Run.DoesNotExist
    actor.looking_at(demo=run.demo).require(registry.get(ExportShape, name).permission)
    path = files.exports_folder() / str((run.result or {}).get("file", ""))
    if not path.is_file():
        return None
    return MadeFile(path, f"{file_stem(str(registry.get(ExportShape, name).label))}.{run.arguments.get('form', 'csv')}")


def file_stem(label: str) -> str:
    """A list's name with today's date, as a file may be called."""
    return f"{label} {formats.digits(formats.date_as_typed(formats.local_date(timezone.now())))}".replace("/", "-")


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
    given again. ReadError when the file is no more.
    """
    one = import_get(actor=actor, import_id=import_id)
    files.opener_for(one)
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
