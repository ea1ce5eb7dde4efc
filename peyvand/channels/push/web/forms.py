"""What staff choose of notices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.push.errors import InvalidError
from peyvand.channels.push.models import Sender
from peyvand.channels.push.services import SenderData
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui.fields import CodeInput
from peyvand.memory.consents.models import Purpose


class SenderForm(forms.Form):
    """How notices are sent."""

    enabled = forms.BooleanField(label=_("Switched on"), required=False)
    topics = forms.MultipleChoiceField(
        label=_("Topics to choose among"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Each is a purpose: who chooses it allows it over notices, in the words of that purpose."),
    )  # fmt: skip
    bell = forms.BooleanField(
        label=_("Show a bell on the site"), required=False,
        help_text=_("Without it, visitors press an element of your own that has the attribute data-peyvand-push."),
    )  # fmt: skip
    hours = forms.CharField(
        label=_("Hours for which a notice is of use"), widget=CodeInput({"inputmode": "numeric", "size": 4}),
        help_text=_("A device that is off for longer does not get it."),
    )  # fmt: skip
    contact = forms.CharField(
        label=_("E-mail address for push services"), required=False, max_length=254,
        widget=CodeInput({"inputmode": "email"}),
        help_text=_("Where the makers of browsers write when something is wrong with your notices."),
    )  # fmt: skip

    def __init__(self, *args: Any, topics: Sequence[Purpose], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["topics"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(one.key, one.name) for one in topics]

    def clean_hours(self) -> int:
        """A whole number."""
        plain = latin_digits(self.cleaned_data["hours"]).strip()
        if not plain.isdecimal() or len(plain) > 4:
            raise forms.ValidationError(gettext("Type a whole number."))
        return int(plain)

    def data_of(self) -> SenderData:
        """What the services take."""
        data = self.cleaned_data
        return SenderData(
            enabled=data["enabled"], topics=tuple(data["topics"]), hours=data["hours"], bell=data["bell"],
            contact=data["contact"],
        )  # fmt: skip

    def put(self, error: InvalidError) -> None:
        """The services' words beside their fields."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))


def initial_of(row: Sender) -> dict[str, Any]:
    """As the form begins."""
    return {
        "enabled": row.enabled, "topics": row.topics, "bell": row.bell, "hours": str(row.hours), "contact": row.contact,
    }  # fmt: skip
