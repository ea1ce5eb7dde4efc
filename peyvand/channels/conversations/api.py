"""REST routes of conversations: the inbox, what was said, answering, noting, giving on, putting aside, closing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import AwareDatetime, Field

from peyvand.channels.conversations import queries, services, showing
from peyvand.channels.conversations.models import Conversation, ConversationTag, Entry
from peyvand.channels.conversations.queries import NEWEST_FIRST, VIEWS, Chosen
from peyvand.channels.conversations.services import BulkData, ReplyData
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.lists import paginate
from peyvand.foundation.ui.rest import Given, Id, Text, example

LARGEST_PAGE = 100
LONGEST = 200_000

router = Router(tags=["conversations"])


class ConversationOut(Schema):
    """A conversation. `waiting_since` is null when the customer waits for nothing; `address` "" where it is hidden.

    `first_in_at` is when the customer first wrote, `first_answered_at` when a person of ours first answered after that,
    null where nobody has (what machines send by themselves is neither); `answered_at` is our latest answer.
    """

    id: int
    customer_id: int | None
    subject: str
    state: str
    channel: str
    address: str
    assignee_id: int | None
    team_id: int | None
    preview: str
    created_at: datetime
    last_at: datetime
    first_in_at: datetime | None
    first_answered_at: datetime | None
    waiting_since: datetime | None
    answered_at: datetime | None
    snoozed_until: datetime | None
    closed_at: datetime | None
    version: int


class SaidOut(Schema):
    """What was said. `way` is in, out, note or event; `message_id` and `message_state` are the ledger's."""

    id: int
    way: str
    channel: str
    at: datetime
    staff_id: int | None
    subject: str
    text: str
    automatic: bool
    message_id: int | None
    message_state: str


class ConversationPage(Schema):
    """A page, the latest first; `next` is the cursor of the page after, null at the end."""

    items: list[ConversationOut]
    next: str | None


class ThreadOut(ConversationOut):
    """A conversation with the latest of what was said in it, oldest first."""

    entries: list[SaidOut]


class ReplyIn(Given):
    """An answer. With `seen`, the last entry one knows of, 409 when something was said since; `once` is your own name
    for it: sent twice, it goes once.
    """

    model_config = example({"text": "It is on its way.", "channel": "sms", "close": True, "seen": 812})

    text: str = Field(max_length=LONGEST)
    channel: str = Field(max_length=40)
    close: bool = False
    due_at: AwareDatetime | None = None
    seen: int | None = Field(default=None, ge=0, lt=2**63)
    once: str = Field(default="", max_length=64)


class NoteIn(Given):
    """A note for colleagues; «@name» calls one."""

    model_config = example({"text": "@sara knows the order."})

    text: str = Field(max_length=LONGEST)


class AssignIn(Given):
    """Whose it is to be; neither for nobody’s."""

    model_config = example({"user_id": 3})

    user_id: int | None = Field(default=None, ge=1, lt=2**63)
    team_id: int | None = Field(default=None, ge=1, lt=2**63)


class SnoozeIn(Given):
    """Until when it is put aside."""

    model_config = example({"until": "2026-04-20T09:30:00Z"})

    until: AwareDatetime


def _out(one: Conversation, actor: Actor) -> dict[str, Any]:
    names = (
        "customer_id subject state channel assignee_id team_id preview created_at last_at first_in_at"
        " first_answered_at waiting_since answered_at snoozed_until closed_at version"
    )
    plain = {name: getattr(one, name) for name in names.split()}
    return {"id": one.pk, "address": showing.address_of(one, actor=actor), **plain}


def _said(entry: Entry) -> dict[str, Any]:
    names = "way channel at staff_id subject text automatic message_id"
    state = entry.message.state if entry.message is not None else ""
    return {"id": entry.pk, "message_state": state, **{name: getattr(entry, name) for name in names.split()}}


