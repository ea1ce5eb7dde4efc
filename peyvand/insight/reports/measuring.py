"""What `peyvand bench reports` measures: questions over millions of orders, beside the same by hand. Heavy.

In a process with a data folder and a database of its own. The files are made up: each order has a customer, a day of
five years, one of six channels, a net, and one in fifty is cancelled.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from peyvand.insight.reports import asking, usage
from peyvand.insight.reports.answering import Ahead, Hands, Opened, compute
from peyvand.insight.reports.computing import answered
from peyvand.insight.reports.models import Answer
from peyvand.insight.warehouse import place

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
_DAYS, _SEASON = ["2025-03-21", "2026-03-20"], ["2025-06-22", "2025-09-22"]
_WINDOW = {"period": "from-to", "days": 30, "compare": ""}
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
        "order": "label", **more, "window": {**_WINDOW, "start": _DAYS[0], "end": _DAYS[1]},
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


def measured(*, orders: int) -> dict[str, Any]:
    """Each question by the product and by hand, their ratio by the processor's time, and whether they agree; then a
    dashboard of eight charts.
    """
    folder = place.folder_of(1)
    made(folder, orders=orders)
    place.switch(1, "load1")
    backend = Opened().current()
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
    found["board"] = _boards()
    return found


def _boards() -> dict[str, Any]:
    """What the first reader of a dashboard meets after a load: with nothing kept; where it was in use before the load,
    once that is made ahead, and what making it took; the same with other days. Without the page around it.
    """
    turns: list[dict[str, dict[str, float]]] = []
    loads, same = iter(range(2, 2 + 2 * TIMES)), True
    for _turn in range(TIMES):
        Answer.objects.all().delete()
        _loaded(next(loads))
        opened = Opened()
        cold, first = _once(lambda opened=opened: _read(BOARD, lambda ids: compute(ids, opened)))  # type: ignore[misc]
        _loaded(next(loads))
        hands = Hands()
        ahead, _none = _once(lambda hands=hands: Ahead(hands).make(usage.mark()))  # type: ignore[misc]
        warm, second = _once(lambda: _read(BOARD, _nobody))
        days = [{**plan, "span": _SEASON} for plan in BOARD]
        other, _third = _once(lambda hands=hands, days=days: _read(days, lambda ids: hands.compute(set(ids))))  # type: ignore[misc]
        same = same and first == second
        turns.append({"nothing_kept": cold, "made_ahead": ahead, "after_a_load": warm, "other_days": other})
    return {"same": same, **{name: _medians([turn[name] for turn in turns]) for name in turns[0]}}


def _loaded(number: int) -> None:
    """Another load, of the same files."""
    for name in ("orders", "customers"):
        (place.folder_of(number) / name).mkdir(parents=True)
        os.link(place.folder_of(1) / name / "1.parquet", place.folder_of(number) / name / "1.parquet")
    place.switch(number, f"load{number}")


def _read(plans: Sequence[dict[str, Any]], computing: Callable[[Sequence[int]], None]) -> list[Any]:
    with asking.computing_by(computing):
        return [one.payload for one in asking.ask(plans, kept=True)]


def _nobody(ids: Sequence[int]) -> None:
    raise AssertionError(f"{len(ids)} answers are not there")


def _timed(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """Medians of the clock and of the processor, as `_once`."""
    turns = [_once(work) for _turn in range(TIMES)]
    return _medians([spent for spent, _found in turns]), turns[-1][1]


def _once(work: Callable[[], Any]) -> tuple[dict[str, float], Any]:
    """The clock and the processor (all threads of this process together), in milliseconds."""
    begun, used = time.perf_counter(), time.process_time()
    found = work()
    return {"ms": (time.perf_counter() - begun) * 1000, "cpu_ms": (time.process_time() - used) * 1000}, found


def _medians(turns: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {name: round(statistics.median(turn[name] for turn in turns), 1) for name in ("ms", "cpu_ms")}
