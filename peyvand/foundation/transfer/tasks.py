"""The long work of this room: the check of a file, the import itself, its undo, and the file of a long export."""

from __future__ import annotations

from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError
from django.utils.translation import gettext as _

from peyvand.foundation.changes.services import AlreadyUndoneError, UndoFailedError
from peyvand.foundation.jobs.running import Cancelled, JobFailedError, Released, Running
from peyvand.foundation.transfer import exporting, running, undoing
from peyvand.foundation.transfer.errors import StateError
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.reading import ReadError
from peyvand.foundation.transfer.workbooks import TooLongError
from peyvand.foundation.ui.reader import Reader, use_reader

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


def take_back(run: Running, *, import_id: int) -> dict[str, Any]:
    """The undo of a large import."""
    try:
        return undoing.import_undo_go_on(actor=run.actor, import_id=import_id, progress=_report(run))
    except (StateError, AlreadyUndoneError) as error:
        raise JobFailedError(
            str(error) if isinstance(error, StateError) else _("This was taken back already.")
        ) from error
    except UndoFailedError as error:
        _undo_ended(import_id)
        raise JobFailedError(_("This could not be taken back; nothing was changed.")) from error
    except Cancelled as error:
        if not isinstance(error, Released):
            _undo_ended(import_id)
        raise


def _undo_ended(import_id: int) -> None:
    """The import is again what it was before somebody asked to take it back."""
    one = Import.objects.get(pk=import_id)
    Import.objects.filter(pk=one.pk, state=Import.State.UNDOING).update(state=one.before or Import.State.DONE)


def take_out(run: Running, *, name: str, query: dict[str, str], form: str, reader: dict[str, Any]) -> dict[str, Any]:
    """The file of a long list, which waits to be fetched; times and digits as the one who asked reads them."""
    total = exporting.rows_expected(actor=run.actor, name=name, query=query)

    def step(done: int) -> None:
        run.progress(done, total if total is None else max(total, done))
        run.check()

    try:
        with use_reader(Reader(**reader)):
            place, rows = exporting.export_make(actor=run.actor, name=name, query=query, form=form, step=step)
    except TooLongError as error:
        raise JobFailedError(str(error)) from error
    run.progress(rows, rows)
    return {"file": place.name, "rows": rows}


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
