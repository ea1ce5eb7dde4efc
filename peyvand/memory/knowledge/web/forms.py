"""What staff type of an article."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.queries import assignable
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.fields import DateField, SearchSelect
from peyvand.memory.knowledge import queries
from peyvand.memory.knowledge.errors import InvalidError
from peyvand.memory.knowledge.models import Audience, Language
from peyvand.memory.knowledge.queries import Shown
from peyvand.memory.knowledge.services import ArticleData, TextData

_BODY = {"rows": 14, "dir": "auto", "class": "kn-body"}


class ArticleForm(forms.Form):
    """An article with its texts in both languages."""

    title_fa = forms.CharField(label=_("Title in Persian"), required=False)
    body_fa = forms.CharField(label=_("Text in Persian"), required=False, strip=False, widget=forms.Textarea(_BODY))
    title_en = forms.CharField(label=_("Title in English"), required=False)
    body_en = forms.CharField(label=_("Text in English"), required=False, strip=False, widget=forms.Textarea(_BODY))
    category_id = forms.TypedChoiceField(label=_("Category"), required=False, coerce=int, empty_value=None)
    owner_id = forms.TypedChoiceField(
        label=_("Who looks after it"), required=False, coerce=int, empty_value=None, widget=SearchSelect
    )
    audience = forms.ChoiceField(label=_("Who may read it"), choices=Audience.choices)
    review_on = DateField(label=_("Look again on"), required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        categories = [(one.pk, one.name) for one in queries.categories(actor=actor)]
        self.fields["category_id"].choices = [("", gettext("None")), *categories]  # type: ignore[attr-defined]
        self.fields["owner_id"].choices = [("", gettext("Nobody")), *assignable(actor=actor)]  # type: ignore[attr-defined]

    def data_of(self) -> ArticleData:
        """What the services take."""
        given = self.cleaned_data
        return ArticleData(
            texts={one: TextData(given[f"title_{one}"], given[f"body_{one}"]) for one in Language.values},
            category_id=given["category_id"], owner_id=given["owner_id"], audience=given["audience"],
            review_on=given["review_on"],
        )  # fmt: skip

    def put_errors(self, error: InvalidError) -> None:
        """The services' words beside the fields they are about."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))


def initial_of(shown: Shown) -> dict[str, Any]:
    """An article as its form begins."""
    article = shown.article
    found: dict[str, Any] = {
        "category_id": article.category_id, "owner_id": article.owner_id, "audience": article.audience,
        "review_on": article.review_on,
    }  # fmt: skip
    for language, (_text, version) in shown.texts.items():
        found |= {f"title_{language}": version.title, f"body_{language}": version.body}
    return found
