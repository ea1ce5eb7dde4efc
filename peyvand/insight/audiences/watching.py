"""Whom a change touches: triggers on the tables that audiences read note the ids of customers.

A trigger is put on a table when the first audience reads it, by a statement that waits for whoever is writing to it: so
whatever commits after an audience was first looked up is noted. Which customer a row is of is what the row's room has
declared (PersonalTable); of a table that holds nobody's rows, as products, everything that reads it is looked up anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import OperationalError, connection, transaction

from peyvand.foundation.registry.declarations import PersonalTable
from peyvand.foundation.registry.registry import registry

MEMBERS = "customers_audiencemember"  # notes of this name hold ids of audiences, whose members went with a customer
_EVENTS = (
    ("i", "INSERT", "REFERENCING NEW TABLE AS new_rows"),
    ("u", "UPDATE", "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows"),
    ("d", "DELETE", "REFERENCING OLD TABLE AS old_rows"),
    ("t", "TRUNCATE", ""),
)


def watched() -> set[str]:
    """The tables whose changes are noted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname LIKE 'audiences\\_note\\__' AND pg_table_is_visible(c.oid) "
            "GROUP BY c.relname HAVING count(*) = %s",
            [len(_EVENTS)],
        )
        return {name for (name,) in cursor.fetchall()}


def watch(tables: Iterable[str], *, patience: str = "20s") -> bool:
    """Have the changes of these tables noted from now on; False where one was busy for longer than `patience`."""
    for table in sorted(set(tables) - watched()):
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT set_config('lock_timeout', %s, true)", [patience])
                arguments = ", ".join("'" + one.replace("'", "''") + "'" for one in whose(table))
                for letter, event, transition in _EVENTS:
                    cursor.execute(f"DROP TRIGGER IF EXISTS audiences_note_{letter} ON {table}")
                    cursor.execute(
                        f"CREATE TRIGGER audiences_note_{letter} AFTER {event} ON {table} {transition} "
                        f"FOR EACH STATEMENT EXECUTE FUNCTION audiences_note({arguments})"
                    )
                cursor.execute("SELECT set_config('lock_timeout', '0', true)")
        except OperationalError:
            return False
    return True


def unwatch(tables: Collection[str]) -> None:
    """Note the changes of these tables no more."""
    for table in sorted(set(tables) & watched()):
        with transaction.atomic(), connection.cursor() as cursor:
            for letter, _event, _transition in _EVENTS:
                cursor.execute(f"DROP TRIGGER IF EXISTS audiences_note_{letter} ON {table}")


def whose(table: str) -> tuple[str, ...]:
    """SQL that gives the customers' ids of a row `r` of the table; nothing for a table that is nobody's."""
    if not registry.has(PersonalTable, table):
        return ()
    personal = registry.get(PersonalTable, table)
    if not personal.via:
        return tuple(f"r.{column}" for column in (personal.person, *personal.also))
    expression, alias = f"r.{personal.via[0]}", "r"
    for depth in range(5):
        upper = registry.get(PersonalTable, personal.via[1])
        alias = f"u{depth}"
        column = upper.via[0] if upper.via else upper.person
        expression = f"(SELECT {alias}.{column} FROM {personal.via[1]} {alias} WHERE {alias}.id = {expression})"
        if not upper.via:
            return (expression,)
        personal = upper
    return ()


@dataclass(frozen=True)
class Notes:
    """What changed since the last look: customers by table, and the tables of which anybody may be touched."""

    customers: dict[str, set[int]]
    whole: set[str]
    taken: int

    def __bool__(self) -> bool:
        return self.taken > 0


def taken(most: int = 50_000) -> Notes:
    """Take the notes, oldest first; in a transaction, so that they stay where the work on them fails."""
    customers: dict[str, set[int]] = {}
    whole: set[str] = set()
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH few AS (SELECT id FROM audiences_note ORDER BY id LIMIT %s), gone AS ("
            "DELETE FROM audiences_note n USING few WHERE n.id = few.id RETURNING n.table_name, n.customer_id) "
            "SELECT table_name, array_agg(DISTINCT customer_id), count(*) FROM gone GROUP BY 1",
            [most],
        )
        count = 0
        for table, ids, rows in cursor.fetchall():
            count += rows
            if None in ids:
                whole.add(table)
            customers[table] = {one for one in ids if one is not None}
    return Notes(customers, whole, count)


def waiting() -> bool:
    """Whether any note waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM audiences_note)")
        return bool(cursor.fetchone()[0])
