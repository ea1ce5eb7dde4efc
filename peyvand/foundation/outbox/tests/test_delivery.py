"""Commit order, once each, retries, dead letters: on a real PostgreSQL with real transactions."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from procrastinate.contrib.django.utils import connector_params

from peyvand.foundation.outbox import delivery, services
from peyvand.foundation.outbox.models import Cursor, Delivery, Event, Failure
from peyvand.foundation.outbox.services import NotInTransactionError, publish
from peyvand.foundation.outbox.tests.committing import undisturbed
from peyvand.foundation.outbox.tests.conftest import Handle
from peyvand.foundation.registry.actor import Actor, system_actor

SARA = Actor(user_id=7, name="Sara")


@dataclass(frozen=True)
class Rang:
    number: int
    demo: bool = False


def deliver_pending(limit: int = 1000) -> int:
    """What the room does, once no other test's transaction holds events back; inside a transaction none does."""
    if not connection.in_atomic_block:
        undisturbed()
    return services.deliver_pending(limit)


def ring(number: int, **more: Any) -> int:
    with transaction.atomic():
        return publish(Rang(number, **more), actor=SARA)


class Ear:
    """A handler that notes what it hears, and fails as often as it is told."""

    def __init__(self, fails: int = 0) -> None:
        self.heard: list[int] = []
        self.actors: list[Actor] = []
        self.fails = fails

    def __call__(self, event: Rang, *, event_id: int, actor: Actor) -> None:
        if self.fails:
            self.fails -= 1
            Event.objects.create(name="trace", payload={}, actor={})
            raise RuntimeError("the ear is deaf")
        self.heard.append(event.number)
        self.actors.append(actor)


def in_thread(call: Callable[[], Any]) -> threading.Thread:
    def run() -> None:
        try:
            call()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.usefixtures("committing")
def test_publishing_needs_a_transaction_and_a_rollback_takes_the_event_along(handle: Handle) -> None:
    ear = Ear()
    handle("ear", Rang, ear)
    with pytest.raises(NotInTransactionError):
        publish(Rang(1), actor=SARA)
    with transaction.atomic():
        publish(Rang(2), actor=SARA)
        transaction.set_rollback(True)
    assert (deliver_pending(), ear.heard) == (0, [])


@pytest.mark.usefixtures("committing")
def test_who_began_earlier_and_commits_later_is_not_skipped(handle: Handle) -> None:
    ear, begun, go_on = Ear(), threading.Event(), threading.Event()
    handle("ear", Rang, ear)

    def slow() -> None:
        with transaction.atomic():
            publish(Rang(1), actor=SARA)
            begun.set()
            go_on.wait(10)

    thread = in_thread(slow)
    assert begun.wait(10)
    ring(2)
    assert (deliver_pending(), ear.heard) == (0, []), "what is above an open transaction waits for it"
    go_on.set()
    thread.join()
    assert (deliver_pending(), ear.heard) == (2, [1, 2])
    assert (deliver_pending(), ear.heard) == (0, [1, 2])


@pytest.mark.usefixtures("committing")
def test_the_sequence_may_run_against_the_commit_order(handle: Handle) -> None:
    """The later id belongs to the transaction that commits first: a cursor on ids alone would lose the other."""
    ear, begun, go_on = Ear(), threading.Event(), threading.Event()
    handle("ear", Rang, ear)

    def slow() -> None:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_current_xact_id()")
            begun.set()
            go_on.wait(10)
            publish(Rang(1), actor=SARA)

    thread = in_thread(slow)
    assert begun.wait(10)
    ring(2)
    go_on.set()
    thread.join()
    deliver_pending()
    assert ear.heard == [1, 2]


@pytest.mark.usefixtures("committing")
def test_many_writers_and_readers_at_once_each_event_once(handle: Handle) -> None:
    ear = Ear()
    handle("ear", Rang, ear)

    def write(start: int) -> None:
        for number in range(start, start + 20):
            ring(number)
        connection.close()

    def read(_: int) -> None:
        for _round in range(20):
            deliver_pending()
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(write, start) for start in (0, 100, 200)] + [pool.submit(read, n) for n in range(3)]
        for job in jobs:
            job.result()
    deliver_pending()
    assert sorted(ear.heard) == [*range(20), *range(100, 120), *range(200, 220)]
    for start in (0, 100, 200):
        assert [n for n in ear.heard if start <= n < start + 20] == list(range(start, start + 20))


