"""Live chat with many visitors at once, over real sockets on loopback: from a visitor's message to the word that open
inboxes hear, and from a colleague's answer, through the gate, to the visitor's screen.

It works in the database that the settings name, which has its tables and is nobody's business.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
from django.db import connection
from procrastinate.contrib.django.utils import connector_params

from peyvand.channels.conversations.services import ReplyData, reply
from peyvand.channels.conversations.waking import CHANNEL
from peyvand.channels.sites.data import SiteData
from peyvand.channels.sites.services import site_save
from peyvand.channels.sites.tokens import token_new, visitor_key
from peyvand.channels.webchat.data import WidgetData
from peyvand.channels.webchat.live.client import Client
from peyvand.channels.webchat.models import Chat, Line
from peyvand.channels.webchat.services import widget_save
from peyvand.doors.console.measuring.place import site_served
from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.memory.consents.services import purposes_ensure

ORIGIN = "https://shop.example"
AT_ONCE = 20  # sockets opened together
PAUSE = 0.05  # seconds between two messages: twenty a second each way
BEAT = 25.0  # seconds between two signs of life of a window
PATIENCE = 60.0


def measure_chat(visitors: int, *, messages: int = 300) -> dict[str, Any]:
    """Connect so many visitors, each with a chat, and time messages both ways, in milliseconds; nothing may be lost."""
    actor = system_actor(via="console")
    purposes_ensure(demo=False)
    site = site_save(actor=actor, data=SiteData(name="Bench", hosts="shop.example"))
    widget_save(actor=actor, site=site, data=WidgetData(title_en="Chat", by_hours=False))
    with site_served(backlog=visitors + 100, PEYVAND_CHATS=str(visitors + 10)) as port:
        return asyncio.run(_measure(f"ws://127.0.0.1:{port}/chat/v1/{site.key}", actor, visitors, messages))


async def _visitor(url: str, number: int) -> tuple[str, Client]:
    """A visitor with an open window, from a loopback address of their own: limits per address are on, as ever."""
    token = token_new()
    opened = await Client.connect(url, origin=ORIGIN, source=f"127.9.{number // 250}.{number % 250 + 1}")
    await opened.send({"t": "hello", "token": token})
    await opened.next("welcome", timeout=PATIENCE)
    return token, opened


async def _measure(url: str, actor: Actor, visitors: int, messages: int) -> dict[str, Any]:
    began = time.perf_counter()
    people: list[tuple[str, Client]] = []
    for start in range(0, visitors, AT_ONCE):
        some = (_visitor(url, number) for number in range(start, min(start + AT_ONCE, visitors)))
        people += await asyncio.gather(*some)
    opened_s = time.perf_counter() - began
    chance = random.Random(7)  # noqa: S311  (to be the same each time is the point)
    talking = chance.sample(people, min(len(people), messages))
    alive = asyncio.create_task(_alive(people))
    inwards, acks = await _inwards(talking)
    with ThreadPoolExecutor(1) as staff:
        outwards = await _outwards(talking, actor, staff)
    alive.cancel()
    for _token, client in people:
        await client.close()
    kept = Line.objects.filter(chat__widget__site__key=url.rsplit("/", 1)[-1]).exclude(kind="system")
    count = await asyncio.to_thread(_closing, kept.count)
    return {
        "visitors": visitors, "opened_per_s": round(visitors / opened_s, 1), "messages": len(talking),
        **_quantiles("to_inbox_ms", inwards), **_quantiles("acknowledged_ms", acks),
        **_quantiles("to_screen_ms", outwards), "lost": 2 * len(talking) - count,
    }  # fmt: skip


async def _alive(people: Sequence[tuple[str, Client]]) -> None:
    """Say of every window that it is there, as browsers do."""
    while True:
        for _token, client in people:
            await client.send({"t": "ping"})
            await asyncio.sleep(BEAT / len(people))


def _closing(call: Any) -> Any:
    try:
        return call()
    finally:
        connection.close()


def _quantiles(name: str, seconds: Sequence[float]) -> dict[str, float]:
    ranked = sorted(seconds)
    at = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {
        f"{name}_{word}": round(1_000 * ranked[min(len(ranked) - 1, int(share * len(ranked)))], 1)
        for word, share in at.items()
    }


async def _inwards(talking: Sequence[tuple[str, Client]]) -> tuple[list[float], list[float]]:
    """Visitors write, one after the other; when the inboxes hear of each, and when each is told that it is kept."""
    heard: asyncio.Queue[float] = asyncio.Queue()
    ready = asyncio.Event()

    async def listen() -> None:
        params = {**connector_params(), "autocommit": True}
        async with await psycopg.AsyncConnection.connect(**params) as listener:
            await listener.execute(f"LISTEN {CHANNEL}")
            ready.set()
            async for notice in listener.notifies():
                if notice.payload.isdecimal():
                    heard.put_nowait(time.perf_counter())

    listening = asyncio.create_task(listen())
    await ready.wait()
    inwards, acks = [], []
    for number, (_token, client) in enumerate(talking):
        while not heard.empty():
            heard.get_nowait()
        began = time.perf_counter()
        await client.send({"t": "say", "id": f"bench-{number:08}", "text": "سلام، این چای موجود است؟"})
        inwards.append(await asyncio.wait_for(heard.get(), PATIENCE) - began)
        await client.next("ok", timeout=PATIENCE)
        acks.append(time.perf_counter() - began)
        await asyncio.sleep(PAUSE)
    listening.cancel()
    return inwards, acks


async def _outwards(talking: Sequence[tuple[str, Client]], actor: Actor, staff: ThreadPoolExecutor) -> list[float]:
    """A colleague answers each; when it stands on the visitor's screen."""
    loop, found = asyncio.get_running_loop(), []
    keys = [visitor_key(token) for token, _client in talking]
    rows = Chat.objects.filter(visitor__key__in=keys).values_list("visitor__key", "conversation_id")
    talks = dict(await asyncio.to_thread(_closing, lambda: list(rows)))
    data = ReplyData(text="بله، موجود است و امروز فرستاده می‌شود.", channel="webchat")
    for key, (_token, client) in zip(keys, talking, strict=True):
        began = time.perf_counter()

        def answer(talk: int = talks[key]) -> None:
            reply(actor=actor, conversation_id=talk, data=data)

        said = loop.run_in_executor(staff, answer)
        while (await client.next("line", timeout=PATIENCE))["kind"] != "out":
            pass
        found.append(time.perf_counter() - began)
        await said
        await asyncio.sleep(PAUSE)
    await loop.run_in_executor(staff, lambda: connection.close())
    return found
