"""Runs as people read them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from peyvand.foundation.jobs.access import may_stop
from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui import formats


@dataclass(frozen=True)
class RunView:
    """A run for the `progress` tag: its words in the reader's language, its time left, its addresses."""

    id: int
    title: str
    state: str
    done: int
    total: int | None
    message: str
    error: str
    code: str
    left: str
    alive: bool
    started_by: str
    created_at: datetime
    finished_at: datetime | None
    page_url: str
    progress_url: str
    stop_url: str
    result_url: str | None


def run_view(*, actor: Actor, run: Run) -> RunView:
    """How that run is shown to the actor."""
    job = registry.get(Job, run.job) if registry.has(Job, run.job) else None
    finished = run.state == Run.State.DONE and job is not None and job.result_url is not None
    return RunView(
        id=run.pk,
        title=run.title or (str(job.label) if job else "") or run.job,
        state=run.state,
        done=run.done,
        total=run.total,
        message=run.message,
        error=gettext(run.error) if run.error else "",
        code=run.code,
        left=time_left(run),
        alive=run.alive,
        started_by=run.started_by_name,
        created_at=run.created_at,
        finished_at=run.finished_at,
        page_url=reverse("jobs:run", args=[run.pk]),
        progress_url=reverse("jobs:progress", args=[run.pk]),
        stop_url=reverse("jobs:stop", args=[run.pk]) if may_stop(actor=actor, run=run) else "",
        result_url=job.result_url(run) if finished and job and job.result_url else None,
    )


def time_left(run: Run, *, now: datetime | None = None) -> str:
    """«about 3 minutes left», from the pace so far; empty while that says little."""
    if run.state != Run.State.RUNNING or not run.total or run.started_at is None or not 0 < run.done < run.total:
        return ""
    gone = ((now or timezone.now()) - run.started_at) / timedelta(seconds=1)
    if gone < 2:
        return ""
    seconds = gone * (run.total - run.done) / run.done
    if seconds < 60:
        return gettext("less than a minute left")
    minutes = round(seconds / 60)
    if minutes < 90:
        words = ngettext("about %(n)s minute left", "about %(n)s minutes left", minutes)
        return words % {"n": formats.number(minutes)}
    hours = round(seconds / 3600)
    return ngettext("about %(n)s hour left", "about %(n)s hours left", hours) % {"n": formats.number(hours)}
