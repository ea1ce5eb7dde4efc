"""Computing answers that wait, in a child of the worker: one that stands and listens, or a job's. Heavy."""

from __future__ import annotations

import contextlib
import logging
import select
import socket
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.db import close_old_connections

from peyvand.foundation.jobs.running import Running
from peyvand.insight.reports import cubes, usage
from peyvand.insight.reports.computing import AnswerError, answered, prepare
from peyvand.insight.reports.expressions import calendar_days
from peyvand.insight.reports.models import Answer, AnswerState
from peyvand.insight.warehouse import place
from peyvand.insight.warehouse.engine import open_warehouse
from peyvand.insight.warehouse.models import Load

logger = logging.getLogger(__name__)
LOOK = 1.0  # seconds between two looks whether to end
IDLE = 600.0  # seconds without a question after which the child ends
LONGEST = 600.0  # seconds that one waits for what another computes
LONGEST_LINE = 4_096
HANDS = 2
ALONE = 60.0  # seconds after which a child that nobody asked ends
SECONDS = 10.0  # of the clock for what is made ahead of one load; no page is begun after
SHARE = 4  # what was made ahead in t seconds is followed by a pause of SHARE × t


class Sums:
    """The cubes of a load, the same for all who compute from it here."""

    def __init__(self) -> None:
        self._of: tuple[str, list[cubes.Cube]] = ("", [])

    def of(self, token: str) -> list[cubes.Cube]:
        """Those of that load; those of another are let go."""
        if self._of[0] != token:
            self._of = (token, [])
        return self._of[1]


class Opened:
    """The warehouse as it is in use now, opened anew when another load is."""

    def __init__(self, sums: Sums | None = None) -> None:
        self.token = ""
        self.backend: Any = None
        self.sums = sums or Sums()

    def current(self) -> Any:
        """A backend over the load in use; None before the first."""
        token = place.token()
        if self.backend is None or token != self.token:
            self.backend, self.token = open_warehouse(), token
            if self.backend is not None:
                calendar_days(self.backend)
                cubes.share(self.backend, self.sums.of(token))
        return self.backend


def compute(ids: Sequence[int], opened: Opened | None = None) -> None:
    """Compute those of the answers that wait, and keep them."""
    opened = opened or Opened()
    waiting = list(Answer.objects.filter(pk__in=ids, state__in=(AnswerState.WAITING, AnswerState.FAILED)))
    if len(waiting) > 1:
        with contextlib.suppress(Exception):  # each is computed by itself, and says what is wrong with it
            prepare(opened.current(), [one.plan for one in waiting])
    for one in waiting:
        begun = time.perf_counter()
        try:
            backend = opened.current()
            if backend is None:
                return
            one.payload, one.state = answered(backend, one.plan), AnswerState.READY
        except AnswerError as error:
            one.sentence, one.state = str(error), AnswerState.REFUSED
        except Exception:
            logger.exception("a report could not be computed: %s", one.plan)
            one.state = AnswerState.FAILED
        one.ms = max(1, round((time.perf_counter() - begun) * 1000))
        one.fresh_until = Load.objects.filter(token=opened.token).values_list("fresh_until", flat=True).first()
        one.save(update_fields=["payload", "state", "sentence", "ms", "fresh_until"])


def answer(run: Running, *, ids: Sequence[int]) -> None:
    """The job, where nobody listens."""
    compute(ids)


class Hands:
    """Who computes: so many at once, none the same as another."""

    def __init__(self) -> None:
        self.mine = threading.local()  # a backend is one thread's
        self.at_work: set[int] = set()
        self.changed = threading.Condition()
        self.last = time.monotonic()
        self.sums = Sums()
        self.asking = 0  # who waits for an answer now
        self.asked = False  # whether anybody ever did

    def idle(self, seconds: float) -> bool:
        """Whether nobody has asked for so long, nor anything was made ahead; sooner where nobody ever asked."""
        with self.changed:
            still = seconds if self.asked else min(seconds, ALONE)
            return not self.at_work and time.monotonic() - self.last > still

    @contextlib.contextmanager
    def question(self) -> Iterator[None]:
        """Somebody waits."""
        with self.changed:
            self.asked = True
            self.asking += 1
        try:
            yield
        finally:
            with self.changed:
                self.asking -= 1

    def compute(self, ids: set[int]) -> None:
        """Have all of them computed; what another is at is waited for."""
        with self.changed:
            taken = ids - self.at_work
            self.at_work |= taken
        try:
            if not hasattr(self.mine, "opened"):
                self.mine.opened = Opened(self.sums)
            compute(sorted(taken), self.mine.opened)
        finally:
            with self.changed:
                self.at_work -= taken
                self.last = time.monotonic()
                self.changed.notify_all()
        with self.changed:
            self.changed.wait_for(lambda: not (ids & self.at_work), timeout=LONGEST)


class Ahead:
    """Makes what is in use ahead of the first look, after each load: by one hand, page by page, while nobody waits."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands
        self.mark = ""
        self.rest = 0.0  # the moment before which nothing is made
        self.at_work: Future[None] | None = None

    def look(self, pool: ThreadPoolExecutor) -> None:
        """Begin, where a load has come since and nobody waits."""
        mark = usage.mark()
        free = self.at_work is None or self.at_work.done()
        if mark in ("", self.mark) or not free or self.hands.asking or time.monotonic() < self.rest:
            return
        self.at_work = pool.submit(self._apart, mark)

    def _apart(self, mark: str) -> None:
        close_old_connections()
        try:
            self.make(mark)
        except Exception:
            logger.exception("answers could not be made ahead")
            self.mark = mark
        finally:
            close_old_connections()

    def make(self, mark: str) -> None:
        """All pages in turn; it is left for later where somebody comes or another load does, and given up when its time
        is over.
        """
        begun = time.monotonic()
        for page in usage.due(place.token()):
            if self.hands.asking or usage.mark() != mark:
                return
            if time.monotonic() - begun > SECONDS:
                break
            self.hands.compute(usage.begun(page))
            usage.ended(page)
        self.mark = mark
        self.rest = time.monotonic() + SHARE * (time.monotonic() - begun)


def listen(door: socket.socket, stop: threading.Event, *, idle: float = IDLE) -> None:
    """Answer who comes to the socket until told to stop, or until nobody has asked for so many seconds; after each load
    make ahead what is in use.
    """
    hands = Hands()
    ahead = Ahead(hands)
    with ThreadPoolExecutor(HANDS) as pool:
        while not stop.is_set() and not hands.idle(idle):
            if select.select([door], [], [], min(LOOK, idle))[0]:
                with contextlib.suppress(BlockingIOError):
                    line, _address = door.accept()
                    pool.submit(_serve, line, hands)
                    continue
            ahead.look(pool)


def _serve(line: socket.socket, hands: Hands) -> None:
    try:
        with line:
            line.settimeout(5.0)
            asked = b""
            while not asked.endswith(b"\n") and len(asked) < LONGEST_LINE:
                more = line.recv(LONGEST_LINE)
                if not more:
                    return
                asked += more
            with contextlib.suppress(OSError):  # who asked waits no longer, but comes back for it
                line.sendall(b"+")
            close_old_connections()
            with hands.question():
                hands.compute({int(number) for number in asked.split()})
            line.sendall(b".")
    except (OSError, ValueError) as error:  # who asked went away, or spoke nonsense
        logger.debug("a question broke off: %s", error)
    except Exception:
        logger.exception("a question could not be answered")
    finally:
        close_old_connections()
