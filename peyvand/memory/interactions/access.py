"""Who may see which interaction: it follows its customer; one without a customer is seen by those who see all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.memory.customers.access import VIEW as CUSTOMERS_VIEW
from peyvand.memory.customers.models import Customer

if TYPE_CHECKING:
    from peyvand.memory.interactions.models import Interaction as Interaction

VIEW = "interactions.view"
EDIT = "interactions.edit"

_GROUP = _("Interactions")
PERMISSIONS = (
    Permission(VIEW, _("See what happened with customers"), _GROUP, scoped=True, order=110),
    Permission(EDIT, _("Record notes, calls and meetings"), _GROUP, scoped=True, order=111),
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


class InteractionQuerySet(models.QuerySet["Interaction"]):
    """What happened, of the two businesses."""

    def visible_to(self, actor: Actor, permission: str = VIEW) -> InteractionQuerySet:
        """The interactions that the actor may see, or touch when `permission` is interactions.edit."""
        scope = interaction_scope(actor, permission)
        interactions = self.filter(demo=actor.demo)
        if scope is Scope.ALL:
            return interactions
        if scope is Scope.NONE:
            return interactions.none()
        return interactions.filter(customer_id__in=customers_within(actor, permission).values("pk"))
