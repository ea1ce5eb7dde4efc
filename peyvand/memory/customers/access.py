"""Who may see or touch which customer.

Own: whose owner one is. Team: one's own, and those of one's teams (by the customer's team, or by an owner who is a
member of one). All: everyone of the business one looks at. A customer that one may not see does not exist: the same
404.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.accounts.models import Membership
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry
from peyvand.memory.customers.declarations import TraitKind

if TYPE_CHECKING:
    from peyvand.memory.customers.models import Bearer, Customer, CustomerList, Stage

Rows = TypeVar("Rows", bound=models.QuerySet[Any, Any])
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


def sees_everybody(actor: Actor) -> bool:
    """Whether numbers of everybody tell the actor no more than they may know."""
    return actor.scope(VIEW) is Scope.ALL


def unseen_traits(actor: Actor) -> set[str]:
    """Names of traits that need a right which the actor lacks."""
    return {kind.name for kind in registry.all(TraitKind) if kind.permission and not actor.may(kind.permission)}


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

        Nobody changes what they may not see.
        """
        return _within(self, actor, permission)

    def parts_visible_to(self, actor: Actor) -> list[CustomerQuerySet]:
        """The same in parts that one index each answers; somebody may be in several. None for all or nobody."""
        owners, teams = _reach(actor)
        parts = [self.filter(demo=actor.demo, owner_id__in=owners)] if owners else []
        return [*parts, self.filter(demo=actor.demo, team_id__in=teams)] if teams else parts


class BearerQuerySet(models.QuerySet["Bearer"]):
    """Words of customers' names, each with what decides who may see the customer."""

    def visible_to(self, actor: Actor) -> BearerQuerySet:
        """Those of customers whom the actor may see: the same predicate."""
        return _within(self, actor, VIEW)


def _within(rows: Rows, actor: Actor, permission: str) -> Rows:
    """The predicate, over rows that carry a customer's business, owner and team.

    Ids stand in it as they are, so that the database knows how many rows they mean: few are read by their indexes and
    sorted, of many those that fit are taken from a walk in order.
    """
    scope = min(actor.scope(VIEW), actor.scope(permission))
    rows = rows.filter(demo=actor.demo)
    if scope is Scope.ALL:
        return rows
    if scope is Scope.NONE or actor.user_id is None:
        return rows.none()
    owners, teams = _reach(actor, scope)
    mine = Q(owner_id__in=owners)
    return rows.filter(mine | Q(team_id__in=teams) if teams else mine)


def _reach(actor: Actor, scope: Scope | None = None) -> tuple[list[int], list[int]]:
    """Whose customers, and which teams', are within a scope that is own or team; nobody's where it is another."""
    scope = actor.scope(VIEW) if scope is None else scope
    if scope not in (Scope.OWN, Scope.TEAM) or actor.user_id is None:
        return [], []
    if scope is Scope.OWN or not actor.team_ids:
        return [actor.user_id], []
    colleagues: Iterable[int] = actor.colleague_ids or ()
    if actor.colleague_ids is None:
        colleagues = Membership.objects.filter(team_id__in=actor.team_ids).values_list("user_id", flat=True)
    return sorted({actor.user_id, *colleagues}), sorted(actor.team_ids)
