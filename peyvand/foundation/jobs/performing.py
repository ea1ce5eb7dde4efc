"""What a child does once Django stands: perform the run that its parent has claimed."""

from __future__ import annotations

import signal
from types import FrameType
from uuid import UUID

from peyvand.foundation.jobs.executing import perform
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.running import Pulse


def perform_claimed(run_id: int, lease: UUID) -> None:
    """Perform the run unless it has been taken away meanwhile. SIGTERM lets go of it at its next check."""
    pulse = Pulse()

    def released(_sign: int, _frame: FrameType | None) -> None:
        for run in pulse.runs:
            run.released.set()

    signal.signal(signal.SIGTERM, released)
    found = Run.objects.filter(pk=run_id, lease=lease, state=Run.State.RUNNING).first()
    if found is None:
        return
    pulse.start()
    try:
        perform(found, pulse=pulse)
    finally:
        pulse.stop()
