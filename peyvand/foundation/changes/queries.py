"""The reads of the trail, by right."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.access import is_own, may_undo, visible_sets
from peyvand.foundation.changes.declarations import KindOfSet, TitleGuard, TrackedTable
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
    """One change as the pages show it. `erased` when its content has been erased with a person; `withheld` when the
    actor may not see the row it is of.
    """

    id: int
    table: str
    label: str
    icon: str
    row_id: int
    op: str
    at: datetime
    erased: bool
    differences: Sequence[Difference]
    withheld: bool = False


@dataclass(frozen=True)
class KeptLine:
    """A row that an undo left as it was: of which table, which row, its name if it has one, and why."""

    table: str
    label: str
    icon: str
    row_id: int
    name: str
    reason: str
    words: str


WHY_KEPT = {
    "edited": _("edited since"),
    "referred": _("something that stays refers to it"),
    "erased": _("its content has been erased"),
    "part": _("it is part of something that stays"),
    "missing": _("what it belonged to is gone"),
    "taken": _("its place has been taken"),
    "gone": _("its table is no more"),
}
CHUNK = 5_000
_LAST_KNOWN = """
SELECT DISTINCT ON (c.row_id) c.row_id, coalesce(i.after, i.before)::text
FROM changes_change c JOIN changes_image i ON i.change_id = c.id
WHERE c.table_name = %s AND c.row_id = ANY(%s) AND c.op IN ('I', 'D') ORDER BY c.row_id, c.id DESC
"""
LARGE = 2_000  # changes from which on an undo is long work


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


def is_large(change_set_id: int) -> bool:
    """Whether taking this set back would keep somebody waiting."""
    return Change.objects.filter(change_set_id=change_set_id)[: LARGE + 1].count() > LARGE


def kept_lines(actor: Actor, rows: Sequence[Sequence[Any]]) -> list[KeptLine]:
    """The rows that an undo kept (table, id, reason) as people read them."""
    names: dict[str, Mapping[int, str]] = {}
    for table in {str(row[0]) for row in rows}:
        declared = registry.get(TrackedTable, table) if registry.has(TrackedTable, table) else None
        if declared is not None and declared.names is not None:
            names[table] = declared.names(actor, [int(row[1]) for row in rows if row[0] == table])
    shown = []
    for table, row_id, reason in rows:
        label, icon = _called(table)
        name = names.get(table, {}).get(row_id, "")
        shown.append(KeptLine(table, label, icon, row_id, name, reason, str(WHY_KEPT.get(reason, reason))))
    return shown


def kept_by(actor: Actor, undo: ChangeSet | None, limit: int = 200) -> list[KeptLine]:
    """What the undo of that set kept, the first of it; nothing for any other set."""
    outcome = undo.outcome if undo is not None and undo.outcome else {}
    return kept_lines(actor, outcome.get("kept_rows", [])[:limit])


def titled(actor: Actor, sets: Sequence[ChangeSet]) -> list[str]:
    """The titles of these sets, "" for those that are kept from the actor."""
    narrow = any(guard.narrow(actor) for guard in registry.all(TitleGuard))
    return [one.title if not narrow or is_own(actor=actor, change_set=one) else "" for one in sets]


def changed_rows(actor: Actor, changes: Sequence[Change]) -> list[ChangedRow]:
    """Changes as the pages show them to the actor: without rows that they may not see, and without hidden columns."""
    unseen: set[tuple[str, int]] = set()
    for table in {change.table_name for change in changes}:
        declared = registry.get(TrackedTable, table) if registry.has(TrackedTable, table) else None
        if declared is not None and declared.unseen is not None and not actor.everything:
            ids = {change.row_id for change in changes if change.table_name == table}
            unseen |= {(table, row_id) for row_id in declared.unseen(actor, ids)}
    return [changed_row(actor, change, withheld=(change.table_name, change.row_id) in unseen) for change in changes]


def withheld_in(*, actor: Actor, change_set: ChangeSet) -> bool:
    """Whether a set changed a row that the actor may not see."""
    if actor.everything:
        return False
    tables = Change.objects.filter(change_set=change_set).values_list("table_name", flat=True).distinct()
    for table in tables:
        declared = registry.get(TrackedTable, table) if registry.has(TrackedTable, table) else None
        if declared is None or declared.unseen is None:
            continue
        rows = (
            Change.objects.filter(change_set=change_set, table_name=table).values_list("row_id", flat=True).distinct()
        )
        found = rows.iterator(chunk_size=CHUNK)
        while some := list(islice(found, CHUNK)):
            if declared.unseen(actor, some):
                return True
    return False


def last_known(table: str, ids: Collection[int]) -> dict[int, Mapping[str, Any]]:
    """Whole rows as the trail remembers them last, by id, of rows that are gone; none where they were erased."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST_KNOWN, [table, list(ids)])
        return {row_id: json.loads(row) for row_id, row in cursor.fetchall()}


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


def _called(name: str) -> tuple[str, str]:
    if registry.has(TrackedTable, name):
        table = registry.get(TrackedTable, name)
        return str(table.label), table.icon
    return name, "table"


def changed_row(actor: Actor, change: Change, *, withheld: bool = False) -> ChangedRow:
    """A change as the pages show it to the actor: without the columns that are hidden from them."""
    image = getattr(change, "image", None) if not withheld else None
    before: dict[str, Any] = (image.before or {}) if image else {}
    after: dict[str, Any] = (image.after or {}) if image else {}
    table = registry.get(TrackedTable, change.table_name) if registry.has(TrackedTable, change.table_name) else None
    if table and table.conceal and not actor.everything and actor.hidden:
        before, after = dict(table.conceal(actor, before)), dict(table.conceal(actor, after))
    columns = [column for column in {**before, **after} if column != "id"]
    label, icon = _called(change.table_name)
    return ChangedRow(
        id=change.pk,
        table=change.table_name,
        label=label,
        icon=icon,
        row_id=change.row_id,
        op=change.op,
        at=change.at,
        erased=image is None and not withheld,
        withheld=withheld,
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
