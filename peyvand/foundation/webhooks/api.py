"""REST routes of webhooks; doors.api mounts them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404
from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.lists import paginate
from peyvand.foundation.ui.rest import Given, example
from peyvand.foundation.webhooks import access, queries, services
from peyvand.foundation.webhooks.errors import ConflictError
from peyvand.foundation.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from peyvand.foundation.webhooks.services import EndpointData

LARGEST_PAGE = 200
LARGEST_ID = 2**63 - 1
MOST_TRIES = 100

router = Router(tags=["webhooks"])


class EventOut(Schema):
    """An event that can be told, with a sample of its message."""

    name: str
    label: str
    group: str
    sample: dict[str, Any]


class EndpointIn(Given):
    """`events` are names of events; ["*"] for all there are and will be."""

    model_config = example({"url": "https://shop.example.com/hooks", "events": ["customer.created"]})

    url: str = Field(max_length=3_000)
    events: list[str] = Field(min_length=1, max_length=200)
    description: str = Field(default="", max_length=1_000)


class EndpointChange(Given):
    """What changes; what is left out stays. `version` is that of the endpoint as it was read."""

    model_config = example({"version": 1, "description": "The shop"})

    version: int | None = None
    url: str | None = Field(default=None, max_length=3_000)
    events: list[str] | None = Field(default=None, min_length=1, max_length=200)
    description: str | None = Field(default=None, max_length=1_000)
    enabled: bool | None = None


class EndpointOut(Schema):
    """Where messages go. `disabled_why` is "" while it is on, else hand, gone or failing."""

    id: int
    url: str
    description: str
    events: list[str]
    enabled: bool
    disabled_why: str
    failing_since: datetime | None
    last_at: datetime | None
    last_status: int | None
    last_error: str
    previous_until: datetime | None
    version: int
    created_at: datetime


class EndpointMade(EndpointOut):
    """With its secret, which is given this once; in the answer to a repeated request it is null."""

    secret: str | None


class DeliveryOut(Schema):
    """A message: waiting, delivered, failed (it will be tried again) or given-up."""

    id: int
    webhook_id: str
    endpoint_id: int
    event: str
    state: str
    tries: int
    next_try_at: datetime | None
    last_status: int | None
    last_error: str
    created_at: datetime
    delivered_at: datetime | None


class AttemptOut(Schema):
    """One try; `status` is null without an answer, `response` the first 1 kB of one."""

    at: datetime
    status: int | None
    error: str
    ms: int
    response: str


class DeliveryWhole(DeliveryOut):
    """A message with what was sent, and its tries, newest first."""

    payload: dict[str, Any]
    attempts: list[AttemptOut]


class DeliveryPage(Schema):
    """A page, newest first; `next` is the cursor of the older page, null at the end."""

    items: list[DeliveryOut]
    next: str | None


def _id(value: int) -> int:
    if not 0 < value <= LARGEST_ID:
        raise Http404
    return value


def _plain(text: str) -> str:
    return text.replace("\x00", "")


def _made(endpoint: WebhookEndpoint, secret: str) -> dict[str, Any]:
    return {name: getattr(endpoint, name) for name in EndpointOut.model_fields} | {"secret": secret}


@router.get("/webhooks/events", response=list[EventOut], summary="Events that can be told")
def events_list(request: StaffRequest) -> list[dict[str, Any]]:
    """Each with a sample of its message."""
    access.require_view(request.actor)
    return [
        {"name": one.name, "label": str(one.label), "group": str(one.group), "sample": message}
        for group in queries.event_groups()
        for one, message in group.events
    ]


@router.get("/webhooks/endpoints", response=list[EndpointOut], summary="Where messages go")
def endpoints_list(request: StaffRequest) -> list[WebhookEndpoint]:
    """In the order in which they were made."""
    access.require_view(request.actor)
    return queries.endpoints(actor=request.actor)


@router.post("/webhooks/endpoints", response={201: EndpointMade}, summary="A new endpoint, with its secret")
def endpoint_create(request: StaffRequest, data: EndpointIn) -> tuple[int, dict[str, Any]]:
    """The address must be a public one; the secret is shown this once."""
    given = EndpointData(_plain(data.url), [_plain(name) for name in data.events], _plain(data.description))
    made, secret = services.endpoint_create(actor=request.actor, data=given)
    made.refresh_from_db()
    return 201, _made(made, secret)


@router.get("/webhooks/endpoints/{int:endpoint_id}", response=EndpointOut, summary="One endpoint")
def endpoint_get(request: StaffRequest, endpoint_id: int) -> WebhookEndpoint:
    """Without its secret."""
    access.require_view(request.actor)
    return queries.endpoint_get(actor=request.actor, id=_id(endpoint_id))


@router.patch("/webhooks/endpoints/{int:endpoint_id}", response=EndpointOut, summary="Change it, turn it on or off")
def endpoint_update(request: StaffRequest, endpoint_id: int, data: EndpointChange) -> WebhookEndpoint:
    """Only what is sent is changed."""
    actor = request.actor
    actor.require(access.MANAGE)
    found = queries.endpoint_get(actor=actor, id=_id(endpoint_id))
    if data.version is not None and data.version != found.version:
        raise ConflictError
    if (data.url, data.events, data.description) != (None, None, None):
        url = found.url if data.url is None else _plain(data.url)
        events = found.events if data.events is None else [_plain(name) for name in data.events]
        description = found.description if data.description is None else _plain(data.description)
        given = EndpointData(url, events, description)
        services.endpoint_update(actor=actor, endpoint_id=found.pk, data=given, version=data.version)
    if data.enabled is not None:
        services.endpoint_switch(actor=actor, endpoint_id=found.pk, on=data.enabled)
    return queries.endpoint_get(actor=actor, id=found.pk)


@router.delete("/webhooks/endpoints/{int:endpoint_id}", response={204: None}, summary="Delete it")
def endpoint_delete(request: StaffRequest, endpoint_id: int) -> tuple[int, None]:
    """What waits for it is sent no more."""
    services.endpoint_delete(actor=request.actor, endpoint_id=_id(endpoint_id))
    return 204, None


@router.post(
    "/webhooks/endpoints/{int:endpoint_id}/rotate", response=EndpointMade,
    summary="A new secret; the old one signs for another day",
)  # fmt: skip
def secret_rotate(request: StaffRequest, endpoint_id: int) -> dict[str, Any]:
    """Messages carry the signatures of both meanwhile."""
    changed, secret = services.secret_rotate(actor=request.actor, endpoint_id=_id(endpoint_id))
    return _made(changed, secret)


@router.post("/webhooks/endpoints/{int:endpoint_id}/test", response={202: DeliveryOut}, summary="Send a test")
def endpoint_test(request: StaffRequest, endpoint_id: int) -> tuple[int, WebhookDelivery]:
    """It is sent at once; look at the delivery."""
    return 202, services.endpoint_test(actor=request.actor, endpoint_id=_id(endpoint_id))


@router.get("/webhooks/deliveries", response=DeliveryPage, summary="What was sent, newest first")
def deliveries_list(
    request: StaffRequest,
    endpoint_id: int | None = Query(None, ge=1, le=LARGEST_ID),
    state: Literal["", "waiting", "delivered", "failed", "given-up"] = "",
    event: str = Query("", max_length=80),
    since: datetime | None = None,
    until: datetime | None = None,
    after: str | None = None,
    size: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    """By endpoint, state, event and time."""
    access.require_view(request.actor)
    for name, moment in (("since", since), ("until", until)):
        if moment is not None and moment.tzinfo is None:
            raise ValidationError({name: "a moment with its time zone, like 2026-11-23T09:12:00Z"})
    found = queries.deliveries(
        actor=request.actor, endpoint_id=endpoint_id, state=state, event=event, since=since, until=until
    )
    page = paginate(found, order=queries.NEWEST_FIRST, cursor=after, size=size)
    return {"items": list(page.rows), "next": page.next_cursor}


@router.get("/webhooks/deliveries/{int:delivery_id}", response=DeliveryWhole, summary="A message with its tries")
def delivery_get(request: StaffRequest, delivery_id: int) -> dict[str, Any]:
    """With what was sent and what came back."""
    access.require_view(request.actor)
    found = queries.delivery_get(actor=request.actor, id=_id(delivery_id))
    tries: list[WebhookAttempt] = list(found.attempts.order_by("-id")[:MOST_TRIES])
    names = (*DeliveryOut.model_fields, "payload")
    return {name: getattr(found, name) for name in names} | {"attempts": tries}


@router.post("/webhooks/deliveries/{int:delivery_id}/resend", response={202: DeliveryOut}, summary="Send it again")
def delivery_resend(request: StaffRequest, delivery_id: int) -> tuple[int, WebhookDelivery]:
    """Under the id it had."""
    return 202, services.delivery_resend(actor=request.actor, delivery_id=_id(delivery_id))
