"""What the tests of this room need: an event of their own, a receiver's check, a clock."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.webhooks import services
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.models import WebhookDelivery, WebhookEndpoint
from peyvand.foundation.webhooks.services import EndpointData

WE = system_actor(via="web")
START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class ThingsHappened:
    """An event of nobody's."""

    ids: tuple[int, ...]
    demo: bool = False


THINGS = WebhookEvent(
    name="things.happened", label="Things happened", group="Things", event=ThingsHappened,
    subjects=lambda event: event.ids, payload=lambda event, some: {"thing_ids": list(some)},
    sample=ThingsHappened((7, 8)),
)  # fmt: skip


def verified(headers: Any, body: bytes, *secrets: str, now: float | None = None) -> bool:
    """A receiver's check, written from the specification and not from our code."""
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if now is not None and abs(now - int(timestamp)) > 300:
        return False
    given = [part.removeprefix("v1,") for part in headers["webhook-signature"].split(" ") if part.startswith("v1,")]
    for secret in secrets:
        key = base64.b64decode(secret.split("_", 1)[1])
        expected = hmac.new(key, f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
        if any(hmac.compare_digest(base64.b64decode(one), expected) for one in given):
            return True
    return False


def endpoint(
    url: str = "https://hooks.peyvand.ir/in", *, events: tuple[str, ...] = ("*",), actor: Actor = WE
) -> tuple[WebhookEndpoint, str]:
    """An endpoint and its secret."""
    return services.endpoint_create(actor=actor, data=EndpointData(url, events))


def delivery(of: WebhookEndpoint, *, at: datetime = START, **more: Any) -> WebhookDelivery:
    """A delivery that is due."""
    payload = {"type": "things.happened", "timestamp": "2026-11-23T09:00:00Z", "data": {"thing_ids": [7]}}
    values = {"demo": of.demo, "endpoint": of, "event": "things.happened", "payload": payload, "next_try_at": at}
    return WebhookDelivery.objects.create(**{**values, "created_at": at, **more})


@dataclass
class Clock:
    """A clock that stands until it is moved."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **more: float) -> None:
        self.now += timedelta(**more)
