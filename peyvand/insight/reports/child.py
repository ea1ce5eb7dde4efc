"""`python -m peyvand.insight.reports.child DESCRIPTOR`: holds the warehouse open, and answers on that socket."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from importlib import import_module

import django

from peyvand.foundation.jobs.death import end_with_parent


def main() -> int:
    """Until it is told to end, or nobody has asked for a while."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peyvand.config.settings")
    if parent := os.environ.get("PEYVAND_PARENT"):
        end_with_parent(int(parent))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    django.setup()
    with socket.socket(fileno=int(sys.argv[1])) as door:
        import_module("peyvand.insight.reports.answering").listen(door, stop)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
