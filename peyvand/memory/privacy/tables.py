"""The declared tables as one person's rows: which ids, table by table, read from the declarations alone."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.apps import apps
from django.db import connection
from psycopg import sql
from psycopg.sql import Identifier

from peyvand.foundation.changes.graph import parents_first, references
from peyvand.foundation.registry.declarations import ImpersonalTable, PersonalTable
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
        column, values = table.person, [customer_id]
    else:
        column, whole = table.via
        values = _collect(whole, declared, customer_id, found)
    found[name] = [row_id for (row_id,) in _rows(
        sql.SQL("SELECT id FROM {} WHERE {} = ANY(%s) ORDER BY id").format(Identifier(name), Identifier(column)), values
    )] if values else []  # fmt: skip
    return found[name]


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
            column, values = (table.person, own) if table.via is None else (table.via[0], found[table.via[1]])
            cursor.execute(
                "SELECT DISTINCT c.row_id FROM changes_change c JOIN changes_image i ON i.change_id = c.id "
                "WHERE c.table_name = %(table)s AND ((i.before ->> %(column)s)::bigint = ANY(%(ids)s) "
                "OR (i.after ->> %(column)s)::bigint = ANY(%(ids)s))",
                {"table": name, "column": column, "ids": values},
            )
            found[name] = sorted({*found[name], *(row_id for (row_id,) in cursor.fetchall())})
    return found


def rows_of(table: str, ids: Sequence[int]) -> list[dict[str, Any]]:
    """Whole rows, as JSON can hold them."""
    found = _rows(sql.SQL("SELECT to_jsonb(t) FROM {} t WHERE id = ANY(%s) ORDER BY id").format(Identifier(table)), ids)
    return [json.loads(row) for (row,) in found]


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
