"""What is known of customers under names: which names there are, how a value reads, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import gettext, pgettext

from peyvand.foundation.fields import kinds
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.formats import number
from peyvand.memory.customers import access
from peyvand.memory.customers.declarations import TraitKind
from peyvand.memory.customers.fields import TRAIT
from peyvand.memory.customers.models import Trait
from peyvand.memory.customers.services.traits import API, IMPORT, SAID, STAFF

PREFIX = TRAIT
MOST_NAMES = 200


@dataclass(frozen=True)
class TraitName:
    """A name under which something is known of somebody: how it is labelled and of what kind its values are."""

    name: str
    label: Label
    kind: str
    currency: str = ""
    choices: tuple[tuple[str, Label], ...] = ()
    said: bool = True  # by people; otherwise it is computed

    @property
    def field(self) -> Field:
        """As every field is described."""
        return Field(
            f"{PREFIX}{self.name}", self.label, self.kind, "bulb", currency=self.currency, choices=self.choices,
            hideable=False,
        )  # fmt: skip


def kind_of(name: str) -> TraitKind | None:
    """What a room has declared of traits of this name."""
    if registry.has(TraitKind, name):
        return registry.get(TraitKind, name)
    families = [one for one in registry.all(TraitKind) if one.family and name.startswith(f"{one.name}.")]
    return max(families, key=lambda one: len(one.name)) if families else None


def described(name: str, *, numeric: bool, currency: str, said: bool) -> TraitName:
    """A name as it is read: with its room's words, else with its own."""
    known = kind_of(name)
    if known is None:
        kind = FieldKind.MONEY if numeric and currency else FieldKind.NUMBER if numeric else FieldKind.TEXT
        return TraitName(name, name, kind, currency, said=said)
    label: Label = known.label if name == known.name else f"{known.label} ({name.removeprefix(known.name)[1:]})"
    return TraitName(name, label, known.kind, currency, tuple(known.choices), said=known.said)


_NAMES = """
WITH RECURSIVE names AS (
  (SELECT name FROM customers_trait WHERE demo = %(demo)s ORDER BY name LIMIT 1)
  UNION ALL
  SELECT (SELECT name FROM customers_trait WHERE demo = %(demo)s AND name > n.name ORDER BY name LIMIT 1)
    FROM names n WHERE n.name IS NOT NULL
)
SELECT n.name, t.number IS NOT NULL, t.currency, t.source FROM names n JOIN LATERAL (
  SELECT number, currency, source FROM customers_trait WHERE demo = %(demo)s AND name = n.name
  ORDER BY text, customer_id LIMIT 1
) t ON true WHERE n.name IS NOT NULL LIMIT %(most)s
"""  # in the order of customers_trait_text, else the planner reads the table for the first row of a common name


def names(*, actor: Actor) -> list[TraitName]:
    """The names under which anything is known in the business one looks at, found by steps in the index."""
    if not actor.may(access.VIEW):
        return []
    with connection.cursor() as cursor:
        cursor.execute(_NAMES, {"demo": actor.demo, "most": MOST_NAMES})
        unseen = access.unseen_traits(actor)
        return [
            described(name, numeric=numeric, currency=currency, said=source in SAID)
            for name, numeric, currency, source in cursor.fetchall()
            if name not in unseen
        ]


def value_of(trait: Trait, known: TraitName) -> Any:
    """A trait's value in its type, as kinds.shown takes it."""
    if known.kind == FieldKind.YESNO:
        return bool(trait.number) if trait.number is not None else trait.text == "true"
    if trait.number is not None:
        return trait.number.normalize()
    return kinds.value_of(known.field, trait.text) if known.kind == FieldKind.DATE else trait.text or None


def words_of(trait: Trait) -> str:
    """A trait's value as its reader reads it."""
    known = described(trait.name, numeric=trait.number is not None, currency=trait.currency, said=trait.source in SAID)
    value = value_of(trait, known)
    if known.kind == FieldKind.NUMBER and isinstance(value, Decimal):
        return number(value)
    return kinds.shown(known.field, value)


def label_of(trait: Trait) -> Label:
    """What a trait is called."""
    return described(trait.name, numeric=False, currency="", said=False).label


def source_words(trait: Trait) -> str:
    """Who says so."""
    if trait.source == STAFF:
        return trait.by_name or gettext("A colleague")
    if trait.source == IMPORT:
        return gettext("Import")
    if trait.source == API:
        return gettext("Another program")
    return pgettext("trait", "computed")
