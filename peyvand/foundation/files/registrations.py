"""What the room declares."""

from __future__ import annotations

from peyvand.foundation.files.services import sweep
from peyvand.foundation.registry.declarations import Schedule


def _sweep() -> None:
    sweep()


DECLARATIONS = (Schedule(name="files.sweep", cron="52 1 * * *", function=_sweep),)
