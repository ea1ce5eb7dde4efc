"""REST routes of messages: asking for one or many, what became of them, why not, what stands in the way."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import AwareDatetime, Field

from peyvand.channels.outreach import access, explaining, queries, services, showing
from peyvand.channels.outreach.models import Message, Suppression, Template
from peyvand.channels.outreach.queries import NEWEST_FIRST, Chosen
from peyvand.channels.outreach.services import ContentData, Request, TemplateData, TextData
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.lists import paginate
from peyvand.foundation.ui.rest import Given, example

LARGEST_PAGE = 100
LARGEST_BATCH = 1_000

router = Router(tags=["messages"])


class MessageTextIn(Given):
    """A text in one language; `channel` "" is for every plain channel, "email" for mail. `form` is text or mjml."""

    body: str = Field(max_length=100_000)
    language: str = Field(default="fa", max_length=2)
    channel: str = Field(default="", max_length=40)
    subject: str = Field(default="", max_length=300)
    form: str = Field(default="text", max_length=4)


class SayIn(Given):
    """What is to be said: a template's key, or texts."""

    template: str = Field(default="", max_length=60)
    texts: list[MessageTextIn] = Field(default_factory=list, max_length=20)
    title: str = Field(default="", max_length=200)


class MessageIn(SayIn):
    """One message. `channel` "" lets the customer's preference decide; asked for twice under one `dedupe_key`, it is
    sent once.
    """

    model_config = example(
        {
            "customer_id": 17,
            "purpose": "service",
            "dedupe_key": "order-17-shipped",
            "texts": [{"body": "It is on its way."}],
        }
    )

    customer_id: int = Field(ge=1, lt=2**63)
    purpose: str = Field(max_length=40)
    channel: str = Field(default="", max_length=40)
    dedupe_key: str = Field(min_length=1, max_length=200)
    values: dict[str, str] = Field(default_factory=dict, max_length=50)
    due_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None


class MessagesIn(SayIn):
    """The same message to many; each has the name "<dedupe_key>:<customer>"."""

    model_config = example(
        {"customer_ids": [17, 18], "purpose": "marketing", "dedupe_key": "nowruz", "template": "nowruz"}
    )

    customer_ids: list[int] = Field(min_length=1, max_length=LARGEST_BATCH)
    purpose: str = Field(max_length=40)
    channel: str = Field(default="", max_length=40)
    dedupe_key: str = Field(min_length=1, max_length=170)
    due_at: AwareDatetime | None = None
    expires_at: AwareDatetime | None = None


class MessagesOut(Schema):
    """How many were asked for; `known` were asked for before, or are not the caller's."""

    asked: int
    known: int


class MessageOut(Schema):
    """A message of the ledger. `reason` is a code, `why` the same in words; `verdict` what each check said."""

    id: int
    uid: UUID
    customer_id: int | None
    purpose: str
    channel: str
    address: str
    state: str
    reason: str
    why: str
    verdict: list[dict[str, Any]]
    title: str
    dedupe_key: str
    parts: int
    cost_minor: int | None
    cost_currency: str
    created_at: datetime
    held_until: datetime | None
    attempted_at: datetime | None
    sent_at: datetime | None
    delivered_at: datetime | None


class MessagePage(Schema):
    """A page, newest first; `next` is the cursor of the page after, null at the end."""

    items: list[MessageOut]
    next: str | None


class CheckOut(Schema):
    """What the gate says now of one purpose and channel. `action` is pass, hold or refuse."""

    purpose: str
    channel: str
    action: str
    reason: str
    why: str
    until: datetime | None


class SuppressionIn(Given):
    """An address that is to get nothing."""

    model_config = example({"channel": "sms", "address": "+989121112233", "note": "Asked by telephone"})

    channel: str = Field(max_length=40)
    address: str = Field(max_length=254)
    note: str = Field(default="", max_length=200)


class SuppressionOut(Schema):
    """An address that gets nothing; "" where it was erased."""

    id: int
    channel: str
    address: str
    customer_id: int | None
    reason: str
    line: str
    at: datetime


class SuppressionPage(Schema):
    """A page, newest first."""

    items: list[SuppressionOut]
    next: str | None


