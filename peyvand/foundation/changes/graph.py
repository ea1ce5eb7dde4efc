"""Which tables refer to which: read from Django's models, with what the database says is tracked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from django.apps import apps
from django.db import connection, models


@dataclass(frozen=True)
class Reference:
    """A foreign key: `table.column` points to `target`.id. `rule` is keep, cascade or null: what a lost target
    means.
    """

    table: str
    column: str
    target: str
    rule: str


def references() -> tuple[Reference, ...]:
    """Every foreign key that the database enforces on a column `id`, except those of the trail itself."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if (
                not isinstance(field, models.ForeignKey)
                or not getattr(field, "db_constraint", True)
                or model._meta.proxy
            ):
                continue
            target = field.target_field
            if target.column != "id" or not model._meta.managed or model._meta.db_table.startswith("changes_change"):
                continue
            on_delete = field.remote_field.on_delete
            rule = "cascade" if on_delete is models.CASCADE else "null" if on_delete is models.SET_NULL else "keep"
            found.append(Reference(model._meta.db_table, str(field.column), target.model._meta.db_table, rule))
    return tuple(found)


def tracked_tables() -> frozenset[str]:
    """The tables whose changes are kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid WHERE t.tgname = 'changes_track_i'"
        )
        return frozenset(name for (name,) in cursor.fetchall())


def parents_first(tables: Iterable[str], keys: Sequence[Reference]) -> list[str]:
    """The tables, each after those it refers to; in a circle of keys by name (keys are checked at the end anyway)."""
    wanted = set(tables)
    before: dict[str, set[str]] = {table: set() for table in sorted(wanted)}
    for key in keys:
        if key.table in wanted and key.target in wanted and key.table != key.target:
            before[key.table].add(key.target)
    try:
        return list(TopologicalSorter(before).static_order())
    except CycleError:
        return sorted(wanted)
