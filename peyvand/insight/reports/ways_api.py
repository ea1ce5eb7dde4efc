"""REST routes of funnel, paths and acquisition; doors.api mounts them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Router, Schema
from ninja.errors import HttpError

from peyvand.foundation.registry.actor import Actor
from peyvand.insight.reports import acquisition_queries, funnel_queries
from peyvand.insight.reports.acquisition_queries import Acquisition, Offer, Source, Won
from peyvand.insight.reports.asked import DAYS, Asked, today
from peyvand.insight.reports.stages import RECORDED, REPEAT, STAGES
from peyvand.insight.reports.touchpoints import touch_label
from peyvand.insight.reports.way_services import WINDOWS, paths_name

router = Router(tags=["insight"])
YEAR = timedelta(days=364)


class FunnelStageOut(Schema):
    """A stage: how many reached it, how many of them went on to a later one, how many came in there, and the median
    days to the next. Not `recorded`: no facts tell of it, and the others are null.
    """

    stage: str
    recorded: bool
    people: int | None
    went_on: int | None
    came_in: int | None
    median_days: float | None


class FunnelOut(Schema):
    """Those who first came in on the days `since` to `until`, as computed on `as_of`. `strangers` of the visitors are
    browsers of nobody known; `impressions` is how often advertisements were shown, null where no cost tells.
    """

    since: date
    until: date
    as_of: date
    strangers: int
    impressions: int | None
    narrowest: str | None
    stages: list[FunnelStageOut]


class TouchpointOut(Schema):
    """What each way of dividing gives a touchpoint, in orders and in minor units; `removal` is the share of orders that
    would be lost without it. On the path of `orders` orders.
    """

    touchpoint: str
    label: str
    orders: int
    removal: float
    credit: dict[str, float]
    revenue_minor: dict[str, float]


class OrderPathOut(Schema):
    """A path, the first touch first, with the orders it led to."""

    touchpoints: list[str]
    orders: int
    revenue_minor: int


class AttributionOut(Schema):
    """Orders of a currency since a day, divided among the contacts of the `lookback_days` before.

    Of `orders` paid orders of known customers `with_path` have a contact; `of_nobody` more name no customer.
    """

    as_of: date
    since: date
    currency: str
    lookback_days: int
    orders: int
    with_path: int
    of_nobody: int
    ended_in_nothing: int
    still_open: int
    touchpoints: list[TouchpointOut]
    paths: list[OrderPathOut]
    other_currencies: list[str]


class AcquiredOut(Schema):
    """Customers won by a source ("" where nobody said; null: small sources together); amounts in minor units.

    What is not known, or not shown to you, is null.
    """

    source: str | None
    spent_minor: int | None
    visitors: int
    leads: int
    customers: int
    cost_each_minor: int | None
    first_orders_minor: int
    revenue_minor: int
    margin_minor: int
    lifetime_each_minor: int | None
    value_to_cost: float | None
    payback_months: int | None
    bought_again_share: float | None


class OfferWonOut(Schema):
    """Customers whose first order was discounted for something: null are small offers together, "" is not noted."""

    offer: str | None
    customers: int
    discount_each_minor: int
    margin_minor: int
    lifetime_each_minor: int | None
    payback_months: int | None
    bought_again_share: float | None


class AcquisitionOut(Schema):
    """Customers whose first order was on the days `since` to `until`. `costed_share` is the share of them by a source
    of which a cost is known; `unassigned_minor` was spent without a source.
    """

    since: date
    until: date
    as_of: date
    currency: str
    costed_share: float | None
    unassigned_minor: int
    sources: list[AcquiredOut]
    total: AcquiredOut
    won_at_discount: int
    won_at_full_price: int
    offers: list[OfferWonOut]
    dearer_than_keeping: float | None
    other_currencies: list[str]


def _asked(since: date | None, until: date | None, source: str | None, currency: str = "") -> Asked:
    """The days of a call, by themselves the year up to today; 422 where they can't be."""
    last = until or today()
    if not DAYS[0] <= last <= DAYS[1]:
        raise HttpError(422, gettext("These days can't be asked about."))
    first = since or last - YEAR
    if not DAYS[0] <= first <= last:
        raise HttpError(422, gettext("The first day must not be after the last one."))
    return Asked(since=first, until=last, source=source, currency=currency)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _nothing() -> HttpError:
    return HttpError(404, gettext("Nothing has been computed yet."))


