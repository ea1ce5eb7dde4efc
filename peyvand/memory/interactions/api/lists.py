"""REST routes of one customer's history and of the latest of all."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.ui.rest import After, Given, Id, Moment, Size, Text, page
from peyvand.memory.customers import queries as customer_queries
from peyvand.memory.interactions import access, costs, queries
from peyvand.memory.interactions.api.schemas import InteractionPage
from peyvand.memory.interactions.queries import NEWEST_FIRST, InteractionFilter

router = Router()


class Asked(Given):
    """Conditions, all of which must hold."""

    kind: list[Annotated[str, Field(max_length=40)]] = Field(
        default_factory=list, max_length=50, description="One or several, as note, call, order.placed."
    )
    channel: Text = Field("", max_length=20)
    direction: Literal["", "in", "out"] = ""
    staff_id: Id | None = Field(None, description="Who of us took part.")
    q: Text = Field("", max_length=100, description="Words of the text.")
    since: Moment | None = None
    until: Moment | None = Field(None, description="Before this moment.")
    with_files: bool = False

    def chosen(self, **more: Any) -> InteractionFilter:
        """As the reads take them."""
        return InteractionFilter(
            kinds=tuple(self.kind), channel=self.channel, direction=self.direction, staff_id=self.staff_id,
            text=self.q, since=self.since, until=self.until, with_files=self.with_files, **more,
        )  # fmt: skip


class KindOut(Schema):
    """A kind of interaction, named for the reader."""

    name: str
    label: str
    channel: str


class CostOut(Schema):
    """An amount in minor units."""

    minor: int
    currency: str


class ServingOut(Schema):
    """What serving a customer has cost: `known` of `contacts` have a cost; `seconds` as far as they were said."""

    amounts: list[CostOut]
    contacts: int
    known: int
    seconds: int


@router.get("/interactions/kinds", response=list[KindOut], summary="Kinds of interactions")
def kinds_list(request: StaffRequest) -> list[dict[str, str]]:
    """Those that you may see."""
    request.actor.require(access.VIEW)
    return [
        {"name": one.name, "label": str(one.label), "channel": one.channel}
        for one in queries.kinds(actor=request.actor)
    ]


@router.get("/customers/{int:customer_id}/timeline", response=InteractionPage, summary="A customer's history")
def timeline(
    request: StaffRequest, customer_id: int, asked: Query[Asked], after: After | None = None, size: Size = 50
) -> dict[str, Any]:
    """Newest first, by kind, channel, colleague, words and time."""
    found = queries.timeline(
        actor=request.actor, customer_id=customer_id, before=after, size=size, chosen=asked.chosen()
    )
    return {"items": found.rows, "next": found.next_cursor}


@router.get("/interactions", response=InteractionPage, summary="The latest of all customers")
def interactions_list(
    request: StaffRequest,
    asked: Query[Asked],
    who: Annotated[Text, Field(max_length=100, description="A part of the customer's name.")] = "",
    customer_id: Id | None = None,
    after: After | None = None,
    size: Size = 50,
) -> dict[str, Any]:
    """Newest first, by customer, kind, channel, colleague, words and time."""
    found = queries.interactions(actor=request.actor, chosen=asked.chosen(who=who, customer_id=customer_id))
    return page(found, order=NEWEST_FIRST, after=after, size=size)


@router.get(
    "/customers/{int:customer_id}/serving-cost", response=ServingOut, summary="What serving a customer has cost"
)
def serving(request: StaffRequest, customer_id: int) -> costs.ServingCost:
    """The cost that was said of a contact counts; else its minutes at the rate of its day."""
    request.actor.require(access.VIEW)
    customer = customer_queries.customer_get(actor=request.actor, id=customer_id)
    return costs.serving_cost(actor=request.actor, customer_id=customer.pk)
