"""What a job's function is given, and the thread that keeps the run's row up to date meanwhile.

Progress is written from a thread with a connection of its own, so it is seen while the job's transaction is still open
and never holds the row. The same beat brings back a wish to cancel.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection

from peyvand.foundation.registry.actor import Actor

logger = logging.getLogger(__name__)

BEAT = 1.0  # seconds between two looks
STALE: int = getattr(settings, "JOBS_STALE_SECONDS", 30)  # without a sign of life, a run has lost its worker
HEARTBEAT = STALE / 6  # seconds between two signs of life of a run without progress
_WRITE = """
UPDATE jobs_run SET done = %s, total = %s, message = %s, heartbeat_at = now()
WHERE id = %s AND lease = %s AND state = 'running' RETURNING cancel_requested
"""
_LOOK = "SELECT cancel_requested FROM jobs_run WHERE id = %s AND lease = %s AND state = 'running'"


class Cancelled(Exception):  # noqa: N818  (a stop that was asked for is no error)
    """Somebody stopped the run; raised by `Running.check()`."""


class Released(Cancelled):
    """The worker stops, or no longer holds the run; another goes on with it."""


class JobFailedError(Exception):
    """Raised by a job's function to fail with a sentence for people: what happened and what to do."""


class Running:
    """A run, seen from its function."""

    def __init__(
        self,
        *,
        id: int,
        lease: UUID,
        actor: Actor,
        on_progress: Callable[[int, int | None, str], None] | None = None,
        beats: bool = True,
    ) -> None:
        self.id = id
        self.lease = lease
        self.actor = actor
        self.beats = beats  # False in the parent of a child, which beats for itself
        self.cancelled = threading.Event()
        self.released = threading.Event()
        self._on_progress = on_progress
        self._now: tuple[int, int | None, str] = (0, None, "")
        self._written: tuple[int, int | None, str] | None = None
        self._written_at = 0.0

    def progress(self, done: int, total: int | None = None, message: str = "") -> None:
        """Say how far it is; cheap, to be called as often as one likes."""
        self._now = (done, total, message[:500])
        if self._on_progress is not None:
            self._on_progress(done, total, message)

    def check(self) -> None:
        """Raise Cancelled when somebody has stopped the run. Call it between two pieces of work."""
        if self.released.is_set():
            raise Released(self.id)
        if self.cancelled.is_set():
            raise Cancelled(self.id)

    @property
    def reached(self) -> tuple[int, int | None, str]:
        """The last progress: done, total, message."""
        return self._now

    def beat(self) -> None:
        """Write what has changed, at least each HEARTBEAT seconds, and hear whether to stop."""
        now, moment = self._now, time.monotonic()
        with connection.cursor() as cursor:
            if now != self._written or moment - self._written_at >= HEARTBEAT:
                cursor.execute(_WRITE, [*now, self.id, self.lease])
                self._written, self._written_at = now, moment
            else:
                cursor.execute(_LOOK, [self.id, self.lease])
            found = cursor.fetchone()
        if found is None:
            self.released.set()
        elif found[0]:
            self.cancelled.set()


class Pulse:
    """The thread that beats for every run of this process, and does what else has to be done now and then."""

    def __init__(self, *, beat: float = BEAT) -> None:
        self._beat = beat
        self._runs: dict[int, Running] = {}
        self._chores: list[tuple[float, Callable[[], object]]] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._live, name="pulse", daemon=True)

    def every(self, seconds: float, chore: Callable[[], object]) -> None:
        """Call that at the start and then each so many seconds; before `start`."""
        self._chores.append((seconds, chore))

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(timeout=5)

    def join(self, run: Running) -> None:
        """Beat for that run from now on."""
        with self._lock:
            self._runs[run.id] = run

    def leave(self, run: Running) -> None:
        """Beat for it no more."""
        with self._lock:
            self._runs.pop(run.id, None)

    @property
    def runs(self) -> tuple[Running, ...]:
        """Those it beats for."""
        with self._lock:
            return tuple(self._runs.values())

    def _live(self) -> None:
        due = [0.0] * len(self._chores)
        while not self._stop.wait(self._beat):
            moment = time.monotonic()
            with self._kept_alive():
                for run in self.runs:
                    if run.beats:
                        run.beat()
            for place, (seconds, chore) in enumerate(self._chores):
                if moment >= due[place]:
                    due[place] = moment + seconds
                    with self._kept_alive():
                        chore()
        connection.close()

    @contextlib.contextmanager
    def _kept_alive(self) -> Iterator[None]:
        """The database may go away and come back; the thread stays."""
        try:
            yield
        except DatabaseError as error:
            logger.warning("no sign of life could be written: %s", error)
            connection.close()
        except Exception:
            logger.exception("a chore of the worker failed")
            connection.close()
