"""What staff type of holidays and working hours."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.web.forms import zone_choices
from peyvand.foundation.ui.fields import DateField, SearchSelect
from peyvand.memory.work.errors import InvalidError
from peyvand.memory.work.hours import DAYS, HoursError, day_read, interval_text
from peyvand.memory.work.models import Holiday, WorkingHours
from peyvand.memory.work.official import country_names
from peyvand.memory.work.services import HOURS_ERRORS, NAME_LENGTH, HolidayData, HoursData
from peyvand.memory.work.showing import as_typed, days_in_order


class _Refusable(forms.Form):
    def put_errors(self, error: InvalidError) -> None:
        """The services' words beside the fields they are about."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))


class HolidayForm(_Refusable):
    """A holiday."""

    day = DateField(label=_("Day"))
    name_fa = forms.CharField(
        label=_("Name in Persian"), required=False, max_length=NAME_LENGTH["holiday"],
        widget=forms.TextInput({"dir": "rtl"}),
    )  # fmt: skip
    name_en = forms.CharField(
        label=_("Name in English"), required=False, max_length=NAME_LENGTH["holiday"],
        widget=forms.TextInput({"dir": "ltr"}),
    )  # fmt: skip
    closed = forms.BooleanField(
        label=_("We are closed on this day"), required=False,
        help_text=_("Without it the day stands in the list, and the hours of its weekday count."),
    )  # fmt: skip

    def __init__(self, *args: Any, holiday: Holiday | None = None, **more: Any) -> None:
        names = ("day", "name_fa", "name_en", "closed")
        more["initial"] = {name: getattr(holiday, name) for name in names} if holiday else {"closed": True}
        super().__init__(*args, **more)

    def data_given(self) -> HolidayData:
        """What was typed."""
        return HolidayData(**self.cleaned_data)


class CountryForm(_Refusable):
    """Whose official holidays count."""

    country = forms.ChoiceField(label=_("Country"), widget=SearchSelect)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        names = country_names("fa" if (get_language() or "fa").startswith("fa") else "en")
        self.fields["country"].choices = list(names.items())  # type: ignore[attr-defined]


class HoursForm(_Refusable):
    """A calendar of working hours; a line for each day of the week."""

    name_fa = forms.CharField(
        label=_("Name in Persian"), required=False, max_length=NAME_LENGTH["hours"],
        widget=forms.TextInput({"dir": "rtl"}),
    )  # fmt: skip
    name_en = forms.CharField(
        label=_("Name in English"), required=False, max_length=NAME_LENGTH["hours"],
        widget=forms.TextInput({"dir": "ltr"}),
    )  # fmt: skip
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices, widget=SearchSelect)
    observes_holidays = forms.BooleanField(
        label=_("Closed on holidays"), required=False,
        help_text=_("Off for what goes on every day, like an emergency line."),
    )  # fmt: skip
    is_default = forms.BooleanField(
        label=_("The default"), required=False, help_text=_("It counts wherever no other calendar is named.")
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, kept: WorkingHours | None = None, start: WorkingHours, **more: Any) -> None:
        shown = kept or start
        names = ("name_fa", "name_en", "time_zone", "observes_holidays", "is_default", "version")
        more["initial"] = {name: getattr(shown, name) for name in names}
        more["initial"] |= {name: as_typed(shown.hours.get(name, ())) for name in DAYS}
        super().__init__(*args, **more)
        for name, label in days_in_order():
            self.fields[name] = forms.CharField(
                label=label, required=False, max_length=300,
                widget=forms.TextInput({"dir": "ltr", "autocomplete": "off", "class": "wk-hours"}),
            )  # fmt: skip
        if kept is not None and kept.is_default:
            del self.fields["is_default"]

    @property
    def days(self) -> list[forms.BoundField]:
        """The lines of the week, in the reader's order."""
        return [self[name] for name, _label in days_in_order()]

    def clean(self) -> dict[str, Any]:
        """The hours of each day as they are kept."""
        for name, _label in days_in_order():
            try:
                self.cleaned_data[name] = [interval_text(one) for one in day_read(self.cleaned_data.get(name, ""))]
            except HoursError as error:
                self.add_error(name, str(HOURS_ERRORS[error.code]))
        return self.cleaned_data

    def data_given(self) -> HoursData:
        """What was typed."""
        given = self.cleaned_data
        return HoursData(
            name_fa=given["name_fa"], name_en=given["name_en"], time_zone=given["time_zone"],
            hours={name: given[name] for name in DAYS}, observes_holidays=given["observes_holidays"],
            is_default=given.get("is_default", False),
        )  # fmt: skip
