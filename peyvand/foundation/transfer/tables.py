"""What every kind of table has, text or workbook: its format, its columns, its lines."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Any

from django.utils.translation import gettext as _

from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.formulas import restore_formula
from peyvand.foundation.text.keys import clean

Opener = Callable[[], IO[bytes]]

SAMPLE_ROWS = 500
MOST_COLUMNS = 1000
REMARKS = ("unnamed", "twice", "no_header", "formulas", "errors", "chosen_sheet", "cut")


class ReadError(ValueError):
    """The file cannot be read as a table; `str()` is one sentence that says what to do."""


@dataclass(frozen=True)
class Format:
    """How a file is written."""

    encoding: str
    delimiter: str
    header: bool
    sheet: str = ""  # of a workbook (XLSX); "" is a text file
    formulas: bool = False  # some cells of the sheet are formulas


@dataclass(frozen=True)
class Wish:
    """What a person says about a file instead of letting us find out; None and "" leave it to us."""

    encoding: str = ""
    delimiter: str = ""
    header: bool | None = None
    sheet: str = ""


@dataclass(frozen=True)
class Sniffed:
    """What a look at the file gave: its format, its columns, the first rows, and about how many lines of data it
    has.
    """

    format: Format
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: int
    bytes: int = 0
    sheets: Sequence[str] = ()
    remarks: Sequence[str] = ()  # of REMARKS: what the reader should know about the file

    def as_plain(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            **asdict(self),
            "columns": list(self.columns),
            "sheets": list(self.sheets),
            "remarks": list(self.remarks),
            "rows": [list(row) for row in self.rows[:200]],
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A line of data, as many cells as there are columns. `fault` is "", "blank" or "ragged"; `notes` what was
    mended.
    """

    number: int
    cells: Sequence[str]
    fault: str = ""
    notes: Sequence[str] = field(default_factory=tuple)


def opener_of(path: Path) -> Opener:
    """How to open a file of this machine; ReadError for what is no readable file."""
    if path.is_dir():
        raise ReadError(_("{path} is a folder; give the file itself.").format(path=path))
    if not path.exists():
        raise ReadError(_("There is no file {path}.").format(path=path))
    try:
        path.open("rb").close()
    except OSError as error:
        raise ReadError(_("{path} cannot be opened: {reason}.").format(path=path, reason=error.strerror)) from error
    return lambda: path.open("rb")


_VALUE = re.compile(r"[-+(]?[\d.,/:\s٬٫]*\d[\d.,/:\s٬٫)%]*|\S+@\S+\.\S+")


def has_header(rows: Sequence[Sequence[str]]) -> bool:
    """A header is a first row of different words: none of them a number, a date or an address."""
    first = [cell.strip() for cell in rows[0]]
    named = [cell for cell in first if cell]
    if not named or len(named) < len(first) / 2 or any(_VALUE.fullmatch(latin_digits(cell)) for cell in named):
        return False
    return len({cell.casefold() for cell in named}) == len(named) or len(rows) > 1


def names(header: Sequence[str], width: int) -> list[str]:
    """Column names, never empty, never twice."""
    found: list[str] = []
    seen: set[str] = set()
    for place in range(len(header) or width):
        name = clean(header[place].replace("\x00", "")) if place < len(header) else ""
        name = restore_formula(name)[:200] or _("Column {number}").format(number=place + 1)
        while name in seen:
            name = f"{name} ({place + 1})"
        seen.add(name)
        found.append(name)
    return found


def sniffed_rows(
    rows: Sequence[Sequence[str]], form: Format, wish: Wish, *, remarks: Sequence[str], about: int, size: int,
    sheets: Sequence[str] = (),
) -> Sniffed:  # fmt: skip
    """What the first rows, none of them blank, say of the columns; `about` counts the header as well."""
    header = has_header(rows) if wish.header is None else wish.header
    width = max(len(row) for row in rows[:50])
    if width > MOST_COLUMNS:
        text = _("The file has {count} columns; {limit} can be read. Take out those that you don't need.")
        raise ReadError(text.format(count=width, limit=MOST_COLUMNS))
    columns = names(rows[0] if header else [], width)
    data = [fitted(row, len(columns)) for row in (rows[1:] if header else rows)]
    odd = [*(remarks_on(rows[0]) if header else ["no_header"]), *remarks]
    return Sniffed(
        format=replace(form, header=header),
        columns=columns,
        rows=data[:SAMPLE_ROWS],
        lines=max(about - header, len(data)),
        bytes=size,
        sheets=sheets,
        remarks=odd,
    )


def remarks_on(header: Sequence[str]) -> list[str]:
    """What is odd about a header: "unnamed" and "twice"."""
    named = [clean(cell).casefold() for cell in header if clean(cell)]
    found = ["unnamed"] if len(named) < len(header) else []
    return [*found, "twice"] if len(set(named)) < len(named) else found


def fitted(row: Sequence[str], width: int) -> list[str]:
    return [cell.replace("\x00", "") for cell in row[:width]] + [""] * (width - len(row))


def place_of_column(columns: Sequence[str], name: str) -> int | None:
    """Where the column of this name stands: written so, else alone in being written so but for the case of letters."""
    if name in columns:
        return list(columns).index(name)
    alike = [place for place, column in enumerate(columns) if column.casefold() == name.strip().casefold()]
    return alike[0] if len(alike) == 1 else None
