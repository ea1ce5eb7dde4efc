"""REST routes that record notes, calls and meetings: one, or a thousand."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, WrapValidator

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import ErrorOut, Given, errors_of, example, or_unread, unread_of
from peyvand.memory.customers.access import VIEW as CUSTOMERS_VIEW
from peyvand.memory.interactions import access, services
from peyvand.memory.interactions.api.lists import router
from peyvand.memory.interactions.api.schemas import InteractionIn, InteractionOut, staff_row
from peyvand.memory.interactions.models import Interaction

MOST_ROWS = 1_000


class InteractionsIn(Given):
    """Up to a thousand rows. With `whole` nothing is recorded unless every row can be."""

    model_config = example(
        {
            "rows": [
                {"customer_id": 1, "kind": "note", "text": "Wants green tea only.", "dedupe_key": "old-crm-1"},
                {"kind": "call", "direction": "in", "identity": {"kind": "phone", "value": "09121112233"}},
            ]
        }
    )

    rows: list[Annotated[InteractionIn, WrapValidator(or_unread)]] = Field(min_length=1, max_length=MOST_ROWS)
    whole: bool = False


class RecordedOut(Schema):
    """What became of the row at `index`; known: it was recorded before under its `dedupe_key`."""

    index: int
    status: Literal["recorded", "known", "refused"]
    id: int | None
    errors: list[ErrorOut]


class RecordedAll(Schema):
    """What became of every row, in their order."""

    recorded: int
    known: int
    refused: int
    results: list[RecordedOut]


@router.post(
    "/interactions", response={201: InteractionOut, 200: InteractionOut}, summary="Record a note, call or meeting"
)
def interactions_create(request: StaffRequest, data: InteractionIn) -> tuple[int, Interaction]:
    """201 when it is new; 200 with what was recorded before when its `dedupe_key` is known."""
    request.actor.require(CUSTOMERS_VIEW)
    request.actor.require(access.EDIT)
    made, new = services.one_record(actor=request.actor, row=staff_row(data))
    return (201 if new else 200), made


@router.post("/interactions/bulk", response=RecordedAll, summary="Record up to a thousand at once")
def interactions_bulk(request: StaffRequest, data: InteractionsIn) -> dict[str, Any]:
    """One transaction. A row that can't be recorded is told by its index, with the reason, and the others go in; with
    `whole` a single such row refuses them all (422, fields like `rows.3.at`).
    """
    request.actor.require(CUSTOMERS_VIEW)
    request.actor.require(access.EDIT)
    unread = unread_of(data.rows, whole=data.whole)
    rows = [staff_row(row) for row in data.rows if isinstance(row, InteractionIn)]
    read = iter(services.staff_record(actor=request.actor, rows=rows, whole=data.whole))
    results: list[dict[str, Any]] = []
    for place in range(len(data.rows)):
        if place in unread:
            results.append({"index": place, "status": "refused", "id": None, "errors": unread[place]})
        else:
            one = next(read)
            errors = errors_of(one.errors)
            results.append({"index": place, "status": one.status, "id": one.interaction_id, "errors": errors})
    counts = {name: sum(one["status"] == name for one in results) for name in ("recorded", "known", "refused")}
    return {**counts, "results": results}
