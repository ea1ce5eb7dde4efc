"""Data out: `peyvand export`, and files that other commands write."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.failures import INPUT, USAGE, CommandError
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.registry.declarations import ExportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.lists import joined
from peyvand.foundation.transfer import services
from peyvand.foundation.transfer.counting import Counted


def export(
    shape: Annotated[str, typer.Argument(help=_("What to export, as “customers”."))],
    path: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help=_("Where to; standard output if left out."))
    ] = None,
    excel: Annotated[bool, typer.Option("--xlsx", help=_("Write an Excel workbook instead of CSV."))] = False,
    as_json: AsJson = False,
) -> None:
    if not registry.has(ExportShape, shape):
        names = joined(found.name for found in registry.all(ExportShape))
        text = _("There is no list called “{name}”. There are: {names}.").format(name=shape, names=names)
        raise CommandError(text, code=USAGE)
    refuse_early(path, as_json=as_json)
    ground.stand(say=printing.say)
    actor = system_actor(via="console", language=ground.language())
    counted = Counted()
    if excel:
        blocks = _of_file(services.export_xlsx(actor=actor, name=shape, query={}, counted=counted))
    else:
        blocks = services.export_csv(actor=actor, name=shape, query={}, counted=counted)
    write_out(blocks, path, counted, as_json=as_json)


def _of_file(made: Path) -> Iterator[bytes]:
    """The content of a file that is removed afterwards."""
    try:
        with made.open("rb") as file:
            while block := file.read(1024 * 1024):
                yield block
    finally:
        made.unlink(missing_ok=True)


def refuse_early(path: Path | None, *, as_json: bool) -> None:
    """Say what can't be written before anything is read for it. An existing file is never written over."""
    if path is None and as_json:
        raise CommandError(
            _("With --json name a file: standard output can't hold the list and the answer."), code=USAGE
        )
    if path is not None and path.exists():
        raise CommandError(_("{path} exists already; name another file.").format(path=path), code=INPUT)


def write_out(blocks: Iterable[bytes], path: Path | None, counted: Counted, *, as_json: bool) -> None:
    """To standard output, or to a new file that appears when it is whole; then says what was written."""
    refuse_early(path, as_json=as_json)
    if path is None:
        for block in blocks:
            sys.stdout.buffer.write(block)
        sys.stdout.buffer.flush()
        return
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("xb") as file:
            for block in blocks:
                file.write(block)
        size = part.stat().st_size
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)
    if as_json:
        printing.answer({"file": str(path), "rows": counted.rows, "bytes": size})
        return
    text = ngettext("{rows} row is in {path}.", "{rows} rows are in {path}.", counted.rows)
    printing.say(text.format(rows=printing.number(counted.rows), path=path))
