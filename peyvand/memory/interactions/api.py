"""REST routes of interactions: one customer's timeline, the latest of all, and recording. Times are UTC."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Literal

from django.core.exceptions import ValidationError
from django.http import Http404
from ninja import Router, Schema
from ninja.errors import HttpError
from ninja.params.functions import Query
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.lists import BadCursorError, KeysetPage, paginate
from peyvand.memory.customers import queries as customer_queries
from peyvand.memory.customers.access import VIEW as CUSTOMERS_VIEW
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions import access, queries, services
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.queries import NEWEST_FIRST, InteractionFilter
from peyvand.memory.interactions.services import InvalidError

LARGEST_PAGE = 200

router = Router(tags=["interactions"])


class InteractionOut(Schema):
    """Something that happened. `cost_minor` in minor units of `cost_currency`, `duration_s` in seconds."""

    id: int
    customer_id: int | None
    kind: str
    channel: str
    direction: str
    at: datetime
    staff_id: int | None
    source_kind: str
    source_id: int | None
    cost_minor: int | None
    cost_currency: str
    duration_s: int | None
    sentiment: int | None
    payload: dict[str, Any]
    created_at: datetime


class InteractionPage(Schema):
    """A page, newest first; `next` is the cursor of the older page, null at the end."""

    items: list[InteractionOut]
    next: str | None


class InteractionIn(Schema):
    """A note, call or meeting to record."""

    customer_id: int
    kind: Literal["note", "call", "meeting"]
    text: str = Field(default="", max_length=services.TEXT_LENGTH)
    at: datetime | None = None
    direction: Literal["in", "out"] = "out"
    place: str = Field(default="", max_length=200)
    duration_s: int | None = None
    cost_minor: int | None = None
    cost_currency: str = Field(default="", max_length=3)
    sentiment: int | None = None


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except InvalidError as error:
        raise ValidationError({name or "__all__": str(message) for name, message in error.errors.items()}) from error
    except BadCursorError:
        raise HttpError(400, "this cursor is of another list") from None
    except Customer.DoesNotExist:
        raise Http404 from None


def _out(page: KeysetPage[Interaction]) -> dict[str, Any]:
    return {"items": page.rows, "next": page.next_cursor}


@router.get("/customers/{int:customer_id}/timeline", response=InteractionPage, summary="A customer's history")
def timeline(
    request: StaffRequest,
    customer_id: int,
    kind: str = Query("", max_length=40),
    after: str | None = None,
    size: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    chosen = InteractionFilter(kinds=(kind,) if kind else ())
    with _refusals():
        found = queries.timeline(actor=request.actor, customer_id=customer_id, before=after, size=size, chosen=chosen)
    return _out(found)


@router.get("/interactions", response=InteractionPage, summary="The latest of all customers")
def interactions_list(
    request: StaffRequest,
    kind: str = Query("", max_length=40),
    channel: str = Query("", max_length=20),
    staff_id: int | None = None,
    after: str | None = None,
    size: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    chosen = InteractionFilter(kinds=(kind,) if kind else (), channel=channel, staff_id=staff_id)
    found = queries.interactions(actor=request.actor, chosen=chosen)
    with _refusals():
        return _out(paginate(found, order=NEWEST_FIRST, cursor=after, size=size))


@router.post("/interactions", response={201: InteractionOut}, summary="Record a note, call or meeting")
def interactions_create(request: StaffRequest, data: InteractionIn) -> tuple[int, Interaction]:
    actor = request.actor
    actor.require(CUSTOMERS_VIEW)
    actor.require(access.EDIT)
    with _refusals():
        customer = customer_queries.customer_get(actor=actor, id=data.customer_id)
        if data.at is not None and data.at.tzinfo is None:
            raise InvalidError({"at": "a moment with its time zone, like 2026-11-23T09:12:00Z"})
        if data.kind == services.NOTE:
            return 201, services.note_add(actor=actor, customer=customer, text=data.text, at=data.at)
        measures = {"duration_s": data.duration_s, "cost_minor": data.cost_minor, "cost_currency": data.cost_currency}
        more: dict[str, Any] = {**measures, "sentiment": data.sentiment, "text": data.text, "at": data.at}
        if data.kind == services.CALL:
            return 201, services.call_log(actor=actor, customer=customer, direction=data.direction, **more)
        return 201, services.meeting_log(actor=actor, customer=customer, place=data.place, **more)
