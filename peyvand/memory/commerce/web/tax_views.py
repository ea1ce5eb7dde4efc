"""The rates of taxes: a settings page, and the form of one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.money.amounts import AmountError
from peyvand.foundation.money.parsing import parse_amount
from peyvand.foundation.ui.fields import CodeInput, DateField, SearchSelectMultiple
from peyvand.foundation.ui.toasts import toast
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import TAXES_EDIT
from peyvand.memory.commerce.models import Product, TaxRate, TaxScope
from peyvand.memory.commerce.queries.products import Tree, tree_of
from peyvand.memory.commerce.queries.taxes import rates_in_force
from peyvand.memory.commerce.services.orders import house_day
from peyvand.memory.commerce.services.taxes import is_used
from peyvand.memory.commerce.web.forms import put_errors
from peyvand.memory.commerce.web.order_views import undo_url
from peyvand.memory.commerce.web.wording import PERCENT_SIGNS, said_percent

BETWEEN = re.compile(r"[\s,،;؛]+")
WAYS = (("top", _("On top of the price")), ("included", _("The price includes it")))


class TaxRateForm(forms.Form):
    """A rate: how much, from when, for what."""

    name_fa = forms.CharField(label=_("Name in Persian"), required=False, widget=forms.TextInput({"dir": "rtl"}))
    name_en = forms.CharField(label=_("Name in English"), required=False, widget=forms.TextInput({"dir": "ltr"}))
    percent = forms.CharField(
        label=_("Per cent"), widget=CodeInput({"inputmode": "decimal"}), help_text=_("0 exempts from tax.")
    )
    valid_from = DateField(label=_("From the day"))
    way = forms.ChoiceField(label=_("How it meets the price"), choices=WAYS, widget=forms.RadioSelect)
    scope = forms.ChoiceField(label=_("For what"), choices=TaxScope, widget=forms.RadioSelect)
    categories = forms.TypedMultipleChoiceField(
        label=_("Categories"), required=False, coerce=int, widget=SearchSelectMultiple,
        help_text=_("With everything inside them."),
    )  # fmt: skip
    products = forms.CharField(
        label=_("Product codes"), required=False, widget=CodeInput(), help_text=_("With commas between them.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, tree: Tree, demo: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.demo = demo
        field = self.fields["categories"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(branch.pk, branch.full) for branch in tree]

    def clean_percent(self) -> Any:
        """The number, with or without a percent sign."""
        text = str(self.cleaned_data["percent"])
        for sign in PERCENT_SIGNS:
            text = text.replace(sign, " ")
        try:
            return parse_amount(text)
        except AmountError as error:
            raise ValidationError(str(error)) from error

    def clean_products(self) -> list[int]:
        """Ids of the products with these codes."""
        codes = [code for code in BETWEEN.split(str(self.cleaned_data["products"])) if code]
        found: list[int] = []
        for code in codes:
            product = Product.objects.filter(demo=self.demo, sku__iexact=code).first()
            if product is None:
                raise ValidationError(gettext("No product has the code %(code)s.") % {"code": code})
            found.append(product.pk)
        return found

    def data_of(self) -> services.TaxRateData:
        """What the services take."""
        given = self.cleaned_data
        return services.TaxRateData(
            name_fa=given["name_fa"], name_en=given["name_en"], percent=given["percent"],
            valid_from=given["valid_from"], included=given["way"] == "included", scope=given["scope"],
            category_ids=given["categories"], product_ids=given["products"],
        )  # fmt: skip


def _initial(rate: TaxRate | None) -> dict[str, Any]:
    if rate is None:
        return {"valid_from": house_day(timezone.now()), "way": "top", "scope": TaxScope.ALL}
    targets = list(rate.targets.all())
    return {
        "name_fa": rate.name_fa, "name_en": rate.name_en, "percent": f"{rate.percent.normalize():f}",
        "valid_from": rate.valid_from, "way": "included" if rate.included else "top", "scope": rate.scope,
        "categories": [target.category_id for target in targets if target.category_id],
        "products": ", ".join(target.product.sku for target in targets if target.product), "version": rate.version,
    }  # fmt: skip


@dataclass(frozen=True)
class RateShown:
    """A rate as a row: how much, for what, and whether anything sold today meets it."""

    rate: TaxRate
    percent: str
    targets: list[str]
    state: str  # now, later, replaced, archived


@require_safe
def tax_rates(request: StaffRequest) -> HttpResponse:
    """The rates, newest first."""
    actor = request.actor
    today = house_day(timezone.now())
    rates = list(queries.tax_rates(actor=actor))
    now = rates_in_force(actor=actor, on=today, rates=rates)
    tree = tree_of(demo=actor.demo)
    rows = []
    for rate in rates:
        state = "now" if rate.pk in now else "later" if rate.valid_from > today else "replaced"
        targets = [
            tree.full(target.category_id) if target.category_id else str(target.product.name if target.product else "")
            for target in rate.targets.all()
        ]
        rows.append(RateShown(rate, said_percent(rate.percent), targets, "archived" if rate.archived else state))
    return render(request, "commerce/tax_rates.html", {"rows": rows, "may_edit": actor.may(TAXES_EDIT)})


def _one(request: StaffRequest, rate_id: int) -> TaxRate:
    request.actor.require(TAXES_EDIT)
    try:
        return queries.tax_rate_get(actor=request.actor, rate_id=rate_id)
    except TaxRate.DoesNotExist:
        raise Http404 from None


@require_http_methods(["GET", "HEAD", "POST"])
def tax_rate_form(request: StaffRequest, rate_id: int | None = None) -> HttpResponse:
    """Make a rate or change one."""
    actor = request.actor
    actor.require(TAXES_EDIT)
    found = _one(request, rate_id) if rate_id else None
    form = TaxRateForm(request.POST or None, tree=tree_of(demo=actor.demo), demo=actor.demo, initial=_initial(found))
    if request.method == "POST" and form.is_valid():
        data = form.data_of()
        try:
            with change_set(actor=actor, kind="settings", title=data.name_fa or data.name_en) as done:
                services.tax_rate_save(actor=actor, data=data, rate=found, version=form.cleaned_data["version"])
        except ValidationError as error:
            put_errors(form, error)
        else:
            toast(request, gettext("The tax was saved."), undo_url=undo_url(done.pk))
            return redirect("commerce:tax-rates")
    context = {"form": form, "rate": found, "used": found is not None and is_used(found)}
    return render(request, "commerce/tax_rate.html", context, status=422 if form.errors else 200)


@require_POST
def archive(request: StaffRequest, rate_id: int) -> HttpResponse:
    """Let a rate no longer hold for new orders, or hold again."""
    found = _one(request, rate_id)
    archived = request.POST.get("archived") == "1"
    done = services.tax_rate_archive(actor=request.actor, rate=found, archived=archived)
    words = (
        gettext("“%(name)s” no longer holds for new orders.")
        if archived
        else gettext("“%(name)s” holds for new orders again.")
    )
    toast(request, words % {"name": found.name}, undo_url=undo_url(done))
    return redirect("commerce:tax-rates")
