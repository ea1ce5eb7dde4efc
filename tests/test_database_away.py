"""The database is away for half a minute while staff read and programs write: by a real server on a cluster beside it.

Pages answer 503 in words, nothing that was acknowledged is lost, nothing that was sent again is there twice, and all
goes on by itself.
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
import psycopg
import pytest

from peyvand.foundation.database import cluster

pytestmark = [pytest.mark.crash, pytest.mark.slow, pytest.mark.xdist_group("serve")]
AWAY = 30.0  # seconds
BEFORE = 3.0  # seconds of undisturbed writing
WRITERS = 3
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
                f"{self.url}/api/v1/customers", json={"name": f"Away {key}"}, headers=headers, timeout=120
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
        address = cluster.ensure(database, durable=False).url
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
            one = Site(url, database, address, made.stdout.strip().splitlines()[-1])
            one.sign_in()
            yield one
        finally:
            server.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(timeout=20)
            server.kill()
            server.wait()
            cluster.remove(database)


def test_half_a_minute_without_a_database(site: Site, record_property: Callable[[str, object], None]) -> None:
    acknowledged: list[str] = []
    stop = threading.Event()

    def keep_writing(name: str) -> None:
        """As a careful program does: what was not acknowledged is sent again under the same key."""
        number = 0
        while not stop.is_set():
            key = f"{name}-{number}"
            while not site.write(key):
                time.sleep(0.5)
            acknowledged.append(key)
            number += 1

    writers = [threading.Thread(target=keep_writing, args=(f"w{one}",), daemon=True) for one in range(WRITERS)]
    for writer in writers:
        writer.start()
    time.sleep(BEFORE)
    assert site.browser.get("/customers/").status_code == 200
    before = len(acknowledged)
    assert before
    assert cluster.stop(site.database)
    gone = time.monotonic()
    pages = []
    while time.monotonic() - gone < AWAY:
        pages.append(site.browser.get("/customers/"))
        time.sleep(0.5)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DATABASE_URL", raising=False)
        cluster.ensure(site.database, durable=False)
    back = time.monotonic()
    until(lambda: site.browser.get("/customers/").status_code == 200)
    recovered = time.monotonic() - back
    until(lambda: len(acknowledged) > before + WRITERS)
    stop.set()
    for writer in writers:
        writer.join(timeout=300)
    assert {page.status_code for page in pages} == {503}
    assert all("پایگاه داده" in page.text and page.headers["Retry-After"] for page in pages)
    assert not any("Traceback" in page.text or "psycopg" in page.text for page in pages)
    with psycopg.connect(site.address) as connection:
        rows = connection.execute("SELECT name FROM customers_customer WHERE name LIKE 'Away %'").fetchall()
    there = [str(name).removeprefix("Away ") for (name,) in rows]
    lost, doubled = set(acknowledged) - set(there), len(there) - len(set(there))
    record_property("figure:database away 30 s · requests refused with 503", len(pages))
    record_property("figure:database away 30 s · writes acknowledged", len(acknowledged))
    record_property("figure:database away 30 s · seconds until pages came back", round(recovered, 1))
    record_property("figure:lost", len(lost))
    record_property("figure:doubled", doubled)
    assert not lost
    assert not doubled
