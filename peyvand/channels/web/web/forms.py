"""What staff type of a shop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.channels.sites.models import Site
from peyvand.channels.web.errors import InvalidError
from peyvand.channels.web.models import Shop
from peyvand.channels.web.setting import ShopData
from peyvand.channels.web.shops import KINDS
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.fields import CodeInput


class ShopForm(forms.Form):
    """A shop. The secret that is kept is not shown; an empty field leaves it as it is."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind of shop"), widget=forms.RadioSelect)
    unit = forms.ChoiceField(
        label=_("Its amounts are in"), help_text=_("Shops often say rial and mean toman: look at one order first.")
    )
    site = forms.ChoiceField(label=_("Web site"), required=False)
    system = forms.CharField(
        label=_("Name of the shop among codes"), max_length=40, widget=CodeInput(),
        help_text=_("The codes of its customers stand under it; orders that are imported stand under “shop”."),
    )  # fmt: skip
    before = forms.CharField(
        label=_("Before its order numbers"), required=False, max_length=20, widget=CodeInput(),
        help_text=_("Only where another shop has the same numbers."),
    )  # fmt: skip
    secret = forms.CharField(
        label=_("Secret"), required=False, max_length=200,
        widget=CodeInput({"autocomplete": "off", "type": "password"}),
    )  # fmt: skip
    enabled = forms.BooleanField(label=_("Switched on"), required=False)

    def __init__(self, *args: Any, actor: Actor, shop: Shop | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = Site.objects.filter(demo=actor.demo).order_by("name").values_list("pk", "name")
        offered: dict[str, list[tuple[Any, Any]]] = {
            "kind": [(one.name, one.label) for one in KINDS.values()],
            "unit": [
                ("toman", pgettext_lazy("shop", "toman")), ("IRR", pgettext_lazy("shop", "rial")),
                ("stated", _("as each report says")), ("EUR", "EUR"), ("USD", "USD"), ("AED", "AED"), ("TRY", "TRY"),
            ],
            "site": [("", "–"), *((str(pk), name) for pk, name in sites)],
        }  # fmt: skip
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        said = _("Kept. Type a new one to replace it.") if shop is not None else _("Empty: one is made and shown once.")
        self.fields["secret"].help_text = str(said)

    def data_of(self) -> ShopData:
        """What the services take."""
        data = self.cleaned_data
        return ShopData(
            name=data["name"], kind=data["kind"], site_id=int(data["site"]) if data["site"] else None,
            system=data["system"].strip(), unit=data["unit"], prefix=data["before"], secret=data["secret"],
            enabled=data["enabled"],
        )  # fmt: skip

    def put(self, error: InvalidError) -> None:
        """The services' words beside their fields."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))


def initial_of(row: Shop) -> dict[str, Any]:
    """A shop as its form begins."""
    return {
        "name": row.name, "kind": row.kind, "unit": row.unit, "site": str(row.site_id or ""), "system": row.system,
        "before": row.prefix, "enabled": row.enabled,
    }  # fmt: skip
