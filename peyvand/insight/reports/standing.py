"""Has a child answer beside a worker when somebody asks, or when a load has come and dashboards are in use: one on each
machine, which listens in its data folder.

The socket is the worker's and stays; the child is given it. So nobody has to wait for a child before they can ask, two
who ask at once start one, and what comes between two children waits in line. A child that nobody asks ends by itself
(`answering.IDLE`, `ALONE`), as it takes some 250 MB.
"""

from __future__ import annotations

import fcntl
import logging
import os
import select
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

from django.conf import settings
from django.db import connection

from peyvand.insight.reports import usage
from peyvand.insight.reports.asking import short_path
from peyvand.insight.warehouse import place

logger = logging.getLogger(__name__)
LOOK = 1.0  # seconds between two looks whether to end
SOON = 0.3  # seconds between two looks whether the child has ended
PAUSE = 5.0  # seconds after a child that broke off
PATIENCE = 5.0  # seconds that a child has between being asked to stop and being killed
LINE = 64  # who may wait in line
LOCK = "answers.lock"
COMMAND = [sys.executable, "-m", "peyvand.insight.reports.child"]


def stand(stop: threading.Event) -> None:
    """Listen until told to stop, and have a child answer; where another worker of this machine does, wait to take
    over.
    """
    descriptor = os.open(Path(settings.DATA) / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not stop.is_set():
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                stop.wait(PAUSE)
                continue
            listen(stop)
    finally:
        os.close(descriptor)


def listen(stop: threading.Event) -> None:
    """Start a child whenever somebody asks and none is there, or something is to be made ahead."""
    with short_path(Path(settings.DATA)) as path, socket.socket(socket.AF_UNIX) as door:
        new = path + ".new"
        if os.path.exists(new):
            os.unlink(new)
        before = os.umask(0o177)
        try:
            door.bind(new)
        finally:
            os.umask(before)
        door.listen(LINE)
        os.replace(new, path)  # whoever finds it is heard
        door.setblocking(False)  # so that the child's hands never wait for what another took
        seen = ""
        while not stop.is_set():
            if not select.select([door], [], [], LOOK)[0]:
                last, seen = seen, usage.mark()
                if seen in ("", last) or not _due():
                    continue
            code = _answered(stop, door)
            if code and not stop.is_set():
                logger.error("the child that answers reports broke off (%d)", code)
                _turned_away(stop, door)


def _due() -> bool:
    """Whether something is to be made ahead of the load in use."""
    try:
        return bool(usage.due(place.token()))
    finally:
        connection.close()  # it is asked once a load, at most


def _answered(stop: threading.Event, door: socket.socket) -> int:
    """Have a child answer until it ends or is told to; gives its code."""
    environment = {name: value for name, value in os.environ.items() if name != "PEYVAND_POOL"}
    environment["PEYVAND_PARENT"] = str(os.getpid())
    child = subprocess.Popen(
        [*COMMAND, str(door.fileno())], env=environment, stdin=subprocess.DEVNULL, start_new_session=True,
        pass_fds=[door.fileno()],
    )  # fmt: skip
    while child.poll() is None:
        if not stop.wait(SOON):
            continue
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return child.returncode


def _turned_away(stop: threading.Event, door: socket.socket) -> None:
    """For a moment nobody is answered here, so that they go to the queue of jobs instead."""
    end = time.monotonic() + PAUSE
    while not stop.is_set() and (left := end - time.monotonic()) > 0:
        if select.select([door], [], [], min(left, LOOK))[0]:
            try:
                door.accept()[0].close()
            except OSError as error:
                logger.debug("who asked went away: %s", error)
