"""What staff type of a widget and of a room."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites.models import Site
from peyvand.channels.webchat.data import RoomData, WidgetData
from peyvand.channels.webchat.errors import InvalidError
from peyvand.channels.webchat.models import Asked, Position, Room, Widget
from peyvand.foundation.accounts.queries import assignable
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui.fields import CodeInput
from peyvand.memory.work.models import WorkingHours

_FA, _EN = {"dir": "rtl", "lang": "fa"}, {"dir": "ltr", "lang": "en"}


class _Putting(forms.Form):
    def put(self, error: InvalidError) -> None:
        """The services' words beside their fields."""
        for name, message in error.errors.items():
            field = {"hours_id": "hours"}.get(name, name)
            field = "openings_fa" if field == "openings" else field
            self.add_error(field if field in self.fields else None, str(message))


def _hours(actor: Actor) -> list[tuple[str, Any]]:
    rows = WorkingHours.objects.filter(demo=actor.demo).order_by("-is_default", "id")
    return [("", _("The house’s own")), *((str(one.pk), str(one)) for one in rows)]


def _chosen(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


class WidgetForm(_Putting):
    """The chat of a site."""

    active = forms.BooleanField(label=_("Switched on"), required=False)
    title_fa = forms.CharField(label=_("Title, in Persian"), required=False, max_length=60, widget=forms.TextInput(_FA))
    title_en = forms.CharField(label=_("Title, in English"), required=False, max_length=60, widget=forms.TextInput(_EN))
    greeting_fa = forms.CharField(
        label=_("Greeting, in Persian"), required=False, max_length=300, widget=forms.Textarea({"rows": 2, **_FA})
    )
    greeting_en = forms.CharField(
        label=_("Greeting, in English"), required=False, max_length=300, widget=forms.Textarea({"rows": 2, **_EN})
    )
    away_fa = forms.CharField(
        label=_("Outside the hours, in Persian"), required=False, max_length=300,
        widget=forms.Textarea({"rows": 2, **_FA}),
    )  # fmt: skip
    away_en = forms.CharField(
        label=_("Outside the hours, in English"), required=False, max_length=300,
        widget=forms.Textarea({"rows": 2, **_EN}),
    )  # fmt: skip
    openings_fa = forms.CharField(
        label=_("Questions to begin with, in Persian"), required=False, widget=forms.Textarea({"rows": 3, **_FA}),
        help_text=_("One a line, at most six; a click asks it."),
    )  # fmt: skip
    openings_en = forms.CharField(
        label=_("The same questions in English"), required=False, widget=forms.Textarea({"rows": 3, **_EN}),
        help_text=_("In the same order."),
    )  # fmt: skip
    accent = forms.CharField(
        label=_("Colour"), max_length=7, widget=CodeInput({"type": "color"}),
        help_text=_("White letters have to be readable on it."),
    )  # fmt: skip
    position = forms.ChoiceField(label=_("Where it stands"), choices=Position.choices, widget=forms.RadioSelect)
    ask_name = forms.ChoiceField(label=_("Name, before the chat"), choices=Asked.choices)
    ask_email = forms.ChoiceField(label=_("E-mail, before the chat"), choices=Asked.choices)
    ask_phone = forms.ChoiceField(label=_("Phone, before the chat"), choices=Asked.choices)
    by_hours = forms.BooleanField(
        label=_("By working hours"), required=False,
        help_text=_("Outside of them visitors leave a message, and are told when you are back."),
    )  # fmt: skip
    hours = forms.ChoiceField(label=_("Working hours"), required=False)
    remembers = forms.BooleanField(label=_("Ask whether they may be called by name next time"), required=False)
    mails = forms.BooleanField(
        label=_("Answers that wait unread go by e-mail too"), required=False,
        help_text=_("To the address that the visitor gave, five minutes after they have left."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hours = self.fields["hours"]
        if isinstance(hours, forms.ChoiceField):
            hours.choices = _hours(actor)

    def data_of(self) -> WidgetData:
        """What the services take."""
        data = self.cleaned_data
        pairs = zip_longest(data["openings_fa"].splitlines(), data["openings_en"].splitlines(), fillvalue="")
        plain = {name: data[name] for name in WidgetData.__dataclass_fields__ if name in data}
        return WidgetData(**plain, openings=[(fa, en) for fa, en in pairs], hours_id=_chosen(data["hours"]))


def widget_initial(row: Widget | None) -> dict[str, Any]:
    """A widget as its form begins."""
    found = row or Widget(title_fa="گفت‌وگو", title_en="Chat")
    initial = {name: getattr(found, name) for name in WidgetForm.base_fields if hasattr(found, name)}
    lines = {f"openings_{code}": "\n".join(one.get(code, "") for one in found.openings) for code in ("fa", "en")}
    return {**initial, **lines, "hours": str(found.hours_id or "")}


class RoomForm(_Putting):
    """A chat room."""

    site = forms.ChoiceField(label=_("On the site"))
    name = forms.CharField(label=_("Name"), max_length=80, widget=forms.TextInput({"dir": "auto"}))
    topic = forms.CharField(
        label=_("Topic"), required=False, max_length=300, widget=forms.Textarea({"rows": 2, "dir": "auto"})
    )
    experts = forms.MultipleChoiceField(
        label=_("Experts"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Their lines are marked."),
    )  # fmt: skip
    slow_seconds = forms.CharField(
        label=_("Seconds between two lines of a visitor"), required=False, widget=CodeInput({"inputmode": "numeric"}),
        help_text=_("Zero for none."),
    )  # fmt: skip
    by_hours = forms.BooleanField(label=_("Open in working hours only"), required=False)
    hours = forms.ChoiceField(label=_("Working hours"), required=False)
    closed = forms.BooleanField(label=_("Closed: visitors only read"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sites = Site.objects.filter(demo=actor.demo).order_by("name", "id")
        given = {
            "site": [(str(one.pk), one.name) for one in sites], "hours": _hours(actor),
            "experts": [(str(pk), name) for pk, name in assignable(actor=actor)],
        }  # fmt: skip
        for name, choices in given.items():
            field = self.fields[name]
            if isinstance(field, forms.ChoiceField):
                field.choices = choices

    def clean_slow_seconds(self) -> int:
        """A whole number."""
        text = latin_digits(self.cleaned_data.get("slow_seconds") or "0").strip()
        if not text.isdecimal() or len(text) > 6:
            raise forms.ValidationError(gettext("From 0 to 3600 seconds."))
        return int(text)

    def data_of(self) -> RoomData:
        """What the services take."""
        data = self.cleaned_data
        return RoomData(
            name=data["name"], topic=data["topic"], slow_seconds=data["slow_seconds"], by_hours=data["by_hours"],
            hours_id=_chosen(data["hours"]), closed=data["closed"], experts=[int(one) for one in data["experts"]],
        )  # fmt: skip


def room_initial(row: Room | None) -> dict[str, Any]:
    """A room as its form begins."""
    if row is None:
        return {"slow_seconds": 0}
    return {
        "site": str(row.site_id), "name": row.name, "topic": row.topic, "slow_seconds": row.slow_seconds,
        "by_hours": row.by_hours, "hours": str(row.hours_id or ""), "closed": row.closed,
        "experts": [str(one) for one in row.experts.values_list("user_id", flat=True)],
    }  # fmt: skip
