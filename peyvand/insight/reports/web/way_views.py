"""Funnel, paths and acquisition for staff, and the people behind their numbers."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.foundation.accounts.access import MANAGE_SETTINGS
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.insight.reports import acquisition_queries, funnel_queries, way_services
from peyvand.insight.reports.funnel_queries import Behind
from peyvand.insight.reports.models import Figure, Way
from peyvand.insight.reports.sources import source_label
from peyvand.insight.reports.stages import KNOWN, RECORDED, VISITOR
from peyvand.insight.reports.touchpoints import touch_label
from peyvand.insight.reports.web import acquisition_showing, asking, funnel_showing, path_showing
from peyvand.memory.customers.fields import RECORD

ORDER = ("-entered_at", "id")
SIDES = ("reached", "stopped", "straight", "stands", "won")
LOOKBACKS = (7, 14, 30, 60, 90, 180, 365)  # days offered


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _tabs(request: HttpRequest, current: str) -> list[dict[str, Any]]:
    kept = asking.kept_query(request)
    actor = _actor(request)
    names = [("funnel", _("Funnel"), "filter")]
    if actor.may("insight.view"):
        names += [("paths", _("Paths"), "route"), ("acquisition", _("Acquisition"), "magnet")]
    return [
        {
            "label": label, "icon": icon, "current": name == current,
            "url": reverse(f"reports:{name}") + (f"?{kept}" if kept else ""),
        }
        for name, label, icon in names
    ]  # fmt: skip


def _shared(request: HttpRequest, current: str) -> dict[str, Any]:
    actor = _actor(request)
    return {"tabs": _tabs(request, current), "may_refresh": actor.may("insight.refresh")}


@require_GET
def funnel_page(request: HttpRequest) -> HttpResponse:
    """How far people come, where most are lost and why; or where everybody stands."""
    actor, asked = _actor(request), asking.asked_of(request)
    found = funnel_queries.funnel(actor=actor, asked=asked)
    if found is None:
        return _nothing_yet(request, "funnel")
    query = asking.kept_query(request)
    standing = request.GET.get("view") == "standing"
    context: dict[str, Any] = _shared(request, "funnel") | {
        "controls": asking.controls(request, actor=actor),
        "found": found,
        "days": asking.days_text(asked),
        "views": [
            asking.Choice(gettext("By day of entry"), asking.changed(request, view=""), not standing),
            asking.Choice(gettext("Where they stand"), asking.changed(request, view="standing"), standing),
        ],
        "definitions": funnel_showing.definitions(),
        "untold": funnel_queries.figure(actor=actor, name="funnel"),
    }
    if standing:
        stood = funnel_queries.standing(actor=actor, asked=asked)
        context |= {
            "standing": funnel_showing.standing(stood, query),
            "picture": funnel_showing.standing_picture(stood, query),
        }
    else:
        narrow = funnel_queries.narrowest(actor=actor, found=found)
        context |= {
            "rows": funnel_showing.rows(found, query),
            "picture": funnel_showing.picture(found, narrow, query),
            "sentences": funnel_showing.sentences(narrow),
        }
    return render(request, "reports/funnel.html", context)


def _kept_paths(request: HttpRequest) -> tuple[int, Figure | None]:
    """The window of the address in days, the year where it names none, and its figure."""
    asked = request.GET.get("days", "")
    window = next((days for days in way_services.WINDOWS if str(days) == asked), way_services.WINDOWS[0])
    currency = request.GET.get("currency", "")
    name = way_services.paths_name(window)
    kept = funnel_queries.figure(actor=_actor(request), name=name, currency=currency)
    if kept is None and window != way_services.WINDOWS[0]:  # computed before there were windows
        window = way_services.WINDOWS[0]
        kept = funnel_queries.figure(actor=_actor(request), name=way_services.PATHS, currency=currency)
    return window, kept


@require_GET
def paths_page(request: HttpRequest) -> HttpResponse:
    """Which touchpoint earned the orders, and by which paths they came."""
    actor = _actor(request)
    actor.require("insight.view")
    window, kept = _kept_paths(request)
    if kept is None:
        return _nothing_yet(request, "paths")
    payload = kept.payload
    whole = payload["orders"] + payload["nobody"]
    context = _shared(request, "paths") | {
        "kept": kept,
        "payload": payload,
        "since": date.fromisoformat(payload["since"]),
        "unknown_share": 1 - payload["told"] / whole if whole else None,
        "picture": path_showing.picture(kept) if payload["credit"] else None,
        "ways": path_showing.WAYS.values(),
        "credits": path_showing.credits(kept),
        "totals": path_showing.totals(kept),
        "paths": path_showing.path_rows(kept, payload["paths"]),
        "lengths": path_showing.lengths(kept),
        "long": path_showing.days(kept),
        "meanings": path_showing.meanings(),
        "currencies": [
            (code, asking.changed(request, currency=code), code == kept.currency)
            for code in funnel_queries.currencies(actor=actor, name=way_services.paths_name(window))
        ],
        "windows": [
            asking.Choice(
                gettext("%(n)s days") % {"n": formats.number(days)},
                asking.changed(request, days=str(days)),
                days == window,
            )
            for days in sorted(way_services.WINDOWS)
        ],
        "chosen": int(workspace_settings.get(way_services.LOOKBACK)),
        "choices": LOOKBACKS,
        "may_choose": actor.may("insight.refresh") and actor.may(MANAGE_SETTINGS),
    }
    return render(request, "reports/paths.html", context)


@require_GET
def touchpoint_page(request: HttpRequest) -> HttpResponse:
    """What one touchpoint earned, where on paths it stands, and which paths these are."""
    actor = _actor(request)
    actor.require("insight.view")
    touch = request.GET.get("touch", "")
    window, kept = _kept_paths(request)
    if kept is None:
        return _nothing_yet(request, "paths")
    if touch not in kept.payload["touches"]:
        raise Http404
    one = kept.payload["touches"][touch]
    wanted = path_showing.touch_url(touch, kept)
    credit = next(row for row in path_showing.credits(kept) if row.url == wanted)
    context = _shared(request, "paths") | {
        "kept": kept,
        "label": touch_label(touch),
        "one": one,
        "middle": one["orders"] - one["alone"] - one["first"] - one["last"],
        "credit": credit,
        "ways": list(zip(path_showing.WAYS.values(), credit.orders, credit.worth, strict=True)),
        "paths": path_showing.path_rows(kept, one["paths"]),
        "people_url": funnel_showing.people_url("", touch=touch, days=str(window)),
        "back": f"{reverse('reports:paths')}?currency={kept.currency}&days={window}",
    }
    return render(request, "reports/touchpoint.html", context)


@require_GET
def acquisition_page(request: HttpRequest) -> HttpResponse:
    """What each source cost and brought, and when that comes back."""
    actor, asked = _actor(request), asking.asked_of(request)
    found = acquisition_queries.acquisition(actor=actor, asked=asked)
    if found is None:
        return _nothing_yet(request, "acquisition")
    query = asking.kept_query(request)
    context = _shared(request, "acquisition") | {
        "controls": asking.controls(request, actor=actor),
        "found": found,
        "days": asking.days_text(asked),
        "sentences": acquisition_showing.sentences(found),
        "rows": [acquisition_showing.row(found, source, query) for source in found.sources],
        "total": acquisition_showing.row(found, found.total, query),
        "apart": acquisition_showing.apart(found),
        "compared": acquisition_showing.compared(found, query),
        "offers": acquisition_showing.offers(found, query),
        "compared_words": acquisition_showing.compared_words(found),
        "keeping": acquisition_showing.keeping(found),
        "curves": acquisition_showing.curves(found),
        "currencies": [
            (code, asking.changed(request, currency=code), code == found.currency) for code in found.currencies
        ],
    }
    return render(request, "reports/acquisition.html", context)


@require_GET
def people_page(request: HttpRequest) -> HttpResponse:
    """The people behind a number of these pages, the latest to come first."""
    actor, asked = _actor(request), asking.asked_of(request)
    which = _which(request)
    people = funnel_queries.people(actor=actor, asked=asked, which=which)
    try:
        page = paginate(people, order=ORDER, cursor=request.GET.get("cursor"), backwards="back" in request.GET, size=50)
    except BadCursorError:
        page = paginate(people, order=ORDER, size=50)
    total = people.count()
    context = {
        "page": page,
        "people": [_person(row, actor) for row in page.rows],
        "page_url": asking.changed(request),
        "heading": _heading(which),
        "days": "" if which.touch else asking.days_text(asked),
        "total": total,
        "hidden": funnel_queries.behind(actor=actor, asked=asked, which=which).count() - total,
        "strangers": funnel_queries.strangers(actor=actor, asked=asked)
        if which.stage == VISITOR and which.side == "reached" and not which.touch
        else 0,
        "source_shown": not actor.hides(f"{RECORD}.source"),
        "back": _back(request, which),
        "bulk": False,
    }
    return render(request, "reports/way_people.html", context)


def _which(request: HttpRequest) -> Behind:
    stage, side = request.GET.get("stage", KNOWN), request.GET.get("side", "reached")
    flag = request.GET.get("discounted", "")
    days = request.GET.get("days", "")
    window = int(days) if days in [str(one) for one in way_services.WINDOWS[1:]] else 0
    if stage not in RECORDED or side not in SIDES or flag not in ("", "0", "1"):
        raise Http404
    return Behind(
        stage=stage,
        side=side,
        touch=request.GET.get("touch", ""),
        discounted=None if not flag else flag == "1",
        window=window,
        offer={"": None, "-": ""}.get(request.GET.get("offer", ""), request.GET.get("offer", "")),
    )


def _heading(which: Behind) -> str:
    if which.touch:
        return gettext("Bought after “%(touch)s”") % {"touch": touch_label(which.touch)}
    if which.side == "won":
        return gettext("Customers who were won")
    words = {
        "reached": gettext("Came as far as “%(stage)s”"), "stopped": gettext("Went no further than “%(stage)s”"),
        "straight": gettext("Came in at “%(stage)s”"), "stands": gettext("Stood at “%(stage)s”"),
    }  # fmt: skip
    return words[which.side] % {"stage": funnel_showing.LABELS[which.stage]}


def _back(request: HttpRequest, which: Behind) -> str:
    name = "paths" if which.touch else "acquisition" if which.side == "won" else "funnel"
    kept = asking.kept_query(request)
    return reverse(f"reports:{name}") + (f"?{kept}" if kept else "")


def _person(row: Way, actor: Actor) -> dict[str, Any]:
    return {
        "customer": row.customer,
        "way": row,
        "url": reverse("customers:one", args=[row.customer_id]),
        "source": source_label(row.source),
        "stage": [funnel_showing.LABELS[name] for name in RECORDED if getattr(row, f"{name}_at") is not None][-1],
    }


def _nothing_yet(request: HttpRequest, current: str) -> HttpResponse:
    actor = _actor(request)
    actor.require("reports.view")
    empty = Empty(
        icon="filter",
        title=gettext("How do people become customers?"),
        text=gettext("Once there are customers and orders, you read here how far people come, and by which way."),
        action=gettext("Import orders"), url=reverse("transfer:imports"),
        sample=gettext("Of a hundred visitors three often become customers. Where do the others turn back?"),
    )  # fmt: skip
    context = _shared(request, current) | {
        "empty": empty,
        "computing": funnel_queries.computing(actor=actor) is not None,
    }
    return render(request, "reports/ways_empty.html", context)


@require_POST
def compute_now(request: HttpRequest) -> HttpResponse:
    """Compute ways and paths anew."""
    return redirect("jobs:run", way_services.ways_ask(actor=_actor(request)).pk)


@require_POST
def choose_lookback(request: HttpRequest) -> HttpResponse:
    """How many days before an order a touch is on its path."""
    try:
        run = way_services.lookback_choose(actor=_actor(request), days=request.POST.get("days", ""))
    except ValueError:
        return HttpResponseBadRequest()
    return redirect("jobs:run", run.pk)
