"""A database of its own on the same server, and a process that works in it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

PATIENCE = 60.0  # seconds until a process answers


def beside(url: str, name: str) -> str:
    """The address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


@contextmanager
def own_database(url: str, name: str, *, keep: bool) -> Iterator[str]:
    """A database that is made anew, unless `keep` finds it from the last time, and dropped, unless `keep`."""
    with closing(psycopg.connect(url, autocommit=True)) as server:
        exists = server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if exists and not keep:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
        if not (exists and keep):
            server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(name)))
    try:
        yield beside(url, name)
    finally:
        if not keep:
            with closing(psycopg.connect(url, autocommit=True)) as server:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def site_served(*, backlog: int = 1024, **variables: str) -> Iterator[int]:
    """The public site in a process of its own on this process's database, as `peyvand serve` starts it; its port."""
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--http", "1", "--ws", "--backpressure", str(backlog), "--log-level", "warning",
        "peyvand.config.asgi_site:application",
    ]  # fmt: skip
    kept = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    process = subprocess.Popen(command, env={**kept, "PEYVAND_POOL": "4", **variables}, stdout=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + PATIENCE
        while True:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None or time.monotonic() > deadline:
                raise TimeoutError("the public site did not start")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def work_in(url: str, arguments: Sequence[str]) -> dict[str, Any]:
    """Run a module of ours with that database and a data folder of its own; gives the JSON of its last line."""
    with tempfile.TemporaryDirectory(prefix="peyvand-bench-") as folder:
        done = subprocess.run(
            [sys.executable, "-m", *arguments], check=False, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "DATABASE_URL": url, "PEYVAND_DATA": folder},
        )  # fmt: skip
    if done.returncode:
        raise subprocess.CalledProcessError(done.returncode, arguments[0], done.stdout)
    found: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return found
