"""How many requests are worked on at a time. Streams stay open for minutes and do next to nothing: they are let by, so
that however many people have an inbox open, pages have the room that they always had.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Application = Callable[..., Awaitable[None]]


class Bounded:
    """An application of which at most `most` requests run at once, those under the paths `free` aside."""

    def __init__(self, application: Application, *, most: int, free: frozenset[str] = frozenset()) -> None:
        self.application = application
        self.most, self.free = most, free
        self.room: asyncio.Semaphore | None = None

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Let by, or wait for room."""
        if scope["type"] != "http" or scope["path"] in self.free:
            await self.application(scope, receive, send)
            return
        self.room = self.room or asyncio.Semaphore(self.most)
        async with self.room:
            await self.application(scope, receive, send)
