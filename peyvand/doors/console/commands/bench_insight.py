"""`peyvand bench insight`: from orders to forecasts at any size, each stage in a process of its own, beside peers."""

from __future__ import annotations

import json
import sys
import time
from typing import Annotated, Any

import typer
from django.db import connection
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.measuring import insight_fill, insight_stages, place

NAME = "peyvand_foreseen"
COLUMNS = ("stage", "peer", "s", "cpu_s", "peak_mb", "rows")
Customers = Annotated[int, typer.Option(min=1_000, max=50_000_000, help=_("Customers in the measured business."))]
Orders = Annotated[int, typer.Option(min=1_000, max=500_000_000, help=_("Orders in all; at least one a customer."))]
Peers = Annotated[
    bool, typer.Option("--peers/--no-peers", help=_("The same work by other libraries, where installed."))
]
Python = Annotated[
    str, typer.Option("--peers-python", help=_("The Python that has those libraries; this one if empty."))
]


def insight_measures(
    customers: Customers = 1_000_000,
    orders: Orders = 10_000_000,
    peers: Peers = True,
    peers_python: Python = "",
    as_json: AsJson = False,
) -> None:
    if orders < customers:
        raise typer.BadParameter(_("Every customer has at least one order: give no fewer orders than customers."))
    server = ground.server(say=printing.say)
    printing.say(_("Filling and computing; nothing of it stays …"))
    with place.own_database(server.url, NAME, keep=False) as url:
        python = (peers_python or sys.executable) if peers else ""
        found = place.work_in(url, ["peyvand", "bench", "insight-in", str(customers), str(orders), python])
    if as_json:
        printing.answer({"bench": "insight", "postgresql": server.version, **found})
        return
    titles = [_("Stage"), _("Seconds"), _("Processor seconds"), _("Peak, MB"), _("Rows")]
    everything = [*found["stages"], *found["peers"]]
    printing.table(titles, [_cells(one) for one in everything])
    for one in everything:
        if more := {name: value for name, value in one.items() if name not in COLUMNS}:
            printing.line(f"{_name(one)}: {json.dumps(more, ensure_ascii=False)}")
    for name, ratio in found["ratios"].items():
        printing.line(_("ours : {name} = {ratio}").format(name=name, ratio=ratio))
    text = _("The whole: {seconds} s, at most {peak} MB.")
    printing.line(text.format(seconds=found["whole"]["s"], peak=found["whole"]["peak_mb"]))


def _cells(one: dict[str, Any]) -> list[object]:
    return [_name(one), *(one.get(column) for column in ("s", "cpu_s", "peak_mb", "rows"))]


def _name(one: dict[str, Any]) -> str:
    return str(one.get("stage") or one["peer"])


def insight_in(customers: int, orders: int, python: str) -> None:
    """Inside the database of its own: fill it, then everything in turn; the answer as one line of JSON."""
    ground.migrate(say=printing.say)
    printing.answer(measured(customers=customers, orders=orders, python=python))


def measured(*, customers: int, orders: int, python: str) -> dict[str, Any]:
    """All figures, on this process's empty, migrated database; peers by that Python, none where it is empty."""
    begun = time.perf_counter()
    insight_fill.fill(customers=customers, orders=orders)
    built = time.perf_counter() - begun
    connection.close()  # nothing is kept open beside the stages
    ours = insight_stages.stages(_told)
    others = list(insight_stages.peers(python, _told)) if python else []
    return {
        "customers": customers, "orders": orders, "built_s": round(built, 1), "stages": ours, "peers": others,
        "ratios": insight_stages.ratios(ours, others), "whole": insight_stages.whole(ours),
    }  # fmt: skip


def _told(found: dict[str, Any]) -> None:
    printing.say("  ".join(f"{name} {value}" for name, value in found.items() if name in (*COLUMNS, "failed")))
