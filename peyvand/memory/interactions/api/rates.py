"""REST routes of what a minute of each kind costs us."""

from __future__ import annotations

from datetime import date

from ninja import Router, Schema
from pydantic import Field

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.money.currencies import currency_of
from peyvand.foundation.ui.rest import Given, example
from peyvand.memory.interactions import costs, services
from peyvand.memory.interactions.models import CostRate

router = Router()


class RateOut(Schema):
    """From the day `since` on a minute of this kind costs so much, in minor units of `currency`; 0 ends it."""

    id: int
    kind: str
    since: date
    currency: str
    minor_per_minute: int


class RateIn(Given):
    """A rate; the same kind and day again replaces it."""

    model_config = example({"kind": "call", "since": "2026-03-21", "currency": "IRR", "minor_per_minute": 50000})

    kind: str = Field(max_length=40)
    since: date
    currency: str = Field(min_length=3, max_length=3)
    minor_per_minute: int = Field(ge=0, lt=10**15)


@router.get("/interactions/rates", response=list[RateOut], summary="What a minute costs, by kind, the latest first")
def rates_list(request: StaffRequest) -> list[CostRate]:
    """Costs of serving follow them where a contact has a duration and no cost of its own."""
    return costs.rates(actor=request.actor)


@router.post("/interactions/rates", response={201: RateOut}, summary="Say what a minute costs from a day on")
def rates_create(request: StaffRequest, data: RateIn) -> tuple[int, CostRate]:
    """An unknown kind or currency is refused."""
    minute = Money(data.minor_per_minute, currency_of(data.currency.upper()).code)
    return 201, services.rate_save(actor=request.actor, kind=data.kind, since=data.since, minute=minute)


@router.delete("/interactions/rates/{int:rate_id}", response={204: None}, summary="Forget a rate")
def rates_remove(request: StaffRequest, rate_id: int) -> tuple[int, None]:
    """Undo brings it back."""
    services.rate_remove(actor=request.actor, rate_id=rate_id)
    return 204, None
