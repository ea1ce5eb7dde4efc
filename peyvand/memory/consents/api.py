"""REST routes of what customers allow."""

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
from peyvand.memory.consents import access, panels, queries, services
from peyvand.memory.consents.errors import InvalidError
from peyvand.memory.consents.models import ConsentEntry, ConsentState, Purpose, Recorder, Source, Wording
from peyvand.memory.customers import queries as customer_queries
from peyvand.memory.customers.access import VIEW as CUSTOMERS_VIEW
from peyvand.memory.customers.models import Customer

LARGEST_PAGE = 200
MOST_ASKED = 10_000
LARGEST_ID = 2**63 - 1

router = Router(tags=["consents"])


class WordingOut(Schema):
    """The exact text of a version; `sha` is SHA-256 over it."""

    id: int
    language: str
    version: int
    text: str
    sha: str


class PurposeOut(Schema):
    """What may be allowed. `opt_out`: allowed until the customer says no. `wordings` are the latest, by language."""

    key: str
    name_fa: str
    name_en: str
    kind: str
    description: str
    opt_out: bool
    archived: bool
    wordings: list[WordingOut]


class StateOut(Schema):
    """What stands now of a purpose over a channel: given, withdrawn or denied, and since when."""

    purpose: str
    channel: str
    decision: str
    at: datetime


class EntryOut(Schema):
    """A line of the ledger; `staff` is who wrote it, "" where none of us did."""

    id: int
    customer_id: int
    purpose: str
    channel: str
    decision: str
    at: datetime
    recorded_at: datetime
    recorder: str
    staff: str
    wording_id: int | None
    source: str
    proof: str
    proof_data: dict[str, Any]
    note: str


class EntryPage(Schema):
    """A page, latest first; `next` is the cursor of the older page, null at the end."""

    items: list[EntryOut]
    next: str | None


class ConsentIn(Schema):
    """What a customer says of a purpose over some channels; `at` is when it was said, now by default."""

    purpose: str = Field(max_length=40)
    channels: list[str] = Field(min_length=1, max_length=20)
    decision: Literal["given", "withdrawn", "denied"]
    source: Literal["form", "call", "in-person", "paper", "message", "preferences", "opt-in", "api"] = "api"
    recorder: Literal["staff", "customer"] = "customer"
    at: datetime | None = None
    wording_id: int | None = Field(default=None, ge=1, le=LARGEST_ID)
    proof: str = Field(default="", max_length=5_000)
    proof_data: dict[str, Any] = Field(default_factory=dict)
    note: str = Field(default="", max_length=5_000)


class AskIn(Schema):
    """Whom one would write to, about what, over which channel."""

    customer_ids: list[int] = Field(max_length=MOST_ASKED)
    purpose: str = Field(max_length=40)
    channel: str = Field(max_length=40)


class AllowedOut(Schema):
    """Those of them who allow it now."""

    customer_ids: list[int]


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except InvalidError as error:
        raise ValidationError({name or "__all__": str(message) for name, message in error.errors.items()}) from error
    except BadCursorError:
        raise HttpError(400, "this cursor is of another list") from None
    except (Customer.DoesNotExist, Purpose.DoesNotExist):
        raise Http404 from None


def _customer(request: StaffRequest, customer_id: int) -> Customer:
    request.actor.require(CUSTOMERS_VIEW)
    request.actor.require(access.VIEW)
    found = customer_queries.customer_get(actor=request.actor, id=customer_id)
    if not panels.may_view(request.actor, found):
        raise Customer.DoesNotExist
    return found


def _state(one: ConsentState, keys: dict[int, str]) -> dict[str, Any]:
    return {"purpose": keys[one.purpose_id], "channel": one.channel, "decision": one.decision, "at": one.at}


def _entry(one: ConsentEntry) -> dict[str, Any]:
    names = ("id", "customer_id", "channel", "decision", "at", "recorded_at", "recorder", "wording_id", "source",
             "proof", "proof_data", "note")  # fmt: skip
    return {name: getattr(one, name) for name in names} | {"purpose": one.purpose.key, "staff": one.staff_name}


def _page(page: KeysetPage[ConsentEntry]) -> dict[str, Any]:
    return {"items": [_entry(one) for one in page.rows], "next": page.next_cursor}


