"""Real workers on the test's database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection

from peyvand.foundation.jobs.declarations import Job
from peyvand.foundation.jobs.tests.sample.registrations import JOBS
from peyvand.foundation.outbox.tests.committing import really_committing
from peyvand.foundation.registry.registry import registry

TABLES = ("jobs_run", "jobs_worker", "procrastinate_periodic_defers", "procrastinate_jobs", "procrastinate_workers")
StartWorker = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def sample(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sample jobs are declared in this process too."""
    declared = registry._by_kind.get(Job, {})
    monkeypatch.setitem(registry._by_kind, Job, {**declared, **{job.name: job for job in JOBS}})


@pytest.fixture
def committing(db: None, sample: None) -> Iterator[None]:
    """A database in which commits are real, with a table for the jobs' marks; emptied afterwards."""
    with really_committing(*TABLES), connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS jobs_test_mark")
        cursor.execute(
            "CREATE TABLE jobs_test_mark "
            "(id serial, text text, run bigint, pid int, at timestamptz DEFAULT clock_timestamp())"
        )
        yield
        cursor.execute("DROP TABLE jobs_test_mark")


def environment() -> dict[str, str]:
    """What a process needs to work on the test's database."""
    chosen = connection.settings_dict
    query = urlencode({"host": chosen["HOST"], "user": chosen["USER"], "port": chosen["PORT"]})
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql:///{chosen['NAME']}?{query}",
        "DJANGO_SETTINGS_MODULE": "tests.sample_settings",
        "PYTHONPATH": str(Path(__file__).resolve().parents[4]),
        "PEYVAND_PARENT": str(os.getpid()),
    }


@pytest.fixture
def start_worker(committing: None) -> Iterator[StartWorker]:
    """Starts workers as processes of their own, and ends them after the test."""
    started: list[subprocess.Popen[bytes]] = []

    def start(concurrency: int = 2) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "peyvand.foundation.jobs", str(concurrency)]
        process = subprocess.Popen(command, env=environment(), start_new_session=True)
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def until(condition: Callable[[], object], *, seconds: float = 600) -> None:
    """Wait until that is true."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.1)


def marks(text: str) -> list[tuple[int, int]]:
    """Run and pid of each mark with that text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT run, pid FROM jobs_test_mark WHERE text = %s ORDER BY id", [text])
        return cursor.fetchall()
