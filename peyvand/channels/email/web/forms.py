"""What staff type of an account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.email.carrier import SAMPLE, SMTP
from peyvand.channels.email.errors import InvalidError
from peyvand.channels.email.models import EmailAccount, Security
from peyvand.channels.email.secrets import IMAP, secrets_of
from peyvand.channels.email.secrets import SMTP as SMTP_SECRET
from peyvand.channels.email.services import AccountData
from peyvand.channels.email.speaking.providers import PROVIDERS
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui.fields import CodeInput
from peyvand.memory.consents.models import PurposeKind

_NUMBERS = ("per_second", "per_day", "position")


def _number(label: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, widget=CodeInput({"inputmode": "numeric"}))


def _code(label: Any, help_text: Any = "", length: int = 254) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=length, widget=CodeInput(), help_text=help_text)


def _word(label: Any) -> forms.CharField:
    widget = CodeInput({"type": "password", "autocomplete": "new-password"})
    return forms.CharField(label=label, required=False, strip=False, max_length=500, widget=widget)


class AccountForm(forms.Form):
    """An account. Secrets that are kept are not shown; an empty field leaves them as they are."""

    name = forms.CharField(label=_("Name"), max_length=120)
    address = forms.CharField(
        label=_("Address"), max_length=254, widget=CodeInput({"inputmode": "email"}),
        help_text=_("What recipients see, and where their answers come to."),
    )  # fmt: skip
    from_name_fa = forms.CharField(label=_("Sender’s name in Persian"), required=False, max_length=120)
    from_name_en = forms.CharField(label=_("Sender’s name in English"), required=False, max_length=120)
    kinds = forms.MultipleChoiceField(
        label=_("For"), required=False, choices=PurposeKind.choices, widget=forms.CheckboxSelectMultiple(),
        help_text=_("None ticked: for everything. Marketing goes only when the proofs of the domain stand."),
    )  # fmt: skip
    enabled = forms.BooleanField(label=_("Switched on"), required=False)
    provider = forms.ChoiceField(label=_("Sent through"))
    smtp_host = _code(_("Server"), _("For example mail.shop.ir."), 253)
    smtp_port = _number(_("Port"))
    smtp_security = forms.ChoiceField(label=_("Security"), choices=Security.choices, required=False)
    smtp_user = _code(_("User"), _("Empty: the server asks for none."))
    secret_smtp = _word(_("Password"))
    dkim_domain = _code(_("Domain of the signature (DKIM)"), _("Empty: that of the address."), 253)
    dkim_selector = _code(
        _("Selector of the signature"),
        _("With a key made here it comes by itself; else that of whoever signs for you."),
        63,
    )
    return_path = _code(_("Return address"), _("Where undelivered mail comes back to. Empty: the address itself."))
    plus = forms.BooleanField(
        label=_("The server takes addresses with a plus"), required=False,
        help_text=_("Then bounces and answers name the message they belong to: hello+…@shop.ir."),
    )  # fmt: skip
    imap_host = _code(_("Mailbox server (IMAP)"), _("Empty: the mailbox is not read."), 253)
    imap_port = _number(_("Port"))
    imap_security = forms.ChoiceField(label=_("Security"), choices=Security.choices, required=False)
    imap_user = _code(_("User"), _("Empty: the address."))
    secret_imap = _word(_("Password"))
    authserv = _code(
        _("Name by which your server judges senders"),
        _("What stands first in Authentication-Results of mail that has come in. Empty: signatures are checked here."),
        253,
    )
    per_second = _number(_("At most a second"))
    per_day = _number(_("At most a day"))
    position = _number(_("Place in the order"))

    def __init__(self, *args: Any, actor: Actor, account: EmailAccount | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        provider = self.fields["provider"]
        if isinstance(provider, forms.ChoiceField):
            own = [(SMTP, _("A mail server (SMTP)")), *([(SAMPLE, _("Sample account"))] if actor.demo else [])]
            provider.choices = [*own, *((one.name, one.label) for one in PROVIDERS.values())]
        kept = secrets_of(account) if account is not None and account.secrets else {}
        self.keys: list[str] = []
        keys = [(one, False) for known in PROVIDERS.values() for one in known.keys]
        for one, signs in [*keys, *((one, True) for known in PROVIDERS.values() for one in known.calls)]:
            name = f"secret_{one.name}"
            if name not in self.fields:
                self.keys.append(name)
                self.fields[name] = _word(one.label) if one.hidden else _code(one.label)
                self.fields[name].help_text = _("By it the provider’s calls are known as its own.") if signs else ""
        for name, field in self.fields.items():
            if name.startswith("secret_") and kept.get(name.removeprefix("secret_")):
                field.help_text = _("Kept. Type a new one to replace it.")

    def _of(self, names: Sequence[str]) -> list[BoundField]:
        return [self[name] for name in names]

    @property
    def first(self) -> list[BoundField]:
        """Whose it is and what for."""
        return self._of(["name", "address", "from_name_fa", "from_name_en", "kinds", "enabled"])

    @property
    def sending(self) -> list[BoundField]:
        """Through what it sends."""
        return self._of(["smtp_host", "smtp_port", "smtp_security", "smtp_user", "secret_smtp"])

    @property
    def provider_keys(self) -> list[BoundField]:
        """Keys of providers with an API."""
        return self._of(self.keys)

    @property
    def returning(self) -> list[BoundField]:
        """How what comes back is known."""
        return self._of(["return_path", "plus"])

    @property
    def reading(self) -> list[BoundField]:
        """From where it reads."""
        return self._of(["imap_host", "imap_port", "imap_security", "imap_user", "secret_imap", "authserv"])

    @property
    def limits(self) -> list[BoundField]:
        """How much goes, and before which other account."""
        return self._of(list(_NUMBERS))

    def _whole(self, name: str, otherwise: int = 0) -> int:
        text = latin_digits(self.cleaned_data.get(name) or str(otherwise)).strip()
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

    def clean_smtp_port(self) -> int:
        """A whole number, 587 by default."""
        return self._whole("smtp_port", 587)

    def clean_imap_port(self) -> int:
        """A whole number, 993 by default."""
        return self._whole("imap_port", 993)

    def data_of(self) -> AccountData:
        """What the services take."""
        data = self.cleaned_data
        return AccountData(
            name=data["name"], address=latin_digits(data["address"]), from_name_fa=data["from_name_fa"],
            from_name_en=data["from_name_en"], kinds=tuple(data["kinds"]), position=data["position"],
            enabled=data["enabled"], per_second=data["per_second"], per_day=data["per_day"],
            provider=data["provider"], smtp_host=data["smtp_host"].strip(), smtp_port=data["smtp_port"],
            smtp_security=data["smtp_security"] or Security.STARTTLS, smtp_user=data["smtp_user"],
            return_path=latin_digits(data["return_path"]), plus=data["plus"],
            dkim_domain=data["dkim_domain"].strip().lower(), dkim_selector=data["dkim_selector"].strip().lower(),
            imap_host=data["imap_host"].strip(), imap_port=data["imap_port"],
            imap_security=data["imap_security"] or Security.TLS, imap_user=data["imap_user"],
            authserv=data["authserv"].strip(),
            secrets={
                name.removeprefix("secret_"): data.get(name, "")
                for name in ("secret_" + SMTP_SECRET, "secret_" + IMAP, *self.keys)
            },
        )  # fmt: skip

    def put(self, error: InvalidError) -> None:
        """The services' words beside their fields."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))


_PLAIN = (
    "name", "address", "from_name_fa", "from_name_en", "kinds", "position", "enabled", "per_second", "per_day",
    "provider", "smtp_host", "smtp_port", "smtp_security", "smtp_user", "dkim_domain",
    "dkim_selector", "return_path", "plus", "imap_host", "imap_port",
    "imap_security", "imap_user", "authserv",
)  # fmt: skip
NEW = {"enabled": True, "plus": True, "smtp_port": 587, "smtp_security": Security.STARTTLS, "imap_port": 993,
       "imap_security": Security.TLS, "provider": SMTP}  # fmt: skip


def initial_of(row: EmailAccount) -> dict[str, Any]:
    """An account as its form begins."""
    return {name: getattr(row, name) for name in _PLAIN}
