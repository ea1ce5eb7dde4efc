"""The socket as it is served: a real server on loopback, killed in the middle of a chat."""

from __future__ import annotations

import asyncio
import gzip
import os
import signal
import socket as sockets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import pytest
from django.db import connection

from peyvand.channels.conversations.models import Entry
from peyvand.channels.sites.tokens import token_new
from peyvand.channels.webchat.live.client import Client, ClosedError
from peyvand.channels.webchat.models import Widget

ROOT = Path(__file__).resolve().parents[4]
STATIC = Path(__file__).resolve().parent.parent / "static" / "webchat"
ORIGIN = "https://shop.example"


def test_the_widget_is_small() -> None:
    sizes = [len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in ("webchat.js", "webchat.css")]
    assert sum(sizes) < 40 * 1024, sizes


def test_the_widget_puts_nothing_in_as_markup_and_asks_no_cookie() -> None:
    text = (STATIC / "webchat.js").read_text(encoding="utf-8")
    words = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
        ".cookie",
        "style=",
    )
    assert [word for word in words if word in text] == []


def served(port: int, data: str) -> subprocess.Popen[bytes]:
    """The public site's process as `peyvand serve` starts it, on the test's database."""
    settings = connection.settings_dict
    database = (
        f"postgresql://{quote(settings['USER'])}@/{quote(settings['NAME'])}"
        f"?host={quote(settings['HOST'], safe='')}&port={settings['PORT']}"
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PEYVAND_", "DJANGO_"))}
    environment = {**kept, "DATABASE_URL": database, "PEYVAND_DATA": data, "PEYVAND_POOL": "3"}
    return subprocess.Popen(
        [
            sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port),
            "--workers", "1", "--http", "1", "--ws", "--log-level", "warning", "peyvand.config.asgi_site:application",
        ],
        cwd=ROOT, env=environment, start_new_session=True,
    )  # fmt: skip


@pytest.fixture
def port() -> int:
    with sockets.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def site_process(port: int, transactional_db: None) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Starts the site at once; a test may kill it and start another."""
    with tempfile.TemporaryDirectory() as data:
        started = [served(port, data)]
        yield started
        for one in started:
            if one.poll() is None:
                os.killpg(one.pid, signal.SIGKILL)
            one.wait(10)


def up(port: int, key: str) -> None:
    """Until the script of the site is given."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            with urlopen(f"http://127.0.0.1:{port}/s/{key}.js", timeout=5) as answer:
                assert b"webchat.js" in answer.read()
                return
        except (URLError, ConnectionError):
            time.sleep(0.1)
    raise AssertionError("the site is not up")


@pytest.mark.django_db(transaction=True)
def test_a_kill_in_the_middle_loses_nothing(
    widget: Widget, site_process: list[subprocess.Popen[bytes]], port: int
) -> None:
    key, url, token = widget.site.key, f"ws://127.0.0.1:{port}/chat/v1/{widget.site.key}", token_new()
    up(port, key)

    async def before() -> list[str]:
        with pytest.raises(ClosedError):
            await Client.connect(url, origin="https://evil.example")
        with pytest.raises(ClosedError):
            await Client.connect(f"ws://127.0.0.1:{port}/elsewhere", origin=ORIGIN)
        one = await Client.connect(url, origin=ORIGIN)
        await one.send({"t": "hello", "token": token})
        await one.next("welcome")
        for number in range(12):
            await one.send({"t": "say", "id": f"client-{number:04}", "text": f"پیام {number}"})
        kept = [(await one.next("ok"))["id"] for _n in range(3)]
        os.killpg(site_process[0].pid, signal.SIGKILL)
        try:
            while True:
                kept.append((await one.next("ok"))["id"])
        except ClosedError:
            return kept

    async def after(kept: list[str]) -> list[str]:
        one = await Client.connect(url, origin=ORIGIN)
        await one.send({"t": "hello", "token": token})
        welcome = await one.next("welcome")
        there = [line["id"] for line in welcome["lines"]]
        assert set(kept) <= set(there)  # what was acknowledged is there
        for number in range(12):  # a browser sends again what it has no word of
            if f"client-{number:04}" not in kept:
                await one.send({"t": "say", "id": f"client-{number:04}", "text": f"پیام {number}"})
        for _n in range(12 - len(kept)):
            await one.next("ok")
        one.drop()
        last = await Client.connect(url, origin=ORIGIN)
        await last.send({"t": "hello", "token": token})
        lines = (await last.next("welcome"))["lines"]
        await last.close()
        return [line["text"] for line in lines]

    kept = asyncio.run(before())
    site_process[0].wait(10)
    with tempfile.TemporaryDirectory() as data:
        site_process.append(served(port, data))
        up(port, key)
        texts = asyncio.run(after(kept))
    assert texts == [f"پیام {number}" for number in range(12)]
    assert Entry.objects.filter(way="in").count() == 12
