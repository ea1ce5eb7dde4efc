"""People who are there twice, and who may merge them."""

from __future__ import annotations

from peyvand.foundation.accounts.models import Team, User
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.tests import factories
from peyvand.memory.matching.models import Pair

RIGHTS = ("customers.view", "customers.edit", "matching.merge")


def actor(who: User | None = None, *, scope: Scope = Scope.ALL, teams: tuple[Team, ...] = (), **grants: Scope) -> Actor:
    """Someone who may merge in this scope; `customers_edit=Scope.NONE` changes one right."""
    found = dict.fromkeys((*RIGHTS, "interactions.view", "interactions.edit"), scope)
    found |= {"matching.find": Scope.ALL, "matching.quality": Scope.ALL, "changes.undo": Scope.ALL}
    found |= {name.replace("_", ".", 1): value for name, value in grants.items()}
    return Actor(
        user_id=who.pk if who else None,
        name=who.name if who else "Someone",
        grants=found,
        team_ids=frozenset(one.pk for one in teams),
    )


def pair(a: Customer, b: Customer, *, score: float = 0.9, level: str = "likely", **fields: object) -> Pair:
    """A pair that was found."""
    a, b = sorted((a, b), key=lambda one: one.pk)
    return Pair.objects.create(demo=a.demo, a=a, b=b, kind=a.kind, score=score, level=level, **fields)


customer = factories.customer
user = factories.user
team = factories.team
