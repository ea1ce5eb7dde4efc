"""What staff type of a site."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.errors import InvalidError
from peyvand.channels.sites.models import Consent, Site


class SiteForm(forms.Form):
    """A site."""

    name = forms.CharField(label=_("Name"), max_length=120)
    hosts = forms.CharField(
        label=_("Hosts"), help_text=_("Whose pages may use it, one a line: shop.example, *.shop.example."),
        widget=forms.Textarea(attrs={"rows": 2, "dir": "ltr", "spellcheck": "false", "autocapitalize": "off"}),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Language of its pages"), choices=[("fa", "فارسی"), ("en", "English")])
    consent = forms.ChoiceField(
        label=_("Recorded before a visitor has agreed"), choices=Consent.choices, widget=forms.RadioSelect,
        help_text=_("A browser that asks not to be followed (GPC) is followed only after a yes."),
    )  # fmt: skip
    greets = forms.BooleanField(
        label=_("Call visitors by name who have allowed it"), required=False,
        help_text=_("The site learns the first name of a visitor whom we know, once they have ticked that."),
    )  # fmt: skip
    active = forms.BooleanField(label=_("Switched on"), required=False)

    def data_of(self) -> SiteData:
        """What the services take."""
        data = self.cleaned_data
        return SiteData(
            name=data["name"], hosts=data["hosts"], language=data["language"], consent=data["consent"],
            greets=data["greets"], active=data["active"],
        )  # fmt: skip

    def put(self, error: InvalidError) -> None:
        """The services' words beside their fields."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))


def initial_of(row: Site) -> dict[str, Any]:
    """A site as its form begins."""
    return {
        "name": row.name, "hosts": "\n".join(row.hosts), "language": row.language, "consent": row.consent,
        "greets": row.greets, "active": row.active,
    }  # fmt: skip
