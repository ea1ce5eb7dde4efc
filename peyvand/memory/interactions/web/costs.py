"""What a minute costs us, and what serving a customer has cost."""

from __future__ import annotations

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import TOMAN
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.fields import DateField
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.interactions import access, costs, panels, queries, services
from peyvand.memory.interactions.declarations import InteractionKind
from peyvand.memory.interactions.models import CostRate
from peyvand.memory.interactions.services import InvalidError
from peyvand.memory.interactions.web.forms import cost_of
from peyvand.memory.interactions.web.views import customer_or_404


class RateForm(forms.Form):
    """A kind, a day and what a minute costs from then on."""

    kind = forms.ChoiceField(label=_("Kind"))
    since = DateField(label=_("From the day"))
    cost = forms.CharField(
        label=_("Cost of a minute"), widget=forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr"})
    )

    def __init__(self, *args: object, unit: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["kind"].choices = [(one.name, one.label) for one in queries.kinds()]  # type: ignore[attr-defined]
        self.fields["cost"].help_text = gettext("in toman") if unit == TOMAN else unit


@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: StaffRequest) -> HttpResponse:
    """Settings: what a minute of each kind costs, from which day on."""
    actor = request.actor
    actor.require(access.COSTS)
    unit = panels.cost_unit()
    form = RateForm(request.POST or None, unit=unit)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            minute = cost_of(data["cost"], unit=unit)
            services.rate_save(actor=actor, kind=data["kind"], since=data["since"], minute=minute)
        except InvalidError as error:
            for name, message in error.errors.items():
                form.add_error(name if name in form.fields else None, str(message))
        else:
            toast(request, gettext("Kept; costs of serving follow at once."))
            return redirect("interactions:rates")
    rows = [
        {
            "rate": one,
            "kind": registry.get(InteractionKind, one.kind).label
            if registry.has(InteractionKind, one.kind)
            else one.kind,
            "minute": Money(one.minor_per_minute, one.currency),
        }
        for one in costs.rates(actor=actor)
    ]
    return render(request, "interactions/rates.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


@require_POST
def rate_remove(request: StaffRequest, rate_id: int) -> HttpResponse:
    """Forget a rate, with the way back."""
    try:
        done = services.rate_remove(actor=request.actor, rate_id=rate_id)
    except CostRate.DoesNotExist:
        raise Http404 from None
    toast(request, gettext("The rate was removed."), undo_url=reverse("changes:undo", args=[done]))
    return redirect("interactions:rates")


@require_safe
def serving(request: StaffRequest, customer_id: int) -> HttpResponse:
    """A piece of a customer's page: what serving them has cost."""
    customer = customer_or_404(request.actor, customer_id)
    found = costs.serving_cost(actor=request.actor, customer_id=customer.pk)
    context = {"cost": found, "minutes": round(found.seconds / 60), "may_rate": request.actor.may(access.COSTS)}
    return render(request, "interactions/serving.html", context)
