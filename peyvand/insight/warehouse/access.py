"""Who may look at single rows of a fact: rows are everybody's, so it takes a right to everybody's."""

from __future__ import annotations

from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import WarehouseFact

VIEW = "insight.view"


def may_see_rows(actor: Actor, fact: WarehouseFact) -> bool:
    """Whether the actor holds what the fact needs for all records, and sees every field."""
    if actor.hidden and not actor.everything:
        return False
    return actor.may(VIEW) and all(actor.scope(name) == Scope.ALL for name in fact.needs)
