"""Which rows changed since the last load: triggers on the tables that facts read note their ids.

Triggers are put there by the first load and by the first one after a room declares another table; until then nothing is
noted, and a fact whose table was not watched is loaded whole. The tables' own statements stay what they are: one insert
into one narrow table for each statement, however many rows it touches.
"""

from __future__ import annotations

from django.db import connection, transaction

from peyvand.foundation.registry.declarations import WarehouseFact
from peyvand.foundation.registry.registry import registry

LOCK_WAIT = "20s"  # for a table that somebody writes to; the load fails and is tried again later
_EVENTS = (
    ("i", "INSERT", "REFERENCING NEW TABLE AS new_rows"),
    ("u", "UPDATE", "REFERENCING NEW TABLE AS new_rows"),
    ("d", "DELETE", "REFERENCING OLD TABLE AS old_rows"),
    ("t", "TRUNCATE", ""),
)


def tables() -> list[str]:
    """Every table that a fact reads."""
    return sorted({table for fact in registry.all(WarehouseFact) for table in fact.reads})


def watched() -> set[str]:
    """The tables whose changes are noted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname LIKE 'warehouse\\_note\\__' AND pg_table_is_visible(c.oid) "
            "GROUP BY c.relname HAVING count(*) = %s",
            [len(_EVENTS)],
        )
        return {name for (name,) in cursor.fetchall()}


def watch() -> set[str]:
    """Have the changes of every table that a fact reads noted; gives those that were not until now."""
    fresh = set(tables()) - watched()
    for table in sorted(fresh):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [LOCK_WAIT])
            for letter, event, transition in _EVENTS:
                cursor.execute(f"DROP TRIGGER IF EXISTS warehouse_note_{letter} ON {table}")
                cursor.execute(
                    f"CREATE TRIGGER warehouse_note_{letter} AFTER {event} ON {table} {transition} "
                    "FOR EACH STATEMENT EXECUTE FUNCTION warehouse_note()"
                )
    return fresh


def looked() -> tuple[bool, str]:
    """Whether a change waits for a load, and the token of the newest load that is ready; empty where there is none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM warehouse_change),"
            " (SELECT token FROM warehouse_load WHERE state = 'ready' ORDER BY id DESC LIMIT 1)"
        )
        waiting, token = cursor.fetchone()
        return bool(waiting), token or ""


def anything() -> bool:
    """Whether any fact has a row."""
    there = " OR ".join(f"EXISTS ({fact.select})" for fact in registry.all(WarehouseFact))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {there or 'false'}")
        return bool(cursor.fetchone()[0])
