"""What `peyvand bench reports` measures: questions over millions of orders, beside the same by hand. Heavy.

Run as `python -m peyvand.insight.reports.measuring ORDERS FOLDER`; prints one line of JSON. The files are made up: each
order has a customer, a day of five years, one of six channels, a net, and one in fifty is cancelled.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import ibis

from peyvand.insight.reports import cubes
from peyvand.insight.reports.computing import answered, prepare
from peyvand.insight.reports.expressions import calendar_days

TIMES = 3
LIMITS: dict[str, Any] = {"threads": 2, "memory_limit": "2GB"}
_ORDERS = """
COPY (SELECT i AS id, false AS demo, (hash(i) % $people)::BIGINT + 1 AS customer_id,
      CASE WHEN hash(i + 1) % 20 = 0 THEN 'return' ELSE 'sale' END AS kind,
      CASE WHEN hash(i + 2) % 50 = 0 THEN 'cancelled' ELSE 'delivered' END AS status,
      DATE '2021-03-21' + (hash(i + 3) % 1826)::INTEGER AS placed_at_day, 'IRR' AS currency,
      ['web', 'store', 'call', 'telegram', 'instagram', 'bale'][(hash(i + 4) % 6)::INTEGER + 1] AS channel,
      (hash(i + 5) % 9000000 + 100000)::BIGINT AS net_minor FROM range(1, $orders + 1) t(i))
  TO '{path}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 250000)"""
_PEOPLE = """
COPY (SELECT i AS id, false AS demo, 'city ' || (hash(i) % 40) AS city FROM range(1, $people + 1) t(i))
  TO '{path}' (FORMAT parquet, COMPRESSION zstd)"""
_REVENUE = {"op": "sum", "column": "net_minor", "less": "", "over": [],
            "where": [["status", "not", "cancelled"], ["kind", "not", "adjustment"]]}  # fmt: skip
_SALES = {"op": "count", "column": "", "less": "", "over": [],
          "where": [["status", "not", "cancelled"], ["kind", "is", "sale"]]}  # fmt: skip
_BUYERS = {**_SALES, "op": "distinct", "column": "customer_id"}
_MEASURES = {"revenue": _REVENUE, "sales": _SALES, "buyers": _BUYERS}
_DAYS = ["2025-03-21", "2026-03-20"]
_COUNTED = "NOT demo AND currency = 'IRR'"
_NET = "coalesce(sum(net_minor) FILTER (status <> 'cancelled' AND kind <> 'adjustment'), 0)"
_SOLD = "count(*) FILTER (status <> 'cancelled' AND kind = 'sale')"


