"""What the engine and a room's writer agree on.

The kinds of ImportColumn and what the writer gets for them (an empty cell gives no key at all in `Row.values`):

    text      str, trimmed, with Arabic yeh and kaf made Persian
    code      str, as typed but trimmed; digits made Latin; "17850.0", which a spreadsheet made of a number, is "17850"
    number    int
    decimal   Decimal, never rounded; thousands separators and Persian digits understood
    date      datetime.date (Gregorian), Jalali recognised
    datetime  aware datetime in UTC; a time without zone is of the option "tz"
    phone     str in E.164, as +989123456789
    email     str, trimmed
    choice    str, as `text`; the writer knows its words
    boolean   bool, of yes/no words in both languages
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from peyvand.foundation.registry.declarations import Label

JSON = Any  # what json.dumps takes


@dataclass(frozen=True, slots=True)
class Row:
    """One line of data. `number` counts lines of data from 1, as in the file of problems; `values` are by column
    name.
    """

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a row, or one value of it, was not taken. `reason` names a Reason; `column` an ImportColumn, or "" for the
    row.

    When `skipped` is False the row went in without that value.
    """

    row: int
    column: str
    value: str
    reason: str
    skipped: bool = True


@dataclass(frozen=True)
class Reason:
    """A reason of a Problem, in words that say what to do. `{value}` stands for the value. Declared in
    registrations.
    """

    name: str  # "customers.no_name"; the key of `skipped` in the JSON of the console
    label: Label


@dataclass(frozen=True)
class Total:
    """The words for a total of a writer, as {"orders": 3}. Declared in registrations by the room that counts it."""

    name: str
    label: Label


class BatchWriter(Protocol):
    """A room's end of an import. Made by `ImportShape.writer(actor, options)`, once for a run and once after a crash.

    `options` has "currency" (ISO code or ""), "tz" (IANA name) and what else the shape asks. Every `write` runs inside
    the import's change set and one transaction, which also commits what `save` gives; after a crash the next process
    makes a new writer and gives it to `load`. A batch that raises is rolled back whole and the import fails with its
    message. `finish` comes once at the end, in a transaction of the set as well; its mapping is merged into the result.
    In a dry run the same calls happen and everything is rolled back.
    """

    problems: list[Problem]  # appended by write; the engine takes them out after every batch
    new: int  # records made so far
    updated: int  # records changed so far
    unchanged: int  # records that were there already just as the file has them, or were to be left

    def prepare(self) -> None: ...

    def write(self, rows: Sequence[Row]) -> None: ...

    def finish(self) -> Mapping[str, JSON]: ...

    def save(self) -> Mapping[str, JSON]: ...

    def load(self, saved: Mapping[str, JSON]) -> None: ...


class Writer:
    """A start for a room's writer: counters that survive a crash. `totals` are merged into the result at the end."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.new = 0
        self.updated = 0
        self.unchanged = 0
        self.totals: dict[str, JSON] = {}

    def prepare(self) -> None:
        """Look up what does not change while importing."""

    def skip(self, row: Row, reason: str, *, column: str = "", value: str = "") -> None:
        """Leave a row out, with the reason."""
        self.problems.append(Problem(row.number, column, value, reason))

    def note(self, row: Row, reason: str, *, column: str = "", value: str = "") -> None:
        """Take a row without one of its values."""
        self.problems.append(Problem(row.number, column, value, reason, skipped=False))

    def finish(self) -> Mapping[str, JSON]:
        """The writer's own totals, as {"orders": 3, "total": "12.50"}."""
        return self.totals

    def save(self) -> Mapping[str, JSON]:
        """What must survive a crash between two batches, as JSON. Extend it together with `load`."""
        return {"new": self.new, "updated": self.updated, "unchanged": self.unchanged, "totals": self.totals}

    def load(self, saved: Mapping[str, JSON]) -> None:
        """Take up again where a saved writer stood."""
        self.new, self.updated, self.totals = saved["new"], saved["updated"], dict(saved["totals"])
        self.unchanged = saved.get("unchanged", 0)
