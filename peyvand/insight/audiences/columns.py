"""Leaves asked of a copy of the database in columns, where that answers what PostgreSQL would. Heavy: DuckDB, ADBC.

The copy is taken in the snapshot of the caller's transaction, of the columns that the leaves read alone, under the
names that they have in PostgreSQL: so the SQL that `asking` makes of a leaf is asked of it as it stands. That is done
only where both mean the same by it, by a short list of what may occur in it (_WORDS): comparing for equality, and
numbers and times by size; joins; counts and sums.

What hangs on a collation or on a type that only PostgreSQL has it computes itself while it is copied: text in capital
letters, a custom field as text, number or time, whether a custom field holds something (_MADE). Each is a column of its
own, once for all leaves, and what it is compared with is put into capitals by PostgreSQL too. So the copy looks only
whether a text is, has, begins with or ends in another, byte for byte as PostgreSQL does. Text is compared by order only
where the database orders it by bytes. Whatever else a leaf says is asked of PostgreSQL, in the same snapshot.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import accumulate, islice
from typing import Any

import duckdb
import numpy as np
from django.apps import apps
from django.db import connection, models
from psycopg import ClientCursor

from peyvand.foundation.jobs.scratch import scratch
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
        "CONTAINS", "STARTS_WITH", "ENDS_WITH",
    )
)  # fmt: skip
_ALIAS = re.compile(r"[A-Z]+\d+|\d+")
_ORDER = {"<", ">", "<=", ">="}
_SOURCE = re.compile(r'(?:FROM|JOIN) "(\w+)"(?: ([A-Z]+\d+))?')
_COLUMN = re.compile(r'(?:"(\w+)"|([A-Z]+\d+))\."(\w+)"')
_AT = r'(?:"\w+"|[A-Z]+\d+)\."\w+"'
_VALUE = rf"(?:\(\({_AT} ->> %s\)\)|\({_AT}\)|{_AT})"
_CAST = r"::(?:text|varchar|date|timestamp with time zone|numeric\(\d+, \d+\))"
_MADE = re.compile(
    rf"(UPPER\({_VALUE}(?:{_CAST})*\)|{_VALUE}(?:{_CAST})+|{_AT} (?:@>|\?) %s)(?: (=|LIKE) (UPPER\(%s\)|%s))?"
)
_DECIMAL = re.compile(r"::numeric\((\d+), (\d+)\)$")
_PATTERN = re.compile(r"(%?)((?:[^%_\\]|\\.)*)(%?)", re.DOTALL)
_LIKE = {("%", "%"): "CONTAINS({}, %s)", ("", "%"): "STARTS_WITH({}, %s)", ("%", ""): "ENDS_WITH({}, %s)"}
_BY_BYTES = """
SELECT datlocprovider = 'b' OR datlocprovider = 'c' AND datcollate IN ('C', 'POSIX', 'C.UTF-8', 'C.utf8')
  FROM pg_database WHERE datname = current_database()
