"""`peyvand bench audiences`: audiences from cold, sizes while editing, why, and members kept while events arrive."""

from __future__ import annotations

import json
import time
from typing import Annotated, Any

import typer
from django.db import connection
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.measuring import audience_fill, audience_stages, place

NAME = "peyvand_audiences"
Customers = Annotated[int, typer.Option(min=1_000, max=50_000_000, help=_("Customers in the measured business."))]
Orders = Annotated[int, typer.Option(min=0, max=500_000_000, help=_("Orders in all; 0: three a customer."))]
Events = Annotated[int, typer.Option(min=100, max=10_000_000, help=_("Events while audiences are live."))]


def audience_measures(
    customers: Customers = 1_000_000, orders: Orders = 0, events: Events = 100_000, as_json: AsJson = False
) -> None:
    server = ground.server(say=printing.say)
    printing.say(_("Filling and computing; nothing of it stays …"))
    wanted = max(orders or customers * 3, customers)
    with place.own_database(server.url, NAME, keep=False) as url:
        found = place.work_in(url, ["peyvand", "bench", "audiences-in", str(customers), str(wanted), str(events)])
    if as_json:
        printing.answer({"bench": "audiences", "postgresql": server.version, **found})
        return
    for one in found["stages"]:
        more = {name: value for name, value in one.items() if name != "stage"}
        printing.line(f"{one['stage']}: {json.dumps(more, ensure_ascii=False)}")


def audience_in(customers: int, orders: int, events: int) -> None:
    """Inside the database of its own: fill it, then everything in turn; the answer as one line of JSON."""
    ground.migrate(say=printing.say)
    printing.answer(measured(customers=customers, orders=orders, events=events))


def measured(*, customers: int, orders: int, events: int) -> dict[str, Any]:
    """All figures, on this process's empty, migrated database."""
    begun = time.perf_counter()
    audience_fill.fill(customers=customers, orders=orders)
    built = time.perf_counter() - begun
    found = list(audience_stages.stages(customers=customers, events=events, told=_told))
    connection.close()
    return {"customers": customers, "orders": orders, "built_s": round(built, 1), "stages": found}


def _told(found: dict[str, Any]) -> None:
    printing.say("  ".join(f"{name} {value}" for name, value in found.items()))
