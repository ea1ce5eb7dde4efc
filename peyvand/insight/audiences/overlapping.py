"""Audiences and pictures side by side: who is in which of them at once. One look at their members, of whom each gets a
bit for every side they are on; all else is sums of that.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction

from peyvand.foundation.database.planning import of_everybody
from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences import inside, keeping, queries
from peyvand.insight.audiences.answers import Comparison, Worth
from peyvand.insight.audiences.errors import HiddenFromReaderError
from peyvand.insight.audiences.models import Audience, Snapshot
from peyvand.insight.audiences.queries import LIFETIME
from peyvand.insight.audiences.reading import Reading
from peyvand.memory.customers import queries as customers
from peyvand.memory.customers.access import sees_everybody
from peyvand.memory.customers.models import Customer

MOST = 10  # sides at once
Side = Audience | Snapshot
_SIDES = "SELECT id, bit_or(bit) AS sides FROM ({}) AS each (id, bit) {} GROUP BY id"
_OF = {
    Audience: "SELECT customer_id, %s::int FROM customers_inaudience WHERE audience = %s",
    Snapshot: "SELECT customer_id, %s::int FROM audiences_snapshotmember WHERE snapshot_id = %s",
}
_COUNTED = "WITH sides AS MATERIALIZED ({}) SELECT sides, '', '', count(*)::numeric FROM sides GROUP BY 1"
_WORTH = f"""{_COUNTED}
UNION ALL
SELECT s.sides, t.name, t.currency, sum(t.number) FROM sides s JOIN customers_trait t ON t.customer_id = s.id
 WHERE t.demo = %s AND t.number IS NOT NULL AND t.currency <> ''
   AND (t.name IN (%s, %s) OR starts_with(t.name, %s)) GROUP BY 1, 2, 3
"""


def compare(*, actor: Actor, a: Side, b: Side) -> Comparison:
    """Two audiences, two snapshots, or one of each, of those whom the actor sees; HiddenFromReaderError where one is
    concealed. What they brought is told to who may see it.
    """
    for one in (a, b):
        if queries.concealed(actor=actor, audience=one.audience if isinstance(one, Snapshot) else one):
            raise HiddenFromReaderError
    rows = _asked(actor, [a, b], worth=actor.may("insight.view_customer"))
    alone = {sides: int(number) for sides, name, _currency, number in rows if not name}
    both, only_a, only_b = alone.get(3, 0), alone.get(1, 0), alone.get(2, 0)
    left, right = (_worth(rows, bit, both + only) for bit, only in ((1, only_a), (2, only_b)))
    return Comparison(left, right, both, only_a, only_b)


def overlap(*, actor: Actor, audiences: Sequence[Audience]) -> dict[tuple[int, int], int]:
    """How many customers whom the actor sees are in both, for each pair of these audiences by id, the lower first; of
    an audience with itself its size. MOST at once at most; concealed ones are left out.
    """
    reading = Reading(actor)
    seen = (one for one in audiences if not queries.concealed(actor=actor, audience=one, reading=reading))
    shown = sorted({one.pk: one for one in seen}.values(), key=lambda one: one.pk)
    if len(shown) > MOST:
        raise ValueError(len(shown))
    found = {(one.pk, other.pk): 0 for at, one in enumerate(shown) for other in shown[at:]}
    for sides, _name, _currency, number in _asked(actor, shown, worth=False) if shown else ():
        there = [one.pk for place, one in enumerate(shown) if sides >> place & 1]
        for at, one in enumerate(there):
            for other in there[at:]:
                found[one, other] += int(number)
    return found


def _asked(actor: Actor, sides: Sequence[Side], *, worth: bool) -> list[tuple[int, str, str, Decimal]]:
    """Rows of (bits of the sides, name of a trait, currency, number); without a name the number of customers."""
    parts = " UNION ALL ".join(_OF[type(one)] for one in sides)
    params: list[Any] = [value for place, one in enumerate(sides) for value in (1 << place, one.pk)]
    among = ""
    if not sees_everybody(actor):
        try:
            select, chosen = Customer.objects.visible_to(actor).order_by().values_list("pk").query.sql_with_params()
        except EmptyResultSet:
            return []
        among, params = f"WHERE id IN ({select})", [*params, *chosen]
    members = _SIDES.format(parts, among)
    statement = (_WORTH if worth else _COUNTED).format(members)
    if worth:
        params += [actor.demo, customers.WORTH, LIFETIME, f"{customers.WORTH}."]
    with _planned(sides), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return list(cursor.fetchall())


@contextmanager
def _planned(sides: Sequence[Side]) -> Iterator[None]:
    """PostgreSQL cannot tell from a view of blocks how many there are; we can."""
    if sum(one.size if isinstance(one, Snapshot) else one.members for one in sides) <= inside.MANY:
        yield
        return
    with transaction.atomic(), of_everybody():
        keeping.make_room()
        yield


def _worth(rows: Sequence[tuple[int, str, str, Decimal]], bit: int, count: int) -> Worth:
    revenue: dict[str, Decimal] = {}
    lifetime: dict[str, Decimal] = {}
    for sides, name, currency, number in sorted(rows, key=lambda row: row[2]):
        if name and sides & bit:
            sums = lifetime if name == LIFETIME else revenue
            sums[currency] = sums.get(currency, Decimal(0)) + number
    return Worth(count, revenue, lifetime)
