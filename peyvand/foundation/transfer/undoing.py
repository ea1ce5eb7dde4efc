"""Taking an import back, here and now or as long work."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from peyvand.events.transfer import TransferFinished, TransferUndone
from peyvand.foundation.changes import services as changes
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.queries import is_large, kept_lines
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.transfer.errors import StateError
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.queries import import_get

UNDO_DAYS = 30
JOB = "transfer.undo"
ENDED = (Import.State.DONE, Import.State.CANCELLED, Import.State.FAILED)
Progress = Callable[[int, int], None]


def may_undo(one: Import) -> bool:
    """Whether an import still can be taken back."""
    recent = one.created_at > timezone.now() - timedelta(days=UNDO_DAYS)
    return one.change_set_id is not None and one.state in ENDED and recent


def import_undo(*, actor: Actor, import_id: int, progress: Progress | None = None) -> dict[str, Any]:
    """Take an import back; {"undone": rows, "kept": rows edited since or referred to, "kept_rows": the first of them
    with the reason}. StateError after 30 days, and while it is being brought in or taken back.
    """
    return _undo(actor=actor, import_id=import_id, progress=progress, states=ENDED)


def import_undo_start(*, actor: Actor, import_id: int) -> Import:
    """Take an import back: a small one now, a large one as long work; either way its page tells what came of it."""
    actor = actor.looking_at(demo=False)
    with transaction.atomic():
        one = _undoable(actor, import_id, ENDED)
        if is_large(one.change_set_id or 0):
            run = jobs.start(actor=actor, job=JOB, title=one.file_name, arguments={"import_id": one.pk})
            one.before, one.state, one.run_id = one.state, Import.State.UNDOING, run.pk
            one.save(update_fields=["before", "state", "run_id"])
            return one
    _undo(actor=actor, import_id=import_id, progress=None, states=ENDED)
    return import_get(actor=actor, import_id=import_id)


def import_undo_go_on(*, actor: Actor, import_id: int, progress: Progress) -> dict[str, Any]:
    """What the long work does, for an import that `import_undo_start` has marked."""
    return _undo(actor=actor, import_id=import_id, progress=progress, states=(Import.State.UNDOING,))


def _undo(*, actor: Actor, import_id: int, progress: Progress | None, states: tuple[str, ...]) -> dict[str, Any]:
    actor = actor.looking_at(demo=False)
    with transaction.atomic():
        one = _undoable(actor, import_id, states)
        result = changes.undo(actor=actor, change_set_id=one.change_set_id or 0, progress=progress)
    rows = [(row.table, row.row_id, row.reason) for row in result.kept_rows]
    kept = [{"table": line.table, "id": line.row_id, "reason": line.reason, "text": line.words}
            for line in kept_lines(actor, rows)]  # fmt: skip
    return {"undone": result.undone, "kept": result.kept, "kept_rows": kept}


def _undoable(actor: Actor, import_id: int, states: tuple[str, ...]) -> Import:
    one = import_get(actor=actor, import_id=import_id, lock=True)
    if one.change_set_id is None or one.state not in states:
        raise StateError(_("There is nothing to take back."))
    if one.state in ENDED and not may_undo(one):
        raise StateError(_("An import can be taken back for 30 days."))
    return one


def after_undo(actor: Actor, found: ChangeSet, undo_id: int) -> None:
    """An import's set was taken back, from wherever, or that was taken back: the import says so."""
    imported, taken_back = found, True
    while imported.kind == "undo" and imported.undo_of_id is not None:
        imported, taken_back = ChangeSet.objects.get(pk=imported.undo_of_id), not taken_back
    one = Import.objects.select_for_update(of=("self",)).filter(change_set=imported).first()
    if one is None:
        return
    if taken_back:
        if one.state in ENDED:
            one.before = one.state
        one.state, one.undo_id = Import.State.UNDONE, undo_id
        publish(TransferUndone(import_id=one.pk, shape=one.shape, demo=one.demo), actor=actor)
    else:
        one.state, one.undo_id = one.before or Import.State.DONE, None
        publish(TransferFinished(import_id=one.pk, shape=one.shape, demo=one.demo), actor=actor)
    one.save(update_fields=["state", "before", "undo_id"])