class TemplateIn(Given):
    """A template as it is to be, its texts as a whole. With `version`, 409 when it was changed since."""

    model_config = example(
        {"name_en": "Welcome", "purpose": "service", "texts": [{"body": "Welcome.", "language": "en"}]}
    )

    name_fa: str = Field(default="", max_length=120)
    name_en: str = Field(default="", max_length=120)
    purpose: str = Field(default="", max_length=40)
    texts: list[MessageTextIn] = Field(max_length=20)
    version: int | None = None


class TemplateOut(Schema):
    """A template."""

    key: str
    name_fa: str
    name_en: str
    purpose: str
    archived: bool
    version: int
    texts: list[MessageTextIn]


def _out(message: Message) -> dict[str, Any]:
    return {
        "id": message.pk, "uid": message.uid, "customer_id": message.customer_id, "purpose": message.purpose,
        "channel": message.channel, "address": message.address, "state": message.state, "reason": message.reason,
        "why": explaining.words(message.reason) if message.reason else "", "verdict": message.verdict,
        "title": showing.title_of(message), "dedupe_key": message.dedupe_key, "parts": message.parts,
        "cost_minor": message.cost_minor, "cost_currency": message.cost_currency, "created_at": message.created_at,
        "held_until": message.held_until, "attempted_at": message.attempted_at, "sent_at": message.sent_at,
        "delivered_at": message.delivered_at,
    }  # fmt: skip


def _said(data: SayIn) -> ContentData | str:
    if data.template:
        return data.template
    texts = [TextData(one.body, one.language, one.channel, one.subject, one.form) for one in data.texts]
    return ContentData(texts=texts, title=data.title, extra=tuple(getattr(data, "values", {})))


