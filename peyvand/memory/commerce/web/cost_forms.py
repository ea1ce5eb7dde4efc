"""What staff type of costs and of standing prices."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import settings
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui.fields import CodeInput, DateField, SearchSelect
from peyvand.foundation.ui.pieces import CHANNELS
from peyvand.memory.commerce.models import Cost, CostDriver, CostKind, Order, Product
from peyvand.memory.commerce.services import CostData, RateData
from peyvand.memory.commerce.services.costs import RATED
from peyvand.memory.commerce.web.forms import AmountField, currency_choices, shown_amount, unit_follows, unit_span
from peyvand.memory.interactions.declarations import InteractionKind

EVERYTHING = ("", _("All"))


def channels() -> list[tuple[str, Any]]:
    """Every channel, or all."""
    return [EVERYTHING, *((code, label) for code, (label, _icon) in CHANNELS.items())]


def contact_kinds() -> list[tuple[str, Any]]:
    """Every kind of contact, or all."""
    return [EVERYTHING, *((kind.name, kind.label) for kind in registry.all(InteractionKind))]


class _Costing(forms.Form):
    """What both forms share: an amount in a currency, a product by its code, narrowing by channel and kind."""

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, **more)
        self.actor = actor
        for name, choices in (
            ("currency", currency_choices()),
            ("channel", channels()),
            ("interaction_kind", contact_kinds()),
        ):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        self.fields["currency"].widget.attrs |= unit_follows()
        currency = str(self["currency"].value() or settings.text("default_currency"))
        amount = self.fields["amount"]
        if isinstance(amount, AmountField):
            amount.currency = currency
        in_unit = gettext("In %(unit)s.").replace("%(unit)s", "{}")
        amount.help_text = format_html(in_unit + " {}", unit_span(currency), amount.help_text)

    def clean_product(self) -> int | None:
        """The id of the product with this code."""
        code = str(self.cleaned_data["product"] or "").strip()
        if not code:
            return None
        product = Product.objects.visible_to(self.actor).filter(sku__iexact=code).first()
        if product is None:
            raise ValidationError(gettext("No product has the code %(code)s.") % {"code": code})
        return product.pk


class CostForm(_Costing):
    """An amount that was spent."""

    kind = forms.ChoiceField(label=_("Spent on"), choices=CostKind)
    amount = AmountField(label=_("Amount"))
    currency = forms.ChoiceField(label=_("Currency"))
    day_from = DateField(label=_("From the day"))
    day_to = DateField(label=_("To the day"), required=False, help_text=_("Empty: that one day."))
    order = forms.CharField(
        label=_("For one order"), required=False, widget=CodeInput(), max_length=64,
        help_text=_("Its number. Empty: for many together, charged as you choose below."),
    )  # fmt: skip
    driver = forms.ChoiceField(
        label=_("How it is charged"),
        required=False,
        choices=[("", _("Not said: charged to nobody")), *CostDriver.choices],
    )
    source = forms.CharField(
        label=_("Source"), required=False, max_length=100, help_text=_("Such as google. Empty: all.")
    )
    medium = forms.CharField(label=_("Medium"), required=False, max_length=100, help_text=_("Such as cpc."))
    campaign = forms.CharField(label=_("Campaign"), required=False, max_length=200)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    interaction_kind = forms.ChoiceField(label=_("Kind of contact"), required=False, widget=SearchSelect)
    product = forms.CharField(label=_("Product code"), required=False, max_length=100, widget=CodeInput())
    document = forms.CharField(label=_("Number of the document"), required=False, max_length=64, widget=CodeInput())
    note = forms.CharField(label=_("Note"), required=False, max_length=500, widget=forms.Textarea({"rows": 2}))
    customer_id = forms.IntegerField(required=False, widget=forms.HiddenInput())
    interaction_id = forms.IntegerField(required=False, widget=forms.HiddenInput())
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def clean_order(self) -> int | None:
        """The id of the order with this number."""
        number = latin_digits(str(self.cleaned_data["order"] or "").strip())
        if not number:
            return None
        order = Order.objects.visible_to(self.actor).filter(number=number).first()
        if order is None:
            raise ValidationError(gettext("There is no order %(number)s.") % {"number": number})
        return order.pk

    def data_of(self, kept: Cost | None) -> CostData:
        """What the services take; what an advertiser reported stays as it was."""
        given = self.cleaned_data
        one = given["order"] or given["interaction_id"] or given["customer_id"]
        return CostData(
            kind=given["kind"], amount_minor=Money.from_decimal(given["amount"], given["currency"]).minor,
            currency=given["currency"], day_from=given["day_from"], day_to=given["day_to"] or given["day_from"],
            driver="" if one else given["driver"], order_id=given["order"], customer_id=given["customer_id"],
            interaction_id=given["interaction_id"], product_id=given["product"], source=given["source"],
            medium=given["medium"], campaign=given["campaign"], channel=given["channel"],
            interaction_kind=given["interaction_kind"], document=given["document"], note=given["note"],
            impressions=kept.impressions if kept else None, clicks=kept.clicks if kept else None,
            leads=kept.leads if kept else None,
        )  # fmt: skip


def initial_of(cost: Cost) -> dict[str, Any]:
    """A cost as it would be typed."""
    return {
        "kind": cost.kind, "amount": shown_amount(Money(cost.amount_minor, cost.currency).to_decimal(), cost.currency),
        "currency": cost.currency, "day_from": cost.day_from, "day_to": cost.day_to, "driver": cost.driver,
        "order": cost.order.number if cost.order else "", "source": cost.source, "medium": cost.medium,
        "campaign": cost.campaign, "channel": cost.channel, "interaction_kind": cost.interaction_kind,
        "product": cost.product.sku if cost.product else "", "document": cost.document, "note": cost.note,
        "customer_id": cost.customer_id if cost.aim == "customer" else None, "interaction_id": cost.interaction_id,
        "version": cost.version,
    }  # fmt: skip


class RateForm(_Costing):
    """A standing price."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("Such as “Post, one parcel”."))
    kind = forms.ChoiceField(label=_("Spent on"), choices=CostKind)
    driver = forms.ChoiceField(label=_("Price of what"))
    amount = AmountField(label=_("Price of one"), help_text=_("Of the value of orders: per cent of it. 0 ends it."))
    currency = forms.ChoiceField(label=_("Currency"))
    valid_from = DateField(label=_("From the day"), help_text=_("What held before stays as it was."))
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    interaction_kind = forms.ChoiceField(label=_("Kind of contact"), required=False, widget=SearchSelect)
    product = forms.CharField(label=_("Product code"), required=False, max_length=100, widget=CodeInput())
    source = forms.CharField(label=_("Source"), required=False, max_length=100, help_text=_("Of new customers."))

    def __init__(self, *args: Any, actor: Actor, **more: Any) -> None:
        super().__init__(*args, actor=actor, **more)
        field = self.fields["driver"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(driver.value, driver.label) for driver in RATED]
        if self.data.get("driver") == CostDriver.ORDER_VALUE and isinstance(self.fields["amount"], AmountField):
            self.fields["amount"].currency = ""  # per cent: neither toman nor rial

    def data_of(self) -> RateData:
        """What the services take."""
        given = self.cleaned_data
        amount: Decimal = given["amount"]
        return RateData(
            name=given["name"], kind=given["kind"], driver=given["driver"], amount=amount, currency=given["currency"],
            valid_from=given["valid_from"], channel=given["channel"], source=given["source"],
            interaction_kind=given["interaction_kind"], product_id=given["product"],
        )  # fmt: skip
