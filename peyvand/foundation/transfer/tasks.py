"""The two jobs of an import: the check and the import itself."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from peyvand.foundation.jobs.running import Cancelled, Running
from peyvand.foundation.transfer import running
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.reading import ReadError


def check(run: Running, *, import_id: int) -> dict[str, Any]:
    """The dry run; its findings are kept on the import."""
    one = Import.objects.get(pk=import_id)
    try:
        found = running.dry_run(one=one, actor=run.actor, report=_report(run))
    except BaseException as error:
        _ended_early(one, error, Import.State.MAPPING)
        raise
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
    except BaseException as error:
        _ended_early(one, error, Import.State.CANCELLED if isinstance(error, Cancelled) else Import.State.FAILED)
        raise


def _report(run: Running) -> running.Report:
    def report(done: int, total: int) -> None:
        run.progress(done, max(total, done))
        run.check()

    return report


def _ended_early(one: Import, error: BaseException, state: str) -> None:
    if isinstance(error, Cancelled):
        words = ""
    elif isinstance(error, ReadError):
        words = str(error)
    else:
        words = _("The import stopped at a fault of ours. What is in can be taken back, or go on from here.")
    Import.objects.filter(pk=one.pk).update(state=state, error=words)
