"""Group commit: what has gathered is written by one COPY and committed, and only then answered.

One writer a process. A lock of the transaction keeps the writers of all processes one after another, so that an event
that is there already is seen by whoever comes with it again.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

import psycopg
from psycopg_pool import PoolTimeout

from peyvand.foundation.database.pool import pool

logger = logging.getLogger(__name__)

CHANNEL = "peyvand_web"
AT_ONCE = 5_000  # events of a commit
WAITING = 20_000  # events in the queue; more are sent away until it is shorter
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('web.write', 0))"
_THERE = "SELECT uid FROM web_event WHERE uid = ANY(%s) AND at > now() - interval '8 days'"
_COPY = "COPY web_event (uid, at, site_id, demo, visitor, kept, kind, url, title, data) FROM STDIN"
_COUNT = """
INSERT INTO web_count AS c (site_id, day, why, count)
SELECT s.id, r.day, r.why, r.count FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::bigint[])
       AS r (id, day, why, count) JOIN sites_site s ON s.id = r.id
ON CONFLICT (site_id, day, why) DO UPDATE SET count = c.count + excluded.count
"""
_MONTHS = "SELECT web_months(3)"


class BusyError(RuntimeError):
    """There is more waiting than can be written soon."""


@dataclass
class Given:
    """One request's events: their ids, each with its line of COPY; and what was not taken of it, by why."""

    site_id: int
    lines: Sequence[tuple[UUID, str]]
    refused: dict[str, int] = field(default_factory=dict)
    done: asyncio.Future[None] | None = None


class Writer:
    """The writer of a process; its task ends by itself when nothing waits."""

    def __init__(self) -> None:
        self._waiting: list[Given] = []
        self._size = 0
        self._task: asyncio.Task[None] | None = None
        self._month: tuple[int, int] | None = None

    async def write(self, given: Given) -> None:
        """Back once it is on disk. BusyError where too much waits; psycopg.Error, PoolTimeout where it can't be."""
        if self._size + len(given.lines) > WAITING:
            raise BusyError
        given.done = asyncio.get_running_loop().create_future()
        self._waiting.append(given)
        self._size += len(given.lines)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        await given.done

    async def _run(self) -> None:
        while self._waiting:
            some = self._taken()
            try:
                await self._commit(some)
            except (psycopg.Error, PoolTimeout, OSError) as error:
                logger.warning("events could not be written: %s", error)
                for one in some:
                    if one.done is not None and not one.done.done():
                        one.done.set_exception(error)
            else:
                for one in some:
                    if one.done is not None and not one.done.done():
                        one.done.set_result(None)
            self._size -= sum(len(one.lines) for one in some)

    def _taken(self) -> list[Given]:
        size, many = 0, 0
        for one in self._waiting:
            size += len(one.lines)
            if many and size > AT_ONCE:
                break
            many += 1
        some, self._waiting = self._waiting[:many], self._waiting[many:]
        return some

    async def _commit(self, some: Sequence[Given]) -> None:
        now = datetime.now(UTC)
        counts: Counter[tuple[int, str]] = Counter()
        for one in some:
            for why, many in one.refused.items():
                counts[one.site_id, why] += many
        async with (await pool()).connection() as connection:
            if self._month != (now.year, now.month):
                await connection.execute(_MONTHS)  # where no schedule has run for long
                self._month = (now.year, now.month)
            async with connection.transaction(), connection.cursor() as cursor:
                await cursor.execute(_LOCK)
                await cursor.execute(_THERE, [[uid for one in some for uid, _line in one.lines]])
                there = {uid for (uid,) in await cursor.fetchall()}
                fresh = []
                for one in some:
                    for uid, line in one.lines:
                        if uid in there:
                            counts[one.site_id, "again"] += 1
                        else:
                            there.add(uid)
                            fresh.append(line)
                if fresh:
                    async with cursor.copy(_COPY) as copy:
                        await copy.write("".join(fresh))
                    await cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
                if counts:
                    await cursor.execute(_COUNT, _columns(counts, now))


def _columns(counts: Counter[tuple[int, str]], now: datetime) -> list[Any]:
    places = sorted(counts)
    return [
        [site_id for site_id, _why in places], [now.date()] * len(places), [why for _site_id, why in places],
        [counts[place] for place in places],
    ]  # fmt: skip


_writers: WeakKeyDictionary[asyncio.AbstractEventLoop, Writer] = WeakKeyDictionary()


def writer() -> Writer:
    """The writer of the running loop."""
    return _writers.setdefault(asyncio.get_running_loop(), Writer())
