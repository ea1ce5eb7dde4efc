"""Who is in which audience: written by the room that decides it, one process at a time. Nothing of it is kept in change
sets, since it can be looked up again; what becomes of the members of a frozen audience when a customer is deleted or
merged is.

Members of an audience that follows what happens stand in blocks, a row for those whose ids begin alike; of a frozen one
each is a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from peyvand.foundation.database.planning import of_everybody
from peyvand.memory.customers.models import AudienceBlock
from peyvand.memory.customers.services.traits import unkept

_BITS = AudienceBlock.BLOCK_BITS
_INTO_BLOCKS = f"""
INSERT INTO customers_audienceblock (audience, block, people, since)
SELECT {{audience}}, (id >> {_BITS})::int, array_agg(id ORDER BY id), {{since}} FROM {{people}} GROUP BY 2
"""
_FIRST = _INTO_BLOCKS.format(
    audience="%s", since="array_fill(statement_timestamp(), ARRAY[count(*)::int])", people="({}) AS fresh (id)"
)
_MOVED = """
WITH fresh AS MATERIALIZED (SELECT id FROM ({}) AS fresh (id)),
held AS MATERIALIZED (SELECT unnest(people) AS id FROM customers_audienceblock WHERE audience = %s)
SELECT true, id FROM fresh f WHERE NOT EXISTS (SELECT FROM held h WHERE h.id = f.id)
UNION ALL SELECT false, id FROM held h WHERE NOT EXISTS (SELECT FROM fresh f WHERE f.id = h.id)
"""
_CHANGED = f"""
WITH moved AS MATERIALIZED (
  SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::boolean[]) AS m (audience, id, came)
), touched AS MATERIALIZED (
  SELECT DISTINCT audience, (id >> {_BITS})::int AS block FROM moved
), held AS MATERIALIZED (
  SELECT b.audience, p.id, p.since FROM touched t JOIN customers_audienceblock b USING (audience, block)
   CROSS JOIN LATERAL unnest(b.people, b.since) AS p (id, since)
), made AS MATERIALIZED (
  SELECT audience, (id >> {_BITS})::int AS block, array_agg(id ORDER BY id) AS people,
         array_agg(since ORDER BY id) AS since
    FROM (SELECT audience, id, since FROM held h
           WHERE NOT EXISTS (SELECT FROM moved m WHERE m.audience = h.audience AND m.id = h.id AND NOT m.came)
          UNION ALL
          SELECT audience, id, statement_timestamp() FROM moved m
           WHERE came AND NOT EXISTS (SELECT FROM held h WHERE h.audience = m.audience AND h.id = m.id)) AS after
   GROUP BY 1, 2
), emptied AS (
  DELETE FROM customers_audienceblock b USING touched t WHERE b.audience = t.audience AND b.block = t.block
     AND NOT EXISTS (SELECT FROM made m WHERE m.audience = t.audience AND m.block = t.block)
)
INSERT INTO customers_audienceblock (audience, block, people, since) SELECT audience, block, people, since FROM made
ON CONFLICT (audience, block) DO UPDATE SET people = excluded.people, since = excluded.since
"""
_FOLLOWING = "WITH gone AS (DELETE FROM customers_audiencemember WHERE audience = %s RETURNING customer_id, since)" + (
    _INTO_BLOCKS.format(audience="%s", since="array_agg(since ORDER BY id)", people="gone AS g (id, since)")
)
_STAYING = """
WITH gone AS (DELETE FROM customers_audienceblock WHERE audience = %s RETURNING people, since)
INSERT INTO customers_audiencemember (audience, customer_id, since)
SELECT %s, p.id, p.since FROM gone g CROSS JOIN LATERAL unnest(g.people, g.since) AS p (id, since)
  JOIN customers_customer c ON c.id = p.id
ON CONFLICT DO NOTHING
"""
_HELD = f"""
SELECT b.audience, i.id FROM unnest(%s::bigint[]) AS i (id)
  JOIN customers_audienceblock b ON b.block = i.id >> {_BITS} AND i.id = ANY (b.people)
"""
_AMONG = f"""
SELECT p.audience, p.id FROM unnest(%s::bigint[], %s::bigint[]) AS p (audience, id)
  JOIN customers_audienceblock b ON b.audience = p.audience AND b.block = p.id >> {_BITS} AND p.id = ANY (b.people)
