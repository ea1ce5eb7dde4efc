"""Customers found by what stands in their custom fields, as an economic code or a number of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from django.db.models import Q

from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.fields.queries import customs
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.digits import latin_digits
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.models import Customer

SEARCHED = (FieldKind.TEXT, FieldKind.EMAIL, FieldKind.PHONE, FieldKind.NUMBER)
SHORTEST = 3  # letters; of fewer an index of trigrams knows nothing


def searched(fields: Iterable[Field]) -> tuple[str, ...]:
    """The keys of the custom fields whose values a search looks through."""
    return tuple(one.key for one in fields if one.custom and one.kind in SEARCHED)


def by_custom(*, actor: Actor, text: str, keys: Sequence[str] | None = None) -> CustomerQuerySet | None:
    """Those of the actor's business who have the text in one of these fields; None where nobody has.

    The fields are those that the actor sees (`keys`, where they have been read already). One quick question tells
    whether there is anybody at all, so that a search by name stays as quick as it is without custom fields.
    """
    words = _wanted(text)
    if not words:
        return None
    if keys is None:
        keys = searched(customs(actor=actor, record=RECORD))
    if not keys:
        return None
    fields = "|".join(keys)
    found = Q()
    for word in words:
        # The first condition is for the index, the second says in which fields.
        line = rf"(?n)^(?:{fields})=.*{re.escape(word)}"
        found |= Q(custom_key__contains=word) & Q(custom_key__regex=line)
    rows = Customer.objects.filter(found, demo=actor.demo).order_by()
    return rows if rows.exists() else None


def _wanted(text: str) -> list[str]:
    """What to look for: the text as its key, and a number without what people put between its digits."""
    key = fa_key(text)
    plain = latin_digits(text)
    words = [key]
    if re.fullmatch(r"[\d\s+()\-./]+", plain):
        words.append(re.sub(r"\D", "", plain).lstrip("0"))
    return [word for word in dict.fromkeys(words) if len(word) >= SHORTEST]
