"""REST routes of long work; doors.api mounts them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from peyvand.foundation.jobs import services
from peyvand.foundation.jobs.access import visible_runs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor

router = Router(tags=["runs"])


class ActorRequest(HttpRequest):
    """A request of whose sender the API has made sure."""

    actor: Actor


class RunOut(Schema):
    """Long work: waiting, running, done, failed or cancelled. `total` is null until it is known."""

    id: int
    job: str
    title: str
    state: str
    done: int
    total: int | None
    message: str
    error: str
    code: str
    result: dict[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@router.get("/runs/{run_id}", response=RunOut, summary="How far long work is")
def run_get(request: ActorRequest, run_id: int) -> Run:
    """One's own; everybody's with the right to see all."""
    found = visible_runs(actor=request.actor).filter(pk=run_id).first()
    if found is None:
        raise Http404
    return found


@router.post("/runs/{run_id}/stop", response=RunOut, summary="Stop long work")
def run_stop(request: ActorRequest, run_id: int) -> Run:
    """At its next step; what is done by then stays. Stopping what has ended does nothing."""
    return services.cancel(actor=request.actor, run_id=run_id)
