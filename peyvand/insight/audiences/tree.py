"""What an audience asks, read: a tree whose leaves are conditions on fields, on behaviour, on other audiences.

As kept, and as the screen and programs send it (docs/audiences.md):

group       {"all" | "any" | "none": [node, …]}, at most two groups deep inside the first
field       {"field": name, "operator": operator, "values": [text, …]}, as foundation.fields.conditions.made takes them
behaviour   {"did": name, "of": [field, …], "count": {"operator": "least" | "most" | "is", "n": 2}, "within": within,
            "not": false}; in place of "count" may stand "spent": {"operator": "least" | "most", "amount": "100.5",
            "currency": "EUR"}, in whole units
within      {} | {"last": days} | {"from": day, "to": day} (ISO, either may be left out, both count in)
            | {"since": "nowruz" | "yalda" | "year" | "season" | "month"}, of the workspace's calendar; Nowruz and
            Yalda (30 Azar) are always Jalali
membership  {"audience": id, "in": true | false}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Literal, TypeAlias

from peyvand.foundation.fields.conditions import Condition
from peyvand.memory.customers.declarations import Behaviour

MOST_LEAVES = 40
DEEPEST = 2
Way = Literal["all", "any", "none"]
PERIODS = ("nowruz", "yalda", "year", "season", "month")


@dataclass(frozen=True)
class FieldLeaf:
    """A condition on a field of the customer."""

    condition: Condition


@dataclass(frozen=True)
class Within:
    """When: `last` so many whole days and today, from and to a day (both count in), or since a period began."""

    last: int | None = None
    first: date | None = None
    until: date | None = None
    since: str = ""

    @property
    def ever(self) -> bool:
        """Whether any time will do."""
        return self == Within()


@dataclass(frozen=True)
class BehaviourLeaf:
    """Somebody did something so often (`n` times) or for so much (`amount` whole units of `currency`), or did not."""

    behaviour: Behaviour
    of: tuple[Condition, ...] = ()
    operator: str = "least"
    n: int = 1
    amount: Decimal | None = None
    currency: str = ""
    within: Within = Within()
    negated: bool = False


@dataclass(frozen=True)
class MembershipLeaf:
    """Somebody is in another audience, or is not."""

    audience: int
    inside: bool
    name: str


@dataclass(frozen=True)
class MinedLeaf:
    """Somebody is in a group that prediction found among the buyers of one currency; groups count from 0."""

    currency: str
    group: int


@dataclass(frozen=True)
class UnreadLeaf:
    """A condition that could not be read: why, and whether because it asks for what is kept from the reader."""

    words: str
    hidden: bool


Leaf: TypeAlias = FieldLeaf | BehaviourLeaf | MembershipLeaf | MinedLeaf | UnreadLeaf


@dataclass(frozen=True)
class Group:
    """All of its nodes hold, any of them, or none."""

    way: Way
    nodes: tuple[Node, ...]


Node: TypeAlias = Leaf | Group


@dataclass(frozen=True)
class Tree:
    """A tree that was read; `kept` is it again as it is kept, with everything relative to its author replaced."""

    root: Group
    kept: Mapping[str, Any]

    def leaves(self) -> Iterator[tuple[tuple[int, ...], Leaf]]:
        """Every leaf with the way to it, in order."""
        yield from _leaves(self.root, ())

    @property
    def within(self) -> tuple[int, ...]:
        """The audiences that it asks for."""
        return tuple(dict.fromkeys(leaf.audience for _p, leaf in self.leaves() if isinstance(leaf, MembershipLeaf)))


def _leaves(group: Group, place: tuple[int, ...]) -> Iterator[tuple[tuple[int, ...], Leaf]]:
    for number, node in enumerate(group.nodes):
        if isinstance(node, Group):
            yield from _leaves(node, (*place, number))
        else:
            yield (*place, number), node
