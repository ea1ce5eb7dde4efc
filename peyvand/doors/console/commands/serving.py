"""What runs until it is stopped: `peyvand serve`, `peyvand worker`."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import threading
from pathlib import Path
from typing import Annotated

import typer
from django.conf import settings
from django.db import connections
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing
from peyvand.doors.console.commands import sample
from peyvand.doors.console.serve import serve as supervise
from peyvand.foundation.jobs.running import Cancelled


def serve(
    port: Annotated[
        int, typer.Option(envvar="PEYVAND_PORT", min=1, max=65535, help=_("Port of the staff's pages."))
    ] = 8000,
    host: Annotated[str, typer.Option(envvar="PEYVAND_HOST", help=_("Address to listen on."))] = "127.0.0.1",
    web_processes: Annotated[int, typer.Option(min=1, max=64, help=_("Processes that answer requests."))] = 1,
    demo: Annotated[
        bool, typer.Option("--demo", help=_("Load the sample business first, if there is nothing yet."))
    ] = False,
) -> None:
    """Serve the pages, do long work, keep schedules; until SIGTERM or Ctrl-C."""
    begun: dict[str, str | bool | None] = {}

    def first(stop: threading.Event) -> None:
        with contextlib.suppress(Cancelled):  # nothing of it stays, and the next start loads it
            begun.update(sample.begin(stop=stop))
        connections.close_all()

    def say(line: str | Promise) -> None:
        printing.say(line)
        if begun and str(port) in str(line) and "://" in str(line):
            sample.tell(begun)

    logging.disable(logging.NOTSET)
    code = supervise(
        data_folder=Path(settings.DATA), port=port, host=host, workers=web_processes, say=say,
        first=first if demo else None,
    )  # fmt: skip
    raise typer.Exit(code)


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=64, help=_("How many jobs at a time."))] = 2,
) -> None:
    """Do long work and keep schedules, beside a server on this or another machine."""
    ground.stand(say=printing.say)
    printing.say(_("Working; Ctrl-C stops."))
    connections.close_all()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", "peyvand.foundation.jobs", str(concurrency)])  # noqa: S606
