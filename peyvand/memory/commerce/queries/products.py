"""The reads of products and of the tree of their categories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import fa_key
from peyvand.memory.commerce.access import PRODUCTS_VIEW
from peyvand.memory.commerce.models import Category, OrderLine, Product
from peyvand.memory.commerce.queries.orders import customer_orders
from peyvand.memory.customers.models import Customer

BETWEEN = " › "  # the names of a path; no name holds it


@dataclass(frozen=True)
class Branch:
    """A category in its place: how deep (from 0), the names from the root on, whether it or one above is archived."""

    category: Category
    depth: int
    path: tuple[str, ...]
    archived: bool
    first: bool  # of its siblings
    last: bool

    @property
    def pk(self) -> int:
        """The category's id."""
        return self.category.pk

    @property
    def name(self) -> str:
        """The category's name in the reader's language."""
        return self.category.name

    @property
    def full(self) -> str:
        """The whole path in words."""
        return BETWEEN.join(self.path)


@dataclass(frozen=True)
class Tree:
    """All categories of a business, each after its parent, siblings in their order; names as the reader reads them."""

    branches: Sequence[Branch]
    by_id: dict[int, Branch] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Branch]:
        return iter(self.branches)

    def offered(self) -> list[Branch]:
        """Those that a product may be put into: none of them, nor one above it, is archived."""
        return [branch for branch in self.branches if not branch.archived]

    def within(self, category_id: int) -> list[int]:
        """The category and all below it; nothing for an unknown one."""
        found: set[int] = set()
        for branch in self.branches:
            if branch.pk == category_id or branch.category.parent_id in found:
                found.add(branch.pk)
        return sorted(found)

    def above(self, category_id: int | None) -> list[int]:
        """The category and all above it, nearest first."""
        found: list[int] = []
        while category_id is not None and category_id in self.by_id:
            found.append(category_id)
            category_id = self.by_id[category_id].category.parent_id
        return found

    def full(self, category_id: int | None) -> str:
        """The path of a category in words, "" for none."""
        return self.by_id[category_id].full if category_id in self.by_id else ""


def tree_of(*, demo: bool) -> Tree:
    """The tree of one of the two businesses, for code that has asked for the right already. One query."""
    children: dict[int | None, list[Category]] = {}
    for category in Category.objects.filter(demo=demo).order_by("position", "pk"):
        children.setdefault(category.parent_id, []).append(category)
    branches = list(_walk(children, None, (), archived=False))
    return Tree(branches, {branch.pk: branch for branch in branches})


def _walk(
    children: dict[int | None, list[Category]], parent_id: int | None, path: tuple[str, ...], *, archived: bool
) -> Iterator[Branch]:
    siblings = children.get(parent_id, [])
    for place, category in enumerate(siblings):
        branch = Branch(
            category=category, depth=len(path), path=(*path, category.name), archived=archived or category.archived,
            first=place == 0, last=place == len(siblings) - 1,
        )  # fmt: skip
        yield branch
        yield from _walk(children, category.pk, branch.path, archived=branch.archived)


def categories(*, actor: Actor) -> Tree:
    """The tree of categories."""
    actor.require(PRODUCTS_VIEW)
    return tree_of(demo=actor.demo)


def category_get(*, actor: Actor, category_id: int) -> Category:
    """One category; Category.DoesNotExist outside the actor's business."""
    actor.require(PRODUCTS_VIEW)
    return Category.objects.visible_to(actor).get(pk=category_id)


@dataclass(frozen=True)
class ProductFilter:
    """What a list of products is narrowed to; empty values narrow nothing. A category holds all below it."""

    text: str = ""
    kind: str = ""
    category_id: int | None = None
    active: bool | None = None


def products(*, actor: Actor, chosen: ProductFilter | None = None) -> QuerySet[Product]:
    """The products, narrowed."""
    actor.require(PRODUCTS_VIEW)
    chosen = chosen or ProductFilter()
    found = Product.objects.visible_to(actor)
    if chosen.text.strip():
        found = found.filter(search_key__contains=fa_key(chosen.text))
    if chosen.kind:
        found = found.filter(kind=chosen.kind)
    if chosen.category_id is not None:
        found = found.filter(category_id__in=tree_of(demo=actor.demo).within(chosen.category_id))
    if chosen.active is not None:
        found = found.filter(active=chosen.active)
    return found


def product_get(*, actor: Actor, product_id: int) -> Product:
    """One product with its category; Product.DoesNotExist outside the actor's reach."""
    actor.require(PRODUCTS_VIEW)
    return Product.objects.visible_to(actor).select_related("category").get(pk=product_id)


def products_sold(*, actor: Actor, customer: Customer, size: int = 5) -> Sequence[Product]:
    """What a customer bought last, each product once, for filling a new order."""
    lines = (
        OrderLine.objects.filter(order__in=customer_orders(actor=actor, customer=customer).values("pk"))
        .exclude(product=None)
        .order_by("-order__placed_at", "-pk")
        .select_related("product")[: size * 4]
    )
    found = {line.product_id: line.product for line in lines if line.product is not None}
    return list(found.values())[:size]
