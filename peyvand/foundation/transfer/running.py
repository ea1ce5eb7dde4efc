"""The engine: lines in batches through a room's writer, each batch one transaction of the import's change set.

With every batch, the same transaction commits the position in the file, the counters, the problems, and what the writer
needs to go on; so after a crash nothing is read twice and nothing is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from peyvand.events.transfer import TransferFinished
from peyvand.foundation.changes.services import close_change_set, open_change_set, resume
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ImportShape
from peyvand.foundation.transfer.files import opener_for
from peyvand.foundation.transfer.models import Import, ImportProblem
from peyvand.foundation.transfer.parsing import RowParser, Settings
from peyvand.foundation.transfer.queries import shape_of
from peyvand.foundation.transfer.reading import Format, Line, lines
from peyvand.foundation.transfer.shapes import BatchWriter, Problem, Row

BATCH = 2000

Report = Callable[[int, int], None]
"""Called with lines done and (about) all lines; may raise to stop between two batches."""


@dataclass
class Tally:
    """Every line is counted once: lines == imported + the sum of skipped."""

    lines: int = 0
    imported: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)

    def add(self, count: int, problems: list[Problem]) -> None:
        """Count a batch; a line with several problems is skipped for its first."""
        left_out: dict[int, str] = {}
        for problem in problems:
            if problem.skipped:
                left_out.setdefault(problem.row, problem.reason)
            else:
                self.notes[problem.reason] += 1
        self.lines += count
        self.imported += count - len(left_out)
        self.skipped.update(left_out.values())

    def as_plain(self) -> dict[str, Any]:
        return {**vars(self), "skipped": dict(self.skipped), "notes": dict(self.notes)}

    @classmethod
    def of(cls, plain: Mapping[str, Any]) -> Tally:
        names = ("lines", "imported", "new", "updated", "unchanged")
        found = cls(**{name: plain.get(name, 0) for name in names})
        found.skipped, found.notes = Counter(plain.get("skipped", {})), Counter(plain.get("notes", {}))
        return found


@dataclass(frozen=True)
class Work:
    """What an import does, put together from its row."""

    shape: ImportShape
    parser: RowParser
    options: Mapping[str, Any]
    lines: Callable[[int], Iterator[Line]]

    def writer(self, actor: Actor) -> BatchWriter:
        made: BatchWriter = self.shape.writer(actor, self.options)
        return made

    def batches(self, start: int, size: int = BATCH) -> Iterator[tuple[int, list[Row], list[Problem]]]:
        """Lines in the batch, rows that could be read, and problems of the rest."""
        source = self.lines(start)
        while batch := list(islice(source, size)):
            rows: list[Row] = []
            problems: list[Problem] = []
            for line in batch:
                row, found = self.parser.parse(line)
                problems.extend(found)
                if not any(problem.skipped for problem in found):
                    rows.append(row)
            yield len(batch), rows, problems


def work_of(one: Import) -> Work:
    """Put an import's work together; ReadError when its file is no more."""
    shape = shape_of(one.shape)
    form = Format(**one.sniffed["format"])
    opener = opener_for(one)
    settings = Settings(
        tz=one.options.get("tz") or "UTC",
        day_first=one.options.get("day_first"),
        decimal_comma=bool(one.options.get("decimal_comma")),
    )
    width = len(one.sniffed["columns"])
    return Work(
        shape=shape,
        parser=RowParser(shape.columns, one.mapping, settings),
        options={**one.options, "mapped": sorted(one.mapping)},
        lines=lambda start: lines(opener, form, width, start=start),
    )


def _taken(writer: BatchWriter, problems: list[Problem]) -> list[Problem]:
    found = problems + list(writer.problems)
    writer.problems.clear()
    return found


def dry_run(*, one: Import, actor: Actor, report: Report) -> dict[str, Any]:
    """All of the work, by the same writer, in one transaction that is rolled back; gives counts, totals and samples."""
    work = work_of(one)
    tally = Tally()
    samples: list[Problem] = []
    totals: dict[str, Any] = {}
    with transaction.atomic():
        writer = work.writer(actor)
        writer.prepare()
        for count, rows, problems in work.batches(0):
            writer.write(rows)
            found = _taken(writer, problems)
            tally.add(count, found)
            samples.extend(found[: max(0, 50 - len(samples))])
            report(tally.lines, one.lines)
        totals = dict(writer.finish())
        tally.new, tally.updated, tally.unchanged = writer.new, writer.updated, writer.unchanged
        transaction.set_rollback(True)
    return {
        **tally.as_plain(),
        "totals": totals,
        "samples": [[found.row, found.column, found.value, found.reason] for found in samples],
    }


