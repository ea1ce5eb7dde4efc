"""What the room declares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.changes.declarations import LongUndo
from peyvand.foundation.jobs import forgetting, undoing
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.jobs.services import clean
from peyvand.foundation.registry.declarations import Action, ImpersonalTable, Permission, Schedule, Trace


def _clean() -> None:
    clean()


DECLARATIONS = (
    ImpersonalTable("jobs_worker", "processes that work"),
    ImpersonalTable("jobs_run", "long work by ids; forgotten after its days of keeping", staff=True),
    Permission(name="jobs.view_all", label=_("See everybody's long work"), group=_("Settings"), order=82),
    Permission(name="jobs.stop_all", label=_("Stop everybody's long work"), group=_("Settings"), order=83),
    Action(name="jobs.runs", label=_("Long work and its progress"), icon="progress", url_name="jobs:runs", order=90),
    Trace("jobs", _("Long work"), forgetting.forget, busy=forgetting.busy, order=20),
    Job(name=undoing.JOB, function=undoing.undo_set, label=_("Undo"), result_url=undoing.result_url, attempts=2),
    LongUndo("jobs", undoing.undo_start),
    Schedule(name="jobs.clean", cron="41 1 * * *", function=_clean),
)
