"""Workbooks (XLSX) as a stream of lines: values of formulas, dates as dates, within limits against packed bombs."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time
from importlib import import_module
from itertools import zip_longest
from typing import IO, Any
from xml.etree.ElementTree import ParseError

from django.utils.translation import gettext as _

from peyvand.foundation.transfer.tables import (
    SAMPLE_ROWS,
    Format,
    Line,
    Opener,
    ReadError,
    Sniffed,
    Wish,
    sniffed_rows,
)

LARGEST_SHEET = 4 * 1024**3  # bytes, unpacked; sheets are streamed
LARGEST_PART = 256 * 1024**2  # of what must be held in memory: shared strings, styles
MOST_PARTS = 5000
LARGEST_RATIO = 400  # unpacked to packed, of all of the file; real sheets reach about 60
SMALL = 64 * 1024**2  # below which a ratio says nothing
MOST_BLANK = 100_000  # rows without a value, one after the other: the sheet has ended
LONGEST_WHOLE = 10**15  # beyond it a float has no units
DAMAGED = (zipfile.BadZipFile, ParseError, KeyError, ValueError, TypeError, EOFError, OSError,
           AttributeError, IndexError)  # fmt: skip


def is_workbook(stream: IO[bytes]) -> bool:
    """Whether a file is packed as workbooks are and has the parts of one."""
    if stream.read(4) != b"PK\x03\x04":
        return False
    try:
        with zipfile.ZipFile(stream) as packed:
            return "xl/workbook.xml" in packed.namelist()
    except (zipfile.BadZipFile, EOFError, ValueError, OSError):
        return _says_workbook(stream)


def _says_workbook(stream: IO[bytes]) -> bool:
    """A cut workbook has lost its table of contents, but not its beginning."""
    stream.seek(0)
    return b"[Content_Types].xml" in stream.read(4096) or b"xl/" in stream.read(1 << 16)


def _checked(stream: IO[bytes]) -> None:
    with zipfile.ZipFile(stream) as packed:
        parts = packed.infolist()
        unpacked = sum(part.file_size for part in parts)
        packed_size = sum(part.compress_size for part in parts)
        held = [part for part in parts if "/worksheets/" not in part.filename and "/media/" not in part.filename]
        if (
            len(parts) > MOST_PARTS
            or unpacked > LARGEST_SHEET
            or (unpacked > SMALL and unpacked > LARGEST_RATIO * max(packed_size, 1))
            or any(part.file_size > LARGEST_PART for part in held)
        ):
            raise ReadError(
                _("This workbook unpacks to far more than it can hold. Save the sheet as CSV and give that.")
            )
    stream.seek(0)


@contextmanager
def _book(opener: Opener, *, values: bool) -> Iterator[Any]:
    """The workbook, open for streaming; anything damaged in it is a ReadError."""
    with opener() as stream:
        try:
            _checked(stream)
            load_workbook = import_module("openpyxl").load_workbook  # 16 MB, for who reads a workbook
            book = load_workbook(stream, read_only=True, data_only=values, keep_links=False)
            try:
                yield book
            finally:
                book.close()
        except ReadError:
            raise
        except DAMAGED as error:
            raise ReadError(_("The workbook is damaged or cut off; save it anew and give that.")) from error


def _rows(book: Any, sheet: str) -> Iterator[Sequence[Any]]:
    found = book[sheet]
    found.reset_dimensions()  # what the file says of its size may be wrong
    yield from found.iter_rows()


def sniff_workbook(opener: Opener, wish: Wish) -> Sniffed:
    """Look at a workbook: its sheets, the wished one or the first with rows, its columns and first rows."""
    with _book(opener, values=True) as book:
        sheets = [one.title for one in book.worksheets]
        candidates = [wish.sheet] if wish.sheet in sheets else sheets
        for sheet in candidates:
            found: list[list[str]] = []
            errors, about = False, 0
            for cells in _until_the_end(_rows(book, sheet)):
                read = [_text(cell) for cell in cells]
                if not any(text.strip() for text, _note in read):
                    continue
                about += 1
                if len(found) <= SAMPLE_ROWS:
                    found.append(_trimmed([text for text, _note in read]))
                    errors = errors or any(note == "error_cell" for _text_, note in read)
            if found:
                break
    if not found:
        raise ReadError(_("The workbook has no rows."))
    formulas = _has_formulas(opener, sheet)
    remarks = ["formulas"] * formulas + ["errors"] * errors + ["chosen_sheet"] * (len(sheets) > 1)
    with opener() as stream:
        size = stream.seek(0, 2)
    form = Format("utf-8", ",", header=True, sheet=sheet, formulas=formulas)
    return sniffed_rows(found, form, wish, remarks=remarks, about=about, size=size, sheets=sheets)


def _has_formulas(opener: Opener, sheet: str) -> bool:
    """Whether a formula stands among the first rows or anywhere in the sheet's text."""
    with _book(opener, values=False) as book:
        path = book[sheet]._worksheet_path
    with opener() as stream, zipfile.ZipFile(stream) as packed, packed.open(path) as part:
        last = b""
        while block := part.read(1 << 20):
            if b"<f>" in last + block or b"<f " in last + block:
                return True
            last = block[-2:]
    return False