def preview(*, one: Import, actor: Actor, count: int = 3) -> list[dict[str, Any]]:
    """What would become of the first lines: number, values, new | updated | skipped, and the problems; nothing
    stays.
    """
    work = work_of(one)
    shown: list[dict[str, Any]] = []
    with transaction.atomic():
        writer = work.writer(actor)
        writer.prepare()
        for line in islice(work.lines(0), count):
            row, problems = work.parser.parse(line)
            before = (writer.new, writer.unchanged)
            if not any(problem.skipped for problem in problems):
                writer.write([row])
                problems = _taken(writer, problems)
            fate = "new" if writer.new > before[0] else "unchanged" if writer.unchanged > before[1] else "updated"
            if any(problem.skipped for problem in problems):
                fate = "skipped"
            shown.append({"number": row.number, "values": row.values, "fate": fate, "problems": problems})
        transaction.set_rollback(True)
    return shown


def run(*, one: Import, actor: Actor, report: Report) -> Import:
    """Import all lines that are not in yet; safe to call again after a crash, from where the last batch was committed.

    What `report` or the writer raises leaves the committed batches in place, for the caller to undo or to go on.
    """
    work = work_of(one)
    writer = work.writer(actor)
    one = _begin(one, actor, writer)
    tally, change_set_id = Tally.of(one.counts), one.change_set_id
    if change_set_id is None:
        raise RuntimeError("an import that runs has its change set")
    for count, rows, problems in work.batches(one.position):
        report(tally.lines, one.lines)
        with resume(change_set_id):
            _hold(one)
            writer.write(rows)
            found = _taken(writer, problems)
            tally.add(count, found)
            tally.new, tally.updated, tally.unchanged = writer.new, writer.updated, writer.unchanged
            _keep(one, found)
            one.position += count
            one.counts, one.saved = tally.as_plain(), dict(writer.save())
            one.save(update_fields=["position", "counts", "saved"])
    with resume(change_set_id):
        _hold(one)
        one.totals = dict(writer.finish())
        found = _taken(writer, [])
        late = {problem.row for problem in found if problem.skipped}
        tally.imported -= len(late)
        tally.add(0, [problem for problem in found if not problem.skipped])
        tally.skipped.update(problem.reason for problem in found if problem.skipped)
        _keep(one, found)
        tally.new, tally.updated, tally.unchanged = writer.new, writer.updated, writer.unchanged
        one.counts, one.state, one.finished_at = tally.as_plain(), Import.State.DONE, timezone.now()
        one.lines = tally.lines
        one.save(update_fields=["counts", "totals", "state", "finished_at", "lines"])
        close_change_set(change_set_id)
        publish(TransferFinished(import_id=one.pk, shape=one.shape, demo=one.demo), actor=actor)
    report(tally.lines, tally.lines)
    return one


class TakenOverError(RuntimeError):
    """Another process imports the same file; this one stops."""


def _begin(one: Import, actor: Actor, writer: BatchWriter) -> Import:
    """Open the change set the first time; afterwards give the writer what was saved."""
    with transaction.atomic():
        one = Import.objects.select_for_update().get(pk=one.pk)
        fresh = one.change_set_id is None
        if fresh:
            one.change_set = open_change_set(
                actor=actor,
                kind="import",
                title=one.file_name,
                reference={"import": one.pk, "shape": one.shape, "lines": one.lines},
            )
        one.state, one.error = Import.State.RUNNING, ""
        one.save(update_fields=["change_set", "state", "error"])
    if one.change_set_id is None:
        raise RuntimeError("an import that runs has its change set")
    with resume(one.change_set_id):
        writer.prepare()
        if not fresh and one.saved:
            writer.load(one.saved)
    return one


def _hold(one: Import) -> None:
    """Lock the import's row and see that nobody else has gone on with it."""
    position = Import.objects.select_for_update().values_list("position", flat=True).get(pk=one.pk)
    if position != one.position:
        raise TakenOverError(one.pk)


def _keep(one: Import, problems: list[Problem]) -> None:
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(
                owner=one,
                row=problem.row,
                column=problem.column,
                value=problem.value.replace("\x00", ""),
                reason=problem.reason,
                skipped=problem.skipped,
            )
            for problem in problems
        ],
        batch_size=1000,
    )
