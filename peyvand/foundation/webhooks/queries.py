"""The reads: endpoints with their health, deliveries, the events there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.webhooks.declarations import WebhookEvent
from peyvand.foundation.webhooks.handlers import messages
from peyvand.foundation.webhooks.models import State, WebhookDelivery, WebhookEndpoint, WebhookHour, hour_of

NEWEST_FIRST = ("-created_at", "-id")
HEALTH_HOURS = 48
STEP = 2  # hours in one bar
# How far back a list looks, by the word in its address.
SINCE: Mapping[str, timedelta] = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}


def endpoints(*, actor: Actor) -> list[WebhookEndpoint]:
    """The endpoints of the business one looks at, oldest first."""
    return list(WebhookEndpoint.objects.visible_to(actor).order_by("id"))


def endpoint_get(*, actor: Actor, id: int) -> WebhookEndpoint:
    """One of them; WebhookEndpoint.DoesNotExist."""
    return WebhookEndpoint.objects.visible_to(actor).select_related("created_by").get(pk=id)


def deliveries(
    *,
    actor: Actor,
    endpoint_id: int | None = None,
    state: str = "",
    event: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    webhook_id: str = "",
) -> QuerySet[WebhookDelivery]:
    """Deliveries that fit; order them by NEWEST_FIRST. An unknown state or a broken webhook-id fits nothing."""
    found = WebhookDelivery.objects.visible_to(actor).select_related("endpoint").defer("payload")
    if endpoint_id is not None:
        found = found.filter(endpoint_id=endpoint_id)
    if state:
        found = found.filter(state=state) if state in State.values else found.none()
    if event:
        found = found.filter(event=event.replace("\x00", ""))
    if since is not None:
        found = found.filter(created_at__gte=since)
    if until is not None:
        found = found.filter(created_at__lt=until)
    if webhook_id:
        uid = uid_of(webhook_id)
        found = found.filter(uid=uid) if uid else found.none()
    return found


def uid_of(webhook_id: str) -> UUID | None:
    """The id behind what a receiver calls a message, None when it is none of ours."""
    try:
        return UUID(hex=webhook_id.strip().removeprefix("msg_"))
    except ValueError:
        return None


def delivery_get(*, actor: Actor, id: int) -> WebhookDelivery:
    """One delivery; WebhookDelivery.DoesNotExist."""
    return WebhookDelivery.objects.visible_to(actor).select_related("endpoint").get(pk=id)


@dataclass(frozen=True)
class Bar:
    """Some hours of an endpoint: how many tries it took and refused."""

    at: datetime
    taken: int
    refused: int


@dataclass(frozen=True)
class Health:
    """An endpoint's last two days, oldest first. `ms` is the mean of its answers, None without any."""

    bars: Sequence[Bar]
    taken: int
    refused: int
    ms: int | None


def health(*, endpoint_ids: Sequence[int], now: datetime | None = None) -> dict[int, Health]:
    """How these endpoints did in the last two days; one read for all."""
    end = hour_of(now or timezone.now()) + timedelta(hours=1)
    begin = end - timedelta(hours=HEALTH_HOURS)
    rows = WebhookHour.objects.filter(endpoint_id__in=list(endpoint_ids), hour__gte=begin).order_by(
        "endpoint_id", "hour"
    )
    by_endpoint = {pk: list(some) for pk, some in groupby(rows, key=lambda row: row.endpoint_id)}
    return {pk: _health(by_endpoint.get(pk, []), begin) for pk in endpoint_ids}


def _health(hours: Sequence[WebhookHour], begin: datetime) -> Health:
    bars = []
    for number in range(HEALTH_HOURS // STEP):
        at = begin + timedelta(hours=number * STEP)
        some = [hour for hour in hours if at <= hour.hour < at + timedelta(hours=STEP)]
        bars.append(Bar(at, sum(hour.taken for hour in some), sum(hour.refused for hour in some)))
    taken, refused = sum(bar.taken for bar in bars), sum(bar.refused for bar in bars)
    tries = taken + refused
    return Health(bars, taken, refused, round(sum(hour.ms for hour in hours) / tries) if tries else None)


def counts_by_state(*, endpoint_id: int) -> dict[str, int]:
    """How many deliveries of an endpoint wait and how many were given up, counted to a thousand."""
    found = WebhookDelivery.objects.filter(endpoint_id=endpoint_id).order_by()
    return {
        "alive": found.filter(state__in=[State.WAITING, State.FAILED]).values("pk")[:1000].count(),
        "given_up": found.filter(state=State.GIVEN_UP).values("pk")[:1000].count(),
    }


@dataclass(frozen=True)
class EventGroup:
    """Events that one part of Peyvand tells of, each with a sample of its message."""

    label: Label
    events: Sequence[tuple[WebhookEvent, Mapping[str, Any]]]


def event_groups() -> list[EventGroup]:
    """Every event that can be told, by group, with a sample of what is sent."""
    at = timezone.now().replace(minute=0, second=0, microsecond=0)
    return [
        EventGroup(label, [(one, messages(one, one.sample, at=at)[0][0]) for one in some])
        for label, some in groupby(registry.all(WebhookEvent), key=lambda one: one.group)
    ]
