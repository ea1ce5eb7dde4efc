"""Who sees a run: whoever started it; everybody's with "jobs.view_all". Who stops it: they, or "jobs.stop_all"."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor

VIEW_ALL, STOP_ALL = "jobs.view_all", "jobs.stop_all"


def visible_runs(*, actor: Actor) -> QuerySet[Run]:
    """One's own runs, also those begun for the other business, and everybody's of the one being looked at."""
    own = Q(started_by_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])
    if actor.may(VIEW_ALL):
        return Run.objects.filter(own | Q(demo=actor.demo))
    return Run.objects.filter(own)


def may_stop(*, actor: Actor, run: Run) -> bool:
    """Whether the actor may stop that run."""
    return (actor.user_id is not None and run.started_by_id == actor.user_id) or actor.may(STOP_ALL)
