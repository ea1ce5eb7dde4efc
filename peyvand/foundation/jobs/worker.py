"""The worker: one process that draws runs and schedules from the queue, and brings events to their handlers."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable

import psycopg
from django.db import DatabaseError, connection
from procrastinate.contrib.django import DjangoApp
from procrastinate.contrib.django.utils import connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from peyvand.foundation.jobs.declarations import Standing
from peyvand.foundation.jobs.executing import execute, put_back
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.queue import RUNS, SCHEDULES, TASK
from peyvand.foundation.jobs.rescue import rescue
from peyvand.foundation.jobs.running import STALE, Pulse
from peyvand.foundation.outbox.delivery import CHANNEL, deliver_pending
from peyvand.foundation.registry.declarations import Schedule
from peyvand.foundation.registry.registry import registry

logger = logging.getLogger(__name__)

ALIVE_EVERY = 5.0  # seconds between two signs of life
RESCUE_EVERY = STALE / 3
OUTBOX_EVERY = 3.0  # seconds after which the outbox is read without being woken
FINISH = 2.0  # seconds in which short jobs may end before the worker lets go of the rest
LET_GO = 6.0  # seconds after which a job that does not look whether to stop is left
LATE = 86_400  # seconds after its time that a schedule is still called, once, when no worker was there
_ALIVE = """
INSERT INTO jobs_worker (name, at, started_at) VALUES (%s, now(), now())
ON CONFLICT (name) DO UPDATE SET at = now()
"""


def work(*, concurrency: int = 2, stop_event: threading.Event, hard: bool = False) -> None:
    """Work until the event is set; then let short jobs end and put the others back, within ten seconds.

    `hard`: a process of its own, which is left even when a job does not look whether to stop.
    """
    name = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(3)}"
    pulse = Pulse()
    pulse.every(ALIVE_EVERY, lambda: _note_alive(name))
    pulse.every(RESCUE_EVERY, rescue)
    pulse.start()
    threads = [threading.Thread(target=_outbox, args=(stop_event,), name="outbox", daemon=True)]
    for standing in registry.all(Standing):
        threads.append(threading.Thread(target=_stand, args=(standing, stop_event), name=standing.name, daemon=True))
    for thread in threads:
        thread.start()
    if hard:
        threading.Thread(target=_leave, args=(name, pulse, stop_event), name="leave", daemon=True).start()
    try:
        while not stop_event.is_set():
            try:
                asyncio.run(_draw(concurrency=concurrency, stop_event=stop_event, pulse=pulse))
            except Exception as error:
                logger.warning("the queue cannot be reached, trying again: %s", error)
                stop_event.wait(2.0)
    finally:
        for thread in threads:
            thread.join(timeout=5)
        pulse.stop()
        _note_gone(name)


def queue_app(pulse: Pulse | None) -> DjangoApp:
    """Procrastinate as the worker uses it: the one task that runs runs, and a periodic task for each Schedule."""
    connector = PsycopgConnector(kwargs=connector_params(), min_size=1, max_size=3, timeout=10)
    app = DjangoApp(connector=connector, periodic_defaults={"max_delay": LATE})

    def draw(run_id: int) -> None:
        execute(run_id=run_id, pulse=pulse)

    app.task(name=TASK, queue=RUNS)(draw)
    for schedule in registry.all(Schedule):
        task = app.task(name=f"peyvand.schedule.{schedule.name}", queue=SCHEDULES)(_scheduled(schedule))
        app.periodic(cron=schedule.cron, periodic_id=schedule.name)(task)
    return app


def _scheduled(schedule: Schedule) -> Callable[[int], None]:
    def call(timestamp: int) -> None:
        logger.info("schedule %s of %s", schedule.name, timestamp)
        schedule.function()

    return call


async def _draw(*, concurrency: int, stop_event: threading.Event, pulse: Pulse) -> None:
    """Draw tickets until asked to stop, or until procrastinate gives up over a lost database."""
    app = queue_app(pulse)
    async with app.open_async():
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=concurrency, install_signal_handlers=False, delete_jobs="successful",
                update_heartbeat_interval=STALE / 3, stalled_worker_timeout=STALE * 2,
            )
        )  # fmt: skip
        while not worker.done() and not stop_event.is_set():
            await asyncio.wait({worker}, timeout=0.3)
        if worker.done():
            worker.result()
            return
        worker.cancel()
        await asyncio.wait({worker}, timeout=FINISH)
        for run in pulse.runs:
            run.released.set()
        with contextlib.suppress(asyncio.CancelledError):
            await worker


def _outbox(stop_event: threading.Event) -> None:
    """Read the outbox when a commit wakes us, and every few seconds for what needs another try or had to wait."""
    while not stop_event.is_set():
        try:
            with psycopg.connect(**{**connector_params(), "autocommit": True}) as listener:
                listener.execute(f"LISTEN {CHANNEL}")
                while not stop_event.is_set():
                    while not stop_event.is_set() and deliver_pending(200):
                        pass
                    _wait(listener, stop_event)
        except (psycopg.Error, DatabaseError) as error:
            logger.warning("the outbox cannot be read, trying again: %s", error)
            connection.close()
            stop_event.wait(2.0)
        except Exception:
            logger.exception("the outbox's reader failed")
            connection.close()
            stop_event.wait(5.0)
    connection.close()


def _stand(standing: Standing, stop_event: threading.Event) -> None:
    """Keep standing work going, whatever it raises."""
    while not stop_event.is_set():
        try:
            standing.function(stop_event)
        except (psycopg.Error, DatabaseError) as error:
            logger.warning("%s cannot reach the database, trying again: %s", standing.name, error)
            connection.close()
            stop_event.wait(2.0)
        except Exception:
            logger.exception("%s failed", standing.name)
            connection.close()
            stop_event.wait(5.0)
    connection.close()


def _wait(listener: psycopg.Connection[tuple[object, ...]], stop_event: threading.Event) -> None:
    deadline = time.monotonic() + OUTBOX_EVERY
    while not stop_event.is_set() and (left := deadline - time.monotonic()) > 0:
        if any(True for _ in listener.notifies(timeout=min(0.5, left), stop_after=1)):
            return


def _note_alive(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_ALIVE, [name])


def _note_gone(name: str) -> None:
    with contextlib.suppress(DatabaseError), connection.cursor() as cursor:
        cursor.execute("DELETE FROM jobs_worker WHERE name = %s OR at < now() - interval '1 day'", [name])
    connection.close()


def _leave(name: str, pulse: Pulse, stop_event: threading.Event) -> None:
    """Put back what does not stop, and end the process."""
    stop_event.wait()
    time.sleep(LET_GO)
    for running in pulse.runs:
        with contextlib.suppress(DatabaseError):
            for run in Run.objects.filter(pk=running.id, lease=running.lease):
                put_back(run, counted=False)
    _note_gone(name)
    os._exit(0)
