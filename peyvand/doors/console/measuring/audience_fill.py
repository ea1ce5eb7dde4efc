"""Customers for `bench audiences`: those of `bench insight`, who live somewhere, were born, and of whom is known what
they are worth; and audiences of three to eight conditions over all of it.
"""

from __future__ import annotations

import random
from typing import Any

from django.db import connection, transaction

from peyvand.doors.console.measuring import insight_fill

CITIES = ("تهران", "مشهد", "اصفهان", "شیراز", "تبریز", "کرج", "اهواز", "قم")
CLASSES = ("champion", "loyal", "promising", "new", "attention", "risk", "cantlose", "dormant", "lost")
_LIVED = """
UPDATE customers_customer SET city = (%(cities)s::text[])[1 + (id * 7919 %% %(count)s)],
       birth_date = CASE WHEN id %% 4 > 0 THEN date '1950-01-01' + (id * 104729 %% 20000)::int END
"""
_WORTH = """
INSERT INTO customers_trait (demo, customer_id, name, text, number, currency, source, computed_at)
SELECT false, customer_id, 'value.revenue', '', sum(total_minor), min(currency), 'bench', now()
  FROM commerce_order GROUP BY customer_id
UNION ALL
SELECT false, id, 'prediction.risk', '', id * 31 %% 1000 / 10.0, '', 'bench', now() FROM customers_customer
UNION ALL
SELECT false, id, 'value.class', (%(classes)s::text[])[1 + id * 17 %% 9], NULL, '', 'bench', now()
  FROM customers_customer
"""


def fill(*, customers: int, orders: int) -> None:
    """Fill an empty, migrated database."""
    insight_fill.fill(customers=customers, orders=orders)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(_LIVED, {"cities": list(CITIES), "count": len(CITIES)})
        cursor.execute(_WORTH, {"classes": list(CLASSES)})
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence('commerce_order', 'id'), (SELECT max(id) FROM commerce_order))"
        )
        cursor.execute("VACUUM ANALYZE customers_customer, customers_trait, customers_touch")


def tree(chance: random.Random) -> dict[str, Any]:
    """Three to eight conditions, of everything that there is."""
    leaves = [_leaf(chance) for _number in range(chance.randint(3, 8))]
    if len(leaves) > 4 and chance.random() < 0.5:
        return {"all": [*leaves[:3], {chance.choice(("any", "none")): leaves[3:]}]}
    return {"all": [*leaves[:2], {"any": leaves[2:]}]} if len(leaves) > 3 else {"all": leaves}


def _leaf(chance: random.Random) -> dict[str, Any]:
    days = chance.choice((30, 60, 90, 180, 365))
    return chance.choice((
        {"field": "city", "operator": "is", "values": [chance.choice(CITIES)]},
        {"field": "city", "operator": "not", "values": [chance.choice(CITIES)]},
        {"field": "class", "operator": "any", "values": chance.sample(CLASSES, 3)},
        {"field": "birth_date", "operator": "after", "values": [f"{chance.randint(1955, 1995)}-01-01"]},
        {"field": "worth", "operator": "least", "values": [str(chance.randint(1, 60) * 100_000)]},
        {"field": "t.prediction.risk", "operator": "most", "values": [str(chance.randint(2, 9) * 10)]},
        {"field": "touched", "operator": "notlast", "values": [str(days)]},
        _ordered(chance, days), {**_ordered(chance, days), "not": True},
        {**_ordered(chance, days), "count": {"operator": "least", "n": chance.randint(2, 4)}},
        {**_ordered(chance, days), "of": [
            {"field": "product", "operator": "any", "values": [str(chance.randint(1, 60))]}]},
    ))  # fmt: skip


def _ordered(chance: random.Random, days: int) -> dict[str, Any]:
    within: dict[str, Any] = chance.choice(({"last": days}, {"since": "nowruz"}, {}))
    return {"did": "ordered", "of": [], "count": {"operator": "least", "n": 1}, "within": within, "not": False}
