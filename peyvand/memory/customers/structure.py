"""Who belongs to whom: organisations and their parts to any depth, and people with their roles in them; by right.

Of a tree the actor sees what hangs together: from the customer up as long as each parent is seen, and from the top of
that down as long as each part is. What lies behind an organisation that they do not see does not exist for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers import access
from peyvand.memory.customers.belonging import current
from peyvand.memory.customers.models import Customer, CustomerKind, Relation
from peyvand.memory.customers.queries import concealed

NEAR = 30  # organisations that are shown at once
MOST_LEVELS = 100
ORDER_OF_PEOPLE = ("past", "-is_main", "person__sort_key", "id")
ORDER_OF_PLACES = ("past", "organisation__sort_key", "id")


# ── roles ─────────────────────────────────────────────────────────────────


def relations(*, actor: Actor, customer: Customer) -> QuerySet[Relation]:
    """A person's organisations, or an organisation's people, of those whom the actor sees.

    Page them in `order_of(customer)`: those that have ended (`past` is 1) come last, the main contact first.
    """
    actor.require(access.VIEW)
    seen = Customer.objects.visible_to(actor)
    rows = Relation.objects.annotate(
        past=Case(When(current(), then=Value(0)), default=Value(1), output_field=IntegerField())
    )
    if customer.kind == CustomerKind.ORGANISATION:
        return rows.filter(organisation=customer, person__in=seen).select_related("person")
    return rows.filter(person=customer, organisation__in=seen).select_related("organisation")


def order_of(customer: Customer) -> tuple[str, ...]:
    """In which order a customer's relations are read."""
    return ORDER_OF_PEOPLE if customer.kind == CustomerKind.ORGANISATION else ORDER_OF_PLACES


def other_of(relation: Relation, customer: Customer) -> Customer:
    """The other side of a relation."""
    return relation.person if relation.organisation_id == customer.pk else relation.organisation


def relation_get(*, actor: Actor, customer: Customer, id: int) -> Relation:
    """One relation of a customer, if the actor sees both sides; Relation.DoesNotExist."""
    seen = Customer.objects.visible_to(actor)
    rows = Relation.objects.filter(
        Q(person=customer) | Q(organisation=customer), person__in=seen, organisation__in=seen
    )
    return rows.select_related("person", "organisation").get(pk=id)


# ── parts ─────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Node:
    """An organisation in the tree, of which only name and city are read, `depth` steps below the top.

    `here` is the one whose tree it is.
    """

    customer: Customer
    depth: int
    here: bool


@dataclass(frozen=True)
class Tree:
    """Part of a tree, in the order of reading; `total` counts all of it, `next` is where the next part begins."""

    nodes: Sequence[Node]
    total: int
    next: int | None = None


_TREE = """
WITH RECURSIVE seen AS NOT MATERIALIZED ({seen}),
up AS (
  SELECT c.id, c.parent_id, ARRAY[c.id] AS ids FROM customers_customer c WHERE c.id = %s
  UNION ALL
  SELECT c.id, c.parent_id, up.ids || c.id FROM up JOIN customers_customer c ON c.id = up.parent_id
   WHERE c.id IN (SELECT id FROM seen) AND NOT c.id = ANY(up.ids) AND cardinality(up.ids) < {most}
),
top AS (SELECT id FROM up ORDER BY cardinality(ids) DESC LIMIT 1),
down AS (
  SELECT c.id, ARRAY[c.id] AS ids, ARRAY[c.sort_key, lpad(c.id::text, 20, '0')] AS path
    FROM customers_customer c WHERE c.id = (SELECT id FROM top)
  UNION ALL
  SELECT c.id, d.ids || c.id, d.path || ARRAY[c.sort_key, lpad(c.id::text, 20, '0')]
    FROM down d JOIN customers_customer c ON c.parent_id = d.id
   WHERE c.id IN (SELECT id FROM seen) AND NOT c.id = ANY(d.ids) AND cardinality(d.ids) < {most}
),
here AS (SELECT id, ids FROM down WHERE id = %s),
sized AS (SELECT d.*, count(*) OVER () AS total FROM down d)
SELECT c.id, c.name, c.city, cardinality(s.ids) - 1 AS depth, s.total
  FROM sized s CROSS JOIN here h JOIN customers_customer c ON c.id = s.id WHERE {where}
 ORDER BY s.path LIMIT %s
"""


def tree(*, actor: Actor, organisation: Customer, after: int | None = None, size: int = 100) -> Tree:
    """The tree that an organisation stands in, a part of it at a time, from behind the organisation `after`."""
    where = "s.path > coalesce((SELECT path FROM down WHERE id = %s), ARRAY[]::text[])"
    rows, total = _read(actor, organisation, where, [after], size + 1)
    return Tree(rows[:size], total, rows[size - 1].customer.pk if len(rows) > size else None)


def tree_near(*, actor: Actor, organisation: Customer) -> Tree:
    """The whole tree where it is small; else what lies above and below the organisation, as far as there is room."""
    where = "s.total <= %s OR s.id = ANY(h.ids) OR h.id = ANY(s.ids)"
    rows, total = _read(actor, organisation, where, [NEAR], NEAR)
    return Tree(rows, total, rows[-1].customer.pk if total > len(rows) else None)


def _read(
    actor: Actor, organisation: Customer, where: str, values: Sequence[int | None], limit: int
) -> tuple[list[Node], int]:
    actor.require(access.VIEW)
    seen, parameters = Customer.objects.visible_to(actor).order_by().values("pk").query.sql_with_params()
    query = _TREE.format(seen=f"SELECT v.id FROM ({seen}) AS v (id)", most=MOST_LEVELS, where=where)
    with connection.cursor() as cursor:
        cursor.execute(query, [*parameters, organisation.pk, organisation.pk, *values, limit])
        found = cursor.fetchall()
    rows = concealed(
        actor,
        [
            Customer(pk=pk, name=name, city=city, kind=CustomerKind.ORGANISATION)
            for pk, name, city, _depth, _all in found
        ],
    )
    nodes = [
        Node(one, depth, one.pk == organisation.pk)
        for one, (_pk, _name, _city, depth, _all) in zip(rows, found, strict=True)
    ]
    return nodes, found[0][4] if found else 0
