"""An event becomes deliveries, one an endpoint that wants it; an event heard twice makes them once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from peyvand.foundation.outbox.models import Event
from peyvand.foundation.outbox.wire import event_name
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import EventHandler
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.webhooks.batching import batches, subject_of
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.models import EVERYTHING, WebhookDelivery, WebhookEndpoint

CHANNEL = "peyvand_webhooks"
AT_ONCE = 500  # rows in one statement


def going_out(*declared: WebhookEvent) -> tuple[WebhookEvent | EventHandler, ...]:
    """These declarations with the handlers that hear the events, one a class; for a room's registrations.

    All of a class are declared by the room whose event it is.
    """
    classes = dict.fromkeys(one.event for one in declared)
    hearing = (EventHandler(f"webhooks.{event_name(kind)}", kind, after_event) for kind in classes)
    return (*declared, *hearing)


def after_event(event: Any, *, event_id: int, actor: Actor) -> None:
    """Write down what is to be told of it, and to whom."""
    told = [one for one in registry.all(WebhookEvent) if one.event is type(event)]
    names = [one.name for one in told]
    wanted = WebhookEndpoint.objects.sending().filter(demo=actor.demo, events__overlap=[*names, EVERYTHING])
    endpoints = list(wanted.only("id", "events", "demo"))
    if not endpoints:
        return
    happened = Event.objects.filter(pk=event_id).values_list("at", flat=True).first() or timezone.now()
    now, rows = timezone.now(), []
    for one in told:
        ours = [endpoint for endpoint in endpoints if EVERYTHING in endpoint.events or one.name in endpoint.events]
        for message, subject in messages(one, event, at=happened) if ours else ():
            rows += [
                WebhookDelivery(
                    demo=endpoint.demo, endpoint=endpoint, event=one.name, event_id=event_id, subject=subject,
                    payload=message, next_try_at=now, created_at=now,
                )
                for endpoint in ours
            ]  # fmt: skip
    if rows:
        WebhookDelivery.objects.bulk_create(rows, batch_size=AT_ONCE, ignore_conflicts=True)
        wake()


def messages(declared: WebhookEvent, event: Any, *, at: datetime) -> Sequence[tuple[dict[str, Any], str]]:
    """The messages that tell of an event, each with what it is about."""
    subjects = tuple(dict.fromkeys(declared.subjects(event)))
    return [
        (message_of(declared.name, at, dict(declared.payload(event, some))), subject_of(some))
        for some in batches(subjects, lambda some: declared.payload(event, some))
    ]


def message_of(name: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    """A message as the specification shapes it."""
    return {"type": name, "timestamp": at.astimezone(UTC).isoformat().replace("+00:00", "Z"), "data": data}


def wake() -> None:
    """Let the senders look, once this is committed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
