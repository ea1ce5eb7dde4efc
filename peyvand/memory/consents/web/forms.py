"""What staff type of a consent, a purpose and its wordings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.ui.fields import CodeInput, DateField, DropInput
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.consents import queries
from peyvand.memory.consents.errors import InvalidError
from peyvand.memory.consents.models import Decision, Purpose, PurposeKind, Source, Wording

BY_HAND = (Source.CALL, Source.IN_PERSON, Source.PAPER, Source.MESSAGE, Source.FORM)


class SayForm(forms.Form):
    """One word of a customer on a purpose, over some channels. Only what was said, and where, must be filled in."""

    decision = forms.ChoiceField(
        label=_("What the customer says"),
        choices=[
            (Decision.GIVEN, _("Yes, allowed")),
            (Decision.DENIED, _("No, refused")),
            (Decision.WITHDRAWN, _("No longer: taken back")),
        ],
        widget=forms.RadioSelect(),
    )
    channels = forms.MultipleChoiceField(label=_("Over which channels"), widget=forms.CheckboxSelectMultiple())
    source = forms.ChoiceField(
        label=_("Where it was said"), choices=[(one.value, one.label) for one in BY_HAND], widget=forms.RadioSelect()
    )
    day = DateField(label=_("When"), required=False, help_text=_("Empty: now."))
    wording = forms.ChoiceField(
        label=_("Wording that was agreed to"), required=False, help_text=_("Exactly as the customer read or heard it.")
    )
    proof = forms.CharField(
        label=_("Proof"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
        help_text=_("Who heard it, the number of the form, the message."),
    )
    scan = forms.FileField(label=_("File"), required=False, widget=DropInput())
    note = forms.CharField(
        label=_("Note"), required=False, max_length=5_000, widget=forms.Textarea({"rows": 1, "dir": "auto"})
    )

    def __init__(self, *args: Any, wordings: Sequence[Wording], **more: Any) -> None:
        super().__init__(*args, **more)
        channels = self.fields["channels"]
        if isinstance(channels, forms.MultipleChoiceField):
            channels.choices = [(one.name, str(one.label)) for one in queries.channels()]
        wording = self.fields["wording"]
        if isinstance(wording, forms.ChoiceField):
            wording.choices = [("", gettext("None")), *((str(one.pk), said(one)) for one in wordings)]

    def wording_of(self, wordings: Sequence[Wording]) -> Wording | None:
        """The wording that was chosen."""
        return next((one for one in wordings if str(one.pk) == self.cleaned_data["wording"]), None)

    def moment(self) -> datetime | None:
        """Noon of the reader's day, or None for now."""
        day: date | None = self.cleaned_data["day"]
        zone = current_reader().zone
        if day is None or day == timezone.now().astimezone(zone).date():
            return None
        return datetime.combine(day, time(12), tzinfo=zone)


def said(wording: Wording) -> str:
    """A wording in a list: its language, version and beginning."""
    language = gettext("Persian") if wording.language == "fa" else gettext("English")
    short = wording.text if len(wording.text) <= 60 else f"{wording.text[:60]}…"
    return f"{language} {wording.version}: {short}"


class ManyForm(SayForm):
    """The same word of many customers, on a purpose that is chosen first."""

    field_order = ("purpose", "decision", "channels", "source", "day", "wording", "proof", "scan", "note")
    purpose = forms.ChoiceField(label=_("Purpose"))

    def __init__(self, *args: Any, purposes: Sequence[Purpose], wordings: Sequence[Wording], **more: Any) -> None:
        super().__init__(*args, wordings=wordings, **more)
        purpose, wording = self.fields["purpose"], self.fields["wording"]
        names = {one.pk: one.name for one in purposes}
        if isinstance(purpose, forms.ChoiceField):
            purpose.choices = [(one.key, one.name) for one in purposes]
        if isinstance(wording, forms.ChoiceField):
            groups = [
                (name, [(str(one.pk), said(one)) for one in wordings if one.purpose_id == pk])
                for pk, name in names.items()
            ]
            wording.choices = [("", gettext("None")), *groups]


class PurposeForm(forms.Form):
    """A purpose."""

    name_fa = forms.CharField(label=_("Name in Persian"), required=False, max_length=80)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("Kind"), choices=PurposeKind)
    opt_out = forms.BooleanField(
        label=_("Allowed until the customer says no"),
        required=False,
        help_text=_("Only for what a customer expects anyway, as news of their own orders. Never for advertising."),
    )
    description = forms.CharField(
        label=_("For colleagues: what it covers"),
        required=False,
        max_length=500,
        widget=forms.Textarea({"rows": 2, "dir": "auto"}),
    )
    key = forms.CharField(
        label=_("Key for programs"),
        required=False,
        max_length=40,
        widget=CodeInput(),
        help_text=_("Empty: made of the English name. It stays for good."),
    )


class WordingForm(forms.Form):
    """A new version of a wording in one language."""

    language = forms.ChoiceField(label=_("Language"), choices=[("fa", _("Persian")), ("en", _("English"))])
    text = forms.CharField(
        label=_("What the customer agrees to"), max_length=4_000, widget=forms.Textarea({"rows": 4, "dir": "auto"})
    )


def put_errors(form: forms.Form, error: InvalidError) -> None:
    """Show what a service refused at the fields it names, and on top what has no field."""
    for name, message in error.errors.items():
        known = {"at": "day", "wording": "wording"}.get(name, name)
        form.add_error(known if known in form.fields else None, str(message))
