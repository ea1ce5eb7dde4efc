"""The supervisor as a process of its own, on a data folder of its own: started, hurt, stopped."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from peyvand.doors.console.ground import MIGRATING
from peyvand.doors.console.serve import address
from peyvand.foundation.database import cluster
from tests.ready import with_tables

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.xdist_group("serve")]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Served:
    """One `serve`, with what it said."""

    def __init__(self, folder: Path, port: int, *, demo: bool = False) -> None:
        self.folder, self.port = folder, port
        without = ("DATABASE_URL", "PEYVAND_TEST_CLUSTER", "PEYVAND_SECRET_KEY")
        kept = {name: value for name, value in os.environ.items() if name not in without}
        self.said = folder.parent / f"said-{port}-{time.monotonic_ns()}"
        with self.said.open("wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-m", *(("peyvand", "serve", "--demo") if demo else ("peyvand.doors.console.serve",))],
                stdout=out, stderr=subprocess.STDOUT,
                env={**kept, "PEYVAND_DATA": str(folder), "PEYVAND_PORT": str(port),
                     "PEYVAND_SITE_PORT": str(free_port()), "LANG": "C.UTF-8",
                     "DJANGO_SETTINGS_MODULE": "peyvand.config.settings"},
            )  # fmt: skip

    def get(self, path: str) -> tuple[int, bytes]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=15) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def healthy(self) -> bool:
        return self.get("/healthz")[0] == 200

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def find(self, word: str) -> psutil.Process | None:
        for process in self.family():
            with contextlib.suppress(psutil.NoSuchProcess):  # a zombie's command line is gone too
                if word in " ".join(process.cmdline()):
                    return process
        return None

    def database(self) -> int | None:
        return cluster.running_pid(cluster.place_of(self.folder).data)

    def words(self) -> str:
        return self.said.read_text(encoding="utf-8")


def until(condition: Callable[[], object], *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    made = tmp_path_factory.mktemp("serve") / "داده ها"
    made.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        yield with_tables(made)
        cluster.remove(made)


@pytest.fixture
def served(folder: Path) -> Iterator[Served]:
    one = Served(folder, free_port())
    try:
        until(one.healthy, seconds=120)
        yield one
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            family = one.family()
            one.process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.process.wait(timeout=15)
            for process in [*family, psutil.Process(one.process.pid)]:
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        one.process.wait()


def test_it_serves_says_where_and_stops_with_all_its_own(served: Served) -> None:
    assert f"http://127.0.0.1:{served.port}" in served.words()
    assert json.loads(served.get("/healthz")[1]) == {"web": "ok", "database": "ok", "worker": "ok"}
    manifest = json.loads((served.folder / "static" / "staticfiles.json").read_text(encoding="utf-8"))
    assert served.get(f"/static/{manifest['paths']['ui/app.css']}")[0] == 200
    assert served.get("/static/../secret.key")[0] in (0, 302, 400, 404)
    family = served.family()
    database = served.database()
    began = time.monotonic()
    served.process.terminate()
    assert served.process.wait(timeout=12) == 0
    assert time.monotonic() - began < 10
    assert database is not None
    assert served.database() is None
    assert [process for process in family if process.is_running() and process.status() != psutil.STATUS_ZOMBIE] == []


def test_a_database_that_hangs_is_said_within_seconds(served: Served) -> None:
    postmaster = served.database()
    assert postmaster is not None
    os.kill(postmaster, signal.SIGSTOP)
    try:
        began = time.monotonic()
        status, body = served.get("/healthz")
        assert (status, json.loads(body)) == (503, {"web": "ok", "database": "down", "worker": "down"})
        assert time.monotonic() - began < 10, "it waits for two"
    finally:
        os.kill(postmaster, signal.SIGCONT)
    until(served.healthy)


def test_what_is_killed_comes_back(served: Served) -> None:
    for word in ("granian", "peyvand.foundation.jobs"):
        victim = served.find(word)
        assert victim is not None
        victim.kill()
        until(lambda victim=victim, word=word: served.find(word) not in (None, victim))
        until(served.healthy)
    before = served.database()
    assert before is not None
    os.kill(before, signal.SIGKILL)
    until(lambda: served.database() not in (None, before))
    until(served.healthy)
    assert served.process.poll() is None


def test_a_killed_supervisor_leaves_nobody_behind_and_the_next_begins_anew(served: Served) -> None:
    family, database = served.family(), served.database()
    served.process.kill()
    served.process.wait()
    until(lambda: not any(p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in family), seconds=20)
    until(lambda: served.database() is None, seconds=20)
    assert database is not None
    again = Served(served.folder, served.port)
    try:
        until(again.healthy)
    finally:
        again.process.terminate()
        assert again.process.wait(timeout=15) == 0


def test_a_second_on_the_same_folder_and_a_taken_port_are_each_a_sentence(served: Served, tmp_path: Path) -> None:
    second = Served(served.folder, free_port())
    assert second.process.wait(timeout=30) == 7
    assert str(served.process.pid) in second.words()
    assert len(second.words().strip().splitlines()) == 1
    other = Served(tmp_path / "other", served.port)
    assert other.process.wait(timeout=30) == 3
    assert str(served.port) in other.words()
    assert len(other.words().strip().splitlines()) == 1
    assert not (tmp_path / "other" / "postgres").exists(), "the port is looked at before anything is made"
    for folder, port, code in ((tmp_path / "third", served.port, 3), (served.folder, free_port(), 7)):
        sample = Served(folder, port, demo=True)
        assert sample.process.wait(timeout=30) == code
        assert len(sample.words().strip().splitlines()) == 1, "no word of a cluster, a table or a sample"
    assert not (tmp_path / "third" / "postgres").exists()
    assert cluster.running_pid(cluster.place_of(tmp_path / "third").data) is None
    assert served.healthy()


def test_stopped_while_the_sample_is_loaded_leaves_nothing_running_and_no_half_sample(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    one = Served(folder, free_port(), demo=True)
    place = cluster.place_of(folder)
    half = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objid <> %s"  # not the tables' own
    )

    def loading() -> bool:
        with contextlib.suppress(psycopg.Error), psycopg.connect(place.url) as connection:
            return bool(connection.execute(half, [MIGRATING]).fetchone()[0])
        return False

    try:
        until(loading, seconds=120)
        one.process.terminate()
        assert one.process.wait(timeout=60) == 0
        assert cluster.running_pid(place.data) is None
        server = cluster.ensure(folder)
        with psycopg.connect(server.url) as connection:
            assert connection.execute("SELECT count(*) FROM customers_customer").fetchone() == (0,)
    finally:
        cluster.remove(folder)


def at_work(served: Served) -> bool:
    """Whether it makes up for nights that it has missed, as at its first start."""
    with psycopg.connect(cluster.place_of(served.folder).url) as connection:
        found = connection.execute("SELECT count(*) FROM jobs_run WHERE state IN ('waiting', 'running')").fetchone()
    return served.find("jobs.child") is not None or found != (0,)


def test_at_rest_it_is_small(served: Served) -> None:
    database = served.database()
    assert database is not None
    until(lambda: not at_work(served), seconds=240)
    server = psutil.Process(database)
    all_of_it = [psutil.Process(served.process.pid), *served.family(), server, *server.children(recursive=True)]
    total = 0
    for process in {process.pid: process for process in all_of_it}.values():
        with contextlib.suppress(psutil.NoSuchProcess):  # a backend of the database that has done its work
            total += process.memory_full_info().pss
    assert total < 500 * 2**20, f"{total / 2**20:.0f} MB"


def test_addresses() -> None:
    assert address("", 80) == "http://127.0.0.1:80"
    assert address("::", 8000) == "http://[::1]:8000"
    assert address("::1", 8000) == "http://[::1]:8000"
    assert address("192.168.1.5", 8000) == "http://192.168.1.5:8000"
