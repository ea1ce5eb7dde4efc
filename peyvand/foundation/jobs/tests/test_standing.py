"""Standing work: kept going by every worker, begun again when it falls, left when the worker stops."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import OperationalError

from peyvand.foundation.jobs import worker
from peyvand.foundation.jobs.declarations import Standing


@pytest.mark.parametrize("error", [RuntimeError, OperationalError])
def test_it_is_begun_again_after_a_fall_and_left_when_told(error: type[Exception]) -> None:
    begun: list[float] = []

    class Quick(threading.Event):
        """A worker's stop whose pauses are short."""

        def wait(self, timeout: float | None = None) -> bool:
            return super().wait(min(timeout or 0.05, 0.05))

    stop = Quick()

    def function(given: threading.Event) -> None:
        begun.append(time.monotonic())
        if len(begun) < 3:
            raise error("fallen")
        given.wait(10)

    thread = threading.Thread(target=worker._stand, args=(Standing("falls", function), stop), daemon=True)
    thread.start()
    ends = time.monotonic() + 5
    while len(begun) < 3 and time.monotonic() < ends:
        time.sleep(0.02)
    stop.set()
    thread.join(timeout=5)
    assert len(begun) >= 3
    assert not thread.is_alive()
