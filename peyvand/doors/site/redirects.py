"""Short links: `GET /r/<code>` or `/r/<code>.<token>` leads to the address that was stored under the code, and nowhere
else.

A click is written down before the browser is told where to go, many at once in one commit, so that nothing is lost
when the process is told to stop or dies. Scanners and prefetching browsers are led on and not counted. Where the
target is a page of a site of ours and the token is of a message, the address carries who comes there (`pv_c`, good
once and for half an hour).
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg_pool import PoolTimeout

from peyvand.channels.outreach.addresses import arrival_token, clicked_message, is_code
from peyvand.channels.outreach.redirecting import Clicked, Leads, clicks_write, link_read
from peyvand.channels.sites import edge
from peyvand.channels.sites.queries import hosts_read
from peyvand.channels.sites.services import host_allowed
from peyvand.channels.web.bots import is_bot
from peyvand.foundation.database.pool import pool

logger = logging.getLogger(__name__)

LIVES = 10.0  # seconds for which this process believes what it read
MOST_LINKS = 5_000
MOST_WAITING = 20_000  # clicks; more than that are led on and not counted
PATIENCE = 1.0  # seconds; nobody waits longer for being counted
PAUSE = 0.5  # seconds between two tries while the database is away
AWAY = (psycopg.Error, PoolTimeout, OSError)
SCANNERS = re.compile(r"proofpoint|mimecast|barracuda|safelinks", re.IGNORECASE)  # of mail, that call themselves so
_limits = edge.Limits(per_second=300, burst=3_000)


class Clicks:
    """Clicks of one loop on their way into the database; who comes during a commit goes with the next one."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Clicked, asyncio.Future[None]]] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, click: Clicked) -> None:
        """Return when it is durable, or when that takes too long: then it is written as soon as it can be."""
        if len(self._waiting) >= MOST_WAITING:
            logger.error("clicks are not counted: the database does not take them")
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((click, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(done), PATIENCE)

    async def _write(self) -> None:
        while self._waiting:
            some = self._waiting[:]
            try:
                async with (await pool()).connection() as connection:
                    await clicks_write(connection, [click for click, _done in some])
            except AWAY:
                logger.exception("%s clicks wait for the database", len(some))
                await asyncio.sleep(PAUSE)
                continue
            del self._waiting[: len(some)]
            for _click, done in some:
                if not done.done():
                    done.set_result(None)


_clicks: WeakKeyDictionary[asyncio.AbstractEventLoop, Clicks] = WeakKeyDictionary()
_links: OrderedDict[str, tuple[float, Leads | None]] = OrderedDict()
_hosts: dict[bool, tuple[float, list[str]]] = {}


def forget() -> None:
    """Believe nothing any more of what was read: for tests."""
    _links.clear()
    _hosts.clear()


class Redirects:
    """The application; what it has no link for goes to `otherwise`, which says that there is no such page."""

    def __init__(self, *, otherwise: Callable[[Any, Any, Any], Awaitable[None]]) -> None:
        self.otherwise = otherwise

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            await edge.answer(send, 405, headers={"allow": "GET, HEAD"})
            return
        code, _dot, token = scope["path"].removeprefix("/r/").partition(".")
        try:
            link = await _link(code) if is_code(code) else None
        except AWAY:
            logger.exception("a short link could not be read")
            await edge.answer(send, 503, headers={"retry-after": "5"})
            return
        if link is None:
            await self.otherwise(scope, receive, send)
            return
        location = await _led(scope, link, clicked_message(token) if token else None)
        await edge.answer(send, 302, headers={"location": location})


async def _led(scope: edge.Scope, link: Leads, message_id: int | None) -> str:
    """Where to, for whoever asks; a person is counted first."""
    if not is_person(scope) or not _limits.takes(edge.address_of(scope)):
        return link.location
    now = datetime.now(UTC)
    clicks = _clicks.setdefault(asyncio.get_running_loop(), Clicks())
    await clicks.take(Clicked(link.id, message_id, now))
    if message_id is None or not await _ours(link):
        return link.location
    return link.with_token(arrival_token(message_id, now=now))


def is_person(scope: edge.Scope) -> bool:
    """Whether somebody has pressed the link, as far as the request tells: no scanner, no prefetch, no HEAD."""
    if scope["method"] == "HEAD":
        return False
    agent = edge.header(scope, "user-agent")
    if is_bot(agent) or SCANNERS.search(agent):
        return False
    hints = ("purpose", "sec-purpose", "x-purpose", "x-moz")
    return not any(word in edge.header(scope, name).lower() for name in hints for word in ("prefetch", "preview"))


async def _link(code: str) -> Leads | None:
    known = _links.get(code)
    if known is not None and time.monotonic() - known[0] < LIVES:
        return known[1]
    try:
        async with (await pool()).connection() as connection:
            found = await link_read(connection, code)
    except AWAY:
        if known is not None:
            return known[1]
        raise
    _links[code] = (time.monotonic(), found)
    _links.move_to_end(code)
    while len(_links) > MOST_LINKS:
        _links.popitem(last=False)
    return found


async def _ours(link: Leads) -> bool:
    """Whether a link leads to a page of a site of ours."""
    known = _hosts.get(link.demo)
    if known is None or time.monotonic() - known[0] >= LIVES:
        with suppress(*AWAY):
            async with (await pool()).connection() as connection:
                known = _hosts[link.demo] = (time.monotonic(), await hosts_read(connection, demo=link.demo))
    hosts = known[1] if known is not None else []
    return host_allowed(hosts, link.host) or host_allowed(hosts, link.host.rsplit(":", 1)[0])
