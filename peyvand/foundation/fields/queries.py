"""What records consist of, for the one who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import JSONObject

from peyvand.foundation.accounts.queries import assignable
from peyvand.foundation.fields.declarations import PREFIX, Field, LazyChoices, MoreFields, RecordType
from peyvand.foundation.fields.kinds import ICONS, FieldKind, value_of
from peyvand.foundation.fields.models import CustomField, ListChoice, OfBusiness, SavedView, is_persian
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry


def record_type(name: str) -> RecordType:
    """The kind of record; UnknownNameError when no room declares it."""
    return registry.get(RecordType, name)


def custom_fields(*, actor: Actor, record: str, archived: bool = False) -> OfBusiness:
    """The fields added to a kind of record, in their order."""
    found = CustomField.objects.visible_to(actor).filter(record=record).order_by("position", "id")
    return found if archived else found.filter(archived=False)


def described(custom: CustomField, *, actor: Actor) -> Field:
    """A custom field as every field is described; of removed choices only those that are kept are read."""
    choices: Sequence[tuple[str, str]] = ()
    if custom.kind == FieldKind.COLLEAGUE:
        choices = LazyChoices(partial(assignable, actor=actor))
    elif custom.choices:
        first, second = ("fa", "en") if is_persian() else ("en", "fa")
        choices = tuple((one["key"], one.get(first) or one.get(second) or one["key"]) for one in custom.choices)
    return Field(
        name=f"{PREFIX}{custom.key}",
        label=custom.label,
        kind=custom.kind,
        icon=ICONS[custom.kind],
        edited=f"{PREFIX}{custom.key}",
        choices=choices,
        currency=custom.currency,
        help=custom.help,
        required=custom.required,
        sortable=custom.kind not in (FieldKind.LONG, FieldKind.CHOICES, FieldKind.COLLEAGUE),
    )


def customs(*, actor: Actor, record: str) -> list[Field]:
    """The custom fields in use that the actor may see, described; one query, one more for colleagues."""
    return [
        described(one, actor=actor)
        for one in custom_fields(actor=actor, record=record)
        if not actor.hides(f"{record}.{PREFIX}{one.key}")
    ]


def fields_of(*, actor: Actor, record: str) -> dict[str, Field]:
    """All fields of a kind of record that the actor may see, built-in ones first, by name."""
    return {one.name: one for one in (*_built_in(actor, record), *customs(actor=actor, record=record))}


def _built_in(actor: Actor, record: str) -> list[Field]:
    more = [one for found in registry.all(MoreFields) if found.record == record for one in found.fields(actor)]
    return [one for one in (*record_type(record).fields(actor), *more) if not actor.hides(f"{record}.{one.name}")]


def values_of(fields: Mapping[str, Field], custom: Mapping[str, object]) -> dict[str, object]:
    """The values of a record's `custom` in their types, by field name, of those fields only."""
    return {one.name: value_of(one, custom.get(one.key)) for one in fields.values() if one.custom}


@dataclass(frozen=True)
class Setup:
    """What a list is made of: all fields that the actor sees, the views they may open, and what they chose for it."""

    fields: dict[str, Field]
    views: list[SavedView]
    choice: ListChoice


def setup_of(*, actor: Actor, record: str) -> Setup:
    """All that a list page asks, in one query (colleagues and teams are read when somebody looks at them)."""
    rows = {
        CustomField: custom_fields(actor=actor, record=record).order_by(),
        SavedView: SavedView.objects.visible_to(actor).filter(record=record),
        ListChoice: ListChoice.objects.filter(
            Q(user_id=None) | Q(user_id=actor.user_id or 0), demo=actor.demo, record=record
        ),
    }
    parts = [
        found.values_list(Value(name), JSONObject(**{field.attname: field.attname for field in _plain(model)}))
        for name, (model, found) in enumerate(rows.items())
    ]
    read: dict[int, list[dict[str, object]]] = {0: [], 1: [], 2: []}
    for which, row in parts[0].union(*parts[1:], all=True):
        read[which].append(row)
    found = sorted((CustomField(**row) for row in read[0]), key=lambda one: (one.position, one.pk))
    customs_ = [described(one, actor=actor) for one in found if not actor.hides(f"{record}.{PREFIX}{one.key}")]
    choices = {choice.user_id: choice for choice in (ListChoice(**row) for row in read[2])}
    shared = choices.get(None, ListChoice())
    own = choices.get(actor.user_id, shared)
    choice = ListChoice(columns=own.columns or shared.columns, opens=own.opens or shared.opens, tabs=own.tabs)
    places = {name: place for place, name in enumerate(choice.tabs.split(","))}
    views = sorted(
        (SavedView(**row) for row in read[1]),
        key=lambda one: (places.get(str(one.pk), len(places)), one.position, one.pk),
    )
    return Setup({one.name: one for one in (*_built_in(actor, record), *customs_)}, views, choice)


def _plain(model: type[models.Model]) -> list[models.Field[Any, Any]]:
    return [field for field in model._meta.concrete_fields if field.attname != "created_at"]
