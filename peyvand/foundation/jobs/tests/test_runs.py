"""Runs without a worker: starting, running here, stopping, failing, being put back."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone, translation

from peyvand.foundation.jobs import rescue, services
from peyvand.foundation.jobs.declarations import ActorLoader, Job
from peyvand.foundation.jobs.executing import claim, execute, put_back
from peyvand.foundation.jobs.health import health
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.queries import time_left
from peyvand.foundation.jobs.running import Running
from peyvand.foundation.registry.actor import Actor, NotAllowed, system_actor
from peyvand.foundation.registry.registry import UnknownNameError, registry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("sample")]
SARA = Actor(user_id=7, name="Sara")


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Declares one job for the length of a test."""

    def declare(function: Any, **more: Any) -> str:
        monkeypatch.setitem(registry._by_kind[Job], "test.job", Job(name="test.job", function=function, **more))
        monkeypatch.setitem(registry._by_kind, ActorLoader, {"test": ActorLoader(name="test", load=loaded)})
        return "test.job"

    return declare


def loaded(plain: Mapping[str, Any]) -> Actor:
    assert plain["via"] == "job"
    return Actor(user_id=plain["user_id"], name="loaded", demo=plain["demo"], via="job", language="en")


def tickets() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND task_name = 'peyvand.run'")
        return int(cursor.fetchone()[0])


def test_a_start_is_part_of_the_callers_transaction() -> None:
    with transaction.atomic():
        services.start(actor=SARA, job="sample.slow", title="gone", arguments={})
        transaction.set_rollback(True)
    assert (Run.objects.count(), tickets()) == (0, 0)
    run = services.start(actor=SARA, job="sample.slow", title="kept", arguments={"steps": 2})
    assert (Run.objects.get().arguments, tickets()) == ({"steps": 2}, 1)
    assert (run.state, run.started_by_id, run.started_by_name, run.actor["user_id"]) == ("waiting", 7, "Sara", 7)
    with pytest.raises(UnknownNameError):
        services.start(actor=SARA, job="no.such", title="", arguments={})


def test_running_here_keeps_the_result_and_tells_of_progress(job: Any) -> None:
    def work(run: Running, *, n: int) -> Mapping[str, Any]:
        for step in range(n):
            run.progress(step + 1, n, "row")
        return {"n": n, "at": datetime(2026, 1, 2, tzinfo=UTC), "who": run.actor.name}

    heard: list[tuple[int, int | None, str]] = []
    run = services.run_now(
        actor=SARA, job=job(work), title="t", arguments={"n": 3}, on_progress=lambda *now: heard.append(now)
    )
    assert (run.state, run.done, run.total, run.attempts) == ("done", 3, 3, 1)
    assert run.result == {"n": 3, "at": "2026-01-02T00:00:00Z", "who": "Sara"}
    assert heard == [(1, 3, "row"), (2, 3, "row"), (3, 3, "row")]


def test_a_started_run_gets_its_actor_with_the_rights_of_now(job: Any) -> None:
    run = services.start(
        actor=Actor(user_id=7, name="then", demo=True), title="", arguments={},
        job=job(lambda run: {"who": run.actor.name, "demo": run.actor.demo}),
    )  # fmt: skip
    execute(run_id=run.pk)
    execute(run_id=run.pk)
    run.refresh_from_db()
    assert (run.result, run.attempts) == ({"who": "loaded", "demo": True}, 1)


