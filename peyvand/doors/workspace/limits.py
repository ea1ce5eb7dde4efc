"""How many requests are taken at a time, and how many of them compute.

Streams stay open for minutes and do next to nothing: they are let by, so that however many people have an inbox open,
pages have the room that they always had. Of the others only a few compute at once: threads that all want the one
interpreter pass it on at every question to the database, and eight pages together would take twice as long as eight
pages one after the other. Who still sends a body, or already reads an answer, computes nothing and takes no such place.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[..., Awaitable[None]]


class Bounded:
    """An application of which at most `most` requests run and `busy` compute at once, those under `free` aside."""

    def __init__(self, application: Application, *, most: int, busy: int, free: frozenset[str] = frozenset()) -> None:
        self.application = application
        self.most, self.busy, self.free = most, busy, free
        self.room: asyncio.Semaphore | None = None
        self.turns: asyncio.Semaphore | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Let by, or wait for room."""
        if scope["type"] != "http" or scope["path"] in self.free:
            await self.application(scope, receive, send)
            return
        self.room = self.room or asyncio.Semaphore(self.most)
        self.turns = self.turns or asyncio.Semaphore(self.busy)
        turn = _Turn(self.turns, receive, send)
        async with self.room:
            try:
                await self.application(scope, turn.receive, turn.send)
            finally:
                turn.end()


class _Turn:
    """A request's turn to compute: from the last of its body to the first of its answer."""

    def __init__(self, turns: asyncio.Semaphore, receive: Any, send: Any) -> None:
        self.turns, self._receive, self._send = turns, receive, send
        self.had = self.holds = False

    async def receive(self) -> Any:
        """What comes; with the last of the body, once it is this one's turn."""
        message = await self._receive()
        if message["type"] == "http.request" and not message.get("more_body") and not self.had:
            self.had = True
            await self.turns.acquire()
            self.holds = True
        return message

    async def send(self, message: Any) -> None:
        """What goes; with its beginning the turn is over."""
        self.end()
        await self._send(message)

    def end(self) -> None:
        """Let the next compute."""
        if self.holds:
            self.holds = False
            self.turns.release()
