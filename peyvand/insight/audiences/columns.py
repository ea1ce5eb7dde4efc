"""Leaves asked of a copy of the database in columns, where that answers what PostgreSQL would. Heavy: DuckDB, ADBC.

The copy is taken in the snapshot of the caller's transaction, of the columns that the leaves read alone, under the
names that they have in PostgreSQL: so the SQL that `asking` makes of a leaf is asked of it as it stands. That is done
only where both mean the same by it, by a short list of what may occur in it (_WORDS): comparing for equality, and
numbers and times by size; joins; counts and sums. Words are never compared by order or by parts, since that hangs on
the collation. Whatever else a leaf says is asked of PostgreSQL, in the same snapshot.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import numpy as np
from django.apps import apps
from django.db import models

from peyvand.insight.audiences.asking import Asked
from peyvand.memory.customers.models import Customer, Trait

logger = logging.getLogger(__name__)

THREADS, MEMORY = 2, "2GB"
_OWN = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
_KINDS = {
    "AutoField", "BigAutoField", "IntegerField", "SmallIntegerField", "BigIntegerField", "PositiveIntegerField",
    "BooleanField", "DateField", "DateTimeField", "CharField", "TextField", "DecimalField",
}  # fmt: skip
_WIDEST = 38  # digits of a number that DuckDB keeps exactly
_TOKEN = re.compile(r'"\w+"|%s|\w+|<=|>=|<>|[(),.=<>]|\s+')
_WORDS = frozenset(
    (
        "SELECT", "DISTINCT", "FROM", "LEFT", "OUTER", "INNER", "JOIN", "ON", "WHERE", "AND", "OR", "NOT", "IN",
        "EXISTS", "IS", "NULL", "TRUE", "FALSE", "AS", "GROUP", "BY", "HAVING", "COUNT", "SUM", "LIMIT",
    )
)  # fmt: skip
_ALIAS = re.compile(r"[A-Z]+\d+|\d+")
_ORDER = {"<", ">", "<=", ">="}
_SOURCE = re.compile(r'(?:FROM|JOIN) "(\w+)"(?: ([A-Z]+\d+))?')
_COLUMN = re.compile(r'(?:"(\w+)"|([A-Z]+\d+))\."(\w+)"')
_NAMED = re.compile(r'(?:"customers_trait"|[A-Z]+\d+)\."name" = %s')
_TRAITS = Trait._meta.db_table


@dataclass(frozen=True)
class Plain:
    """A leaf that the copy can be asked: its SQL and parameters as DuckDB takes them, the columns it reads by table,
    and the names of the traits that it reads, None where it reads any.
    """

    sql: str
    params: tuple[Any, ...]
    columns: Mapping[str, frozenset[str]]
    traits: frozenset[str] | None


def plain(leaf: Asked) -> Plain | None:
    """The leaf for the copy, or None where only PostgreSQL may be asked."""
    if not _readable(leaf.sql, leaf.params):
        return None
    names = {alias or table: table for table, alias in _SOURCE.findall(leaf.sql)}
    columns: dict[str, set[str]] = {table: set() for table in names.values()}
    for quoted, alias, column in _COLUMN.findall(leaf.sql):
        table = names.get(quoted or alias)
        if table is None or column not in _columns(table):
            return None
        columns[table].add(column)
    params = tuple(_param(one) for one in leaf.params)
    return Plain(
        leaf.sql.replace("%s", "?"), params, {table: frozenset(some) for table, some in columns.items()},
        _traits(leaf) if _TRAITS in columns else frozenset(),
    )  # fmt: skip


def _readable(sql: str, params: tuple[Any, ...]) -> bool:
    """Whether the SQL is made of what means the same to both; an order is asked of numbers and times only."""
    at, number, before = 0, 0, ""
    while at < len(sql):
        found = _TOKEN.match(sql, at)
        if found is None:
            return False
        at, part = found.end(), found.group()
        if part.isspace():
            continue
        value = part == "%s"
        if before in _ORDER and (not value or isinstance(params[number], str)):
            return False
        if value and not isinstance(params[number], str | int | Decimal | date):
            return False
        if (part[0].isalnum() or part[0] == "_") and part not in _WORDS and not _ALIAS.fullmatch(part):
            return False
        number, before = number + value, part
    return number == len(params)


def _param(one: Any) -> Any:
    """As DuckDB binds it: of what is a kind of text or of whole number, that itself."""
    if isinstance(one, str):
        return str(one)
    return int(one) if isinstance(one, int) and not isinstance(one, bool) else one


@cache
def _columns(table: str) -> dict[str, str]:
    """The columns of a table that mean the same to both, with the type of those that travel as text."""
    model = next((one for one in apps.get_models(include_auto_created=True) if one._meta.db_table == table), None)
    found: dict[str, str] = {}
    for field in model._meta.concrete_fields if model is not None else ():
        kept = field.target_field if isinstance(field, models.ForeignKey) else field
        if kept.get_internal_type() not in _KINDS or getattr(kept, "db_collation", None):
            continue
        if isinstance(kept, models.DecimalField):
            if kept.max_digits is None or kept.max_digits > _WIDEST or kept.decimal_places is None:
                continue
            found[str(field.column)] = f"DECIMAL({kept.max_digits}, {kept.decimal_places})"
        else:
            found[str(field.column)] = ""
    return found


def _traits(leaf: Asked) -> frozenset[str] | None:
    """The names of the traits whose rows it reads, where every one of its looks at traits says which."""
    told = [leaf.params[leaf.sql.count("%s", 0, one.end()) - 1] for one in _NAMED.finditer(leaf.sql)]
    looks = sum(table == _TRAITS for table, _alias in _SOURCE.findall(leaf.sql))
    return frozenset(map(str, told)) if looks and len(told) == looks else None


class Copy:
    """What some leaves read, in columns; gives the ids of the customers of whom a leaf holds."""

    def __init__(self, own: duckdb.DuckDBPyConnection) -> None:
        self._own = own

    def ids(self, leaf: Plain) -> Any:
        """Ids as an array of int64, in no order, or None where it cannot say."""
        try:
            return self._own.execute(leaf.sql, list(leaf.params)).fetchnumpy()["pk"]
        except duckdb.Error:
            logger.exception("a condition could not be asked of the copy, and is asked of the database")
            return None

    def everybody(self, *, demo: bool) -> Any:
        """The ids of all customers of a business, as an array of int64."""
        return self._own.execute(
            f"SELECT id AS pk FROM {Customer._meta.db_table} WHERE demo = ?", [demo]
        ).fetchnumpy()["pk"]  # fmt: skip


@contextmanager
def copied(leaves: Iterable[Plain], cursor: Any) -> Iterator[Copy]:
    """A copy of what these leaves read, and of who there is, brought by a cursor of `warehouse.beside`; gone when the
    block ends.
    """
    columns: dict[str, set[str]] = {Customer._meta.db_table: {"id", "demo"}}
    traits: set[str] | None = set()
    for leaf in leaves:
        for table, some in leaf.columns.items():
            columns.setdefault(table, set()).update(some)
        traits = None if traits is None or leaf.traits is None else {*traits, *leaf.traits}
    with duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY, **_OWN}) as own:
        for table, wanted in sorted(columns.items()):
            _bring(own, cursor, table, sorted(wanted), traits if table == _TRAITS else None)
        yield Copy(own)


def _bring(
    own: duckdb.DuckDBPyConnection, cursor: Any, table: str, columns: list[str], traits: set[str] | None
) -> None:
    known = _columns(table)
    read = ", ".join(f'"{one}"::text AS "{one}"' if known[one] else f'"{one}"' for one in columns)
    where = ""
    if traits is not None:
        named = ", ".join("'" + one.replace("'", "''") + "'" for one in sorted(traits))
        where = f" WHERE name IN ({named})" if named else " WHERE false"
    cursor.execute(f'SELECT {read} FROM "{table}"{where}')
    made = ", ".join(f'CAST("{one}" AS {known[one]}) AS "{one}"' if known[one] else f'"{one}"' for one in columns)
    own.register("arriving", cursor.fetch_record_batch())
    own.execute(f'CREATE TABLE "{table}" AS SELECT {made} FROM arriving').fetchall()
    own.unregister("arriving")


def members(cursor: Any, audience: int) -> Any:
    """Who is in an audience, by id, as an array of int64 in no order; `cursor` is one of `warehouse.beside`."""
    cursor.execute(f"SELECT customer_id FROM customers_inaudience WHERE audience = {int(audience)}")
    table = cursor.fetch_arrow_table()
    return np.asarray(table.column(0).to_numpy(), dtype=np.int64) if table.num_rows else np.empty(0, np.int64)
