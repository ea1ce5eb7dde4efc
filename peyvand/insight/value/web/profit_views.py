"""Profitability for staff: what is left of revenue, who brings it, and the people behind each number."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.insight.value import profit_queries, queries
from peyvand.insight.value.classes import ORDER
from peyvand.insight.value.models import RfmClass, SnapshotCustomer
from peyvand.insight.value.web import profit
from peyvand.insight.value.web.views import actor_of, day_of, nothing_yet, switched
from peyvand.memory.commerce.access import COSTS_EDIT, COSTS_VIEW


@require_GET
def profit_page(request: HttpRequest) -> HttpResponse:
    """From revenue to what is left; by class, source and tenth; spending that brings nothing; pay-back."""
    actor = actor_of(request)
    actor.require(COSTS_VIEW)
    shown = queries.dashboard(actor=actor, as_of=day_of(request.GET), currency=request.GET.get("currency", ""))
    if shown is None:
        return nothing_yet(request)
    snapshot = shown.snapshot
    found = profit_queries.figures(actor=actor, snapshot=snapshot)
    context: dict[str, Any] = {
        "snapshot": snapshot, "found": found, "may_refresh": actor.may("insight.refresh"),
        "may_edit": actor.may(COSTS_EDIT),
        "currencies": [
            (code, switched(request, currency=code), code == snapshot.currency) for code in shown.currencies
        ],
    }  # fmt: skip
    if found is not None:
        spending = profit.spending(snapshot, found)
        hidden = actor.hides("customer.source")
        context |= {
            "stats": profit.stats(snapshot, found), "known": profit.known(snapshot, found),
            "waterfall": profit.waterfall(snapshot, found), "whale": profit.whale(snapshot, found),
            "classes": profit.classes(snapshot, found), "sources": [] if hidden else profit.sources(snapshot, found),
            "tenths": profit.tenths(snapshot, found), "spending": [] if hidden else spending,
            "unproductive": None if hidden else profit.unproductive(spending),
            "not_charged": profit.not_charged(snapshot, found), "sums": profit.sums(snapshot, found),
            "keeping": profit.keeping(snapshot, found), "rule": profit.rule_of_thumb(snapshot, found),
            "referred": profit.referred(snapshot, found),
            "payback": profit.payback(snapshot, found),
            "no_costs": not (found["charging"]["count"] or found["charging"]["rates"] or found["charging"]["contacts"]),
        }  # fmt: skip
    return render(request, "value/profit.html", context)


@require_GET
def profit_people(request: HttpRequest) -> HttpResponse:
    """The people behind a number of that page, least left first."""
    actor = actor_of(request)
    actor.require(COSTS_VIEW)
    shown = queries.dashboard(actor=actor, as_of=day_of(request.GET), currency=request.GET.get("currency", ""))
    if shown is None:
        return nothing_yet(request)
    rfm_class, tenth, source = request.GET.get("rfm_class", ""), request.GET.get("tenth", ""), request.GET.get("source")
    if (rfm_class and rfm_class not in ORDER) or (tenth and tenth not in {str(n) for n in range(1, 11)}):
        raise Http404
    loss = bool(request.GET.get("loss"))
    people = profit_queries.people(
        actor=actor, snapshot=shown.snapshot, rfm_class=rfm_class, tenth=int(tenth or 0), loss=loss,
        source=None if source is None else "" if source == "-" else source.replace("\0", ""),
    )  # fmt: skip
    order = profit_queries.BY_NET
    try:
        page = paginate(people, order=order, cursor=request.GET.get("cursor"), backwards="back" in request.GET, size=50)
    except BadCursorError:
        page = paginate(people, order=order, size=50)
    asked = request.GET.copy()
    for name in ("cursor", "back"):
        asked.pop(name, None)
    context = {
        "page": page, "people": [_row(row) for row in page.rows], "page_url": f"{request.path}?{asked.urlencode()}",
        "snapshot": shown.snapshot, "class_label": RfmClass(rfm_class).label if rfm_class else "", "loss": loss,
        "tenth": tenth, "source": source, "total": people.count(), "bulk": False,
    }  # fmt: skip
    return render(request, "value/profit_people.html", context)


def _row(row: SnapshotCustomer) -> dict[str, Any]:
    currency = row.snapshot.currency
    costs = row.acquisition_minor + row.sale_minor + row.service_minor + row.delivery_minor + row.operation_minor
    return {
        "customer": row.customer, "customer_id": row.customer_id, "rfm_class": row.rfm_class,
        "revenue": Money(row.revenue_minor, currency), "goods": Money(row.goods_minor, currency),
        "costs": Money(costs, currency), "net": Money(row.net_minor or 0, currency),
    }  # fmt: skip
