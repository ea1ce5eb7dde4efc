"""Dashboards: tiles that fill one by one, moved and sized by buttons; the address holds the period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.toasts import toast
from peyvand.insight.reports import access, queries, services
from peyvand.insight.reports.catalogue import subject
from peyvand.insight.reports.errors import RefusedError
from peyvand.insight.reports.models import Dashboard
from peyvand.insight.reports.questions import Question, from_plain, from_query
from peyvand.insight.reports.shipped import BY_KEY, ShippedDashboard
from peyvand.insight.reports.spans import PERIODS
from peyvand.insight.reports.web import showing
from peyvand.insight.reports.web.figures import Figure

LARGEST_ID = 2**63 - 1
OFFERED = ("this-month", "last-month", "this-season", "season-last-year", "this-year", "last-year", "days", "all")
Asked = tuple[str, Question]


def dashboard_of(actor: Actor, dashboard_id: int) -> Dashboard:
    """A dashboard that one may open; 404 otherwise."""
    actor.require(access.VIEW)
    found: Dashboard | None = Dashboard.objects.visible_to(actor).filter(pk=min(dashboard_id, LARGEST_ID)).first()
    if found is None:
        raise Http404
    return found


def in_period(actor: Actor, question: Question, period: str) -> Question:
    """The question about a dashboard's period, where its rows have a day."""
    if period not in PERIODS or period == "from-to":
        return question
    about = subject(actor, question.fact)
    return question.asking(period=period) if about is not None and about.at else question


def figures_of(
    actor: Actor, asked: Sequence[Asked], period: str, *, drill: bool = True, wait: float | None = None,
    kept: bool = True,
) -> list[Figure]:  # fmt: skip
    """Each question's figure, all asked at once; with `kept` they are made ahead from the next loads."""
    questions = [in_period(actor, question, period) for _title, question in asked]
    more = {} if wait is None else {"wait": wait}
    got = queries.answers(actor=actor, questions=questions, kept=kept, **more)
    return [
        showing.figure(actor, one, question, name=f"t{place}", title=title, drill=drill)
        for place, (one, question, (title, _asked)) in enumerate(zip(got, questions, asked, strict=True))
    ]


def tiles_of(dashboard: Dashboard) -> list[Asked]:
    """Titles and questions of a dashboard's tiles, in their order."""
    return [(tile.title, from_plain(tile.question)) for tile in dashboard.tiles.order_by("position", "id")]


def shipped_tiles(one: ShippedDashboard) -> list[Asked]:
    """Titles and questions of a dashboard that came with the house."""
    return [(str(tile.title), from_plain(tile.question)) for tile in one.tiles]


def _period(request: StaffRequest, usual: str) -> str:
    asked = request.GET.get("p", usual)
    return asked if asked in PERIODS else ""


def _page(request: StaffRequest, context: dict[str, Any]) -> HttpResponse:
    chosen = context["period"]
    context |= {
        "periods": [(key, PERIODS[key], key == chosen) for key in OFFERED],
        "may_edit": request.actor.may(access.EDIT),
        "may_share": request.actor.may(access.SHARE),
    }
    return render(request, "reports/dashboard.html", context)


@require_safe
def one(request: StaffRequest, dashboard_id: int) -> HttpResponse:
    """A dashboard; with "change" in the address its tiles can be moved, sized and taken off."""
    actor = request.actor
    dashboard = dashboard_of(actor, dashboard_id)
    may_change = services.may_change(actor, dashboard)
    period = _period(request, dashboard.period)
    tiles = list(dashboard.tiles.order_by("position", "id"))
    figures = figures_of(actor, [(tile.title, from_plain(tile.question)) for tile in tiles], period)
    return _page(
        request,
        {
            "dashboard": dashboard, "heading": dashboard.name, "period": period, "may_change": may_change,
            "changing": may_change and "change" in request.GET,
            "tiles": [
                {"figure": figure, "width": tile.width, "tile": tile, "first": place == 0,
                 "last": place == len(tiles) - 1}
                for place, (tile, figure) in enumerate(zip(tiles, figures, strict=True))
            ],
        },
    )  # fmt: skip


@require_safe
def shipped(request: StaffRequest, key: str) -> HttpResponse:
    """A dashboard that everybody has."""
    actor = request.actor
    actor.require(access.VIEW)
    if key not in BY_KEY:
        raise Http404
    found = BY_KEY[key]
    period = _period(request, found.period)
    figures = figures_of(actor, shipped_tiles(found), period)
    return _page(
        request,
        {
            "shipped": found, "heading": found.name, "period": period,
            "tiles": [
                {"figure": figure, "width": tile.width} for tile, figure in zip(found.tiles, figures, strict=True)
            ],
        },
    )  # fmt: skip


