"""The declared tables as one person's rows: which ids, table by table, read from the declarations alone."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import DecimalField, Model
from psycopg import sql
from psycopg.sql import Identifier

from peyvand.foundation.changes.graph import parents_first, references
from peyvand.foundation.registry.declarations import Beside, ImpersonalTable, PersonalTable
from peyvand.foundation.registry.registry import registry

CLASSES = ("key", "technical", "staff", "identifying", "descriptive", "content")
OURS = "peyvand."
PERSONS = "customers_customer"  # the table whose rows are the people themselves


def own_columns() -> dict[str, set[str]]:
    """Every column of every table of ours."""
    return {
        model._meta.db_table: {str(field.column) for field in model._meta.local_concrete_fields}
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and model.__module__.startswith(OURS) and ".tests." not in model.__module__
    }


def gaps() -> dict[str, str]:
    """What is declared wrongly or not at all, by table: empty when every column has its class."""
    personal = {one.name: one for one in registry.all(PersonalTable)}
    impersonal = {one.name for one in registry.all(ImpersonalTable)}
    found: dict[str, str] = {}
    columns_of = own_columns()
    for table, columns in columns_of.items():
        if table in personal and table in impersonal:
            found[table] = "declared twice"
        elif table in personal:
            said = personal[table].columns
            missing, extra = columns - said.keys(), said.keys() - columns
            wrong = {name for name, kind in said.items() if kind not in CLASSES}
            if missing or extra or wrong:
                found[table] = f"missing {sorted(missing)}, extra {sorted(extra)}, no class {sorted(wrong)}"
        elif table not in impersonal:
            found[table] = "not declared"
    for table in personal:
        if table not in columns_of:
            found[table] = "no such table"
    return found


def ids_of(customer_id: int) -> dict[str, list[int]]:
    """Ids of the person's rows in every declared table; parts (`via`) follow the rows they are parts of."""
    declared = {one.name: one for one in registry.all(PersonalTable)}
    found: dict[str, list[int]] = {}
    for name in declared:
        _collect(name, declared, customer_id, found)
    return found


def _collect(
    name: str, declared: Mapping[str, PersonalTable], customer_id: int, found: dict[str, list[int]]
) -> list[int]:
    if name in found:
        return found[name]
    table = declared[name]
    if table.via is None:
        columns, values = (table.person, *table.also), [customer_id]
    else:
        columns, values = (table.via[0],), _collect(table.via[1], declared, customer_id, found)
    found[name] = _ids_where(name, columns, values) if values else []
    return found[name]


def _ids_where(name: str, columns: Sequence[str], values: Sequence[int]) -> list[int]:
    """Ids of rows of which one of the columns has one of the values."""
    holds = sql.SQL(" OR ").join(sql.SQL("{} = ANY(%(values)s)").format(Identifier(column)) for column in columns)
    with connection.cursor() as cursor:
        query = sql.SQL("SELECT id FROM {} WHERE {} ORDER BY id").format(Identifier(name), holds)
        cursor.execute(query, {"values": list(values)})
        return [row_id for (row_id,) in cursor.fetchall()]


_IN_THE_TRAIL = """
SELECT DISTINCT c.row_id FROM changes_change c JOIN changes_image i ON i.change_id = c.id
WHERE c.table_name = %(table)s AND ((i.before ->> %(column)s)::bigint = ANY(%(ids)s)
   OR (i.after ->> %(column)s)::bigint = ANY(%(ids)s))
"""


def remembered_ids(customer_id: int, former: Collection[int] = ()) -> dict[str, list[int]]:
    """The same, with the rows that are gone by now and of which only the trail knows that they were the person's, or a
    record's that went into theirs (`former`).
    """
    declared = {one.name: one for one in registry.all(PersonalTable)}
    found = ids_of(customer_id)
    found[PERSONS] = sorted({*found.get(PERSONS, []), *former})
    with connection.cursor() as cursor:
        for name in parents_first(declared, references()):
            table = declared[name]
            own = [customer_id, *former]
            columns = (table.person, *table.also) if table.via is None else (table.via[0],)
            values = own if table.via is None else found[table.via[1]]
            for column in columns:
                cursor.execute(_IN_THE_TRAIL, {"table": name, "column": column, "ids": values})
                found[name] = sorted({*found[name], *(row_id for (row_id,) in cursor.fetchall())})
    return found


def model_of(table: str) -> type[Model]:
    """The model of one of our tables."""
    return next(model for model in apps.get_models(include_auto_created=True) if model._meta.db_table == table)


def rows_of(table: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Whole rows, as JSON can hold them; decimals as texts, so that none is rounded."""
    fields = model_of(table)._meta.local_concrete_fields
    exact = [str(field.column) for field in fields if isinstance(field, DecimalField)]
    pairs: list[sql.Composable] = [
        sql.SQL("{}, t.{}::text").format(sql.Literal(name), Identifier(name)) for name in exact
    ]
    texts = sql.SQL(", ").join(pairs)
    query = sql.SQL("SELECT to_jsonb(t) || jsonb_build_object({}) FROM {} t WHERE id = ANY(%s) ORDER BY id")
    return [json.loads(row) for (row,) in _rows(query.format(texts, Identifier(table)), ids)]


def images_of(ids: Mapping[str, Sequence[int]]) -> list[dict[str, Any]]:
    """What the trail remembers of these rows: when which row changed from what to what, oldest first."""
    history: list[dict[str, Any]] = []
    with connection.cursor() as cursor:
        for table, row_ids in ids.items():
            if not row_ids:
                continue
            cursor.execute(
                "SELECT c.table_name, c.row_id, c.op, c.at, i.before, i.after FROM changes_change c "
                "JOIN changes_image i ON i.change_id = c.id WHERE c.table_name = %s AND c.row_id = ANY(%s) "
                "ORDER BY c.id",
                [table, list(row_ids)],
            )
            history += [
                {"table": name, "row_id": row_id, "op": op, "at": at, "before": _json(before), "after": _json(after)}
                for name, row_id, op, at, before, after in cursor.fetchall()
            ]
    return history


def _json(text: str | None) -> Any:
    return None if text is None else json.loads(text)


def _rows(query: sql.Composed, ids: Sequence[int]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, [list(ids)])
        return list(cursor.fetchall())


def beside(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    """Rows of tables declared `Beside` to which these rows refer, and those to which they refer in turn, by table."""
    declared = {one.name: one for one in registry.all(Beside)}
    found: dict[str, dict[int, dict[str, Any]]] = {}
    own = {name: {row["id"] for row in rows} for name, rows in tables.items()}
    waiting = dict(tables)
    while waiting:
        wanted: dict[str, set[int]] = {}
        for key in references():
            if key.target in declared:
                ids = {row[key.column] for row in waiting.get(key.table, ()) if row.get(key.column) is not None}
                known = own.get(key.target, set()) | found.get(key.target, {}).keys()
                wanted.setdefault(key.target, set()).update(ids - known)
        waiting = {}
        for name, ids in wanted.items():
            rows = [_narrowed(row, declared[name]) for row in rows_of(name, sorted(ids))] if ids else []
            rows = [row for row in rows if row]
            if rows:
                waiting[name] = rows
                found.setdefault(name, {}).update({row["id"]: row for row in rows})
    return {name: list(rows.values()) for name, rows in found.items()}


def _narrowed(row: dict[str, Any], declared: Beside) -> dict[str, Any]:
    if declared.where is not None and row[declared.where[0]] != declared.where[1]:
        return {}
    return {name: row[name] for name in declared.columns} if declared.columns else row
