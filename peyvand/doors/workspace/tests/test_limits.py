"""Streams are let by where pages wait for room; few pages compute at once."""

from __future__ import annotations

import asyncio
from typing import Any

from peyvand.doors.workspace.limits import Bounded


async def _body() -> dict[str, Any]:
    return {"type": "http.request", "body": b"", "more_body": False}


async def _nothing(message: dict[str, Any]) -> None:
    """Whoever reads the answer."""


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
        app = Bounded(slow, most=2, busy=2, free=frozenset({"/stream/"}))
        paths = ["/stream/"] * 5 + ["/page/"] * 6
        tasks = [asyncio.create_task(app({"type": "http", "path": path}, _body, _nothing)) for path in paths]
        await asyncio.sleep(0.1)
        streams = running.count("/stream/")
        await asyncio.gather(*tasks)
        return streams

    assert asyncio.run(all_at_once()) == 5
    assert most == 2


def test_few_compute_at_once_and_a_slow_reader_or_sender_keeps_nobody_waiting() -> None:
    computing, most, answered = 0, 0, 0
    reading = asyncio.Event()

    async def page(scope: dict[str, Any], receive: Any, send: Any) -> None:
        nonlocal computing, most, answered
        while (await receive()).get("more_body"):
            pass
        computing += 1
        most = max(most, computing)
        await asyncio.sleep(0.005)
        computing -= 1
        await send({"type": "http.response.start", "status": 200})
        answered += 1
        if scope["path"] == "/file/":
            await reading.wait()  # its reader is slow

    async def sends_for_ever() -> dict[str, Any]:
        await reading.wait()
        return await _body()

    async def all_at_once() -> tuple[int, int]:
        app = Bounded(page, most=50, busy=2)
        slow = [app({"type": "http", "path": "/file/"}, _body, _nothing) for _number in range(5)]
        slow += [app({"type": "http", "path": "/upload/"}, sends_for_ever, _nothing) for _number in range(5)]
        held = [asyncio.create_task(one) for one in slow]
        await asyncio.gather(*(app({"type": "http", "path": "/page/"}, _body, _nothing) for _number in range(10)))
        quick = answered
        reading.set()
        await asyncio.gather(*held)
        return quick, answered

    assert asyncio.run(all_at_once()) == (15, 20)
    assert most == 2


def test_a_page_that_fails_gives_its_turn_back() -> None:
    async def broken(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        raise ValueError

    async def one_after_the_other() -> int:
        app = Bounded(broken, most=5, busy=1)
        failures = 0
        for _number in range(3):
            try:
                await app({"type": "http", "path": "/page/"}, _body, _nothing)
            except ValueError:
                failures += 1
        return failures

    assert asyncio.run(asyncio.wait_for(one_after_the_other(), 10)) == 3
