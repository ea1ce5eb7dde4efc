"""A list's conditions as they stand in the address, for the screen, the export and the neighbours of a record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from peyvand.foundation.money.amounts import AmountError
from peyvand.foundation.money.parsing import parse_amount
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import CLASSES
from peyvand.memory.customers.models import CustomerKind
from peyvand.memory.customers.queries import NEEDS_ATTENTION, ORDERS, CustomerFilter

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

    @property
    def query(self) -> dict[str, str]:
        """The address's parameters again, without those that say nothing."""
        view = {"view": self.view} if self.view != "all" else {}
        order = {"sort": self.order} if self.order != "name" else {}
        return {**view, **self.given, **order}


def asked(*, actor: Actor, query: Mapping[str, str], currency: str) -> Asked:
    """Read an address; what makes no sense in it is left out."""
    view = query.get("view", "all")
    order = query.get("sort", "name")
    view = view if view in VIEWS else "all"
    given = {name: value for name in CONDITIONS if (value := _sensible(name, query.get(name, "").strip()))}
    return Asked(
        view=view,
        order=order if order in ORDERS else "name",
        chosen=_in_view(actor, view, _conditions(actor, given, currency)),
        given=given,
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
