"""What customers do in commerce, as audiences ask for it: they order, and give back."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from peyvand.foundation.accounts import settings
from peyvand.foundation.fields.conditions import Condition, compared
from peyvand.foundation.fields.declarations import Field, LazyChoices
from peyvand.foundation.fields.kinds import FieldKind
from peyvand.foundation.money.currencies import exponent_of
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.pieces import CHANNELS
from peyvand.memory.commerce.access import ORDERS_VIEW
from peyvand.memory.commerce.models import Order, OrderKind, OrderLine, OrderStatus, Product
from peyvand.memory.commerce.queries.products import tree_of
from peyvand.memory.customers.declarations import Behaviour

MOST_OFFERED = 500
_HOW: list[tuple[str, Any]] = [(code, label) for code, (label, _icon) in CHANNELS.items()]


def _products(demo: bool) -> list[tuple[int | str, str]]:
    return list(
        Product.objects.filter(demo=demo).order_by("-active", "name", "id").values_list("pk", "name")[:MOST_OFFERED]
    )


def _categories(demo: bool) -> list[tuple[int | str, str]]:
    return [(branch.pk, branch.full) for branch in tree_of(demo=demo).branches]


def _with(lines: QuerySet[OrderLine], condition: Condition) -> Q:
    """The orders that have such a line, or have none."""
    those = Q(pk__in=lines.values("order_id"))
    return ~those if condition.operator in ("none", "not") else those


def _by_product(condition: Condition) -> Q:
    return _with(OrderLine.objects.filter(product_id__in=[int(value) for value in condition.values]), condition)


def _by_name(condition: Condition) -> Q:
    """By the product's name, or what the line says where it is of no product."""
    text = condition.values[0]
    lookup = {"contains": "icontains", "starts": "istartswith"}.get(condition.operator, "iexact")
    named = Q(**{f"product__name__{lookup}": text}) | Q(product=None, **{f"description__{lookup}": text})
    return _with(OrderLine.objects.filter(named), condition)


def _by_category(demo: bool, condition: Condition) -> Q:
    tree = tree_of(demo=demo)
    ids = sorted({pk for value in condition.values for pk in tree.within(int(value))})
    return _with(OrderLine.objects.filter(product__category_id__in=ids), condition)


def _by_total(currency: str, condition: Condition) -> Q:
    minor = tuple(str(Decimal(value).scaleb(exponent_of(currency))) for value in condition.values)
    asked = Condition(condition.field, condition.operator, minor)
    return Q(currency=currency) & compared(asked, "total_minor")


def _discounted(condition: Condition) -> Q:
    return Q(discount_minor__gt=0) if condition.operator == "yes" else Q(discount_minor=0)


def _fields(actor: Actor, *, returns: bool = False) -> Sequence[Field]:
    demo, currency = actor.demo, settings.text("default_currency")
    any_none = ("any", "none")
    of_lines = (
        Field("product", _("Product"), FieldKind.CHOICES, "package", operators=any_none,
              choices=LazyChoices(partial(_products, demo)), asks=_by_product),
        Field("product_name", _("Product name"), FieldKind.TEXT, "package",
              operators=("contains", "is", "starts", "not"), asks=_by_name),
        Field("category", _("Category"), FieldKind.CHOICES, "category", operators=any_none,
              choices=LazyChoices(partial(_categories, demo)), asks=partial(_by_category, demo)),
        Field("total", _("Total"), FieldKind.MONEY, "coin", operators=("least", "most", "between"), currency=currency,
              asks=partial(_by_total, currency)),
    )  # fmt: skip
    if returns:
        return of_lines[:-1]  # what is given back counts below nothing
    return (
        *of_lines,
        Field("status", _("Status"), FieldKind.CHOICE, "progress", "status", operators=any_none,
              choices=[one for one in OrderStatus.choices if one[0] != OrderStatus.CANCELLED]),
        Field("channel", pgettext_lazy("orders", "How it was placed"), FieldKind.CHOICE, "route", "channel",
              operators=any_none, choices=_HOW),
        Field("discounted", _("With a discount"), FieldKind.YESNO, "discount", asks=_discounted),
        Field("discount_reason", _("Reason of the discount"), FieldKind.TEXT, "discount", "discount_reason",
              operators=("contains", "is", "filled", "empty")),
    )  # fmt: skip


def _orders(kind: OrderKind, demo: bool) -> QuerySet[Order]:
    """Those that stand: not cancelled."""
    found = Order.objects.filter(demo=demo, kind=kind).exclude(status=OrderStatus.CANCELLED)
    return found.alias(at=F("placed_at"))


BEHAVIOURS = (
    Behaviour(
        "ordered", _("Order"), pgettext_lazy("audience", "ordered"), pgettext_lazy("audience", "did not order"),
        "shopping-cart", ORDERS_VIEW, partial(_orders, OrderKind.SALE), _fields, "total_minor", "currency", order=1,
    ),
    Behaviour(
        "returned", _("Return"), pgettext_lazy("audience", "returned something"),
        pgettext_lazy("audience", "returned nothing"), "arrow-back-up", ORDERS_VIEW,
        partial(_orders, OrderKind.RETURN), partial(_fields, returns=True), order=2,
    ),
)  # fmt: skip
