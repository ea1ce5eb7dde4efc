"""What higher rooms declare to this one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from peyvand.foundation.fields.declarations import Field


@dataclass(frozen=True)
class RedirectLookup:
    """Where a record that is no more went: `function(actor, customer_id)` gives the id of another, or None."""

    name: str
    function: Callable[[Actor, int], int | None]


@dataclass(frozen=True)
class FormerRecords:
    """Records that went into another: `function(customer_id)` gives their ids, and the names that they had."""

    name: str
    function: Callable[[int], Collection[tuple[int, str]]]


@dataclass(frozen=True)
class TraitKind:
    """A trait that a room computes, as people read it: `name` is that of the trait, `kind` a fields.kinds.FieldKind.

    `choices` are (value, label) of its text. `family`: it stands for all names that begin with it and a dot, as
    "value.revenue" for the revenue in each further currency. Nobody writes such a trait by hand, unless it is `said`: a
    name that a room reads, and that people say. With a `permission` only those who have it see the trait.
    """

    name: str
    label: Label
    kind: str = "text"
    choices: Sequence[tuple[str, Label]] = ()
    family: bool = False
    said: bool = False
    permission: str = ""


@dataclass(frozen=True)
class ListAction:
    """Something that a higher room does to the customers who are ticked in the list.

    `url_name` is posted to, with the list's query in the address: `ids` of the ticked, or `everyone` = "1" for all that
    the conditions give. It answers with a page of its own, or back to the list.
    """

    name: str
    label: Label
    icon: str
    url_name: str
    permission: str
    order: int = 0


@dataclass(frozen=True)
class Behaviour:
    """Something that customers do or that is done with them, of which audiences ask how often and when.

    `rows(demo)` gives a row for each time, with the column `customer_id` and the moment `at`. `fields(actor)` are what
    a time can be asked for, with paths and `asks` on those rows; a field that looks into parts of it, as the lines of
    an order, must not multiply rows. `label` is a noun ("Order"), `did` and `did_not` go on in a sentence ("ordered").
    `amount` and `currency` are columns with minor units and their currency, where there is something to add up. Who
    lacks `permission` neither asks for it nor reads what others asked.
    """

    name: str
    label: Label
    did: Label
    did_not: Label
    icon: str
    permission: str
    rows: Callable[[bool], QuerySet[Any, Any]]
    fields: Callable[[Actor], Sequence[Field]]
    amount: str = ""
    currency: str = ""
    order: int = 0


@dataclass(frozen=True)
class ConditionsAction:
    """What else can be made of the conditions of the customers' list: a page that takes the list's address as its own
    query.
    """

    name: str
    label: Label
    icon: str
    url_name: str
    permission: str
    order: int = 0