def _until_the_end(rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """The rows up to the last with a value; a sheet coloured to its last line does not count."""
    waiting = 0
    for cells in rows:
        if all(cell.value is None for cell in cells):
            waiting += 1
            if waiting > MOST_BLANK:
                return
            continue
        for _blank in range(waiting):
            yield ()
        waiting = 0
        yield cells


def lines_of(opener: Opener, form: Format, columns: int, *, start: int = 0) -> Iterator[Line]:
    """Every line of data of a sheet after the first `start` ones, numbered from 1."""
    with _book(opener, values=True) as book:
        seen_header, number = not form.header, 0
        for cells, formulas in _with_formulas(opener, form, _rows(book, form.sheet)):
            read = [_text(cell) for cell in cells]
            blank = not any(text.strip() for text, _note in read)
            if not seen_header:
                seen_header = not blank
                continue
            if blank and number == 0 and not form.header:
                continue
            number += 1
            if number <= start:
                continue
            if blank:
                yield Line(number, [""] * columns, "blank")
                continue
            notes = list(dict.fromkeys(note for _value, note in read if note))
            if formulas:
                empty = any(read[place][0] == "" for place in formulas if place < len(read))
                notes.append("formula_empty" if empty else "formula")
            yield _line(number, [text for text, _note in read], columns, notes)


def _with_formulas(
    opener: Opener, form: Format, rows: Iterator[Sequence[Any]]
) -> Iterator[tuple[Sequence[Any], list[int]]]:
    """The rows with the places of their formulas, read beside the values only where the sheet has any."""
    if not form.formulas:
        for cells in _until_the_end(rows):
            yield cells, []
        return
    with _book(opener, values=False) as book:
        pairs = zip_longest(rows, _rows(book, form.sheet), fillvalue=())
        blank = 0
        for cells, written in pairs:
            places = [place for place, cell in enumerate(written) if getattr(cell, "data_type", "") == "f"]
            if not places and all(cell.value is None for cell in cells):
                blank += 1
                if blank > MOST_BLANK:
                    return
                continue
            for _blank in range(blank):
                yield (), []
            blank = 0
            yield cells, places


def _line(number: int, cells: list[str], columns: int, notes: list[str]) -> Line:
    if len(cells) > columns:
        fault = "ragged" if any(cell.strip() for cell in cells[columns:]) else ""
        return Line(number, cells if fault else cells[:columns], fault, notes)
    return Line(number, cells + [""] * (columns - len(cells)), "", notes)


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


def _text(cell: Any) -> tuple[str, str]:
    """A cell as a CSV would have it, and what was odd: "error_cell" for #N/A and its like, which count as empty."""
    value = cell.value
    if value is None:
        return "", ""
    if isinstance(value, str):
        return ("", "error_cell") if cell.data_type == "e" else (value.replace("\x00", ""), "")
    if isinstance(value, bool):
        return ("true" if value else "false"), ""
    if isinstance(value, float) and value.is_integer() and abs(value) < LONGEST_WHOLE:
        return str(int(value)), ""
    if isinstance(value, datetime):
        plain = value.time() == time(0, 0)
        return (value.date().isoformat() if plain else value.isoformat(sep=" ", timespec="seconds")), ""
    return (value.isoformat() if isinstance(value, date | time) else str(value)), ""
