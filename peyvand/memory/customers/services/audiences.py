"""Who is in which audience: written by the room that decides it. Nothing of it is kept in change sets, since it can be
looked up again; what becomes of the rows when a customer is deleted or merged is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, transaction

from peyvand.foundation.database.planning import of_everybody
from peyvand.memory.customers.services.traits import unkept

_COME = """
INSERT INTO customers_audiencemember (audience, customer_id)
SELECT p.audience, p.id FROM unnest(%s::bigint[], %s::bigint[]) AS p (audience, id)
  JOIN customers_customer c ON c.id = p.id
ON CONFLICT DO NOTHING
"""
_GONE = """
DELETE FROM customers_audiencemember m USING unnest(%s::bigint[], %s::bigint[]) AS p (audience, id)
 WHERE m.audience = p.audience AND m.customer_id = p.id
"""
_FIRST = "INSERT INTO customers_audiencemember (audience, customer_id) SELECT %s, id FROM ({}) AS fresh (id)"
_ANEW = """
WITH fresh AS MATERIALIZED (SELECT id FROM ({}) AS fresh (id)),
gone AS (
  DELETE FROM customers_audiencemember m
   WHERE m.audience = %s AND NOT EXISTS (SELECT FROM fresh f WHERE f.id = m.customer_id)
  RETURNING m.customer_id
), come AS (
  INSERT INTO customers_audiencemember (audience, customer_id)
  SELECT %s, f.id FROM fresh f
   WHERE NOT EXISTS (SELECT FROM customers_audiencemember m WHERE m.audience = %s AND m.customer_id = f.id)
  RETURNING customer_id
)
SELECT true, customer_id FROM come UNION ALL SELECT false, customer_id FROM gone
"""


def audience_members_change(*, come: Sequence[tuple[int, int]], gone: Sequence[tuple[int, int]]) -> None:
    """Put customers into audiences and take others out: pairs of audience and customer."""
    with transaction.atomic(), unkept() as cursor:
        for statement, pairs in ((_GONE, gone), (_COME, come)):
            if pairs:
                cursor.execute(statement, [[a for a, _c in pairs], [c for _a, c in pairs]])


def audience_members_replace(
    *, audience: int, select: str, params: Sequence[Any], first: bool = False
) -> tuple[list[int], list[int]]:
    """Have an audience consist of the customers whose ids a query gives; who came and who went. With `first` there was
    nobody in it, and nobody is named.
    """
    with of_everybody(), unkept() as cursor:
        if first:
            cursor.execute(_FIRST.format(select), [audience, *params])
            return [], []
        cursor.execute(_ANEW.format(select), [*params, audience, audience, audience])
        come: list[int] = []
        gone: list[int] = []
        for came, customer in cursor.fetchall():
            (come if came else gone).append(customer)
    return come, gone


def audience_members_count(*, audiences: Sequence[int]) -> Mapping[int, int]:
    """How many customers are in each of these audiences, of everybody; no key for nobody."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT audience, count(*) FROM customers_audiencemember WHERE audience = ANY(%s) GROUP BY 1",
            [list(audiences)],
        )
        return dict(cursor.fetchall())


def audience_members_clear(*, audiences: Sequence[int]) -> None:
    """Empty these audiences."""
    with transaction.atomic(), unkept() as cursor:
        cursor.execute("DELETE FROM customers_audiencemember WHERE audience = ANY(%s)", [list(audiences)])