"""
_COUNTED = """
SELECT audience, sum(n)::bigint FROM (
  SELECT audience, cardinality(people) AS n FROM customers_audienceblock WHERE audience = ANY(%s)
  UNION ALL SELECT audience, 1 FROM customers_audiencemember WHERE audience = ANY(%s)) AS each GROUP BY 1
"""
_LOADED = "COPY customers_audienceblock (audience, block, people, since) FROM STDIN (FORMAT BINARY)"
Pairs = Sequence[tuple[int, int]]  # of audience and customer


def audience_members_change(*, come: Pairs, gone: Pairs) -> None:
    """Put customers into audiences that follow what happens, and take others out."""
    if come or gone:
        with transaction.atomic(), unkept() as cursor:
            pairs = [(*pair, True) for pair in come] + [(*pair, False) for pair in gone]
            cursor.execute(_CHANGED, [[pair[at] for pair in pairs] for at in range(3)])


def audience_members_replace(
    *, audience: int, select: str, params: Sequence[Any], first: bool = False
) -> tuple[list[int], list[int]]:
    """Have an audience consist of the customers whose ids a query gives; who came and who went. With `first` there was
    nobody in it, and nobody is named. From now on it follows what happens, if it was frozen.
    """
    with of_everybody(), unkept() as cursor:
        if first:
            cursor.execute(_FIRST.format(select), [audience, *params])
            return [], []
        audience_members_thaw(audience=audience)
        cursor.execute(_MOVED.format(select), [*params, audience])
        come: list[int] = []
        gone: list[int] = []
        for came, customer in cursor.fetchall():
            (come if came else gone).append(customer)
        audience_members_change(come=[(audience, one) for one in come], gone=[(audience, one) for one in gone])
    return come, gone


def audience_members_load(*, rows: Iterable[bytes]) -> None:
    """Members of audiences in which nobody was: rows of customers_audienceblock as COPY takes them in binary."""
    with transaction.atomic(), unkept() as cursor, cursor.copy(_LOADED) as copy:
        for some in rows:
            copy.write(some)


def audience_members_thaw(*, audience: int) -> None:
    """Its members follow what happens, if they stayed; who they are does not change by that."""
    with transaction.atomic(), unkept() as cursor:
        cursor.execute(_FOLLOWING, [audience, audience])


def audience_members_freeze(*, audience: int) -> None:
    """Whoever is in it stays, until it is replaced; of a frozen one nothing changes."""
    with transaction.atomic(), unkept() as cursor:
        cursor.execute(_STAYING, [audience, audience])


def audience_members_among(*, pairs: Pairs) -> list[tuple[int, int]]:
    """Of these pairs those of which the customer is in the audience, which follows what happens."""
    with connection.cursor() as cursor:
        cursor.execute(_AMONG, [[audience for audience, _id in pairs], [id for _audience, id in pairs]])
        found: list[tuple[int, int]] = cursor.fetchall()
    return found


def audience_members_forget(*, customers: Sequence[int]) -> list[int]:
    """Take customers who are no more out of every audience that follows what happens; from which they went, in order.
    Of the frozen ones they went with their row.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_HELD, [list(customers)])
            gone = cursor.fetchall()
        audience_members_change(come=[], gone=gone)
    return sorted({audience for audience, _customer in gone})


def audience_members_count(*, audiences: Sequence[int]) -> Mapping[int, int]:
    """How many customers are in each of these audiences, of everybody; no key for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [list(audiences)] * 2)
        return dict(cursor.fetchall())


def audience_members_clear(*, audiences: Sequence[int]) -> None:
    """Empty these audiences."""
    with transaction.atomic(), unkept() as cursor:
        for table in ("customers_audiencemember", "customers_audienceblock"):
            cursor.execute(f"DELETE FROM {table} WHERE audience = ANY(%s)", [list(audiences)])


def audiences_with_members() -> list[int]:
    """Ids of the audiences that somebody is in, in order."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audience FROM customers_audienceblock UNION "
            "SELECT audience FROM customers_audiencemember ORDER BY audience"
        )
        return [audience for (audience,) in cursor.fetchall()]
