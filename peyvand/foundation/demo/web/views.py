"""The page of the sample business."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.demo import services
from peyvand.foundation.demo.queries import demo_status
from peyvand.foundation.jobs.access import visible_runs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.queries import run_view
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.toasts import toast

UNDER_WAY = (Run.State.WAITING, Run.State.RUNNING)


def _latest(actor: Actor) -> Run | None:
    """The last loading or removing that the actor may see. Both belong to one's own business, whatever is looked at."""
    runs = visible_runs(actor=actor.looking_at(demo=False)).filter(job__in=(services.LOAD, services.REMOVE))
    return runs.order_by("-id").first()


@never_cache
@require_safe
def status(request: StaffRequest) -> HttpResponse:
    """What the sample is, and the buttons."""
    actor = request.actor
    run = _latest(actor)
    shown = run is not None and run.state in (*UNDER_WAY, Run.State.FAILED)
    if shown and actor.demo:  # the run's own pages are one's own business's
        request.session["demo"] = False
        actor = actor.looking_at(demo=False)
    context = {
        "demo": demo_status(),
        "run": run_view(actor=actor, run=run) if run and shown else None,
        "may_manage": actor.may(services.MANAGE),
        "may_import": actor.may("transfer.import"),
    }
    return render(request, "demo/status.html", context)


def _begin(request: StaffRequest, *, removing: bool) -> HttpResponse:
    actor = request.actor
    actor.require(services.MANAGE)
    request.session["demo"] = False
    run = _latest(actor)
    if run is not None and run.state in UNDER_WAY:
        return redirect("demo:status")
    if demo_status().present is not removing:
        words = (
            gettext("The sample business is not here.") if removing else gettext("The sample business is already here.")
        )
        toast(request, words, level="info")
        return redirect("demo:status")
    if removing:
        services.demo_remove_start(actor=actor)
    else:
        services.demo_load_start(actor=actor)
    return redirect("demo:status")


@require_POST
def load(request: StaffRequest) -> HttpResponse:
    """Begin to load it; the page shows how far it is."""
    return _begin(request, removing=False)


@require_POST
def remove(request: StaffRequest) -> HttpResponse:
    """Begin to remove it, and look at one's own business from now on."""
    return _begin(request, removing=True)


@require_POST
def look(request: StaffRequest) -> HttpResponse:
    """Look at the sample, from the home page on."""
    request.session["demo"] = demo_status().present
    return redirect("/")
