"""Loading and removing as long work."""

from __future__ import annotations

from collections.abc import Mapping

from peyvand.foundation.demo import services
from peyvand.foundation.jobs.running import JobFailedError, Running


def load(run: Running, *, seed: int = services.SEED, size: float = 1.0) -> Mapping[str, int]:
    """Load the sample; begun again after a stop, it starts from nothing, for it is one transaction."""

    def report(done: int, total: int, message: str) -> None:
        run.check()
        run.progress(done, total, message)

    try:
        return services.demo_load(actor=run.actor, seed=seed, size=size, on_progress=report)
    except services.AlreadyLoadedError as refused:
        raise JobFailedError(str(refused)) from refused


def remove(run: Running) -> Mapping[str, int]:
    """Remove the sample."""

    def report(done: int, total: int, message: str) -> None:
        run.check()
        run.progress(done, total, message)

    return services.demo_remove(actor=run.actor, on_progress=report)
