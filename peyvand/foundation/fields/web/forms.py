"""What staff type about a field."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.fields.errors import InvalidError
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.fields.models import CustomField
from peyvand.foundation.money.currencies import CURRENCIES
from peyvand.foundation.ui.fields import CodeInput


class FieldForm(forms.Form):
    """A custom field; kind and key only while it is new."""

    label_fa = forms.CharField(label=_("Name in Persian"), required=False, max_length=80)
    label_en = forms.CharField(label=_("Name in English"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("What it holds"), choices=FieldKind.choices)
    choices = forms.CharField(
        label=_("Choices"), required=False, widget=forms.Textarea(attrs={"rows": 5, "dir": "auto"}),
        help_text=_("A line each; the English name after a |, if there is one."),
    )  # fmt: skip
    currency = forms.ChoiceField(label=_("Currency"), required=False)
    help = forms.CharField(label=_("Help beside the field"), required=False, max_length=200)
    required = forms.BooleanField(label=_("Must be filled in"), required=False)
    key = forms.CharField(
        label=_("Key for programs"), required=False, max_length=40, widget=CodeInput(),
        help_text=_("Made of the name if you leave it out; it can't be changed later."),
    )  # fmt: skip

    def __init__(self, *args: Any, custom: CustomField | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(code, code) for code in CURRENCIES]  # type: ignore[attr-defined]
        kind = custom.kind if custom is not None else None
        if kind is not None:
            del self.fields["kind"], self.fields["key"]
            if kind not in (FieldKind.CHOICE, FieldKind.CHOICES):
                del self.fields["choices"]
            if kind != FieldKind.MONEY:
                del self.fields["currency"]

    def put_errors(self, error: InvalidError) -> None:
        """The services' words beside the fields they are about."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))


def initial_of(custom: CustomField) -> dict[str, Any]:
    """A field as the form begins."""
    lines = [" | ".join(part for part in (one.get("fa"), one.get("en")) if part) for one in custom.choices]
    names = ("label_fa", "label_en", "currency", "help", "required")
    return {**{name: getattr(custom, name) for name in names}, "choices": "\n".join(lines)}
