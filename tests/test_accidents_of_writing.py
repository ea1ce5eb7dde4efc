"""Accidents while staff read and programs write, by a real server on a cluster beside it: the database is away for
half a minute; the web, the worker and the database are killed.

Pages answer 503 in words, nothing that was acknowledged is lost, nothing that was sent again is there twice, nothing is
half there, and all goes on by itself.
"""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import psycopg
import pytest

from peyvand.foundation.database import cluster
from tests.ready import with_tables

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.xdist_group("serve")]
AWAY = 30.0  # seconds
KILLS = 3  # rounds of four
WRITERS = 3
Record = Callable[[str, object], None]
PASSWORD = "a-long-password-42"
MAKE = """
from peyvand.doors.console import ground
ground.set_up()
from peyvand.foundation.accounts.bootstrap import roles_ensure
from peyvand.foundation.accounts.models import Role, User
from peyvand.foundation.accounts.services.tokens import token_make
from peyvand.foundation.registry.actor import system_actor
roles_ensure()
user = User.objects.create_user("boss@example.com", {password!r}, name="Boss", role=Role.objects.get(key="admin"))
print(token_make(actor=system_actor(), name="shop", user_id=user.pk, demo=False)[1])
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Site:
    """A server whose database is not its own, a program's token, and a browser that is signed in."""

    url: str
    database: Path
    address: str  # of the database
    token: str
    server: int  # the supervisor's pid
    browser: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.browser = httpx.Client(base_url=self.url, timeout=120, follow_redirects=True)

    def sign_in(self) -> None:
        page = self.browser.get("/account/login/").text
        token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        form = {"csrfmiddlewaretoken": token, "login": "boss@example.com", "password": PASSWORD}
        answer = self.browser.post("/account/login/", data=form, headers={"Referer": f"{self.url}/"})
        assert answer.status_code == 200

    def write(self, key: str) -> bool:
        """Make a customer under that key; whether it was acknowledged."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": key}
        try:
            answer = httpx.post(
                f"{self.url}/api/v1/customers",
                json={"name": f"Away {key}", "identities": [{"kind": "email", "value": f"{key}@example.com"}]},
                headers=headers,
                timeout=120,
            )
        except httpx.HTTPError:
            return False
        return answer.status_code in (200, 201)


def healthy(url: str) -> bool:
    try:
        return httpx.get(f"{url}/healthz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def until(condition: Callable[[], object], *, seconds: float = 900) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.2)


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    database, data = tmp_path_factory.mktemp("away"), tmp_path_factory.mktemp("served")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        address = cluster.ensure(with_tables(database)).url  # durable: what is acknowledged has to outlive it
        without = ("PEYVAND_TEST_CLUSTER", "PEYVAND_SECRET_KEY")
        port = free_port()
        environment = {
            **{name: value for name, value in os.environ.items() if name not in without},
            "PEYVAND_DATA": str(data), "PEYVAND_PORT": str(port), "DATABASE_URL": address, "LANG": "C.UTF-8",
            "DJANGO_SETTINGS_MODULE": "peyvand.config.settings",
        }  # fmt: skip
        said = data / "said"
        with said.open("wb") as out:
            server = subprocess.Popen(
                [sys.executable, "-m", "peyvand.doors.console.serve"], stdout=out, stderr=out, env=environment
            )
        try:
            url = f"http://127.0.0.1:{port}"
            until(lambda: healthy(url))
            made = subprocess.run(
                [sys.executable, "-c", MAKE.format(password=PASSWORD)], env=environment, capture_output=True, text=True,
                check=False,
            )  # fmt: skip
            assert made.returncode == 0, made.stderr
            one = Site(url, database, address, made.stdout.strip().splitlines()[-1], server.pid)
            one.sign_in()
            yield one
        finally:
            server.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=20)
            server.kill()
            server.wait()
            cluster.remove(database)


class Writers:
    """Programs that write as careful ones do: what was not acknowledged is sent again under the same key."""

    def __init__(self, site: Site, count: int = WRITERS) -> None:
        self.site = site
        self.acknowledged: list[str] = []
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._write, args=(f"w{one}",), daemon=True) for one in range(count)]
        for thread in self._threads:
            thread.start()

    def _write(self, name: str) -> None:
        number = 0
        while not self._stop.is_set():
            key = f"{name}-{number}"
            while not self.site.write(key):
                time.sleep(0.5)
            self.acknowledged.append(key)
            number += 1

    def more(self) -> None:
        """Until every one of them has written again."""
        before = len(self.acknowledged)
        until(lambda: len(self.acknowledged) > before + len(self._threads))

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=300)


_FOUND = """
SELECT replace(c.name, 'Away ', ''),
       (SELECT count(*) FROM customers_identity i WHERE i.customer_id = c.id),
       (SELECT count(*) FROM changes_change h
         WHERE h.table_name = 'customers_customer' AND h.row_id = c.id AND h.op = 'I'),
       (SELECT count(*) FROM outbox_event e WHERE e.name LIKE '%%CustomersCreated'
           AND e.payload -> 'customer_ids' @> to_jsonb(c.id))
