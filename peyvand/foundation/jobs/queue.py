"""The ticket that brings a run to a worker: a row of procrastinate, in the caller's transaction."""

from __future__ import annotations

from django.db import connection
from procrastinate.contrib.django import app

TASK = "peyvand.run"
RUNS, SCHEDULES = "runs", "schedules"

_CANCEL = "SELECT procrastinate_cancel_job_v1(%s, false, true)"
# A ticket whose worker is dead: taken, but no living worker holds it.
_DROP = "DELETE FROM procrastinate_jobs WHERE id = %s AND status <> 'todo'"


def ticket_write(run_id: int) -> int:
    """Put a ticket for that run into the queue; gives the ticket's id. Workers hear of it after the commit."""
    return app.configure_task(TASK, queue=RUNS).defer(run_id=run_id)


def ticket_cancel(ticket: int) -> None:
    """Take a ticket back that no worker has drawn yet."""
    with connection.cursor() as cursor:
        cursor.execute(_CANCEL, [ticket])


def ticket_drop(ticket: int) -> None:
    """Forget a ticket that a dead worker has drawn."""
    with connection.cursor() as cursor:
        cursor.execute(_DROP, [ticket])
