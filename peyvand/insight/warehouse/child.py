"""`python -m peyvand.insight.warehouse.child`: one load by change, in a process that takes its libraries with it."""

from __future__ import annotations

import os
from importlib import import_module

import django

from peyvand.foundation.jobs.death import end_with_parent

NICE = 5  # people at their screens come first


def main() -> int:
    """0 when the files are up to date."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peyvand.config.settings")
    if parent := os.environ.get("PEYVAND_PARENT"):
        end_with_parent(int(parent))
    os.nice(NICE)
    django.setup()
    import_module("peyvand.insight.warehouse.feed").load()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
