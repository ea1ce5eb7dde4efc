"""Keeps the warehouse fresh: one worker of all looks every few seconds, and has a child load what changed.

A look is one question to the database. Nothing is loaded where nothing changed, and a load begins at the earliest PACE
seconds after the one before; after a failure the pause doubles, up to LONGEST.
"""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
import time

import psycopg
from procrastinate.contrib.django.utils import connector_params

from peyvand.foundation.registry.declarations import WarehouseFact
from peyvand.foundation.registry.registry import registry
from peyvand.insight.warehouse import place, watching

logger = logging.getLogger(__name__)

LOOK_EVERY = 5.0  # seconds
PACE = 20.0  # seconds between the beginnings of two loads
SHARE = 4  # a load that took t seconds is followed by a pause of at least SHARE × t
LONGEST = 600.0  # seconds between two tries
PATIENCE = 5.0  # seconds that a child has between being asked to stop and being killed
_LEAD = "SELECT pg_try_advisory_lock(hashtext('warehouse.feed'))"


def stand(stop: threading.Event) -> None:
    """Keep the files fresh until told to stop; where another worker does, wait to take over."""
    with psycopg.connect(**{**connector_params(), "autocommit": True}) as lead:
        while not stop.is_set() and not (lead.execute(_LEAD).fetchone() or (False,))[0]:
            stop.wait(LOOK_EVERY * 2)
        failed = 0
        while not stop.wait(LOOK_EVERY):
            lead.execute("SELECT")  # still the one who leads; raises when the connection is gone
            if not wanted():
                continue
            started = time.monotonic()
            if spawned(stop):
                failed = 0
                pause = max(PACE - (time.monotonic() - started), SHARE * (time.monotonic() - started))
            else:
                failed += 1
                pause = min(LONGEST, PACE * 2**failed)
                if not stop.is_set():
                    logger.error("the warehouse could not be loaded; the next try is in %d s", pause)
            stop.wait(max(0.0, pause - LOOK_EVERY))


def wanted() -> bool:
    """Whether there is something to load: any change, an erasure, a database that was restored to another load than the
    one in use, a fact that a newer Peyvand declares; before the first load, any fact at all.
    """
    waiting, token = watching.looked()
    if not token:
        return watching.anything()
    return waiting or token != place.token() or place.forgetting() or _lacking()


def _lacking() -> bool:
    folder = place.current()
    return folder is None or not all((folder / fact.name).is_dir() for fact in registry.all(WarehouseFact))


def spawned(stop: threading.Event) -> bool:
    """Load in a child; whether it did. A child that is stopped half-way leaves everything as it was."""
    environment = {name: value for name, value in os.environ.items() if name != "PEYVAND_POOL"}
    environment["PEYVAND_PARENT"] = str(os.getpid())
    command = [sys.executable, "-m", "peyvand.insight.warehouse.child"]
    child = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, start_new_session=True)
    while child.poll() is None:
        if not stop.wait(0.2):
            continue
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    return child.returncode == 0
