"""What higher rooms declare to this one."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from peyvand.foundation.registry.actor import Actor


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
