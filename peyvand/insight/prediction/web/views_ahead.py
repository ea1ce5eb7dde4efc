"""Pages beside the overview: what counts as leaving, what will be sold, what a campaign changed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.access import MANAGE_SETTINGS
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.fields import DateField
from peyvand.foundation.ui.pieces import Empty
from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.toasts import toast
from peyvand.insight.prediction import definitions, queries, services
from peyvand.insight.prediction.web import arms, coming, consequences
from peyvand.memory.customers.models import CustomerList


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


@require_http_methods(["GET", "HEAD", "POST"])
def leaving_page(request: HttpRequest) -> HttpResponse:
    """By what somebody counts as gone, with what each definition would have said."""
    actor = _actor(request)
    shown = queries.overview(actor=actor, currency=request.GET.get("currency", ""))
    error = ""
    if request.method == "POST":
        try:
            run = services.leaving_choose(actor=actor, **consequences.read(request.POST.get("definition", "")))
        except ValueError as problem:
            error = str(problem)
        else:
            return redirect("jobs:run", run.pk)
    card = shown.forecast.card if shown else {}
    chosen = definitions.of(settings.get(definitions.LEAVING))
    context = {
        "error": error,
        "offered": consequences.offered(card, chosen) if shown else [],
        "chart": consequences.rates(card, chosen) if shown else None,
        "reasons": consequences.reasons(card, chosen) if shown else [],
        "may_choose": actor.may("insight.refresh") and actor.may(MANAGE_SETTINGS),
        "forecast": shown.forecast if shown else None,
    }
    return render(request, "prediction/leaving.html", context, status=422 if error else 200)


@require_GET
def demand_page(request: HttpRequest) -> HttpResponse:
    """What will be sold by week or month."""
    actor = _actor(request)
    shown = queries.overview(actor=actor, currency=request.GET.get("currency", ""))
    unit, measure = request.GET.get("unit", "week"), request.GET.get("measure", "revenue")
    kind, _colon, ref = request.GET.get("of", "all:0").partition(":")
    if unit not in coming.units() or measure not in coming.measures() or not ref.isdecimal() or len(ref) > 18:
        raise Http404
    currency = shown.forecast.currency if shown else ""
    told = queries.demanded(actor=actor, currency=currency, unit=unit, measure=measure) if shown else []
    one = next(((row, name) for row, name in told if (row.kind, row.ref) == (kind, int(ref))), None)
    if one is None and told and (kind, int(ref)) != ("all", 0):
        raise Http404
    card = shown.forecast.card if shown else {}
    query = f"?currency={currency}&of={kind}:{ref}"
    other = "gregorian" if current_reader().calendar == "jalali" else "jalali"
    context = {
        "forecast": shown.forecast if shown else None,
        "chart": coming.picture(*one) if one else None,
        "trust": coming.trust(one[0]) if one else "",
        "why": "" if one else coming.why_not(card, unit),
        "nowruz": bool(one) and coming.nowruz(card, unit),
        "units": [(name, f"{query}&unit={key}&measure={measure}", key == unit)
                  for key, name in coming.units().items() if key != other or key == unit],
        "measures": [(name, f"{query}&unit={unit}&measure={key}", key == measure)
                     for key, name in coming.measures().items()],
        "choices": [(f"{row.kind}:{row.ref}", name or gettext("Everything"), (row.kind, row.ref) == (kind, int(ref)))
                    for row, name in told],
        "unit": unit, "measure": measure, "currency": currency,
        "next": [(name or gettext("Everything"),
                  f"?currency={currency}&unit={unit}&measure={measure}&of={row.kind}:{row.ref}",
                  *(coming.amount(value, row) for value in row.payload["ahead"][0]), row.payload["covered"])
                 for row, name in told[:30]],
    }  # fmt: skip
    return render(request, "prediction/demand.html", context)


class CampaignForm(forms.Form):
    """Two lists, and when the campaign ran."""

    name = forms.CharField(label=_("Name of the campaign"), max_length=120)
    treated: forms.ModelChoiceField[CustomerList] = forms.ModelChoiceField(label=_("List it went to"), queryset=None)
    holdout: forms.ModelChoiceField[CustomerList] = forms.ModelChoiceField(
        label=_("List left alone"), queryset=None,
        help_text=_("Customers drawn by chance who got nothing: only beside them can be seen what it changed."),
    )  # fmt: skip
    starts_on = DateField(label=_("It began on"))
    days = forms.IntegerField(label=_("Days in which purchases count"), min_value=1, max_value=365, initial=30)
    currency = forms.ChoiceField(label=_("Currency"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("treated", "holdout"):
            self.fields[name].queryset = queries.lists(actor=actor)  # type: ignore[attr-defined]
            self.fields[name].empty_label = gettext("Choose a list")  # type: ignore[attr-defined]
        shown = queries.overview(actor=actor)
        codes = shown.currencies if shown else (settings.text("default_currency"),)
        self.fields["currency"].choices = [(code, formats.unit_word(code)) for code in codes]  # type: ignore[attr-defined]


@require_http_methods(["GET", "HEAD", "POST"])
def campaigns_page(request: HttpRequest) -> HttpResponse:
    """Campaigns compared so far, and the form of a new one."""
    actor = _actor(request)
    found = queries.campaigns(actor=actor)
    may = actor.may("insight.refresh")
    if request.method == "POST":
        actor.require("insight.refresh")
    form = CampaignForm(request.POST or None, actor=actor)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            kept = services.campaign_save(
                actor=actor, name=data["name"], treated_id=data["treated"].pk, holdout_id=data["holdout"].pk,
                starts_on=data["starts_on"], days=data["days"], currency=data["currency"],
            )  # fmt: skip
        except ValueError as problem:
            form.add_error(None, str(problem))
        else:
            return redirect("prediction:campaign", kept.pk)
    empty = Empty(
        icon="scale", title=gettext("What did the campaign change?"),
        text=gettext("Leave some customers out of a campaign by chance, and put them on a list. Here both lists are "
                     "compared: what those bought who got it, and what the others would have bought anyway."),
        action=gettext("Lists of customers"), url=reverse("customers:lists"),
        sample=gettext("“Autumn offer”: 4.1% more bought, 95% likely between 2.8 and 5.4."),
    )  # fmt: skip
    context = {"campaigns": found, "form": form if may else None, "empty": empty}
    return render(request, "prediction/campaigns.html", context, status=422 if form.errors else 200)


@require_GET
def campaign_page(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """One campaign's result."""
    actor = _actor(request)
    campaign = queries.campaigns(actor=actor).filter(pk=campaign_id).first()
    if campaign is None:
        raise Http404
    told = bool(campaign.result)
    context = {
        "campaign": campaign,
        "told": told,
        "sentence": arms.sentence(campaign) if told else "",
        "arms": arms.arms(campaign),
        "chart": arms.curve(campaign) if told else None,
        "may_refresh": actor.may("insight.refresh"),
    }
    return render(request, "prediction/campaign.html", context)


@require_POST
def campaign_anew(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Compute a campaign anew."""
    try:
        run = services.campaign_ask(actor=_actor(request), campaign_id=campaign_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    return redirect("jobs:run", run.pk)


@require_POST
def campaign_remove(request: HttpRequest, campaign_id: int) -> HttpResponse:
    """Take a campaign away."""
    try:
        made = services.campaign_remove(actor=_actor(request), campaign_id=campaign_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    toast(request, gettext("The campaign is removed."), undo_url=reverse("changes:undo", args=[made]))
    return redirect("prediction:campaigns")


@require_POST
def decline(request: HttpRequest, customer_id: int, product_id: int) -> HttpResponse:
    """A suggestion is nothing for the customer now."""
    try:
        made = services.suggestion_decline(actor=_actor(request), customer_id=customer_id, product_id=product_id)
    except ObjectDoesNotExist as error:
        raise Http404 from error
    if made:
        words = gettext("It is not suggested for a while.")
        toast(request, words, undo_url=reverse("changes:undo", args=[made]))
    return redirect("customers:one", customer_id)
