"""The public site as fast as it goes: the collector beside a raw COPY of the same rows, the live profile at a steady
pace, the sizes of the script. The site's process is the one that serves; who asks is a process of its own on the same
machine.
"""

from __future__ import annotations

import asyncio
import base64
import gzip
import itertools
import json
import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection

from peyvand.channels.sites import edge
from peyvand.channels.sites.declarations import SitePart
from peyvand.channels.sites.models import Site
from peyvand.channels.sites.tokens import visitor_key
from peyvand.channels.web import events
from peyvand.foundation.registry.registry import registry

ORIGIN = "https://bench.example"
AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130.0 Mobile Safari/537.36"
EVENTS_A_REQUEST = 10
ADDRESSES = 128  # connections at once, each kept open and from an address of its own: limits are on as ever
ASKING = 32  # the same, of those who ask for profiles
WARM = 2.0  # seconds before anything counts
_COPY = "COPY {} (uid, at, site_id, demo, visitor, kept, kind, url, title, data) FROM STDIN"
_VISITORS = """
INSERT INTO sites_visitor (demo, site_id, key, customer_id, how, remembered, claims, language, agent, first_at, last_at)
SELECT false, %s, key, n, 'signature', true, '{{}}', 'fa', '', now(), now() FROM bench_token
"""


Link = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def _connected(port: int, number: int) -> Link:
    """From a loopback address of its own."""
    return await asyncio.open_connection("127.0.0.1", port, local_addr=(f"127.9.{number // 250}.{number % 250 + 1}", 0))


def a_site() -> Site:
    """A site for the measure."""
    return Site.objects.get_or_create(name="bench", defaults={"hosts": ["bench.example"]})[0]


# ── the collector ─────────────────────────────────────────────────────────


def _uid() -> str:
    made = int(time.time() * 1000).to_bytes(6, "big") + secrets.token_bytes(10)
    return base64.urlsafe_b64encode(made).decode()[:22]


def _batch(number: int) -> bytes:
    now = int(time.time() * 1000)
    said = [
        {"i": _uid(), "k": "page", "t": now - 100 * place, "u": f"{ORIGIN}/products/{(number + place) % 500}/?ref=list",
         "n": "پسته‌ی اکبری تازه، یک کیلو", "d": {}}
        for place in range(EVENTS_A_REQUEST)
    ]  # fmt: skip
    token = base64.urlsafe_b64encode((number % 50_000).to_bytes(16, "big")).decode()[:22]
    whole = {"v": token, "m": "full", "c": True, "at": now, "p": {"l": "fa", "s": "412x915", "z": 210}, "e": said}
    return json.dumps(whole, ensure_ascii=False).encode()


def _request(port: int, path: str, body: bytes | None) -> bytes:
    head = f"{'GET' if body is None else 'POST'} {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: {ORIGIN}\r\n"
    head += f"User-Agent: {AGENT}\r\n"
    if body is None:
        return f"{head}\r\n".encode()
    return f"{head}Content-Type: text/plain\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


async def _answered(reader: asyncio.StreamReader) -> int:
    """Read one answer; gives its status."""
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            await reader.readexactly(int(line[15:]))
    return status


