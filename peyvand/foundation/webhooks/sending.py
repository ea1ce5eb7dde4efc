"""The sender: takes what is due, sends it outside of any transaction, and writes down what came back.

A delivery is claimed by a lease that is committed before anything is sent (FOR UPDATE SKIP LOCKED, so any number of
workers share the work), and settled afterwards by whoever holds that lease. A worker that dies in between leaves a
lease that runs out: the message is sent again under the same webhook-id. At least once, never silently not.
"""

from __future__ import annotations

import logging
import queue
import random
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import psycopg
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext
from procrastinate.contrib.django.utils import connector_params

from peyvand.foundation.changes.services import change_set
from peyvand.foundation.outside.requesting import Outcome, request
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.webhooks.batching import body_of
from peyvand.foundation.webhooks.handlers import CHANNEL
from peyvand.foundation.webhooks.models import (
    State,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    Why,
    hour_of,
)
from peyvand.foundation.webhooks.signing import UNSIGNED, headers, unlocked

logger = logging.getLogger(__name__)

MINUTE, HOUR = 60, 3600
# Seconds before the first, second, … try; together 75.6 hours.
SCHEDULE = (0, 5, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 24 * HOUR)
JITTER = 0.1  # a pause is up to so much longer, so that not all come back at once
LEASE = timedelta(seconds=60)
FAILS_FOR = timedelta(days=5)  # then an endpoint is turned off
REST = {429: 30, 502: 10, 503: 10, 504: 10}  # seconds in which an endpoint that says so gets nothing at all

MOST = 64  # messages under way in one worker
MOST_FAILING = 48  # of these to endpoints that failed last; the others never wait for them
EACH, EACH_FAILING = 8, 1  # to one endpoint
LOOK_EVERY = 1.0  # seconds
LOOK_SOON = 0.1  # while something is under way
PLAIN = {"Content-Type": "application/json", "User-Agent": "Peyvand-Webhooks/1"}

_CLAIM = """
WITH due AS (
  SELECT d.id FROM webhooks_webhookendpoint e
  JOIN unnest(%(ids)s::bigint[], %(room)s::int[]) AS w(id, room) ON w.id = e.id
  CROSS JOIN LATERAL (
    SELECT d.id FROM webhooks_webhookdelivery d
    WHERE d.endpoint_id = e.id AND d.state IN ('waiting', 'failed') AND d.next_try_at <= %(now)s
      AND (d.leased_until IS NULL OR d.leased_until <= %(now)s)
    ORDER BY d.next_try_at, d.id LIMIT w.room FOR UPDATE SKIP LOCKED
  ) d
)
UPDATE webhooks_webhookdelivery d SET lease = %(lease)s, leased_until = %(until)s
FROM due WHERE d.id = due.id
RETURNING d.id
"""
_TALLY = """
INSERT INTO webhooks_webhookhour AS h (endpoint_id, hour, taken, refused, ms) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (endpoint_id, hour) DO UPDATE
SET taken = h.taken + excluded.taken, refused = h.refused + excluded.refused, ms = h.ms + excluded.ms
"""

Post = Callable[..., Outcome]
Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Ticket:
    """A claimed message, ready to go."""

    delivery_id: int
    endpoint_id: int
    lease: uuid.UUID
    url: str
    body: bytes
    headers: Mapping[str, str]
    timestamp: int


def endpoints_ready(now: datetime) -> dict[int, bool]:
    """Endpoints that may get something now, and whether each failed last."""
    rows = WebhookEndpoint.objects.sending().values_list("pk", "resting_until", "failing_since")
    return {pk: failing is not None for pk, resting, failing in rows if resting is None or resting <= now}


def claim(*, now: datetime, room: Mapping[int, int]) -> list[Ticket]:
    """Take what is due of these endpoints, at most so many each, for LEASE; committed before it is given out."""
    wanted = {pk: number for pk, number in room.items() if number > 0}
    if not wanted:
        return []
    lease = uuid.uuid4()
    with transaction.atomic(), connection.cursor() as cursor:
        values: dict[str, Any] = {
            "ids": list(wanted),
            "room": list(wanted.values()),
            "now": now,
            "lease": lease,
            "until": now + LEASE,
        }
        cursor.execute(_CLAIM, values)
        ids = [row[0] for row in cursor.fetchall()]
    found = WebhookDelivery.objects.filter(pk__in=ids, lease=lease).select_related("endpoint")
    return [_ticket(one, lease, now) for one in found.order_by("next_try_at", "id")]


