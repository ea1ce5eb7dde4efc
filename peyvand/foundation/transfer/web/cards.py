"""What the import's pages show: one line a column, cards of the first records, counts of the check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import ImportColumn
from peyvand.foundation.text.identifiers import format_phone
from peyvand.foundation.text.lists import joined
from peyvand.foundation.transfer import running
from peyvand.foundation.transfer.guessing import SURE, ColumnGuess, guess
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.queries import (
    column_of,
    reason_words,
    remarks_of,
    shape_of,
    sniffed_of,
    totals_of,
)
from peyvand.foundation.transfer.reading import ENCODINGS
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import current_reader

LEFT_TO_RIGHT = {"code", "number", "decimal", "date", "datetime", "phone", "email"}
LINES_OF_CARD = 4
ROWS_SHOWN = 5


@dataclass(frozen=True)
class ColumnLine:
    """A column of the file, what it is mapped to, and why."""

    place: int
    title: str
    samples: str
    ltr: bool
    chosen: str
    icon: str
    sure: bool
    share: float
    ground: str
    question: str
    empty: bool


@dataclass(frozen=True)
class Card:
    """What would become of one line."""

    number: int
    title: str
    lines: Sequence[str]
    fate: str  # new, updated, skipped, or "" when only the reading is known
    reasons: Sequence[str]


@dataclass(frozen=True)
class Count:
    """A part of all lines: its words, how many, and its colour."""

    label: str
    count: int
    tone: str


@dataclass(frozen=True)
class Written:
    """How the file is written, what may be chosen instead, its first rows, and what is odd about it."""

    sheet: str
    sheets: Sequence[str]
    encodings: Sequence[tuple[str, str, bool]]  # value, words, chosen
    delimiters: Sequence[tuple[str, str, bool]]
    header: bool
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    remarks: Sequence[str]


def written(one: Import) -> Written:
    """What the page says and asks about the file itself."""
    found = sniffed_of(one)
    form = found.format
    names = {"cp1256": "windows-1256", "cp1252": "windows-1252"}
    encodings = dict.fromkeys([*ENCODINGS, form.encoding])
    marks = {
        ",": gettext("Comma ,"), ";": gettext("Semicolon ;"), "\t": gettext("Tab"), "|": gettext("Bar |"),
        "^": "^", "~": "~", ":": gettext("Colon :"),
    }  # fmt: skip
    marks.setdefault(form.delimiter, form.delimiter)
    return Written(
        sheet=form.sheet,
        sheets=found.sheets,
        encodings=[(name, names.get(name, name.upper()), name == form.encoding) for name in encodings],
        delimiters=[("tab" if sign == "\t" else sign, text, sign == form.delimiter) for sign, text in marks.items()],
        header=form.header,
        head=found.columns if form.header else [],
        rows=found.rows[:ROWS_SHOWN],
        remarks=remarks_of(one),
    )


def column_lines(one: Import) -> list[ColumnLine]:
    """One line a column of the file."""
    shape = shape_of(one.shape)
    by_place = {place: name for name, place in one.mapping.items()}
    columns = {column.name: column for column in shape.columns}
    shown = []
    for guessed in guess(shape, sniffed_of(one)).columns:
        chosen = columns.get(by_place.get(guessed.place, ""))
        as_guessed = chosen is not None and chosen.name == guessed.column
        asks = as_guessed and guessed.question == "day_first" and one.options.get("day_first") is None
        shown.append(
            ColumnLine(
                place=guessed.place,
                title=guessed.title,
                samples=joined(guessed.samples),
                ltr=all(sample.isascii() for sample in guessed.samples),
                chosen=chosen.name if chosen else "",
                icon=chosen.icon if chosen else "ban",
                sure=as_guessed and guessed.share >= SURE,
                share=guessed.share if as_guessed else 0.0,
                ground=_ground(guessed, chosen, as_guessed),
                question="day_first" if asks else "",
                empty=not guessed.samples,
            )
        )
    return shown


def _ground(guessed: ColumnGuess, chosen: ImportColumn | None, as_guessed: bool) -> str:
    """Why the column was taken for this, or for nothing."""
    if chosen is None:
        return gettext("it is empty") if not guessed.samples else gettext("we know no field for it")
    if not as_guessed:
        return gettext("you chose it")
    words = {"like": gettext("by its title, nearly"), "values": gettext("by its values")}.get(guessed.ground, "")
    hints = [
        text
        for hint, text in (
            ("jalali", gettext("Jalali dates")),
            ("floated", gettext("17850.0 is read as 17850")),
            ("comma", gettext("the comma is the decimal sign")),
            ("day_first", gettext("the day stands first")),
            ("month_first", gettext("the month stands first")),
        )
        if hint in guessed.hints
    ]
    if chosen.key:
        hints.append(gettext("key for finding duplicates"))
    return " · ".join(part for part in (words, *hints) if part)


def cards(one: Import, actor: Actor, *, complete: bool) -> list[Card]:
    """The first three records as they would be; with their fate once no question is open."""
    if complete:
        return [
            _card(one, line["number"], line["values"], line["fate"], line["problems"])
            for line in running.preview(one=one, actor=actor)
        ]
    work = running.work_of(one)
    found = []
    for line in work.lines(0):
        row, problems = work.parser.parse(line)
        found.append(_card(one, row.number, row.values, "", problems))
        if len(found) == 3:
            break
    return found


def _card(one: Import, number: int, values: Any, fate: str, problems: Sequence[Any]) -> Card:
    shape = shape_of(one.shape)
    words = [column for column in shape.columns if column.name in values]
    head = next((column for column in words if column.kind == "text" and not column.key), words[0] if words else None)
    lines = [f"{column.label}: {shown(values[column.name], column)}" for column in words if column is not head]
    reasons = []
    for problem in problems:
        column = column_of(one, problem.column)
        reasons.append(reason_words(problem.reason, column=str(column.label) if column else "", value=problem.value))
    title = shown(values[head.name], head) if head else "–"
    return Card(number, title, lines[:LINES_OF_CARD], fate, reasons)


def shown(value: Any, column: ImportColumn) -> str:
    """A parsed value as the reader reads it."""
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return formats.day(value, "short")
    if column.kind == "phone":
        return format_phone(value, current_reader().language)
    if isinstance(value, int | Decimal):
        return formats.number(value, max(0, -int(Decimal(value).as_tuple().exponent)))
    return str(value)


def counts(found: dict[str, Any]) -> list[Count]:
    """The lines of a check or an import by what becomes of them, for the bar and its legend."""
    skipped = sum(found.get("skipped", {}).values())
    parts = [
        Count(gettext("Lines that go in"), found.get("imported", 0), "c1"),
        Count(gettext("Lines left out"), skipped, "c4"),
    ]
    return [part for part in parts if part.count or part.tone == "c1"]


def reasons(found: dict[str, Any], name: str = "skipped") -> list[tuple[str, int]]:
    """Why lines were left out (or, with "notes", mended), the most frequent first."""
    ordered = sorted(found.get(name, {}).items(), key=lambda pair: -pair[1])
    return [(reason_words(reason, value="…"), count) for reason, count in ordered]


def totals(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The writer's totals in the reader's words and digits, in the order in which rooms declare them."""
    return [(label, formats.number(amount)) for label, amount in totals_of(found)]
