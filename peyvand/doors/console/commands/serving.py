"""What runs until it is stopped: `peyvand serve`, `peyvand worker`."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer
from django.db import connections
from django.utils.translation import gettext as _

from peyvand.doors.console import ground, printing


def serve(
    port: Annotated[
        int, typer.Option(envvar="PEYVAND_PORT", min=1, max=65535, help=_("Port of the staff's pages."))
    ] = 8000,
    host: Annotated[str, typer.Option(envvar="PEYVAND_HOST", help=_("Address to listen on."))] = "127.0.0.1",
    web_processes: Annotated[
        int, typer.Option(envvar="PEYVAND_WEB_PROCESSES", min=1, max=64, help=_("Processes that answer requests."))
    ] = 1,
    demo: Annotated[
        bool, typer.Option("--demo", help=_("Load the sample business first, if there is nothing yet."))
    ] = False,
) -> None:
    """Serve the pages, do long work, keep schedules; until SIGTERM or Ctrl-C."""
    os.environ |= {"PEYVAND_PORT": str(port), "PEYVAND_HOST": host, "PEYVAND_WEB_PROCESSES": str(web_processes)}
    _become("peyvand.doors.console.serve", *(["--demo"] if demo else []))


def worker(
    concurrency: Annotated[int, typer.Option(min=1, max=64, help=_("How many jobs at a time."))] = 2,
) -> None:
    """Do long work and keep schedules, beside a server on this or another machine."""
    ground.stand(say=printing.say)
    printing.say(_("Working; Ctrl-C stops."))
    connections.close_all()
    _become("peyvand.foundation.jobs", str(concurrency))


def _become(module: str, *arguments: str) -> None:
    """Go on as another program of ours, without what a command holds in memory."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, [sys.executable, "-m", module, *arguments])  # noqa: S606
