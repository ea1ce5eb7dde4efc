"""Data in: `peyvand import`."""

from __future__ import annotations

import codecs
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import available_timezones

import typer
from django.utils.translation import gettext as _
from typer.core import TyperGroup

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.exports import write_out
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.failures import USAGE, CommandError
from peyvand.foundation.money.currencies import currency_of
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.declarations import ImportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.lists import joined
from peyvand.foundation.transfer import queries, services
from peyvand.foundation.transfer.counting import Counted
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.reading import ENCODINGS, Wish
from peyvand.memory.privacy import carrying

TAB = ("tab", "\\t", "\t")
LISTED = 20  # rows that an undo kept, where people read; the JSON has them all


class ShapeOrCommand(TyperGroup):
    """`import SHAPE FILE` reads like a command, beside `import list` and `import undo`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["file", *args]
        return super().resolve_command(ctx, args)


bring = typer.Typer(cls=ShapeOrCommand, help=_("Bring in data from a file, CSV or XLSX, or take it back."))


def _console() -> Actor:
    return system_actor(via="console", language=ground.language())


def _shape(name: str) -> ImportShape:
    if not registry.has(ImportShape, name):
        names = joined(shape.name for shape in registry.all(ImportShape))
        text = _("There is no kind of file called “{name}”. There are: {names}.").format(name=name, names=names)
        raise CommandError(text, code=USAGE)
    return queries.shape_of(name)


def _mapping(shape: ImportShape, pairs: list[str]) -> dict[str, str]:
    """What --map says: the shape's column by the file's title."""
    known = {column.name for column in shape.columns}
    found: dict[str, str] = {}
    for pair in pairs:
        name, sign, title = pair.partition("=")
        if not sign or name not in known:
            text = _("“{pair}” is not COLUMN=TITLE. Columns of {shape}: {names}.")
            raise CommandError(text.format(pair=pair, shape=shape.name, names=joined(sorted(known))), code=USAGE)
        found[name] = title
    return found


def _options(
    shape: ImportShape, *, currency: str, tz: str, day_first: bool | None, key: str, existing: str, missing: str
) -> dict[str, Any]:
    """What was said of the values and of rows that are there; UnknownCurrencyError and CommandError for nonsense."""
    options: dict[str, Any] = {"currency": None, "tz": tz or None, "day_first": day_first}
    if "known" in shape.options:
        keys = ["", *(column.name for column in shape.columns if column.may_be_key)]
        for said, allowed in ((key, keys), (existing, ["update", "skip"]), (missing, ["create", "skip"])):
            if said not in allowed:
                text = _("“{value}” is not one of: {allowed}.")
                raise CommandError(text.format(value=said, allowed=joined(filter(None, allowed))), code=USAGE)
        options |= {"key": key, "existing": existing, "missing": missing}
    if currency:
        options["currency"] = currency_of(currency.upper()).code
    if tz and tz not in available_timezones():
        raise CommandError(_("There is no time zone “{tz}”. Write it like Asia/Tehran.").format(tz=tz), code=USAGE)
    return options


def _answers(shape: ImportShape, pairs: list[str]) -> dict[str, str]:
    """What --ask says of a whole file."""
    said = {name: value for name, _sign, value in (pair.partition("=") for pair in pairs)}
    known = [ask.name for ask in shape.asks]
    if unknown := [name for name in said if name not in known]:
        text = _("“{value}” is not one of: {allowed}.")
        raise CommandError(text.format(value=unknown[0], allowed=joined(known)), code=USAGE)
    return services.answers(actor=_console(), shape=shape.name, said=said)


def _wish(*, encoding: str, delimiter: str, sheet: str) -> Wish:
    """What was said of how the file is written."""
    if encoding:
        try:
            encoding = codecs.lookup(encoding).name
            "".encode(encoding)  # not one of those that turn bytes into bytes
        except LookupError:
            text = _("There is no encoding “{name}”. Usual ones: {names}.")
            raise CommandError(text.format(name=encoding, names=joined(ENCODINGS)), code=USAGE) from None
    if delimiter in TAB:
        delimiter = "\t"
    if len(delimiter) > 1 or delimiter in ('"', "\r", "\n", "\x00"):
        raise CommandError(_("Cells are cut by one sign, as “;” or “tab”."), code=USAGE)
    return Wish(encoding=encoding, delimiter=delimiter, sheet=sheet)


@bring.command("file", help=_("Bring in a file: peyvand import SHAPE FILE. Shapes: customers, organisations, orders …"))
def import_file(
    shape: Annotated[str, typer.Argument(help=_("What the lines are, as “orders”."))],
    path: Annotated[Path, typer.Argument(metavar="FILE", help=_("A CSV file, gz or not, or a workbook (XLSX)."))],
    currency: Annotated[str, typer.Option(help=_("Currency of the amounts, as GBP."))] = "",
    tz: Annotated[str, typer.Option(help=_("Time zone of times without one, as Europe/London."))] = "",
    day_first: Annotated[
        bool | None, typer.Option("--day-first/--month-first", help=_("Whether 3/4/2026 is the third of April."))
    ] = None,
    pairs: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=TITLE", help=_("Where a column stands in the file."))
    ] = None,
    template: Annotated[str, typer.Option(help=_("The name of a template of columns."))] = "",
    key: Annotated[str, typer.Option(help=_("By which column a row that is there is known, as “code”."))] = "",
    existing: Annotated[str, typer.Option(help=_("What to do with rows that are there: update or skip."))] = "update",
    missing: Annotated[str, typer.Option(help=_("What to do with rows that are not: create or skip."))] = "create",
    encoding: Annotated[str, typer.Option(help=_("How its letters are written, as windows-1256."))] = "",
    delimiter: Annotated[str, typer.Option(help=_("The sign that cuts its cells, as “;” or “tab”."))] = "",
    sheet: Annotated[str, typer.Option(help=_("Which sheet of a workbook."))] = "",
    asks: Annotated[
        list[str] | None,
        typer.Option("--ask", metavar="NAME=VALUE", help=_("What is true of the whole file, as “list=Guests”.")),
    ] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help=_("Say what would happen and leave everything as it is."))] = (
        False
    ),
    as_json: AsJson = False,
) -> None:
    declared = _shape(shape)
    options = _options(
        declared, currency=currency, tz=tz, day_first=day_first, key=key, existing=existing, missing=missing
    )
    options |= _answers(declared, asks or [])
    mapping = _mapping(declared, pairs or [])
    wish = _wish(encoding=encoding, delimiter=delimiter, sheet=sheet)
    ground.stand(say=printing.say)
    plan = services.plan_import(
        actor=_console(), shape=shape, path=path, options=options, mapping=mapping, template=template, wish=wish
    )
    if not as_json:
        _say_plan(plan)
    work = services.check_plan if dry else services.carry_out
    with printing.progress(_("Checking") if dry else _("Bringing in")) as report:
        result = work(actor=_console(), plan=plan, on_progress=report)
    if dry:
        result = {"dry_run": True, **{name: value for name, value in result.items() if name != "id"}}
    _shown({**result, **_plan_plain(plan)} if as_json else result, as_json=as_json)


def _plan_plain(plan: Import) -> dict[str, Any]:
    """How the file was read: the file's title by column, the titles left out, and what values are taken for."""
    fields = queries.fields_of(plan)
    return {
        "mapping": {column.name: title for title, column in fields if column is not None},
        "left_out": [title for title, column in fields if column is None],
        "options": plan.options,
        "format": plan.sniffed["format"],
    }


