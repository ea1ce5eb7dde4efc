"""Asking messengers for what came in, each bot in a thread of its own, and fetching files: the standing work of every
worker. One worker asks for a bot at a time; up to where was asked is kept after what came is, so a kill between the two
brings the same again, which is then known.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import connection
from django.utils import timezone

from peyvand.channels.messengers.adapters import ADAPTERS
from peyvand.channels.messengers.adapters.base import Came, NotNowError
from peyvand.channels.messengers.carrier import access_of
from peyvand.channels.messengers.fetching import fetch_due
from peyvand.channels.messengers.hearing import heard, taken
from peyvand.channels.messengers.models import Bot, Hearing

logger = logging.getLogger(__name__)

WAIT = 20.0  # seconds for which a messenger keeps a question open
PAUSE = 2.0  # between questions to one that answers at once
LATER = 15.0
LOOK_EVERY = 5.0
AFRESH = 600.0
TRIES = 3  # of something that can't be taken, before the rest is no longer kept waiting by it
LOCK = 0x6D7367  # with the bot's number


def ask_once(row: Bot, *, wait: float = 0.0, failures: Counter[str] | None = None) -> int:
    """Ask once and take in what came; gives how much of it was new. NotNowError with the messenger's words."""
    adapter = ADAPTERS[row.messenger]
    if adapter.updates is None:
        return 0
    try:
        came = adapter.updates(access_of(row), row.offset, wait)
    except NotNowError as error:
        if not str(error).startswith("409") or adapter.hook_tell is None:
            raise
        adapter.hook_tell(access_of(row), "")  # it still calls somebody; a bot is either called for or asked
        came = adapter.updates(access_of(row), row.offset, wait)
    new = _each(row, came, Counter() if failures is None else failures)
    said = {"heard_at": timezone.now(), "deafness": "", **({"offset": came.offset[:100]} if came.offset else {})}
    Bot.objects.filter(pk=row.pk).update(**said)
    for name, value in said.items():
        setattr(row, name, value)
    return new


def _each(row: Bot, came: Came, failures: Counter[str]) -> int:
    """One that can't be taken is asked for again, three times; then it is logged, and the others have their turn."""
    new = taken(row, Came(told=came.told, gone=came.gone, back=came.back))
    for one in came.heard:
        try:
            new += heard(row, one)
        except Exception:
            failures[one.id] += 1
            if failures[one.id] < TRIES or connection.connection is None or connection.connection.closed:
                raise
            logger.exception("an update of bot %s could not be taken", row.pk)
    return new


# ── standing work ─────────────────────────────────────────────────────────


def stand(stop: threading.Event) -> None:
    """Ask for every bot that is to be asked for until told to stop. Raises when the database goes."""
    threads: dict[int, threading.Thread] = {}
    failed: list[BaseException] = []
    files = threading.Thread(target=_files, args=(stop, failed), name="messengers-files", daemon=True)
    files.start()
    last = 0.0
    while not stop.is_set() and not failed:
        if not last or time.monotonic() - last >= LOOK_EVERY:
            last = time.monotonic()
            for pk in wanted():
                if pk not in threads or not threads[pk].is_alive():
                    threads[pk] = threading.Thread(
                        target=_kept_asking, args=(pk, stop, failed), name=f"messengers-{pk}", daemon=True
                    )
                    threads[pk].start()
            connection.close()
        stop.wait(0.5)
    until = time.monotonic() + 3  # a question that is open is left; what it brings is asked for again
    for thread in [files, *threads.values()]:
        thread.join(timeout=max(0.0, until - time.monotonic()))
    if failed:
        raise failed[0]


def wanted() -> list[int]:
    """Bots that are asked for."""
    asked = [one.name for one in ADAPTERS.values() if one.updates is not None]
    rows = Bot.objects.filter(enabled=True, demo=False, hearing=Hearing.POLL, messenger__in=asked)
    return list(rows.order_by("id").values_list("pk", flat=True))


def _files(stop: threading.Event, failed: list[BaseException]) -> None:
    try:
        while not stop.is_set():
            if not fetch_due():
                stop.wait(1.0)
    except BaseException as error:
        failed.append(error)
    finally:
        connection.close()


def _kept_asking(bot_id: int, stop: threading.Event, failed: list[BaseException]) -> None:
    try:
        with _alone(bot_id) as mine:
            if mine:
                _asking(bot_id, stop)
            else:
                stop.wait(LATER)  # another worker asks
    except NotNowError as error:
        with suppress(Exception):
            Bot.objects.filter(pk=bot_id).update(deafness=str(error)[:300])
        stop.wait(LATER)
    except BaseException as error:
        failed.append(error)
    finally:
        connection.close()


@contextmanager
def _alone(bot_id: int) -> Iterator[bool]:
    """Whether this worker is the one that asks for the bot; the database lets go when the connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LOCK, bot_id % 2**31])
        mine = bool((cursor.fetchone() or [False])[0])
    try:
        yield mine
    finally:
        if mine and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LOCK, bot_id % 2**31])


def _asking(bot_id: int, stop: threading.Event) -> None:
    """Until it is time to stop, the bot changes, or for a while."""
    failures: Counter[str] = Counter()
    row = Bot.objects.filter(pk=bot_id, enabled=True, demo=False, hearing=Hearing.POLL).first()
    begun = time.monotonic()
    while row is not None and not stop.is_set() and time.monotonic() - begun < AFRESH:
        try:
            ask_once(row, wait=WAIT, failures=failures)
        except NotNowError:
            raise
        except Exception:
            if connection.connection is None or connection.connection.closed:
                raise
            logger.exception("bot %s stumbled", bot_id)
            stop.wait(PAUSE)
        if not ADAPTERS[row.messenger].waits:
            stop.wait(PAUSE)
        if not Bot.objects.filter(pk=bot_id, version=row.version, enabled=True).exists():
            return
