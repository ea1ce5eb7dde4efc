"""Insight for staff: the dashboard, the people behind its numbers, another day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.jobs.access import visible_runs
from peyvand.foundation.jobs.queries import run_view
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.fields import DateField
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.value import queries, services
from peyvand.insight.value.classes import ORDER, TABLE
from peyvand.insight.value.models import RfmClass, Snapshot
from peyvand.insight.value.web import ahead, figures, moves
from peyvand.insight.value.web.profit import page_url
from peyvand.memory.commerce.access import COSTS_VIEW, ORDERS_VIEW


class DayForm(forms.Form):
    """Which day the figures are for."""

    as_of = DateField(label=_("As of"))


def actor_of(request: HttpRequest) -> Actor:
    """Who asks."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def day_of(query: QueryDict) -> date | None:
    """The day asked for; None is the newest."""
    try:
        return date.fromisoformat(str(query["as_of"])) if query.get("as_of") else None
    except ValueError as error:
        raise Http404 from error


def _calendar(query: QueryDict) -> CalendarKind:
    try:
        return CalendarKind(query.get("calendar", current_reader().calendar))
    except ValueError:
        return CalendarKind(current_reader().calendar)


@require_GET
def dashboard_page(request: HttpRequest) -> HttpResponse:
    """What customers are worth and who is slipping away, as of a day."""
    actor = actor_of(request)
    shown = queries.dashboard(actor=actor, as_of=day_of(request.GET), currency=request.GET.get("currency", ""))
    if shown is None:
        return nothing_yet(request)
    snapshot, calendar = shown.snapshot, _calendar(request.GET)
    counts = request.GET.get("cohorts") == "number"
    context: dict[str, Any] = {
        "shown": shown,
        "snapshot": snapshot,
        "sentences": _sentences(snapshot),
        "contracts": queries.contract_figures(actor=actor) is not None,
        "pareto": figures.pareto(snapshot),
        "tiles": figures.tiles(snapshot),
        "cohorts": figures.cohort_table(
            snapshot, calendar, counts=counts, switch_url=switched(request, cohorts="" if counts else "number")
        ),
        "moves": moves.moves(snapshot),
        "months": figures.months(snapshot, calendar),
        "lines": figures.total_lines(snapshot),
        "net": Money(snapshot.payload["totals"]["net"], snapshot.currency),
        "rounding": figures.rounding(snapshot),
        "margin": snapshot.payload["margin"],
        "margin_amount": Money.from_decimal(
            Decimal(str(snapshot.payload["margin"]["known"] - snapshot.payload["margin"]["cost"])),
            snapshot.currency,
        ),
        "slipping": [figures.person(row) for row in queries.people(actor=actor, snapshot=snapshot, slipping=True)[:6]],
        "slipping_url": figures.people_url(snapshot, slipping="1"),
        "calendar": calendar,
        "calendars": [(kind, switched(request, calendar=kind.value), kind is calendar) for kind in CalendarKind],
        "currencies": [
            (code, switched(request, currency=code), code == snapshot.currency) for code in shown.currencies
        ],
        "form": DayForm(initial={"as_of": snapshot.as_of}),
        "may_refresh": actor.may("insight.refresh"),
        "lifetime_url": figures.lifetime_url(snapshot),
        "profit_url": page_url("profit", snapshot) if actor.may(COSTS_VIEW) else "",
        "scores_url": page_url("scores", snapshot),
        "wallet_url": page_url("wallet", snapshot) if actor.may(ORDERS_VIEW) else "",
    }
    return render(request, "value/dashboard.html", context)


def _sentences(snapshot: Snapshot) -> list[figures.Sentence]:
    """The value ahead first, where it is foretold."""
    said, found = ahead.sentence(snapshot), figures.sentences(snapshot)
    if said is None:
        return found
    first = figures.Sentence(text=said, action=str(_("See lifetime value")), url=figures.lifetime_url(snapshot))
    return [first, *found][:4]


