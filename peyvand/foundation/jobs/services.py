"""The verbs: start a run, run it here, stop it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from peyvand.foundation.jobs.access import STOP_ALL, may_stop, visible_runs
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.jobs.executing import execute
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.queue import ticket_cancel, ticket_write
from peyvand.foundation.registry.actor import Actor, NotAllowed
from peyvand.foundation.registry.registry import registry

__all__ = ["cancel", "clean", "run_now", "start"]

KEPT_DAYS = 180
OnProgress = Callable[[int, int | None, str], None]


def _run_make(*, actor: Actor, job: str, title: str, arguments: Mapping[str, Any]) -> Run:
    registry.get(Job, job)
    return Run.objects.create(
        job=job,
        title=title.replace("\x00", "")[:500],
        arguments=dict(arguments),
        actor=actor.as_plain(),
        started_by_id=actor.user_id,
        started_by_name=actor.name,
        demo=actor.demo,
        created_at=timezone.now(),
    )


def start(*, actor: Actor, job: str, title: str, arguments: Mapping[str, Any]) -> Run:
    """Have a worker run that job, as soon as the caller's transaction is committed.

    `arguments` are JSON. UnknownNameError when no room declares the job. The right to the work is the caller's to
    check; the function gets its actor with the rights of the moment it runs.
    """
    with transaction.atomic():
        run = _run_make(actor=actor, job=job, title=title, arguments=arguments)
        run.ticket = ticket_write(run.pk)
        run.save(update_fields=["ticket"])
    return run


def run_now(
    *, actor: Actor, job: str, title: str = "", arguments: Mapping[str, Any], on_progress: OnProgress | None = None
) -> Run:
    """Run the job in this process and give its finished run; what the function raises is raised, after it is noted.

    `on_progress(done, total, message)` is called each time the job says how far it is.
    """
    run = _run_make(actor=actor, job=job, title=title, arguments=arguments)
    execute(run_id=run.pk, actor=actor, on_progress=on_progress, reraise=True)
    run.refresh_from_db()
    return run


def cancel(*, actor: Actor, run_id: int) -> Run:
    """Stop a run: one that waits at once, one that runs at its next check. Run.DoesNotExist when it isn't one's to see,
    NotAllowed when not to stop. Stopping what has ended does nothing.
    """
    with transaction.atomic():
        run = visible_runs(actor=actor).select_for_update().get(pk=run_id)
        if not may_stop(actor=actor, run=run):
            raise NotAllowed(STOP_ALL)
        if run.state == Run.State.WAITING:
            run.state = Run.State.CANCELLED
            run.finished_at = timezone.now()
            run.save(update_fields=["state", "finished_at"])
            if run.ticket is not None:
                ticket_cancel(run.ticket)
        elif run.state == Run.State.RUNNING:
            run.cancel_requested = True
            run.save(update_fields=["cancel_requested"])
    return run


def clean(*, days: int = KEPT_DAYS) -> int:
    """Forget runs that ended longer ago than that."""
    old = Run.objects.filter(finished_at__lt=Now() - timedelta(days=days))
    removed, _ = old.delete()
    return removed