@router.get("/insight/funnel", response=FunnelOut, summary="How far people come")
def funnel(
    request: HttpRequest, since: date | None = None, until: date | None = None, source: str | None = None
) -> dict[str, Any]:
    """The year up to today where no days are given; 404 before anything was computed."""
    actor = _actor(request)
    found = funnel_queries.funnel(actor=actor, asked=_asked(since, until, source))
    if found is None:
        raise _nothing()
    narrow = funnel_queries.narrowest(actor=actor, found=found)
    known = {stage.name: stage for stage in found.stages}
    stages = []
    for name in STAGES:
        stage = known.get(name)
        stages.append(
            {
                "stage": name, "recorded": name in RECORDED, "people": stage and stage.people,
                "went_on": stage.on if stage and name != REPEAT else None, "came_in": stage and stage.straight,
                "median_days": stage.days if stage else None,
            }
        )  # fmt: skip
    return {
        "since": found.asked.since, "until": found.asked.until, "as_of": found.as_of, "strangers": found.strangers,
        "impressions": found.seen, "narrowest": narrow.stage.name if narrow else None, "stages": stages,
    }  # fmt: skip


@router.get("/insight/attribution", response=AttributionOut, summary="Which touchpoint earned the orders")
def attribution(request: HttpRequest, currency: str = "", days: int = WINDOWS[0]) -> dict[str, Any]:
    """Orders of the last 365, 90 or 30 days, in the asked currency, else the one of most orders; 404 before anything
    was computed.
    """
    actor = _actor(request)
    actor.require("insight.view")
    if days not in WINDOWS:
        raise HttpError(422, gettext("These days can't be asked about."))
    kept = funnel_queries.figure(actor=actor, name=paths_name(days), currency=currency)
    if kept is None:
        raise _nothing()
    payload = kept.payload
    return {
        "as_of": kept.as_of, "since": payload["since"], "currency": kept.currency, "lookback_days": payload["lookback"],
        "orders": payload["orders"], "with_path": payload["told"], "of_nobody": payload["nobody"],
        "ended_in_nothing": payload["nulls"], "still_open": payload["open"],
        "touchpoints": [
            {
                "touchpoint": touch, "label": touch_label(touch), "orders": payload["touches"][touch]["orders"],
                "removal": removal, "credit": {way: credit[touch] for way, credit in payload["credit"].items()},
                "revenue_minor": {way: worth[touch] for way, worth in payload["worth"].items()},
            }
            for touch, removal in payload["removal"].items()
        ],
        "paths": [
            {"touchpoints": one["touches"], "orders": one["orders"], "revenue_minor": one["net"]}
            for one in payload["paths"]
        ],
        "other_currencies": [
            code for code in funnel_queries.currencies(actor=actor, name=kept.name) if code != kept.currency
        ],
    }  # fmt: skip


@router.get("/insight/acquisition", response=AcquisitionOut, summary="What each source cost and brought")
def acquisition(
    request: HttpRequest, since: date | None = None, until: date | None = None, source: str | None = None,
    currency: str = "",
) -> dict[str, Any]:  # fmt: skip
    """The year up to today where no days are given; 404 before anything was computed."""
    found = acquisition_queries.acquisition(actor=_actor(request), asked=_asked(since, until, source, currency))
    if found is None:
        raise _nothing()
    return {
        "since": found.asked.since, "until": found.asked.until, "as_of": found.as_of, "currency": found.currency,
        "costed_share": found.costed, "unassigned_minor": found.apart, "total": _acquired(found.total),
        "sources": [_acquired(one) for one in found.sources], "won_at_discount": found.discounted.customers,
        "won_at_full_price": found.plain.customers, "offers": [_offer(one, found) for one in found.offers],
        "dearer_than_keeping": found.dearer,
        "other_currencies": [code for code in found.currencies if code != found.currency],
    }  # fmt: skip


def _offer(one: Offer, found: Acquisition) -> dict[str, Any]:
    return {
        "offer": one.name, "customers": one.won.customers, "discount_each_minor": one.given_each,
        "margin_minor": one.won.margin, "lifetime_each_minor": one.won.lifetime_each,
        "payback_months": one.payback(found.total.cost_each) if found.costs_shown else None,
        "bought_again_share": one.won.repeat_share,
    }  # fmt: skip


def _acquired(one: Source) -> dict[str, Any]:
    won: Won = one.won
    return {
        "source": one.key, "spent_minor": one.spend, "visitors": one.visitors, "leads": one.leads,
        "customers": won.customers, "cost_each_minor": one.cost_each, "first_orders_minor": won.first,
        "revenue_minor": won.revenue, "margin_minor": won.margin, "lifetime_each_minor": won.lifetime_each,
        "value_to_cost": one.times, "payback_months": one.payback, "bought_again_share": won.repeat_share,
    }  # fmt: skip