@pytest.mark.usefixtures("committing")
def test_a_failing_event_lets_the_next_pass_and_comes_again(handle: Handle) -> None:
    ear, other = Ear(fails=1), Ear()
    handle("ear", Rang, ear)
    handle("other", Rang, other)
    ring(1)
    ring(2, demo=True)
    assert deliver_pending() == 3
    assert (ear.heard, other.heard) == ([2], [1, 2])
    assert [actor.demo for actor in other.actors] == [False, True]
    assert all(actor.user_id is None and actor.everything for actor in other.actors)
    failure = Failure.objects.get()
    assert (failure.state, failure.tries) == ("retrying", 1)
    assert "the ear is deaf" in failure.error
    assert not Event.objects.filter(name="trace").exists(), "what the handler wrote went with it"
    assert deliver_pending() == 0, "not before its time"
    Failure.objects.update(next_at=failure.created_at)
    assert (deliver_pending(), ear.heard) == (1, [2, 1])
    assert not Failure.objects.exists()
    assert Delivery.objects.filter(handler="ear").count() == 2


@pytest.mark.usefixtures("committing")
def test_after_five_tries_it_is_a_dead_letter_that_a_person_retries_or_gives_up(handle: Handle) -> None:
    ear = Ear(fails=6)
    handle("ear", Rang, ear)
    ring(1)
    deliver_pending()
    for _try in range(6):
        Failure.objects.filter(state="retrying").update(next_at="2020-01-01T00:00Z")
        deliver_pending()
    failure = Failure.objects.get()
    assert (failure.state, failure.tries, ear.fails) == ("dead", 5, 1)
    with pytest.raises(ValueError, match="reason"):
        services.failure_discard(actor=system_actor(), failure_id=failure.pk, reason=" ")
    with pytest.raises(Failure.DoesNotExist):
        services.failure_retry(actor=system_actor(demo=True), failure_id=failure.pk)
    services.failure_retry(actor=system_actor(), failure_id=failure.pk)
    deliver_pending()
    Failure.objects.update(next_at="2020-01-01T00:00Z")
    assert (deliver_pending(), ear.heard) == (1, [1])


@pytest.mark.usefixtures("committing")
def test_a_given_up_event_stays_given_up(handle: Handle) -> None:
    ear = Ear(fails=1)
    handle("ear", Rang, ear)
    ring(1)
    deliver_pending()
    Failure.objects.update(state="dead", next_at=None)
    services.failure_discard(actor=system_actor(), failure_id=Failure.objects.get().pk, reason="بی‌اثر است")
    assert (deliver_pending(), ear.heard) == (0, [])
    assert Failure.objects.get().reason == "بی‌اثر است"


@pytest.mark.usefixtures("committing")
def test_a_new_handler_begins_where_the_others_stand(handle: Handle) -> None:
    old, new = Ear(), Ear()
    handle("old", Rang, old)
    ring(1)
    deliver_pending()
    ring(2)
    handle("new", Rang, new)
    deliver_pending()
    assert (old.heard, new.heard) == ([1, 2], [2])


@pytest.mark.usefixtures("committing")
def test_a_restored_database_goes_on_without_repeating_or_losing(handle: Handle) -> None:
    ear = Ear()
    handle("ear", Rang, ear)
    ring(1)
    deliver_pending()
    ring(2)
    with connection.cursor() as cursor:  # as if these rows came from a cluster with far higher transaction ids
        cursor.execute("UPDATE outbox_event SET xid = (xid::text::bigint + 1000000)::text::xid8")
        cursor.execute("UPDATE outbox_cursor SET xid = (xid::text::bigint + 1000000)::text::xid8")
    ring(3)
    deliver_pending()
    assert ear.heard == [1, 2, 3]
    ring(4)
    deliver_pending()
    assert ear.heard == [1, 2, 3, 4]


@pytest.mark.usefixtures("committing")
def test_one_notice_a_transaction_wakes_the_reader() -> None:
    with psycopg.connect(**{**connector_params(), "autocommit": True}) as listener:
        listener.execute(f"LISTEN {delivery.CHANNEL}")
        with transaction.atomic():
            for number in range(3):
                publish(Rang(number), actor=SARA)
        assert len(list(listener.notifies(timeout=1))) == 1


@pytest.mark.usefixtures("committing")
def test_cleaning_keeps_what_somebody_has_not_had_and_dead_letters(handle: Handle) -> None:
    ear = Ear()
    handle("ear", Rang, ear)
    ring(1)
    deliver_pending()
    ring(2)
    ear.fails = 1
    deliver_pending()
    ring(3)
    Event.objects.update(at="2020-01-01T00:00Z")
    assert services.clean() == 1
    assert sorted(event.payload["number"] for event in Event.objects.all()) == [2, 3]
    Failure.objects.update(state="discarded")
    deliver_pending()
    assert services.clean() == 2
    assert not Delivery.objects.exists()
    assert Cursor.objects.count() == 1


@pytest.mark.django_db
def test_inside_a_test_transaction_everything_is_delivered(handle: Handle) -> None:
    ear = Ear()
    handle("ear", Rang, ear)
    publish(Rang(1), actor=SARA)
    publish(Rang(2), actor=SARA)
    assert (deliver_pending(), ear.heard) == (2, [1, 2])
    publish(Rang(3), actor=SARA)
    assert (deliver_pending(1), ear.heard) == (1, [1, 2, 3])