def collected(port: int, site: Site, *, seconds: float) -> dict[str, Any]:
    """Events a second that were answered for, ten a request, each answer after its commit; and what is in the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM web_event")
        (before,) = cursor.fetchone()
    answered, spent, slow = asyncio.run(_collect(port, site.key, seconds))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT xid) FROM web_event")
        there, commits = cursor.fetchone()
    return {
        "events_a_second": round(answered * EVENTS_A_REQUEST / spent, 1),
        "requests_a_second": round(answered / spent, 1), "events": there - before,
        "events_a_commit": round(there / commits, 1),
        "answer_p50_ms": slow[0], "answer_p95_ms": slow[1], "fsync": _setting("fsync"),
        "synchronous_commit": _setting("synchronous_commit"),
    }  # fmt: skip


def _setting(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])


async def _collect(port: int, key: str, seconds: float) -> tuple[int, float, tuple[float, float]]:
    numbers = itertools.count()
    begin = time.perf_counter() + WARM
    end = begin + seconds
    took: list[float] = []

    async def one(number: int) -> int:
        reader, writer = await _connected(port, number)
        done = 0
        while (start := time.perf_counter()) < end:
            writer.write(_request(port, f"/e/{key}", _batch(next(numbers))))
            status = await _answered(reader)
            if status != 204:
                raise RuntimeError(f"the collector answered {status}")
            if start >= begin:
                done += 1
                took.append(time.perf_counter() - start)
        writer.close()
        return done

    counts = await asyncio.gather(*(one(number) for number in range(ADDRESSES)))
    return sum(counts), time.perf_counter() - begin, (_share(took, 0.5), _share(took, 0.95))


def _share(took: Sequence[float], part: float) -> float:
    ordered = sorted(took)
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * part))] * 1000, 2) if ordered else 0.0


def copied(site: Site, *, count: int) -> dict[str, float]:
    """Raw COPY of such rows into a table like the collector's: in one go, and ten rows a commit, as they come."""
    now = datetime.now(UTC)
    lines = []
    for number in range(count // EVENTS_A_REQUEST):
        batch = events.read(_batch(number), now=now, agent=AGENT)
        key = visitor_key(batch.token)
        lines += [events.copied(one, site_id=site.pk, demo=False, visitor=key, kept=True) for one in batch.events]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_event (LIKE web_event INCLUDING ALL) PARTITION BY RANGE (at)")
        cursor.execute("CREATE TABLE bench_event_all PARTITION OF bench_event DEFAULT")
        start = time.perf_counter()
        with cursor.copy(_COPY.format("bench_event")) as copy:
            copy.write("".join(lines))
        whole = len(lines) / (time.perf_counter() - start)
        cursor.execute("TRUNCATE bench_event")
        done, start = 0, time.perf_counter()
        for place in range(0, len(lines), EVENTS_A_REQUEST):
            with cursor.copy(_COPY.format("bench_event")) as copy:
                copy.write("".join(lines[place : place + EVENTS_A_REQUEST]))
            done += EVENTS_A_REQUEST
            if time.perf_counter() - start > 10:
                break
        single = done / (time.perf_counter() - start)
        cursor.execute("DROP TABLE bench_event")
    return {"one_copy": round(whole, 1), "ten_a_commit": round(single, 1)}


# ── the live profile ──────────────────────────────────────────────────────


def visitors(site: Site, *, count: int) -> None:
    """So many visitors, each the customer of their number."""
    tokens = (_token(number) for number in range(1, count + 1))
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE bench_token (n bigint, key text)")
        with cursor.copy("COPY bench_token FROM STDIN") as copy:
            for number, token in enumerate(tokens, 1):
                copy.write(f"{number}\t{visitor_key(token)}\n")
        cursor.execute(_VISITORS.format(), [site.pk])
        cursor.execute("VACUUM ANALYZE sites_visitor")


def _token(number: int) -> str:
    return base64.urlsafe_b64encode((10**15 + number * 7919).to_bytes(16, "big")).decode()[:22]


def profiles(port: int, site: Site, *, count: int, a_second: int, seconds: float) -> dict[str, Any]:
    """How long an answer takes at a steady pace, each of somebody else, counted from when it was due."""
    took, missed = asyncio.run(_ask(port, site.key, count, a_second, seconds))
    return {
        "profiles": count, "a_second": a_second, "answers": len(took), "unanswered": missed,
        "p50_ms": _share(took, 0.5), "p95_ms": _share(took, 0.95), "p99_ms": _share(took, 0.99),
    }  # fmt: skip


async def _ask(port: int, key: str, count: int, a_second: int, seconds: float) -> tuple[list[float], int]:
    took: list[float] = []
    missed = 0
    idle: asyncio.Queue[Link] = asyncio.Queue()
    for number in range(ASKING):
        idle.put_nowait(await _connected(port, number))
    whole = int((WARM + seconds) * a_second)
    begin = time.perf_counter()

    async def one(number: int, due: float) -> None:
        nonlocal missed
        link = await idle.get()
        token = _token(1 + number * 104_729 % count)
        link[1].write(_request(port, f"/p/v1/me?site={key}&v={token}", None))
        status = await _answered(link[0])
        idle.put_nowait(link)
        if status != 200:
            missed += 1
        elif due - begin >= WARM:
            took.append(time.perf_counter() - due)

    tasks = []
    for number in range(whole):
        due = begin + number / a_second
        if (left := due - time.perf_counter()) > 0:
            await asyncio.sleep(left)
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    return took, missed


# ── the script ────────────────────────────────────────────────────────────


def sizes() -> dict[str, int]:
    """Bytes as they go over the wire (gzip), of the core and of each part."""
    core = Path(edge.__file__).parent / "static" / "sites" / "core.js"
    found = {"core": len(gzip.compress(core.read_bytes(), 9))}
    for one in registry.all(SitePart):
        found[one.name] = len(gzip.compress(Path(one.file).read_bytes(), 9))
    return found
