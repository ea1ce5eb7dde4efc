"""Lifetime value for staff: what customers will yet bring, and the rates that it is reckoned by."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.access import MANAGE_SETTINGS
from peyvand.foundation.accounts.services.workspace import settings_save
from peyvand.foundation.money.currencies import RIALS_A_TOMAN
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.toasts import toast
from peyvand.insight.value import queries, rates
from peyvand.insight.value.web import agreed, ahead
from peyvand.insight.value.web.views import actor_of, day_of, nothing_yet, switched

BEST = 20


@require_GET
def lifetime_page(request: HttpRequest) -> HttpResponse:
    """The value ahead of everybody, the best customers, and how far the model may be believed."""
    actor = actor_of(request)
    shown = queries.dashboard(actor=actor, as_of=day_of(request.GET), currency=request.GET.get("currency", ""))
    if shown is None:
        return nothing_yet(request)
    snapshot = shown.snapshot
    found = ahead.of(snapshot)
    check = found.get("holdout")
    context: dict[str, Any] = {
        "snapshot": snapshot,
        "found": found,
        "refusal": ahead.refusal(found),
        "currencies": [
            (code, switched(request, currency=code), code == snapshot.currency) for code in shown.currencies
        ],
        "sources": ahead.sources(snapshot),
        "check": check,
        "learnt": date.fromisoformat(check["until"]) if check else None,
        "charts": [ahead.weeks(check), ahead.groups(check)] if check else [],
        "bias": ahead.bias(check) if check else "",
        "rules": ahead.rules(check) if check else [],
        "may_refresh": actor.may("insight.refresh"),
        "may_set": actor.may(MANAGE_SETTINGS),
        "of_contracts": agreed.joined_sentence(found, snapshot.currency),
    }
    if found["state"] == "on":
        best = queries.people_ahead(actor=actor, snapshot=snapshot)[:BEST]
        context |= {
            "stats": ahead.stats(snapshot, found),
            "counted": ahead.counted(snapshot, found),
            "less_loss": ahead.less_loss(snapshot, found),
            "tenths": ahead.tenths(snapshot, found),
            "chances": ahead.chances(found),
            "people": [ahead.person(row) for row in best],
            "parameters": ahead.parameters(found),
            "model": {"bg/nbd": "BG/NBD", "pareto/nbd": "Pareto/NBD"}[found["model"]],
        }
    return render(request, "value/lifetime.html", context)


class RatesForm(forms.Form):
    """Rates of the value ahead; percentages as people write them."""

    months = forms.IntegerField(label=_("Months ahead"), min_value=rates.MONTHS[0], max_value=rates.MONTHS[1])
    discount = forms.DecimalField(
        label=_("Interest, per cent a year"), min_value=Decimal(0), max_value=Decimal(1000), decimal_places=2,
        help_text=_("How much less money of a year ahead is worth today: interest, or inflation with a risk."),
    )  # fmt: skip
    margin = forms.DecimalField(
        label=_("Margin, per cent of revenue"), min_value=Decimal(-100), max_value=Decimal(100), decimal_places=2,
        required=False, help_text=_("Used only while no cost is known of anything that was sold."),
    )  # fmt: skip
    serve = forms.DecimalField(
        label=_("Cost of serving an order"), min_value=Decimal(0), max_value=Decimal(rates.MOST), required=False
    )
    acquire = forms.DecimalField(
        label=_("Cost of winning a customer"), min_value=Decimal(0), max_value=Decimal(rates.MOST), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = formats.unit_word(settings.text("default_currency"))
        for name in ("serve", "acquire"):
            self.fields[name].help_text = gettext("In %(unit)s; leave it empty where it is not known.") % {"unit": unit}


@require_http_methods(["GET", "HEAD", "POST"])
def rates_page(request: HttpRequest) -> HttpResponse:
    """How far to look, discount, margin and costs; the next computation uses them."""
    actor = actor_of(request)
    actor.require(MANAGE_SETTINGS)
    form = RatesForm(request.POST or None, initial=_shown(rates.current()))
    if request.method == "POST" and form.is_valid():
        settings_save(actor=actor, values={rates.RATES: _kept(form.cleaned_data)})
        toast(request, gettext("Saved. The next computation uses these."))
        return redirect("value:rates")
    return render(request, "value/rates.html", {"form": form}, status=422 if form.errors else 200)


def _tenths() -> int:
    """How many units of the default currency one of those is that the reader sees and types."""
    return RIALS_A_TOMAN if formats.in_toman(settings.text("default_currency")) else 1


def _shown(now: rates.Rates) -> dict[str, Any]:
    def plain(value: float | None, times: float = 1) -> str | None:
        return None if value is None else f"{round(value * times, 6):f}".rstrip("0").rstrip(".")

    each = 1 / _tenths()

    return {
        "months": now.months, "discount": plain(now.discount, 100), "margin": plain(now.margin, 100),
        "serve": plain(now.serve, each), "acquire": plain(now.acquire, each),
    }  # fmt: skip


def _kept(data: dict[str, Any]) -> dict[str, Any]:
    def plain(value: Decimal | None, over: Decimal = Decimal(1)) -> float | None:
        return None if value is None else float(value / over)

    each = Decimal(1) / _tenths()

    return {
        "months": data["months"], "discount": plain(data["discount"], Decimal(100)),
        "margin": plain(data["margin"], Decimal(100)),
        "serve": plain(data["serve"], each), "acquire": plain(data["acquire"], each),
    }  # fmt: skip