"""
_AMONG = re.compile(
    r'SELECT ("customers_customer"\.)"id" AS "pk" FROM "customers_customer" WHERE '
    r'\((?:NOT )?\1"demo" AND (NOT \()?\1"id" IN \((SELECT .*)\)\)(?(2)\))'
)
_NAMED = re.compile(r'(?:"customers_trait"|[A-Z]+\d+)\."name" = %s')
_TRAITS = Trait._meta.db_table


@dataclass(frozen=True)
class Plain:
    """A leaf that the copy can be asked: its SQL and parameters as DuckDB takes them, the columns it reads by table,
    the names of the traits that it reads, None where it reads any; by table and name what PostgreSQL computes; and
    whether it holds of all others than those whom the SQL gives.
    """

    sql: str
    params: tuple[Any, ...]
    columns: Mapping[str, frozenset[str]]
    traits: frozenset[str] | None
    made: Mapping[tuple[str, str], str] = field(default_factory=dict)
    others: bool = False


def plain(leaf: Asked) -> Plain | None:
    """The leaf for the copy, or None where only PostgreSQL may be asked."""
    sources = set(_SOURCE.findall(leaf.sql))
    names = {alias or table: table for table, alias in sources}
    if len(names) < len(sources):
        return None
    sql, params, made = _rewritten(leaf, names)
    if not _readable(sql, params):
        return None
    columns: dict[str, set[str]] = {table: set() for table in names.values()}
    for quoted, alias, column in _COLUMN.findall(sql):
        table = names.get(quoted or alias)
        if table is None or ((table, column) not in made and _columns(table).get(column) is None):
            return None
        columns[table].add(column)
    sql, others = _inner(sql)
    return Plain(
        sql.replace("%s", "?"), tuple(_param(one) for one in params),
        {table: frozenset(some) for table, some in columns.items()},
        _traits(leaf) if _TRAITS in columns else frozenset(), made, others,
    )  # fmt: skip


def _inner(sql: str) -> tuple[str, bool]:
    """The inner query alone where a leaf asks only whether customers are among those whom it gives, and whether they
    are not: to look each of these up among all customers would take as long again.
    """
    found = _AMONG.fullmatch(sql)
    if found is None or min(accumulate((one == "(") - (one == ")") for one in found[3])) < 0:
        return sql, False
    return found[3], bool(found[2])


def _rewritten(leaf: Asked, names: Mapping[str, str]) -> tuple[str, tuple[Any, ...], dict[tuple[str, str], str]]:
    """The SQL and its parameters with a column in place of what PostgreSQL computes, and by its name what that is; as
    they stand where that cannot be.
    """
    given = iter(leaf.params)
    sql, params, made, end = "", list[Any](), dict[tuple[str, str], str](), 0
    for found in _MADE.finditer(leaf.sql):
        between, end = leaf.sql[end : found.start()], found.end()
        params += islice(given, between.count("%s"))
        what, operator, other = found.groups(default="")
        quoted, alias, column = _COLUMN.findall(what)[0]
        own, value = list(islice(given, what.count("%s"))), list(islice(given, other.count("%s")))
        table = names.get(quoted or alias, "")
        holds = _compared(operator, other, value)
        if column not in _columns(table) or holds is None:
            return leaf.sql, leaf.params, {}
        expression = _written(_COLUMN.sub(r'"\3"', what), own)
        name = f"made_{hashlib.sha256(expression.encode()).hexdigest()[:20]}"
        made[table, name] = expression
        sql += between + holds[0].format(f'"{quoted}"."{name}"' if quoted else f'{alias}."{name}"')
        params += holds[1]
    return sql + leaf.sql[end:], (*params, *given), made


def _written(expression: str, params: list[Any]) -> str:
    """With its parameters written out, as ADBC copies nothing that has parameters."""
    connection.ensure_connection()
    return ClientCursor(connection.connection).mogrify(expression, params)


def _compared(operator: str, other: str, value: list[Any]) -> tuple[str, list[Any]] | None:
    """How the copy compares {} with what it is compared with, if with anything."""
    if other.startswith("UPPER"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT UPPER(%s)", value)
            value = list(cursor.fetchone())
    if operator != "LIKE":
        return f"{{}} {operator} %s" if operator else "{}", value
    pattern = _PATTERN.fullmatch(value[0])
    if pattern is None:
        return None
    before, text, after = pattern.groups()
    return _LIKE.get((before, after), "{} = %s"), [re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)]


@cache
def _by_bytes() -> bool:
    """Whether the database compares text by order as DuckDB does."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_BYTES)
        return bool(cursor.fetchone()[0])


def _readable(sql: str, params: tuple[Any, ...]) -> bool:
    """Whether the SQL is made of what means the same to both."""
    at, number, before = 0, 0, ""
    while at < len(sql):
        found = _TOKEN.match(sql, at)
        if found is None:
            return False
        at, part = found.end(), found.group()
        if part.isspace():
            continue
        value = part == "%s"
        if before in _ORDER and (not value or (isinstance(params[number], str) and not _by_bytes())):
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
def _columns(table: str) -> dict[str, str | None]:
    """The columns of a table of which text is compared as the database does, with the type of those that travel as
    text, None for those that only PostgreSQL may read.
    """
    model = next((one for one in apps.get_models(include_auto_created=True) if one._meta.db_table == table), None)
    found: dict[str, str | None] = {}
    for one in model._meta.concrete_fields if model is not None else ():
        kept = one.target_field if isinstance(one, models.ForeignKey) else one
        if getattr(kept, "db_collation", None):
            continue
        if isinstance(kept, models.DecimalField):
            exact = kept.max_digits is not None and kept.max_digits <= _WIDEST and kept.decimal_places is not None
            found[str(one.column)] = f"DECIMAL({kept.max_digits}, {kept.decimal_places})" if exact else None
        else:
            found[str(one.column)] = "" if kept.get_internal_type() in _KINDS else None
    return found


