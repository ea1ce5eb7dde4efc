"""What staff type of messages, templates and rules."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.channels.outreach import queries
from peyvand.channels.outreach.declarations import Carrier
from peyvand.channels.outreach.drawing import LANGUAGES
from peyvand.channels.outreach.errors import InvalidError
from peyvand.channels.outreach.models import Template, Window
from peyvand.channels.outreach.models.contents import Form
from peyvand.channels.outreach.services import ContentData, TemplateData, TextData
from peyvand.foundation.money.currencies import RIAL, TOMAN
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.ui.fields import CodeInput
from peyvand.memory.consents import queries as consents
from peyvand.memory.consents.models import PurposeKind
from peyvand.memory.customers import queries as customers

_NO_WORDS = re.compile(r"\{\{.*?\}\}|https?://\S+")
_BODY = {"rows": 6, "dir": "auto", "data-parts": ""}


def channels(*, any_word: str = "") -> list[tuple[str, str]]:
    """Channels to choose from, with a word for any of them."""
    found = [(one.name, str(one.label)) for one in registry.all(Carrier) if not one.at_once]
    return [("", any_word), *found] if any_word else found


def put_errors(form: forms.Form, error: InvalidError) -> None:
    """The services' words beside the fields they are about."""
    for name, message in error.errors.items():
        plain, _sign, key = name.partition(":")
        field = f"{plain}_{key.rpartition(':')[2]}" if key else plain
        form.add_error(field if field in form.fields else None, str(message))


def written_in(text: str, otherwise: str) -> str:
    """The language in which words were typed, by their letters: whoever works in English also writes Persian."""
    ways = Counter(unicodedata.bidirectional(letter) for letter in _NO_WORDS.sub("", text))
    persian, latin = ways["AL"] + ways["R"], ways["L"]
    return otherwise if persian == latin else "fa" if persian > latin else "en"


