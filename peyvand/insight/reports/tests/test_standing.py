"""The child that answers: started when somebody asks, once for many, given up when it breaks off."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from peyvand.insight.reports import answering, asking, standing

CHILD = """
import os, socket, sys
os.write(os.open({log!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT), b"x")
door = socket.socket(fileno=int(sys.argv[1]))
door.setblocking(True)
for _turn in range(2):
    line = door.accept()[0]
    if b"13" in line.recv(100):
        os._exit(3)
    line.sendall(b"+.")
"""


@pytest.fixture
def log(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A worker that listens, with a child that answers two and notes that it began."""
    settings.DATA, log = tmp_path, tmp_path / "log"
    monkeypatch.setattr(standing, "COMMAND", [sys.executable, "-c", CHILD.format(log=str(log))])
    stop = threading.Event()
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(standing.stand, stop)
        while not (tmp_path / asking.SOCKET).exists() and not done.done():
            pass
        try:
            yield log
        finally:
            stop.set()
        done.result()


def test_two_who_ask_start_one_child_and_what_broke_off_goes_to_the_jobs(log: Path) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(lambda number: asking._told([number], 60.0), (1, 2))) == [True, True]
    assert log.read_text() == "x"
    assert not asking._told([13], 60.0), "it breaks off at this one"
    assert log.read_text() == "xx"
    assert not asking._told([4], 60.0), "and for a moment nobody is let in"
    assert log.read_text() == "xx"


def test_a_load_starts_a_child_where_something_is_in_use(log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "LOOK", 0.01)
    monkeypatch.setattr(standing, "_due", lambda: True)
    (log.parent / "warehouse").mkdir()
    (log.parent / "warehouse" / "current").write_text("1 load1", encoding="ascii")
    while not (log.exists() and log.read_text()):
        pass
    assert log.read_text() == "x"


def test_a_child_that_nobody_asks_ends(tmp_path: Path, settings: Any) -> None:
    settings.DATA = tmp_path
    with socket.socket(socket.AF_UNIX) as door:
        door.bind(os.path.relpath(tmp_path / "s"))
        door.listen(1)
        answering.listen(door, threading.Event(), idle=0.01)
