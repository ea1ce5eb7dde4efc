"""Ends what settings_test.py began: the test run's own PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser

from peyvand.foundation.database.cluster import remove
from tests import chromium
from tests.ready import FOLDER

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright's loop runs in the test's own thread


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop and remove the cluster this run started; one named by PEYVAND_TEST_DATA stays for the next run."""
    folder = os.environ.get("PEYVAND_TEST_CLUSTER")
    if hasattr(config, "workerinput") or folder is None or "PEYVAND_TEST_DATA" in os.environ:
        return
    remove(Path(folder) / FOLDER)
    remove(Path(folder))
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Tests that commit are cleaned up by TRUNCATE, which the audit trail refuses; so here it does not. Its own test
    turns the guard on again.
    """
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        for name in ("change", "changeset", "image", "seal"):
            cursor.execute(f"ALTER TABLE changes_{name} DISABLE TRIGGER changes_guard_truncate")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long stands first, so that no worker waits at the end for another: groups from the longest on, then
    single tests that are slow, then all others.
    """
    items.sort(key=_place_of)


# Groups that take minutes. A worker is given whole groups, and the next when two tests of its own are left.
_LONGEST = ("browser", "serve", "rights-api", "rights", "console", "imports", "retail")


def _place_of(item: pytest.Item) -> int:
    group = item.get_closest_marker("xdist_group")
    if group is None:
        return len(_LONGEST) + (1 if item.get_closest_marker("slow") else 2)
    return _LONGEST.index(group.args[0]) if group.args[0] in _LONGEST else len(_LONGEST)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's chromium, closed with each module, as tests with an event loop of their own may follow it."""
    if chromium.PROGRAM is None:
        pytest.skip(chromium.MISSING)
    with chromium.opened() as browser:
        yield browser


# ── the figures of docs/reliability.md, as the tests of a run count them ──

FIGURE = "figure:"
MATRICES = ("tests/rights/", "peyvand/doors/api/tests/test_matrix.py")


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print what tests have counted by `record_property("figure:…", number)`: sums, of seconds the longest."""
    found: dict[str, float] = {}
    surprises = asked = 0
    for report in (report for reports in terminalreporter.stats.values() for report in reports):
        if not isinstance(report, pytest.TestReport):
            continue
        if report.failed and report.nodeid.startswith(MATRICES):
            surprises += 1
        for name, value in report.user_properties if report.when == "teardown" else ():
            if name.startswith(FIGURE):
                name = name.removeprefix(FIGURE)
                asked += name.startswith("matrix")
                found[name] = max(found.get(name, 0), value) if "seconds" in name else found.get(name, 0) + value
    if asked:
        found["matrix · surprises"] = surprises
    if found:
        terminalreporter.section("figures of reliability")
        for name, value in sorted(found.items()):
            terminalreporter.write_line(f"{value:>12,.10g}  {name}")
