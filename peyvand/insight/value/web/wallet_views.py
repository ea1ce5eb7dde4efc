"""Share of wallet: the customers with most to win, and what one of them states."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from peyvand.foundation.accounts import settings
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.amounts import AmountError
from peyvand.foundation.money.currencies import CURRENCIES, currency_of
from peyvand.foundation.ui.fields import CodeInput, DateField
from peyvand.foundation.ui.reader import current_reader
from peyvand.foundation.ui.toasts import toast
from peyvand.insight.value import profit_queries, queries
from peyvand.insight.value.wallet import STATED
from peyvand.insight.value.web.views import actor_of, day_of, nothing_yet, switched
from peyvand.memory.commerce.access import ORDERS_VIEW
from peyvand.memory.commerce.web.forms import shown_amount, typed_amount, unit_word
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.access import EDIT
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, Trait

SHOWN = 100


@require_GET
def wallet_page(request: HttpRequest) -> HttpResponse:
    """Those whose spending elsewhere is greatest, of those who said what they spend."""
    actor = actor_of(request)
    actor.require(ORDERS_VIEW)
    shown = queries.dashboard(actor=actor, as_of=day_of(request.GET), currency=request.GET.get("currency", ""))
    if shown is None:
        return nothing_yet(request)
    rows = profit_queries.wallets(actor=actor, snapshot=shown.snapshot)
    context = {
        "snapshot": shown.snapshot, "rows": rows[:SHOWN], "total": len(rows),
        "currencies": [
            (code, switched(request, currency=code), code == shown.snapshot.currency) for code in shown.currencies
        ],
    }  # fmt: skip
    return render(request, "value/wallet.html", context)


class StatedForm(forms.Form):
    """What a customer says they spend in a year, with everybody."""

    amount = forms.CharField(label=_("Spending of a year, with everybody"), widget=CodeInput({"inputmode": "decimal"}))
    currency = forms.ChoiceField(label=_("Currency"))
    day = DateField(label=_("Said on"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["currency"]
        own = settings.text("default_currency")
        if isinstance(field, forms.ChoiceField):
            codes = [own, *(code for code in CURRENCIES if code != own)]
            field.choices = [(code, f"{currency_of(code).name} ({code})") for code in codes]
        currency = str(self["currency"].value() or own)
        self.fields["amount"].help_text = gettext("In %(unit)s.") % {"unit": unit_word(currency)}

    def clean(self) -> dict[str, Any]:
        """The amount as a decimal of its currency."""
        given: dict[str, Any] = super().clean() or {}
        if given.get("amount") and given.get("currency"):
            try:
                given["amount"] = typed_amount(given["amount"], given["currency"])
            except AmountError as error:
                self.add_error("amount", str(error))
            else:
                if given["amount"] is None or given["amount"] < 0:
                    self.add_error("amount", gettext("An amount is zero or above."))
        return given


@require_http_methods(["GET", "HEAD", "POST"])
def stated(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Keep what a customer says they spend; like all that people say of customers, it can be undone."""
    actor = actor_of(request)
    actor.require(EDIT)
    customer = Customer.objects.visible_to(actor, EDIT).filter(pk=customer_id).first()
    if customer is None:
        raise Http404
    form = StatedForm(request.POST or None, initial=_initial(customer))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        day = given["day"] or timezone.now().astimezone(current_reader().zone).date()
        try:
            with change_set(actor=actor, kind="edit", title=gettext("Spending they stated, a year")) as done:
                customers.trait_set(
                    actor=actor, customer=customer, name=STATED, number=given["amount"], currency=given["currency"],
                    at=day,
                )  # fmt: skip
        except InvalidError as error:
            for name, message in error.errors.items():
                form.add_error("amount" if name not in form.fields else name, ValidationError(str(message)))
        else:
            toast(request, gettext("Saved."), undo_url=reverse("changes:undo", args=[done.pk]))
            return redirect("customers:one", customer.pk)
    context = {"form": form, "customer": customer}
    return render(request, "value/stated.html", context, status=422 if form.errors else 200)


def _initial(customer: Customer) -> dict[str, Any]:
    trait = Trait.objects.filter(customer=customer, name=STATED).first()
    if trait is None or trait.number is None:
        return {"currency": settings.text("default_currency")}
    return {
        "currency": trait.currency, "day": trait.at,
        "amount": shown_amount(trait.number.normalize(), trait.currency),
    }  # fmt: skip
