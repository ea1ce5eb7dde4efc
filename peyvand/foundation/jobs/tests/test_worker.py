"""Workers as processes of their own, killed and stopped for real."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable

import psutil
import pytest
from django.db import connection

from peyvand.foundation.jobs import services
from peyvand.foundation.jobs.health import health
from peyvand.foundation.jobs.models import Run, Worker
from peyvand.foundation.jobs.tests.conftest import StartWorker, marks, until
from peyvand.foundation.registry.actor import system_actor

pytestmark = [pytest.mark.crash, pytest.mark.slow]
WE = system_actor()


def state(run: Run) -> str:
    run.refresh_from_db()
    return run.state


def begin(job: str, **arguments: object) -> Run:
    return services.start(actor=WE, job=job, title=job, arguments=arguments)


def test_a_killed_workers_run_is_begun_again_elsewhere_and_done_once(
    start_worker: StartWorker, record_property: Callable[[str, object], None]
) -> None:
    first = start_worker()
    run = begin("sample.slow", steps=30, pause=0.1)
    until(lambda: marks("begun") and state(run) == "running")
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    second = start_worker()
    until(lambda: state(run) == "done", seconds=40)
    assert marks("begun") == [(run.pk, first.pid), (run.pk, second.pid)]
    record_property("figure:kills", 1)
    record_property("figure:doubled", len(marks("done")) - 1)
    assert marks("done") == [(run.pk, second.pid)]
    assert run.attempts == 2
    assert (run.done, run.total, run.result["steps"]) == (30, 30, 30)


def test_progress_is_seen_meanwhile_and_a_stop_is_heard(start_worker: StartWorker) -> None:
    start_worker()
    run = begin("sample.slow", steps=600, pause=0.05)
    until(lambda: state(run) == "running" and run.done > 5)
    assert run.total == 600
    assert run.message.startswith("step")
    services.cancel(actor=WE, run_id=run.pk)
    until(lambda: state(run) == "cancelled", seconds=5)
    assert not marks("done")


def test_an_orderly_stop_ends_in_time_and_leaves_the_run_to_the_next(start_worker: StartWorker) -> None:
    first = start_worker()
    looks, stubborn = begin("sample.slow", steps=600, pause=0.05), begin("sample.stubborn", seconds=300)
    until(lambda: len(marks("begun")) == 2)
    began = time.monotonic()
    first.terminate()
    assert first.wait(timeout=10) == 0
    assert time.monotonic() - began < 10
    assert (state(looks), state(stubborn)) == ("waiting", "waiting")
    assert (looks.attempts, stubborn.attempts) == (0, 0)
    assert not Worker.objects.exists()
    services.cancel(actor=WE, run_id=stubborn.pk)
    services.cancel(actor=WE, run_id=looks.pk)


def test_a_child_runs_apart_and_is_killed_when_it_does_not_stop(start_worker: StartWorker) -> None:
    worker = start_worker()
    quick = begin("sample.child", steps=3)
    until(lambda: state(quick) == "done")
    assert quick.result["pid"] != worker.pid
    until(lambda: not psutil.pid_exists(quick.result["pid"]), seconds=5)
    stubborn = begin("sample.stubborn_child", seconds=300)
    until(lambda: stubborn.pk in {run for run, _pid in marks("begun")})
    (pid,) = [pid for run, pid in marks("begun") if run == stubborn.pk]
    services.cancel(actor=WE, run_id=stubborn.pk)
    until(lambda: state(stubborn) == "cancelled")
    until(lambda: not psutil.pid_exists(pid), seconds=5)


def test_children_die_with_their_worker_and_are_begun_again(start_worker: StartWorker) -> None:
    first = start_worker()
    run = begin("sample.child", steps=20, pause=0.2)
    until(lambda: marks("begun"))
    os.kill(first.pid, signal.SIGKILL)
    first.wait()
    until(lambda: not psutil.pid_exists(marks("begun")[0][1]), seconds=5)
    start_worker()
    until(lambda: state(run) == "done", seconds=40)
    assert len(marks("done")) == 1


def test_a_child_that_takes_too_much_memory_fails_with_a_sentence(start_worker: StartWorker) -> None:
    start_worker()
    run = begin("sample.hungry")
    until(lambda: state(run) == "failed")
    assert "memory" in run.error


def test_a_schedule_is_called_once_a_time_by_three_workers(start_worker: StartWorker) -> None:
    for _worker in range(3):
        start_worker()
    until(lambda: Worker.objects.count() == 3)
    until(lambda: len(marks("tick")) >= 4)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(DISTINCT floor(extract(epoch FROM at) / 2)) FROM jobs_test_mark "
            "WHERE text = 'tick' AND id > (SELECT min(id) FROM jobs_test_mark WHERE text = 'tick')"
        )
        calls, times = cursor.fetchone()
    assert calls == times


def test_a_living_worker_is_healthy_and_wakes_at_once(start_worker: StartWorker) -> None:
    start_worker()
    until(lambda: health()["worker"] == "ok")
    time.sleep(1)
    began = time.monotonic()
    run = begin("sample.slow", steps=0)
    until(lambda: state(run) == "done")
    assert time.monotonic() - began < 2, "polling alone would take five seconds"


def test_a_worker_outlives_cut_connections(start_worker: StartWorker) -> None:
    worker = start_worker()
    until(lambda: health()["worker"] == "ok")
    for _cut in range(4):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        time.sleep(1)
    run = begin("sample.slow", steps=1)
    until(lambda: state(run) == "done")
    assert worker.poll() is None
