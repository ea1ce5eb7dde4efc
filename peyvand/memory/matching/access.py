"""Who may see and decide on which pairs: those both sides of which one may see, and merge within one's reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.memory.customers.access import VIEW
from peyvand.memory.customers.models import Customer

if TYPE_CHECKING:
    from peyvand.memory.matching.models import Pair

MERGE = "matching.merge"
FIND = "matching.find"
QUALITY = "matching.quality"

_GROUP = _("Customers")
PERMISSIONS = (
    Permission(MERGE, _("Merge customers who are the same"), _GROUP, scoped=True, order=106),
    Permission(FIND, _("Search the whole base for duplicates"), _GROUP, order=107),
    Permission(QUALITY, _("See the quality of the data"), _GROUP, order=108),
)


class PairQuerySet(models.QuerySet["Pair"]):
    """Pairs of the two businesses."""

    def visible_to(self, actor: Actor) -> PairQuerySet:
        """Pairs both of whom the actor may see and may merge."""
        scope = min(actor.scope(VIEW), actor.scope(MERGE))
        pairs = self.filter(demo=actor.demo)
        if scope is Scope.ALL:
            return pairs
        if scope is Scope.NONE:
            return pairs.none()
        reach = Customer.objects.visible_to(actor, MERGE).order_by().values("pk")
        return pairs.filter(a__in=reach, b__in=reach)
