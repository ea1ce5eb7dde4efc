"""Streams are let by where pages wait for room."""

from __future__ import annotations

import asyncio
from typing import Any

from peyvand.doors.workspace.limits import Bounded


def test_streams_are_let_by_where_pages_wait_for_room() -> None:
    running: list[str] = []
    most = 0

    async def slow(scope: dict[str, Any], receive: Any, send: Any) -> None:
        nonlocal most
        running.append(scope["path"])
        most = max(most, running.count("/page/"))
        await asyncio.sleep(0.01 if scope["path"] == "/page/" else 0.2)
        running.remove(scope["path"])

    async def all_at_once() -> int:
        app = Bounded(slow, most=2, free=frozenset({"/stream/"}))
        paths = ["/stream/"] * 5 + ["/page/"] * 6
        tasks = [asyncio.create_task(app({"type": "http", "path": path}, None, None)) for path in paths]
        await asyncio.sleep(0.1)
        streams = running.count("/stream/")
        await asyncio.gather(*tasks)
        return streams

    assert asyncio.run(all_at_once()) == 5
    assert most == 2
