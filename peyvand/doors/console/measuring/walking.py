"""The walk of staff through a filled database, with the clock running.

Times are milliseconds at the client, on loopback, of a server of our own with one web process; queries are counted in
this process. Nothing here is a test: nothing fails by the clock.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from peyvand.doors.console import prepare
from peyvand.doors.console.measuring.place import free_port
from peyvand.foundation.accounts.models import User

ROUNDS = 60  # requests of one user a page
CROWD = 8
PATIENCE = 60.0
CITY = "شیراز"


@dataclass(frozen=True)
class Page:
    """A page to walk: for the n-th visit its address, or its POST."""

    name: str
    path: Callable[[int], str]
    body: Callable[[int], str] | None = None
    fragment: bool = False  # asked for by htmx


def pages(customers: int, words: Sequence[str]) -> tuple[Page, ...]:
    """What staff open all day. Customers are taken by chance, the same at every run."""
    chance = random.Random(7)  # noqa: S311 the same walk at every run
    some = [chance.randint(1, customers) for _number in range(1000)]
    listed = reverse("customers:list")
    narrowed = f"{listed}?city={CITY}&class=risk&touched=-180&sort=value"

    def older(number: int) -> str:
        return f"{reverse('interactions:older', args=[some[number % 1000]])}?size=20"

    def contact(number: int) -> str:
        return json.dumps(
            {"customer_id": some[number % 1000], "kind": "note", "text": f"یادداشت {number}"}, ensure_ascii=False
        )

    return (
        Page("list", lambda _number: listed),
        Page("list, three filters and a sort", lambda _number: narrowed),
        Page("list by value", lambda _number: f"{listed}?sort=value"),
        Page("search by part of a name", lambda number: f"{listed}?q={words[number % len(words)]}"),
        Page("search by the end of a phone", lambda number: f"{listed}?q={some[number % 1000] % 9000 + 1000}"),
        Page("palette", lambda number: f"{reverse('workspace:palette')}?q={words[number % len(words)]}"),
        Page("customer 360", lambda number: reverse("customers:one", args=[some[number % 1000]])),
        Page("next page of a timeline", older, fragment=True),
        Page("interaction by API", lambda _number: "/api/v1/interactions", contact),
    )


@dataclass
class Visitor:
    """Somebody signed in, over a connection that stays open."""

    port: int
    cookie: str
    token: str
    link: http.client.HTTPConnection | None = None

    def open(self, page: Page, number: int) -> tuple[float, int, int]:
        """Milliseconds, status and bytes of one answer."""
        headers = {"Host": f"127.0.0.1:{self.port}", "Accept-Language": "fa"}
        body = page.body(number) if page.body else None
        if page.fragment:
            headers["HX-Request"] = "true"
        if body is None:
            headers["Cookie"] = self.cookie
        else:
            headers |= {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        if self.link is None:
            self.link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        path = "".join(letter if ord(letter) < 128 else _escaped(letter) for letter in page.path(number))
        start = time.perf_counter()
        self.link.request("POST" if body else "GET", path, body.encode() if body else None, headers)
        answer = self.link.getresponse()
        size = len(answer.read())
        return (time.perf_counter() - start) * 1000, answer.status, size


def _escaped(letter: str) -> str:
    return "".join(f"%{byte:02X}" for byte in letter.encode())


def walk(*, pages: Sequence[Page], user: User, token: str) -> dict[str, Any]:
    """Every page by one user and by eight at once, with its queries; and how much memory all of it held."""
    session = Client(HTTP_HOST="127.0.0.1")
    session.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in session.cookies.items())
    found: list[dict[str, Any]] = []
    with _server() as (port, processes), _watched(processes) as memory:
        for page in pages:
            counted = _queries(session, page, token)
            one = Visitor(port, cookie, token)
            _times(one, page, range(5))
            alone = _times(one, page, range(10, 10 + ROUNDS))
            with ThreadPoolExecutor(CROWD) as crowd:
                visitors = [Visitor(port, cookie, token) for _number in range(CROWD)]
                spans = [range(1000 + 100 * place, 1000 + 100 * place + ROUNDS // 3) for place in range(CROWD)]
                together = [
                    answer for answers in crowd.map(_times, visitors, [page] * CROWD, spans) for answer in answers
                ]
            bad = sorted({status for _time, status, _size in [*alone, *together] if status >= 400})
            found.append(
                {
                    "page": page.name,
                    **_quantiles("", [spent for spent, _status, _size in alone]),
                    **_quantiles("eight_", [spent for spent, _status, _size in together]),
                    "queries": counted,
                    "kb": round(sum(size for _time, _status, size in alone) / len(alone) / 1024, 1),
                    **({"failed": bad} if bad else {}),
                }
            )
    return {"pages": found, "pss_mb": {"start": memory[0], "highest": max(memory), "end": memory[-1]}}


def _times(visitor: Visitor, page: Page, numbers: range) -> list[tuple[float, int, int]]:
    return [visitor.open(page, number) for number in numbers]


def _quantiles(prefix: str, times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        f"{prefix}p50_ms": round(ordered[len(ordered) // 2], 1),
        f"{prefix}p95_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 1),
    }


def _queries(session: Client, page: Page, token: str) -> int:
    """How many statements a warm answer takes."""
    counted = 0
    for number in (1, 2, 3):
        with CaptureQueriesContext(connection) as captured:
            if page.body is None:
                session.get(page.path(number), headers={"HX-Request": "true"} if page.fragment else {})
            else:
                session.post(
                    page.path(number), page.body(5000 + number), content_type="application/json",
                    headers={"Authorization": f"Bearer {token}"},
                )  # fmt: skip
        counted = sum(
            not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))
            for query in captured.captured_queries
        )
    return counted


@contextlib.contextmanager
def _server() -> Iterator[tuple[int, list[psutil.Process]]]:
    """A web process on a free port, over the same database; and what its memory is made of."""
    prepare.collect()
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--http", "1", "--no-ws", "--log-level", "warning", "peyvand.config.asgi:application",
    ]  # fmt: skip
    log = Path(settings.DATA) / "web.log"
    with log.open("wb") as written:
        process = subprocess.Popen(
            command, env={**os.environ, "PEYVAND_POOL": "10"}, stdout=written, stderr=written, start_new_session=True
        )
        try:
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.1)
            yield port, [psutil.Process(process.pid)]
        finally:
            process.terminate()
            process.wait(PATIENCE)


@contextlib.contextmanager
def _watched(roots: list[psutil.Process]) -> Iterator[list[int]]:
    """Megabytes (PSS) of the web process and of PostgreSQL's processes for this database, once a second."""
    seen: list[int] = [_megabytes(roots)]
    stop = threading.Event()

    def look() -> None:
        while not stop.wait(1):
            seen.append(_megabytes(roots))

    watcher = threading.Thread(target=look, daemon=True)
    watcher.start()
    try:
        yield seen
    finally:
        stop.set()
        watcher.join()
        seen.append(_megabytes(roots))


def _megabytes(roots: list[psutil.Process]) -> int:
    total = 0
    servers = [one for one in psutil.process_iter(["name", "cmdline"]) if _serves_us(one)]
    for root in [*roots, *servers]:
        with contextlib.suppress(psutil.Error):
            family = [root, *root.children(recursive=True)] if root in roots else [root]
            total += sum(one.memory_full_info().pss for one in family)
    return total // 2**20


def _serves_us(process: psutil.Process) -> bool:
    """Whether this is a backend of PostgreSQL for our database."""
    line = " ".join(process.info.get("cmdline") or ())
    return line.startswith("postgres:") and f" {settings.DATABASES['default']['NAME']} " in line
