"""Expressions over the warehouse's tables that an answer is made of: fields, conditions, periods. Heavy."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, reduce
from typing import Any

import ibis
import pyarrow as pa

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.calendar.periods import PeriodKind, period_of

OTHERS = "__others__"
NOTHING = "\x1f"  # stands for no value inside a key of a group
DAYS, FIRST, LAST = "calendar_days", date(1900, 1, 1), date(2070, 12, 31)
Expression = Any  # ibis has no stubs


def held_in(name: str, columns: Sequence[str]) -> list[str]:
    """The columns of the files in which a field stands: of a moment its day, of a name both."""
    if name + "_day" in columns:
        return [name + "_day"]
    if name in columns:
        return [name]
    return ["name_fa", "name_en"]


def told_in(path: str, columns: Sequence[str]) -> list[str]:
    """The columns of a joined table that `_read` reads for a field."""
    before = path.rpartition(".")[0]
    dot = f"{before}." if before else ""
    known = [name for name in (path + "_day", path) if name in columns]
    return known[:1] or [dot + "name_fa", dot + "name_en"]


def read_of(table: Expression, path: str, language: str) -> Expression:
    """A field as grouped and filtered by: a moment by its day, a name in the reader's language, else in the other."""
    if path + "_day" in table.columns:
        return table[path + "_day"]
    if path in table.columns:
        return table[path]
    before = path.rpartition(".")[0]
    dot = f"{before}." if before else ""
    first, second = ("name_fa", "name_en") if language == "fa" else ("name_en", "name_fa")
    return ibis.coalesce(table[dot + first].nullif(""), table[dot + second])


def holds(column: Expression, op: str, values: Sequence[Any], kind: str) -> Expression:
    empty = column.isnull() | (column.cast("string") == "") if kind == "text" else column.isnull()
    if op == "empty":
        return empty
    if op == "filled":
        return ~empty
    read = [_value(value, kind) for value in values]
    if op in ("more", "less"):
        return column > read[0] if op == "more" else column < read[0]
    one_of = reduce(lambda a, b: a | b, [empty if value == "" else column == value for value in read]).fill_null(False)
    return one_of if op == "is" else ~one_of


def _value(value: Any, kind: str) -> Any:
    if kind in ("day", "moment"):
        return date.fromisoformat(value)
    return Decimal(value) if kind == "number" else value


def group_key(table: Expression, names: Sequence[str]) -> Expression:
    parts = [table[name].cast("string").fill_null(NOTHING) for name in names]
    return reduce(lambda a, b: a + ibis.literal("\x1e") + b, parts)


def or_others(table: Expression, name: str, stays: Expression) -> Expression:
    """The value as text where it stays, else the word for what is put together."""
    column = table[name].cast("string")
    return ibis.ifelse(stays, column, ibis.literal(OTHERS))


def calendar_days(backend: Any) -> Expression:
    """Each day from FIRST to LAST with the first day of its week, month, season and year in both calendars. Brought
    once a backend, and kept on it: Ibis holds two backends of the same kind for equal.
    """
    known = getattr(backend, DAYS, None)
    if known is None:
        known = backend.create_table(DAYS, ibis.memtable(_all_days()), temp=True)
        setattr(backend, DAYS, known)
    return known


@cache
def _all_days() -> Any:
    """As an Arrow table; once a process, since it hangs on no load."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    columns: dict[str, list[date]] = {"day": days}
    for kind in CalendarKind:
        for grain in ("week", "month", "season", "year"):
            columns[f"{kind.value}_{grain}"] = list(_begins(days, PeriodKind(grain), kind))
    return pa.table(columns)


def _begins(days: Sequence[date], grain: PeriodKind, kind: CalendarKind) -> Iterator[date]:
    period = period_of(days[0], grain, kind)
    for day in days:
        if day >= period.end:
            period = period_of(day, grain, kind)
        yield period.start
