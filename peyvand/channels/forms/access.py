"""Who sees forms and what was filled in, who makes them, who works on results.

A result follows its customer: "forms.view" never reaches beyond the customers whom the actor sees. One of nobody known
is seen by those who see all. What forms there are is no secret among those with the right.
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
    from peyvand.channels.forms.models import Form as Form
    from peyvand.channels.forms.models import Submission as Submission

VIEW = "forms.view"
EDIT = "forms.edit"
HANDLE = "forms.handle"
EXPORT = "forms.export"

_GROUP = _("Forms")
PERMISSIONS = (
    Permission(VIEW, _("See forms and what was filled in"), _GROUP, scoped=True, order=230),
    Permission(EDIT, _("Make and change forms"), _GROUP, order=231),
    Permission(HANDLE, _("Work on what was filled in"), _GROUP, order=232),
    Permission(EXPORT, _("Take out as a file what was filled in"), _GROUP, order=233),
)


def result_scope(actor: Actor) -> Scope:
    """How far the right reaches: never beyond the customers whom the actor sees."""
    return min(actor.scope(VIEW), actor.scope(CUSTOMERS_VIEW))


def customers_within(actor: Actor) -> models.QuerySet[Customer]:
    """The customers whose results the right reaches: the customers' own predicate in the narrower scope."""
    scope = result_scope(actor)
    if scope is not actor.scope(CUSTOMERS_VIEW):
        actor = replace(actor, grants={**actor.grants, CUSTOMERS_VIEW: scope}, everything=False)
    return Customer.objects.visible_to(actor)


class FormQuerySet(models.QuerySet["Form"]):
    """Forms of the two businesses."""

    def visible_to(self, actor: Actor) -> FormQuerySet:
        """Those of the business one looks at."""
        return self.filter(demo=actor.demo) if actor.may(VIEW) else self.none()


class SubmissionQuerySet(models.QuerySet["Submission"]):
    """What was filled in, of the two businesses."""

    def visible_to(self, actor: Actor) -> SubmissionQuerySet:
        """Those of the customers within reach; with the right over all also those of nobody known."""
        scope = result_scope(actor)
        found = self.filter(demo=actor.demo)
        if scope is Scope.ALL:
            return found
        if scope is Scope.NONE:
            return found.none()
        return found.filter(customer_id__in=customers_within(actor).values("pk"))
