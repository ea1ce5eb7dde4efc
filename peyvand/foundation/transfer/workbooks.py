"""An export as a workbook (XLSX) that Excel and LibreOffice open as people expect."""

from __future__ import annotations

import contextlib
import re
import tempfile
from collections.abc import Iterable
from datetime import date, datetime, time
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.ui.reader import current_reader

MOST_ROWS = 1_048_576  # of a sheet
LONGEST = 32_767  # letters of a cell
LARGEST = Decimal(10) ** 15  # a spreadsheet keeps 15 digits; larger numbers go as text
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")  # in XML
_BAD_TITLE = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


class TooLongError(ValueError):
    """More rows than a sheet holds."""

    def __init__(self) -> None:
        super().__init__(str(_("A sheet holds about a million rows; take this list out as CSV.")))


def workbook(rows: Iterable[Iterable[Any]], *, title: str, beside: Path | None = None) -> Path:
    """Write the rows, the first of them heads, to a file that the caller removes; right to left for Persian readers.

    Texts are texts, whatever they begin with: nothing in the file is a formula. Moments are in the reader's time zone.
    The file lies in the folder of `beside`, else where the machine keeps such files.
    """
    openpyxl = import_module("openpyxl")  # with it comes numpy: 16 MB for a process that never makes a workbook
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(title.translate(_BAD_TITLE)[:31] or "1")
    sheet.sheet_view.rightToLeft = (get_language() or "fa").startswith("fa")
    sheet.freeze_panes = "B2"
    bold = import_module("openpyxl.styles").Font(bold=True)
    try:
        for count, row in enumerate(rows):
            if count >= MOST_ROWS:
                raise TooLongError
            cells = [_cell(openpyxl.cell.WriteOnlyCell(sheet), value) for value in row]
            if count == 0:
                for cell in cells:
                    cell.font = bold
            sheet.append(cells)
    except BaseException:
        _thrown_away(sheet)
        raise
    folder = beside.parent if beside is not None else None
    with tempfile.NamedTemporaryFile(prefix="peyvand-", suffix=".xlsx", delete=False, dir=folder) as file:
        path = Path(file.name)
    try:
        book.save(path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def _thrown_away(sheet: Any) -> None:
    """Rows that were written already lie in a file of openpyxl's own, which would stay until the process ends."""
    with contextlib.suppress(Exception):
        sheet.close()
        sheet._writer.cleanup()


def _cell(cell: Any, value: Any) -> Any:
    if value is None or value == "":
        return cell
    if isinstance(value, datetime):
        cell.value = value.astimezone(current_reader().zone).replace(tzinfo=None, microsecond=0)
        cell.number_format = "yyyy-mm-dd hh:mm"
    elif isinstance(value, date):
        cell.value = value
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, bool | time) or (isinstance(value, int | float | Decimal) and abs(Decimal(value)) < LARGEST):
        cell.value = value
    else:
        cell.value = _ILLEGAL.sub("", str(value))[:LONGEST]
        cell.data_type = "s"  # also what begins with "="
    return cell
