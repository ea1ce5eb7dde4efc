"""Verbs on teams."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts import access
from peyvand.foundation.accounts.access import RefusedError
from peyvand.foundation.accounts.models import Membership, Team, User
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.registry.actor import Actor

KIND = "access"


def team_save(
    *,
    actor: Actor,
    team_id: int | None,
    name: str,
    description: str = "",
    member_ids: Collection[int] = (),
    leader_ids: Collection[int] = (),
) -> Team:
    """Make a team (`team_id` None) or change one, with exactly these members; a leader is a member too.

    Who joins a team sees what its members own, so this needs the right over roles.
    """
    actor.require(access.MANAGE_ROLES)
    plain = name.strip()
    if Team.objects.filter(name__iexact=plain).exclude(pk=team_id or 0).exists():
        raise RefusedError(_("There is already a team of this name."))
    with transaction.atomic():
        team = Team() if team_id is None else Team.objects.select_for_update().get(pk=team_id)
        members = set(User.objects.filter(pk__in={*member_ids, *leader_ids}).values_list("pk", flat=True))
        title = gettext("Team “%(name)s”") % {"name": plain}
        with change_set(actor=actor, kind=KIND, title=title, reference={"members": sorted(members)}):
            team.name, team.description = plain, description.strip()
            team.save()
            Membership.objects.filter(team=team).exclude(user_id__in=members).delete()
            Membership.objects.bulk_create(
                [Membership(team=team, user_id=user, leader=user in leader_ids) for user in members],
                update_conflicts=True,
                unique_fields=["user", "team"],
                update_fields=["leader"],
            )
    return team


def team_delete(*, actor: Actor, team_id: int) -> None:
    """Delete a team without members."""
    actor.require(access.MANAGE_ROLES)
    with transaction.atomic():
        team = Team.objects.select_for_update().get(pk=team_id)
        if team.memberships.exists():
            raise RefusedError(_("The team still has members. Take them out first."))
        title = gettext("Deleted the team “%(name)s”") % {"name": team.name}
        with change_set(actor=actor, kind=KIND, title=title, reference={"team": team.pk}):
            team.delete()
