"""Who sees what visitors do: "web.view" for the figures, and for visitors whom nobody knows; a visitor who is a
customer is seen by who may see that customer. Who sets up shops: "web.manage".
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from peyvand.channels.sites.models import Visitor
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Permission
from peyvand.memory.customers.models import Customer

VIEW, MANAGE = "web.view", "web.manage"
PERMISSIONS = (
    Permission(VIEW, _("See what visitors do on the sites"), _("Messages"), order=208),
    Permission(MANAGE, _("Set up shops that report orders"), _("Messages"), order=209),
)


def visitors(actor: Actor) -> QuerySet[Visitor]:
    """Visitors whom the actor may look at. NotAllowed."""
    actor.require(VIEW)
    found = Visitor.objects.filter(demo=actor.demo).select_related("site", "customer")
    seen = Customer.objects.visible_to(actor).values("pk")
    return found.filter(Q(customer=None) | Q(customer_id__in=seen))
