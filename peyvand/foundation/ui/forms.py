"""How Django renders our forms: label above, help below, errors in place, the optional ones marked."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class FormRenderer(DjangoTemplates):
    """`{{ form }}` and `{{ form.name.as_field_group }}` look right; widgets get their classes in the field."""

    form_template_name = "ui/forms/form.html"
    field_template_name = "ui/forms/field.html"
