"""The stages of `bench insight`, each in a process of its own, so that its memory is its own.

Run as `python -m peyvand.doors.console.measuring.insight_child STAGE …`; prints one line of JSON a stage. The stages'
processes are forked from this one, which has read the program's rooms and no heavy library.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from multiprocessing import get_context

import django

from peyvand.insight.prediction.measuring.clock import Clock

STAGES = {
    "load": "facts", "change": "facts", "rfm": "facts", "rfm_sql": "facts",
    "statistics": "worth", "bg_nbd": "worth", "gamma_gamma": "worth", "values": "worth", "charging": "worth",
    "foretold": "worth",
    "churn": "foresight", "bought": "foresight", "items": "foresight", "baskets_01": "foresight",
    "baskets_005": "foresight",
}  # fmt: skip


def main() -> None:
    """Do the stages in turn; the first that fails ends it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "peyvand.config.settings")
    django.setup()
    for name in sys.argv[1:]:
        process = get_context("fork").Process(target=_stage, args=(name,))
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(1)


def _stage(name: str) -> None:
    clock = Clock()
    heavy = import_module(f"peyvand.insight.prediction.measuring.{STAGES[name]}")
    found = getattr(heavy, name)(clock)
    sys.stdout.write(json.dumps({"stage": name, **clock.told(), **found}) + "\n")


if __name__ == "__main__":
    main()
