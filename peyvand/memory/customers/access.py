"""Who may see or touch which customer.

Own: whose owner one is. Team: one's own, and those of one's teams (by the customer's team, or by an owner who is a
member of one). All: everyone of the business one looks at. A customer that one may not see does not exist: the same
404.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import Membership
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Permission

if TYPE_CHECKING:
    from peyvand.memory.customers.models import Customer, CustomerList, Stage

VIEW = "customers.view"
EDIT = "customers.edit"
DELETE = "customers.delete"
IMPORT = "customers.import"
EXPORT = "customers.export"
LISTS = "customers.lists"

_GROUP = _("Customers")
PERMISSIONS = (
    Permission(VIEW, _("See customers"), _GROUP, scoped=True, order=100),
    Permission(EDIT, _("Add and change customers"), _GROUP, scoped=True, order=101),
    Permission(DELETE, _("Delete customers"), _GROUP, scoped=True, order=102),
    Permission(IMPORT, _("Bring in customers from a file"), _GROUP, order=103),
    Permission(EXPORT, _("Take customers out as a file"), _GROUP, order=104),
    Permission(LISTS, _("Make and change lists of customers"), _GROUP, scoped=True, order=105),
)


class StageQuerySet(models.QuerySet["Stage"]):
    """Stages of the two businesses."""

    def visible_to(self, actor: Actor) -> StageQuerySet:
        """Those of the business one looks at; what stages there are is no secret among staff."""
        return self.filter(demo=actor.demo)


class ListQuerySet(models.QuerySet["CustomerList"]):
    """Lists of customers of the two businesses; there are few, so an OR costs nothing."""

    def visible_to(self, actor: Actor) -> ListQuerySet:
        """One's own, those of one's teams, and the shared ones; all with the right to change all."""
        found = self.filter(demo=actor.demo)
        if actor.scope(VIEW) is Scope.NONE:
            return found.none()
        if actor.scope(LISTS) is Scope.ALL:
            return found
        return found.filter(self._of(actor) | Q(team_id__in=actor.team_ids) | Q(shared=True))

    def editable_by(self, actor: Actor) -> ListQuerySet:
        """Those that the actor may change: their own, their teams', or all, as far as the right reaches."""
        scope = min(actor.scope(LISTS), Scope.ALL if actor.may(VIEW) else Scope.NONE)
        found = self.filter(demo=actor.demo)
        if scope is Scope.NONE:
            return found.none()
        if scope is Scope.ALL:
            return found
        team = Q(team_id__in=actor.team_ids) if scope is Scope.TEAM else Q()
        return found.filter(self._of(actor) | team)

    @staticmethod
    def _of(actor: Actor) -> Q:
        return Q(owner_id=actor.user_id) if actor.user_id is not None else Q(pk__in=[])


class CustomerQuerySet(models.QuerySet["Customer"]):
    """Customers of the two businesses."""

    def visible_to(self, actor: Actor, permission: str = VIEW) -> CustomerQuerySet:
        """Those whom the actor may see; with customers.edit or customers.delete, those whom they may change or delete.

        Nobody changes what they may not see. Of a team it is a UNION of ids, one index scan each, never an OR.
        """
        scope = min(actor.scope(VIEW), actor.scope(permission))
        customers = self.filter(demo=actor.demo)
        if scope is Scope.ALL:
            return customers
        if scope is Scope.NONE or actor.user_id is None:
            return customers.none()
        if scope is Scope.OWN:
            return customers.filter(owner_id=actor.user_id)
        return customers.filter(pk__in=_of_team(self.model, actor))


def _of_team(model: type[Customer], actor: Actor) -> models.QuerySet[Customer, int]:
    """Ids of the actor's own customers and of their teams'."""
    of = model._default_manager.filter(demo=actor.demo).order_by()
    own = of.filter(owner_id=actor.user_id).values_list("pk", flat=True)
    if not actor.team_ids:
        return own
    colleagues = Membership.objects.filter(team_id__in=actor.team_ids).values("user_id")
    of_team = of.filter(team_id__in=actor.team_ids).values_list("pk", flat=True)
    of_colleagues = of.filter(owner_id__in=colleagues).values_list("pk", flat=True)
    return own.union(of_team, of_colleagues)
