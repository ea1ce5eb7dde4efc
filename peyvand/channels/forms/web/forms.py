"""What staff type of a form's settings."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from peyvand.channels.forms.errors import InvalidError
from peyvand.channels.forms.models import Form, Place
from peyvand.channels.forms.services import FormData
from peyvand.channels.forms.services.setting import DEFENCES, TEXTS
from peyvand.channels.forms.structure import LANGUAGES
from peyvand.channels.forms.suspicion import Defence
from peyvand.foundation.accounts.queries import assignable, team_choices
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.fields import CodeInput, SearchSelect
from peyvand.memory.consents import queries as consents

SPOKEN = (("fa", _("Persian")), ("en", _("English")))


class SettingsForm(forms.Form):
    """Everything of a form but its fields."""

    name = forms.CharField(label=_("Name"), max_length=120, help_text=_("For you and your colleagues."))
    languages = forms.MultipleChoiceField(label=_("Languages"), choices=SPOKEN, widget=forms.CheckboxSelectMultiple)
    places = forms.MultipleChoiceField(
        label=_("Where it may be filled in"), choices=Place.choices, widget=forms.CheckboxSelectMultiple
    )
    title_fa = forms.CharField(label=_("Title in Persian"), max_length=200, required=False)
    title_en = forms.CharField(label=_("Title in English"), max_length=200, required=False)
    intro_fa = forms.CharField(label=_("Introduction in Persian"), required=False, widget=forms.Textarea({"rows": 2}))
    intro_en = forms.CharField(label=_("Introduction in English"), required=False, widget=forms.Textarea({"rows": 2}))
    button_fa = forms.CharField(label=_("Button in Persian"), max_length=60, required=False)
    button_en = forms.CharField(label=_("Button in English"), max_length=60, required=False)
    thanks_fa = forms.CharField(label=_("Thanks in Persian"), required=False, widget=forms.Textarea({"rows": 2}))
    thanks_en = forms.CharField(label=_("Thanks in English"), required=False, widget=forms.Textarea({"rows": 2}))
    redirect_url = forms.CharField(
        label=_("Then lead on to"), max_length=500, required=False, widget=CodeInput,
        help_text=_("An https address on one of your web sites."),
    )  # fmt: skip
    opt_in = forms.ChoiceField(
        label=_("Confirm from the address itself"), required=False,
        help_text=_("Whoever fills it in gets a message and must say yes there, for this purpose."),
    )  # fmt: skip
    owner_id = forms.ChoiceField(label=_("Owner of new customers"), required=False, widget=SearchSelect)
    team_id = forms.ChoiceField(label=_("Team of new customers"), required=False)
    tags = forms.CharField(
        label=_("Tags for customers"), max_length=500, required=False, help_text=_("Several with commas between them.")
    )
    progressive = forms.BooleanField(
        label=_("Do not ask again what is known"), required=False,
        help_text=_("Of a visitor who is proved to be a customer; fields kept for later come up instead."),
    )  # fmt: skip
    spam_quick = forms.IntegerField(label=_("Spam: quicker than so many seconds"), min_value=0)
    spam_links = forms.IntegerField(label=_("Spam: more than so many links"), min_value=0)
    spam_per_address = forms.IntegerField(label=_("At most from one address within an hour"), min_value=1)
    spam_per_hour = forms.IntegerField(label=_("At most from all within an hour"), min_value=1)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        blank = [("", "–")]
        self._choices("opt_in", [("", pgettext_lazy("confirmation", "None")),
                                 *((one.key, one.name) for one in consents.purposes(actor=actor))])  # fmt: skip
        self._choices("owner_id", [*blank, *((str(pk), name) for pk, name in assignable(actor=actor))])
        self._choices("team_id", [*blank, *((str(pk), name) for pk, name in team_choices(actor=actor))])

    def _choices(self, name: str, choices: list[Any]) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = choices

    def data_of(self) -> FormData:
        """What was typed, as the verb takes it."""
        given = self.cleaned_data
        return FormData(
            name=given["name"], languages=given["languages"], places=given["places"],
            texts={name: {one: given[f"{name}_{one}"] for one in LANGUAGES} for name in TEXTS},
            redirect_url=given["redirect_url"], opt_in=given["opt_in"], progressive=given["progressive"],
            owner_id=int(given["owner_id"]) if given["owner_id"] else None,
            team_id=int(given["team_id"]) if given["team_id"] else None,
            tags=given["tags"].replace("،", ",").split(","), spam={name: given[f"spam_{name}"] for name in DEFENCES},
        )  # fmt: skip

    def put(self, error: InvalidError) -> None:
        """Put what the verb refused beside its field."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))


def initial_of(row: Form) -> dict[str, Any]:
    """A form's settings as its page begins."""
    texts = {f"{name}_{one}": row.texts.get(name, {}).get(one, "") for name in TEXTS for one in LANGUAGES}
    spam = {**Defence().as_plain(), **row.spam}
    return {
        **texts, **{f"spam_{name}": spam[name] for name in DEFENCES}, "name": row.name, "languages": row.languages,
        "places": row.places, "redirect_url": row.redirect_url, "opt_in": row.opt_in, "progressive": row.progressive,
        "owner_id": str(row.owner_id or ""), "team_id": str(row.team_id or ""), "tags": gettext(", ").join(row.tags),
    }  # fmt: skip
