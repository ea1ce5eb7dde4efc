"""What staff say of a list of customers."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.queries import assignable, team_choices
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.ui.fields import SearchSelect
from peyvand.memory.customers import access
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import CustomerList
from peyvand.memory.customers.services import ListData


class ListForm(forms.Form):
    """A list's name and who sees it; `version` is what the one who changes it has read."""

    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=pgettext_lazy("customers", "Name of the list"), max_length=120)
    description = forms.CharField(
        label=_("What it is for"), required=False, max_length=500,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )  # fmt: skip
    owner_id = forms.TypedChoiceField(
        label=_("Owner"), required=False, coerce=int, empty_value=None, widget=SearchSelect
    )
    team_id = forms.TypedChoiceField(
        label=_("Team"), required=False, coerce=int, empty_value=None, help_text=_("Its members see the list as well.")
    )
    shared = forms.BooleanField(
        label=_("Everyone sees it"), required=False,
        help_text=_("Whoever sees customers. Of its members each sees those whom they may see."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, one: CustomerList | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owners, teams = assignable(actor=actor), team_choices(actor=actor)
        if one is not None and one.owner is not None and one.owner_id not in dict(owners):
            owners.append((one.owner.pk, one.owner.name))
        if actor.scope(access.LISTS) is Scope.OWN:
            owners = [row for row in owners if row[0] == actor.user_id]
        self.fields["owner_id"].choices = owners  # type: ignore[attr-defined]
        self.fields["team_id"].choices = [("", gettext("No team")), *teams]  # type: ignore[attr-defined]
        if not teams and not (one and one.team_id):
            del self.fields["team_id"]

    @property
    def read_version(self) -> int:
        """The version that was read; -1 where it was not said, which fits none."""
        found = self.cleaned_data.get("version")
        return -1 if found is None else int(found)

    def data_of(self) -> ListData:
        """The values as the service takes them."""
        names = ("name", "description", "owner_id", "team_id", "shared")
        return ListData(**{name: self.cleaned_data[name] for name in names if name in self.cleaned_data})

    def put_errors(self, error: InvalidError) -> None:
        """The service's words beside the fields they are about."""
        for name, message in error.errors.items():
            self.add_error(name if name in self.fields else None, str(message))

    def renew(self, one: CustomerList | None) -> None:
        """Let the same form be sent again over what stands now."""
        self.data = {**{name: self.data[name] for name in self.data}, "version": str(one.version if one else 0)}


def initial_of(actor: Actor, one: CustomerList | None) -> dict[str, Any]:
    """A list as its form begins."""
    if one is None:
        return {"owner_id": actor.user_id}
    names = ("version", "name", "description", "owner_id", "team_id", "shared")
    return {name: getattr(one, name) for name in names}
