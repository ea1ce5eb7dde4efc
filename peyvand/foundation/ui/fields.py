"""Form fields of the house: a date typed or picked in the reader's own calendar, codes that run left to right."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import localize_input

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.calendar.parsing import DateError
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.formats import date_as_typed, read_date
from peyvand.foundation.ui.reader import current_reader


class DateInput(forms.DateInput):
    """A picker of the reader's calendar: the browser's own for Gregorian, ours for Jalali; typing works in both."""

    template_name = "ui/forms/date.html"

    def format_value(self, value: Any) -> str | None:
        """A date as its reader types it; what was typed wrongly stays as typed."""
        if isinstance(value, date):
            return date_as_typed(value) if self._jalali() else value.isoformat()
        return localize_input(value) if value not in (None, "") else None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The input, marked for the Jalali picker or typed as the browser's date."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        widget = context["widget"]
        widget["jalali"] = self._jalali()
        if widget["jalali"]:
            widget["type"] = "text"
            extra = {"data-jdp": "", "inputmode": "numeric", "autocomplete": "off", "dir": "ltr"}
            widget["attrs"] = {**extra, "placeholder": formats.digits("1405/09/02"), **widget["attrs"]}
        else:
            widget["type"] = "date"
        return context

    def _jalali(self) -> bool:
        return current_reader().calendar is CalendarKind.JALALI


class DateField(forms.DateField):
    """A date in the reader's calendar and either script's digits; a Gregorian year is understood too."""

    widget = DateInput

    def to_python(self, value: Any) -> date | None:
        """The date meant, or ValidationError."""
        if value in self.empty_values:
            return None
        if isinstance(value, date):
            plain: date | None = super().to_python(value)
            return plain
        try:
            return read_date(str(value))
        except DateError as error:
            raise ValidationError(str(error), code="invalid") from error


class CodeInput(forms.TextInput):
    """A code, a key, an IBAN, a phone: left to right in every language, with no help from the spelling checker."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(
            {"dir": "ltr", "spellcheck": "false", "autocapitalize": "off", "class": "code", **(attrs or {})}
        )


class SearchSelect(forms.Select):
    """A long list of choices that one searches by typing."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-search-select": "", **(attrs or {})}, choices)


class SearchSelectMultiple(forms.SelectMultiple):
    """Several of a long list of choices."""

    def __init__(self, attrs: dict[str, Any] | None = None, choices: Any = ()) -> None:
        super().__init__({"data-search-select": "", **(attrs or {})}, choices)


class DropInput(forms.FileInput):
    """A file, by choosing or by dropping it on the box."""

    template_name = "ui/forms/drop.html"
