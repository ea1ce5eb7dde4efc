"""The verbs: open a change set, record an act, undo a set, erase images."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from peyvand.foundation.changes.access import is_own, may_undo
from peyvand.foundation.changes.declarations import AfterUndo
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.queries import withheld_in
from peyvand.foundation.changes.undoing import KeptRow, UndoFailedError, Undoing
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.registry.registry import registry

__all__ = [
    "AlreadyUndoneError",
    "ClosedSetError",
    "KeptRow",
    "UndoFailedError",
    "UndoResult",
    "change_set",
    "close_change_set",
    "images_erase",
    "open_change_set",
    "record",
    "resume",
    "undo",
]

# The set of the running change_set() or resume(), so that nested calls join it. A thread or task has its own.
_open: ContextVar[ChangeSet | None] = ContextVar("open_change_set", default=None)

_BEGIN = """
WITH made AS MATERIALIZED (SELECT nextval('changes_changeset_id_seq') AS id),
set AS MATERIALIZED (
  SELECT id, set_config('peyvand.change_set', id::text, true), set_config('peyvand.actor', %(actor)s, true),
         set_config('peyvand.via', %(via)s, true)
  FROM made
)
INSERT INTO changes_changeset
  (id, kind, title, actor_id, actor_name, via, demo, reference, undo_of_id, started_at, closed_at)
SELECT id, %(kind)s, %(title)s, nullif(%(actor)s, '')::bigint, %(name)s, %(via)s, %(demo)s, %(reference)s::jsonb,
       %(undo_of)s, statement_timestamp(), CASE WHEN %(closed)s THEN statement_timestamp() END
FROM set
RETURNING id, started_at, closed_at
"""
_SETTINGS = """
SELECT set_config('peyvand.change_set', %s, true), set_config('peyvand.actor', %s, true),
       set_config('peyvand.via', %s, true)
"""


def _begin(
    *,
    actor: Actor,
    kind: str,
    title: str,
    reference: Mapping[str, Any] | None,
    closed: bool,
    undo_of: int | None = None,
) -> ChangeSet:
    """Write the head and set the transaction's settings, in one statement."""
    kept = dict(reference or {})
    with connection.cursor() as cursor:
        cursor.execute(
            _BEGIN,
            {
                "actor": "" if actor.user_id is None else str(actor.user_id),
                "via": actor.via,
                "kind": kind,
                "title": title,
                "name": actor.name,
                "demo": actor.demo,
                "reference": json.dumps(kept, ensure_ascii=False),
                "undo_of": undo_of,
                "closed": closed,
            },
        )
        pk, started_at, closed_at = cursor.fetchone()
    made = ChangeSet(
        id=pk, kind=kind, title=title, actor_id=actor.user_id, actor_name=actor.name, via=actor.via, demo=actor.demo,
        reference=kept, undo_of_id=undo_of, started_at=started_at, closed_at=closed_at,
    )  # fmt: skip
    made._state.adding = False
    made._state.db = connection.alias
    return made


def _settings(change_set: ChangeSet | None) -> None:
    values = ["", "", ""]
    if change_set is not None:
        actor = "" if change_set.actor_id is None else str(change_set.actor_id)
        values = [str(change_set.pk), actor, change_set.via]
    with connection.cursor() as cursor:
        cursor.execute(_SETTINGS, values)


@contextmanager
def _within(made: ChangeSet, *, outermost: bool) -> Iterator[ChangeSet]:
    """Run the block as part of the set; a rollback takes the settings with it, a commit ends them."""
    token = _open.set(made)
    try:
        yield made
    finally:
        _open.reset(token)
    if not outermost:
        _settings(None)


@contextmanager
def change_set(
    *, actor: Actor, kind: str, title: str, reference: Mapping[str, Any] | None = None
) -> Iterator[ChangeSet]:
    """One transaction whose writes to tracked tables are seen and undone together; inside another it joins that one.

    `kind` is the name of a KindOfSet (edit, import, bulk, merge, undo, demo, settings, sign-in …); `title` is what a
    person reads on the audit page; `reference` points to what it was about.
    """
    outer = _open.get()
    if outer is not None:
        with transaction.atomic():
            yield outer
        return
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        made = _begin(actor=actor, kind=kind, title=title, reference=reference, closed=True)
        with _within(made, outermost=outermost):
            yield made


