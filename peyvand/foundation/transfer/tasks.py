"""The two jobs of an import: the check and the import itself."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from peyvand.foundation.jobs.running import Cancelled, JobFailedError, Released, Running
from peyvand.foundation.transfer import running
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.reading import ReadError

AWAY = (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError)
DISK_FULL = "53100"  # PostgreSQL's code


def check(run: Running, *, import_id: int) -> dict[str, Any]:
    """The dry run; its findings are kept on the import."""
    one = Import.objects.get(pk=import_id)
    try:
        found = running.dry_run(one=one, actor=run.actor, report=_report(run))
    except Exception as error:
        raise _ended_early(one, error, Import.State.MAPPING) from error
    Import.objects.filter(pk=one.pk, state=Import.State.CHECKING).update(
        state=Import.State.CHECKED, dry=found, lines=found["lines"], error=""
    )
    return {"import_id": one.pk}


def bring_in(run: Running, *, import_id: int) -> dict[str, Any]:
    """The import, from where it stands."""
    one = Import.objects.get(pk=import_id)
    if one.state == Import.State.DONE:
        return one.result()
    try:
        return running.run(one=one, actor=run.actor, report=_report(run)).result()
    except Exception as error:
        state = Import.State.CANCELLED if isinstance(error, Cancelled) else Import.State.FAILED
        raise _ended_early(one, error, state) from error


def _report(run: Running) -> running.Report:
    def report(done: int, total: int) -> None:
        run.progress(done, max(total, done))
        run.check()

    return report


def _ended_early(one: Import, error: Exception, state: str) -> Exception:
    """Keep the state and the words on the import; gives what the run is to end with."""
    raw = error if isinstance(error, psycopg.Error) else error.__cause__  # what COPY raises is not Django's
    full = getattr(raw, "sqlstate", "") == DISK_FULL
    if isinstance(error, Released | running.TakenOverError):
        return error  # the worker goes down, or another process has the import; that one goes on
    if isinstance(error, AWAY) and not full:
        return OperationalError(str(error))  # the database went away; the run is begun again and goes on
    ends: Exception = error
    words = ""
    if isinstance(error, ReadError):
        words, ends = str(error), JobFailedError(str(error))
    elif full:
        words = _("The disk of the database is full. Make room on it, then go on from here; what is in stays.")
        ends = JobFailedError(words)
    elif not isinstance(error, Cancelled):
        words = _("The import stopped at a fault of ours. What is in can be taken back, or go on from here.")
    Import.objects.filter(pk=one.pk).update(state=state, error=words)
    return ends
