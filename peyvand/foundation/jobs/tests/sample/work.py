"""What the sample jobs do: leave marks in a table, slowly, stubbornly, hungrily."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any

from django.db import connection

from peyvand.foundation.jobs.running import JobFailedError, Running


def mark(text: str, run: int = 0) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO jobs_test_mark (text, run, pid) VALUES (%s, %s, %s)", [text, run, os.getpid()])


def slow(run: Running, *, steps: int = 5, pause: float = 0.1) -> Mapping[str, Any]:
    mark("begun", run.id)
    for step in range(steps):
        run.check()
        run.progress(step, steps, f"step {step}")
        time.sleep(pause)
    mark("done", run.id)
    return {"steps": steps, "user": run.actor.user_id, "pid": os.getpid()}


def stubborn(run: Running, *, seconds: float) -> None:
    mark("begun", run.id)
    time.sleep(seconds)
    mark("done", run.id)


def hungry(run: Running) -> None:
    mark("begun", run.id)
    eaten = [bytearray(os.urandom(1024) * 20 * 1024) for _ in range(40)]
    time.sleep(30)
    mark(str(len(eaten)), run.id)


def fails(run: Running, *, sentence: str = "") -> None:
    if sentence:
        raise JobFailedError(sentence)
    raise KeyError("secret inner thing")


def tick() -> None:
    mark("tick")
