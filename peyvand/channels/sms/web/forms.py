"""What staff type of a line."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sms.adapters import ADAPTERS
from peyvand.channels.sms.errors import InvalidError
from peyvand.channels.sms.models import SmsAccount
from peyvand.channels.sms.services import AccountData
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui.fields import CodeInput
from peyvand.memory.consents.models import PurposeKind


class AccountForm(forms.Form):
    """A line at a provider. Keys that are kept are not shown; an empty field leaves them as they are."""

    name = forms.CharField(label=_("Name"), max_length=120)
    provider = forms.ChoiceField(label=_("Provider"))
    line = forms.CharField(
        label=pgettext_lazy("sms", "Line"),
        max_length=40,
        widget=CodeInput(),
        help_text=_("The number or name that recipients see."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("For"), required=False, choices=PurposeKind.choices, widget=forms.CheckboxSelectMultiple(),
        help_text=_("None ticked: for everything."),
    )  # fmt: skip
    service_line = forms.BooleanField(
        label=_("A line of service"), required=False,
        help_text=_("Texts of marketing end with «لغو۱۱» here, as the regulator wants."),
    )  # fmt: skip
    price = forms.CharField(
        label=_("Price of a part, in rial"), required=False, widget=CodeInput({"inputmode": "decimal"})
    )
    per_second = forms.CharField(
        label=_("At most a second"), required=False, widget=CodeInput({"inputmode": "numeric"})
    )
    per_day = forms.CharField(label=_("At most a day"), required=False, widget=CodeInput({"inputmode": "numeric"}))
    position = forms.CharField(
        label=_("Place in the order"), required=False, widget=CodeInput({"inputmode": "numeric"})
    )
    base_url = forms.CharField(
        label=_("Another address of the provider"), required=False, max_length=300, widget=CodeInput(),
        help_text=_("Empty: the provider's own."),
    )  # fmt: skip
    enabled = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, *args: Any, actor: Actor, account: SmsAccount | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [one for one in ADAPTERS.values() if one.name != "sample" or actor.demo]
        provider = self.fields["provider"]
        if isinstance(provider, forms.ChoiceField):
            provider.choices = [(one.name, one.label) for one in known]
        self.secret_names: list[str] = []
        for adapter in known:
            for one in adapter.fields:
                name = f"secret_{one.name}"
                if name in self.fields:
                    continue
                kept = account is not None and account.credentials and account.provider == adapter.name
                self.secret_names.append(one.name)
                self.fields[name] = forms.CharField(
                    label=one.label, required=False, strip=True, max_length=300,
                    widget=CodeInput({"autocomplete": "off", **({"type": "password"} if one.hidden else {})}),
                    help_text=_("Kept. Type a new one to replace it.") if kept else "",
                )  # fmt: skip

    def _whole(self, name: str) -> int:
        text = latin_digits(self.cleaned_data.get(name) or "0").strip()
        if not text.isdecimal() or len(text) > 8:
            raise forms.ValidationError(gettext("A whole number, zero for no limit."))
        return int(text)

    def clean_per_second(self) -> int:
        """A whole number."""
        return self._whole("per_second")

    def clean_per_day(self) -> int:
        """A whole number."""
        return self._whole("per_day")

    def clean_position(self) -> int:
        """A whole number."""
        return self._whole("position")

    def clean_price(self) -> int:
        """Rial, whole."""
        text = latin_digits(self.cleaned_data.get("price") or "0").replace("٬", "").replace(",", "").strip()
        try:
            amount = Decimal(text)
            if not amount.is_finite() or amount < 0 or amount > 10**8:
                raise InvalidOperation
        except InvalidOperation:
            raise forms.ValidationError(gettext("Type the price as a number, zero or more.")) from None
        return Money.from_decimal(amount, "IRR").minor

    def data_of(self) -> AccountData:
        """What the services take."""
        data = self.cleaned_data
        return AccountData(
            name=data["name"], provider=data["provider"], line=latin_digits(data["line"]), kinds=tuple(data["kinds"]),
            base_url=data["base_url"], price_minor=data["price"], per_second=data["per_second"],
            per_day=data["per_day"], position=data["position"], service_line=data["service_line"],
            enabled=data["enabled"], secrets={name: data.get(f"secret_{name}", "") for name in self.secret_names},
        )  # fmt: skip

    def put(self, error: InvalidError) -> None:
        """The services' words beside their fields."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))


def initial_of(row: SmsAccount) -> dict[str, Any]:
    """An account as its form begins."""
    return {
        "name": row.name, "provider": row.provider, "line": row.line, "kinds": row.kinds, "price": row.price_minor,
        "per_second": row.per_second, "per_day": row.per_day, "position": row.position, "base_url": row.base_url,
        "service_line": row.service_line, "enabled": row.enabled,
    }  # fmt: skip