def open_change_set(*, actor: Actor, kind: str, title: str, reference: Mapping[str, Any] | None = None) -> ChangeSet:
    """Begin a set that many transactions add to (`resume`), until `close_change_set`."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        made = _begin(actor=actor, kind=kind, title=title, reference=reference, closed=False)
        if not outermost:
            _settings(_open.get())
    return made


@contextmanager
def resume(change_set_id: int) -> Iterator[ChangeSet]:
    """One transaction of an open set. ClosedSetError when it has been closed, as after an undo."""
    outermost = not connection.in_atomic_block
    outer = _open.get()
    with transaction.atomic():
        found = ChangeSet.objects.select_for_update(no_key=True).get(pk=change_set_id)
        if found.closed_at is not None:
            raise ClosedSetError(change_set_id)
        _settings(found)
        with _within(found, outermost=True):
            yield found
        if not outermost:
            _settings(outer)


def close_change_set(change_set_id: int) -> None:
    """Say that nothing more will be added; closing twice does nothing."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE changes_changeset SET closed_at = statement_timestamp() WHERE id = %s AND closed_at IS NULL",
            [change_set_id],
        )


def record(*, actor: Actor, kind: str, title: str, reference: Mapping[str, Any] | None = None) -> ChangeSet:
    """Put an act without rows into the trail: an export, a failed sign-in, a refused permission."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        made = _begin(actor=actor, kind=kind, title=title, reference=reference, closed=True)
        if not outermost:
            _settings(_open.get())
    return made


@dataclass(frozen=True)
class UndoResult:
    """How many rows an undo brought back and how many it left, the first of these, and the undo's own change set."""

    undone: int
    kept: int
    kept_rows: tuple[KeptRow, ...]
    change_set_id: int


def undo(*, actor: Actor, change_set_id: int, progress: Callable[[int, int], None] | None = None) -> UndoResult:
    """Bring back what the set changed, where nobody has changed it since; the undo can itself be undone.

    Raises NotAllowed, ChangeSet.DoesNotExist (also for a set of the other business), AlreadyUndoneError, and
    UndoFailedError when the database refuses the result. An open set is closed first. All in one transaction.
    `progress(done, total)` counts rows.
    """
    outermost = not connection.in_atomic_block
    outer = _open.get()
    with transaction.atomic():
        found = ChangeSet.objects.select_for_update(no_key=True).get(pk=change_set_id, demo=actor.demo)
        if not may_undo(actor=actor, change_set=found):
            raise NotAllowed("changes.undo")
        if not is_own(actor=actor, change_set=found) and withheld_in(actor=actor, change_set=found):
            raise NotAllowed("changes.undo")  # nobody changes what they may not see
        if ChangeSet.objects.filter(undo_of=found).exists():
            raise AlreadyUndoneError(change_set_id)
        close_change_set(change_set_id)
        reference = {"undo_of": found.pk, "kind": found.kind}
        made = _begin(actor=actor, kind="undo", title=found.title, reference=reference, closed=True, undo_of=found.pk)
        with _within(made, outermost=outermost):
            outcome = Undoing(change_set_id, progress).run()
            made.outcome = {
                "undone": outcome.undone,
                "kept": outcome.kept,
                "kept_rows": [[row.table, row.row_id, row.reason] for row in outcome.kept_rows],
            }
            made.save(update_fields=["outcome"])
            kind = str(found.reference.get("kind", "")) if found.kind == "undo" else found.kind
            if registry.has(AfterUndo, kind):
                registry.get(AfterUndo, kind).function(actor, found, made.pk)
        if not outermost:
            _settings(outer)
    return UndoResult(outcome.undone, outcome.kept, outcome.kept_rows, made.pk)


def images_erase(*, actor: Actor, rows: Mapping[str, Iterable[int]]) -> int:
    """Remove what the trail remembers of these rows (ids by table) for good; gives how many images went.

    That the rows changed, when and by whom stays, and undo never brings the content back.
    """
    erased = 0
    with transaction.atomic(), connection.cursor() as cursor:
        for table, row_ids in rows.items():
            cursor.execute(
                "DELETE FROM changes_image i USING changes_change c "
                "WHERE c.id = i.change_id AND c.table_name = %s AND c.row_id = ANY(%s)",
                [table, list(row_ids)],
            )
            erased += cursor.rowcount
        record(actor=actor, kind="erase", title="", reference={"images": erased, "tables": sorted(rows)})
    return erased


class ClosedSetError(RuntimeError):
    """Writing to a change set that has been closed."""


class AlreadyUndoneError(RuntimeError):
    """A change set is undone once; what may still be undone is its undo."""
