"""Which of two values stays, field by field, with a first choice and its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.models import Customer, CustomerKind

KEPT, GONE, BOTH = "kept", "gone", "both"
NAME = ("name", "honorific", "given_name", "family_name")
# Kept by the merge itself, or nothing that a person chooses.
_UNCHOSEN = {
    "id", "demo", "kind", "search_key", "sort_key", "created_at", "updated_at", "version",
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
    """A field whose two values differ. `chosen` is the first choice, "kept", "gone" or "both"; `why` its reason."""

    key: str
    label: Label
    kept: Any
    gone: Any
    chosen: str
    why: Label
    joinable: bool = False


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
            shown = (getattr(kept, field.name), getattr(gone, field.name))
            found.append(_choice(field, mine, theirs, shown, newer=_newer(kept, gone)))
    return found


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


def _choice(field: models.Field[Any, Any], mine: Any, theirs: Any, shown: tuple[Any, Any], *, newer: str) -> Choice:
    label = _LABELS.get(field.name, field.verbose_name)
    key = field.name
    if mine in ("", None) or theirs in ("", None):
        side = GONE if mine in ("", None) else KEPT
        return Choice(key, label, *shown, side, _("the other is empty"))
    if isinstance(field, models.TextField):
        return Choice(key, label, *shown, BOTH, _("nothing is lost"), joinable=True)
    if isinstance(mine, str) and len(fa_key(mine)) != len(fa_key(theirs)):
        side = GONE if len(fa_key(theirs)) > len(fa_key(mine)) else KEPT
        return Choice(key, label, *shown, side, _("the fuller one"))
    return Choice(key, label, *shown, newer, _("changed later"))


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
