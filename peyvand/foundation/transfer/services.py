"""The verbs of data in and out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from django.db import transaction
from django.utils.translation import gettext as _

from peyvand.foundation.accounts import settings as workspace
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ImportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.keys import clean
from peyvand.foundation.text.lists import joined, quoted
from peyvand.foundation.transfer import files, remembering, running
from peyvand.foundation.transfer.errors import MappingError, StateError
from peyvand.foundation.transfer.exporting import (
    export_csv,
    export_file,
    export_short,
    export_start,
    export_xlsx,
    problems_csv,
)
from peyvand.foundation.transfer.files import opener_for
from peyvand.foundation.transfer.guessing import Guess, guess, guess_shape, title_key
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.queries import import_get, shape_of, shapes_for, sniffed_of
from peyvand.foundation.transfer.reading import Sniffed, Wish, opener_of, sniff
from peyvand.foundation.transfer.undoing import import_undo, import_undo_start, may_undo

__all__ = [
    "MappingError",
    "StateError",
    "carry_out",
    "check_plan",
    "export_csv",
    "export_file",
    "export_short",
    "export_start",
    "export_xlsx",
    "import_begin",
    "import_dry_run",
    "import_map",
    "import_reshape",
    "import_run",
    "import_stop",
    "import_template",
    "import_undo",
    "import_undo_start",
    "may_undo",
    "plan_import",
    "problems_csv",
    "questions",
    "resume_import",
    "run_import",
    "settle",
]

REASON_KEYS = tuple(title_key(word) for word in ("Reason", "دلیل"))  # the last title of a file of problems
UNDER_WAY = (Import.State.CHECKING, Import.State.RUNNING, Import.State.UNDOING)
OPEN_STATES = (Import.State.MAPPING, Import.State.CHECKED, Import.State.FAILED, Import.State.CANCELLED)


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
    elif memory := remembering.recalled(best.shape, titles, found):
        mapping, said = memory
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
        remembering.remember(actor=actor, one=one)
    return one


def import_template(*, actor: Actor, import_id: int, template_id: int) -> Import:
    """Map an import's file as a template says, as far as its columns are there. Raises what `import_map` does, and
    MappingTemplate.DoesNotExist.
    """
    one = _open(actor, import_id)
    template = remembering.template_get(actor=actor, template_id=template_id)
    mapping, options = remembering.template_mapping(template, one)
    return import_map(actor=actor, import_id=one.pk, mapping=mapping, options=options)


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
    elif one.state == Import.State.UNDOING:
        one.state = one.before or Import.State.DONE
    elif one.state == Import.State.RUNNING:
        stopped = run is not None and run.state == Run.State.CANCELLED
        one.state = Import.State.CANCELLED if stopped else Import.State.FAILED
    one.error = one.error or (run.error if run is not None else "")
    one.save(update_fields=["state", "error"])
    return one


# For the console


def plan_import(
    *,
    actor: Actor,
    shape: str,
    path: str | Path,
    options: Mapping[str, Any],
    mapping: Mapping[str, str] | None = None,
    template: str = "",
    wish: Wish | None = None,
) -> Import:
    """How a file of this machine would be read, guesses and all; nothing is kept.

    `mapping` names the file's title for columns that a guess may miss; `template` is the name of a kept mapping;
    `options` may have "currency", "tz", "day_first"; `wish` says how the file is written. ReadError, MappingError and
    NotAllowed say what is wrong.
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
    if template:
        remembering.apply_named(actor=actor, name=template, one=one, said=options)
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
    template: str = "",
    on_progress: Callable[[int, int], None] | None = None,
) -> dict[str, Any]:
    """`plan_import` and `carry_out` at once."""
    plan = plan_import(actor=actor, shape=shape, path=path, options=options, mapping=mapping, template=template)
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
