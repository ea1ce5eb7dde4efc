"""Contracts for staff: who stays, who leaves and why, what comes up for renewal, what it is worth."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.value import queries
from peyvand.insight.value.web import agreed
from peyvand.insight.value.web.views import actor_of
from peyvand.memory.commerce.access import CONTRACTS_VIEW

BEST = 20


@require_GET
def contracts_page(request: HttpRequest) -> HttpResponse:
    """Loss, how long contracts last, renewals, value, and how far the model may be believed."""
    actor = actor_of(request)
    figures = queries.contract_figures(actor=actor)
    listed = reverse("commerce:contracts") if actor.may(CONTRACTS_VIEW) else ""
    if figures is None:
        empty = Empty(
            title=gettext("No contracts yet"),
            text=gettext("With subscriptions, service contracts or leases you see here who stays, who leaves and why, "
                         "and what is at stake when terms end. The figures are computed every night."),
            icon="contract", action=gettext("Contracts") if listed else "", url=listed,
        )  # fmt: skip
        return render(request, "value/contracts.html", {"empty": empty})
    found, calendar = figures.payload, CalendarKind(current_reader().calendar)
    people = queries.contract_people(actor=actor, figures=figures)[:BEST]
    context: dict[str, Any] = {
        "figures": figures,
        "stats": agreed.stats(found),
        "counted": agreed.counted(found),
        "due": agreed.due(found),
        "charts": [chart for chart in (agreed.lost(found, calendar), agreed.lasting(found)) if chart is not None],
        "reasons": agreed.reasons(found),
        "cohorts": agreed.cohorts(found, calendar),
        "segments": agreed.segments(found),
        "people": [agreed.best(row) for row in people],
        "listed": listed,
        "may_refresh": actor.may("insight.refresh"),
    }
    return render(request, "value/contracts.html", context)
