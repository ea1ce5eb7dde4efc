"""A list's conditions as they stand in the address, for the screen, the export and the neighbours of a record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from peyvand.foundation.fields import conditions
from peyvand.foundation.fields.declarations import Field
from peyvand.foundation.fields.queries import fields_of
from peyvand.foundation.money.amounts import AmountError
from peyvand.foundation.money.parsing import parse_amount
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import CLASSES
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.fields import LISTED, RECORD
from peyvand.memory.customers.models import CustomerKind
from peyvand.memory.customers.queries import NEEDS_ATTENTION, ORDERS, CustomerFilter, in_order, with_touch, with_worth

VIEWS = ("all", "mine", "people", "organisations", "attention", "unowned")
TOUCHED = ("7", "30", "90", "180", "-30", "-90", "-180")
CONDITIONS = ("q", "class", "owner", "tag", "city", "kind", "touched", "from", "to")
LONGEST = 200


@dataclass(frozen=True)
class Asked:
    """What an address asks for: the view, the conditions on top of it, and the order."""

    view: str
    order: str
    chosen: CustomerFilter
    given: Mapping[str, str]
    fields: Mapping[str, Field] = field(default_factory=dict)
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
    view = query.get("view", "all")
    order = query.get("sort", "name")
    view = view if view in VIEWS else "all"
    given = {name: value for name in CONDITIONS if (value := _sensible(name, query.get(name, "").strip()))}
    for name in [name for name in given if actor.hides(f"{RECORD}.{name}")]:
        del given[name]
    found = conditions.of_query(fields, query)
    given |= {one.parameter: one.text for one in found}
    by = fields.get(order.removeprefix("-"))
    said = [name for name in query.get("columns", "").split(",") if name]
    shown = [name for name in dict.fromkeys(said or columns) if name in fields and fields[name].column]
    return Asked(
        view=view,
        order=order if order in ORDERS or (by is not None and by.sortable) else "name",
        chosen=_in_view(actor, view, replace(_conditions(actor, given, currency), conditions=tuple(found))),
        given=given,
        fields=fields,
        columns=tuple(shown) or tuple(name for name in LISTED if name in fields),
        said_columns=bool(said and shown),
        demo=actor.demo,
    )


def _sensible(name: str, value: str) -> str:
    if name == "class":
        return ",".join(code for code in value.split(",") if code in CLASSES)
    if name == "owner":
        return value if value in ("none", "me") or _is_id(value) else ""
    if name == "tag":
        return value if _is_id(value) else ""
    if name == "kind":
        return value if value in CustomerKind.values else ""
    if name == "touched":
        return value if value in TOUCHED else ""
    if name in ("from", "to"):
        return value if _amount(value) is not None else ""
    return value[:LONGEST].replace("\x00", "")


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19


def _amount(value: str) -> Decimal | None:
    if not value:
        return None
    try:
        return parse_amount(value)
    except AmountError:
        return None


def _conditions(actor: Actor, given: Mapping[str, str], currency: str) -> CustomerFilter:
    owner = given.get("owner", "")
    if owner == "me":
        owner = str(actor.user_id or 0)
    return CustomerFilter(
        text=given.get("q", ""),
        kind=given.get("kind", ""),
        classes=tuple(given["class"].split(",")) if given.get("class") else (),
        owner=owner,
        tag=int(given["tag"]) if given.get("tag") else None,
        city=given.get("city", ""),
        touched=given.get("touched", ""),
        worth_from=_amount(given.get("from", "")),
        worth_to=_amount(given.get("to", "")),
        currency=currency,
    )


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
