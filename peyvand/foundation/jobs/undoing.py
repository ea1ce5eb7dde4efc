"""Taking back a large change set as long work."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from peyvand.foundation.changes import services as changes
from peyvand.foundation.changes.access import may_undo
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.running import JobFailedError, Running
from peyvand.foundation.jobs.services import start
from peyvand.foundation.registry.actor import Actor, NotAllowed

JOB = "changes.undo"


def undo_start(actor: Actor, change_set: ChangeSet) -> str:
    """Begin to take a set back; gives the address of its progress, also where somebody has begun already.

    Raises NotAllowed, and AlreadyUndoneError once it was done.
    """
    if not may_undo(actor=actor, change_set=change_set):
        raise NotAllowed("changes.undo")
    if ChangeSet.objects.filter(undo_of=change_set).exists():
        raise changes.AlreadyUndoneError(change_set.pk)
    alive = (Run.State.WAITING, Run.State.RUNNING)
    run = Run.objects.filter(job=JOB, arguments__change_set_id=change_set.pk, state__in=alive,
                             started_by_id=actor.user_id).first()  # fmt: skip
    if run is None:
        run = start(actor=actor, job=JOB, title=change_set.title, arguments={"change_set_id": change_set.pk})
    return reverse("jobs:run", args=[run.pk])


def undo_set(run: Running, *, change_set_id: int) -> dict[str, Any]:
    """The undo itself; stopping it brings everything back to where it was."""

    def progress(done: int, total: int) -> None:
        run.progress(done, total)
        run.check()

    try:
        result = changes.undo(actor=run.actor, change_set_id=change_set_id, progress=progress)
    except changes.AlreadyUndoneError as error:
        raise JobFailedError(_("This was taken back already.")) from error
    except changes.UndoFailedError as error:
        raise JobFailedError(_("This could not be taken back; nothing was changed.")) from error
    return {"undone": result.undone, "kept": result.kept, "change_set_id": result.change_set_id}


def result_url(run: Run) -> str | None:
    """The set of the undo, which says what was kept."""
    made = (run.result or {}).get("change_set_id")
    return reverse("changes:set", args=[made]) if made else None
