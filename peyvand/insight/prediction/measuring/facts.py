"""Stages of `bench insight`: facts from PostgreSQL to Parquet; recency, frequency and value, beside SQL. Heavy."""

from __future__ import annotations

from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from ibis import _

from peyvand.insight.prediction.measuring import kept, shop
from peyvand.insight.prediction.measuring.clock import Clock
from peyvand.insight.value import frames
from peyvand.insight.value.classes import FEWEST
from peyvand.insight.warehouse import engine, place

CHANGED = 1_000
TIMES = 3  # that both ways of the same question are asked

# What a person who knows DuckDB would write by hand for what `frames.people` gives.
_SQL = """
WITH deals AS (
  SELECT id, customer_id, placed_at_day AS day, net_minor, kind = 'sale' AS sold, placed_at_day >= $start AS lately
    FROM read_parquet($orders)
   WHERE NOT demo AND currency = $currency AND status <> 'cancelled' AND placed_at_day <= $as_of
     AND customer_id IS NOT NULL AND kind IN ('sale', 'return')),
base AS (
  SELECT customer_id, min(day) FILTER (sold) AS first_day, max(day) FILTER (sold) AS last_day,
         count(*) FILTER (sold) AS orders, count(*) FILTER (sold AND lately) AS frequency,
         coalesce(sum(net_minor) FILTER (lately), 0)::BIGINT AS monetary, sum(net_minor)::BIGINT AS revenue
    FROM deals GROUP BY customer_id HAVING count(*) FILTER (sold) > 0),
ranked AS (
  SELECT *, count(*) OVER () AS n, rank() OVER (ORDER BY last_day) - 1 AS k_recency,
         rank() OVER (ORDER BY frequency) - 1 AS k_frequency, rank() OVER (ORDER BY monetary) - 1 AS k_monetary,
         row_number() OVER (ORDER BY monetary DESC, customer_id) AS rank
    FROM base),
gaps AS (
  SELECT customer_id, date_diff('day', lag(day) OVER (PARTITION BY customer_id ORDER BY day), day) AS gap
    FROM (SELECT DISTINCT customer_id, day FROM deals WHERE sold)),
rhythm AS (
  SELECT customer_id, quantile_cont(gap, [0.5, 0.9]) AS gaps, count(*) AS purchase_days FROM gaps GROUP BY customer_id),
margins AS (
  SELECT customer_id, coalesce(sum(net) FILTER (unit_cost IS NOT NULL), 0)::DOUBLE AS known,
         coalesce(sum(quantity::DOUBLE * unit_cost::DOUBLE), 0) AS cost
    FROM read_parquet($lines) line JOIN deals ON line.order_id = deals.id GROUP BY customer_id)
SELECT customer_id, first_day, last_day, orders, frequency, monetary, revenue, rank,
       CASE WHEN n < $fewest THEN 0 ELSE k_recency * 5 // n + 1 END AS r,
       CASE WHEN n < $fewest THEN 0 ELSE k_frequency * 5 // n + 1 END AS f,
       CASE WHEN n < $fewest THEN 0 ELSE k_monetary * 5 // n + 1 END AS m,
       gaps[1] AS rhythm, gaps[2] AS long_gap, purchase_days, known, cost
  FROM ranked LEFT JOIN rhythm USING (customer_id) LEFT JOIN margins USING (customer_id)"""


def load(clock: Clock) -> dict[str, Any]:
    """Every fact from nothing."""
    with clock:
        found = engine.load()
    rows = sum(fact["rows"] for fact in found.facts.values())
    size = sum(fact["bytes"] for fact in found.facts.values())
    return {"rows": rows, "mb": round(size / 2**20), "reconciled": found.reconciled}


def change(clock: Clock) -> dict[str, Any]:
    """So many orders that changed are in the files."""
    number = shop.change(CHANGED)
    with clock:
        found = engine.load()
    orders = kept.frame().orders
    seen = int(orders.filter(_.status == "delivered").count().to_pyarrow().as_py())
    return {"rows": found.moved, "changed": number, "seen": seen, "reconciled": found.reconciled}


def rfm(clock: Clock) -> dict[str, Any]:
    """Everybody's, by the product's own expression."""
    for _turn in range(TIMES):
        with clock:
            table = frames.people(kept.frame()).to_pyarrow()
    kept.keep("rfm", table)
    return {"rows": table.num_rows}


def rfm_sql(clock: Clock) -> dict[str, Any]:
    """The same by hand, from the same files with the same limits; `same` where it agrees to the last row."""
    files, frame = place.current(), kept.frame()
    given = {
        "orders": f"{files}/orders/*.parquet", "lines": f"{files}/order_lines/*.parquet", "currency": frame.currency,
        "as_of": frame.as_of, "start": frame.window_start, "fewest": FEWEST,
    }  # fmt: skip
    for _turn in range(TIMES):
        with clock, duckdb.connect(config={"threads": 2, "memory_limit": "2GB"}) as hand:
            table = hand.sql(_SQL, params=given).to_arrow_table()
    ours = pq.read_table(kept.folder() / "rfm.parquet")
    return {"rows": table.num_rows, "same": _same(ours, table)}


def _same(ours: pa.Table, other: pa.Table) -> bool:
    """Equal keys and counts; floats to 1e-9."""
    if set(ours.column_names) != set(other.column_names) or ours.num_rows != other.num_rows:
        return False
    one, two = (table.sort_by("customer_id") for table in (ours, other))
    for name in one.column_names:
        a, b = (table[name].to_numpy(zero_copy_only=False) for table in (one, two))
        if a.dtype.kind == "f" or b.dtype.kind == "f":
            if not np.allclose(a.astype(float), b.astype(float), rtol=1e-9, atol=0, equal_nan=True):
                return False
        elif not np.array_equal(a, b):
            return False
    return True
