"""Debian's chromium, as tests and pictures start it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
MISSING = "no chromium on this machine: on Debian, sudo apt-get install chromium"
QUIET = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--hide-scrollbars"),
]


@contextmanager
def opened() -> Iterator[Browser]:
    """A browser until the block ends. While it is open, nothing else may run an event loop in this thread."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=PROGRAM, args=QUIET)
        yield browser
        browser.close()