def _ticket(delivery: WebhookDelivery, lease: uuid.UUID, now: datetime) -> Ticket:
    body, timestamp = body_of(delivery.payload), int(now.timestamp())
    signed = headers(secrets_of(delivery.endpoint, now), message_id=delivery.webhook_id, timestamp=timestamp, body=body)
    return Ticket(delivery.pk, delivery.endpoint_id, lease, delivery.endpoint.url, body, signed, timestamp)


def secrets_of(endpoint: WebhookEndpoint, now: datetime) -> Sequence[str]:
    """The secrets that sign now: the current one and, until its time is over, the one before."""
    kept = [endpoint.secret]
    if endpoint.previous_until is not None and endpoint.previous_until > now:
        kept.append(endpoint.previous_secret)
    return [secret for secret in map(unlocked, kept) if secret]


def settle(ticket: Ticket, outcome: Outcome, *, now: datetime, chance: Callable[[], float] = random.random) -> None:
    """Write down what came back, decide when it is tried again, and what that means for the endpoint."""
    with transaction.atomic():
        endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=ticket.endpoint_id).first()
        found = WebhookDelivery.objects.select_for_update().filter(pk=ticket.delivery_id, lease=ticket.lease).first()
        if endpoint is None or found is None:  # deleted meanwhile, or somebody else's by now
            return
        WebhookAttempt.objects.create(
            delivery=found, at=now, status=outcome.status, error=outcome.error, ms=outcome.ms,
            response=outcome.response, timestamp=ticket.timestamp,
        )  # fmt: skip
        found.tries += 1
        found.lease = found.leased_until = None
        found.last_status, found.last_error, found.last_ms = outcome.status, outcome.error, outcome.ms
        if outcome.taken:
            found.state, found.delivered_at, found.next_try_at = State.DELIVERED, now, None
        elif outcome.status == 410 or found.tries >= len(SCHEDULE):
            found.state, found.next_try_at = State.GIVEN_UP, None
        else:
            found.state = State.FAILED
            found.next_try_at = now + timedelta(seconds=pause(found.tries, outcome.retry_after, chance()))
        found.save()
        _note(endpoint, outcome, now)
        with connection.cursor() as cursor:
            counted = (1, 0) if outcome.taken else (0, 1)
            cursor.execute(_TALLY, [endpoint.pk, hour_of(now), *counted, outcome.ms])


def pause(tries: int, retry_after: int | None, chance: float) -> float:
    """Seconds until the next try after so many; never sooner than the receiver asked."""
    return max(SCHEDULE[tries] * (1 + JITTER * chance), retry_after or 0)


def _note(endpoint: WebhookEndpoint, outcome: Outcome, now: datetime) -> None:
    """What a try means for the endpoint: its last result, a rest, and being turned off."""
    endpoint.last_at, endpoint.last_status, endpoint.last_error = now, outcome.status, outcome.error
    endpoint.failing_since = None if outcome.taken else endpoint.failing_since or now
    seconds = 0 if outcome.taken else max(REST.get(outcome.status or 0, 0), _asked(outcome))
    endpoint.resting_until = now + timedelta(seconds=seconds) if seconds else None
    names = ["last_at", "last_status", "last_error", "failing_since", "resting_until"]
    endpoint.save(update_fields=names)
    if not endpoint.enabled:
        return
    if outcome.status == 410:
        turn_off(endpoint, Why.GONE, now)
    elif endpoint.failing_since is not None and now - endpoint.failing_since >= FAILS_FOR:
        turn_off(endpoint, Why.FAILING, now)


def _asked(outcome: Outcome) -> int:
    """The rest that a receiver asks for, where it speaks of itself and not of one message."""
    return (outcome.retry_after or 0) if outcome.status in REST else 0


