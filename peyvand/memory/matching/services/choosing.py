"""Which of two values stays, field by field, with a first choice and its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.fields.kinds import shown, value_of
from peyvand.foundation.fields.queries import custom_fields, described
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import fa_key
from peyvand.foundation.ui.formats import day
from peyvand.memory.customers.fields import LANGUAGES, RECORD
from peyvand.memory.customers.models import Customer, CustomerKind
from peyvand.memory.customers.stages import stage_choices

KEPT, GONE, BOTH = "kept", "gone", "both"
NAME = ("name", "honorific", "given_name", "family_name")
# Kept by the merge itself, or nothing that a person chooses.
_UNCHOSEN = {
    "id", "demo", "kind", "search_key", "sort_key", "custom_key", "created_at", "updated_at", "version",
    *NAME,
}  # fmt: skip
_LABELS: Mapping[str, Label] = {
    "name": _("Name"),
    "job_title": _("Job title"),
    "parent": _("Part of"),
    "city": _("City"),
    "country": _("Country"),
    "birth_date": _("Date of birth"),
    "language": _("Language"),
    "stage": _("Stage"),
    "source": _("Source"),
    "note": _("Note"),
    "owner": _("Owner"),
    "team": _("Team"),
}


@dataclass(frozen=True)
class Choice:
    """A field whose two values differ. `chosen` is the first choice, "kept", "gone" or "both"; `why` its reason.

    `kept` and `gone` are the values as they lie in the record, `kept_text` and `gone_text` as their reader reads them.
    """

    key: str
    label: Label
    kept: Any
    gone: Any
    chosen: str
    why: Label
    joinable: bool = False
    kept_text: str = ""
    gone_text: str = ""


def choices(kept: Customer, gone: Customer) -> list[Choice]:
    """The fields that differ, in the order of the form. Custom fields stand under "custom.<key>"."""
    found = [_name_choice(kept, gone)] if _whole_name(kept) != _whole_name(gone) else []
    for field in Customer._meta.concrete_fields:
        if field.name in _UNCHOSEN or (field.name == "parent" and kept.kind == CustomerKind.PERSON):
            continue
        mine, theirs = getattr(kept, field.attname), getattr(gone, field.attname)
        if isinstance(field, models.JSONField):
            found += _custom_choices(field.name, mine or {}, theirs or {}, newer=_newer(kept, gone))
        elif mine != theirs:
            found.append(_choice(field, mine, theirs, newer=_newer(kept, gone)))
    return found


def seen(*, actor: Actor, kept: Customer, gone: Customer) -> list[Choice]:
    """The same as the actor reads them; fields that are hidden from them are left out, and follow the first choice."""
    custom = {
        f"custom.{one.key}": described(one, actor=actor)
        for one in custom_fields(actor=actor, record=RECORD, archived=True)
    }
    found = []
    for one in choices(kept, gone):
        field = custom.get(one.key)
        if actor.hides(f"{RECORD}.{field.name if field else one.key}"):
            continue
        if field is not None:
            texts = [shown(field, value_of(field, value)) for value in (one.kept, one.gone)]
            found.append(replace(one, label=field.label, kept_text=texts[0], gone_text=texts[1]))
        else:
            texts = [_text(actor, one.key, side) for side in (kept, gone)]
            found.append(replace(one, kept_text=texts[0], gone_text=texts[1]))
    return found


def _text(actor: Actor, key: str, customer: Customer) -> str:
    """A built-in field of a customer as its reader reads it."""
    if key == "name":
        return _shown_name(customer)
    if key == "parent":
        parent = Customer.objects.visible_to(actor).filter(pk=customer.parent_id or 0).first()
        if parent is None:
            return gettext("an organisation that you don't see") if customer.parent_id else ""
        return parent.name
    value = getattr(customer, key)
    if isinstance(value, date):
        return day(value)
    if key == "stage":
        return str(dict(stage_choices(actor)).get(value, value))
    if key == "language":
        return str(dict(LANGUAGES).get(value, value))
    return str(value or "")


def values(kept: Customer, gone: Customer, chosen: Mapping[str, str]) -> dict[str, Any]:
    """The values that the one who stays gets, by column, from `chosen` ("kept", "gone", "both" by key).

    What is not among `chosen` follows the first choice.
    """
    given: dict[str, Any] = {}
    custom: dict[str, dict[str, Any]] = {}
    for one in choices(kept, gone):
        side = chosen.get(one.key, one.chosen)
        if side == KEPT or (side == BOTH and not one.joinable) or side not in (GONE, BOTH):
            continue
        if one.key == "name":
            given.update({name: getattr(gone, name) for name in NAME})
        elif "." in one.key:
            name, _dot, inner = one.key.partition(".")
            custom.setdefault(name, dict(getattr(kept, name) or {}))[inner] = one.gone
        elif side == BOTH:
            given[one.key] = _joined(one.kept, one.gone)
        else:
            field = Customer._meta.get_field(one.key)
            given[field.attname] = getattr(gone, field.attname)  # type: ignore[union-attr]
    return {**given, **custom}


def _whole_name(customer: Customer) -> tuple[str, ...]:
    return tuple(getattr(customer, name) for name in NAME)


def _newer(kept: Customer, gone: Customer) -> str:
    return GONE if gone.updated_at > kept.updated_at else KEPT


def _name_choice(kept: Customer, gone: Customer) -> Choice:
    longer = GONE if len(fa_key(gone.name)) > len(fa_key(kept.name)) else KEPT
    return Choice("name", _LABELS["name"], _shown_name(kept), _shown_name(gone), longer, _("the fuller one"))


def _shown_name(customer: Customer) -> str:
    if customer.honorific and not customer.name.startswith(customer.honorific):
        return f"{customer.honorific} {customer.name}"
    return customer.name


def _choice(field: models.Field[Any, Any], mine: Any, theirs: Any, *, newer: str) -> Choice:
    label = _LABELS.get(field.name, field.verbose_name)
    key = field.name
    if mine in ("", None) or theirs in ("", None):
        side = GONE if mine in ("", None) else KEPT
        return Choice(key, label, mine, theirs, side, _("the other is empty"))
    if isinstance(field, models.TextField):
        return Choice(key, label, mine, theirs, BOTH, _("nothing is lost"), joinable=True)
    if isinstance(mine, str) and len(fa_key(mine)) != len(fa_key(theirs)):
        side = GONE if len(fa_key(theirs)) > len(fa_key(mine)) else KEPT
        return Choice(key, label, mine, theirs, side, _("the fuller one"))
    return Choice(key, label, mine, theirs, newer, _("changed later"))


def _custom_choices(name: str, mine: Mapping[str, Any], theirs: Mapping[str, Any], *, newer: str) -> list[Choice]:
    found = []
    for key in dict.fromkeys([*mine, *theirs]):
        first, second = mine.get(key), theirs.get(key)
        if first == second:
            continue
        empty: tuple[Any, ...] = (None, "", [], {})
        if first in empty or second in empty:
            side, why = (GONE if first in empty else KEPT), _("the other is empty")
        else:
            side, why = newer, _("changed later")
        found.append(Choice(f"{name}.{key}", key, first, second, side, why))
    return found


def _joined(first: str, second: str) -> str:
    """Both texts; one that holds the other stands for both."""
    if second in first:
        return first
    return second if first in second else f"{first}\n\n{second}"
