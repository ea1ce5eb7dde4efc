"""Template pieces of conditions."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from peyvand.foundation.fields.conditions import operators_of
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.ui.fields import DateInput

register = template.Library()


@register.filter
def operators(field: Field) -> list[tuple[str, str]]:
    """What may be asked of the field, in words."""
    return operators_of(field)


@register.simple_tag
def date_input(name: str, label: object, value: object = None) -> SafeString:
    """A date in the reader's calendar, as typed before."""
    return DateInput(attrs={"class": "form-control", "aria-label": str(label)}).render(name, value or None)
