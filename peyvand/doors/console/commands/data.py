"""Data in and out: `peyvand import`, `peyvand export`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

import typer
from django.utils.translation import gettext as _
from typer.core import TyperGroup

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.failures import INPUT, USAGE, CommandError
from peyvand.foundation.money.currencies import currency_of
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.declarations import ExportShape, ImportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.transfer import queries, services
from peyvand.foundation.transfer.models import Import

BLOCK = 1 << 20


class ShapeOrCommand(TyperGroup):
    """`import SHAPE FILE` reads like a command, beside `import list` and `import undo`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["file", *args]
        return super().resolve_command(ctx, args)


bring = typer.Typer(cls=ShapeOrCommand, help=_("Bring in data from a CSV file, or take it back."))


def _console() -> Actor:
    return system_actor(via="console", language=ground.language())


def _shape(name: str) -> ImportShape:
    if not registry.has(ImportShape, name):
        names = ", ".join(shape.name for shape in registry.all(ImportShape))
        text = _("There is no kind of file called “{name}”. There are: {names}.").format(name=name, names=names)
        raise CommandError(text, code=USAGE)
    return queries.shape_of(name)


def _mapping(shape: ImportShape, path: Path, pairs: list[str]) -> dict[str, str]:
    """What --map says: the shape's column by the file's title."""
    known = {column.name for column in shape.columns}
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, title = pair.partition("=")
        if not sign or name not in known:
            text = _("“{pair}” is not COLUMN=TITLE. Columns of {shape}: {names}.")
            names = ", ".join(sorted(known))
            raise CommandError(text.format(pair=pair, shape=shape.name, names=names), code=USAGE)
        found[name] = title
    return found


def _answers(shape: ImportShape, pairs: list[str]) -> dict[str, str]:
    """What --ask says of a whole file."""
    said = {name: value for name, _sign, value in (pair.partition("=") for pair in pairs)}
    known = [ask.name for ask in shape.asks]
    if unknown := [name for name in said if name not in known]:
        text = _("“{value}” is not one of: {allowed}.")
        raise CommandError(text.format(value=unknown[0], allowed=", ".join(known)), code=USAGE)
    return services.answers(actor=_console(), shape=shape.name, said=said)


@bring.command("file", help=_("Bring in a file: peyvand import SHAPE FILE. Shapes: customers, organisations, orders …"))
def import_file(
    shape: Annotated[str, typer.Argument(help=_("What the lines are, as “orders”."))],
    path: Annotated[Path, typer.Argument(metavar="FILE", help=_("A CSV file, gz or not."))],
    currency: Annotated[str, typer.Option(help=_("Currency of the amounts, as GBP."))] = "",
    tz: Annotated[str, typer.Option(help=_("Time zone of times without one, as Europe/London."))] = "",
    day_first: Annotated[
        bool | None, typer.Option("--day-first/--month-first", help=_("Whether 3/4/2026 is the third of April."))
    ] = None,
    pairs: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=TITLE", help=_("Where a column stands in the file."))
    ] = None,
    key: Annotated[str, typer.Option(help=_("By which column a row that is there is known, as “code”."))] = "",
    existing: Annotated[str, typer.Option(help=_("What to do with rows that are there: update or skip."))] = "update",
    missing: Annotated[str, typer.Option(help=_("What to do with rows that are not: create or skip."))] = "create",
    asks: Annotated[
        list[str] | None,
        typer.Option("--ask", metavar="NAME=VALUE", help=_("What is true of the whole file, as “list=Guests”.")),
    ] = None,
    as_json: AsJson = False,
) -> None:
    declared = _shape(shape)
    options: dict[str, Any] = {"currency": None, "tz": tz or None, "day_first": day_first}
    if "known" in declared.options:
        keys = ["", *(column.name for column in declared.columns if column.may_be_key)]
        for said, allowed in ((key, keys), (existing, ["update", "skip"]), (missing, ["create", "skip"])):
            if said not in allowed:
                text = _("“{value}” is not one of: {allowed}.")
                raise CommandError(text.format(value=said, allowed=", ".join(filter(None, allowed))), code=USAGE)
        options |= {"key": key, "existing": existing, "missing": missing}
    options |= _answers(declared, asks or [])
    if currency:
        options["currency"] = currency_of(currency.upper()).code
    if tz and tz not in available_timezones():
        raise CommandError(_("There is no time zone “{tz}”. Write it like Asia/Tehran.").format(tz=tz), code=USAGE)
    mapping = _mapping(declared, path, pairs or [])
    ground.stand(say=printing.say)
    with printing.progress(_("Bringing in")) as report:
        given = {"mapping": mapping} if mapping else {}
        result = services.run_import(
            actor=_console(), shape=shape, path=path, options=options, on_progress=report, **given
        )
    _shown(result, as_json=as_json)


