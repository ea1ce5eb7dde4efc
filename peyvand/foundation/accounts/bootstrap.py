"""The first run: the starting roles and the first administrator. No password is ever built in."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.access import RefusedError, lock_admins
from peyvand.foundation.accounts.actors import actor_of
from peyvand.foundation.accounts.models import Role, RoleGrant, User, plain_email
from peyvand.foundation.accounts.roles import ADMIN, STARTING_ROLES, grants_by_pattern
from peyvand.foundation.changes.services import change_set, record
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry


class ClosedError(RefusedError):
    """The first run has already happened; it never happens again."""


def first_run_needed() -> bool:
    """Whether nobody is here yet. Users are never deleted, so this is true once only."""
    return not User.objects.exists()


def roles_ensure() -> None:
    """Make the starting roles that were never made; those that exist stay as people have changed them."""
    made = set(Role.objects.exclude(key=None).values_list("key", flat=True))
    permissions = registry.all(Permission)
    for starting in STARTING_ROLES:
        if starting.key not in made:
            role = Role.objects.create(name=starting.name, key=starting.key, description=starting.description)
            grants = grants_by_pattern(starting, permissions)
            RoleGrant.objects.bulk_create(
                [RoleGrant(role=role, permission=name, scope=scope.value) for name, scope in grants.items()]
            )


def create_first_admin(
    *,
    name: str,
    email: str,
    password: str,
    language: str = "",
    calendar: str = "jalali",
    tz: str = "Asia/Tehran",
    toman: bool = True,
    workspace: Mapping[str, Any] | None = None,
) -> User:
    """The starting roles, the workspace's settings and the first administrator, together or not at all.

    ClosedError when anybody is already here, also when two try at the same moment; ValidationError for a weak password.
    """
    with transaction.atomic():
        lock_admins()
        if not first_run_needed():
            raise ClosedError(_("The first run is over. Sign in, or ask an administrator for an invitation."))
        address = plain_email(email)
        validate_email(address)
        user = User(email=address, name=name.strip(), language=language, calendar=calendar, tz=tz, toman=toman)
        validate_password(password, user)
        with change_set(actor=system_actor(via="web"), kind="access", title=gettext("First run")):
            roles_ensure()
            user.role = Role.objects.get(key=ADMIN)
            user.set_password(password)
            user.save()
            settings.put(workspace or {})
        record(
            actor=actor_of(user), kind="access", title=gettext("%(name)s is the first administrator") % {"name": name}
        )
    return user


def demo_user(
    *,
    email: str,
    name: str,
    role_key: str = ADMIN,
    job_title: str = "",
    sign_in: bool = True,
    renew: bool = False,
) -> tuple[User, str | None]:
    """A person of the sample business, and the password made for them: print it once, it is kept nowhere.

    The password is None when the person cannot sign in (`sign_in` False) or existed before and is not to be renewed.
    """
    password = secrets.token_urlsafe(9) if sign_in else None
    with transaction.atomic():
        lock_admins()
        roles_ensure()
        found = User.objects.filter(email=plain_email(email)).first()
        if found is None:
            role = Role.objects.get(key=role_key)
            user = User.objects.create_user(email, password, name=name, role=role, job_title=job_title, demo=True)
            return user, password
        if not renew or not found.demo:
            return found, None
        found.set_password(password)
        found.save(update_fields=["password"])
        return found, password
