"""Who may send, who may see what was sent and why, who sets the rules.

A message follows its customer: "outreach.view" never reaches beyond the customers whom the actor sees. One to nobody
known is seen by those who see all. What was said in it follows the interactions' own right as well.
"""

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
    from peyvand.channels.outreach.models import Message as Message
    from peyvand.channels.outreach.models import Suppression as Suppression

VIEW = "outreach.view"
SEND = "outreach.send"
WRITE = "outreach.write"
MANAGE = "outreach.manage"

_GROUP = _("Messages")
PERMISSIONS = (
    Permission(VIEW, _("See what was sent, and why not"), _GROUP, scoped=True, order=200),
    Permission(SEND, _("Send messages to customers"), _GROUP, scoped=True, order=201),
    Permission(WRITE, _("Write templates"), _GROUP, order=202),
    Permission(MANAGE, _("Set when, how often and for how much we write"), _GROUP, order=203),
)


def message_scope(actor: Actor, permission: str = VIEW) -> Scope:
    """How far the right reaches: never beyond the customers whom the actor sees."""
    return min(actor.scope(permission), actor.scope(CUSTOMERS_VIEW))


def customers_within(actor: Actor, permission: str = VIEW) -> models.QuerySet[Customer]:
    """The customers whose messages the right reaches: the customers' own predicate in the narrower scope."""
    scope = message_scope(actor, permission)
    if scope is not actor.scope(CUSTOMERS_VIEW):
        actor = replace(actor, grants={**actor.grants, CUSTOMERS_VIEW: scope}, everything=False)
    return Customer.objects.visible_to(actor)


class MessageQuerySet(models.QuerySet["Message"]):
    """The ledger, of the two businesses."""

    def visible_to(self, actor: Actor, permission: str = VIEW) -> MessageQuerySet:
        """The messages that the actor may see, or send when `permission` is outreach.send."""
        scope = message_scope(actor, permission)
        found = self.filter(demo=actor.demo)
        if scope is Scope.ALL:
            return found
        if scope is Scope.NONE:
            return found.none()
        return found.filter(customer_id__in=customers_within(actor, permission).values("pk"))


class SuppressionQuerySet(models.QuerySet["Suppression"]):
    """Addresses to which nothing goes."""

    def visible_to(self, actor: Actor) -> SuppressionQuerySet:
        """Those of the customers whom the actor sees; of nobody known, for those who see all."""
        scope = message_scope(actor)
        found = self.filter(demo=actor.demo)
        if scope is Scope.ALL:
            return found
        if scope is Scope.NONE:
            return found.none()
        return found.filter(customer_id__in=customers_within(actor).values("pk"))
