"""The verbs of data in and out."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peyvand.events.transfer import TransferUndone
from peyvand.foundation.accounts import settings as workspace
from peyvand.foundation.changes import services as changes
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ExportShape, ImportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.formulas import neutralise_formula
from peyvand.foundation.text.keys import clean
from peyvand.foundation.text.lists import joined, quoted
from peyvand.foundation.transfer import files, running
from peyvand.foundation.transfer.counting import Counted
from peyvand.foundation.transfer.files import opener_for
from peyvand.foundation.transfer.guessing import Guess, guess, guess_shape, remembered, title_key
from peyvand.foundation.transfer.models import Import, RememberedMapping
from peyvand.foundation.transfer.queries import import_get, reason_text, shape_of, shapes_for, sniffed_of
from peyvand.foundation.transfer.reading import Sniffed, Wish, opener_of, sniff
from peyvand.foundation.transfer.workbooks import workbook

UNDO_DAYS = 30
REASON_KEYS = tuple(title_key(word) for word in ("Reason", "دلیل"))  # the last title of a file of problems
UNDER_WAY = (Import.State.CHECKING, Import.State.RUNNING)
OPEN_STATES = (Import.State.MAPPING, Import.State.CHECKED, Import.State.FAILED, Import.State.CANCELLED)


class MappingError(ValueError):
    """The columns do not suffice, or a question is open; `str()` says what is missing."""


class StateError(RuntimeError):
    """The import is not in a state for this verb; `str()` says so."""


def import_begin(
    *, actor: Actor, name: str, stream: IO[bytes], shape: str = "", wish: Wish | None = None,
    said: Mapping[str, str] | None = None,
) -> Import:  # fmt: skip
    """Keep the file, look at it, and guess what it is (also its shape, when none is named). ReadError if it is no
    table. `wish` is what the person says of how it is written, `said` answers to what a shape asks of a whole file.
    """
    actor = actor.looking_at(demo=False)
    allowed = [shape_of(shape, actor)] if shape else shapes_for(actor)
    if shape:
        actor.require(allowed[0].permission)
    path = files.keep(stream)
    try:
        found = sniff(opener_of(path), wish)
        if not allowed:
            raise MappingError(_("You have no right to import any kind of file."))
    except ValueError:
        files.drop(path)
        raise
    best = guess_shape(allowed, found)[0]
    options = answers(actor=actor, shape=best.shape, said=said or {})
    one = _make(actor=actor, best=best, found=found, name=name, path=path, options=options)
    one.save()
    return one


def _make(
    *, actor: Actor, best: Guess, found: Sniffed, name: str, path: Path,
    options: Mapping[str, Any] | None = None,
) -> Import:  # fmt: skip
    """An import as it is guessed, not kept yet."""
    hints = {hint for column in best.columns for hint in column.hints}
    day_first = True if "day_first" in hints else False if "month_first" in hints else None
    guessed: dict[str, Any] = {
        "tz": workspace.text("time_zone"),
        "currency": "",
        "day_first": day_first,
        "decimal_comma": "comma" in hints,
    }
    titles, mended = _without_reasons(found.columns)
    mapping = {name: place for name, place in best.mapping.items() if place < len(titles)}
    said: Mapping[str, Any] = {}
    if earlier := (_earlier(actor, best.shape, titles) if mended else None):
        mapping, said = dict(earlier.mapping), earlier.options
    elif memory := RememberedMapping.objects.filter(shape=best.shape, titles=_titles_digest(titles)).first():
        mapping, said = remembered(memory.mapping, found) or mapping, memory.options
    guessed.update({key: value for key, value in said.items() if value not in ("", None)})
    given = {key: value for key, value in (options or {}).items() if value is not None}
    return Import(
        shape=best.shape,
        file_name=name[:200],
        path=str(path),
        sniffed=found.as_plain(),
        mapping=mapping,
        options={**guessed, **given},
        lines=found.lines,
        started_by_id=actor.user_id,
        started_by_name=actor.name,
    )


def _without_reasons(columns: Sequence[str]) -> tuple[Sequence[str], bool]:
    """The titles without the column of reasons of our own file of problems, and whether there was one."""
    with_reasons = len(columns) > 1 and title_key(columns[-1]) in REASON_KEYS
    return (columns[:-1], True) if with_reasons else (columns, False)


def _earlier(actor: Actor, shape: str, titles: Sequence[str]) -> Import | None:
    """The import whose file of problems this may be: the latest of these titles and this kind."""
    found = Import.objects.visible_to(actor).filter(
        shape=shape, sniffed__columns=list(titles), change_set__isnull=False
    )
    return found.order_by("-id").first()


def import_reshape(*, actor: Actor, import_id: int, shape: str, wish: Wish | None = None) -> Import:
    """Read the same file as another kind, or as written otherwise: the guesses are made anew. StateError once lines of
    it are in.
    """
    one = _open(actor, import_id)
    if one.position:
        raise StateError(_("Lines of this file are in already; take them back first."))
    actor.looking_at(demo=False).require(registry.get(ImportShape, shape).permission)
    one.shape = shape
    if wish is not None:
        found = sniff(opener_for(one), wish)
        one.sniffed, one.lines = found.as_plain(), found.lines
    one.mapping = guess(shape_of(shape, actor), sniffed_of(one)).mapping
    one.state, one.dry = Import.State.MAPPING, {}
    one.save(update_fields=["shape", "mapping", "state", "dry", "sniffed", "lines"])
    return one


def import_map(
    *, actor: Actor, import_id: int, mapping: Mapping[str, int], options: Mapping[str, Any], remember: bool = False
) -> Import:
    """Say where each column of the shape stands in the file, and how values are to be read."""
    one = _open(actor, import_id)
    shape = shape_of(one.shape, actor)
    known = {column.name for column in shape.columns}
    width = len(one.sniffed["columns"])
    if not all(name in known and 0 <= place < width for name, place in mapping.items()):
        raise MappingError(_("The mapping names a column that is not there."))
    one.mapping, one.options = dict(mapping), {**one.options, **options}
    one.state, one.dry = Import.State.MAPPING, {}
    one.save(update_fields=["mapping", "options", "state", "dry"])
    if remember:
        titles = one.sniffed["columns"]
        of_one_file = {ask.name for ask in shape.asks}
        RememberedMapping.objects.update_or_create(
            shape=one.shape,
            titles=_titles_digest(titles),
            defaults={
                "mapping": {name: title_key(titles[place]) for name, place in mapping.items()},
                "options": {key: value for key, value in one.options.items() if key not in of_one_file},
            },
        )
    return one


ANSWER_LENGTH = 120


def answers(*, actor: Actor, shape: str, said: Mapping[str, str]) -> dict[str, str]:
    """What was said of the things that a shape asks of a whole file, of those that the actor may say."""
    asks = registry.get(ImportShape, shape).asks
    return {
        one.name: " ".join(clean(said[one.name]).split())[:ANSWER_LENGTH]
        for one in asks
        if one.name in said and actor.looking_at(demo=False).may(one.permission)
    }


def questions(one: Import) -> list[str]:
    """What only a person can say before this file may go in: "currency", "day_first", or "column:<name>" that is
    missing.
    """
    shape = shape_of(one.shape)
    found = [f"column:{column.name}" for column in shape.columns if column.required and column.name not in one.mapping]
    if "currency" in shape.options and not one.options.get("currency"):
        found.append("currency")
    if one.options.get("day_first") is None:
        places = set(one.mapping.values())
        guesses = guess(shape, sniffed_of(one)).columns
        if any(column.question == "day_first" and column.place in places for column in guesses):
            found.append("day_first")
    return found


def import_dry_run(*, actor: Actor, import_id: int) -> Import:
    """Start the check as a job: everything is done and rolled back; counts are in `dry` when the state is
    "checked".
    """
    one = _open(actor, import_id)
    _require_answers(one)
    with transaction.atomic():
        one.state = Import.State.CHECKING
        run = jobs.start(
            actor=actor.looking_at(demo=False),
            job="transfer.check",
            title=one.file_name,
            arguments={"import_id": one.pk},
        )
        one.run_id = run.pk
        one.save(update_fields=["state", "run_id"])
    return one


def import_run(*, actor: Actor, import_id: int) -> Import:
    """Start the import as a job, or go on with one that was stopped or failed."""
    one = _open(actor, import_id)
    _require_answers(one)
    with transaction.atomic():
        one.state = Import.State.RUNNING
        run = jobs.start(
            actor=actor.looking_at(demo=False),
            job="transfer.import",
            title=one.file_name,
            arguments={"import_id": one.pk},
        )
        one.run_id = run.pk
        one.save(update_fields=["state", "run_id"])
    return one


def import_stop(*, actor: Actor, import_id: int) -> Import:
    """Stop an import or a check between two batches; what is in stays and can be taken back."""
    actor = actor.looking_at(demo=False)
    one = import_get(actor=actor, import_id=import_id)
    if one.run_id is not None and one.state in UNDER_WAY:
        jobs.cancel(actor=actor, run_id=one.run_id)
    return settle(one)


def settle(one: Import) -> Import:
    """Bring an import whose run has ended without it (stopped while waiting, its process killed too often) to an
    end.
    """
    if one.state not in UNDER_WAY or one.run_id is None:
        return one
    run = Run.objects.filter(pk=one.run_id).first()
    if run is not None and run.state in (Run.State.WAITING, Run.State.RUNNING):
        return one
    one.refresh_from_db()
    if one.state == Import.State.CHECKING:
        one.state = Import.State.MAPPING
    elif one.state == Import.State.RUNNING:
        stopped = run is not None and run.state == Run.State.CANCELLED
        one.state = Import.State.CANCELLED if stopped else Import.State.FAILED
    one.error = one.error or (run.error if run is not None else "")
    one.save(update_fields=["state", "error"])
    return one


def import_undo(*, actor: Actor, import_id: int, progress: Callable[[int, int], None] | None = None) -> dict[str, int]:
    """Take an import back; {"undone": rows, "kept": rows edited since or referred to}. StateError after 30 days."""
    actor = actor.looking_at(demo=False)
    with transaction.atomic():
        one = import_get(actor=actor, import_id=import_id, lock=True)
        if one.change_set_id is None or one.state in (Import.State.UNDONE, Import.State.RUNNING):
            raise StateError(_("There is nothing to take back."))
        if not may_undo(one):
            raise StateError(_("An import can be taken back for 30 days."))
        result = changes.undo(actor=actor, change_set_id=one.change_set_id, progress=progress)
        one.state = Import.State.UNDONE
        one.save(update_fields=["state"])
        publish(TransferUndone(import_id=one.pk, shape=one.shape, demo=one.demo), actor=actor)
    return {"undone": result.undone, "kept": result.kept}


def may_undo(one: Import) -> bool:
    """Whether an import still can be taken back."""
    done = (Import.State.DONE, Import.State.CANCELLED, Import.State.FAILED)
    recent = one.created_at > timezone.now() - timedelta(days=UNDO_DAYS)
    return one.change_set_id is not None and one.state in done and recent


# For the console


def plan_import(
    *,
    actor: Actor,
    shape: str,
    path: str | Path,
    options: Mapping[str, Any],
    mapping: Mapping[str, str] | None = None,
    wish: Wish | None = None,
) -> Import:
    """How a file of this machine would be read, guesses and all; nothing is kept.

    `mapping` names the file's title for columns that a guess may miss; `options` may have "currency", "tz",
    "day_first"; `wish` says how the file is written. ReadError, MappingError and NotAllowed say what is wrong.
    """
    actor = actor.looking_at(demo=False)
    declared = shape_of(shape, actor)
    actor.require(declared.permission)
    place = Path(path).expanduser().resolve()
    found = sniff(opener_of(place), wish)
    if wish is not None and wish.sheet and wish.sheet != found.format.sheet:
        raise MappingError(_no_sheet(wish.sheet, found))
    best = guess(declared, found)
    one = _make(actor=actor, best=best, found=found, name=place.name, path=place, options=options)
    if not one.options["currency"] and "currency" in declared.options:
        one.options["currency"] = workspace.text("default_currency")
    if mapping:
        one.mapping = {**one.mapping, **_places(found, mapping)}
    return one


def _no_sheet(name: str, found: Sniffed) -> str:
    if not found.sheets:
        return _("The file is no workbook, so it has no sheets.")
    text = _("The workbook has no sheet “{name}”. There are: {names}.")
    return text.format(name=name, names=joined(found.sheets))


def check_plan(*, actor: Actor, plan: Import, on_progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """What bringing in would give, by doing everything and rolling it back; the same counts and totals as
    `carry_out`.
    """
    _require_answers(plan)
    found = running.dry_run(one=plan, actor=actor.looking_at(demo=False), report=on_progress or _silent)
    return Import(counts=found, totals=found["totals"]).result()


def carry_out(*, actor: Actor, plan: Import, on_progress: Callable[[int, int], None] | None = None) -> dict[str, Any]:
    """Bring a planned file in, here and now: {"id", "lines", "imported", "skipped": {reason: n}} with the writer's
    totals. On a failure what is in stays, can be taken back by its id, and `resume_import` goes on.
    """
    _require_answers(plan)
    plan.save()
    return resume_import(actor=actor, import_id=plan.pk, on_progress=on_progress)


def run_import(
    *,
    actor: Actor,
    shape: str,
    path: str | Path,
    options: Mapping[str, Any],
    mapping: Mapping[str, str] | None = None,
    on_progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """`plan_import` and `carry_out` at once."""
    plan = plan_import(actor=actor, shape=shape, path=path, options=options, mapping=mapping)
    return carry_out(actor=actor, plan=plan, on_progress=on_progress)


def _silent(done: int, total: int) -> None:
    """Nobody looks."""


def _places(found: Sniffed, mapping: Mapping[str, str]) -> dict[str, int]:
    """Where the titles stand in the file; MappingError for one that it does not have."""
    known = {title_key(title): place for place, title in enumerate(found.columns)}
    for title in mapping.values():
        if title_key(title) not in known:
            raise MappingError(_("The file has no column “{title}”.").format(title=title))
    return {name: known[title_key(title)] for name, title in mapping.items()}


def resume_import(
    *, actor: Actor, import_id: int, on_progress: Callable[[int, int], None] | None = None
) -> dict[str, Any]:
    """Go on with an import where its last batch was committed; gives the same as `run_import`."""
    actor = actor.looking_at(demo=False)
    one = import_get(actor=actor, import_id=import_id)
    actor.require(registry.get(ImportShape, one.shape).permission)
    try:
        return running.run(one=one, actor=actor, report=on_progress or _silent).result()
    except running.TakenOverError:
        raise StateError(_("Another process brings in this file already.")) from None
    except Exception as error:
        Import.objects.filter(pk=one.pk).update(state=Import.State.FAILED, error=str(error)[:2000])
        raise


def undo_import(*, actor: Actor, import_id: int) -> dict[str, int]:
    """The console's name of `import_undo`."""
    return import_undo(actor=actor, import_id=import_id)


# Out


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


# Inside


def _open(actor: Actor, import_id: int) -> Import:
    one = import_get(actor=actor.looking_at(demo=False), import_id=import_id)
    actor.looking_at(demo=False).require(registry.get(ImportShape, one.shape).permission)
    if one.state not in OPEN_STATES:
        raise StateError(_("This import is already under way or has ended."))
    return one


def _require_answers(one: Import) -> None:
    open_ones = questions(one)
    missing = [name.removeprefix("column:") for name in open_ones if name.startswith("column:")]
    if missing:
        labels = {column.name: str(column.label) for column in shape_of(one.shape).columns}
        names = joined(quoted(labels[name]) for name in missing)
        raise MappingError(_("No column of the file is mapped to {names}.").format(names=names))
    if "currency" in open_ones:
        raise MappingError(_("Say in which currency the amounts are."))
    if "day_first" in open_ones:
        raise MappingError(_("Say whether the day or the month stands first in dates such as 3/4/2026."))


def _titles_digest(titles: Iterable[str]) -> str:
    return hashlib.sha256("\x1f".join(title_key(title) for title in titles).encode()).hexdigest()