def _shown(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        printing.answer(result)
        return
    number = printing.number
    text = _("Brought in {imported} of {lines} lines.")
    printing.line(text.format(imported=number(result["imported"]), lines=number(result["lines"])))
    for reason, count in sorted(result["skipped"].items(), key=lambda pair: -pair[1]):
        printing.line(f"  {number(count)}  {queries.reason_words(reason)}")
    for name in sorted(set(result) - {"id", "lines", "imported", "skipped"}):
        printing.line(f"  {name}: {result[name]}")
    printing.line(_("To take it back: peyvand import undo {id}").format(id=result["id"]))


@bring.command("resume", help=_("Go on with an import that stopped half-way."))
def import_resume(
    import_id: Annotated[int, typer.Argument(metavar="ID")],
    as_json: AsJson = False,
) -> None:
    ground.stand(say=printing.say)
    with printing.progress(_("Bringing in")) as report:
        result = services.resume_import(actor=_console(), import_id=import_id, on_progress=report)
    _shown(result, as_json=as_json)


@bring.command("undo", help=_("Take an import back: what nobody has changed since goes out again."))
def import_undo(
    import_id: Annotated[int, typer.Argument(metavar="ID")],
    as_json: AsJson = False,
) -> None:
    ground.stand(say=printing.say)
    with printing.progress(_("Taking back")) as report:
        result = services.import_undo(actor=_console(), import_id=import_id, progress=report)
    if as_json:
        printing.answer(result)
        return
    text = _("Took back {undone} rows; {kept} stay, because they were changed since or are needed by others.")
    printing.line(text.format(undone=printing.number(result["undone"]), kept=printing.number(result["kept"])))


@bring.command("list", help=_("The imports, newest first."))
def import_list(as_json: AsJson = False) -> None:
    ground.stand(say=printing.say)
    found = Import.objects.visible_to(_console()).order_by("-id")[:200]
    if as_json:
        rows = [{**one.result(), "shape": one.shape, "file": one.file_name, "state": one.state,
                 "at": one.created_at} for one in found]  # fmt: skip
        printing.answer(rows)
        return
    titles = [_("Number"), _("Kind"), _("File"), _("State"), _("Lines"), _("Brought in")]
    cells = [(one.pk, one.shape, one.file_name, one.state, one.counts.get("lines", 0), one.counts.get("imported", 0))
             for one in found]  # fmt: skip
    printing.table(titles, cells)


def export(
    shape: Annotated[str, typer.Argument(help=_("What to export, as “customers”."))],
    path: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help=_("Where to; standard output if left out."))
    ] = None,
    excel: Annotated[bool, typer.Option("--xlsx", help=_("Write an Excel workbook instead of CSV."))] = False,
) -> None:
    ground.stand(say=printing.say)
    if not registry.has(ExportShape, shape):
        names = ", ".join(found.name for found in registry.all(ExportShape))
        text = _("There is no list called “{name}”. There are: {names}.").format(name=shape, names=names)
        raise CommandError(text, code=USAGE)
    blocks = _workbook(shape) if excel else services.export_csv(actor=_console(), name=shape, query={})
    if path is None:
        for block in blocks:
            sys.stdout.buffer.write(block)
        sys.stdout.buffer.flush()
        return
    _write_whole(path, blocks)


def _workbook(shape: str) -> Iterator[bytes]:
    made = services.export_xlsx(actor=_console(), name=shape, query={})
    try:
        with made.open("rb") as file:
            while block := file.read(1024 * 1024):
                yield block
    finally:
        made.unlink(missing_ok=True)


def _write_whole(path: Path, blocks: Iterator[bytes]) -> None:
    """The file appears when it is whole; an existing one is never written over."""
    if path.exists():
        raise CommandError(_("{path} exists already; name another file.").format(path=path), code=INPUT)
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("xb") as file:
            for block in blocks:
                file.write(block)
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
