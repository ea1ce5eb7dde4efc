"""REST routes of what customers have said, and of what stands."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.db import transaction
from django.http import Http404, HttpResponseBase
from django.utils.translation import gettext
from ninja import File, Form, Router, Schema
from ninja.files import UploadedFile
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.files import services as files
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.files.web.views import sent
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.lists import KeysetPage, paginate
from peyvand.foundation.ui.rest import LARGEST_ID, After, Given, Id, Moment, Size, Text, example
from peyvand.memory.consents import access, panels, queries, services
from peyvand.memory.consents.errors import InvalidError
from peyvand.memory.consents.models import ConsentEntry, ConsentState, Recorder, Source, Wording
from peyvand.memory.customers import queries as customer_queries
from peyvand.memory.customers.access import VIEW as CUSTOMERS_VIEW
from peyvand.memory.customers.models import Customer

MOST_ASKED = 10_000
PROOF = "consents.proof"
router = Router()


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
    has_proof_file: bool
    note: str


class EntryPage(Schema):
    """A page, latest first; `next` is the cursor of the older page, null at the end."""

    items: list[EntryOut]
    next: str | None


Decided = Literal["given", "withdrawn", "denied"]
Said = Literal["form", "call", "in-person", "paper", "message", "preferences", "opt-in", "api"]


class ConsentForm(Given):
    """What a customer says of a purpose over some channels; `at` is when it was said, now by default."""

    purpose: Text = Field(max_length=40)
    channels: list[Text] = Field(min_length=1, max_length=20)
    decision: Decided
    source: Said = "api"
    recorder: Literal["staff", "customer"] = "customer"
    at: Moment | None = None
    wording_id: Id | None = Field(default=None, description="The text that was agreed to.")
    proof: Text = Field(default="", max_length=5_000)
    note: Text = Field(default="", max_length=5_000)


class ConsentIn(ConsentForm):
    """The same, with what a machine kept of it in `proof_data`: an address, a user agent, a message."""

    model_config = example({"purpose": "news", "channels": ["sms"], "decision": "given", "source": "form"})

    proof_data: dict[str, Any] = Field(default_factory=dict, max_length=50)


class ManyIn(Given):
    """The same word of many customers."""

    model_config = example(
        {"customer_ids": [1, 2], "purpose": "news", "channels": ["sms"], "decision": "given", "source": "paper"}
    )

    customer_ids: list[Id] = Field(min_length=1, max_length=MOST_ASKED)
    purpose: Text = Field(max_length=40)
    channels: list[Text] = Field(min_length=1, max_length=20)
    decision: Decided
    source: Said = "api"
    at: Moment | None = None
    wording_id: Id | None = None
    note: Text = Field(default="", max_length=5_000)


class ManyOut(Schema):
    """Of how many customers it was written; those whose consents you may not change are left as they are."""

    changed: int
    change_set_id: int | None


class AskIn(Given):
    """Whom one would write to, about what, over which channel."""

    model_config = example({"customer_ids": [1, 2], "purpose": "news", "channel": "sms"})

    customer_ids: list[int] = Field(max_length=MOST_ASKED)
    purpose: Text = Field(max_length=40)
    channel: Text = Field(max_length=40)


class AllowedOut(Schema):
    """Those of them who allow it now."""

    customer_ids: list[int]


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
    more = {"purpose": one.purpose.key, "staff": one.staff_name, "has_proof_file": one.proof_file_id is not None}
    return {name: getattr(one, name) for name in names} | more


def _page(page: KeysetPage[ConsentEntry]) -> dict[str, Any]:
    return {"items": [_entry(one) for one in page.rows], "next": page.next_cursor}


@router.get("/customers/{int:customer_id}/consents", response=list[StateOut], summary="What a customer allows now")
def consents_of(request: StaffRequest, customer_id: int) -> list[dict[str, Any]]:
    """By purpose and channel; nothing stands where nothing was said."""
    found = _customer(request, customer_id)
    keys = {one.pk: one.key for one in queries.purposes(actor=request.actor, archived=True)}
    states = queries.states_of(actor=request.actor, customer_id=found.pk)
    return [_state(one, keys) for _key, one in sorted(states.items())]


@router.get(
    "/customers/{int:customer_id}/consents/ledger", response=EntryPage, summary="Everything a customer has said"
)
def ledger_of(request: StaffRequest, customer_id: int, after: After | None = None, size: Size = 50) -> dict[str, Any]:
    """Lines are only added, never changed."""
    found = queries.entries_of(actor=request.actor, customer_id=_customer(request, customer_id).pk)
    return _page(paginate(found, order=queries.NEWEST_FIRST, cursor=after, size=size))


@router.post(
    "/customers/{int:customer_id}/consents", response={201: list[StateOut]}, summary="Write what a customer says"
)
def consents_create(request: StaffRequest, customer_id: int, data: ConsentIn) -> tuple[int, list[dict[str, Any]]]:
    """Gives what stands now."""
    _say(request, customer_id, data, proof_data=data.proof_data)
    return 201, consents_of(request, customer_id)


@router.post(
    "/customers/{int:customer_id}/consents/with-file", response={201: list[StateOut]},
    summary="Write what a customer says, with a scan or recording of it",
)  # fmt: skip
def consents_prove(
    request: StaffRequest, customer_id: int, data: Form[ConsentForm], file: File[UploadedFile]
) -> tuple[int, list[dict[str, Any]]]:
    """As the other, in the fields of a form, with the file behind it."""
    request.actor.require(access.EDIT)
    _customer(request, customer_id)
    with transaction.atomic():
        kept = files.keep(
            actor=request.actor, name=file.name or "file", stream=file.file or file,
            content_type=file.content_type or "", purpose=PROOF,
        )  # fmt: skip
        _say(request, customer_id, data, proof_file=kept)
    return 201, consents_of(request, customer_id)


def _say(
    request: StaffRequest,
    customer_id: int,
    data: ConsentForm,
    *,
    proof_data: dict[str, Any] | None = None,
    proof_file: StoredFile | None = None,
) -> None:
    actor = request.actor
    actor.require(access.EDIT)
    customer = _customer(request, customer_id)
    more: dict[str, Any] = {
        "actor": actor, "customer": customer, "purpose": data.purpose, "channels": data.channels,
        "source": Source(data.source), "recorder": Recorder(data.recorder), "at": data.at, "proof": data.proof,
        "proof_data": proof_data or {}, "proof_file": proof_file, "note": data.note,
    }  # fmt: skip
    if data.decision == "withdrawn":
        services.consent_withdraw(**more)
    else:
        verb = services.consent_give if data.decision == "given" else services.consent_refuse
        verb(**more, wording=_wording(actor, data.wording_id))


def _wording(actor: Actor, wording_id: int | None) -> Wording | None:
    if wording_id is None:
        return None
    found = Wording.objects.filter(pk=wording_id, demo=actor.demo).first()
    if found is None:
        raise InvalidError({"wording_id": gettext("Choose a wording of this purpose.")})
    return found


@router.get("/consents", response=EntryPage, summary="The ledger, latest first")
def entries_list(
    request: StaffRequest,
    purpose: Annotated[Text, Field(max_length=40)] = "",
    channel: Annotated[Text, Field(max_length=40)] = "",
    decision: Literal["", "given", "withdrawn", "denied"] = "",
    after: After | None = None,
    size: Size = 50,
) -> dict[str, Any]:
    """Of the customers whom you may see."""
    request.actor.require(access.VIEW)
    found = queries.entries(actor=request.actor)
    wanted = {"purpose__key": purpose, "channel": channel, "decision": decision}
    found = found.filter(**{name: value for name, value in wanted.items() if value})
    return _page(paginate(found, order=queries.NEWEST_FIRST, cursor=after, size=size))


@router.get(
    "/consents/{int:entry_id}/proof", response={200: None}, summary="The file behind a line",
    openapi_extra={"responses": {200: {"content": {"application/octet-stream": {}}}}},
)  # fmt: skip
def entries_proof(request: StaffRequest, entry_id: int) -> HttpResponseBase:
    """As an attachment, for those who may see the line."""
    request.actor.require(access.VIEW)
    entry = ConsentEntry.objects.visible_to(request.actor).select_related("proof_file").filter(pk=entry_id).first()
    kept: StoredFile | None = entry.proof_file if entry is not None else None
    if kept is None:
        raise Http404
    return sent(request, kept)


@router.post("/consents/allowed", response=AllowedOut, summary="Which of these customers allow it")
def allowed(request: StaffRequest, data: AskIn) -> dict[str, Any]:
    """A question, too long for an address; nothing is written."""
    request.actor.require(access.VIEW)
    ids = [pk for pk in data.customer_ids if 0 < pk <= LARGEST_ID]
    found = queries.allowed(actor=request.actor, customer_ids=ids, purpose=data.purpose, channel=data.channel)
    return {"customer_ids": sorted(found)}


@router.post("/consents/set", response=ManyOut, summary="Write the same word of many customers")
def consents_many(request: StaffRequest, data: ManyIn) -> services.BulkResult:
    """One change set, which one undo takes back."""
    actor = request.actor
    actor.require(access.EDIT)
    return services.consents_set(
        actor=actor, customers=data.customer_ids, purpose=data.purpose, channels=data.channels,
        decision=data.decision, source=Source(data.source), at=data.at, note=data.note,
        wording=_wording(actor, data.wording_id),
    )  # fmt: skip
