"""Somebody erased, in files that came in: the file itself, its first lines, what of it was not taken."""

from __future__ import annotations

import codecs
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from peyvand.foundation.changes.forgetting import forgotten
from peyvand.foundation.changes.services import images_erase
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.text.mentions import Mentioned
from peyvand.foundation.transfer import files
from peyvand.foundation.transfer.models import Import, MappingTemplate
from peyvand.foundation.transfer.reading import Format, ReadError, bytes_of, lines
from peyvand.foundation.transfer.tables import Opener

BLOCK = 1 << 20
OVERLAP = 200  # letters: no hint is longer
UNDER_WAY = (Import.State.CHECKING, Import.State.RUNNING, Import.State.UNDOING)


def busy(actor: Actor, somebody: Mentioned) -> str:
    """Why they can't be forgotten now: a file with them is under way. Files are of one's own business only."""
    if actor.demo:
        return ""
    for one in Import.objects.filter(state__in=UNDER_WAY):
        if _lines_of(one, somebody) is not None:
            text = _("The file “{name}”, in which they stand, is being worked on. Wait for its end, or stop it.")
            return text.format(name=one.file_name)
    return ""


def forget(actor: Actor, somebody: Mentioned) -> int:
    """Take them out of every import: first lines and samples lose their rows, problems go, and so does a kept file
    in which they stand; an import that had not ended can't go on without it.
    """
    if actor.demo:
        return 0
    count = sum(_forget_in(one, somebody) for one in Import.objects.select_for_update().order_by("pk").iterator())
    return count + _forget_templates(actor, somebody) + files.exports_drop()


def _forget_templates(actor: Actor, somebody: Mentioned) -> int:
    """Templates whose titles were no titles but a line of theirs, or that are called like them."""
    joined = [fa_key(name).replace(" ", "") for name in somebody.names]
    gone = []
    for template in MappingTemplate.objects.all():
        words = " ".join([template.name, *template.mapping.values()])
        if somebody.in_text(words) or any(name and name in words for name in joined):
            gone.append(template.pk)
    MappingTemplate.objects.filter(pk__in=gone).delete()
    if gone:
        images_erase(actor=actor, rows={MappingTemplate._meta.db_table: gone})
    return len(gone)


def _forget_in(one: Import, somebody: Mentioned) -> int:
    before = _texts_of(one)
    lines = _lines_of(one, somebody)
    if lines is not None and files.is_ours(one):
        transaction.on_commit(lambda: files.drop_of(one))
        if one.state not in (Import.State.DONE, Import.State.UNDONE):
            one.state = Import.State.CANCELLED
            one.error = _("The file held somebody who has been erased, and is gone. Give it again without them.")
    one.file_name = str(forgotten(one.file_name, somebody))
    one.error = str(forgotten(one.error, somebody))
    one.sniffed = {
        **one.sniffed,
        "columns": forgotten(one.sniffed.get("columns", []), somebody),
        "rows": [row for row in one.sniffed.get("rows", []) if not somebody.in_row(row)],
    }
    if "samples" in one.dry:
        kept = [sample for sample in one.dry["samples"] if not _of_them(sample[0], str(sample[2]), lines, somebody)]
        one.dry = {**one.dry, "samples": kept}
    one.saved, one.totals = forgotten(one.saved, somebody), forgotten(one.totals, somebody)
    gone = [problem.pk for problem in one.problems.iterator(chunk_size=2000)
            if _of_them(problem.row, problem.value, lines, somebody)]  # fmt: skip
    one.problems.filter(pk__in=gone).delete()
    changed = before != _texts_of(one)
    if changed:
        one.save(update_fields=["state", "file_name", "error", "sniffed", "dry", "saved", "totals"])
    return int(changed or bool(gone))


def _of_them(row: int, value: str, lines: frozenset[int] | None, somebody: Mentioned) -> bool:
    return row in (lines or ()) or somebody.in_text(value)


def _texts_of(one: Import) -> list[Any]:
    return [one.state, one.file_name, one.error, one.sniffed, one.dry, one.saved, one.totals]


def _lines_of(one: Import, somebody: Mentioned) -> frozenset[int] | None:
    """The numbers of the lines of the import's file that speak of them; None when the file does not, or is gone.

    Titles and other sheets of a workbook count without a number.
    """
    try:
        opener = files.opener_for(one)
        form = Format(**one.sniffed["format"])
        if not any(somebody.mentioned_perhaps(text) for text in _texts_in(opener, form)):
            return None
        width = len(one.sniffed["columns"])
        found = frozenset(line.number for line in lines(opener, form, width) if somebody.in_row(line.cells))
        others = [name for name in one.sniffed.get("sheets", []) if name != form.sheet]
        besides = somebody.in_row(one.sniffed["columns"]) or any(
            somebody.in_row(line.cells)
            for name in others
            for line in lines(opener, replace(form, sheet=name, header=False), width)
        )
    except (ReadError, KeyError):
        return None
    return found if found or besides else None


def _texts_in(opener: Opener, form: Format) -> Iterator[str]:
    """All letters of a file in overlapping blocks, as quickly as they can be had; of a workbook its parts as they are
    packed, where a name stands in one piece unless its letters look different.
    """
    if not form.sheet:
        with bytes_of(opener) as stream:
            yield from _blocks(stream, form.encoding)
        return
    with opener() as raw, zipfile.ZipFile(raw) as packed:
        for part in packed.infolist():
            if part.filename.endswith(".xml"):
                with packed.open(part) as stream:
                    yield from _blocks(stream, "utf-8")


def _blocks(stream: Any, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    tail = ""
    while block := stream.read(BLOCK):
        text = tail + decoder.decode(block)
        yield text
        tail = text[-OVERLAP:]