def _say_plan(plan: Import) -> None:
    """The same for people, before anything is done."""
    form = queries.sniffed_of(plan).format
    how = _("sheet “{sheet}”").format(sheet=form.sheet) if form.sheet else form.encoding.upper()
    printing.say(_("{file} ({how}): what becomes of its columns").format(file=plan.file_name, how=how))
    nowhere = _("not brought in")
    for title, column in queries.fields_of(plan):
        printing.say(f"  {title}: {column.label if column else nowhere}")
    for remark in queries.remarks_of(plan):
        printing.say(remark)


def _shown(result: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        printing.answer(result)
        return
    number = printing.number
    dry = result.get("dry_run", False)
    text = _("{imported} of {lines} lines would come in.") if dry else _("Brought in {imported} of {lines} lines.")
    printing.line(text.format(imported=number(result["imported"]), lines=number(result["lines"])))
    for reason, count in sorted(result["skipped"].items(), key=lambda pair: -pair[1]):
        printing.line(f"  {number(count)}  {queries.reason_words(reason, value='…')}")
    for label, name in ((_("New"), "created"), (_("Changed"), "updated"), (_("As they were"), "unchanged")):
        printing.line(f"  {label}: {number(result[name])}")
    for label, amount in queries.totals_of(result):
        printing.line(f"  {label}: {number(amount)}")
    sums = result.get("totals") or {}
    for currency, amount in sums.items() if len(sums) > 1 else ():
        printing.line(f"  {currency_of(currency).name}: {number(Decimal(amount))}")
    if dry:
        printing.line(_("Nothing was changed. Without --dry-run the file comes in."))
        return
    if result["skipped"]:
        printing.line(_("The lines left out, with reasons: peyvand import problems {id} FILE").format(id=result["id"]))
    printing.line(_("To take it back: peyvand import undo {id}").format(id=result["id"]))


@bring.command("person", help=_("Bring in one person's data, as another installation gave them out."))
def import_person(
    path: Annotated[Path, typer.Argument(metavar="FILE", help=_("The zip of the export, or its data.json."))],
    again: Annotated[bool, typer.Option("--again", help=_("Also somebody who was erased here."))] = False,
    as_json: AsJson = False,
) -> None:
    ground.stand(say=printing.say)
    found = carrying.person_bring_in(actor=_console(), path=path.expanduser(), again=again)
    if as_json:
        printing.answer({
            "customer": found.customer_id, "change_set": found.change_set_id, "rows": dict(found.rows),
            "left_out": dict(found.left_out),
        })  # fmt: skip
        return
    text = _("The person is here as number {id}, with {rows} rows.")
    printing.line(text.format(id=found.customer_id, rows=printing.number(sum(found.rows.values()))))
    if left := sum(found.left_out.values()):
        text = _("{count} rows were left out: what they refer to is not in the file.")
        printing.line(text.format(count=printing.number(left)))


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
    for row in result["kept_rows"][:LISTED]:
        printing.line(f"  {row['table']} {row['id']}: {row['text']}")


@bring.command("problems", help=_("The lines that were left out, with reasons; to be mended and brought in again."))
def import_problems(
    import_id: Annotated[int, typer.Argument(metavar="ID")],
    path: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help=_("Where to; standard output if left out."))
    ] = None,
    as_json: AsJson = False,
) -> None:
    ground.stand(say=printing.say)
    counted = Counted()
    blocks = services.problems_csv(actor=_console(), import_id=import_id, counted=counted)
    write_out(blocks, path, counted, as_json=as_json)


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
    number = printing.number
    cells = [
        (one.pk, queries.shape_of(one.shape).label, one.file_name, queries.STATES[one.state],
         number(one.counts.get("lines", 0)), number(one.counts.get("imported", 0)))
        for one in found
    ]  # fmt: skip
    printing.table(titles, cells)
