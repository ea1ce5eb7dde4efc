"""What staff type about a customer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms import BoundField
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.queries import assignable, team_choices
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.forms import ValueField, form_fields
from peyvand.foundation.fields.kinds import typed, value_of
from peyvand.foundation.fields.queries import customs
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.fields import DateField, SearchSelect
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.fields import LANGUAGES, RECORD
from peyvand.memory.customers.models import Customer, CustomerKind, Identity, IdentityKind
from peyvand.memory.customers.stages import stage_choices

TAG_SEPARATORS = str.maketrans({"،": ",", ";": ",", "؛": ","})


class CustomerForm(forms.Form):
    """A person, or an organisation, by `kind`. Lengths and sense are checked by the services; their words come back."""

    honorific = forms.CharField(label=_("Honorific"), required=False)
    given_name = forms.CharField(label=_("Given name"), required=False)
    family_name = forms.CharField(label=_("Family name"), required=False)
    name = forms.CharField(label=_("Name"), required=False)
    job_title = forms.CharField(label=_("Job"), required=False)
    city = forms.CharField(label=_("City"), required=False)
    country = forms.CharField(label=_("Country"), required=False)
    birth_date = DateField(label=_("Date of birth"), required=False)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False, choices=[("", "–"), *LANGUAGES])
    tags = forms.CharField(label=_("Tags"), required=False, help_text=_("With a comma between them."))
    owner_id = forms.TypedChoiceField(
        label=_("Owner"), required=False, coerce=int, empty_value=None, widget=SearchSelect
    )
    team_id = forms.TypedChoiceField(label=_("Team"), required=False, coerce=int, empty_value=None)
    note = forms.CharField(
        label=_("About them"), required=False, widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("What everyone who meets them should know."),
    )  # fmt: skip

    def __init__(self, *args: Any, actor: Actor, kind: str, customer: Customer | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nobody = [("", gettext("Nobody"))]
        owners = assignable(actor=actor)
        if customer is not None and customer.owner is not None and customer.owner_id not in dict(owners):
            owners.append((customer.owner.pk, customer.owner.name))
        teams = team_choices(actor=actor)
        stages = stage_choices(actor)
        now = [row for row in stages if customer is not None and row[0] == customer.stage]
        self.fields["stage"].choices = [("", "–"), *dict.fromkeys([*stages.offered(), *now])]  # type: ignore[attr-defined]
        self.fields["owner_id"].choices = [*nobody, *owners]  # type: ignore[attr-defined]
        self.fields["team_id"].choices = [("", gettext("No team")), *teams]  # type: ignore[attr-defined]
        if not teams and not (customer and customer.team_id):
            del self.fields["team_id"]
        dropped = ("honorific", "given_name", "family_name", "job_title", "birth_date")
        for name in dropped if kind == CustomerKind.ORGANISATION else ("name",):
            del self.fields[name]
        if kind == CustomerKind.ORGANISATION:
            self.fields["name"].required = True
            self.fields["name"].error_messages["required"] = gettext("Type the organisation's name.")
        self.kind = kind
        for name in [name for name in self.fields if actor.hides(f"{RECORD}.{name}")]:
            del self.fields[name]
        self.custom = customs(actor=actor, record=RECORD)
        self.fields.update(form_fields(self.custom))

    def custom_rows(self) -> list[BoundField]:
        """The custom fields as they stand in the form."""
        return [self[one.name] for one in self.custom]

    def values(self) -> dict[str, Any]:
        """The fields by the services' names; tags as a list, custom fields by key."""
        found = {**self.cleaned_data, "kind": self.kind}
        found["custom"] = {one.key: value_of(one, found.pop(one.name, None)) for one in self.custom}
        found["tags"] = [part.strip() for part in found["tags"].translate(TAG_SEPARATORS).split(",") if part.strip()]
        return found


class ValueForm(forms.Form):
    """One value of a field, as a cell of the list or a bulk change asks for it; kept as kinds.kept says."""

    def __init__(self, *args: Any, field: Field, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["value"] = ValueField(replace(field, required=False))
        now = str((self.initial or {}).get("value", ""))
        widget = self.fields["value"].widget
        if isinstance(widget, forms.Select) and now and now not in dict(field.offered):
            widget.choices = [*widget.choices, *(row for row in field.choices if row[0] == now)]
        self.fields["value"].widget.attrs["aria-label"] = str(field.label)


def initial_of(customer: Customer, *, tags: list[str], custom: Sequence[Field]) -> dict[str, Any]:
    """A customer as the form begins."""
    names = (
        "honorific", "given_name", "family_name", "name", "job_title", "city", "country", "birth_date", "stage",
        "language", "owner_id", "team_id", "note",
    )  # fmt: skip
    values = {one.name: typed(one, value_of(one, customer.custom.get(one.key))) for one in custom}
    return {**{name: getattr(customer, name) for name in names}, **values, "tags": gettext(", ").join(tags)}


@dataclass(frozen=True)
class IdentityRow:
    """A line of the identities, as typed, with what is wrong with it. `id` is that of one that is there already."""

    kind: str = IdentityKind.PHONE
    value: str = ""
    system: str = ""
    label: str = ""
    id: int | None = None
    error: str = ""

    @property
    def by_hand(self) -> bool:
        """Whether people type it; what a browser is known by is only shown."""
        return self.kind != IdentityKind.VISITOR

    @property
    def plain(self) -> list[str]:
        """What is compared, to know whether somebody has changed it."""
        return [str(self.kind), self.value, self.system, self.label]


COLUMNS = ("id", "kind", "value", "system", "label")


def rows_of(post: QueryDict) -> list[IdentityRow]:
    """The lines that say something, and those of identities that are there, which an emptied line takes away."""
    columns = {name: post.getlist(f"identity-{name}") for name in COLUMNS}
    rows = []
    for place, kind in enumerate(columns["kind"]):
        said = {name: (found[place].strip() if place < len(found) else "") for name, found in columns.items()}
        row_id = int(said["id"]) if said["id"].isdecimal() and len(said["id"]) < 19 else None
        if said["value"] or row_id is not None:
            rows.append(IdentityRow(kind, said["value"], said["system"], said["label"], row_id))
    return rows


def row_of(identity: Identity) -> IdentityRow:
    """A kept identity as a line of the form."""
    return IdentityRow(identity.kind, identity.value, identity.system, identity.label, identity.pk)


def data_of(rows: Sequence[IdentityRow]) -> list[IdentityData]:
    """The lines as the services take them; a system is asked of messengers and codes only."""
    with_system = (IdentityKind.MESSENGER, IdentityKind.EXTERNAL)
    return [
        IdentityData(
            kind=row.kind, value=row.value, system=row.system if row.kind in with_system else "", label=row.label,
            id=row.id,
        )
        for row in rows
    ]  # fmt: skip


def put_errors(form: CustomerForm, rows: list[IdentityRow], errors: Mapping[str, Any]) -> list[IdentityRow]:
    """The services' words beside the fields they are about; gives the lines with theirs."""
    said = {}
    for name, message in errors.items():
        if name.startswith("identities."):
            said[int(name.split(".")[1])] = str(message)
        elif name in form.fields:
            form.add_error(name, str(message))
        elif name == "name" and "family_name" in form.fields:
            form.add_error("family_name", str(message))
        else:
            form.add_error(None, str(message))
    return [replace(row, error=said.get(at, "")) for at, row in enumerate(rows)]
