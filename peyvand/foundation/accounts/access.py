"""Rights over people, and the guards that keep rights from growing: nobody gives more than they hold."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.actors import grants_of, hidden_of
from peyvand.foundation.accounts.models import Role, User
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope
from peyvand.foundation.registry.declarations import Label, Permission

VIEW_PEOPLE = "accounts.view_people"
MANAGE_USERS = "accounts.manage_users"
MANAGE_ROLES = "accounts.manage_roles"
MANAGE_SETTINGS = "accounts.manage_settings"
UNDO = "accounts.undo"
TOKENS = "accounts.tokens"
ALL_TOKENS = "accounts.all_tokens"

_PEOPLE = _("People and settings")
PERMISSIONS = (
    Permission(VIEW_PEOPLE, _("See colleagues and teams"), _PEOPLE, order=900),
    Permission(MANAGE_USERS, _("Invite, change and deactivate people"), _PEOPLE, order=901),
    Permission(MANAGE_ROLES, _("Change roles and teams"), _PEOPLE, order=902),
    Permission(MANAGE_SETTINGS, _("Change the workspace's settings"), _PEOPLE, order=903),
    Permission(UNDO, _("Undo changes of people, rights and settings"), _PEOPLE, order=904),
    Permission(TOKENS, _("Make tokens for programs"), _PEOPLE, order=904),
    Permission(ALL_TOKENS, _("See and revoke everyone's tokens"), _PEOPLE, order=905),
)


class RefusedError(ValueError):
    """A verb that would break a rule of the room. `message` is for people, in their language."""

    def __init__(self, message: Label) -> None:
        super().__init__(str(message))
        self.message = message


class LastAdminError(RefusedError):
    """Nobody would be left who may everything."""


def covers(actor: Actor, *, role: Role | None) -> bool:
    """Whether the actor holds every right of the role, at least as far as the role does, and sees what it sees."""
    if actor.everything or role is None:
        return True
    return not role.is_admin and covers_grants(actor, grants_of(role)) and actor.hidden <= hidden_of(role)


def covers_grants(actor: Actor, grants: Mapping[str, Scope]) -> bool:
    """Whether the actor holds each of these rights, at least as far."""
    return actor.everything or all(actor.grants.get(name, Scope.NONE) >= scope for name, scope in grants.items())


def require_over(actor: Actor, user: User, *, permission: str = MANAGE_USERS) -> None:
    """Raise NotAllowed unless the actor has the right and all of the person's: no stronger account is taken over."""
    actor.require(permission)
    if not covers(actor, role=user.role):
        raise NotAllowed(permission)


def lock_admins() -> None:
    """Hold, until the transaction ends, the lock under which administrators come and go, so two cannot go at once."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('accounts.admins'))")


def require_an_admin() -> None:
    """Raise LastAdminError unless an active administrator is left; call after the change, under `lock_admins`."""
    if not User.objects.filter(role__key="admin", is_active=True).exists():
        raise LastAdminError(_("This is the last administrator. Make someone else an administrator first."))
