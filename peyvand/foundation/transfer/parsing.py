"""Cells to values, by the kind of column. A cell that cannot be read gives the name of the reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from peyvand.foundation.calendar.parsing import AmbiguousDateError, DateError, parse_date, parse_datetime
from peyvand.foundation.registry.declarations import ImportColumn
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.formulas import restore_formula
from peyvand.foundation.text.identifiers import IdentifierError, normalise_email, parse_phone
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.transfer.reading import Line
from peyvand.foundation.transfer.shapes import Problem, Row

LONGEST_TEXT = 10_000
LONGEST_CODE = 200
REMEMBERED = 20_000  # cells of a column
LARGEST_EXPONENT = 18  # what fits an amount or a bigint
EMPTY = frozenset({"", "-", "–", "—", "null", "none", "n/a", "#n/a", "nan", "(null)"})
LONGEST_EMPTY = max(len(word) for word in EMPTY)
YES = frozenset(
    fa_key(word) for word in ("yes", "y", "true", "t", "1", "on", "بله", "بلی", "آری", "دارد", "هست", "✓", "x")
)
NO = frozenset(fa_key(word) for word in ("no", "n", "false", "f", "0", "off", "خیر", "نه", "ندارد", "نیست"))
_FLOAT_ID = re.compile(r"(\d+)[.٫]0+")
_SIGNS = re.compile(r"[\s\u00a0\u202f_'’]|[$€£¥﷼]|تومان|ریال|rial|toman|irr|irt|usd|eur|gbp", re.IGNORECASE)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+")
_PLAIN = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d{1,2})?")


class CellError(ValueError):
    """A cell that cannot be read; `reason` names a Reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Settings:
    """How values of one file are to be understood. `day_first` None: ambiguous dates are refused."""

    tz: str = "UTC"
    day_first: bool | None = None
    decimal_comma: bool = False
    region: str = "IR"


def read_decimal(text: str, *, decimal_comma: bool = False) -> Decimal:
    """A number as people and spreadsheets write it; CellError otherwise.

    Thousands may be cut by , ٬ ' or spaces. A single comma is a decimal sign when `decimal_comma`, or when what
    follows it cannot be a group of thousands. Brackets and a minus at the end are negative.
    """
    folded = _SIGNS.sub("", latin_digits(text)).replace("٬", "").replace("٫", ".").replace("−", "-").replace("%", "")
    if folded.startswith("(") and folded.endswith(")"):
        folded = "-" + folded[1:-1]
    elif folded.endswith("-"):
        folded = "-" + folded[:-1]
    if "," in folded:
        if "." in folded and folded.rfind(",") > folded.rfind("."):
            folded = folded.replace(".", "").replace(",", ".")
        elif "." in folded or (_GROUPED.fullmatch(folded) and not decimal_comma):
            folded = folded.replace(",", "")
        else:
            folded = folded.replace(",", ".")
    if not _PLAIN.fullmatch(folded.lower()):
        raise CellError("number")
    try:
        return Decimal(folded)
    except InvalidOperation:
        raise CellError("number") from None


def read_code(text: str) -> str:
    """A code as typed; one that a spreadsheet took for a number loses its ".0"."""
    code = clean(latin_digits(text)).replace("\u200c", "")
    floated = _FLOAT_ID.fullmatch(code)
    return floated.group(1) if floated else code


def _number(text: str, settings: Settings) -> int:
    value = read_decimal(text, decimal_comma=settings.decimal_comma)
    if value != value.to_integral_value() or abs(value) >= Decimal(10) ** LARGEST_EXPONENT:
        raise CellError("whole_number")
    return int(value)


def _decimal(text: str, settings: Settings) -> Decimal:
    value = read_decimal(text, decimal_comma=settings.decimal_comma)
    if value.adjusted() >= LARGEST_EXPONENT:
        raise CellError("number")
    return value


def _date(text: str, settings: Settings) -> date:
    try:
        return parse_date(text, day_first=settings.day_first)
    except AmbiguousDateError:
        raise CellError("date_order") from None
    except DateError:
        raise CellError("date") from None


def _datetime(text: str, settings: Settings) -> datetime:
    try:
        return parse_datetime(text, tz=settings.tz, day_first=settings.day_first)
    except AmbiguousDateError:
        raise CellError("date_order") from None
    except DateError:
        raise CellError("date") from None


def _phone(text: str, settings: Settings) -> str:
    try:
        return parse_phone(read_code(text), settings.region).e164
    except IdentifierError:
        raise CellError("phone") from None


def _email(text: str, settings: Settings) -> str:
    try:
        return normalise_email(text)
    except IdentifierError:
        raise CellError("email") from None


def _boolean(text: str, settings: Settings) -> bool:
    key = fa_key(text)
    if key in YES:
        return True
    if key in NO:
        return False
    raise CellError("boolean")


def _text(text: str, settings: Settings) -> str:
    cleaned = clean(text)
    if len(cleaned) > LONGEST_TEXT:
        raise CellError("too_long")
    return cleaned


def _code(text: str, settings: Settings) -> str:
    code = read_code(text)
    if len(code) > LONGEST_CODE:
        raise CellError("too_long")
    return code


KINDS: Mapping[str, Callable[[str, Settings], Any]] = {
    "text": _text,
    "choice": _text,
    "code": _code,
    "number": _number,
    "decimal": _decimal,
    "date": _date,
    "datetime": _datetime,
    "phone": _phone,
    "email": _email,
    "boolean": _boolean,
}


def parser_of(column: ImportColumn) -> Callable[[str, Settings], Any]:
    """The reading of a column's cells; a text that is a key is a code."""
    return KINDS["code" if column.key and column.kind == "text" else column.kind]


class RowParser:
    """Lines of one file to rows of one shape. `mapping` gives the place of the file's column for names of the
    shape's.
    """

    def __init__(self, columns: Sequence[ImportColumn], mapping: Mapping[str, int], settings: Settings) -> None:
        self.settings = settings
        self.cells = [
            (mapping[column.name], column.name, self._remembering(parser_of(column)), column.required)
            for column in columns
            if column.name in mapping
        ]

    def _remembering(self, parse: Callable[[str, Settings], Any]) -> Callable[[str], Any]:
        """The reading of a cell; columns repeat themselves, so what was read lately is kept. None for an empty cell."""

        @lru_cache(maxsize=REMEMBERED)
        def read(cell: str) -> Any:
            raw = restore_formula(cell).strip()
            if not raw or (len(raw) <= LONGEST_EMPTY and raw.casefold() in EMPTY):
                return None
            return parse(raw, self.settings)

        return read

    def parse(self, line: Line) -> tuple[Row, list[Problem]]:
        """The row with what could be read, and what could not; any unread cell leaves the row out."""
        if line.fault:
            return Row(line.number, {}), [Problem(line.number, "", "", line.fault)]
        problems: list[Problem] = []
        values: dict[str, Any] = {}
        for place, name, read, required in self.cells:
            cell = line.cells[place]
            try:
                value = read(cell)
            except CellError as error:
                problems.append(Problem(line.number, name, cell[:200], error.reason))
                continue
            if value is not None:
                values[name] = value
            elif required:
                problems.append(Problem(line.number, name, "", "required"))
        problems.extend(Problem(line.number, "", "", note, skipped=False) for note in line.notes)
        return Row(line.number, values), problems
