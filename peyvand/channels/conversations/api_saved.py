"""REST routes of saved replies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import Field

from peyvand.channels.conversations import saved, services
from peyvand.channels.conversations.models import SavedReply
from peyvand.channels.conversations.saved import ORDER
from peyvand.channels.conversations.services import SavedData
from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import LARGEST_PAGE, Given, Id, example, page

router = Router(tags=["conversations"])


class SavedReplyOut(Schema):
    """A saved reply; `shared` is everybody’s, the others are the token owner’s own."""

    id: int
    name: str
    shortcut: str
    shared: bool
    text_fa: str
    text_en: str
    version: int
    updated_at: datetime


class SavedReplyPage(Schema):
    """A page; `next` is the cursor of the page after, null at the end."""

    items: list[SavedReplyOut]
    next: str | None


class SavedReplyIn(Given):
    """A saved reply as it is to be, with merge fields like {{first_name}}, in one language or both."""

    model_config = example(
        {"name": "Thanks", "shortcut": "thanks", "text_en": "Thank you, {{first_name|dear customer}}.", "shared": False}
    )

    name: str = Field(max_length=200)
    shortcut: str = Field(default="", max_length=40)
    text_fa: str = Field(default="", max_length=20_000)
    text_en: str = Field(default="", max_length=20_000)
    shared: bool = False


class SavedReplyChange(SavedReplyIn):
    """With `version`, 409 when somebody has changed it since."""

    model_config = example({"name": "Thanks", "text_en": "Thank you.", "version": 2})

    version: int | None = Field(default=None, ge=0, lt=2**31)


@router.get("/saved-replies", response=SavedReplyPage, summary="Saved replies")
def saved_list(
    request: StaffRequest, text: str = Query("", max_length=100), after: str | None = None,
    limit: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:  # fmt: skip
    """Everybody’s and the token owner’s own; `text` is looked for in shortcut, name and words."""
    found = saved.saved(actor=request.actor, text=text.replace("\x00", ""))
    return page(found, order=ORDER, after=after, size=limit)


@router.post("/saved-replies", response={201: SavedReplyOut}, summary="Write a saved reply")
def saved_write(request: StaffRequest, data: SavedReplyIn) -> tuple[int, SavedReply]:
    """One for everybody wants the right to write those."""
    return 201, services.saved_save(actor=request.actor, data=SavedData(**data.dict()))


@router.get("/saved-replies/{saved_id}", response=SavedReplyOut, summary="A saved reply")
def saved_read(request: StaffRequest, saved_id: Id) -> SavedReply:
    """One of everybody’s or of one’s own."""
    return saved.saved_get(actor=request.actor, id=saved_id)


@router.put("/saved-replies/{saved_id}", response=SavedReplyOut, summary="Change a saved reply")
def saved_change(request: StaffRequest, saved_id: Id, data: SavedReplyChange) -> SavedReply:
    """As a whole."""
    given = data.dict()
    version = given.pop("version")
    found = saved.saved_get(actor=request.actor, id=saved_id)
    return services.saved_save(actor=request.actor, data=SavedData(**given), saved=found, version=version)


@router.delete("/saved-replies/{saved_id}", response={204: None}, summary="Remove a saved reply")
def saved_remove(request: StaffRequest, saved_id: Id) -> tuple[int, None]:
    """It can be taken back from the trail."""
    services.saved_remove(actor=request.actor, saved=saved.saved_get(actor=request.actor, id=saved_id))
    return 204, None
