"""Debian's chromium, as tests and pictures start it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
MISSING = "no chromium on this machine: on Debian, sudo apt-get install chromium"
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars"),
]
RESTING = Path(__file__).with_name("rest.js")  # for contexts in whose pages `rest` is waited for


@contextmanager
def opened() -> Iterator[Browser]:
    """A browser until the block ends. While it is open, nothing else may run an event loop in this thread."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=PROGRAM, args=QUIET)
        yield browser
        browser.close()


def rest(page: Page) -> None:
    """Wait until the page has all it asks for by itself. Its context was given `RESTING`.

    Playwright's "networkidle" is half a second without a request: on a page that is done it does nothing but wait.
    """
    page.evaluate("() => window.pvRest()")
