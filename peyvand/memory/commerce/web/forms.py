"""What staff type: amounts in their own unit (toman where they read toman), dates in their own calendar."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import settings
from peyvand.foundation.money.amounts import AmountError, Money
from peyvand.foundation.money.currencies import CURRENCIES, RIAL, RIALS_A_TOMAN, TOMAN, currency_of
from peyvand.foundation.money.parsing import read_amount
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.fields import CodeInput, DateField, SearchSelect
from peyvand.foundation.ui.pieces import CHANNELS
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.commerce.models import METHODS, PaymentKind, Product, ProductKind
from peyvand.memory.commerce.queries import Tree

ORDER_CHANNELS = ("web", "store", "call", "instagram", "telegram", "bale", "sms", "email")


def reads_toman(currency: str) -> bool:
    """Whether amounts of this currency are typed and shown in toman."""
    return formats.in_toman(currency)


def unit_word(currency: str) -> str:
    """The unit in which an amount is typed or shown: toman, else the currency as the reader's language names it."""
    if reads_toman(currency):
        return gettext("toman")
    if current_reader().language == "fa" and currency in CURRENCIES:
        return str(currency_of(currency).word or currency_of(currency).name)
    return currency


def said_price(value: Decimal | None, currency: str) -> str:
    """A price as it is read, in `unit_word`: every decimal that was given, and no fewer than the currency has."""
    if value is None:
        return ""
    usual = 0 if currency == RIAL or currency not in CURRENCIES else currency_of(currency).digits
    return said_exactly(value / RIALS_A_TOMAN if reads_toman(currency) else value, places=usual)


def said_exactly(value: Decimal, *, places: int = 0) -> str:
    """A number in the reader's digits with all of its decimals, `places` at least."""
    exponent = value.normalize().as_tuple().exponent
    return formats.number(value, max(places, -exponent if isinstance(exponent, int) else 0))


def typed_amount(text: str, currency: str) -> Decimal | None:
    """The decimal in `currency` (rial, never toman) of what was typed; None for nothing. AmountError says what to
    type.
    """
    if not text.strip():
        return None
    amount = read_amount(text)
    toman = amount.unit == TOMAN or (not amount.unit and reads_toman(currency))
    return amount.value * RIALS_A_TOMAN if toman and currency == RIAL else amount.value


def shown_amount(value: Decimal | None, currency: str) -> str:
    """A decimal of `currency` as it would be typed."""
    if value is None:
        return ""
    text = f"{value / RIALS_A_TOMAN if reads_toman(currency) else value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class AmountField(forms.CharField):
    """An amount of a currency set on the form; its value is a decimal of that currency, rial rather than toman."""

    currency = ""

    def __init__(self, **more: Any) -> None:
        super().__init__(widget=CodeInput({"inputmode": "decimal"}), **more)

    def clean(self, value: Any) -> Any:
        """The decimal, or ValidationError with what to type."""
        text = super().clean(value)
        try:
            return typed_amount(str(text or ""), self.currency)
        except AmountError as error:
            raise ValidationError(str(error)) from error


def moment_of(day: date | None) -> datetime | None:
    """Noon of the reader's day, or now for today."""
    zone = current_reader().zone
    if day is None or day == timezone.now().astimezone(zone).date():
        return None
    return datetime.combine(day, time(12), tzinfo=zone)


def put_errors(form: forms.Form, error: ValidationError) -> None:
    """Show what a service refused at the fields it names, and on top what has no field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, problems in error.error_dict.items():
        form.add_error(name if name in form.fields else None, problems) if name != NON_FIELD_ERRORS else form.add_error(
            None, problems
        )


def currency_choices() -> list[tuple[str, str]]:
    """Every currency, the workspace's own first."""
    own = settings.text("default_currency")
    codes = [own, *(code for code in CURRENCIES if code != own)]
    return [(code, f"{currency_of(code).name} ({code})") for code in codes if code]


UNIT = "price-unit"  # the element that says in which unit prices are typed