def test_a_fault_is_told_as_a_sentence_with_a_code_and_the_log_has_the_rest(caplog: pytest.LogCaptureFixture) -> None:
    run = services.start(actor=system_actor(), job="sample.fails", title="", arguments={})
    with caplog.at_level(logging.ERROR):
        execute(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "secret" not in run.error
    assert run.code
    assert run.code in caplog.text
    told = services.start(actor=system_actor(), job="sample.fails", title="", arguments={"sentence": "فایل خالی است."})
    execute(run_id=told.pk)
    told.refresh_from_db()
    assert (told.state, told.error, told.code) == ("failed", "فایل خالی است.", "")


def test_what_fails_here_is_raised_here_and_noted() -> None:
    with pytest.raises(KeyError):
        services.run_now(actor=system_actor(), job="sample.fails", arguments={})
    assert Run.objects.get().state == "failed"


def test_a_right_that_was_taken_away_is_said(job: Any) -> None:
    run = services.start(actor=SARA, job=job(lambda run: run.actor.require("jobs.view_all")), title="", arguments={})
    execute(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, "right" in run.error) == ("failed", True)


def test_stopping_a_waiting_run_takes_its_ticket_back() -> None:
    run = services.start(actor=SARA, job="sample.slow", title="", arguments={})
    assert services.cancel(actor=SARA, run_id=run.pk).state == "cancelled"
    assert tickets() == 0
    execute(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.attempts) == ("cancelled", 0)
    assert services.cancel(actor=SARA, run_id=run.pk).state == "cancelled"


def test_others_runs_are_not_ones_to_see_or_stop() -> None:
    run = services.start(actor=SARA, job="sample.slow", title="", arguments={})
    with pytest.raises(Run.DoesNotExist):
        services.cancel(actor=Actor(user_id=8, name="Omid"), run_id=run.pk)
    sees = Actor(user_id=8, name="Omid", grants={"jobs.view_all": system_actor().scope("jobs.view_all")})
    with pytest.raises(NotAllowed):
        services.cancel(actor=sees, run_id=run.pk)
    assert services.cancel(actor=system_actor(), run_id=run.pk).state == "cancelled"


def test_a_stop_reaches_the_function_at_its_next_check(job: Any) -> None:
    def work(run: Running) -> None:
        services.cancel(actor=SARA, run_id=run.id)
        run.beat()
        run.check()
        raise AssertionError

    run = services.start(actor=SARA, job=job(work), title="", arguments={})
    execute(run_id=run.pk)
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_a_lost_lease_writes_no_more(job: Any) -> None:
    def work(run: Running) -> Mapping[str, Any]:
        Run.objects.filter(pk=run.id).update(lease="00000000-0000-0000-0000-000000000001", message="the other's")
        run.progress(9, 9, "mine")
        run.beat()
        return {"mine": True}

    run = services.start(actor=SARA, job=job(work), title="", arguments={})
    execute(run_id=run.pk)
    run.refresh_from_db()
    assert (run.state, run.result, run.message) == ("running", None, "the other's")


def test_it_is_put_back_twice_then_it_fails_with_a_sentence() -> None:
    run = services.start(actor=SARA, job="sample.slow", title="", arguments={})
    for attempt in (1, 2, 3):
        held = claim(run.pk)
        assert held is not None
        assert held.attempts == attempt
        assert claim(run.pk) is None
        Run.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
        assert rescue.rescue() == 1
    run.refresh_from_db()
    assert (run.state, "interrupted" in run.error) == ("failed", True)


def test_a_run_with_a_fresh_heartbeat_is_left_alone_and_an_orderly_stop_is_not_counted() -> None:
    run = services.start(actor=SARA, job="sample.slow", title="", arguments={})
    held = claim(run.pk)
    assert held is not None
    assert rescue.rescue() == 0
    put_back(held, counted=False)
    run.refresh_from_db()
    assert (run.state, run.attempts, run.lease) == ("waiting", 0, None)
    put_back(held)
    run.refresh_from_db()
    assert run.state == "waiting", "an old lease changes nothing"


def test_a_stop_wished_for_before_the_worker_died_is_kept() -> None:
    run = services.start(actor=SARA, job="sample.slow", title="", arguments={})
    claim(run.pk)
    services.cancel(actor=SARA, run_id=run.pk)
    Run.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=1))
    rescue.rescue()
    run.refresh_from_db()
    assert run.state == "cancelled"


def test_a_waiting_run_whose_ticket_is_lost_gets_another() -> None:
    run = services.start(actor=SARA, job="sample.slow", title="", arguments={})
    Run.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert rescue.rescue() == 0
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE id = %s", [run.ticket])
    assert (rescue.rescue(), tickets()) == (1, 1)


def test_old_runs_are_forgotten() -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE jobs_test_mark (text text, run bigint, pid int)")
    old, new = (services.run_now(actor=SARA, job="sample.child", arguments={"steps": 0}) for _ in range(2))
    Run.objects.filter(pk=old.pk).update(finished_at=timezone.now() - timedelta(days=200))
    assert services.clean() == 1
    assert Run.objects.get().pk == new.pk


@pytest.mark.parametrize(
    ("done", "total", "minutes", "words"),
    [(50, 100, 10, "about 10 minutes left"), (99, 100, 1, "less than a minute left"),
     (1, 100, 10, "about 16 hours left"), (0, 100, 10, ""), (100, 100, 10, ""), (5, None, 10, "")],
)  # fmt: skip
def test_the_time_left(done: int, total: int | None, minutes: int, words: str) -> None:
    now = timezone.now()
    run = Run(state="running", done=done, total=total, started_at=now - timedelta(minutes=minutes))
    with translation.override("en"):
        assert time_left(run, now=now) == words


def test_without_a_worker_health_says_so() -> None:
    assert health() == {"web": "ok", "database": "ok", "worker": "down"}
