"""What staff type of contracts: terms in months, fees in their own unit, dates in their own calendar."""

from __future__ import annotations

from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import settings
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.fields import CodeInput, DateField
from peyvand.memory.commerce.models import REASONS, Contract, ContractKind
from peyvand.memory.commerce.models.contracts import LAPSED, LONGEST_TERM
from peyvand.memory.commerce.web.forms import (
    AmountField,
    currency_choices,
    shown_amount,
    unit_follows,
    unit_span,
    unit_word,
)

PERIODS = (1, 2, 3, 6, 12, 24)


def months_word(months: int) -> str:
    """A length in whole months."""
    if months % 12 == 0:
        years = months // 12
        return ngettext("%(n)s year", "%(n)s years", years) % {"n": formats.number(years)}
    return ngettext("%(n)s month", "%(n)s months", months) % {"n": formats.number(months)}


def _term_field(**more: Any) -> forms.IntegerField:
    return forms.IntegerField(min_value=1, max_value=LONGEST_TERM, **more)


class ContractForm(forms.Form):
    """A contract as it is signed, or put right."""

    customer = forms.IntegerField(required=False, widget=forms.HiddenInput())
    kind = forms.ChoiceField(label=_("Kind"), choices=ContractKind)
    product = forms.CharField(
        label=_("Product"), required=False, max_length=100, help_text=_("The code of what the fee is for."),
        widget=CodeInput(),
    )  # fmt: skip
    starts_on = DateField(label=_("First day"))
    term_months = _term_field(
        label=_("Term in months"), required=False,
        help_text=_("Empty: an open contract, which goes on until somebody ends it."),
    )  # fmt: skip
    renews_itself = forms.BooleanField(
        label=_("Renews itself"), required=False, help_text=_("When its term is over another one begins.")
    )
    currency = forms.ChoiceField(label=_("Currency"))
    fee = AmountField(label=_("Fee"))
    period_months = forms.TypedChoiceField(label=_("The fee is for"), coerce=int)
    number = forms.CharField(
        label=_("Number"),
        required=False,
        max_length=64,
        widget=CodeInput(),
        help_text=_("Empty: the next free number."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 2}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, own: Contract | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        periods = sorted({*PERIODS, own.period_months} if own else PERIODS)
        for name, choices in (
            ("currency", currency_choices()),
            ("period_months", [(months, months_word(months)) for months in periods]),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        self.fields["currency"].widget.attrs |= unit_follows()
        self.fields["product"].widget.attrs |= {
            "list": "products", "autocomplete": "off", "hx-get": reverse("commerce:product-options"),
            "hx-trigger": "input changed delay:200ms", "hx-target": "#products",
        }  # fmt: skip
        currency = str(self["currency"].value() or settings.text("default_currency"))
        fee = self.fields["fee"]
        if isinstance(fee, AmountField):
            fee.currency = currency
        fee.help_text = format_html(gettext("In %(unit)s.").replace("%(unit)s", "{}"), unit_span(currency))


def initial_of(contract: Contract | None) -> dict[str, object]:
    """What stands in the form at first."""
    if contract is None:
        return {
            "currency": settings.text("default_currency"), "term_months": 12, "period_months": 1,
            "kind": ContractKind.SERVICE,
        }  # fmt: skip
    return {
        "customer": contract.customer_id, "kind": contract.kind,
        "product": contract.product.sku if contract.product else "", "starts_on": contract.starts_on,
        "term_months": contract.term_months, "renews_itself": contract.renews_itself, "currency": contract.currency,
        "fee": shown_amount(contract.fee.to_decimal(), contract.currency), "period_months": contract.period_months,
        "number": contract.number, "note": contract.note, "version": contract.version,
    }  # fmt: skip


class _OfContract(forms.Form):
    """What is agreed of a contract that is there; its fee is in the contract's currency."""

    def __init__(self, *args: Any, contract: Contract, **more: Any) -> None:
        super().__init__(*args, **more)
        self.contract = contract
        field = self.fields.get("fee")
        if isinstance(field, AmountField):
            field.currency = contract.currency
            said = gettext("In %(unit)s.") % {"unit": unit_word(contract.currency)}
            field.help_text = f"{said} {field.help_text}".strip()

    def fee_minor(self) -> int | None:
        """The fee in minor units, None where none was typed."""
        fee = self.cleaned_data["fee"]
        return None if fee is None else Money.from_decimal(fee, self.contract.currency).minor


class RenewForm(_OfContract):
    """Another term."""

    term_months = _term_field(label=_("Term in months"))
    fee = AmountField(label=_("New fee"), required=False, help_text=_("Empty: as before."))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class FeeForm(_OfContract):
    """Another fee."""

    fee = AmountField(label=_("New fee"))
    day = DateField(label=_("Holds from"))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)


class EndForm(_OfContract):
    """The end, and why."""

    day = DateField(label=_("Last day"))
    reason = forms.ChoiceField(label=_("Why"))
    note = forms.CharField(label=_("Note"), required=False, max_length=300)

    def __init__(self, *args: Any, contract: Contract, **more: Any) -> None:
        super().__init__(*args, contract=contract, **more)
        groups: dict[object, list[tuple[str, object]]] = {True: [], False: [], None: []}
        for code, (label, avoidable) in REASONS.items():
            if code != LAPSED:
                groups[avoidable].append((code, label))
        field = self.fields["reason"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                ("", "–"),
                (gettext("Could have been avoided"), groups[True]),
                (gettext("Could not be avoided"), groups[False]),
                (gettext("Nobody can say"), groups[None]),
            ]
