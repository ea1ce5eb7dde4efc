"""What is known of customers under names, as fields of their list: shown, asked for and sorted by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from django.db.models import OuterRef, Q, Subquery
from django.db.models.expressions import Combinable

from peyvand.foundation.accounts import settings
from peyvand.foundation.fields.conditions import Condition, compared
from peyvand.foundation.fields.declarations import Field, MoreFields
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.fields.sorting import as_people_sort
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.fields import RECORD
from peyvand.memory.customers.models import Trait
from peyvand.memory.customers.queries import CLASS, WORTH
from peyvand.memory.customers.traits import TraitName, described, kind_of, names

OF_THEIR_OWN = (CLASS, WORTH)  # which the list has as fields already
SEPARATOR = ","  # of columns in an address
# A condition that says of whom it does not hold, by the one that says of whom it does.
_NEGATED: Mapping[str, str] = {"not": "is", "none": "any", "notlast": "last", "no": "yes", "empty": "filled"}


def trait_fields(actor: Actor) -> Sequence[Field]:
    """A field for each name under which anything is known; nobody types into them."""
    return tuple(
        replace(one.field, sortable=True, asks=partial(_holds, actor, one.name), order=partial(_order, one))
        for one in names(actor=actor)
        if one.name not in OF_THEIR_OWN and SEPARATOR not in one.name
    )


def absent(actor: Actor, name: str, kind: str = "") -> Field | None:
    """The field of a trait that nobody has at the moment; None where no room declares it and no `kind` is given."""
    known = described(name, numeric=False, currency="", said=not kind_of(name))
    if kind_of(name) is None:
        if not kind:
            return None
        known = replace(known, kind=kind)
    elif known.kind == FieldKind.MONEY:
        known = replace(known, currency=settings.text("default_currency"))
    return replace(known.field, asks=partial(_holds, actor, name))


def worth_field(actor: Actor, field: Field) -> Field:
    """The list's field of revenue, to be asked for in the currency that most revenue of the business is in."""
    known = next((one for one in names(actor=actor) if one.name == WORTH), None)
    currency = known.currency if known is not None else ""
    return replace(field, condition=True, currency=currency, asks=partial(_holds, actor, WORTH))


def _column(kind: str) -> str:
    return "number" if kind in (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.YESNO) else "text"


def _holds(actor: Actor, name: str, condition: Condition) -> Q:
    found = Trait.objects.filter(demo=actor.demo, name=name)
    if condition.field.currency and condition.values:
        found = found.filter(currency=condition.field.currency)  # amounts of others are no match, whatever they are
    operator = _NEGATED.get(condition.operator, condition.operator)
    if operator == "yes":
        found = found.filter(Q(number__gt=0) | Q(text="true"))
    elif operator != "filled":
        found = found.filter(compared(replace(condition, operator=operator), _column(condition.field.kind)))
    those = Q(pk__in=found.values("customer_id"))
    return ~those if condition.operator in _NEGATED else those


def _order(one: TraitName) -> Combinable:
    column = _column(one.kind)
    of = Trait.objects.filter(customer=OuterRef("pk"), name=one.name)
    value = Subquery(of.values(column)[:1])
    return as_people_sort(value) if column == "text" else value


TRAIT_FIELDS = MoreFields("customers.traits", record=RECORD, fields=trait_fields)
