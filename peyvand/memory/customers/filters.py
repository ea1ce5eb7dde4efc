"""A list's conditions as they stand in the address, for the screen, the export and the neighbours of a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from peyvand.foundation.fields import conditions
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.queries import fields_of
from peyvand.foundation.money.amounts import AmountError
from peyvand.foundation.money.parsing import parse_amount
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.asks import ME
from peyvand.memory.customers.fields import LISTED, RECORD
from peyvand.memory.customers.finding import searched
from peyvand.memory.customers.models import CustomerKind
from peyvand.memory.customers.queries import NEEDS_ATTENTION, ORDERS, CustomerFilter, in_order, with_touch, with_worth

VIEWS = ("all", "mine", "people", "organisations", "attention", "unowned")
TOUCHED = ("7", "30", "90", "180", "-30", "-90", "-180")
CONDITIONS = ("q", "touched", "from", "to")
LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """What an address asks for: the view, the conditions on top of it, and the order."""

    view: str
    order: str
    chosen: CustomerFilter
    given: Mapping[str, str]
    fields: Mapping[str, Field] = field(default_factory=dict)
    stated: tuple[conditions.Condition, ...] = ()  # on fields, as the address has them
    columns: tuple[str, ...] = LISTED
    said_columns: bool = False  # in the address
    demo: bool = False

    @property
    def sorted_by(self) -> tuple[Field, bool] | None:
        """The field that rows are sorted by, and whether falling; None for the orders that have a name of their own."""
        if self.order in ORDERS:
            return None
        return self.fields[self.order.removeprefix("-")], self.order.startswith("-")

    @property
    def query(self) -> dict[str, str]:
        """The address's parameters again, without those that say nothing."""
        view = {"view": self.view} if self.view != "all" else {}
        order = {"sort": self.order} if self.order != "name" else {}
        columns = {"columns": ",".join(self.columns)} if self.said_columns else {}
        return {**view, **self.given, **order, **columns}


def asked(
    *,
    actor: Actor,
    query: Mapping[str, str],
    currency: str,
    fields: Mapping[str, Field] | None = None,
    columns: Sequence[str] = (),
) -> Asked:
    """Read an address; what makes no sense in it, or asks for a field that is hidden, is left out.

    `fields` where they have been read already, `columns` where the reader has chosen some.
    """
    fields = fields_of(actor=actor, record=RECORD) if fields is None else fields
    query = _modern(query)
    view = query.get("view", "all")
    order = query.get("sort", "name")
    view = view if view in VIEWS else "all"
    given = {name: value for name in CONDITIONS if (value := _sensible(name, query.get(name, "").strip()))}
    found = conditions.of_query(fields, query)
    given |= {one.parameter: one.text for one in found}
    by = fields.get(order.removeprefix("-"))
    said = [name for name in query.get("columns", "").split(",") if name]
    shown = [name for name in dict.fromkeys(said or columns) if name in fields and fields[name].column]
    return Asked(
        view=view,
        order=order if order in ORDERS or (by is not None and by.sortable) else "name",
        chosen=_in_view(
            actor, view, replace(_conditions(actor, given, found, currency), searched=searched(fields.values()))
        ),
        given=given,
        fields=fields,
        stated=tuple(found),
        columns=tuple(shown) or tuple(name for name in LISTED if name in fields),
        said_columns=bool(said and shown),
        demo=actor.demo,
    )


# Names by which addresses, links and programs say conditions, besides those of the fields: field, operator.
NAMED = {"class": ("class", "any"), "owner": ("owner", "any"), "tag": ("tags", "any"), "city": ("city", "is"),
         "kind": ("kind", "any")}  # fmt: skip


def _modern(query: Mapping[str, str]) -> Mapping[str, str]:
    """The query with all of its conditions as the fields say them."""
    found = dict(query)
    for name, (about, operator) in NAMED.items():
        value = found.pop(name, "").strip()
        if value:
            text = "empty" if (name, value) == ("owner", "none") else f"{operator}:{value}"
            found.setdefault(f"{conditions.PARAMETER}{about}", text)
    return found


def _sensible(name: str, value: str) -> str:
    if name == "touched":
        return value if value in TOUCHED else ""
    if name in ("from", "to"):
        return value if _amount(value) is not None else ""
    return value[:LONGEST].replace("\x00", "")


def _amount(value: str) -> Decimal | None:
    if not value:
        return None
    try:
        return parse_amount(value)
    except AmountError:
        return None


def _conditions(
    actor: Actor, given: Mapping[str, str], found: Sequence[conditions.Condition], currency: str
) -> CustomerFilter:
    chosen = CustomerFilter(
        text=given.get("q", ""),
        touched=given.get("touched", ""),
        worth_from=_amount(given.get("from", "")),
        worth_to=_amount(given.get("to", "")),
        currency=currency,
    )
    rest = []
    for one in found:
        plain = _plainly(actor, one)
        if plain:
            chosen = replace(chosen, **plain)
        else:
            rest.append(one)
    return replace(chosen, conditions=tuple(rest))


def _plainly(actor: Actor, one: conditions.Condition) -> dict[str, Any]:
    """What a condition is among the plain ones of CustomerFilter, which indexes answer best; nothing for others."""
    name, single = one.field.name, one.values[0] if len(one.values) == 1 else ""
    if (name, one.operator) == ("class", "any"):
        return {"classes": one.values}
    if (name, one.operator) == ("owner", "empty"):
        return {"owner": "none"}
    if (name, one.operator) == ("city", "is") and single.upper() == single.lower():
        return {"city": single}
    if one.operator != "any" or not single:
        return {}
    if name == "owner":
        return {"owner": str(actor.user_id or 0) if single == ME else single}
    if name == "kind":
        return {"kind": single}
    return {"tag": int(single)} if name == "tags" else {}


def _in_view(actor: Actor, view: str, chosen: CustomerFilter) -> CustomerFilter:
    if view == "mine":
        return replace(chosen, view_owner=str(actor.user_id or 0))
    if view == "unowned":
        return replace(chosen, view_owner="none")
    if view == "people":
        return replace(chosen, view_kind=CustomerKind.PERSON.value)
    if view == "organisations":
        return replace(chosen, view_kind=CustomerKind.ORGANISATION.value)
    if view == "attention":
        return replace(chosen, view_classes=NEEDS_ATTENTION)
    return chosen


def ordered(found: CustomerQuerySet, wanted: Asked, currency: str) -> tuple[CustomerQuerySet, tuple[str, ...]]:
    """The rows with what their order needs, and the order."""
    by = wanted.sorted_by
    if by is not None:
        return in_order(found, field=by[0], falling=by[1])
    if wanted.order.endswith("value"):
        found = with_worth(found, currency=currency)
    elif wanted.order.endswith("touched"):
        found = with_touch(found, demo=wanted.demo)
    return found, ORDERS[wanted.order]
