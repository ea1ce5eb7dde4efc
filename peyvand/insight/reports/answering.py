"""Computing answers that wait, in a child of the worker: one that stands and listens, or a job's. Heavy."""

from __future__ import annotations

import logging
import os
import select
import socket
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import close_old_connections

from peyvand.foundation.jobs.running import Running
from peyvand.insight.reports.asking import short_path
from peyvand.insight.reports.computing import AnswerError, answered, calendar_days
from peyvand.insight.reports.models import Answer, AnswerState
from peyvand.insight.warehouse import place
from peyvand.insight.warehouse.engine import open_warehouse
from peyvand.insight.warehouse.models import Load

logger = logging.getLogger(__name__)
LOOK = 1.0  # seconds between two looks whether to end
LONGEST_LINE = 4_096
HANDS = 2


class Opened:
    """The warehouse as it is in use now, opened anew when another load is."""

    def __init__(self) -> None:
        self.token = ""
        self.backend: Any = None

    def current(self) -> Any:
        """A backend over the load in use; None before the first."""
        token = place.token()
        if self.backend is None or token != self.token:
            self.backend, self.token = open_warehouse(), token
            if self.backend is not None:
                calendar_days(self.backend)
        return self.backend


def compute(ids: Sequence[int], opened: Opened | None = None) -> None:
    """Compute those of the answers that wait, and keep them."""
    opened = opened or Opened()
    for one in Answer.objects.filter(pk__in=ids, state__in=(AnswerState.WAITING, AnswerState.FAILED)):
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


def listen(stop: threading.Event) -> None:
    """Answer on the socket until told to stop. One process listens; who comes later takes the place over."""
    folder, mine = Path(settings.DATA), threading.local()  # a backend is one thread's
    with short_path(folder) as path, socket.socket(socket.AF_UNIX) as door:
        if os.path.exists(path):
            os.unlink(path)
        before = os.umask(0o177)
        try:
            door.bind(path)
        finally:
            os.umask(before)
        door.listen(64)
        with ThreadPoolExecutor(HANDS) as hands:
            while not stop.is_set():
                if select.select([door], [], [], LOOK)[0]:
                    line, _address = door.accept()
                    hands.submit(_serve, line, mine)


def _serve(line: socket.socket, mine: threading.local) -> None:
    if not hasattr(mine, "opened"):
        mine.opened = Opened()
    try:
        with line:
            line.settimeout(5.0)
            asked = b""
            while not asked.endswith(b"\n") and len(asked) < LONGEST_LINE:
                more = line.recv(LONGEST_LINE)
                if not more:
                    return
                asked += more
            line.sendall(b"+")
            close_old_connections()
            compute([int(number) for number in asked.split()], mine.opened)
            line.sendall(b".")
    except (OSError, ValueError) as error:  # who asked went away, or spoke nonsense
        logger.debug("a question broke off: %s", error)
    except Exception:
        logger.exception("a question could not be answered")
    finally:
        close_old_connections()
