"""Keeps the answering child alive beside a worker: one on each machine, which listens in its data folder."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

from django.conf import settings

LOOK = 2.0  # seconds
PAUSE = 5.0  # seconds after a child that ended by itself
PATIENCE = 5.0  # seconds that a child has between being asked to stop and being killed
LOCK = "answers.lock"


def stand(stop: threading.Event) -> None:
    """Have a child listen until told to stop; where another worker of this machine has one, wait to take over."""
    descriptor = os.open(Path(settings.DATA) / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        while not stop.is_set():
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                stop.wait(PAUSE)
                continue
            _child(stop)
            stop.wait(PAUSE)
    finally:
        os.close(descriptor)


def _child(stop: threading.Event) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "PEYVAND_POOL"}
    environment["PEYVAND_PARENT"] = str(os.getpid())
    command = [sys.executable, "-m", "peyvand.insight.reports.child"]
    child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    while child.poll() is None:
        if not stop.wait(LOOK):
            continue
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
