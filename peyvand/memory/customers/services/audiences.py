"""Who is in which audience: written by the room that decides it, one process at a time. Nothing of it is kept in change
sets, since it can be looked up again; what becomes of the members of a frozen audience when a customer is deleted or
merged is.

Members of an audience that follows what happens stand in blocks, a row for those whose ids begin alike; of a frozen one
each is a row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction

from peyvand.foundation.database.planning import of_everybody
from peyvand.memory.customers.access import CustomerQuerySet
from peyvand.memory.customers.models import AudienceBlock
from peyvand.memory.customers.services.traits import unkept

_BITS = AudienceBlock.BLOCK_BITS
_BLOCK, _OFFSET = f"(id >> {_BITS})::int", f"(id & {(1 << _BITS) - 1})::smallint"
_NOW = "(extract(epoch FROM statement_timestamp()) / 60)::int"
_FIRST = f"""
INSERT INTO customers_audienceblock (audience, block, people, since)
SELECT %s, {_BLOCK}, array_agg({_OFFSET}), array_fill({_NOW}, ARRAY[count(*)::int]) FROM ({{}}) AS fresh (id) GROUP BY 2
"""
_MOVED = """
WITH fresh AS MATERIALIZED (SELECT id FROM ({}) AS fresh (id)),
held AS MATERIALIZED (SELECT customer_id AS id FROM customers_inaudience WHERE audience = %s)
SELECT true, id FROM fresh f WHERE NOT EXISTS (SELECT FROM held h WHERE h.id = f.id)
UNION ALL SELECT false, id FROM held h WHERE NOT EXISTS (SELECT FROM fresh f WHERE f.id = h.id)
"""
_PAIRS = f"""(
  SELECT audience, {_BLOCK} AS block, array_agg({_OFFSET}) AS people
    FROM unnest(%s::bigint[], %s::bigint[]) AS p (audience, id) GROUP BY 1, 2) AS m"""
_COME = f"""
INSERT INTO customers_audienceblock AS b (audience, block, people, since)
SELECT audience, block, people, array_fill({_NOW}, ARRAY[cardinality(people)]) FROM {_PAIRS}
ON CONFLICT (audience, block) DO UPDATE SET people = b.people || excluded.people, since = b.since || excluded.since
"""
_GONE = f"""
UPDATE customers_audienceblock b
   SET (people, since) = (SELECT coalesce(array_agg(p.id), '{{}}'), coalesce(array_agg(p.since), '{{}}')
                            FROM unnest(b.people, b.since) AS p (id, since) WHERE p.id <> ALL (m.people))
  FROM {_PAIRS} WHERE b.audience = m.audience AND b.block = m.block
"""
_EMPTIED = f"""
DELETE FROM customers_audienceblock b USING {_PAIRS}
 WHERE b.audience = m.audience AND b.block = m.block AND b.people = '{{}}'
"""
_FOLLOWING = f"""
WITH gone AS (DELETE FROM customers_audiencemember WHERE audience = %s RETURNING customer_id, since)
INSERT INTO customers_audienceblock (audience, block, people, since)
SELECT %s, {_BLOCK}, array_agg({_OFFSET}), array_agg((extract(epoch FROM since) / 60)::int) FROM gone AS g (id, since)
 GROUP BY 2
"""
_STAYING = """
INSERT INTO customers_audiencemember (audience, customer_id, since)
SELECT m.audience, m.customer_id, m.since FROM customers_inaudience m JOIN customers_customer c ON c.id = m.customer_id
 WHERE m.audience = %s
ON CONFLICT DO NOTHING
"""
_HELD = f"""
SELECT b.audience, i.id FROM unnest(%s::bigint[]) AS i (id)
  JOIN customers_audienceblock b ON b.block = {_BLOCK} AND {_OFFSET} = ANY (b.people)
"""
_AMONG = f"""
SELECT p.audience, p.id FROM unnest(%s::bigint[], %s::bigint[]) AS p (audience, id)
  JOIN customers_audienceblock b ON b.audience = p.audience AND b.block = {_BLOCK} AND {_OFFSET} = ANY (b.people)
"""
_COUNTED = """
SELECT audience, sum(n)::bigint FROM (
  SELECT audience, cardinality(people) AS n FROM customers_audienceblock WHERE audience = ANY(%s)
  UNION ALL SELECT audience, 1 FROM customers_audiencemember WHERE audience = ANY(%s)) AS each GROUP BY 1
"""
_COUNTED_AMONG = f"""
WITH few AS MATERIALIZED (SELECT id FROM ({{}}) AS few (id))
SELECT audience, count(*) FROM (
  SELECT b.audience FROM few
    JOIN customers_audienceblock b ON b.block = {_BLOCK} AND {_OFFSET} = ANY (b.people) AND b.audience = ANY(%s)
  UNION ALL SELECT m.audience FROM few JOIN customers_audiencemember m ON m.customer_id = few.id
   WHERE m.audience = ANY(%s)) AS each GROUP BY 1
"""
_LOADED = "COPY customers_audienceblock (audience, block, people, since) FROM STDIN (FORMAT BINARY)"
Pairs = Sequence[tuple[int, int]]  # of audience and customer


def _apart(pairs: Pairs) -> list[list[int]]:
    return [[audience for audience, _id in pairs], [id for _audience, id in pairs]]


def audience_members_change(*, come: Pairs, gone: Pairs) -> None:
    """Put customers into audiences that follow what happens, in which they are not, and take others out."""
    with transaction.atomic(), unkept() as cursor:
        for statement, pairs in ((_GONE, gone), (_EMPTIED, gone), (_COME, come)):
            if pairs:
                cursor.execute(statement, _apart(pairs))


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
        cursor.execute(_STAYING, [audience])
        cursor.execute("DELETE FROM customers_audienceblock WHERE audience = %s", [audience])


def audience_members_among(*, pairs: Pairs) -> list[tuple[int, int]]:
    """Of these pairs those of which the customer is in the audience, which follows what happens."""
    with connection.cursor() as cursor:
        cursor.execute(_AMONG, _apart(pairs))
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


def audience_members_count(*, audiences: Sequence[int], among: CustomerQuerySet | None = None) -> Mapping[int, int]:
    """How many customers are in each of these audiences, of everybody or `among` some; no key for nobody."""
    statement, params = _COUNTED, [list(audiences)] * 2
    if among is not None:
        try:
            select, chosen = among.order_by().values_list("pk").query.sql_with_params()
        except EmptyResultSet:
            return {}
        statement, params = _COUNTED_AMONG.format(select), [*chosen, *params]
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
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
