"""`python -m peyvand.foundation.jobs [CONCURRENCY]`: the worker as a process, until SIGTERM or SIGINT."""

from __future__ import annotations

import os
import signal
import sys
import threading
from importlib import import_module

import django

from peyvand.foundation.jobs.death import end_with_parent


def main() -> int:
    """Work until asked to stop."""
    stop_event = threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda _sign, _frame: stop_event.set())
    if parent := os.environ.get("PEYVAND_PARENT"):
        end_with_parent(int(parent), signal.SIGTERM)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peyvand.config.settings")
    django.setup()
    worker = import_module("peyvand.foundation.jobs.worker")  # has models: only now that Django stands
    worker.work(concurrency=int(sys.argv[1]) if len(sys.argv) > 1 else 2, stop_event=stop_event, hard=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
