"""A stage of `bench insight` in a process of its own, so that its memory is its own.

Run as `python -m peyvand.doors.console.measuring.insight_child STAGE`; prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module

import django

from peyvand.doors.console.measuring.clock import Clock

STAGES = {
    "load": "facts", "change": "facts", "rfm": "facts", "rfm_sql": "facts",
    "statistics": "worth", "bg_nbd": "worth", "gamma_gamma": "worth", "values": "worth", "foretold": "worth",
    "churn": "foresight", "bought": "foresight", "items": "foresight", "baskets_01": "foresight",
    "baskets_005": "foresight",
}  # fmt: skip


def main() -> None:
    """Do the stage and tell of it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peyvand.config.settings")
    django.setup()
    name, clock = sys.argv[1], Clock()
    heavy = import_module(f"peyvand.doors.console.measuring.insight_{STAGES[name]}")
    found = getattr(heavy, name)(clock)
    sys.stdout.write(json.dumps({"stage": name, **clock.told(), **found}) + "\n")


if __name__ == "__main__":
    main()
