"""`python -m peyvand.foundation.jobs.child RUN LEASE`: performs one run that its parent, a worker, has claimed."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from uuid import UUID

import django

from peyvand.foundation.jobs.death import end_with_parent


def main() -> int:
    """0 when the run's end has been written, whatever it was."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peyvand.config.settings")
    if parent := os.environ.get("PEYVAND_PARENT"):
        end_with_parent(int(parent))
    django.setup()
    performing = import_module("peyvand.foundation.jobs.performing")  # has models: only now that Django stands
    performing.perform_claimed(int(sys.argv[1]), UUID(sys.argv[2]))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
