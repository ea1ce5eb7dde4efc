"""`python -m peyvand.insight.reports.child`: stands with the warehouse open, and answers what pages ask."""

from __future__ import annotations

import os
import signal
import threading
from importlib import import_module

import django

from peyvand.foundation.jobs.death import end_with_parent


def main() -> int:
    """Until it is told to end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peyvand.config.settings")
    if parent := os.environ.get("PEYVAND_PARENT"):
        end_with_parent(int(parent))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda _number, _frame: stop.set())
    django.setup()
    import_module("peyvand.insight.reports.answering").listen(stop)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
