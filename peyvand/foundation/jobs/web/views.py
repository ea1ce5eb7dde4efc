"""Pages of long work: the list, one run with its live progress, the stop button."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.jobs import services
from peyvand.foundation.jobs.access import VIEW_ALL, visible_runs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.queries import RunView, run_view
from peyvand.foundation.registry.requests import ActorRequest
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty


def _view(request: ActorRequest, pk: int) -> RunView:
    run = visible_runs(actor=request.actor).filter(pk=pk).first()
    if run is None:
        raise Http404
    return run_view(actor=request.actor, run=run)


@require_safe
def runs(request: ActorRequest) -> HttpResponse:
    """One's own runs, newest first; everybody's for those who may see them."""
    mine = request.GET.get("mine") == "1" or not request.actor.may(VIEW_ALL)
    rows = visible_runs(actor=request.actor)
    if mine:
        rows = rows.filter(started_by_id=request.actor.user_id)
    before = request.GET.get("before")
    try:
        page = paginate(rows, order=("-id",), cursor=before or request.GET.get("after"), backwards=bool(before))
    except BadCursorError:
        page = paginate(rows, order=("-id",))
    context = {
        "page": page,
        "runs": [run_view(actor=request.actor, run=run) for run in page.rows],
        "page_url": "?mine=1&" if mine else "?",
        "mine": mine,
        "sees_all": request.actor.may(VIEW_ALL),
        "bulk": False,
        "empty": Empty(
            title=_("No long work yet"),
            text=_("Imports and calculations that take a while show their progress here, and go on when you leave."),
            icon="progress",
        ),
    }
    return render(request, "jobs/runs.html", context)


@never_cache
@require_safe
def run(request: ActorRequest, pk: int) -> HttpResponse:
    """One run."""
    return render(request, "jobs/run.html", {"run": _view(request, pk)})


@never_cache
@require_safe
def progress(request: ActorRequest, pk: int) -> HttpResponse:
    """The run as a fragment, which asks for itself again while the run goes on; at its end the page is told."""
    shown = _view(request, pk)
    response = render(request, "jobs/progress.html", {"run": shown})
    if not shown.alive:
        response["HX-Trigger"] = "pv-run-ended"
    return response


@require_POST
def stop(request: ActorRequest, pk: int) -> HttpResponse:
    """Ask a run to stop."""
    try:
        services.cancel(actor=request.actor, run_id=pk)
    except Run.DoesNotExist:
        raise Http404 from None
    if request.headers.get("HX-Request"):
        return render(request, "jobs/progress.html", {"run": _view(request, pk)})
    return redirect("jobs:run", pk)
