"""Messages arrive, signed, at least once; what does not is tried again at the times of the specification."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection

from peyvand.foundation.changes.models import ChangeSet, Image
from peyvand.foundation.outbox.delivery import deliver_pending
from peyvand.foundation.outbox.models import Event
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.outbox.tests.committing import really_committing
from peyvand.foundation.outside.requesting import Outcome, Trouble
from peyvand.foundation.outside.tests.receiving import Receiver, reply, until
from peyvand.foundation.registry.declarations import EventHandler
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.webhooks import services
from peyvand.foundation.webhooks.batching import body_of
from peyvand.foundation.webhooks.handlers import after_event, going_out
from peyvand.foundation.webhooks.models import State, WebhookAttempt, WebhookDelivery, WebhookEndpoint, WebhookHour, Why
from peyvand.foundation.webhooks.sending import LEASE, SCHEDULE, Sender, claim, endpoints_ready, send, send_due, settle
from peyvand.foundation.webhooks.signing import UNSIGNED
from peyvand.foundation.webhooks.tests.factories import (
    START,
    THINGS,
    WE,
    Clock,
    ThingsHappened,
    delivery,
    endpoint,
    verified,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("loopback")]
TABLES = (
    "webhooks_webhookattempt", "webhooks_webhookhour", "webhooks_webhookdelivery", "webhooks_webhookendpoint",
)  # fmt: skip


def answering(*statuses: int | None, **more: Any) -> Any:
    """A way of sending that gives these answers, one after the other, then the last for ever."""
    left = list(statuses)

    def send_(_url: str, **_more: Any) -> Outcome:
        status = left.pop(0) if len(left) > 1 else left[0]
        error = "" if status and 200 <= status < 300 else Trouble.TIMEOUT if status is None else Trouble.STATUS
        return Outcome(status, 12, error, **more)

    return send_


def none() -> float:
    return 0.0


# ── from an event to a message ────────────────────────────────────────────


def test_an_event_reaches_the_receiver_signed(monkeypatch: pytest.MonkeyPatch) -> None:
    handlers = {one.name: one for one in going_out(THINGS) if isinstance(one, EventHandler)}
    monkeypatch.setitem(registry._by_kind, EventHandler, handlers)
    with Receiver() as receiver:
        made, secret = endpoint(receiver.url)
        event_id = publish(ThingsHappened((3, 4)), actor=WE)
        assert deliver_pending() == 1
        assert receiver.received == []  # nothing is sent by a handler
        assert send_due() == 1
    (came,) = receiver.received
    assert verified(came.headers, came.body, secret, now=time.time())
    assert not verified(came.headers, came.body + b" ", secret)
    at = Event.objects.get(pk=event_id).at
    assert came.message["type"] == "things.happened"
    assert came.message["data"] == {"thing_ids": [3, 4]}
    assert came.message["timestamp"] == at.isoformat().replace("+00:00", "Z")
    assert came.headers["content-type"] == "application/json"
    kept = WebhookDelivery.objects.get()
    assert (kept.state, kept.tries, kept.last_status, kept.endpoint) == (State.DELIVERED, 1, 200, made)
    assert came.headers["webhook-id"] == kept.webhook_id
    assert came.body == body_of(kept.payload)


def test_an_event_that_is_heard_twice_makes_one_delivery() -> None:
    endpoint()
    for _time in range(2):
        after_event(ThingsHappened((3, 4)), event_id=77, actor=WE)
    assert WebhookDelivery.objects.count() == 1
    after_event(ThingsHappened((3, 4)), event_id=78, actor=WE)
    assert WebhookDelivery.objects.count() == 2


def test_only_those_hear_that_want_it_and_are_on() -> None:
    wants, _secret = endpoint(events=("things.happened",))
    all_of_it, _secret = endpoint("https://all.peyvand.ir/")
    off, _secret = endpoint("https://off.peyvand.ir/")
    services.endpoint_switch(actor=WE, endpoint_id=off.pk, on=False)
    other, _secret = endpoint("https://other.peyvand.ir/", actor=WE.looking_at(demo=True))
    WebhookEndpoint.objects.filter(pk=other.pk).update(events=["*"])
    nothing, _secret = endpoint("https://nothing.peyvand.ir/")
    WebhookEndpoint.objects.filter(pk=nothing.pk).update(events=["another.event"])
    after_event(ThingsHappened((3,)), event_id=1, actor=WE)
    assert set(WebhookDelivery.objects.values_list("endpoint_id", flat=True)) == {wants.pk, all_of_it.pk}


def test_a_bulk_event_is_told_in_several_small_messages() -> None:
    endpoint()
    ids = tuple(range(10**9, 10**9 + 9_000))
    for _time in range(2):
        after_event(ThingsHappened(ids), event_id=5, actor=WE)
    rows = list(WebhookDelivery.objects.order_by("id"))
    assert len(rows) > 1
    assert all(len(body_of(row.payload)) < 20_000 for row in rows)
    assert [one for row in rows for one in row.payload["data"]["thing_ids"]] == list(ids)


# ── when it does not arrive ───────────────────────────────────────────────


def test_nine_failures_then_a_yes_are_ten_tries_at_the_scheduled_times() -> None:
    clock = Clock()
    made, _secret = endpoint()
    delivery(made)
    times = []
    way = answering(*[500] * 9, 200)
    for _step in range(400_000):
        if send_due(clock=clock, sender=way, chance=none):
            times.append((clock.now - START).total_seconds())
        found = WebhookDelivery.objects.get()
        if not found.alive:
            break
        assert found.next_try_at is not None
        clock.now = max(found.next_try_at, clock.now + timedelta(milliseconds=1))
    whole = [sum(SCHEDULE[: number + 1]) for number in range(10)]
    assert [round(one) for one in times] == whole
    assert whole[-1] == 75.5 * 3600 + 305
    assert (found.state, found.tries) == (State.DELIVERED, 10)
    assert WebhookAttempt.objects.filter(delivery=found).count() == 10


def test_after_ten_tries_it_is_given_up_and_a_person_may_send_it_again() -> None:
    clock = Clock()
    made, _secret = endpoint()
    one = delivery(made)
    for _try in SCHEDULE:
        assert send_due(clock=clock, sender=answering(500), chance=none) == 1
        WebhookEndpoint.objects.update(failing_since=None)
        clock.forward(days=2)
    one.refresh_from_db()
    assert (one.state, one.tries, one.next_try_at) == (State.GIVEN_UP, 10, None)
    assert send_due(clock=clock, sender=answering(200)) == 0
    again = services.delivery_resend(actor=WE, delivery_id=one.pk)
    assert (again.uid, again.tries, again.state) == (one.uid, 0, State.WAITING)
    clock.now = again.next_try_at or clock.now
    assert send_due(clock=clock, sender=answering(200)) == 1
    one.refresh_from_db()
    assert one.state == State.DELIVERED
    assert one.attempts.count() == 11


def test_jitter_only_ever_lengthens_and_by_a_tenth_at_most() -> None:
    clock = Clock()
    made, _secret = endpoint()
    one = delivery(made)
    send_due(clock=clock, sender=answering(500), chance=lambda: 1.0)
    one.refresh_from_db()
    assert one.next_try_at == START + timedelta(seconds=5.5)


def test_gone_turns_the_endpoint_off_aloud() -> None:
    made, _secret = endpoint()
    one, waiting = delivery(made), delivery(made, event_id=2, at=START + timedelta(days=1))
    send_due(clock=Clock(), sender=answering(410))
    made.refresh_from_db()
    one.refresh_from_db()
    waiting.refresh_from_db()
    assert (made.enabled, made.disabled_why) == (False, Why.GONE)
    assert (one.state, waiting.state) == (State.GIVEN_UP, State.WAITING)
    assert ChangeSet.objects.filter(reference__endpoint=made.pk, reference__why="gone").exists()
    assert endpoints_ready(START) == {}


def test_five_days_of_failing_turn_it_off_and_a_single_yes_begins_them_anew() -> None:
    clock = Clock()
    made, _secret = endpoint()
    for day, status in enumerate((500, 500, 200, 500, 500, 500, 500, 500, 500)):
        delivery(made, at=clock.now, event_id=day)
        WebhookDelivery.objects.exclude(event_id=day).update(state=State.GIVEN_UP)
        send_due(clock=clock, sender=answering(status))
        made.refresh_from_db()
        assert made.enabled is (day < 8), day
        clock.forward(days=1)
    assert made.disabled_why == Why.FAILING
    services.endpoint_switch(actor=WE, endpoint_id=made.pk, on=True)
    made.refresh_from_db()
    assert (made.enabled, made.failing_since, made.disabled_why) == (True, None, "")


def test_a_receiver_that_asks_for_a_pause_gets_one() -> None:
    clock = Clock()
    made, _secret = endpoint()
    one = delivery(made)
    later = delivery(made, event_id=2, at=START + timedelta(seconds=10))
    send_due(clock=clock, sender=answering(429, retry_after=120))
    one.refresh_from_db()
    assert one.next_try_at == START + timedelta(seconds=120)
    clock.forward(seconds=60)
    assert send_due(clock=clock, sender=answering(200)) == 0  # nor anything else of this endpoint
    clock.forward(seconds=60)
    assert send_due(clock=clock, sender=answering(200)) == 2
    later.refresh_from_db()
    assert later.state == State.DELIVERED


def test_an_endpoint_that_is_off_keeps_what_waits_until_it_is_on() -> None:
    made, _secret = endpoint()
    delivery(made)
    services.endpoint_switch(actor=WE, endpoint_id=made.pk, on=False)
    assert send_due(clock=Clock(), sender=answering(200)) == 0
    services.endpoint_switch(actor=WE, endpoint_id=made.pk, on=True)
    assert send_due(clock=Clock(), sender=answering(200)) == 1


# ── rotation ──────────────────────────────────────────────────────────────


def test_for_a_day_after_a_rotation_both_secrets_sign() -> None:
    with Receiver() as receiver:
        made, old = endpoint(receiver.url)
        _made, new = services.secret_rotate(actor=WE, endpoint_id=made.pk)
        made.refresh_from_db()
        assert made.previous_until is not None
        clock = Clock(made.previous_until - timedelta(minutes=1))
        delivery(made, at=clock.now)
        send_due(clock=clock)
        clock.forward(minutes=2)
        delivery(made, at=clock.now, event_id=2)
        send_due(clock=clock)
    during, after = receiver.received
    assert len(during.headers["webhook-signature"].split(" ")) == 2
    assert verified(during.headers, during.body, old)
    assert verified(during.headers, during.body, new)
    assert verified(after.headers, after.body, new)
    assert not verified(after.headers, after.body, old)


def test_no_secret_stands_in_an_image_and_none_that_is_over_is_kept() -> None:
    made, secret = endpoint()
    services.secret_rotate(actor=WE, endpoint_id=made.pk)
    services.endpoint_update(actor=WE, endpoint_id=made.pk, data=services.EndpointData(made.url, ["*"], "Shop"))
    made.refresh_from_db()
    services.endpoint_delete(actor=WE, endpoint_id=made.pk)
    images = [*Image.objects.values_list("before", flat=True), *Image.objects.values_list("after", flat=True)]
    text = json.dumps(images)
    assert made.url in text
    for hidden in (secret, made.secret, made.previous_secret):
        assert hidden
        assert hidden not in text
    assert not any("secret" in name for image in images for name in (image or {}))
    other, _secret = endpoint()
    services.secret_rotate(actor=WE, endpoint_id=other.pk)
    WebhookEndpoint.objects.update(previous_until=START - timedelta(days=900))
    services.clean()
    other.refresh_from_db()
    assert (other.previous_secret, other.previous_until) == ("", None)


def test_under_another_installations_key_nothing_goes_out_unsigned(settings: Any) -> None:
    with Receiver() as receiver:
        made, secret = endpoint(receiver.url)
        one = delivery(made)
        kept, settings.SECRET_KEY = settings.SECRET_KEY, "another"
        assert send_due(clock=Clock()) == 1
        one.refresh_from_db()
        assert (receiver.received, one.state, one.last_error) == ([], State.FAILED, UNSIGNED)
        settings.SECRET_KEY = kept  # it was a mistake, and nothing is lost
        assert send_due(clock=Clock(START + timedelta(seconds=10))) == 1
    assert verified(receiver.received[0].headers, receiver.received[0].body, secret)


# ── bad luck ──────────────────────────────────────────────────────────────


def test_a_lease_that_ran_out_is_taken_by_another_under_the_same_id() -> None:
    """The worker died between sending and writing it down."""
    made, _secret = endpoint()
    delivery(made)
    clock = Clock()
    (first,) = claim(now=clock.now, room={made.pk: 4})
    assert claim(now=clock.now, room={made.pk: 4}) == []  # nobody else has it meanwhile
    clock.now += LEASE
    (second,) = claim(now=clock.now, room={made.pk: 4})
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    settle(first, Outcome(200, 5), now=clock.now)  # the dead one is late: it no longer has a say
    assert WebhookDelivery.objects.get().state == State.WAITING
    settle(second, Outcome(200, 5), now=clock.now)
    assert WebhookDelivery.objects.get().state == State.DELIVERED
    assert WebhookHour.objects.get().taken == 1


def environment() -> dict[str, str]:
    chosen = connection.settings_dict
    query = urlencode({"host": chosen["HOST"], "user": chosen["USER"], "port": chosen["PORT"]})
    return {
        **os.environ,
        "DATABASE_URL": f"postgresql:///{chosen['NAME']}?{query}",
        "DJANGO_SETTINGS_MODULE": "tests.sample_settings",
        "PYTHONPATH": str(Path(__file__).resolve().parents[4]),
        "PEYVAND_OWN_HOSTS": "127.0.0.1",
    }


KILLED = """
import os, signal, django
django.setup()
from django.conf import settings
settings.OWN_HOSTS = ["127.0.0.1"]
from peyvand.foundation.webhooks import sending
sending.settle = lambda *args, **more: os.kill(os.getpid(), signal.SIGKILL)
sending.send_due()
"""


@pytest.mark.crash
def test_a_worker_killed_after_sending_sends_again_what_the_receiver_can_tell_is_the_same(db: None) -> None:
    with really_committing(*TABLES, "changes_image", "outbox_event"), Receiver() as receiver:
        made, secret = endpoint(receiver.url)
        delivery(made)
        ended = subprocess.run([sys.executable, "-c", KILLED], env=environment(), check=False, timeout=60)
        assert ended.returncode == -signal.SIGKILL
        assert len(receiver.received) == 1
        kept = WebhookDelivery.objects.get()
        assert (kept.state, kept.tries) == (State.WAITING, 0)
        assert kept.leased_until is not None
        assert send_due(clock=Clock(kept.leased_until - timedelta(seconds=1))) == 0
        assert send_due(clock=Clock(kept.leased_until)) == 1
        first, second = receiver.received
        assert first.headers["webhook-id"] == second.headers["webhook-id"] == kept.webhook_id
        assert verified(second.headers, second.body, secret)
        kept.refresh_from_db()
        assert kept.state == State.DELIVERED


@pytest.mark.slow
def test_dead_receivers_do_not_keep_the_living_waiting(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fifty tarpits, and a healthy endpoint that hears within a second."""
    release = threading.Event()

    def way(url: str, **_more: Any) -> Outcome:
        if "dead" in url:
            release.wait(20)
            return Outcome(None, 15_000, Trouble.TIMEOUT)
        return Outcome(200, 1)

    with really_committing(*TABLES, "changes_image"):
        monkeypatch.setattr(services, "MOST_ENDPOINTS", 100)
        dead = [endpoint(f"https://dead{number}.peyvand.ir/")[0] for number in range(50)]
        WebhookEndpoint.objects.update(failing_since=START)
        alive, _secret = endpoint("https://alive.peyvand.ir/")
        for one in dead:
            delivery(one), delivery(one, event_id=2)
        sender = Sender(sender=way)
        for _turn in range(3):
            sender.turn()
        waited = []
        for number in range(12):
            one, began = delivery(alive, event_id=number), time.monotonic()
            while WebhookDelivery.objects.get(pk=one.pk).alive:
                sender.turn()
                time.sleep(0.01)
            waited.append(time.monotonic() - began)
        release.set()
        sender.finish(10)
        assert max(waited) < 1.0, waited