@require_POST
def shipped_copy(request: StaffRequest, key: str) -> HttpResponse:
    """A copy of one's own, to change as one likes."""
    if key not in BY_KEY:
        raise Http404
    found = BY_KEY[key]
    made, done = services.dashboard_save(
        actor=request.actor, name=str(found.name), period=found.period,
        tiles=[(str(tile.title), tile.question, tile.width) for tile in found.tiles],
    )  # fmt: skip
    toast(request, gettext("The copy is yours."), undo_url=reverse("changes:undo", args=[done]))
    return redirect(f"{reverse('reports:dashboard', args=[made.pk])}?change")


@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """An empty dashboard under a name."""
    request.actor.require(access.EDIT)
    return _form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: StaffRequest, dashboard_id: int) -> HttpResponse:
    """Its name, its period, and whether everybody has it."""
    request.actor.require(access.EDIT)
    dashboard = dashboard_of(request.actor, dashboard_id)
    if not services.may_change(request.actor, dashboard):
        raise Http404
    return _form(request, dashboard)


def _form(request: StaffRequest, dashboard: Dashboard | None) -> HttpResponse:
    error = ""
    if request.method == "POST":
        try:
            made, done = services.dashboard_save(
                actor=request.actor, name=request.POST.get("name", ""), shared=request.POST.get("shared") == "1",
                period=request.POST.get("period", ""), dashboard=dashboard,
            )  # fmt: skip
        except RefusedError as refused:
            error = str(refused)
        else:
            toast(request, gettext("The dashboard is kept."), undo_url=reverse("changes:undo", args=[done]))
            return redirect("reports:dashboard", made.pk)
    context = {
        "dashboard": dashboard, "error": error, "may_share": request.actor.may(access.SHARE),
        "name": request.POST.get("name", dashboard.name if dashboard else ""),
        "periods": [(key, PERIODS[key], dashboard is not None and dashboard.period == key) for key in OFFERED],
    }  # fmt: skip
    return render(request, "reports/dashboard_form.html", context, status=422 if error else 200)


@require_POST
def archive(request: StaffRequest, dashboard_id: int) -> HttpResponse:
    """Put it away, or bring it back."""
    request.actor.require(access.EDIT)
    away = request.POST.get("back") != "1"
    dashboard = dashboard_of(request.actor, dashboard_id)
    done = services.archive(actor=request.actor, kept=dashboard, archived=away)
    words = gettext("The dashboard is archived.") if away else gettext("The dashboard is back.")
    toast(request, words, undo_url=reverse("changes:undo", args=[done]))
    return redirect("reports:home")


@require_POST
def add(request: StaffRequest) -> HttpResponse:
    """Put the builder's question on a dashboard: one that is there, or a new one."""
    actor = request.actor
    actor.require(access.EDIT)
    query, title = request.POST.get("query", ""), request.POST.get("title", "")
    chosen = request.POST.get("dashboard", "")
    try:
        if chosen.isdecimal():
            dashboard = dashboard_of(actor, int(chosen))
        else:
            dashboard, _made = services.dashboard_save(actor=actor, name=gettext("My dashboard"))
        _tile, done = services.tile_add(
            actor=actor, dashboard=dashboard, title=title, question=from_query(QueryDict(query))
        )
    except RefusedError as error:
        toast(request, str(error), level="bad")
        return redirect(f"{reverse('reports:build')}?{query}")
    toast(request, gettext("It is on the dashboard."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("reports:dashboard", dashboard.pk)


@require_POST
def tile(request: StaffRequest, dashboard_id: int, tile_id: int) -> HttpResponse:
    """Move a tile, size it or take it off."""
    request.actor.require(access.EDIT)
    dashboard = dashboard_of(request.actor, dashboard_id)
    found = dashboard.tiles.filter(pk=min(tile_id, LARGEST_ID)).first()
    if found is None:
        raise Http404
    what = request.POST.get("what", "")
    try:
        done = services.tile_change(actor=request.actor, tile=found, what=what)
    except RefusedError as error:
        toast(request, str(error), level="bad")
    else:
        if what == "remove":
            toast(request, gettext("The tile is off the dashboard."), undo_url=reverse("changes:undo", args=[done]))
    return redirect(f"{reverse('reports:dashboard', args=[dashboard.pk])}?change#tile-{found.pk}")
