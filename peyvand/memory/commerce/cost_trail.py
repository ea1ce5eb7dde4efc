"""Which costs and rates the trail keeps from a reader."""

from __future__ import annotations

from collections.abc import Collection, Set

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.access import COSTS_VIEW, sees_every_cost
from peyvand.memory.commerce.models import Cost


def unseen_costs(actor: Actor, ids: Collection[int]) -> Set[int]:
    """Costs that the actor may not see; those that are gone as well, unless the actor sees all."""
    if sees_every_cost(actor):
        return set()
    return set(ids) - set(Cost.objects.visible_to(actor).filter(pk__in=ids).values_list("pk", flat=True))


def unseen_rates(actor: Actor, ids: Collection[int]) -> Set[int]:
    """All of them, to whom costs are not shown."""
    return set() if actor.may(COSTS_VIEW) else set(ids)
