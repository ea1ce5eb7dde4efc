"""What programs send and get of interactions."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from peyvand.foundation.ui.rest import Given, Id, Moment, Text, example
from peyvand.memory.interactions import services
from peyvand.memory.interactions.services import StaffRow
from peyvand.memory.interactions.services.many import KEY_LENGTH

Visible = Literal["all", "team", "author"]


class InteractionOut(Schema):
    """Something that happened. `cost_minor` in minor units of `cost_currency`, `duration_s` in seconds.

    `visibility` says whom among those who see the customer it is for; send `version` back when correcting it.
    """

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
    visibility: str
    pinned_at: datetime | None
    corrected_at: datetime | None
    version: int
    created_at: datetime


class InteractionPage(Schema):
    """A page, newest first; `next` is the cursor of the older page, null at the end."""

    items: list[InteractionOut]
    next: str | None


class RecognisedIn(Given):
    """By what somebody was recognised whose customer isn't known: a phone, an e-mail, a messenger's name."""

    kind: str = Field(max_length=12)
    value: Text = Field(max_length=254)
    system: Text = Field(default="", max_length=40)


class InteractionIn(Given):
    """A note, call or meeting of a customer, or of somebody recognised by `identity`, whose history it joins later.

    `visibility` keeps it for one's teams or oneself. Nothing is recorded twice under one `dedupe_key`.
    """

    model_config = example({
                    "customer_id": 1, "kind": "call", "direction": "in", "text": "Asked for the price list.",
                    "at": "2026-11-23T09:12:00+03:30", "duration_s": 240, "dedupe_key": "pbx-8812",
                })  # fmt: skip

    customer_id: Id | None = None
    identity: RecognisedIn | None = None
    kind: Literal["note", "call", "meeting"]
    text: Text = Field(default="", max_length=services.TEXT_LENGTH)
    at: Moment | None = Field(default=None, description="When it happened; now when it is left out.")
    direction: Literal["in", "out"] = Field(default="out", description="Of a call: from the customer, or to them.")
    place: Text = Field(default="", max_length=200, description="Of a meeting.")
    duration_s: int | None = None
    cost_minor: int | None = Field(default=None, description="What it cost us, in minor units of `cost_currency`.")
    cost_currency: str = Field(default="", max_length=3)
    sentiment: int | None = Field(default=None, description="From -100 to 100.")
    visibility: Visible = "all"
    dedupe_key: Text = Field(default="", max_length=KEY_LENGTH)


class InteractionChange(Given):
    """What is corrected of a note, call or meeting; what is left out stays, what its kind hasn't is passed over.

    With `version`, 409 when somebody corrected it since.
    """

    model_config = example({"version": 1, "text": "Asked for two price lists."})

    version: int | None = None
    text: Text = Field(default="", max_length=services.TEXT_LENGTH)
    at: Moment | None = None
    direction: Literal["in", "out"] = "out"
    place: Text = Field(default="", max_length=200)
    duration_s: int | None = None
    cost_minor: int | None = None
    cost_currency: str = Field(default="", max_length=3)
    sentiment: int | None = None
    visibility: Visible = "all"


def staff_row(data: InteractionIn) -> StaffRow:
    """What the verbs take."""
    values = data.dict(exclude={"identity"})
    who = data.identity
    return StaffRow(**values, identity=(who.kind, who.system, who.value) if who is not None else None)
