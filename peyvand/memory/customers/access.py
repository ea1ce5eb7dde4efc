"""Who may see or touch which customer.

Own: whose owner one is. Team: one's own, and those of one's teams (by the customer's team, or by an owner who is a
member of one). All: everyone of the business one looks at. A customer that one may not see does not exist: the same
404.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import Membership
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Permission

if TYPE_CHECKING:
    from peyvand.memory.customers.models import Customer

VIEW = "customers.view"
EDIT = "customers.edit"
DELETE = "customers.delete"
IMPORT = "customers.import"
EXPORT = "customers.export"

_GROUP = _("Customers")
PERMISSIONS = (
    Permission(VIEW, _("See customers"), _GROUP, scoped=True, order=100),
    Permission(EDIT, _("Add and change customers"), _GROUP, scoped=True, order=101),
    Permission(DELETE, _("Delete customers"), _GROUP, scoped=True, order=102),
    Permission(IMPORT, _("Bring in customers from a file"), _GROUP, order=103),
    Permission(EXPORT, _("Take customers out as a file"), _GROUP, order=104),
)


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
