"""The threads of a worker that send: each claims, attempts, speaks and settles by itself; one more sweeps."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django.utils import connector_params

from peyvand.channels.outreach.declarations import Outcome, Said
from peyvand.channels.outreach.dispatching.claiming import Load, attempt, claim, claim_one
from peyvand.channels.outreach.dispatching.handing import answered, note, noted
from peyvand.channels.outreach.dispatching.settling import settle
from peyvand.channels.outreach.dispatching.sweeping import look_up, sweep
from peyvand.channels.outreach.waking import CHANNEL

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
BATCH = 100  # messages in one attempt
THREADS = int(os.environ.get("PEYVAND_SENDERS") or 3)
LOOK_EVERY = 2.0  # seconds
SWEEP_EVERY = 5.0


def turn(*, clock: Clock = timezone.now, limit: int = BATCH) -> int:
    """Claim what is due and send it, in this thread; gives how many were claimed."""
    now = clock()
    lease, ids = claim(now=now, limit=limit)
    if not ids:
        return 0
    with noted(lease):
        for load in attempt(lease=lease, ids=ids, now=now):
            speak(load, clock=clock)
    return len(ids)


def dispatch_now(message_id: int, *, clock: Clock = timezone.now) -> bool:
    """Send one message in this thread, right after the commit of who asked for it: somebody waits at the other end.

    It is claimed, judged, attempted and settled as by a worker, so never by two; gives whether it was claimed here.
    What goes wrong is in the log and left to the workers, as after a kill.
    """
    try:
        now = clock()
        lease, ids = claim_one(message_id=message_id, now=now)
        if not ids:
            return False
        with noted(lease):
            for load in attempt(lease=lease, ids=ids, now=now):
                speak(load, clock=clock)
    except Exception:
        logger.exception("message %s is left to the workers", message_id)
        return False
    return True


def speak(load: Load, *, clock: Clock = timezone.now) -> None:
    """Hand a load to its provider, outside of any transaction, and settle what it says.

    What the provider says nothing of, and all of it when it raises, is unknown: it is never sent again by itself.
    """
    sent = {one.id: one for one in load.messages}
    for start in range(0, len(load.messages), load.carrier.batch):
        some = load.messages[start : start + load.carrier.batch]
        said: dict[int, Outcome] = {}
        if not load.carrier.notes:
            note(one.id for one in some)
        try:
            for outcome in load.carrier.send(load.account, some):
                said[outcome.id] = outcome
        except Exception:
            logger.exception("%s could not say what became of %s messages", load.carrier.name, len(some))
        if not load.carrier.notes:
            answered(said.values())
        outcomes = [said.get(one.id) or Outcome(one.id, Said.UNKNOWN, code="no-answer") for one in some]
        settle(outcomes, now=clock(), lease=load.lease, sent=sent)


def send_due(*, clock: Clock = timezone.now, most: int = 100_000) -> int:
    """Send what is due now, one batch after the other; gives how many were claimed. For tests and the console."""
    done = 0
    while done < most and (claimed := turn(clock=clock)):
        done += claimed
    return done


def stand(stop: threading.Event) -> None:
    """Send until told to stop: the standing work of every worker. Raises when the database goes; it is called again."""
    failed: list[BaseException] = []

    def sender() -> None:
        try:
            _send(stop)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sender, name=f"outreach-{n}", daemon=True) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    last = 0.0
    while not stop.is_set() and not failed:
        if time.monotonic() - last >= SWEEP_EVERY:
            last = time.monotonic()
            sweep(now=timezone.now())
            look_up(now=timezone.now())
        stop.wait(0.5)
    for thread in threads:
        thread.join(timeout=5)
    if failed:
        raise failed[0]


def _send(stop: threading.Event) -> None:
    with psycopg.connect(**{**connector_params(), "autocommit": True}) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        while not stop.is_set():
            if not turn():
                _heard(listener, LOOK_EVERY, stop)


def _heard(listener: psycopg.Connection[Any], seconds: float, stop: threading.Event) -> None:
    deadline = time.monotonic() + seconds
    while not stop.is_set() and (left := deadline - time.monotonic()) > 0:
        if any(True for _notice in listener.notifies(timeout=min(0.5, left), stop_after=1)):
            return
