"""What the room declares."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from peyvand.foundation.jobs.services import clean
from peyvand.foundation.registry.declarations import Action, ImpersonalTable, Permission, Schedule


def _clean() -> None:
    clean()


DECLARATIONS = (
    ImpersonalTable("jobs_worker", "processes that work"),
    ImpersonalTable("jobs_run", "long work by ids; forgotten after its days of keeping", staff=True),
    Permission(name="jobs.view_all", label=_("See everybody's long work"), group=_("Settings"), order=82),
    Permission(name="jobs.stop_all", label=_("Stop everybody's long work"), group=_("Settings"), order=83),
    Action(name="jobs.runs", label=_("Long work and its progress"), icon="progress", url_name="jobs:runs", order=90),
    Schedule(name="jobs.clean", cron="41 1 * * *", function=_clean),
)
