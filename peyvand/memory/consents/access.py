"""Who may see and write what a customer allows: the same people who may see and change the customer.

A consent is its customer's: "consents.view" and "consents.edit" never reach beyond the customers whom the actor sees.
Purposes and wordings belong to the house: whoever sees consents reads them, "consents.manage" writes them.
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
    from peyvand.memory.consents.models import ConsentEntry as ConsentEntry
    from peyvand.memory.consents.models import ConsentState as ConsentState
    from peyvand.memory.consents.models import Purpose as Purpose

VIEW = "consents.view"
EDIT = "consents.edit"
MANAGE = "consents.manage"
IMPORT = "consents.import"
EXPORT = "consents.export"

_GROUP = _("Consents")
PERMISSIONS = (
    Permission(VIEW, _("See what customers allow"), _GROUP, scoped=True, order=115),
    Permission(EDIT, _("Record what customers allow"), _GROUP, scoped=True, order=116),
    Permission(MANAGE, _("Change purposes and their wordings"), _GROUP, order=117),
    Permission(IMPORT, _("Bring in consents from a file"), _GROUP, order=118),
    Permission(EXPORT, _("Take the ledger of consents out as a file"), _GROUP, order=119),
)


def consent_scope(actor: Actor, permission: str = VIEW) -> Scope:
    """How far the right reaches: never beyond the customers whom the actor sees."""
    return min(actor.scope(permission), actor.scope(VIEW), actor.scope(CUSTOMERS_VIEW))


def customers_within(actor: Actor, permission: str = VIEW) -> models.QuerySet[Customer]:
    """The customers whose consents the right reaches: the customers' own predicate in the narrower scope."""
    scope = consent_scope(actor, permission)
    if scope is not actor.scope(CUSTOMERS_VIEW):
        actor = replace(actor, grants={**actor.grants, CUSTOMERS_VIEW: scope}, everything=False)
    return Customer.objects.visible_to(actor)


class EntryQuerySet(models.QuerySet["ConsentEntry"]):
    """Lines of the ledger, of the two businesses."""

    def visible_to(self, actor: Actor, permission: str = VIEW) -> EntryQuerySet:
        """Those of the customers whose consents the actor may see."""
        scope = consent_scope(actor, permission)
        entries = self.filter(demo=actor.demo)
        if scope is Scope.ALL:
            return entries
        if scope is Scope.NONE:
            return entries.none()
        return entries.filter(customer_id__in=customers_within(actor, permission).values("pk"))


class StateQuerySet(models.QuerySet["ConsentState"]):
    """What stands, of the two businesses."""

    def visible_to(self, actor: Actor, permission: str = VIEW) -> StateQuerySet:
        """That of the customers whose consents the actor may see."""
        scope = consent_scope(actor, permission)
        states = self.filter(demo=actor.demo)
        if scope is Scope.ALL:
            return states
        if scope is Scope.NONE:
            return states.none()
        return states.filter(customer_id__in=customers_within(actor, permission).values("pk"))


class PurposeQuerySet(models.QuerySet["Purpose"]):
    """Purposes of the two businesses."""

    def visible_to(self, actor: Actor) -> PurposeQuerySet:
        """All of the business one looks at, for whoever may see consents or change purposes."""
        if actor.may(VIEW) or actor.may(MANAGE):
            return self.filter(demo=actor.demo)
        return self.none()
