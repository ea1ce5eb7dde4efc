"""One at a time: work that must not be done by two processes at once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from peyvand.foundation.jobs.running import Running

PAUSE = 0.2  # seconds between two tries


@contextmanager
def alone(name: str, run: Running | None = None) -> Iterator[None]:
    """Hold the lock of that name until the block ends. Waits for whoever holds it; a run may be stopped meanwhile."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_lock(hashtext(%s))", [name])
            if cursor.fetchone()[0]:
                break
            if run is not None:
                run.check()
            time.sleep(PAUSE)
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(hashtext(%s))", [name])
