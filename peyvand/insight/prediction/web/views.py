"""Prediction for staff: what is foreseen, the people behind it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.foundation.ui.pieces import Empty
from peyvand.insight.prediction import queries, services
from peyvand.insight.prediction.web import consequences, showing

ORDER = ("-loss_minor", "id")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Who is about to leave and why, what goes together, how well the models do."""
    actor = _actor(request)
    shown = queries.overview(actor=actor, currency=request.GET.get("currency", ""))
    if shown is None:
        return _nothing_yet(request)
    forecast, card = shown.forecast, shown.forecast.card
    ids = {product for rule in forecast.baskets for product in (*rule["left"], rule["right"])}
    context: dict[str, Any] = {
        "forecast": forecast,
        "card": card,
        "off": showing.off(card),
        "simple": showing.simple(card),
        "people": [showing.person(row) for row in queries.people(actor=actor, forecast=forecast)[:6]],
        "leaving": consequences.leaving_words(card),
        "partly": card.get("explained", 0) < card.get("scored", 0),
        "suggesting": showing.suggesting(card),
        "recommended": showing.recommended(card, forecast.currency),
        "groups": showing.groups(forecast),
        "features": showing.features(card),
        "measures": showing.measures(card),
        "calibration": showing.calibration(card),
        "staying": showing.staying(card),
        "rules": showing.rules(forecast, queries.product_names(actor=actor, ids=ids)),
        "currencies": [(code, f"?currency={code}", code == forecast.currency) for code in shown.currencies],
        "may_refresh": actor.may("insight.refresh"),
        "computing": queries.computing(actor=actor) is not None,
    }
    return render(request, "prediction/overview.html", context)


def _nothing_yet(request: HttpRequest) -> HttpResponse:
    actor = _actor(request)
    empty = Empty(
        icon="bulb",
        title=str(_("Who will leave, and what will they buy?")),
        text=str(_("Once figures are computed from orders, you read here what is to be expected of each customer.")),
        action=str(_("Import orders")),
        url=reverse("transfer:imports"),
        sample=str(_("Whoever is silent for twice their own interval is not always lost. Whose silence matters?")),
    )
    context = {
        "empty": empty,
        "computing": queries.computing(actor=actor) is not None,
        "may_refresh": actor.may("insight.refresh"),
    }
    return render(request, "prediction/empty.html", context)


@require_GET
def people_page(request: HttpRequest) -> HttpResponse:
    """Customers about to leave, or those of a group, by what would be lost."""
    actor = _actor(request)
    shown = queries.overview(actor=actor, currency=request.GET.get("currency", ""))
    if shown is None:
        return _nothing_yet(request)
    groups = shown.forecast.card.get("groups", [])
    asked = request.GET.get("group", "")
    if asked and (not asked.isdecimal() or int(asked) >= len(groups)):
        raise Http404
    group = int(asked) if asked else None
    people = queries.people(actor=actor, forecast=shown.forecast, group=group)
    try:
        page = paginate(people, order=ORDER, cursor=request.GET.get("cursor"), backwards="back" in request.GET, size=50)
    except BadCursorError:
        page = paginate(people, order=ORDER, size=50)
    context = {
        "page": page,
        "people": [showing.person(row) for row in page.rows],
        "page_url": f"{request.path}?currency={shown.forecast.currency}" + (f"&group={group}" if asked else ""),
        "group": showing.group_names(groups)[group] if group is not None else "",
        "forecast": shown.forecast,
        "off": showing.off(shown.forecast.card),
        "total": people.count(),
        "hidden": queries.hidden_people(actor=actor, forecast=shown.forecast, group=group),
        "partly": shown.forecast.card.get("explained", 0) < shown.forecast.card.get("scored", 0),
        "bulk": False,
    }
    return render(request, "prediction/people.html", context)


@require_POST
def foresee_now(request: HttpRequest) -> HttpResponse:
    """Compute the forecasts anew."""
    return redirect("jobs:run", services.foresee_ask(actor=_actor(request)).pk)
