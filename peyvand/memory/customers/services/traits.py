"""Verbs on traits: what insight says of customers, written many at a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db import connection, transaction

from peyvand.foundation.registry.actor import Actor
from peyvand.memory.customers.data import TraitRow

_INCOMING = """
CREATE TEMPORARY TABLE IF NOT EXISTS customers_trait_in (
  customer_id bigint, name text, text text, number numeric, currency text, at date
) ON COMMIT DELETE ROWS;
TRUNCATE customers_trait_in
"""
_COPY = "COPY customers_trait_in (customer_id, name, text, number, currency, at) FROM STDIN"
_UPSERT = """
INSERT INTO customers_trait AS kept (demo, customer_id, name, text, number, currency, at, source, computed_at)
SELECT DISTINCT ON (i.customer_id, i.name)
       %(demo)s, i.customer_id, i.name, i.text, i.number, i.currency, i.at, %(source)s, statement_timestamp()
  FROM customers_trait_in i JOIN customers_customer c ON c.id = i.customer_id AND c.demo = %(demo)s
 ORDER BY i.customer_id, i.name
ON CONFLICT (customer_id, name) DO UPDATE
   SET text = excluded.text, number = excluded.number, currency = excluded.currency, at = excluded.at,
       source = excluded.source, computed_at = excluded.computed_at
"""
_REST = """
DELETE FROM customers_trait t
 WHERE t.demo = %(demo)s AND t.source = %(source)s
   AND NOT EXISTS (SELECT FROM customers_trait_in i WHERE i.customer_id = t.customer_id AND i.name = t.name)
"""


def traits_write(*, actor: Actor, rows: Iterable[TraitRow], source: str, replace: bool = False) -> int:
    """Write traits by (customer, name), each replacing the one before; gives how many stand now.

    With `replace` the traits of that source that are not among the rows go. Customers who are gone, or of the other
    business, are passed over. The right to compute is the caller's to check; in the caller's transaction, if any.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_INCOMING)
        with cursor.copy(_COPY) as copy:
            for row in rows:
                copy.write_row((row.customer_id, row.name, row.text, row.number, row.currency, row.at))
        cursor.execute("ANALYZE customers_trait_in")
        cursor.execute(_UPSERT, {"demo": actor.demo, "source": source})
        written: int = cursor.rowcount
        if replace:
            cursor.execute(_REST, {"demo": actor.demo, "source": source})
        cursor.execute("TRUNCATE customers_trait_in")
    return written


def traits_clear(*, actor: Actor, names: Collection[str] = (), source: str = "") -> int:
    """Remove traits by name, by source, or by both; gives how many went. With neither it does nothing."""
    conditions = ["demo = %(demo)s"]
    if names:
        conditions.append("name = ANY(%(names)s)")
    if source:
        conditions.append("source = %(source)s")
    if len(conditions) == 1:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM customers_trait WHERE {' AND '.join(conditions)}",
            {"demo": actor.demo, "names": list(names), "source": source},
        )
        return int(cursor.rowcount)