def test_what_the_sender_itself_stumbles_over_is_a_failed_try() -> None:
    def broken(_url: str, **_more: Any) -> Outcome:
        raise RuntimeError

    with really_committing(*TABLES, "changes_image"):
        made, _secret = endpoint()
        delivery(made)
        sender = Sender(sender=broken)
        assert sender.turn() == 1
        until(lambda: not sender.turn() and not sender.busy, seconds=5)
        assert WebhookDelivery.objects.get().last_error == "broken"


def test_old_deliveries_are_forgotten_with_their_tries() -> None:
    made, _secret = endpoint()
    old, new = delivery(made, at=START - timedelta(days=900)), delivery(made, at=START + timedelta(days=90_000))
    for one in (old, new):
        WebhookAttempt.objects.create(delivery=one, at=START, ms=1, timestamp=1)
    assert services.clean() == 1
    assert list(WebhookDelivery.objects.all()) == [new]
    assert WebhookAttempt.objects.count() == 1


def test_sending_is_done_by_the_default_way() -> None:
    with Receiver(lambda handler: reply(handler, 200, b"thanks")) as receiver:
        made, _secret = endpoint(receiver.url)
        delivery(made)
        (ticket,) = claim(now=START, room={made.pk: 1})
        assert send(ticket).response == "thanks"