@router.get("/consents/purposes", response=list[PurposeOut], summary="What customers may allow")
def purposes_list(request: StaffRequest) -> list[dict[str, Any]]:
    request.actor.require(access.VIEW)
    latest = queries.wordings_now(actor=request.actor)
    names = ("key", "name_fa", "name_en", "kind", "description", "opt_out", "archived")
    return [
        {name: getattr(one, name) for name in names}
        | {"wordings": [wording for (purpose_id, _), wording in sorted(latest.items()) if purpose_id == one.pk]}
        for one in queries.purposes(actor=request.actor, archived=True)
    ]


@router.get("/customers/{int:customer_id}/consents", response=list[StateOut], summary="What a customer allows now")
def consents_of(request: StaffRequest, customer_id: int) -> list[dict[str, Any]]:
    with _refusals():
        found = _customer(request, customer_id)
        keys = {one.pk: one.key for one in queries.purposes(actor=request.actor, archived=True)}
        states = queries.states_of(actor=request.actor, customer_id=found.pk)
        return [_state(one, keys) for _key, one in sorted(states.items())]


@router.get(
    "/customers/{int:customer_id}/consents/ledger", response=EntryPage, summary="Everything a customer has said"
)
def ledger_of(
    request: StaffRequest, customer_id: int, after: str | None = None, size: int = Query(50, ge=1, le=LARGEST_PAGE)
) -> dict[str, Any]:
    with _refusals():
        found = queries.entries_of(actor=request.actor, customer_id=_customer(request, customer_id).pk)
        return _page(paginate(found, order=queries.NEWEST_FIRST, cursor=after, size=size))


@router.post(
    "/customers/{int:customer_id}/consents", response={201: list[StateOut]}, summary="Write what a customer says"
)
def consents_create(request: StaffRequest, customer_id: int, data: ConsentIn) -> tuple[int, list[dict[str, Any]]]:
    actor = request.actor
    actor.require(access.EDIT)
    with _refusals():
        customer = _customer(request, customer_id)
        if data.at is not None and data.at.tzinfo is None:
            raise InvalidError({"at": "a moment with its time zone, like 2026-11-23T09:12:00Z"})
        wording = Wording.objects.filter(pk=data.wording_id, demo=actor.demo).first() if data.wording_id else None
        if data.wording_id and wording is None:
            raise InvalidError({"wording_id": "no such wording"})
        more: dict[str, Any] = {
            "actor": actor, "customer": customer, "purpose": data.purpose, "channels": data.channels,
            "source": Source(data.source), "recorder": Recorder(data.recorder), "at": data.at, "proof": data.proof,
            "proof_data": data.proof_data, "note": data.note,
        }  # fmt: skip
        if data.decision == "withdrawn":
            services.consent_withdraw(**more)
        else:
            verb = services.consent_give if data.decision == "given" else services.consent_refuse
            verb(**more, wording=wording)
        return 201, consents_of(request, customer_id)


@router.get("/consents", response=EntryPage, summary="The ledger, latest first")
def entries_list(
    request: StaffRequest,
    purpose: str = Query("", max_length=40),
    channel: str = Query("", max_length=40),
    decision: str = Query("", max_length=10),
    after: str | None = None,
    size: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    request.actor.require(access.VIEW)
    found = queries.entries(actor=request.actor)
    wanted = {"purpose__key": purpose, "channel": channel, "decision": decision}
    found = found.filter(**{name: value.replace("\0", "") for name, value in wanted.items() if value})
    with _refusals():
        return _page(paginate(found, order=queries.NEWEST_FIRST, cursor=after, size=size))


@router.post("/consents/allowed", response=AllowedOut, summary="Which of these customers allow it")
def allowed(request: StaffRequest, data: AskIn) -> dict[str, Any]:
    request.actor.require(access.VIEW)
    ids = [pk for pk in data.customer_ids if 0 < pk <= LARGEST_ID]
    purpose, channel = data.purpose.replace("\0", ""), data.channel.replace("\0", "")
    found = queries.allowed(actor=request.actor, customer_ids=ids, purpose=purpose, channel=channel)
    return {"customer_ids": sorted(found)}
