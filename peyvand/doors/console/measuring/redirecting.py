"""How fast a short link leads on: a public site of our own, people who come at a steady pace, every click durable.

Times are milliseconds at the client, on loopback, from when a request was due to its whole answer: one that waits for
its turn counts with its wait. Works in the process's own database.
"""

from __future__ import annotations

import asyncio
import time
from statistics import quantiles
from typing import Any

from django.db import connection

from peyvand.channels.outreach.addresses import click_token, code_make
from peyvand.channels.outreach.models import Click, Link
from peyvand.doors.console.measuring.place import site_served

RATE = 200  # requests a second
CONNECTIONS = 48
LINKS = 200
PATIENCE = 60.0
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


def measure_redirects(seconds: float = 10.0, *, rate: int = RATE) -> dict[str, Any]:
    """Redirects at that rate for so long: p50, p95 and p99 in milliseconds, how many answered otherwise than by the
    right address, how many clicks are in the database afterwards of those that were made.
    """
    links = _links()
    before = Click.objects.count()
    connection.close()
    with site_served() as port:
        asyncio.run(_paced(port, links, seconds=1.0, rate=rate))  # warm
        warm = Click.objects.count() - before
        took, wrong = asyncio.run(_paced(port, links, seconds=seconds, rate=rate))
    cut = quantiles(took, n=100) if len(took) > 1 else [0.0] * 99
    return {
        "rate": rate, "requests": len(took), "p50_ms": round(cut[49], 2), "p95_ms": round(cut[94], 2),
        "p99_ms": round(cut[98], 2), "wrong": wrong, "clicks": Click.objects.count() - before - warm,
    }  # fmt: skip


def _links() -> list[tuple[str, str]]:
    """Links by hand, as many as there are to be, as code and target."""
    target = "https://shop.example/offer?n={}"
    made = list(Link.objects.filter(demo=False, title="bench").values_list("code", "target"))
    fresh = [
        Link(code=code_make(), target=target.format(n), digest=f"{n:064}", title="bench")
        for n in range(len(made), LINKS)
    ]
    Link.objects.bulk_create(fresh)
    return made + [(one.code, one.target) for one in fresh]


async def _paced(port: int, links: list[tuple[str, str]], *, seconds: float, rate: int) -> tuple[list[float], int]:
    """Ask at a steady pace, over connections that stay open."""
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _n in range(CONNECTIONS):
        free.put_nowait(await asyncio.open_connection("127.0.0.1", port))
    took: list[float] = []
    wrong = 0
    began = time.perf_counter()

    async def one(number: int, due: float) -> None:
        nonlocal wrong
        code, target = links[number % len(links)]
        line = f"GET /r/{code}.{click_token(number + 1)} HTTP/1.1\r\nhost: 127.0.0.1\r\nuser-agent: {AGENT}\r\n\r\n"
        reader, writer = await free.get()
        writer.write(line.encode())
        head = await reader.readuntil(b"\r\n\r\n")
        took.append((time.perf_counter() - due) * 1000)
        wrong += not (head.startswith(b"HTTP/1.1 302") and f"location: {target}\r\n".encode() in head)
        free.put_nowait((reader, writer))

    asked = []
    for number in range(round(seconds * rate)):
        due = began + number / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        asked.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*asked)
    while not free.empty():
        free.get_nowait()[1].close()
    return took, wrong