@router.get("/messages", response=MessagePage, summary="Messages and what became of them")
def messages_get(
    request: StaffRequest,
    state: str = Query("", max_length=14),
    channel: str = Query("", max_length=40),
    purpose: str = Query("", max_length=40),
    customer_id: int | None = Query(None, ge=1, lt=2**63),
    after: str | None = Query(None, max_length=1000),
    limit: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> Any:
    """Newest first, of the customers whom the caller sees. `state` unknown: those whose fate only a person can tell."""
    request.actor.require(access.VIEW)
    chosen = Chosen(state=state, channel=channel, purpose=purpose, customer_id=customer_id)
    found = queries.messages(actor=request.actor, chosen=chosen)
    page = paginate(found, order=NEWEST_FIRST, cursor=after, size=limit)
    return {"items": [_out(one) for one in page.rows], "next": page.next_cursor}


@router.post("/messages", response={201: MessageOut}, summary="Send a message to a customer")
def messages_post(request: StaffRequest, data: MessageIn) -> Any:
    """It goes through the gate like every other; the answer says what the gate thinks of it now."""
    made = services.send(
        actor=request.actor,
        request=Request(
            customer=data.customer_id, purpose=data.purpose, content=_said(data), channel=data.channel,
            dedupe_key=data.dedupe_key, values=data.values, due_at=data.due_at, expires_at=data.expires_at,
            source=("outreach.api", request.actor.token_id),
        ),
    )  # fmt: skip
    return 201, _out(made)


@router.post("/messages/bulk", response={202: MessagesOut}, summary="Send the same message to many customers")
def messages_bulk(request: StaffRequest, data: MessagesIn) -> Any:
    """At most a thousand at once. The gate looks at each when it is sent."""
    found = services.send_many(
        actor=request.actor, customers=data.customer_ids, purpose=data.purpose, content=_said(data),
        channel=data.channel, dedupe_key=data.dedupe_key, due_at=data.due_at, expires_at=data.expires_at,
        source=("outreach.api", request.actor.token_id),
    )  # fmt: skip
    return 202, {"asked": found.asked, "known": found.known}


@router.get("/messages/{message_id}", response=MessageOut, summary="One message")
def message_get(request: StaffRequest, message_id: int) -> Any:
    """With what each check of the gate said of it."""
    request.actor.require(access.VIEW)
    return _out(queries.message_get(actor=request.actor, id=message_id))


@router.post("/messages/{message_id}/cancel", response=MessageOut, summary="Call a message off")
def message_cancel(request: StaffRequest, message_id: int) -> Any:
    """While it waits or is held."""
    found = queries.message_get(actor=request.actor, id=message_id)
    return _out(services.message_cancel(actor=request.actor, message=found))


@router.get("/customers/{customer_id}/reach", response=list[CheckOut], summary="Would a message reach them now?")
def customer_reach(request: StaffRequest, customer_id: int) -> Any:
    """What the gate says of every purpose and channel, and why."""
    request.actor.require(access.VIEW)
    customer = access.customers_within(request.actor).get(pk=customer_id)
    found = queries.forecast(actor=request.actor, customer=customer)
    return [
        {
            "purpose": purpose, "channel": channel, "action": option.action,
            "reason": f"{option.last.check}.{option.last.why}",
            "why": explaining.words(f"{option.last.check}.{option.last.why}", option.last.figures),
            "until": option.last.until,
        }
        for (purpose, channel), option in found.options.items()
    ]  # fmt: skip


@router.get("/suppressions", response=SuppressionPage, summary="Addresses that get nothing")
def suppressions_get(
    request: StaffRequest,
    channel: str = Query("", max_length=40),
    after: str | None = Query(None, max_length=1000),
    limit: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> Any:
    """Newest first, of the customers whom the caller sees."""
    request.actor.require(access.VIEW)
    page = paginate(
        queries.suppressions(actor=request.actor, channel=channel), order=("-at", "-id"), cursor=after, size=limit
    )
    return {"items": list(page.rows), "next": page.next_cursor}


@router.post("/suppressions", response={201: SuppressionOut}, summary="Keep an address from messages")
def suppressions_post(request: StaffRequest, data: SuppressionIn) -> Any:
    """Nothing goes there any more, over that channel."""
    made = services.suppression_add(
        actor=request.actor, channel=data.channel, address=data.address, note=data.note
    )  # fmt: skip
    return 201, made


@router.delete("/suppressions/{suppression_id}", response={204: None}, summary="Allow an address again")
def suppression_delete(request: StaffRequest, suppression_id: int) -> Any:
    """Messages may go there again."""
    request.actor.require(access.MANAGE)
    found = Suppression.objects.visible_to(request.actor).get(pk=suppression_id)
    services.suppression_remove(actor=request.actor, suppression=found)
    return 204, None


def _template(template: Template) -> dict[str, Any]:
    return {
        "key": template.key, "name_fa": template.name_fa, "name_en": template.name_en, "purpose": template.purpose,
        "archived": template.archived, "version": template.version,
        "texts": [
            {
                "body": row.body, "language": row.language, "channel": row.channel, "subject": row.subject,
                "form": row.form,
            }
            for row in template.texts.order_by("channel", "language")
        ],
    }  # fmt: skip


@router.get("/templates", response=list[TemplateOut], summary="Templates")
def templates_get(request: StaffRequest) -> Any:
    """By name, with their texts."""
    return [_template(one) for one in queries.templates(actor=request.actor)[:500]]


@router.post("/templates", response={201: TemplateOut}, summary="Write a template")
def templates_post(request: StaffRequest, data: TemplateIn) -> Any:
    """Its key is made of its English name."""
    return 201, _saved(request, data, None)


@router.put("/templates/{key}", response=TemplateOut, summary="Change a template")
def template_put(request: StaffRequest, key: str, data: TemplateIn) -> Any:
    """Messages that were asked for before keep the text of then."""
    request.actor.require(access.WRITE)
    found = queries.template_get(actor=request.actor, key=key)
    return _saved(request, data, found)


def _saved(request: StaffRequest, data: TemplateIn, template: Template | None) -> dict[str, Any]:
    texts = [TextData(one.body, one.language, one.channel, one.subject, one.form) for one in data.texts]
    fresh = TemplateData(name_fa=data.name_fa, name_en=data.name_en, purpose=data.purpose, texts=texts)
    return _template(services.template_save(actor=request.actor, data=fresh, template=template, version=data.version))