class WriteForm(forms.Form):
    """One message to one customer: a template, or words of one's own."""

    purpose = forms.ChoiceField(label=_("What it is about"))
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    template = forms.ChoiceField(label=_("Template"), required=False)
    subject = forms.CharField(label=_("Subject"), required=False, max_length=300)
    body = forms.CharField(label=_("Text"), required=False, widget=forms.Textarea(_BODY), max_length=20_000)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        purposes = [(one.key, one.name) for one in consents.purposes(actor=actor)]
        templates = [(one.key, one.name) for one in queries.templates(actor=actor)]
        self._choices("purpose", purposes)
        self._choices("channel", channels(any_word=gettext("The one they prefer")))
        self._choices("template", [("", gettext("None: my own words")), *templates])

    def _choices(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Either a template or a text."""
        data = super().clean() or {}
        if not data.get("template") and not str(data.get("body", "")).strip():
            self.add_error("body", gettext("Write what is to be said, or choose a template."))
        return data

    def content(self, language: str) -> ContentData | Template:
        """What is to be said; the words typed serve both languages. `language` is theirs where they don't show it."""
        data = self.cleaned_data
        if data["template"]:
            return queries.template_get(actor=self.actor, key=data["template"])
        text = TextData(data["body"], written_in(data["body"], language), "", data["subject"])
        return ContentData(texts=[text], title=data["subject"] or data["body"][:60])


class ManyForm(WriteForm):
    """The same message to many: everybody, or those with a tag; each gets it who allows it."""

    tag = forms.ChoiceField(label=_("To whom"), required=False)
    name = forms.CharField(
        label=_("Name of this message"), max_length=80, help_text=_("Sent twice under one name, nobody gets it twice.")
    )

    field_order = ("name", "tag", "purpose", "channel", "template", "subject", "body")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        tags = [(str(one.pk), one.name) for one in customers.tags(actor=self.actor)]
        self._choices("tag", [("", gettext("Everybody")), *tags])


class TemplateForm(forms.Form):
    """A template: names, purpose, and texts by channel and language."""

    name_fa = forms.CharField(label=_("Name in Persian"), required=False, max_length=120)
    name_en = forms.CharField(label=_("Name in English"), required=False, max_length=120)
    purpose = forms.ChoiceField(label=_("What it is about"), required=False)

    def __init__(self, *args: Any, actor: Actor, template: Template | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        purpose = self.fields["purpose"]
        if isinstance(purpose, forms.ChoiceField):
            purpose.choices = [("", gettext("Any")), *((one.key, one.name) for one in consents.purposes(actor=actor))]
        kept = {f"{row.channel}:{row.language}": row for row in template.texts.all()} if template else {}
        self.slots: list[tuple[str, str]] = [("", one) for one in LANGUAGES] + [("email", one) for one in LANGUAGES]
        for channel, language in self.slots:
            key = f"{channel or 'plain'}_{language}"
            row = kept.get(f"{channel}:{language}")
            way = "rtl" if language == "fa" else "ltr"
            if channel == "email":
                self.fields[f"subject_{key}"] = forms.CharField(
                    label=_("Subject"), required=False, max_length=300, initial=row.subject if row else "",
                    widget=forms.TextInput({"dir": way}),
                )  # fmt: skip
                self.fields[f"form_{key}"] = forms.ChoiceField(
                    label=_("Written as"), required=False, initial=row.form if row else Form.TEXT,
                    choices=[(Form.TEXT.value, _("Plain text")), (Form.MJML.value, "MJML")],
                )  # fmt: skip
            self.fields[f"body_{key}"] = forms.CharField(
                label=_("Text"), required=False, strip=False, initial=row.body if row else "",
                widget=forms.Textarea({"rows": 12 if channel == "email" else 5, "dir": way, "data-parts": ""}),
            )  # fmt: skip

    def data_of(self) -> TemplateData:
        """What the services take."""
        data = self.cleaned_data
        texts = [
            TextData(
                data[f"body_{channel or 'plain'}_{language}"], language, channel,
                data.get(f"subject_{channel or 'plain'}_{language}", ""),
                data.get(f"form_{channel or 'plain'}_{language}") or Form.TEXT,
            )
            for channel, language in self.slots
        ]  # fmt: skip
        return TemplateData(name_fa=data["name_fa"], name_en=data["name_en"], purpose=data["purpose"], texts=texts)

    def put(self, error: InvalidError) -> None:
        """The services' words beside their fields."""
        for name, message in error.errors.items():
            plain, _sign, key = name.partition(":")
            channel, _colon, language = key.partition(":")
            field = f"{plain}_{channel or 'plain'}_{language}" if language else plain
            self.add_error(field if field in self.fields else None, str(message))


class CapForm(forms.Form):
    """How often."""

    channel = forms.ChoiceField(label=_("Channel"), required=False)
    kind = forms.ChoiceField(label=_("Kind of purpose"), required=False)
    most = forms.CharField(label=_("At most"), widget=CodeInput({"inputmode": "numeric", "size": 4}))
    window = forms.ChoiceField(label=_("In"), choices=Window.choices)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _put_choices(self, "channel", channels(any_word=gettext("All together")))
        _put_choices(self, "kind", [("", gettext("All but service")), *PurposeKind.choices])

    def clean_most(self) -> int:
        """A whole number."""
        return whole(self.cleaned_data["most"])


class QuietForm(forms.Form):
    """When nothing goes out."""

    channel = forms.ChoiceField(label=_("Channel"), required=False)
    starts = forms.TimeField(label=_("From"), widget=forms.TimeInput({"dir": "ltr", "size": 5, "placeholder": "21:00"}))
    ends = forms.TimeField(label=_("To"), widget=forms.TimeInput({"dir": "ltr", "size": 5, "placeholder": "8:00"}))
    weekends = forms.BooleanField(label=_("All day on weekends"), required=False)
    holidays = forms.BooleanField(label=_("All day on holidays"), required=False)

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        if data is not None:
            data = data.copy()
            for name in ("starts", "ends"):
                data[name] = latin_digits(data.get(name, ""))
        super().__init__(data, **kwargs)
        _put_choices(self, "channel", channels(any_word=gettext("Every channel without hours of its own")))


class BudgetForm(forms.Form):
    """For how much."""

    channel = forms.ChoiceField(label=_("Channel"), required=False)
    purpose = forms.ChoiceField(label=_("Purpose"), required=False)
    amount = forms.CharField(label=_("A month"), widget=CodeInput({"inputmode": "decimal", "size": 12}))

    def __init__(self, *args: Any, actor: Actor, unit: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit = unit
        _put_choices(self, "channel", channels(any_word=gettext("All together")))
        purposes = [(one.key, one.name) for one in consents.purposes(actor=actor)]
        _put_choices(self, "purpose", [("", gettext("All")), *purposes])

    def clean_amount(self) -> Decimal:
        """A number, zero or more."""
        text = latin_digits(self.cleaned_data["amount"]).replace("٬", "").replace(",", "").strip()
        try:
            found = Decimal(text)
        except InvalidOperation:
            raise forms.ValidationError(gettext("Type the amount as a number, zero or more.")) from None
        if not found.is_finite() or found < 0 or found > 10**12:
            raise forms.ValidationError(gettext("Type the amount as a number, zero or more."))
        return found

    @property
    def currency(self) -> str:
        """The currency it is kept in."""
        return RIAL if self.unit == TOMAN else self.unit


class PurposeRuleForm(forms.Form):
    """What holds for a purpose."""

    caps_exempt = forms.BooleanField(label=_("Not counted against caps"), required=False)
    quiet_exempt = forms.BooleanField(label=_("At any hour"), required=False)
    fallback = forms.BooleanField(label=_("When it fails, by the next channel"), required=False)
    tracks = forms.BooleanField(label=_("Links tell us who opened them"), required=False)
    hours = forms.CharField(
        label=_("Dropped when held for hours"), widget=CodeInput({"inputmode": "numeric", "size": 4})
    )

    def clean_hours(self) -> int:
        """A whole number."""
        return whole(self.cleaned_data["hours"])


def whole(text: str) -> int:
    """A whole number of at most four digits, in any digits."""
    plain = latin_digits(text).strip()
    if not plain.isdecimal() or len(plain) > 4:
        raise forms.ValidationError(gettext("Type a whole number."))
    return int(plain)


def _put_choices(form: forms.Form, name: str, choices: list[tuple[str, Any]]) -> None:
    field = form.fields[name]
    if isinstance(field, forms.ChoiceField):
        field.choices = choices