def unit_span(currency: str) -> SafeString:
    """The unit of prices, in an element that follows the choice of a currency (see `unit_follows`)."""
    return format_html('<span id="{}">{}</span>', UNIT, unit_word(currency))


def unit_follows() -> dict[str, str]:
    """Attributes of a choice of currency that has the unit of prices follow it."""
    return {"hx-get": reverse("commerce:price-unit"), "hx-trigger": "change", "hx-target": f"#{UNIT}"}


class PaymentForm(forms.Form):
    """Money in, or back."""

    kind = forms.ChoiceField(label=_("What happened"), choices=PaymentKind, widget=forms.RadioSelect)
    amount = AmountField(label=_("Amount"))
    day = DateField(label=_("Date"), required=False)
    method = forms.ChoiceField(label=_("How"), choices=METHODS, required=False)
    reference = forms.CharField(label=_("Tracking number"), required=False, max_length=100, widget=CodeInput())

    def __init__(self, *args: Any, currency: str, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields["amount"]
        if isinstance(field, AmountField):
            field.currency = currency
        field.help_text = gettext("In %(unit)s.") % {"unit": unit_word(currency)}
        self.currency = currency

    def amount_minor(self) -> int:
        """The amount in minor units."""
        return Money.from_decimal(self.cleaned_data["amount"], self.currency).minor


class OrderForm(forms.Form):
    """The head of a new order; its lines come beside it."""

    customer = forms.IntegerField(required=False, widget=forms.HiddenInput())
    currency = forms.ChoiceField(label=_("Currency"))
    day = DateField(label=_("Date"), required=False)
    channel = forms.ChoiceField(label=_("How it came"), required=False)
    discount = forms.CharField(
        label=_("Discount on the whole"),
        required=False,
        max_length=40,
        widget=CodeInput(),
        help_text=_("A percentage, like 5%, or an amount."),
    )
    discount_reason = forms.CharField(label=_("Why this discount"), required=False, max_length=200)
    number = forms.CharField(
        label=_("Number"),
        required=False,
        max_length=64,
        widget=CodeInput(),
        help_text=_("Empty: the next free number."),
    )
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for name, choices in (("currency", currency_choices()), ("channel", channel_choices())):
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices
        self.fields["currency"].widget.attrs |= unit_follows()


def channel_choices() -> list[tuple[str, str]]:
    """By which way an order came."""
    return [("", gettext("Not said")), *((code, str(CHANNELS[code][0])) for code in ORDER_CHANNELS)]


class ProductForm(forms.Form):
    """A product."""

    sku = forms.CharField(label=_("Product code"), max_length=100, widget=CodeInput())
    name = forms.CharField(label=_("Name"), max_length=300)
    kind = forms.ChoiceField(label=_("Kind"), choices=ProductKind)
    category_id = forms.TypedChoiceField(
        label=_("Category"), required=False, coerce=int, empty_value=None, widget=SearchSelect
    )
    currency = forms.ChoiceField(label=_("Currency"))
    unit_price = AmountField(label=_("Unit price"), required=False)
    unit_cost = AmountField(label=_("Unit cost"), required=False, help_text=_("What one costs you; margins need it."))
    active = forms.BooleanField(label=_("On sale"), required=False, initial=True)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, tree: Tree, own: Product | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        kept = own.category_id if own is not None else None
        offered = [(branch.pk, branch.full) for branch in tree if not branch.archived or branch.pk == kept]
        categories = self.fields["category_id"]
        if isinstance(categories, forms.ChoiceField):
            categories.choices = [("", gettext("None")), *offered]
        field = self.fields["currency"]
        if isinstance(field, forms.ChoiceField):
            field.choices = currency_choices()
            field.widget.attrs |= unit_follows()
        currency = str(self["currency"].value() or settings.text("default_currency"))
        for name in ("unit_price", "unit_cost"):
            amount = self.fields[name]
            if isinstance(amount, AmountField):
                amount.currency = currency
        in_unit = gettext("In %(unit)s.").replace("%(unit)s", "{}")
        self.fields["unit_price"].help_text = format_html(in_unit, unit_span(currency))
