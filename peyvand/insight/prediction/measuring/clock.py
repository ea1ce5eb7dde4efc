"""Seconds, processor time and greatest memory of a piece of work. Knows nothing of us, so that peers may use it."""

from __future__ import annotations

import resource
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any


class Clock:
    """`with clock:` around the work; the first time counts, `best` is the shortest of all."""

    def __init__(self) -> None:
        self.times: list[tuple[float, float]] = []

    def __enter__(self) -> Clock:
        self._begun = time.perf_counter(), time.process_time()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.times.append((time.perf_counter() - self._begun[0], time.process_time() - self._begun[1]))

    def told(self) -> dict[str, Any]:
        """Seconds on the wall and of the processor (all threads), and the process's peak in MB, libraries included."""
        wall, cpu = self.times[0]
        best = min(wall for wall, _cpu in self.times)
        more = {"best_s": round(best, 4)} if len(self.times) > 1 else {}
        return {"s": round(wall, 4), "cpu_s": round(cpu, 3), "peak_mb": peak_mb(), **more}


def peak_mb() -> int:
    """The most that this process held. Of Linux's `ru_maxrss` a child inherits its parent's, of VmHWM it does not."""
    try:
        status = Path("/proc/self/status").read_text(encoding="ascii", errors="replace")
    except FileNotFoundError:
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return int(most // (2**20 if sys.platform == "darwin" else 2**10))
    return next(int(line.split()[1]) // 1024 for line in status.splitlines() if line.startswith("VmHWM"))
