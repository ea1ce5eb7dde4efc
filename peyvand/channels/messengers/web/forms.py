"""What staff type of a bot: what its messenger has, and nothing else."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.messengers.adapters.base import Adapter
from peyvand.channels.messengers.errors import InvalidError
from peyvand.channels.messengers.models import Bot, Hearing
from peyvand.channels.messengers.services import PROXY_LOGIN, BotData, secret_names, secrets_kept
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui.fields import CodeInput
from peyvand.memory.consents.models import PurposeKind

_NUMBER = {"inputmode": "numeric"}


class BotForm(forms.Form):
    """A bot of one messenger. Keys that are kept are not shown; an empty field leaves them as they are."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("How you call it here."))
    hearing = forms.ChoiceField(
        label=_("How it hears"), choices=Hearing.choices, widget=forms.RadioSelect,
        help_text=_("Asking works everywhere. Calls are quicker, but the public site must be reachable from outside."),
    )  # fmt: skip
    greeting_fa = forms.CharField(
        label=_("First words in Persian"), required=False, max_length=1_000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
        help_text=_("What somebody reads who begins a chat. Empty: the usual words."),
    )  # fmt: skip
    greeting_en = forms.CharField(
        label=_("First words in English"), required=False, max_length=1_000,
        widget=forms.Textarea({"rows": 3, "dir": "auto"}),
    )  # fmt: skip
    kinds = forms.MultipleChoiceField(
        label=_("For"), required=False, choices=PurposeKind.choices, widget=forms.CheckboxSelectMultiple(),
        help_text=_("None ticked: for everything."),
    )  # fmt: skip
    price = forms.CharField(
        label=_("Price of a message, in rial"), required=False, widget=CodeInput({"inputmode": "decimal"})
    )
    per_second = forms.CharField(label=_("At most a second"), required=False, widget=CodeInput(_NUMBER))
    per_day = forms.CharField(label=_("At most a day"), required=False, widget=CodeInput(_NUMBER))
    position = forms.CharField(label=_("Place in the order"), required=False, widget=CodeInput(_NUMBER))
    base_url = forms.CharField(
        label=_("Another address of the messenger"), required=False, max_length=300, widget=CodeInput(),
        help_text=_("Empty: the messenger's own."),
    )  # fmt: skip
    proxy = forms.CharField(
        label=_("Proxy"), required=False, max_length=300, widget=CodeInput(),
        help_text=_("Where the messenger can't be reached directly: http://host:port of a proxy."),
    )  # fmt: skip
    enabled = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, *args: Any, adapter: Adapter, bot: Bot | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.adapter = adapter
        kept = secrets_kept(bot) if bot is not None else []
        labels = {one.name: (one.label, one.hidden) for one in adapter.fields}
        labels[PROXY_LOGIN] = (_("Name and password at the proxy"), True)
        self.secret_names = secret_names(adapter.name)
        for name in self.secret_names:
            label, hidden = labels[name]
            note = _("Kept. Type a new one to replace it.") if name in kept else ""
            self.fields[f"secret_{name}"] = forms.CharField(
                label=label, required=name != PROXY_LOGIN and name not in kept, strip=True, max_length=500,
                widget=CodeInput({"autocomplete": "off", **({"type": "password"} if hidden else {})}),
                help_text=note or (_("As name:password. Empty where none is asked.") if name == PROXY_LOGIN else ""),
            )  # fmt: skip
        left_out = [
            *(["hearing"] if adapter.updates is None or adapter.hook is None else []),
            *(["greeting_fa", "greeting_en"] if adapter.updates is None and adapter.hook is None else []),
            *([] if adapter.priced else ["price"]),
            *([] if adapter.proxied else ["proxy"]),
        ]
        for name in left_out:
            del self.fields[name]
        keys = [f"secret_{name}" for name in self.secret_names if name != PROXY_LOGIN]
        self.order_fields(["name", *keys, "hearing", "greeting_fa", "greeting_en"])
        self.order_fields([name for name in self.fields if name != "enabled"] + ["enabled"])

    def _whole(self, name: str) -> int:
        text = latin_digits(self.cleaned_data.get(name) or "0").strip()
        if not text.isdecimal() or len(text) > 7:
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

    def data_of(self) -> BotData:
        """What the services take."""
        data = self.cleaned_data
        return BotData(
            name=data["name"], messenger=self.adapter.name, hearing=data.get("hearing") or Hearing.POLL,
            kinds=tuple(data["kinds"]), base_url=data["base_url"], proxy=data.get("proxy", ""),
            greeting_fa=data.get("greeting_fa", ""), greeting_en=data.get("greeting_en", ""),
            price_minor=data.get("price") or 0, per_second=data["per_second"], per_day=data["per_day"],
            position=data["position"], enabled=data["enabled"],
            secrets={name: data.get(f"secret_{name}", "") for name in self.secret_names},
        )  # fmt: skip

    def put(self, error: InvalidError) -> None:
        """The services' words beside their fields."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))


def initial_of(row: Bot) -> dict[str, Any]:
    """A bot as its form begins."""
    return {
        "name": row.name, "hearing": row.hearing, "kinds": row.kinds, "price": row.price_minor,
        "per_second": row.per_second, "per_day": row.per_day, "position": row.position, "base_url": row.base_url,
        "proxy": row.proxy, "greeting_fa": row.greeting_fa, "greeting_en": row.greeting_en, "enabled": row.enabled,
    }  # fmt: skip
