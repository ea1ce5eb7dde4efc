"""Which fields are asked of whom, and what was answered: conditions, what is known already, reading."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext

from peyvand.channels.forms import kinds
from peyvand.channels.forms.errors import InvalidError
from peyvand.channels.forms.kinds import WORDS_ONLY, Type
from peyvand.channels.forms.structure import CUSTOM, FormField, Structure, When
from peyvand.foundation.fields.errors import ValueRefusedError
from peyvand.foundation.registry.declarations import Label
from peyvand.memory.customers.models import Customer, Identity


def met(when: When | None, answers: Mapping[str, Any]) -> bool:
    """Whether a field is asked, by what was answered before it."""
    if when is None:
        return True
    said = kinds.compared(answers.get(when.field))
    if when.op == "filled":
        return bool(said)
    if when.op == "empty":
        return not said
    return (when.value in said) == (when.op == "is")


def known_of(customer: Customer | None) -> frozenset[str]:
    """The fields of a customer that have a value already, as `map` names them."""
    if customer is None:
        return frozenset()
    plain = ("name", "given_name", "family_name", "honorific", "job_title", "city", "country", "birth_date")
    found = {name for name in plain if getattr(customer, name)}
    found |= {f"{CUSTOM}{key}" for key, value in customer.custom.items() if value not in (None, "", [])}
    return frozenset(found | set(Identity.objects.filter(customer=customer).values_list("kind", flat=True)))


def asked(structure: Structure, *, known: Collection[str] = ()) -> set[str]:
    """The keys of the fields that are asked. What is known is not asked again; those kept for later take the room."""
    room = sum(1 for one in structure.fields if one.map in known and one.map and not one.later)
    chosen: set[str] = set()
    for one in structure.fields:
        if one.map and one.map in known:
            continue
        if one.later:
            if room <= 0:
                continue
            room -= 1
        chosen.add(one.key)
    return chosen


@dataclass
class Read:
    """What was answered, and what is wrong with it, by field key."""

    answers: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, Label] = field(default_factory=dict)


def read_all(
    structure: Structure, given: Mapping[str, Any], *, language: str, chosen: Collection[str],
    uploads: Mapping[str, Any], source: Mapping[str, str],
) -> Read:  # fmt: skip
    """The answers to the fields that are asked; unknown names are passed over, as is what a condition rules out."""
    found = Read()
    for one in structure.fields:
        if one.type in WORDS_ONLY or one.key not in chosen or not met(one.when, found.answers):
            continue
        if one.type == Type.FILE:
            value: Any = [{"name": upload.name} for upload in uploads.get(one.key, ())] or None
        elif one.type == Type.HIDDEN:
            value = kinds.read(one, source.get(one.source) or one.default, language=language)
        else:
            value = _read(one, given.get(one.key), language, found)
        if value is not None:
            found.answers[one.key] = value
        elif one.required and one.key not in found.errors:
            found.errors[one.key] = _missing(one)
    return found


def _read(one: FormField, raw: Any, language: str, found: Read) -> Any:
    try:
        return kinds.read(one, raw, language=language)
    except ValueRefusedError as error:
        found.errors[one.key] = str(error)
        return None


def _missing(one: FormField) -> str:
    if one.type == Type.CONSENT:
        return gettext("This can't go without your consent.")
    if one.type in (*kinds.WITH_CHOICES, *kinds.STEPS, Type.YESNO):
        return gettext("Choose an answer.")
    return gettext("This is needed.")


def refuse(read: Read) -> None:
    """InvalidError where something can't be taken."""
    if read.errors:
        raise InvalidError(read.errors)
