"""The sample's webhooks: a shop that hears everything, an accounting that stumbles, a loyalty program that is no more.

Their addresses end in .example, to which nothing is ever sent.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from typing import Any

from peyvand.foundation.outside.requesting import Trouble
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.handlers import messages
from peyvand.foundation.webhooks.models import (
    EVERYTHING,
    State,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookHour,
    Why,
    hour_of,
)
from peyvand.foundation.webhooks.sending import SCHEDULE
from peyvand.foundation.webhooks.signing import locked, secret_make

HOURS = 48
EVENTS = 260  # in the whole sample
NO_ANSWER = (None, Trouble.TIMEOUT, 15_000)
UNWELL = (503, Trouble.STATUS, 420)


@dataclass(frozen=True)
class Receiver:
    """An endpoint of the sample and how it answers: `ill` is the share of tries that fail."""

    url: str
    description: str
    events: tuple[str, ...]
    ill: float
    trouble: tuple[int | None, str, int] = UNWELL
    why: Why = Why.NONE
    outage: timedelta = timedelta()  # for so long it has taken nothing at all


RECEIVERS = (
    Receiver("https://shop.example/peyvand", "فروشگاه اینترنتی", (EVERYTHING,), 0.015),
    Receiver(
        "https://accounting.example/hooks/orders",
        "حسابداری",
        ("order.", "payment."),
        0.1,
        NO_ANSWER,
        outage=timedelta(hours=3),
    ),
    Receiver(
        "https://club.example/api/in", "باشگاه مشتریان قدیم", ("customer.",), 1.0, (410, Trouble.STATUS, 90), Why.GONE
    ),
)


def sample_load(actor: Actor, world: Any) -> int:
    """Write the endpoints, what they heard in the last two days, and how they took it; gives how many rows."""
    events = registry.all(WebhookEvent)
    written = 0
    for place, receiver in enumerate(RECEIVERS):
        names = [one.name for one in events if receiver.events == (EVERYTHING,) or one.name.startswith(receiver.events)]
        if not names:
            continue
        off = receiver.why is not Why.NONE
        endpoint = WebhookEndpoint.objects.create(
            demo=True, url=receiver.url, description=receiver.description, secret=locked(secret_make()),
            events=[EVERYTHING] if receiver.events == (EVERYTHING,) else names, enabled=not off,
            disabled_why=receiver.why, disabled_at=world.now - timedelta(hours=20) if off else None,
            created_by_id=world.staff_ids[0], created_at=world.now - timedelta(days=90 - 20 * place),
        )  # fmt: skip
        heard = [one for one in events if one.name in names]
        written += 1 + _history(endpoint, receiver, heard, world)
    return written


def _history(endpoint: WebhookEndpoint, receiver: Receiver, events: Sequence[WebhookEvent], world: Any) -> int:
    chance: random.Random = world.chance(f"webhooks:{receiver.url}")
    count = 1 if receiver.why is not Why.NONE else world.count(EVENTS)
    moments = sorted(world.now - timedelta(minutes=chance.uniform(2, HOURS * 60)) for _number in range(count))
    if receiver.why is not Why.NONE:
        moments = [world.now - timedelta(hours=20)]
    deliveries, attempts = [], []
    hours: dict[datetime, WebhookHour] = {}
    for moment in moments:
        one = chance.choice(events)
        (message, subject), *_more = messages(one, _another(one.sample, chance), at=moment)
        delivery = WebhookDelivery(
            demo=True, uid=uuid.UUID(int=chance.getrandbits(128), version=4), endpoint=endpoint, event=one.name,
            subject=subject, payload=message, created_at=moment,
        )  # fmt: skip
        for attempt in _tries(delivery, receiver, world.now, chance):
            hour = hours.setdefault(
                hour_of(attempt.at), WebhookHour(endpoint=endpoint, hour=hour_of(attempt.at), taken=0, refused=0, ms=0)
            )
            hour.taken += not attempt.error
            hour.refused += bool(attempt.error)
            hour.ms += attempt.ms
            attempts.append(attempt)
        deliveries.append(delivery)
    WebhookDelivery.objects.bulk_create(deliveries)
    WebhookAttempt.objects.bulk_create(attempts)
    WebhookHour.objects.bulk_create(hours.values())
    last = max(attempts, key=lambda attempt: attempt.at)
    endpoint.last_at, endpoint.last_status, endpoint.last_error = last.at, last.status, last.error
    endpoint.failing_since = last.at if last.error else None
    endpoint.save(update_fields=["last_at", "last_status", "last_error", "failing_since"])
    return len(deliveries) + len(attempts) + len(hours)


def _another(sample: Any, chance: random.Random) -> Any:
    """An event like the sample, about others."""
    new: dict[str, Any] = {}
    for field in fields(sample):
        if field.name.endswith("_id"):
            new[field.name] = chance.randrange(1_000, 9_000)
        elif field.name.endswith("_ids"):
            new[field.name] = tuple(chance.randrange(1_000, 9_000) for _one in getattr(sample, field.name))
        elif field.name == "number":
            new[field.name] = str(chance.randrange(104_000, 106_000))
    return replace(sample, **new)


def _tries(
    delivery: WebhookDelivery, receiver: Receiver, now: datetime, chance: random.Random
) -> Iterator[WebhookAttempt]:
    """The tries up to now, with the delivery left as the last of them leaves it."""
    at = delivery.created_at
    for number, pause in enumerate(SCHEDULE):
        at += timedelta(seconds=pause)
        if at >= now:
            delivery.next_try_at = at
            return
        ill = chance.random() < receiver.ill or now - at < receiver.outage
        status, error, ms = receiver.trouble if ill else (200, "", round(chance.gauss(140, 40)))
        delivery.tries, delivery.last_status, delivery.last_error = number + 1, status, error
        delivery.last_ms = max(20, ms)
        yield WebhookAttempt(
            delivery=delivery, at=at, status=status, error=error, ms=delivery.last_ms, timestamp=int(at.timestamp()),
            response="" if status is None else "Service Unavailable" if ill and status == 503 else "",
        )  # fmt: skip
        if not ill:
            delivery.state, delivery.delivered_at, delivery.next_try_at = State.DELIVERED, at, None
            return
        delivery.state = State.GIVEN_UP if status == 410 else State.FAILED
        if status == 410:
            return