def _thread(actor: Actor, conversation_id: int) -> dict[str, Any]:
    found = queries.conversation_get(actor=actor, id=conversation_id)
    return {**_out(found, actor), "entries": [_said(one) for one in queries.entries(actor=actor, conversation=found)]}


@router.get("/conversations", response=ConversationPage, summary="Conversations, the latest first")
def conversations_list(
    request: StaffRequest,
    view: str = Query("all", pattern=f"^({'|'.join(VIEWS)})$"),
    text: str = Query("", max_length=100),
    channel: str = Query("", max_length=40),
    waiting: bool = False,
    tag_id: Id | None = None,
    assignee_id: Id | None = None,
    value_class: str = Query("", max_length=20),
    waits_minutes: int = Query(0, ge=0, le=1_000_000),
    after: str | None = None,
    limit: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    """Those that the token's owner may read."""
    actor = request.actor
    chosen = Chosen(
        view, text.replace("\x00", ""), channel.replace("\x00", ""), waiting, tag=tag_id, assignee=assignee_id,
        value_class=value_class.replace("\x00", ""), waits_minutes=waits_minutes,
    )  # fmt: skip
    found = queries.conversations(actor=actor, chosen=chosen)
    page = paginate(found, order=NEWEST_FIRST, cursor=after, size=limit)
    return {"items": [_out(one, actor) for one in page.rows], "next": page.next_cursor}


class ConversationsBulkIn(Given):
    """The same for many: "assign" (to user_id, team_id or nobody), "close", "snooze" (until) or "tag"."""

    model_config = example({"ids": [311, 312], "do": "tag", "tag": "urgent"})

    ids: list[Id] = Field(min_length=1, max_length=200)
    do: Text = Field(max_length=10)
    user_id: Id | None = None
    team_id: Id | None = None
    until: AwareDatetime | None = None
    tag: Text = Field(default="", max_length=100)


class ConversationsBulkOut(Schema):
    """How many were changed; how many stood so already or are not yours to change; the change set to undo it by."""

    done: int
    left: int
    change_set_id: int | None


@router.post("/conversations/bulk", response=ConversationsBulkOut, summary="Do the same for many")
def conversation_bulk(request: StaffRequest, data: ConversationsBulkIn) -> Any:
    """To those of them that one may touch, in one change set."""
    given = data.dict()
    ids = given.pop("ids")
    return services.bulk(actor=request.actor, ids=ids, data=BulkData(**given))


@router.get("/conversations/{conversation_id}", response=ThreadOut, summary="A conversation with what was said")
def conversation_read(request: StaffRequest, conversation_id: int) -> dict[str, Any]:
    """The latest two hundred entries, oldest first."""
    return _thread(request.actor, conversation_id)


class ConversationTagIn(Given):
    """A word on a conversation; it is made where there is none."""

    model_config = example({"name": "urgent"})

    name: Text = Field(max_length=100)


class ConversationTagOut(Schema):
    """A word on conversations."""

    id: int
    name: str


class ConversationMergeIn(Given):
    """The conversation that is brought in; its entries come along."""

    model_config = example({"other_id": 312})

    other_id: Id


class ConversationSplitIn(Given):
    """The entry from which on it is a conversation of its own."""

    model_config = example({"entry_id": 902})

    entry_id: Id


@router.post("/conversations/{conversation_id}/merge", response=ThreadOut, summary="Bring another one in")
def conversation_merge(request: StaffRequest, conversation_id: int, data: ConversationMergeIn) -> dict[str, Any]:
    """Of one customer, or one of nobody known."""
    services.merge(actor=request.actor, conversation_id=conversation_id, other_id=data.other_id)
    return _thread(request.actor, conversation_id)


@router.post("/conversations/{conversation_id}/split", response={201: ThreadOut}, summary="Make two of it")
def conversation_split(
    request: StaffRequest, conversation_id: int, data: ConversationSplitIn
) -> tuple[int, dict[str, Any]]:
    """Gives the new one."""
    made, _done = services.split(
        actor=request.actor, conversation_id=conversation_id, entry_id=data.entry_id
    )  # fmt: skip
    return 201, _thread(request.actor, made.pk)


@router.get(
    "/conversations/{conversation_id}/tags", response=list[ConversationTagOut], summary="Tags of a conversation"
)
def conversation_tags(request: StaffRequest, conversation_id: int) -> list[ConversationTag]:
    """The words on it."""
    found = queries.conversation_get(actor=request.actor, id=conversation_id)
    return showing.tags_of([found.pk]).get(found.pk, [])


@router.post("/conversations/{conversation_id}/tags", response=list[ConversationTagOut], summary="Tag a conversation")
def conversation_tag(request: StaffRequest, conversation_id: int, data: ConversationTagIn) -> list[ConversationTag]:
    """Gives all words on it."""
    services.tag_add(actor=request.actor, conversation_id=conversation_id, name=data.name)
    return showing.tags_of([conversation_id]).get(conversation_id, [])


@router.delete(
    "/conversations/{conversation_id}/tags/{tag_id}", response={204: None}, summary="Take a tag off a conversation"
)
def conversation_untag(request: StaffRequest, conversation_id: int, tag_id: Id) -> tuple[int, None]:
    """Where it hasn't it, nothing happens."""
    services.tag_remove(actor=request.actor, conversation_id=conversation_id, tag_id=tag_id)
    return 204, None


@router.post("/conversations/{conversation_id}/reply", response={201: SaidOut}, summary="Answer the customer")
def conversation_reply(request: StaffRequest, conversation_id: int, data: ReplyIn) -> tuple[int, dict[str, Any]]:
    """It goes through the gate; what the gate refuses is told and not kept."""
    said = ReplyData(**data.dict())
    entry = services.reply(actor=request.actor, conversation_id=conversation_id, data=said)
    return 201, _said(entry)


@router.post("/conversations/{conversation_id}/note", response={201: SaidOut}, summary="Note for colleagues")
def conversation_note(request: StaffRequest, conversation_id: int, data: NoteIn) -> tuple[int, dict[str, Any]]:
    """Customers never read it."""
    entry = services.note(actor=request.actor, conversation_id=conversation_id, text=data.text)
    return 201, _said(entry)


@router.post("/conversations/{conversation_id}/assign", response={204: None}, summary="Give it to somebody")
def conversation_assign(request: StaffRequest, conversation_id: int, data: AssignIn) -> tuple[int, None]:
    """To a colleague, a team, or nobody."""
    services.assign(actor=request.actor, conversation_id=conversation_id, user_id=data.user_id, team_id=data.team_id)
    return 204, None


@router.post("/conversations/{conversation_id}/route", response={204: None}, summary="Give it by the rules")
def conversation_route(request: StaffRequest, conversation_id: int) -> tuple[int, None]:
    """To whom it would come if it came now."""
    services.route(actor=request.actor, conversation_id=conversation_id)
    return 204, None


@router.post("/conversations/{conversation_id}/snooze", response={204: None}, summary="Put it aside")
def conversation_snooze(request: StaffRequest, conversation_id: int, data: SnoozeIn) -> tuple[int, None]:
    """It comes back by itself, or earlier when the customer writes."""
    services.snooze(actor=request.actor, conversation_id=conversation_id, until=data.until)
    return 204, None


@router.post("/conversations/{conversation_id}/close", response={204: None}, summary="Close it")
def conversation_close(request: StaffRequest, conversation_id: int) -> tuple[int, None]:
    """What the customer writes opens it again."""
    services.close(actor=request.actor, conversation_id=conversation_id)
    return 204, None


@router.post("/conversations/{conversation_id}/reopen", response={204: None}, summary="Open it again")
def conversation_reopen(request: StaffRequest, conversation_id: int) -> tuple[int, None]:
    """From closed or put aside."""
    services.reopen(actor=request.actor, conversation_id=conversation_id)
    return 204, None
