"""A real Peyvand for the browser: `peyvand serve` in a process of its own, on a data folder of its own."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import psycopg
import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

from peyvand.foundation.database.cluster import place_of, remove
from tests.chromium import RESTING, rest
from tests.ready import with_tables

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 180  # seconds until the first page answers, sample business included


@dataclass(frozen=True)
class Site:
    """A running installation with the sample business and one administrator."""

    url: str
    data: Path
    email: str
    password: str

    def rows(self, statement: str) -> list[tuple[object, ...]]:
        """What a SELECT on its database gives."""
        with psycopg.connect(place_of(self.data).url) as connection:
            return connection.execute(statement).fetchall()

    def until(self, statement: str, wanted: object, *, seconds: int = 240) -> None:
        """Wait until the SELECT gives that one value."""
        deadline = time.monotonic() + seconds
        while self.rows(statement) != [(wanted,)]:
            assert time.monotonic() < deadline, f"{statement} gives {self.rows(statement)}, not {wanted}"
            time.sleep(0.5)

    def settle(self) -> None:
        """Wait until the sample's figures are computed, its duplicates found, and nobody works on anything."""
        self.until("SELECT count(*) > 0 FROM value_snapshot WHERE demo AND newest", True)
        self.until("SELECT count(*) > 0 FROM prediction_forecast WHERE demo", True)
        self.until("SELECT count(*) > 0 FROM reports_figure WHERE demo", True)
        self.until("SELECT count(*) > 0 FROM matching_pair WHERE demo AND state = 'open'", True)
        self.until("SELECT count(*) FROM jobs_run WHERE state IN ('waiting', 'running')", 0)

    def command(self, *words: str, typed: str = "") -> dict[str, object]:
        """The JSON that a command of the console prints; `typed` is its standard input."""
        done = subprocess.run(
            [sys.executable, "-m", "peyvand", *words, "--json"], input=typed,
            capture_output=True, text=True, check=False, cwd=ROOT, env=environment(self.data),
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        found: dict[str, object] = json.loads(done.stdout)
        return found


def environment(data: Path) -> dict[str, str]:
    """The environment of a process that stands by itself, untouched by the test run's own settings."""
    ours = ("PEYVAND_", "DJANGO_", "DATABASE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "PEYVAND_DATA": str(data), "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(*words: str, first: bool = False, **variables: str) -> Iterator[tuple[str, Path]]:
    """`peyvand serve` with these words until the block ends: its address and its data folder. `variables` are added to
    its environment. `first`: it makes its tables itself, and makes up for last night, as for a person.
    """
    data = Path(tempfile.mkdtemp(prefix="peyvand-browser-"))
    if not first:
        with_tables(data)
    port = free_port()
    log = data / "serve.log"
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "peyvand", "serve", *words, "--port", str(port)],
            stdout=output, stderr=output, cwd=ROOT, start_new_session=True,
            env={**environment(data), "PEYVAND_SITE_PORT": str(free_port()), **variables},
        )  # fmt: skip
    try:
        url = f"http://127.0.0.1:{port}"
        wait_for(f"{url}/healthz", server, log)
        yield url, data
    finally:
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(timeout=30)
        finally:
            remove(data)
            shutil.rmtree(data, ignore_errors=True)


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """`peyvand serve --demo`, as `make run` starts it."""
    with served("--demo", first=True, PEYVAND_OWN_HOSTS="127.0.0.1") as (url, data):
        sign_in = json.loads((data / "sample-sign-in.json").read_text(encoding="utf-8"))
        yield Site(url=url, data=data, email=sign_in["email"], password=sign_in["password"])


@pytest.fixture(scope="module")
def empty_site() -> Iterator[Site]:
    """`peyvand serve` on a new data folder: nobody is there yet, and nothing."""
    with served(first=True) as (url, data):
        yield Site(url=url, data=data, email="sara@example.com", password="five calm herons")


def wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
    """Until the address answers 200."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        assert server.poll() is None, log.read_text(encoding="utf-8")[-4000:]
        try:
            with urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
                if answer.status == 200:
                    return
        except (URLError, TimeoutError, ConnectionError):
            time.sleep(0.5)
    raise AssertionError(log.read_text(encoding="utf-8")[-4000:])


@pytest.fixture(scope="module")
def signed_in(site: Site, browser: Browser) -> Path:
    """A file with the cookies of the administrator, so that each test need not sign in again."""
    state = site.data / "browser-state.json"
    if not state.exists():
        context = browser.new_context(locale="en-GB")
        sign_in(context.new_page(), site)
        context.storage_state(path=state)
        context.close()
    return state


def sign_in(page: Page, site: Site) -> None:
    """Through the sign-in page, as a person does."""
    page.goto(site.url)
    page.fill("input[name=login]", site.email)
    page.fill("input[name=password]", site.password)
    page.click("main button[type=submit], .pv-bare button[type=submit]")
    page.wait_for_selector(".pv-app")


@dataclass
class Visitor:
    """A person at a screen: language and width chosen, errors of the console kept."""

    context: BrowserContext
    page: Page
    site: Site
    errors: list[str]

    @property
    def token(self) -> str:
        """What proves that a form is ours."""
        return next((str(c["value"]) for c in self.context.cookies() if str(c["name"]).endswith("csrf")), "")

    def post(self, path: str, **values: str) -> None:
        """Send a form as a page of ours does, without looking at the answer's page."""
        answer = self.context.request.post(
            f"{self.site.url}{path}", form={"csrfmiddlewaretoken": self.token, **values},
            headers={"Referer": f"{self.site.url}/"},
        )  # fmt: skip
        assert answer.ok, f"{path} answers {answer.status}"

    def speak(self, language: str) -> None:
        """Choose the language as the switch does."""
        self.post("/preferences/", language=language, next="/")

    def open(self, path: str, status: int = 200) -> Page:
        """Go there and let the page come to rest. Asked again for a password, give it; then it must be that page."""
        self.errors.clear()
        answer = self.page.goto(f"{self.site.url}{path}")
        if "/reauthenticate/" in self.page.url and "/reauthenticate/" not in path:
            self.page.fill("input[name=password]", self.site.password)
            with self.page.expect_navigation() as navigated:
                self.page.click("main button[type=submit]")
            answer = navigated.value
        assert answer is not None
        assert answer.status == status, f"{path} answers {answer.status}"
        rest(self.page)
        return self.page

    @property
    def path(self) -> str:
        """Where the page is."""
        return self.page.url.removeprefix(self.site.url)


@contextmanager
def a_visitor(site: Site, browser: Browser, **about: Any) -> Iterator[Visitor]:
    """A person at a desk, a stranger unless `storage_state` says otherwise."""
    context = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce", **about})
    context.add_init_script(path=RESTING)
    page = context.new_page()
    errors: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        own = message.location.get("url") == page.url and message.text.startswith("Failed to load resource")
        if message.type == "error" and not own:  # the status of the page itself is asked for by `open`
            errors.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield Visitor(context=context, page=page, site=site, errors=errors)
    context.close()


@pytest.fixture
def visitor(site: Site, browser: Browser, signed_in: Path) -> Iterator[Visitor]:
    """The administrator at a desk."""
    with a_visitor(site, browser, storage_state=signed_in) as one:
        yield one
