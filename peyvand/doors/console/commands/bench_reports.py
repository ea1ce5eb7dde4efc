"""`peyvand bench reports`: questions over any number of orders, beside the same SQL by hand."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from typing import Annotated

import typer
from django.utils.translation import gettext as _

from peyvand.doors.console import printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.insight import reports

PARTS = ("ms", "cpu_ms", "by_hand_ms", "by_hand_cpu_ms", "ratio")
Orders = Annotated[int, typer.Option(min=1_000, max=500_000_000, help=_("Orders in all; a tenth as many customers."))]


def reports_measures(orders: Orders = 10_000_000, as_json: AsJson = False) -> None:
    """In a process of its own, which takes its libraries with it; nothing of it stays."""
    printing.say(_("Filling and computing; nothing of it stays …"))
    with tempfile.TemporaryDirectory(prefix="peyvand-reports-") as folder:
        command = [sys.executable, "-m", f"{reports.__name__}.measuring", str(orders), folder]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found = json.loads(done.stdout)
    if as_json:
        printing.answer({"bench": "reports", **found})
        return
    titles = [_("Question"), _("Milliseconds"), _("Of the processor"), _("By hand"), _("Of the processor"), _("Ratio")]
    rows = [[name, *(one[part] for part in PARTS)] for name, one in found["questions"].items()]
    printing.table(titles, rows)
    printing.line(_("A dashboard of eight charts, each computed anew: {ms} ms.").format(ms=found["board"]["ms"]))
