"""Children of a worker: started with the run's id, watched for memory and for a wish to stop, never left behind."""

from __future__ import annotations

import contextlib
import enum
import logging
import os
import signal
import subprocess
import sys
import time

import psutil
from django.conf import settings
from django.db import DatabaseError, connection

from peyvand.foundation.jobs.running import Running

logger = logging.getLogger(__name__)

LOOK = 0.5  # seconds between two looks at the child
PATIENCE = 5.0  # seconds that a child has between being asked to stop and being killed


class End(enum.Enum):
    """How a child ended."""

    ITSELF = "it wrote the run's end itself"
    DIED = "killed or crashed"
    MEMORY = "killed for its memory"
    RELEASED = "killed because the worker stops"


def memory_limit() -> int:
    """Bytes that a child may use: PEYVAND_CHILD_MEMORY in MB, by default half of the machine's; at least 256 MB."""
    given = getattr(settings, "CHILD_MEMORY_MB", 0)
    return max(256 * 2**20, given * 2**20 if given else psutil.virtual_memory().total // 2)


def spawn_and_wait(running: Running) -> End:
    """Start the child of a run and stay until it has ended."""
    environment = {name: value for name, value in os.environ.items() if name != "PEYVAND_POOL"}
    environment["PEYVAND_PARENT"] = str(os.getpid())
    command = [sys.executable, "-m", "peyvand.foundation.jobs.child", str(running.id), str(running.lease)]
    child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    asked_at, limit, ended = 0.0, memory_limit(), None
    while True:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(timeout=LOOK)
            break
        if ended is None and _memory(child.pid) > limit:
            logger.error("the child of run %s used more than %d MB", running.id, limit // 2**20)
            ended = End.MEMORY
            _kill(child, signal.SIGKILL)
        elif not asked_at and (running.released.is_set() or _wished_to_stop(running)):
            asked_at = time.monotonic()
            if running.released.is_set():
                _kill(child, signal.SIGTERM)
        elif asked_at and time.monotonic() - asked_at > PATIENCE:
            _kill(child, signal.SIGKILL)
    _kill(child, signal.SIGKILL)  # what the child itself may have started
    if child.returncode == 0:
        return End.ITSELF
    return ended or (End.RELEASED if running.released.is_set() else End.DIED)


def _kill(child: subprocess.Popen[bytes], sign: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, sign)


def _memory(pid: int) -> int:
    with contextlib.suppress(psutil.Error):
        return int(psutil.Process(pid).memory_info().rss)
    return 0


def _wished_to_stop(running: Running) -> bool:
    """Whether somebody wants the run stopped, or it isn't ours any more."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT cancel_requested FROM jobs_run WHERE id = %s AND lease = %s AND state = 'running'",
                [running.id, running.lease],
            )
            found = cursor.fetchone()
    except DatabaseError:
        connection.close()
        return False
    return found is None or bool(found[0])
