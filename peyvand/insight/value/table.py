"""A file of any kind as columns of text. Heavy: children of the worker and the console only."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from django.utils.translation import gettext as _
from pyarrow import compute

from peyvand.foundation.text.lists import joined
from peyvand.foundation.transfer.reading import Opener, ReadError, Sniffed, Wish, bytes_of, lines, opener_of, sniff
from peyvand.foundation.transfer.tables import place_of_column

Texts = np.ndarray[Any, np.dtype[np.object_]]
NAMED = 40  # columns that a sentence names


@dataclass(frozen=True)
class Table:
    """Columns of stripped texts, all of one length; `skipped` lines were wider or narrower than the header. Lines with
    nothing in any of these columns are not in it.
    """

    columns: Mapping[str, Texts]
    rows: int
    skipped: int
    opener: Opener
    looked: Sniffed

    def column(self, name: str) -> Texts:
        """The column of this name, in any case of letters; ReadError names those there are."""
        return self.columns[self.name_of(name)]

    def name_of(self, name: str) -> str:
        """The column's name as the file writes it."""
        return _known(name, list(self.columns))

    def line_of(self, name: str, text: str) -> int:
        """The first line of data, from 1, that has this text in the column: the file is read again."""
        place = list(self.looked.columns).index(self.name_of(name))
        for line in lines(self.opener, self.looked.format, len(self.looked.columns)):
            if not line.fault and line.cells[place].strip() == text:
                return line.number
        return 0


def _known(name: str, names: Sequence[str]) -> str:
    place = place_of_column(names, name)
    if place is None:
        text = _("There is no column “{name}”. There are: {columns}.")
        raise ReadError(text.format(name=name, columns=joined(names[:NAMED])))
    return names[place]


def read(
    path: Path, *, only: Sequence[str] = (), besides: Callable[[Sequence[str]], Sequence[str]] | None = None
) -> Table:
    """Read a CSV (gz or not, any usual encoding and delimiter) or a workbook; with `only`, no other columns but those
    that `besides` picks of the names there are.

    ReadError, in a sentence, when it is no table, has no such column or no line.
    """
    opener = opener_of(path)
    looked = sniff(opener, Wish(header=True))
    names = list(looked.columns)
    more = besides(names) if besides else ()
    wanted = list(dict.fromkeys(_known(name, names) for name in (*only, *more))) or names
    columns, skipped = (_workbook if looked.format.sheet else _text)(opener, looked, wanted)
    said = np.zeros(len(columns[wanted[0]]), dtype=np.bool_)
    for texts in columns.values():
        said |= texts != ""
    if not said.all():
        columns = {name: texts[said] for name, texts in columns.items()}
    if not said.any() and not skipped:
        raise ReadError(_("The file has a header but no lines."))
    return Table(columns=columns, rows=int(said.sum()), skipped=skipped, opener=opener, looked=looked)


def _workbook(opener: Opener, looked: Sniffed, wanted: Sequence[str]) -> tuple[dict[str, Texts], int]:
    names = list(looked.columns)
    every = [line for line in lines(opener, looked.format, len(names)) if line.fault != "blank"]
    cells = [line.cells for line in every if not line.fault]
    columns = {name: np.array([row[names.index(name)].strip() for row in cells], dtype=object) for name in wanted}
    return columns, len(every) - len(cells)


def _text(opener: Opener, looked: Sniffed, wanted: Sequence[str]) -> tuple[dict[str, Texts], int]:
    skipped = 0

    def leave_out(_row: Any) -> str:
        nonlocal skipped
        skipped += 1
        return "skip"

    names = list(looked.columns)
    reading = arrow_csv.ReadOptions(column_names=names, encoding=looked.format.encoding, use_threads=False)
    parsing = arrow_csv.ParseOptions(
        delimiter=looked.format.delimiter, newlines_in_values=True, invalid_row_handler=leave_out
    )
    converting = arrow_csv.ConvertOptions(
        column_types={name: pa.string() for name in names}, strings_can_be_null=False, quoted_strings_can_be_null=False,
        include_columns=wanted,
    )  # fmt: skip
    with bytes_of(opener) as stream:
        try:
            found = arrow_csv.read_csv(stream, read_options=reading, parse_options=parsing, convert_options=converting)
        except pa.ArrowInvalid as error:
            raise ReadError(_("The file can't be read as a table: {reason}.").format(reason=error)) from error
    found = found.slice(1)  # the header, wherever the blank lines above it end
    columns = {name: compute.utf8_trim_whitespace(found[name]).to_numpy(zero_copy_only=False) for name in wanted}
    return columns, skipped