def _traits(leaf: Asked) -> frozenset[str] | None:
    """The names of the traits whose rows it reads, where every one of its looks at traits says which."""
    told = [leaf.params[leaf.sql.count("%s", 0, one.end()) - 1] for one in _NAMED.finditer(leaf.sql)]
    looks = sum(table == _TRAITS for table, _alias in _SOURCE.findall(leaf.sql))
    return frozenset(map(str, told)) if looks and len(told) == looks else None


class Copy:
    """What some leaves read, in columns."""

    def __init__(self, own: duckdb.DuckDBPyConnection) -> None:
        self._own = own

    def ids(self, leaf: Plain) -> Any:
        """The ids that its SQL gives, as an array of integers in no order, perhaps several times and of others than
        customers of its business; None where the copy cannot say.
        """
        try:
            (found,) = self._own.execute(leaf.sql, list(leaf.params)).fetchnumpy().values()
        except duckdb.Error:
            logger.exception("a condition could not be asked of the copy, and is asked of the database")
            return None
        if not np.ma.isMaskedArray(found):
            return found
        return None if leaf.others else found.compressed()  # who is none of some and of nobody cannot be said

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
    columns: dict[str, dict[str, str]] = {Customer._meta.db_table: {"id": '"id"', "demo": '"demo"'}}
    traits: set[str] | None = set()
    for leaf in leaves:
        for table, some in leaf.columns.items():
            columns.setdefault(table, {}).update({one: leaf.made.get((table, one), f'"{one}"') for one in some})
        traits = None if traits is None or leaf.traits is None else {*traits, *leaf.traits}
    cursor.execute(f"SET TimeZone TO '{connection.timezone_name}'")  # as where the rest is asked
    with (  # of long texts there may be more than the memory holds
        scratch() as spill,
        duckdb.connect(
            config={"threads": THREADS, "memory_limit": MEMORY, "temp_directory": str(spill), **_OWN}
        ) as own,
    ):
        for table, wanted in sorted(columns.items()):
            _bring(own, cursor, table, wanted, traits if table == _TRAITS else None)
        yield Copy(own)


def _bring(
    own: duckdb.DuckDBPyConnection, cursor: Any, table: str, columns: Mapping[str, str], traits: set[str] | None
) -> None:
    exact = {one: _decimal(table, one, expression) for one, expression in columns.items()}
    read = ", ".join(f'{columns[one]}{"::text" if exact[one] else ""} AS "{one}"' for one in sorted(columns))
    where = ""
    if traits is not None:
        named = ", ".join("'" + one.replace("'", "''") + "'" for one in sorted(traits))
        where = f" WHERE name IN ({named})" if named else " WHERE false"
    cursor.execute(f'SELECT {read} FROM "{table}"{where}')
    made = ", ".join(f'CAST("{one}" AS {kind}) AS "{one}"' if kind else f'"{one}"' for one, kind in exact.items())
    own.register("arriving", cursor.fetch_record_batch())
    own.execute(f'CREATE TABLE "{table}" AS SELECT {made} FROM arriving').fetchall()
    own.unregister("arriving")


def _decimal(table: str, column: str, expression: str) -> str:
    """The type of a column that travels as text, "" of others."""
    made = _DECIMAL.search(expression)
    return f"DECIMAL({made[1]}, {made[2]})" if made else _columns(table).get(column) or ""


def members(cursor: Any, audience: int) -> Any:
    """Who is in an audience, by id, as an array of int64 in no order; `cursor` is one of `warehouse.beside`."""
    cursor.execute(f"SELECT customer_id FROM customers_inaudience WHERE audience = {int(audience)}")
    table = cursor.fetch_arrow_table()
    return np.asarray(table.column(0).to_numpy(), dtype=np.int64) if table.num_rows else np.empty(0, np.int64)
