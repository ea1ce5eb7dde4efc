"""The reads of the trail, by right."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from peyvand.foundation.changes.access import may_undo, visible_sets
from peyvand.foundation.changes.declarations import KindOfSet, TrackedTable
from peyvand.foundation.changes.models import Change, ChangeSet
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry

LONGEST_SHOWN = 200


@dataclass(frozen=True)
class Difference:
    """One column of a change: its name, and what stood there before and after (None where there was no row)."""

    column: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class ChangedRow:
    """One change as the pages show it. `erased` when its content has been erased with a person."""

    id: int
    table: str
    label: str
    icon: str
    row_id: int
    op: str
    at: datetime
    erased: bool
    differences: Sequence[Difference]


def sets(
    *,
    actor: Actor,
    kind: str = "",
    actor_id: int | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[ChangeSet]:
    """Change sets that the actor may see; `until` is exclusive."""
    found = visible_sets(actor=actor)
    if kind:
        found = found.filter(kind=kind)
    if actor_id is not None:
        found = found.filter(actor_id=actor_id)
    if since is not None:
        found = found.filter(started_at__gte=since)
    if until is not None:
        found = found.filter(started_at__lt=until)
    return found


def people(*, actor: Actor) -> list[tuple[int, str]]:
    """Who stands in the trail that the actor may see: id and latest name."""
    found = visible_sets(actor=actor).filter(actor_id__isnull=False).order_by("actor_id", "-id").distinct("actor_id")
    return sorted(((one.actor_id or 0, one.actor_name) for one in found), key=lambda pair: pair[1])


def set_get(*, actor: Actor, change_set_id: int) -> ChangeSet:
    """One set; ChangeSet.DoesNotExist when there is none that the actor may see."""
    return visible_sets(actor=actor).select_related("undone_by").get(pk=change_set_id)


def can_undo(*, actor: Actor, change_set: ChangeSet) -> bool:
    """Whether an undo is open to the actor: by right, not yet undone, and with rows to bring back."""
    if not may_undo(actor=actor, change_set=change_set) or ChangeSet.objects.filter(undo_of=change_set).exists():
        return False
    return Change.objects.filter(change_set=change_set).exclude(table_name="changes_changeset").exists()


def changes_of(change_set: ChangeSet) -> QuerySet[Change]:
    """The rows of a set, without its own head."""
    return Change.objects.filter(change_set=change_set).exclude(table_name="changes_changeset").select_related("image")


def history_of(actor: Actor, table: str, row_id: int, limit: int = 100) -> list[tuple[ChangedRow, ChangeSet | None]]:
    """The latest changes of one row, newest first, with their sets. The caller has checked that the actor
    may see the row.
    """
    found = (
        Change.objects.filter(table_name=table, row_id=row_id)
        .select_related("image", "change_set")
        .order_by("-id")[:limit]
    )
    return [(changed_row(actor, change), change.change_set) for change in found if _same_business(actor, change)]


def _same_business(actor: Actor, change: Change) -> bool:
    return change.change_set is None or change.change_set.demo == actor.demo


def changed_row(actor: Actor, change: Change) -> ChangedRow:
    """A change as the pages show it to the actor: without the columns that are hidden from them."""
    image = getattr(change, "image", None)
    before: dict[str, Any] = (image.before or {}) if image else {}
    after: dict[str, Any] = (image.after or {}) if image else {}
    table = registry.get(TrackedTable, change.table_name) if registry.has(TrackedTable, change.table_name) else None
    if table and table.conceal and not actor.everything and actor.hidden:
        before, after = dict(table.conceal(actor, before)), dict(table.conceal(actor, after))
    columns = [column for column in {**before, **after} if column != "id"]
    return ChangedRow(
        id=change.pk,
        table=change.table_name,
        label=str(table.label) if table else change.table_name,
        icon=table.icon if table else "table",
        row_id=change.row_id,
        op=change.op,
        at=change.at,
        erased=image is None,
        differences=[
            Difference(
                column,
                _shown(before[column]) if column in before else None,
                _shown(after[column]) if column in after else None,
            )
            for column in columns
            if before.get(column) != after.get(column)
        ],
    )


def _shown(value: object) -> str:
    if isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False)
    else:
        text = "" if value is None else str(value)
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def kinds() -> tuple[KindOfSet, ...]:
    """The declared kinds of sets."""
    return registry.all(KindOfSet)


def kind_of(change_set: ChangeSet) -> KindOfSet:
    """How a set's kind is named and drawn."""
    if registry.has(KindOfSet, change_set.kind):
        return registry.get(KindOfSet, change_set.kind)
    return KindOfSet(name=change_set.kind, label=change_set.kind, icon="point")
