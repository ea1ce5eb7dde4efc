"""Who may see or touch which order: its customer's visibility, narrowed by the right over orders.

Anonymous orders belong to nobody, so only those with all orders see them. Products, their categories, price lists and
rates of taxes are seen by whoever holds products.view.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.memory.customers.access import VIEW as CUSTOMERS_VIEW
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.access import interaction_scope
from peyvand.memory.interactions.models import Interaction

if TYPE_CHECKING:
    from peyvand.memory.commerce.models import Category, Contract, Cost, CostRate, Order, PriceList, Product, TaxRate


ORDERS_VIEW = "orders.view"
ORDERS_EDIT = "orders.edit"
ORDERS_IMPORT = "orders.import"
ORDERS_EXPORT = "orders.export"
PRODUCTS_VIEW = "products.view"
PRODUCTS_EDIT = "products.edit"
TAXES_EDIT = "taxes.edit"
CONTRACTS_VIEW = "contracts.view"
CONTRACTS_EDIT = "contracts.edit"
COSTS_VIEW = "commerce.costs_view"
COSTS_EDIT = "commerce.costs_edit"

_GROUP = _("Orders")
PERMISSIONS = (
    Permission(ORDERS_VIEW, _("See orders and payments"), _GROUP, scoped=True, order=300),
    Permission(ORDERS_EDIT, _("Place, change and return orders, record payments"), _GROUP, scoped=True, order=301),
    Permission(ORDERS_IMPORT, _("Bring in orders and products from a file"), _GROUP, order=302),
    Permission(ORDERS_EXPORT, _("Take orders and products out as a file"), _GROUP, order=303),
    Permission(PRODUCTS_VIEW, _("See products and prices"), _GROUP, order=304),
    Permission(PRODUCTS_EDIT, _("Add and change products, categories and price lists"), _GROUP, order=305),
    Permission(TAXES_EDIT, _("Set the rates of taxes"), _GROUP, order=306),
    Permission(CONTRACTS_VIEW, _("See contracts"), _GROUP, scoped=True, order=320),
    Permission(CONTRACTS_EDIT, _("Sign, renew and end contracts"), _GROUP, scoped=True, order=321),
    Permission(COSTS_VIEW, _("See what was spent, and what each customer costs"), _GROUP, order=307),
    Permission(COSTS_EDIT, _("Enter, change and bring in costs and their rates"), _GROUP, order=308),
)


def order_scope(actor: Actor, permission: str = ORDERS_VIEW) -> Scope:
    """How far the right over orders reaches: never beyond the customers whom the actor sees."""
    return min(actor.scope(permission), actor.scope(CUSTOMERS_VIEW))


def customers_within(actor: Actor, permission: str) -> models.QuerySet[Customer]:
    """The customers whose orders the right reaches, by the customers' own predicate."""
    return Customer.objects.visible_to(actor, permission)


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders, returns and adjustments."""

    def visible_to(self, actor: Actor, permission: str = ORDERS_VIEW) -> OrderQuerySet:
        """The orders that the actor may see; with orders.edit, those they may touch. One shape of SQL for each
        scope.
        """
        scope = order_scope(actor, permission)
        orders = self.filter(demo=actor.demo)
        if scope is Scope.ALL:
            return orders
        if scope is Scope.NONE:
            return orders.none()
        return orders.filter(customer_id__in=customers_within(actor, permission).values("pk"))


class ProductQuerySet(models.QuerySet["Product"]):
    """Products of one of the two businesses."""

    def visible_to(self, actor: Actor) -> ProductQuerySet:
        """Every product, to those who may see products at all."""
        products = self.filter(demo=actor.demo)
        return products if actor.may(PRODUCTS_VIEW) else products.none()


class CategoryQuerySet(models.QuerySet["Category"]):
    """Categories of one of the two businesses."""

    def visible_to(self, actor: Actor) -> CategoryQuerySet:
        """Every category, to those who may see products."""
        found = self.filter(demo=actor.demo)
        return found if actor.may(PRODUCTS_VIEW) else found.none()


class PriceListQuerySet(models.QuerySet["PriceList"]):
    """Price lists of one of the two businesses."""

    def visible_to(self, actor: Actor) -> PriceListQuerySet:
        """Every price list, to those who may see products and prices."""
        found = self.filter(demo=actor.demo)
        return found if actor.may(PRODUCTS_VIEW) else found.none()


class TaxRateQuerySet(models.QuerySet["TaxRate"]):
    """Rates of taxes of one of the two businesses."""

    def visible_to(self, actor: Actor) -> TaxRateQuerySet:
        """Every rate, to those who may see products or set taxes."""
        found = self.filter(demo=actor.demo)
        return found if actor.may(PRODUCTS_VIEW) or actor.may(TAXES_EDIT) else found.none()


class ContractQuerySet(models.QuerySet["Contract"]):
    """Contracts of one of the two businesses."""

    def visible_to(self, actor: Actor, permission: str = CONTRACTS_VIEW) -> ContractQuerySet:
        """The contracts of the customers whom the right reaches; with contracts.edit, those that may be touched.

        A contract whose customer was erased belongs to nobody: only those with all contracts see it.
        """
        scope = min(actor.scope(permission), actor.scope(CUSTOMERS_VIEW))
        found = self.filter(demo=actor.demo)
        if scope is Scope.ALL:
            return found
        if scope is Scope.NONE:
            return found.none()
        return found.filter(customer_id__in=customers_within(actor, permission).values("pk"))


def sees_every_cost(actor: Actor) -> bool:
    """Whether no cost is kept from the actor: costs are shown, and everybody's orders and contacts are."""
    return actor.may(COSTS_VIEW) and order_scope(actor) is Scope.ALL and interaction_scope(actor) is Scope.ALL


class CostQuerySet(models.QuerySet["Cost"]):
    """Amounts that one of the two businesses has spent."""

    def visible_to(self, actor: Actor) -> CostQuerySet:
        """Every cost, to those who may see costs; those of one customer, order or contact only where they see it."""
        found = self.filter(demo=actor.demo)
        if not actor.may(COSTS_VIEW):
            return found.none()
        if sees_every_cost(actor):
            return found
        theirs = customers_within(actor, ORDERS_VIEW).values("pk")
        seen = Interaction.objects.visible_to(actor).values("pk")
        return found.filter(
            models.Q(aim="shared")
            | models.Q(aim="order", order__customer_id__in=theirs)
            | models.Q(aim="customer", customer_id__in=Customer.objects.visible_to(actor).values("pk"))
            | models.Q(aim="interaction", interaction_id__in=seen)
        )


class CostRateQuerySet(models.QuerySet["CostRate"]):
    """Standing prices of one of the two businesses."""

    def visible_to(self, actor: Actor) -> CostRateQuerySet:
        """Every rate, to those who may see costs."""
        found = self.filter(demo=actor.demo)
        return found if actor.may(COSTS_VIEW) else found.none()
