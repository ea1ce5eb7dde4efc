"""Reads of people, roles, teams and tokens, by the actor's rights."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import Count, Prefetch, Q, QuerySet
from django.utils import timezone

from peyvand.foundation.accounts import access
from peyvand.foundation.accounts.actors import grants_of
from peyvand.foundation.accounts.models import (
    ApiToken,
    Invitation,
    Membership,
    Role,
    RoleHidden,
    SignIn,
    Team,
    User,
    plain_email,
)
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Label, Permission, SettingsPage
from peyvand.foundation.registry.registry import registry


def users(*, actor: Actor, active: bool | None = None) -> QuerySet[User]:
    """People with role and teams; the right to see people is needed."""
    if not (actor.may(access.VIEW_PEOPLE) or actor.may(access.MANAGE_USERS)):
        actor.require(access.VIEW_PEOPLE)
    memberships = Prefetch("memberships", Membership.objects.select_related("team").order_by("team__name"))
    found = User.objects.select_related("role").prefetch_related(memberships)
    return found if active is None else found.filter(is_active=active)


def assignable(*, actor: Actor) -> list[tuple[int, str]]:
    """Ids and names of active people of the business one looks at, oneself first: for owner fields everywhere."""
    rows = User.objects.filter(is_active=True).filter(Q(demo=actor.demo) | Q(pk=actor.user_id))
    return sorted(rows.values_list("pk", "name"), key=lambda row: (row[0] != actor.user_id, row[1]))


def team_choices(*, actor: Actor) -> list[tuple[int, str]]:
    """Ids and names of the teams of the business one looks at."""
    return list(Team.objects.filter(demo=actor.demo).values_list("pk", "name"))


def user_names(ids: set[int]) -> dict[int, str]:
    """Names by id, for lists that keep ids."""
    return dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))


def roles(*, actor: Actor) -> QuerySet[Role]:
    """Roles with the number of people (`people`) that have them, in the order in which they were made."""
    if not (actor.may(access.MANAGE_ROLES) or actor.may(access.MANAGE_USERS)):
        actor.require(access.MANAGE_ROLES)
    return Role.objects.annotate(people=Count("users", filter=Q(users__is_active=True))).order_by("id")


def roles_hiding() -> dict[str, int]:
    """From how many roles each field is hidden."""
    rows = RoleHidden.objects.values_list("field").annotate(roles=Count("pk")).order_by()
    return dict(rows)


def role_choices(*, actor: Actor, field: str) -> list[tuple[Role, bool]]:
    """The roles that a field can be hidden from, and whether it is."""
    actor.require(access.MANAGE_ROLES)
    hiding = set(RoleHidden.objects.filter(field=field).values_list("role_id", flat=True))
    return [(role, role.pk in hiding) for role in Role.objects.exclude(key="admin")]


def roles_to_give(*, actor: Actor) -> list[Role]:
    """The roles whose every right the actor holds."""
    return [role for role in Role.objects.all() if access.covers(actor, role=role)]


def teams(*, actor: Actor) -> QuerySet[Team]:
    """Teams with their members."""
    if not (actor.may(access.VIEW_PEOPLE) or actor.may(access.MANAGE_ROLES)):
        actor.require(access.VIEW_PEOPLE)
    memberships = Membership.objects.select_related("user").order_by("-leader", "user__name")
    return Team.objects.prefetch_related(Prefetch("memberships", memberships))


def invitations(*, actor: Actor) -> QuerySet[Invitation]:
    """Invitations that still work."""
    actor.require(access.MANAGE_USERS)
    return Invitation.objects.select_related("role", "invited_by").filter(
        accepted_at=None, revoked_at=None, expires_at__gt=timezone.now()
    )


def tokens(*, actor: Actor) -> QuerySet[ApiToken]:
    """One's own tokens; everyone's with the right over all."""
    found = ApiToken.objects.select_related("user", "role")
    return found if actor.may(access.ALL_TOKENS) else found.filter(user_id=actor.user_id or 0)


def sessions(*, actor: Actor) -> QuerySet[SignIn]:
    """One's own living sessions, the last seen first."""
    living = Session.objects.filter(expire_date__gt=timezone.now()).values("session_key")
    return SignIn.objects.filter(user_id=actor.user_id or 0, session_key__in=living)


def user_by_email(email: str) -> User | None:
    """The person with this address, in whatever case it is written."""
    return User.objects.select_related("role").filter(email=plain_email(email)).first()


def settings_pages(*, actor: Actor) -> list[SettingsPage]:
    """The pages under Settings that the actor may open."""
    return [page for page in registry.all(SettingsPage) if page.permission is None or actor.may(page.permission)]


@dataclass(frozen=True)
class MatrixRow:
    """One right in a role's matrix. `limit` is how far the actor may give it."""

    permission: Permission
    scope: Scope
    limit: Scope

    @property
    def choices(self) -> list[tuple[int, str, bool]]:
        """Each step as value, code and whether the actor may choose it."""
        steps = list(Scope) if self.permission.scoped else [Scope.NONE, Scope.ALL]
        return [(step.value, step.name.lower(), step <= self.limit) for step in steps]


def matrix(*, actor: Actor, role: Role | None) -> list[tuple[Label, list[MatrixRow]]]:
    """Every declared right by its group, with what the role has."""
    held = {} if role is None else dict(grants_of(role))
    whole = role is not None and role.is_admin
    rows = [
        MatrixRow(
            permission=permission,
            scope=Scope.ALL if whole else held.get(permission.name, Scope.NONE),
            limit=actor.scope(permission.name),
        )
        for permission in registry.all(Permission)
    ]
    ordered = sorted(rows, key=lambda row: (row.permission.name.split(".")[0] == "accounts", str(row.permission.group)))
    return [(group, list(found)) for group, found in groupby(ordered, key=lambda row: row.permission.group)]


def has_second_factor(user: User) -> bool:
    """Whether signing in asks this person for more than the password."""
    return bool(Authenticator.objects.filter(user_id=user.pk).exists())
