"""What is declared to this room: numbers that have a name, so that reports and indicators mean the same by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from peyvand.foundation.registry.declarations import Label


@dataclass(frozen=True)
class Measure:
    """A number over one fact of the warehouse, as data.

    `op`: "count" (rows), "distinct" (different values of `column`), "sum", "mean", "median", "min", "max" (of `column`;
    rows without a value of it are left out, except that a sum of none is 0), or
    "ratio" (the sum or count of `over[0]` by that of `over[1]`, both names of measures of the same fact; nothing where
    the second is nothing). `less` is a column taken from `column`, row by row; `where` are conditions on the fact's
    columns or on those it leads to, as (path, "is", "not", "filled", "empty", "more" or "less", value).

    `unit`: "number", "share" (0–1), "seconds" or "minutes" (told as a length of time), "minor" (integer minor units) or
    "whole" (exact units of a currency). Amounts name the path of the column that holds their `currency`, and are only
    ever summed within one.
    `definition` says in a sentence what is counted.
    """

    name: str  # "orders.revenue"
    label: Label
    fact: str
    op: str
    definition: Label
    column: str = ""
    less: str = ""
    where: Sequence[tuple[str, str, Any]] = ()
    over: Sequence[str] = ()
    unit: str = "number"
    currency: str = ""
    order: int = 0

    @property
    def money(self) -> bool:
        """Whether it is an amount."""
        return self.unit in ("minor", "whole")


@dataclass(frozen=True)
class FactWords:
    """Short names of a fact's columns and of the words that stand in them, for who builds a report.

    `money` is the path of the currency of the fact's own amounts; `at` the moment that a period asks about. `left_out`
    are columns that say nothing to people.
    """

    name: str  # of the fact
    at: str = ""
    money: str = ""
    columns: Mapping[str, Label] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, Label]] = field(default_factory=dict)
    left_out: Sequence[str] = ()
