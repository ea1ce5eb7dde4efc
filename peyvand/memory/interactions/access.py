"""Who may see which interaction: it follows its customer; one without a customer is seen by those who see all.

Besides: a kind may need a right of its own, and an item may be for its author or their teams only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import Membership
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.access import VIEW as CUSTOMERS_VIEW
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.declarations import InteractionKind

if TYPE_CHECKING:
    from peyvand.memory.interactions.models import Interaction as Interaction

VIEW = "interactions.view"
EDIT = "interactions.edit"
PRIVATE = "interactions.private"
EXPORT = "interactions.export"
COSTS = "interactions.costs"

_GROUP = _("Interactions")
PERMISSIONS = (
    Permission(VIEW, _("See what happened with customers"), _GROUP, scoped=True, order=110),
    Permission(EDIT, _("Record notes, calls and meetings"), _GROUP, scoped=True, order=111),
    Permission(EXPORT, _("Take interactions out as a file"), _GROUP, order=112),
    Permission(COSTS, _("Say what contacts cost us"), _GROUP, order=114),
    Permission(PRIVATE, _("See what colleagues keep for themselves or their teams"), _GROUP, order=113),
)


def interaction_scope(actor: Actor, permission: str = VIEW) -> Scope:
    """How far the right reaches: never beyond the customers whom the actor sees."""
    return min(actor.scope(permission), actor.scope(CUSTOMERS_VIEW))


def customers_within(actor: Actor, permission: str = VIEW) -> models.QuerySet[Customer]:
    """The customers whose interactions the right reaches: the customers' own predicate in the narrower scope."""
    scope = interaction_scope(actor, permission)
    if scope is not actor.scope(CUSTOMERS_VIEW):
        actor = replace(actor, grants={**actor.grants, CUSTOMERS_VIEW: scope}, everything=False)
    return Customer.objects.visible_to(actor)


def unseen_kinds(actor: Actor) -> list[str]:
    """Kinds that need a right which the actor lacks."""
    return [kind.name for kind in registry.all(InteractionKind) if kind.permission and not actor.may(kind.permission)]


def for_all_or(actor: Actor) -> Q:
    """Items that are for everyone, and those kept for the actor or their teams; no condition for who may see all."""
    if actor.may(PRIVATE):
        return Q()
    seen = Q(visibility="all")
    if actor.user_id is not None:
        seen |= Q(staff_id=actor.user_id)
    if actor.team_ids:
        colleagues = Membership.objects.filter(team_id__in=actor.team_ids).values("user_id")
        seen |= Q(visibility="team", staff_id__in=colleagues)
    return seen


class InteractionQuerySet(models.QuerySet["Interaction"]):
    """What happened, of the two businesses."""

    def visible_to(self, actor: Actor, permission: str = VIEW) -> InteractionQuerySet:
        """The interactions that the actor may see, or touch when `permission` is interactions.edit."""
        scope = interaction_scope(actor, permission)
        interactions = self.filter(for_all_or(actor), demo=actor.demo)
        if unseen := unseen_kinds(actor):
            interactions = interactions.exclude(kind__in=unseen)
        if scope is Scope.ALL:
            return interactions
        if scope is Scope.NONE:
            return interactions.none()
        return interactions.filter(customer_id__in=customers_within(actor, permission).values("pk"))
