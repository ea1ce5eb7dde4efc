"""Putting back what a killed worker left: runs, lost tickets, and schedules that were under way."""

from __future__ import annotations

import logging

from django.db import connection, transaction

from peyvand.foundation.jobs.executing import put_back
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.queue import SCHEDULES, ticket_drop, ticket_write
from peyvand.foundation.jobs.running import STALE

logger = logging.getLogger(__name__)

CONSOLE_STALE = 3600  # a run at the console gives a sign only when it ends
ATTEMPTS = 3  # of a schedule's call

_STALE = """
SELECT id FROM jobs_run
WHERE state = 'running' AND heartbeat_at < now() - make_interval(secs => CASE WHEN ticket IS NULL THEN %s ELSE %s END)
FOR UPDATE SKIP LOCKED
"""
# A run waits, but its ticket is gone, or was drawn a while ago by somebody who never claimed the run.
_LOST = """
SELECT r.id FROM jobs_run r
LEFT JOIN procrastinate_jobs j ON j.id = r.ticket
WHERE r.state = 'waiting' AND r.ticket IS NOT NULL AND r.created_at < now() - make_interval(secs => %(stale)s)
  AND (j.id IS NULL OR j.status NOT IN ('todo', 'doing') OR (j.status = 'doing' AND coalesce(
    (SELECT max(e.at) FROM procrastinate_events e WHERE e.job_id = j.id AND e.type = 'started'), '-infinity'
  ) < now() - make_interval(secs => %(stale)s)))
FOR UPDATE OF r SKIP LOCKED
"""
_SCHEDULES = """
SELECT CASE WHEN j.attempts >= %(attempts)s THEN procrastinate_finish_job_v1(j.id, 'failed', false)
            ELSE procrastinate_retry_job_v2(j.id, now(), NULL, NULL, NULL) END
FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
WHERE j.status = 'doing' AND j.queue_name = %(queue)s
  AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %(stale)s))
"""


def rescue() -> int:
    """Put back whatever nobody works on any more; gives how many runs. One process at a time does it."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended('jobs:rescue', 0))")
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_STALE, [CONSOLE_STALE, STALE])
        stale = [row[0] for row in cursor.fetchall()]
        for run in Run.objects.filter(pk__in=stale):
            logger.warning("run %s (%s) has lost its worker", run.pk, run.job)
            put_back(run)
        cursor.execute(_LOST, {"stale": STALE})
        lost = [row[0] for row in cursor.fetchall()]
        for run in Run.objects.filter(pk__in=lost):
            if run.ticket is not None:
                ticket_drop(run.ticket)
            run.ticket = ticket_write(run.pk)
            run.save(update_fields=["ticket"])
        cursor.execute(_SCHEDULES, {"attempts": ATTEMPTS, "queue": SCHEDULES, "stale": STALE})
    return len(stale) + len(lost)
