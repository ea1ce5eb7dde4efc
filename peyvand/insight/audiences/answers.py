"""What the reads of audiences answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True)
class Size:
    """How many customers, of those whom the reader sees, are within `of`; where `approximate`, from a sample.

    `after[i]` is how many are left after the i-th condition of the first group: of "all" and "none" after this one and
    those before it, of "any" those whom it or one before it holds.
    """

    count: int
    of: int
    approximate: bool
    after: tuple[int, ...] = ()


@dataclass(frozen=True)
class Reach:
    """How many of them may be written to over a channel, by what they allowed."""

    channel: str
    label: str
    icon: str
    count: int
    approximate: bool


@dataclass(frozen=True)
class Reason:
    """A condition, or a group of them (`parts`), said for one customer: whether it holds, and what is known of it."""

    said: str
    holds: bool
    detail: str = ""
    way: str = ""  # of a group: all, any, none
    parts: tuple[Reason, ...] = ()


@dataclass(frozen=True)
class Why:
    """Why somebody is in an audience or out of it. `since` when they came in; `frozen`: its members stay who they were,
    whatever its conditions say today.
    """

    inside: bool
    since: datetime | None
    tree: Reason
    frozen: bool = False


@dataclass(frozen=True)
class Worth:
    """Customers of one side of a comparison, and what they brought: sums by currency, in whole units."""

    count: int
    revenue: dict[str, Decimal]
    lifetime: dict[str, Decimal]


@dataclass(frozen=True)
class Comparison:
    """Two audiences or snapshots, of those customers whom the reader sees."""

    a: Worth
    b: Worth
    both: int
    only_a: int
    only_b: int
