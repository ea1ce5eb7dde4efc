"""A database of its own on the same server, and a process that works in it."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql


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