def turn_off(endpoint: WebhookEndpoint, why: Why, now: datetime) -> None:
    """Send there no more, aloud: it stands in the trail and on the endpoint's page. What waits goes on waiting."""
    endpoint.enabled, endpoint.disabled_why, endpoint.disabled_at = False, why, now
    actor = system_actor(demo=endpoint.demo)
    title = gettext("Webhook to %(url)s turned off") % {"url": endpoint.url[:200]}
    with change_set(actor=actor, kind="settings", title=title, reference={"endpoint": endpoint.pk, "why": str(why)}):
        endpoint.save(update_fields=["enabled", "disabled_why", "disabled_at"])
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(version=F("version") + 1)
    logger.warning("the webhook endpoint %s was turned off: %s", endpoint.pk, why)


def send(ticket: Ticket, sender: Post = request) -> Outcome:
    """Send a claimed message; call it outside of any transaction. What can't be signed is not sent."""
    if not ticket.headers["webhook-signature"]:
        return Outcome(None, 0, UNSIGNED)
    return sender(ticket.url, body=ticket.body, headers={**PLAIN, **ticket.headers})


def send_due(
    *,
    clock: Clock = timezone.now,
    sender: Post = request,
    chance: Callable[[], float] = random.random,
    most: int = MOST,
) -> int:
    """Send what is due now, one after the other; gives how many. For the console and for tests."""
    now = clock()
    tickets = claim(now=now, room=dict.fromkeys(endpoints_ready(now), most))
    for ticket in tickets:
        settle(ticket, send(ticket, sender), now=clock(), chance=chance)
    return len(tickets)


class Sender:
    """Many messages at once; all reading and writing of the database is done by the one thread that calls `turn`."""

    def __init__(self, *, sender: Post = request, clock: Clock = timezone.now) -> None:
        self._post, self._clock = sender, clock
        self._done: queue.SimpleQueue[tuple[Ticket, Outcome]] = queue.SimpleQueue()
        self._under_way: dict[int, Ticket] = {}
        self._failing: dict[int, bool] = {}

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return bool(self._under_way)

    def turn(self) -> int:
        """Write down what has come back, then send what is due and has room; gives how many were sent off."""
        self._settle_done()
        now = self._clock()
        self._failing = endpoints_ready(now)
        tickets = claim(now=now, room=self._room())
        for ticket in tickets:
            self._under_way[ticket.delivery_id] = ticket
            threading.Thread(target=self._go, args=(ticket,), name="webhook", daemon=True).start()
        return len(tickets)

    def finish(self, seconds: float) -> None:
        """Wait so long for what is under way, and write it down; what takes longer is sent again after its lease."""
        ends = self._clock() + timedelta(seconds=seconds)
        while self._under_way and self._clock() < ends:
            self._settle_done(wait=0.1)

    def _room(self) -> dict[int, int]:
        """How many more each endpoint may get now; those that failed last never take the others' place."""
        busy = Counter(ticket.endpoint_id for ticket in self._under_way.values())
        slow = sum(number for pk, number in busy.items() if self._failing.get(pk, True))
        left, left_failing = MOST - len(self._under_way), MOST_FAILING - slow
        room = {}
        for pk, failing in sorted(self._failing.items(), key=lambda one: (one[1], random.random())):  # noqa: S311
            most = min(max(0, (EACH_FAILING if failing else EACH) - busy[pk]), left, left_failing if failing else left)
            if most > 0:
                room[pk], left = most, left - most
                left_failing -= most if failing else 0
        return room

    def _go(self, ticket: Ticket) -> None:
        try:
            outcome = send(ticket, self._post)
        except Exception:
            logger.exception("a webhook could not be sent")
            outcome = Outcome(None, 0, "broken")
        self._done.put((ticket, outcome))

    def _settle_done(self, wait: float = 0.0) -> None:
        with suppress(queue.Empty):
            while True:
                ticket, outcome = self._done.get(timeout=wait) if wait else self._done.get_nowait()
                self._under_way.pop(ticket.delivery_id, None)
                settle(ticket, outcome, now=self._clock())


def stand(stop: threading.Event) -> None:
    """Send until told to stop: the standing work of every worker. Raises when the database goes; it is called again."""
    sender = Sender()
    with psycopg.connect(**{**connector_params(), "autocommit": True}) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        while not stop.is_set():
            sent = sender.turn()
            wait = 0.0 if sent else LOOK_SOON if sender.busy else LOOK_EVERY
            _heard(listener, wait)
    sender.finish(2.0)


def _heard(listener: psycopg.Connection[Any], seconds: float) -> None:
    for _notice in listener.notifies(timeout=seconds, stop_after=1):
        return
