"""A file of any kind as columns of text. Heavy: children of the worker and the console only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as arrow_csv
from django.utils.translation import gettext as _
from pyarrow import compute

from peyvand.foundation.text.lists import joined
from peyvand.foundation.transfer.reading import Sniffed, Wish, bytes_of, lines, opener_of, sniff
from peyvand.foundation.transfer.tables import place_of_column
from peyvand.insight.prediction.errors import CannotTellError

Texts = np.ndarray[Any, np.dtype[np.object_]]
NAMED = 40  # columns that a sentence names


@dataclass(frozen=True)
class Table:
    """Columns of stripped texts, all of one length; `skipped` lines were wider or narrower than the header."""

    columns: Mapping[str, Texts]
    rows: int
    skipped: int = 0

    def column(self, name: str) -> Texts:
        """The column of this name, in any case of letters; CannotTellError names those there are."""
        return self.columns[self.name_of(name)]

    def name_of(self, name: str) -> str:
        """The column's name as the file writes it."""
        return _known(name, list(self.columns))


def _known(name: str, names: Sequence[str]) -> str:
    place = place_of_column(names, name)
    if place is None:
        text = _("There is no column “{name}”. There are: {columns}.")
        raise CannotTellError(text.format(name=name, columns=joined(names[:NAMED])))
    return names[place]


def read(path: Path, *, only: Sequence[str] = ()) -> Table:
    """Read a CSV (gz or not, any usual encoding and delimiter) or a workbook; with `only`, no other columns.

    ReadError when it is no table; CannotTellError when it has no lines.
    """
    opener = opener_of(path)
    looked = sniff(opener, Wish(header=True))
    table = _workbook(opener, looked) if looked.format.sheet else _text(opener, looked, only)
    if not table.rows:
        raise CannotTellError(_("The file has a header but no lines."))
    return table


def _workbook(opener: Any, looked: Sniffed) -> Table:
    width = len(looked.columns)
    cells = [line.cells for line in lines(opener, looked.format, width) if not line.fault]
    columns = {
        name: np.array([row[place].strip() for row in cells], dtype=object) for place, name in enumerate(looked.columns)
    }
    return Table(columns=columns, rows=len(cells))


def _text(opener: Any, looked: Sniffed, only: Sequence[str]) -> Table:
    skipped = 0

    def leave_out(_row: Any) -> str:
        nonlocal skipped
        skipped += 1
        return "skip"

    names = list(looked.columns)
    wanted = [_known(name, names) for name in only] or names
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
            raise CannotTellError(_("The file can't be read as a table: {reason}.").format(reason=error)) from error
    found = found.slice(1)  # the header, wherever the blank lines above it end
    columns = {name: compute.utf8_trim_whitespace(found[name]).to_numpy(zero_copy_only=False) for name in wanted}
    return Table(columns=columns, rows=found.num_rows, skipped=skipped)
