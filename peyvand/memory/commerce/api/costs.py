"""REST routes of costs and of standing prices."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.http import Http404
from ninja import Router, Schema
from ninja.params.functions import Query

from peyvand.foundation.accounts.requests import StaffRequest
from peyvand.foundation.changes.services import change_set
from peyvand.foundation.ui.rest import Given, Id, Text, example
from peyvand.memory.commerce import queries, services
from peyvand.memory.commerce.access import COSTS_EDIT
from peyvand.memory.commerce.api.paging import LARGEST_PAGE, page_of
from peyvand.memory.commerce.models import Cost, CostRate
from peyvand.memory.commerce.queries import LATEST_FIRST, CostFilter

router = Router(tags=["commerce"])


class CostEntryOut(Schema):
    """An amount that was spent, in minor units, for the days from `day_from` to `day_to`."""

    id: int
    kind: str
    amount_minor: int
    currency: str
    day_from: date
    day_to: date
    aim: str
    driver: str
    order_id: int | None
    customer_id: int | None
    interaction_id: int | None
    product_id: int | None
    source: str
    medium: str
    campaign: str
    channel: str
    interaction_kind: str
    impressions: int | None
    clicks: int | None
    leads: int | None
    document: str
    note: str
    version: int


class CostEntryPage(Schema):
    """A page of costs."""

    items: list[CostEntryOut]
    next: str | None


class CostIn(Given):
    """An amount to be entered, or all of its values anew. For one order, customer or contact give its id; else it is
    shared, and `driver` says how: new_customer, order, order_value, quantity, interaction, service_minute or customer.
    """

    model_config = example(
        {"kind": "acquisition", "amount_minor": 45_000_000, "currency": "IRR", "day_from": "2026-10-23",
         "day_to": "2026-11-21", "source": "google", "medium": "cpc", "driver": "new_customer", "clicks": 1830}
    )  # fmt: skip

    kind: Text
    amount_minor: int
    currency: Text
    day_from: date
    day_to: date
    driver: Text = ""
    order_id: Id | None = None
    customer_id: Id | None = None
    interaction_id: Id | None = None
    product_id: Id | None = None
    source: Text = ""
    medium: Text = ""
    campaign: Text = ""
    channel: Text = ""
    interaction_kind: Text = ""
    impressions: int | None = None
    clicks: int | None = None
    leads: int | None = None
    document: Text = ""
    note: Text = ""
    version: int | None = None


class CostRateOut(Schema):
    """A standing price from a day on, in its currency, or in per cent where `driver` is order_value."""

    id: int
    name: str
    kind: str
    driver: str
    amount: Decimal
    currency: str
    valid_from: date
    channel: str
    source: str
    interaction_kind: str
    product_id: int | None


class CostRateIn(Given):
    """A standing price; `driver` is order, order_value, quantity, new_customer or interaction; 0 ends it."""

    model_config = example(
        {"name": "پست پیشتاز", "kind": "delivery", "driver": "order", "amount": "150000", "currency": "IRR",
         "valid_from": "2026-11-22"}
    )  # fmt: skip

    name: Text
    kind: Text
    driver: Text
    amount: Decimal
    currency: Text
    valid_from: date
    channel: Text = ""
    source: Text = ""
    interaction_kind: Text = ""
    product_id: Id | None = None


@router.get("/costs", response=CostEntryPage, summary="What was spent, latest first")
def costs_list(
    request: StaffRequest,
    kind: str = "",
    source: str = "",
    since: date | None = None,
    until: date | None = None,
    order_id: Id | None = None,
    customer_id: Id | None = None,
    after: str | None = None,
    size: int = Query(50, ge=1, le=LARGEST_PAGE),
) -> dict[str, Any]:
    """By kind, source, and days that they touch."""
    chosen = CostFilter(
        kind=kind.replace("\0", ""), source=source.replace("\0", ""), since=since, until=until, order_id=order_id,
        customer_id=customer_id,
    )  # fmt: skip
    return page_of(queries.costs(actor=request.actor, chosen=chosen), order=LATEST_FIRST, after=after, size=size)


@router.post("/costs", response={201: CostEntryOut}, summary="Enter a cost")
def costs_create(request: StaffRequest, data: CostIn) -> tuple[int, Cost]:
    """It is charged at the next computation of the figures."""
    return 201, services.cost_save(actor=request.actor, data=_data(data))


@router.get("/costs/{cost_id}", response=CostEntryOut, summary="One cost")
def costs_get(request: StaffRequest, cost_id: Id) -> Cost:
    """With what an advertiser reported of it."""
    try:
        return queries.cost_get(actor=request.actor, cost_id=cost_id)
    except Cost.DoesNotExist:
        raise Http404 from None


@router.put("/costs/{cost_id}", response=CostEntryOut, summary="Change a cost")
def costs_update(request: StaffRequest, cost_id: Id, data: CostIn) -> Cost:
    """All of its values; with `version`, 409 when somebody changed it since."""
    request.actor.require(COSTS_EDIT)
    cost = costs_get(request, cost_id)
    return services.cost_save(actor=request.actor, data=_data(data), cost=cost, version=data.version)


@router.delete("/costs/{cost_id}", response={204: None}, summary="Remove a cost")
def costs_delete(request: StaffRequest, cost_id: Id) -> tuple[int, None]:
    """It can be brought back by undo."""
    request.actor.require(COSTS_EDIT)
    services.cost_remove(actor=request.actor, cost=costs_get(request, cost_id))
    return 204, None


def _data(data: CostIn) -> services.CostData:
    return services.CostData(**data.dict(exclude={"version"}))


@router.get("/cost-rates", response=list[CostRateOut], summary="Standing prices, by name, the latest first")
def cost_rates_list(request: StaffRequest) -> list[CostRate]:
    """Those that no longer hold too."""
    return list(queries.cost_rates(actor=request.actor))


@router.post("/cost-rates", response={201: CostRateOut}, summary="Set a standing price")
def cost_rates_create(request: StaffRequest, data: CostRateIn) -> tuple[int, CostRate]:
    """From its day on; what was charged before stays."""
    with change_set(actor=request.actor, kind="settings", title=data.name[:120]):
        return 201, services.cost_rate_save(actor=request.actor, data=services.RateData(**data.dict()))


@router.delete("/cost-rates/{standing_rate_id}", response={204: None}, summary="Remove a standing price")
def cost_rates_delete(request: StaffRequest, standing_rate_id: Id) -> tuple[int, None]:
    """One that was set by mistake, as if it had never held."""
    request.actor.require(COSTS_EDIT)
    try:
        rate = queries.cost_rate_get(actor=request.actor, rate_id=standing_rate_id)
    except CostRate.DoesNotExist:
        raise Http404 from None
    services.cost_rate_remove(actor=request.actor, rate=rate)
    return 204, None
