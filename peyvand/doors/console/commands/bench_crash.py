"""`peyvand bench crash`: messages to thousands while the workers that send them are killed."""

from __future__ import annotations

import os
from typing import Annotated

import typer
from django.conf import settings
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands.options import AsJson
from peyvand.doors.console.measuring import crashing, place

NAME = "peyvand_crashed"
Messages = Annotated[int, typer.Option(min=10, max=1_000_000, help=_("Messages to send."))]
Kills = Annotated[int, typer.Option(min=0, max=1_000, help=_("How often a worker is killed."))]


def crash_measures(messages: Messages = 10_000, kills: Kills = 10, as_json: AsJson = False) -> None:
    server = ground.server(say=printing.say)
    printing.say(_("Sending while workers are killed …"))
    os.environ["PEYVAND_OWN_HOSTS"] = "127.0.0.1"
    with place.own_database(server.url, NAME, keep=False) as url:
        found = place.work_in(url, ["peyvand", "bench", "crash-in", str(messages), str(kills)])
    if as_json:
        printing.answer(found)
        return
    for name, value in found.items():
        printing.line(f"{name}: {value}")


def crash_in(messages: int, kills: int) -> None:
    """Inside the database of its own."""
    ground.migrate(say=printing.say)
    settings.OWN_HOSTS = ["127.0.0.1"]
    printing.answer(crashing.crash(messages=messages, kills=kills))
