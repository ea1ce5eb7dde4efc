"""Makes people and roles for tests."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count

from django.test import Client

from peyvand.foundation.accounts.actors import actor_of
from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.models import Role, RoleGrant, User
from peyvand.foundation.registry.actor import Actor, Scope

PASSWORD = "گل سرخ و 12 بلبل"
_numbers = count(1)


def make_role(grants: Mapping[str, Scope], *, name: str = "") -> Role:
    role = Role.objects.create(name=name or f"role {next(_numbers)}")
    RoleGrant.objects.bulk_create(RoleGrant(role=role, permission=key, scope=value) for key, value in grants.items())
    return role


def make_user(*, role: Role | None = None, role_key: str | None = None, email: str = "", **fields: object) -> User:
    """A person with PASSWORD; without a role they may nothing."""
    if role_key is not None:
        roles_ensure()
        role = Role.objects.get(key=role_key)
    number = next(_numbers)
    fields.setdefault("name", f"Person {number}")
    return User.objects.create_user(email or f"person{number}@example.com", PASSWORD, role=role, **fields)


def make_admin(**fields: object) -> User:
    return make_user(role_key="admin", **fields)


def acting(user: User) -> Actor:
    """The user as an actor, read from the database as a request would."""
    return actor_of(User.objects.select_related("role").get(pk=user.pk))


def sign_in(client: Client, user: User, password: str = PASSWORD, **extra: object):
    """Through the page, as a person does."""
    return client.post("/account/login/", {"login": user.email, "password": password}, **extra)
