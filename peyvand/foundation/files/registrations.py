"""What the room declares."""

from __future__ import annotations

from peyvand.foundation.files import personal
from peyvand.foundation.files.services import sweep
from peyvand.foundation.registry.declarations import Schedule


def _sweep() -> None:
    sweep()


DECLARATIONS = (
    *personal.TABLES,
    Schedule(name="files.sweep", cron="52 1 * * *", function=_sweep),
)