def _plan(shown: list[str], *dimensions: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {
        "fact": "orders", "key": "id", "demo": False, "calendar": "gregorian", "language": "en",
        "leads": {"customer_id": "customers"}, "measures": {name: _MEASURES[name] for name in shown}, "shown": shown,
        "dimensions": [{"path": path, "grain": grain, "kind": "text"} for path, grain in dimensions],
        "conditions": [], "at": "placed_at", "span": None, "beside": None, "currency_path": "currency",
        "currency": "IRR", "people_path": "customer_id", "fewest": 0, "top": 0, "rows": len(dimensions),
        "order": "label", **more,
    }  # fmt: skip


QUESTIONS: Mapping[str, tuple[dict[str, Any], str]] = {
    "revenue by month": (
        _plan(["revenue", "sales"], ("placed_at", "month")),
        f"SELECT date_trunc('month', placed_at_day) m, {_NET}, {_SOLD} FROM orders WHERE {_COUNTED} GROUP BY 1",
    ),
    "revenue by channel": (
        _plan(["revenue"], ("channel", "")),
        f"SELECT channel, {_NET} FROM orders WHERE {_COUNTED} GROUP BY 1",
    ),
    "revenue by the customer's city": (
        _plan(["revenue"], ("customer_id.city", "")),
        f"SELECT c.city, {_NET} FROM orders o LEFT JOIN customers c ON c.id = o.customer_id"
        f" WHERE NOT o.demo AND currency = 'IRR' GROUP BY 1",
    ),
    "buyers of a year": (
        _plan(["buyers"], span=_DAYS),
        "SELECT count(DISTINCT customer_id) FILTER (status <> 'cancelled' AND kind = 'sale') FROM orders"
        f" WHERE {_COUNTED} AND placed_at_day BETWEEN '{_DAYS[0]}' AND '{_DAYS[1]}'",
    ),
}  # fmt: skip
BOARD = (
    _plan(["revenue"], span=_DAYS), _plan(["sales"], span=_DAYS), _plan(["buyers"], span=_DAYS),
    _plan(["revenue"], ("placed_at", "month"), span=_DAYS), _plan(["sales"], ("channel", ""), span=_DAYS),
    _plan(["revenue"], ("channel", ""), ("placed_at", "season"), span=_DAYS),
    _plan(["revenue"], ("customer_id.city", ""), span=_DAYS, top=8),
    _plan(["sales"], ("placed_at", "week"), span=_DAYS),
)  # fmt: skip


def made(folder: Path, *, orders: int) -> None:
    """The files of so many orders of a tenth as many customers."""
    numbers = {"orders": orders, "people": max(1, orders // 10)}
    for name, statement in (("orders", _ORDERS), ("customers", _PEOPLE)):
        (folder / name).mkdir(parents=True)
        given = {key: value for key, value in numbers.items() if f"${key}" in statement}
        with duckdb.connect(config=LIMITS) as hand:
            hand.execute(statement.replace("{path}", str(folder / name / "1.parquet")), given)


def measured(folder: Path, *, orders: int) -> dict[str, Any]:
    """Each question by the product and by hand, their ratio by the processor's time, and whether they agree."""
    made(folder, orders=orders)
    backend = ibis.duckdb.connect(**LIMITS)
    for name in ("orders", "customers"):
        backend.read_parquet(str(folder / name / "*.parquet"), table_name=name)
    calendar_days(backend)
    found: dict[str, Any] = {"orders": orders, "questions": {}}
    with duckdb.connect(config=LIMITS) as hand:
        for name in ("orders", "customers"):
            hand.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{folder / name}/*.parquet')")
        for name, (plan, statement) in QUESTIONS.items():
            ours, got = _timed(lambda plan=plan: answered(backend, plan))  # type: ignore[misc]
            theirs, rows = _timed(lambda statement=statement: hand.execute(statement).fetchall())  # type: ignore[misc]
            numbers = [row[-1] for row in got["rows"]] or got["total"]
            found["questions"][name] = {
                **ours, "by_hand_ms": theirs["ms"], "by_hand_cpu_ms": theirs["cpu_ms"],
                "ratio": round(ours["cpu_ms"] / theirs["cpu_ms"], 2),
                "same": sorted(numbers) == sorted(row[-1] for row in rows),
            }  # fmt: skip
    found["board"], _got = _timed(lambda: _board(backend))
    return found


def _board(backend: Any) -> list[dict[str, Any]]:
    """All charts of a dashboard, as if nobody had asked since the load."""
    cubes.forget(backend)
    prepare(backend, BOARD)
    return [answered(backend, plan) for plan in BOARD]


def _timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Medians of the clock and of the processor (all threads together), in milliseconds."""
    taken, spent, found = [], [], None
    for _turn in range(TIMES):
        begun, used = time.perf_counter(), time.process_time()
        found = work()
        taken.append((time.perf_counter() - begun) * 1000)
        spent.append((time.process_time() - used) * 1000)
    return {"ms": round(statistics.median(taken), 1), "cpu_ms": round(statistics.median(spent), 1)}, found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(Path(sys.argv[2]), orders=int(sys.argv[1]))) + "\n")
