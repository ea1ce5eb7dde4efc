"""Customers for tests."""

from __future__ import annotations

from itertools import count
from typing import Any

from peyvand.foundation.accounts.models import Membership, Role, Team, User
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import customer_create

_numbers = count(1)
ALL = {
    "customers.view": Scope.ALL,
    "customers.edit": Scope.ALL,
    "customers.delete": Scope.ALL,
    "interactions.view": Scope.ALL,
    "interactions.edit": Scope.ALL,
}


def user(name: str = "", **fields: Any) -> User:
    """A colleague."""
    place = next(_numbers)
    return User.objects.create_user(f"colleague{place}@example.com", name=name or f"Colleague {place}", **fields)


def role(key: str) -> Role:
    """A role by its key, made if need be."""
    found, _made = Role.objects.get_or_create(key=key, defaults={"name": key})
    return found


def team(*members: User) -> Team:
    """A team of these."""
    made = Team.objects.create(name=f"Team {next(_numbers)}")
    for member in members:
        Membership.objects.create(user=member, team=made)
    return made


def actor(who: User | None = None, *, scope: Scope = Scope.ALL, teams: tuple[Team, ...] = (), **grants: Scope) -> Actor:
    """Someone with every right of memory in this scope; `customers_edit=Scope.OWN` changes one."""
    found = {**dict.fromkeys(ALL, scope), **{name.replace("_", ".", 1): value for name, value in grants.items()}}
    return Actor(
        user_id=who.pk if who else None,
        name=who.name if who else "Someone",
        grants=found,
        team_ids=frozenset(one.pk for one in teams),
    )


def customer(name: str = "", *, demo: bool = False, phone: str = "", email: str = "", **fields: Any) -> Customer:
    """A customer, by the service."""
    identities = [IdentityData("phone", phone)] if phone else []
    identities += [IdentityData("email", email)] if email else []
    data = CustomerData(name=name or f"مشتری {next(_numbers)}", identities=identities, **fields)
    return customer_create(actor=system_actor(demo=demo), data=data)
