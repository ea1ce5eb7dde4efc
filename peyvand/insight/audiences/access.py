"""Who may see or change which audience; of its members each sees those customers whom they may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.memory.customers import access as customers

if TYPE_CHECKING:
    from peyvand.insight.audiences.models import Audience, Snapshot

VIEW = "audiences.view"
EDIT = "audiences.edit"
EXPORT = customers.EXPORT

_GROUP = _("Audiences")
PERMISSIONS = (
    Permission(VIEW, _("See audiences"), _GROUP, order=110),
    Permission(EDIT, _("Make and change audiences"), _GROUP, scoped=True, order=111),
)


class AudienceQuerySet(models.QuerySet["Audience"]):
    """Audiences of the two businesses; there are few, so an OR costs nothing."""

    def visible_to(self, actor: Actor) -> AudienceQuerySet:
        """One's own, those of one's teams, and the shared ones; all with the right to change all."""
        found = self.filter(demo=actor.demo)
        if not actor.may(VIEW) or not actor.may(customers.VIEW):
            return found.none()
        if actor.scope(EDIT) is Scope.ALL:
            return found
        return found.filter(self._of(actor) | Q(team_id__in=actor.team_ids) | Q(shared=True))

    def editable_by(self, actor: Actor) -> AudienceQuerySet:
        """Those that the actor may change: their own, their teams', or all, as far as the right reaches."""
        scope = actor.scope(EDIT)
        found = self.visible_to(actor)
        if scope is Scope.NONE:
            return found.none()
        if scope is Scope.ALL:
            return found
        team = Q(team_id__in=actor.team_ids) if scope is Scope.TEAM else Q()
        return found.filter(self._of(actor) | team)

    @staticmethod
    def _of(actor: Actor) -> Q:
        return Q(owner_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])


class SnapshotQuerySet(models.QuerySet["Snapshot"]):
    """Pictures of audiences."""

    def visible_to(self, actor: Actor) -> SnapshotQuerySet:
        """Those of audiences that the actor sees."""
        audiences = AudienceQuerySet(self.model._meta.get_field("audience").related_model)
        return self.filter(audience__in=audiences.visible_to(actor).values("pk"))
