"""The rows of every room follow a merge, as each room has declared of its tables; set by set in SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.db import connection
from psycopg import sql

from peyvand.foundation.changes.graph import parents_first, references, tracked_tables
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label, MergeRule, PersonalTable
from peyvand.foundation.registry.registry import registry

CUSTOMERS = "customers_customer"
# These move by the rules of memory.customers (services.merging) and of this room.
OWN = ("customers_", "matching_")


@dataclass(frozen=True)
class Moving:
    """A table whose rows follow, by the column with the customer's id."""

    table: str
    label: Label
    person: str
    unique: tuple[tuple[str, ...], ...] = ()


def moving_tables() -> list[Moving]:
    """The tables whose rows go to the one who stays, parents first.

    A tracked table that refers to customers and that no room has spoken of moves as well: nothing is lost by silence.
    """
    declared = {table.name: table for table in registry.all(PersonalTable)}
    found = {
        table.name: Moving(table.name, table.label, table.person, tuple(tuple(names) for names in table.unique))
        for table in declared.values()
        if table.merge == "move" and table.via is None and not table.name.startswith(OWN)
    }
    keys = references()
    tracked = tracked_tables()
    silent: dict[str, str] = {}
    for key in keys:
        unspoken = key.table in tracked and key.table not in declared and not key.table.startswith(OWN)
        if key.target == CUSTOMERS and unspoken:
            silent[key.table] = key.column
    found.update({name: Moving(name, name, column) for name, column in silent.items()})
    return [found[name] for name in parents_first(found, keys)]


def move(*, actor: Actor, kept_id: int, gone_id: int) -> dict[str, int]:
    """Give every declared row of the one to the other; gives how many, by table."""
    moved: dict[str, int] = {}
    tables = moving_tables()
    with connection.cursor() as cursor:
        for one in tables:
            cursor.execute(_update(one), {"kept": kept_id, "gone": gone_id})
            if cursor.rowcount:
                moved[one.table] = cursor.rowcount
        for one in reversed(tables):
            if one.unique:
                cursor.execute(
                    sql.SQL("DELETE FROM {} WHERE {} = %(gone)s").format(
                        sql.Identifier(one.table), sql.Identifier(one.person)
                    ),
                    {"gone": gone_id},
                )
        for table in registry.all(PersonalTable):
            if table.merge == "drop" and table.via is None and not table.name.startswith(OWN):
                cursor.execute(
                    sql.SQL("DELETE FROM {} WHERE {} = %(gone)s").format(
                        sql.Identifier(table.name), sql.Identifier(table.person)
                    ),
                    {"gone": gone_id},
                )
    for table in registry.all(PersonalTable):
        if table.merge == "custom" and not table.name.startswith(OWN):
            registry.get(MergeRule, table.name).function(actor, kept_id, gone_id)
    return moved


def _update(one: Moving) -> sql.Composed:
    """UPDATE the person's column, leaving rows that would collide with one of theirs."""
    person = sql.Identifier(one.person)
    query = sql.SQL("UPDATE {table} g SET {person} = %(kept)s WHERE g.{person} = %(gone)s").format(
        table=sql.Identifier(one.table), person=person
    )
    for columns in one.unique:
        same = sql.SQL(" AND ").join(
            sql.SQL("k.{0} IS NOT DISTINCT FROM g.{0}").format(sql.Identifier(column)) for column in columns
        )
        query += sql.SQL(" AND NOT EXISTS (SELECT FROM {table} k WHERE k.{person} = %(kept)s{same})").format(
            table=sql.Identifier(one.table), person=person,
            same=sql.SQL(" AND ") + same if columns else sql.SQL(""),
        )  # fmt: skip
    return query


def counts(customer_id: int) -> Mapping[Label, int]:
    """How many rows of each table are this customer's, by the table's label; one query. Empty tables are left out."""
    tables = {one.table: one for one in moving_tables()}
    labels: dict[str, Label] = {name: one.label for name, one in tables.items()}
    columns = {name: one.person for name, one in tables.items()}
    for table in registry.all(PersonalTable):
        counted = table.name not in (CUSTOMERS, "customers_trait") and not table.name.startswith("matching_")
        if counted and table.via is None and table.merge != "stay":
            labels[table.name], columns[table.name] = table.label, table.person
    if not columns:
        return {}
    parts = [
        sql.SQL("SELECT {} AS name, count(*) AS rows FROM {} WHERE {} = %(id)s").format(
            sql.Literal(name), sql.Identifier(name), sql.Identifier(column)
        )
        for name, column in columns.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(" UNION ALL ").join(parts), {"id": customer_id})
        found = dict(cursor.fetchall())
    return {labels[name]: found[name] for name in labels if found.get(name)}