def switched(request: HttpRequest, **query: str) -> str:
    """This page's address with some of its query changed; an empty value takes the name away."""
    asked = request.GET.copy()
    for name, value in query.items():
        asked.pop(name, None)
        if value:
            asked[name] = value
    return f"?{asked.urlencode()}" if asked else request.path


def nothing_yet(request: HttpRequest) -> HttpResponse:
    """What will be here, and how to come to it; while the figures are computed, how far that is."""
    actor = actor_of(request)
    run = queries.computing(actor=actor, as_of=day_of(request.GET))
    seen = run is not None and visible_runs(actor=actor).filter(pk=run.pk).exists()
    context = {
        "empty": _empty(),
        "may_refresh": actor.may("insight.refresh"),
        "computing": run is not None,
        "run": run_view(actor=actor, run=run) if run is not None and seen else None,
    }
    return render(request, "value/empty.html", context)


def _empty() -> Empty:
    return Empty(
        icon="chart-dots-3",
        title=str(_("What is each customer worth?")),
        text=str(
            _("Once there are orders, you read here who brings the value, who comes back and who is slipping away.")
        ),
        action=str(_("Import orders")),
        url=reverse("transfer:imports"),
        sample=str(_("A fifth of customers often make more than two thirds of the value. Yours?")),
    )


@require_GET
def people_page(request: HttpRequest) -> HttpResponse:
    """The people behind a number, most valuable first."""
    actor = actor_of(request)
    shown = queries.dashboard(actor=actor, as_of=day_of(request.GET), currency=request.GET.get("currency", ""))
    if shown is None:
        return nothing_yet(request)
    rfm_class, slipping = request.GET.get("rfm_class", ""), bool(request.GET.get("slipping"))
    if rfm_class and rfm_class not in ORDER:
        raise Http404
    people = queries.people(actor=actor, snapshot=shown.snapshot, rfm_class=rfm_class, slipping=slipping)
    try:
        page = paginate(
            people, order=("-monetary_minor", "id"), cursor=request.GET.get("cursor"),
            backwards="back" in request.GET, size=50,
        )  # fmt: skip
    except BadCursorError:
        page = paginate(people, order=("-monetary_minor", "id"), size=50)
    asked = request.GET.copy()
    for name in ("cursor", "back"):
        asked.pop(name, None)
    context = {
        "page": page,
        "people": [figures.person(row) for row in page.rows],
        "page_url": f"{request.path}?{asked.urlencode()}",
        "snapshot": shown.snapshot,
        "class_label": RfmClass(rfm_class).label if rfm_class else "",
        "rfm_class": rfm_class,
        "slipping": slipping,
        "total": people.count(),
        "hidden": queries.hidden_people(actor=actor, snapshot=shown.snapshot, rfm_class=rfm_class, slipping=slipping),
        "bulk": False,
    }
    return render(request, "value/people.html", context)


@require_POST
def choose_day(request: HttpRequest) -> HttpResponse:
    """Another day: its figures if they are kept, else a computation whose progress is shown."""
    actor = actor_of(request)
    form = DayForm(request.POST)
    if not form.is_valid():
        shown = queries.dashboard(actor=actor)
        return render(request, "value/day.html", {"form": form, "shown": shown}, status=422)
    day: date = form.cleaned_data["as_of"]
    if queries.snapshots(actor=actor).filter(as_of=day).exists():
        return redirect(f"{reverse('value:dashboard')}?as_of={day.isoformat()}")
    run = services.refresh_ask(actor=actor, as_of=day)
    return redirect("jobs:run", run.pk)


@require_POST
def refresh_now(request: HttpRequest) -> HttpResponse:
    """Compute the newest figures."""
    return redirect("jobs:run", services.refresh_ask(actor=actor_of(request)).pk)


@require_GET
def definitions(request: HttpRequest) -> HttpResponse:
    """What the words and numbers mean, and the table of classes."""
    actor_of(request).require("insight.view")
    rows = [(score, [(code, RfmClass(code).label) for code in TABLE[score]]) for score in sorted(TABLE, reverse=True)]
    return render(request, "value/definitions.html", {"rows": rows, "classes": RfmClass.choices})