FROM customers_customer c WHERE c.name LIKE 'Away %%'
"""


def judged(site: Site, writers: Writers, record_property: Record) -> None:
    """Count what is lost, doubled or half there, say so, and want none of it."""
    with psycopg.connect(site.address) as connection:
        rows = connection.execute(_FOUND.replace("%%", "%")).fetchall()
    there = [str(row[0]) for row in rows]
    lost = set(writers.acknowledged) - set(there)
    doubled = len(there) - len(set(there))
    half = [row for row in rows if row[1:] != (1, 1, 1)]
    record_property("figure:writes acknowledged under accidents", len(writers.acknowledged))
    record_property("figure:lost", len(lost))
    record_property("figure:doubled", doubled)
    record_property("figure:half written", len(half))
    assert not lost
    assert not doubled
    assert not half


def test_half_a_minute_without_a_database(site: Site, record_property: Record) -> None:
    writers = Writers(site)
    writers.more()
    assert site.browser.get("/customers/").status_code == 200
    assert cluster.stop(site.database)
    gone = time.monotonic()
    pages = []
    while time.monotonic() - gone < AWAY:
        pages.append(site.browser.get("/customers/"))
        time.sleep(0.5)
    started(site)
    back = time.monotonic()
    until(lambda: site.browser.get("/customers/").status_code == 200)
    record_property("figure:database away · seconds until pages came back", round(time.monotonic() - back, 1))
    record_property("figure:database away · pages refused with 503", len(pages))
    writers.more()
    writers.stop()
    assert {page.status_code for page in pages} == {503}
    assert all("پایگاه داده" in page.text and page.headers["Retry-After"] for page in pages)
    assert not any("Traceback" in page.text or "psycopg" in page.text for page in pages)
    judged(site, writers, record_property)


def started(site: Site) -> None:
    """The database again."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        cluster.ensure(site.database)


def child(site: Site, word: str) -> psutil.Process | None:
    """A process of the server by a word of its command line."""
    for process in psutil.Process(site.server).children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            if word in " ".join(process.cmdline()):
                return process
    return None


def test_web_worker_and_database_killed_while_programs_write(site: Site, record_property: Record) -> None:
    writers = Writers(site)
    kills = 0
    for word in ["granian", "granian", "peyvand.foundation.jobs", "database"] * KILLS:
        writers.more()
        if word == "database":
            pid = cluster.running_pid(cluster.place_of(site.database).data)
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            started(site)
        else:
            until(lambda word=word: child(site, word))
            victim = child(site, word)
            assert victim is not None
            with contextlib.suppress(psutil.NoSuchProcess):
                victim.kill()
        kills += 1
    until(lambda: healthy(site.url))
    writers.more()
    writers.stop()
    record_property("figure:kills", kills)
    judged(site, writers, record_property)
