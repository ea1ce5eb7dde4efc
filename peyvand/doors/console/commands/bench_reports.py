"""`peyvand bench reports`: questions over any number of orders, beside the same SQL by hand."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.measuring import place
from peyvand.insight import reports

NAME = "peyvand_reported"
PARTS = ("ms", "cpu_ms", "by_hand_ms", "by_hand_cpu_ms", "ratio")
Orders = Annotated[int, typer.Option(min=1_000, max=500_000_000, help=_("Orders in all; a tenth as many customers."))]


def reports_measures(orders: Orders = 10_000_000, as_json: AsJson = False) -> None:
    server = ground.server(say=printing.say)
    printing.say(_("Filling and computing; nothing of it stays …"))
    with place.own_database(server.url, NAME, keep=False) as url:
        found = place.work_in(url, ["peyvand", "bench", "reports-in", str(orders)])
    if as_json:
        printing.answer({"bench": "reports", **found})
        return
    titles = [_("Question"), _("Milliseconds"), _("Of the processor"), _("By hand"), _("Of the processor"), _("Ratio")]
    rows = [[name, *(one[part] for part in PARTS)] for name, one in found["questions"].items()]
    printing.table(titles, rows)
    words = {
        "nothing_kept": _("A dashboard of eight charts after a load, nothing kept"),
        "made_ahead": _("Making it ahead, which nobody waits for"),
        "after_a_load": _("The dashboard after a load, made ahead"),
        "other_days": _("The same with other days"),
    }
    board = [[said, found["board"][name]["ms"], found["board"][name]["cpu_ms"]] for name, said in words.items()]
    printing.table(titles[:3], board)


def reports_in(orders: int) -> None:
    """In a database and a data folder of its own; the answer as one line of JSON."""
    ground.migrate(say=printing.say)
    printing.answer(import_module(f"{reports.__name__}.measuring").measured(orders=orders))
