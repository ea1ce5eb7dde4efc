"""Recency, frequency and value by another window or basis: asked for, computed, kept in the address."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from peyvand.foundation.money.amounts import Money
from peyvand.foundation.ui.lists import BadCursorError, paginate
from peyvand.insight.value import profit_queries, queries, services
from peyvand.insight.value.classes import ORDER, WINDOW_DAYS
from peyvand.insight.value.models import Basis, RfmClass, Scoring, Snapshot
from peyvand.insight.value.web.profit import page_url
from peyvand.insight.value.web.views import actor_of, day_of, nothing_yet
from peyvand.memory.commerce.access import COSTS_VIEW

WINDOWS = ((90, _("90 days")), (180, _("180 days")), (365, _("365 days")), (0, _("All days")))


class ScoreForm(forms.Form):
    """Which window and basis."""

    window = forms.TypedChoiceField(label=_("Window"), coerce=int, choices=WINDOWS, required=False, empty_value=None)
    days = forms.IntegerField(
        label=_("Or so many days"), required=False, min_value=services.WINDOWS[0], max_value=services.WINDOWS[1]
    )
    basis = forms.ChoiceField(label=_("Value is"), choices=Basis)
    as_of = forms.DateField(widget=forms.HiddenInput())
    currency = forms.CharField(widget=forms.HiddenInput(), max_length=3)

    def __init__(self, *args: Any, costs: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["basis"]
        if isinstance(field, forms.ChoiceField) and not costs:
            field.choices = [(Basis.REVENUE.value, Basis.REVENUE.label)]


def _window(text: str | None) -> int:
    if text is None or text == "":
        return WINDOW_DAYS
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Http404
    return int(text)


def _asked(request: HttpRequest, snapshot: Snapshot) -> tuple[int, str, Scoring | None]:
    window, basis = _window(request.GET.get("window")), request.GET.get("basis") or Basis.REVENUE.value
    if basis not in Basis.values:
        raise Http404
    actor = actor_of(request)
    if basis != Basis.REVENUE and not actor.may(COSTS_VIEW):
        actor.require(COSTS_VIEW)
    found = profit_queries.scoring(
        actor=actor, as_of=snapshot.as_of, currency=snapshot.currency, window_days=window, basis=basis
    )
    return window, basis, found


@require_GET
def scores_page(request: HttpRequest) -> HttpResponse:
    """Classes by the window and basis of the address; where they were never computed, the way to it."""
    actor = actor_of(request)
    shown = queries.dashboard(actor=actor, as_of=day_of(request.GET), currency=request.GET.get("currency", ""))
    if shown is None:
        return nothing_yet(request)
    snapshot = shown.snapshot
    window, basis, found = _asked(request, snapshot)
    usual = window in {days for days, _label in WINDOWS}
    form = ScoreForm(
        initial={
            "window": window if usual else None, "days": None if usual else window, "basis": basis,
            "as_of": snapshot.as_of.isoformat(), "currency": snapshot.currency,
        },
        costs=actor.may(COSTS_VIEW),
    )  # fmt: skip
    context = {
        "snapshot": snapshot, "form": form, "found": found, "window": window, "basis": Basis(basis).label,
        "rows": _rows(snapshot, found, window=window, basis=basis) if found else [],
    }  # fmt: skip
    return render(request, "value/scores.html", context)


def _rows(snapshot: Snapshot, found: Scoring, *, window: int, basis: str) -> list[dict[str, Any]]:
    whole = sum(max(0, row["amount"]) for row in found.payload["classes"])
    return [
        {
            "code": row["class"], "customers": row["customers"], "amount": Money(row["amount"], found.currency),
            "share": row["amount"] / whole if whole else None,
            "url": page_url("scored-people", snapshot, window=window, basis=basis, rfm_class=row["class"]),
        }
        for row in found.payload["classes"]
    ]  # fmt: skip


@require_POST
def scores_ask(request: HttpRequest) -> HttpResponse:
    """Have the scores computed; the page of its progress leads back to them."""
    actor = actor_of(request)
    actor.require("insight.view")
    form = ScoreForm(request.POST, costs=actor.may(COSTS_VIEW))
    shown = queries.dashboard(actor=actor)
    if not form.is_valid():
        return render(request, "value/scores.html", {"form": form, "snapshot": shown and shown.snapshot}, status=422)
    given = form.cleaned_data
    day: date = given["as_of"]
    window = given["days"] or given["window"]
    if not queries.snapshots(actor=actor).filter(as_of=day, currency=given["currency"]).exists():
        raise Http404
    try:
        run = services.scoring_ask(
            actor=actor, as_of=day, currency=given["currency"], basis=given["basis"],
            window_days=WINDOW_DAYS if window is None else window,
        )  # fmt: skip
    except ValidationError as error:
        form.add_error(None, error)
        return render(request, "value/scores.html", {"form": form, "snapshot": shown and shown.snapshot}, status=422)
    return redirect("jobs:run", run.pk)


@require_GET
def scored_people(request: HttpRequest) -> HttpResponse:
    """The people of a class by those scores, the greatest amount first."""
    actor = actor_of(request)
    shown = queries.dashboard(actor=actor, as_of=day_of(request.GET), currency=request.GET.get("currency", ""))
    if shown is None:
        return nothing_yet(request)
    window, basis, found = _asked(request, shown.snapshot)
    rfm_class = request.GET.get("rfm_class", "")
    if found is None or (rfm_class and rfm_class not in ORDER):
        raise Http404(gettext("These scores are not computed."))
    people = profit_queries.scored(actor=actor, scoring=found, rfm_class=rfm_class)
    order = ("-amount_minor", "id")
    try:
        page = paginate(people, order=order, cursor=request.GET.get("cursor"), backwards="back" in request.GET, size=50)
    except BadCursorError:
        page = paginate(people, order=order, size=50)
    query = request.GET.copy()
    for name in ("cursor", "back"):
        query.pop(name, None)
    context = {
        "page": page, "page_url": f"{request.path}?{query.urlencode()}", "snapshot": shown.snapshot, "bulk": False,
        "people": [
            {"row": row, "customer": row.customer, "amount": Money(row.amount_minor, found.currency)}
            for row in page.rows
        ],
        "class_label": RfmClass(rfm_class).label if rfm_class else gettext("All buyers"), "total": people.count(),
        "basis": Basis(basis).label, "back": page_url("scores", shown.snapshot, window=window, basis=basis),
    }  # fmt: skip
    return render(request, "value/scored_people.html", context)
