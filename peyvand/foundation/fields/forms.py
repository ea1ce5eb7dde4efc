"""Form fields for fields: the widget that fits the kind, and reading by kinds.kept."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext

from peyvand.foundation.fields import kinds
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.fields import CodeInput, DateInput, SearchSelect, SearchSelectMultiple


class ValueField(forms.Field):
    """A value of a described field; `cleaned_data` has what is kept of it, None for nothing."""

    def __init__(self, field: Field, **kwargs: Any) -> None:
        self.field = field
        help_text: Any = field.help
        if field.kind == FieldKind.MONEY and not help_text:
            help_text = unit_of(field)
        super().__init__(
            label=field.label, required=field.required, help_text=help_text, widget=widget_of(field), **kwargs
        )

    def clean(self, value: Any) -> Any:
        """The kept value of what was typed; ValidationError in the reader's words."""
        value = value.strip() if isinstance(value, str) else value
        super().validate(value)
        try:
            return kinds.kept(self.field, value, by_hand=True)
        except ValueRefusedError as error:
            raise ValidationError(str(error), code="invalid") from error

    def prepare_value(self, value: Any) -> Any:
        """What was typed stays as typed."""
        return value


def unit_of(field: Field) -> str:
    """The unit in which amounts of the field are typed."""
    if formats.in_toman(field.currency):
        return gettext("in toman")
    return gettext("in %(currency)s") % {"currency": field.currency} if field.currency else ""


def widget_of(field: Field) -> forms.Widget:
    """What one types or chooses the value with."""
    blank = [("", "–")]
    match field.kind:
        case FieldKind.LONG:
            return forms.Textarea(attrs={"rows": 3, "dir": "auto"})
        case FieldKind.NUMBER | FieldKind.MONEY:
            return forms.TextInput(attrs={"inputmode": "decimal", "dir": "ltr"})
        case FieldKind.DATE:
            return DateInput()
        case FieldKind.YESNO:
            return forms.Select(choices=[*blank, ("yes", gettext("Yes")), ("no", gettext("No"))])
        case FieldKind.CHOICE:
            return forms.Select(choices=[*blank, *field.offered])
        case FieldKind.COLLEAGUE:
            return SearchSelect(choices=[*blank, *field.offered])
        case FieldKind.CHOICES:
            return SearchSelectMultiple(choices=field.choices)
        case FieldKind.EMAIL | FieldKind.PHONE | FieldKind.LINK | FieldKind.MOMENT:
            return CodeInput()
        case _:
            return forms.TextInput(attrs={"dir": "auto"})


def form_fields(fields: Iterable[Field]) -> dict[str, forms.Field]:
    """Form fields by name."""
    return {one.name: ValueField(one) for one in fields}
