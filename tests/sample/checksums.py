"""Checksums of tables, to see that one's own rows are the same to the last byte."""

from __future__ import annotations

from django.db import connection

OWN = {  # table: which of its rows are one's own
    "customers_customer": "NOT demo",
    "customers_identity": "NOT demo",
    "customers_relation": "NOT demo",
    "customers_tag": "NOT demo",
    "customers_customertag": "customer_id IN (SELECT id FROM customers_customer WHERE NOT demo)",
    "customers_trait": "NOT demo",
    "interactions_interaction": "NOT demo",
    "commerce_product": "NOT demo",
    "commerce_order": "NOT demo",
    "commerce_orderline": "order_id IN (SELECT id FROM commerce_order WHERE NOT demo)",
    "commerce_payment": "NOT demo",
    "webhooks_webhookendpoint": "NOT demo",
    "webhooks_webhookdelivery": "NOT demo",
}


def checksums(*, own: bool = True, but: tuple[str, ...] = ()) -> dict[str, tuple[int, str]]:
    """How many rows of each table, and a digest over them in the order of their ids."""
    found = {}
    with connection.cursor() as cursor:
        for table, condition in OWN.items():
            which = condition if own else f"NOT ({condition})"
            row = f"to_jsonb(t) - '{{{','.join(but)}}}'::text[]"
            cursor.execute(
                f"SELECT count(*), coalesce(md5(string_agg(({row})::text, '' ORDER BY id)), '') "
                f"FROM {table} t WHERE {which}"
            )
            found[table] = cursor.fetchone()
    return found
