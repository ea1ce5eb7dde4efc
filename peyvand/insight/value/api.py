"""REST routes of value; doors.api mounts them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Router, Schema
from ninja.errors import HttpError

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.rest import Id
from peyvand.insight.value import profit_queries, queries
from peyvand.insight.value.person import KINDS
from peyvand.memory.commerce.access import COSTS_VIEW, ORDERS_VIEW

router = Router(tags=["insight"])


class ClassOut(Schema):
    """A class with its number of customers and the net value of the window, in minor units."""

    name: str
    customers: int
    monetary_minor: int


class SummaryOut(Schema):
    """Figures of a day in one currency. Amounts are minor units; `window_start` begins frequency and value."""

    as_of: date
    currency: str
    window_start: date
    customers: int
    active: int
    net_minor: int
    by_kind_minor: dict[str, int]
    margin_known_share: float
    slipping: int
    at_stake_minor: int
    classes: list[ClassOut]
    other_currencies: list[str]


class ValueOut(Schema):
    """What a customer is worth in one currency, in minor units.

    `alive`, `expected_orders` and `lifetime_minor` (discounted, within the horizon of the settings) are null where
    nothing can be foretold, `alive` also where the model can't say whether who bought once is still a customer.
    """

    currency: str
    as_of: date
    rfm_class: str
    recency_days: int
    rhythm_days: float | None
    frequency: int
    monetary_minor: int
    revenue_minor: int
    margin_minor: int | None
    margin_share: float
    rank: int
    slipping: bool
    alive: float | None
    expected_orders: float | None
    lifetime_minor: int | None


class SlippingOut(ValueOut):
    """A customer who is silent longer than their own rhythm."""

    customer_id: int
    name: str


class NotChargedOut(Schema):
    """An amount that is charged to nobody, in minor units, with its reason: driver, new, orders, contacts, active,
    source, gone, later.
    """

    reason: str
    entries: int
    amount_minor: int


class ProfitGroupOut(Schema):
    """A class with what is left of its customers, in minor units."""

    name: str
    customers: int
    revenue_minor: int
    goods_minor: int
    costs_minor: dict[str, int]
    net_minor: int
    unprofitable: int


class ProfitOut(Schema):
    """From revenue to what is left, of everything to date, in minor units. `waterfall` has revenue, goods, the kinds of
    cost, idle (charged to nobody) and net; entries + rates + contacts = charged + strangers + nobody + not charged.
    """

    as_of: date
    currency: str
    waterfall: dict[str, int]
    goods_known_share: float
    entries_minor: int
    rates_minor: int
    contacts_minor: int
    charged_minor: int
    strangers_minor: int
    nobody_minor: int
    not_charged: list[NotChargedOut]
    unknown_kinds: list[str]
    unprofitable: int
    unprofitable_minor: int
    classes: list[ProfitGroupOut]


class CustomerProfitOut(Schema):
    """What a customer brought and cost to date in one currency, in minor units; `net_minor` is revenue less the rest.

    `goods_known_share` is the share of revenue for which the cost of goods is known.
    """

    currency: str
    as_of: date
    revenue_minor: int
    goods_minor: int
    goods_known_share: float
    acquisition_minor: int
    sale_minor: int
    service_minor: int
    delivery_minor: int
    operation_minor: int
    net_minor: int


class WalletOut(Schema):
    """What a customer states they spend a year, what of it with us, both in minor units; `share` is own ÷ stated."""

    customer_id: int
    name: str
    currency: str
    stated_minor: int
    own_minor: int
    gap_minor: int
    share: float | None
    stated_on: date | None


@router.get("/insight/summary", response=SummaryOut, summary="Figures of a day")
def summary(request: HttpRequest, as_of: date | None = None, currency: str = "") -> dict[str, Any]:
    """The newest day unless `as_of` names one whose figures are kept; 404 when there are none."""
    shown = queries.dashboard(actor=request.actor, as_of=as_of, currency=currency)  # type: ignore[attr-defined]
    if shown is None:
        raise HttpError(404, gettext("There are no figures of that day."))
    snapshot, payload = shown.snapshot, shown.snapshot.payload
    return {
        "as_of": snapshot.as_of, "currency": snapshot.currency, "window_start": snapshot.window_start,
        "customers": snapshot.customers, "active": payload["active"], "net_minor": payload["totals"]["net"],
        "by_kind_minor": payload["totals"]["amounts"], "margin_known_share": payload["margin"]["share"],
        "slipping": payload["slipping"]["customers"], "at_stake_minor": payload["slipping"]["at_stake"],
        "classes": [
            {"name": row["class"], "customers": row["customers"], "monetary_minor": row["monetary"]}
            for row in payload["classes"]
        ],
        "other_currencies": [code for code in shown.currencies if code != snapshot.currency],
    }  # fmt: skip


@router.get("/insight/slipping", response=list[SlippingOut], summary="Who is slipping away")
def slipping(request: HttpRequest, limit: int = 50, currency: str = "") -> list[dict[str, Any]]:
    """Most at stake first, only customers you may see; at most 200."""
    shown = queries.dashboard(actor=request.actor, currency=currency)  # type: ignore[attr-defined]
    if shown is None:
        return []
    people = queries.people(actor=request.actor, snapshot=shown.snapshot, slipping=True)  # type: ignore[attr-defined]
    return [
        {**_value(row), "customer_id": row.customer_id, "name": row.customer.name}
        for row in people[: min(200, max(1, limit))]
    ]


@router.get("/customers/{customer_id}/value", response=list[ValueOut], summary="What a customer is worth")
def customer_value(request: HttpRequest, customer_id: Id) -> list[dict[str, Any]]:
    """One entry a currency; empty when the customer never bought, is not yet computed, or you may not see them."""
    request.actor.require("insight.view_customer")  # type: ignore[attr-defined]
    return [_value(row) for row in queries.of_customer(actor=request.actor, customer_id=customer_id)]  # type: ignore[attr-defined]


def _value(row: Any) -> dict[str, Any]:
    return {
        "currency": row.snapshot.currency, "as_of": row.snapshot.as_of, "rfm_class": row.rfm_class,
        "recency_days": row.silence_days, "rhythm_days": row.rhythm_days, "frequency": row.frequency,
        "monetary_minor": row.monetary_minor, "revenue_minor": row.revenue_minor, "margin_minor": row.margin_minor,
        "margin_share": row.margin_share, "rank": row.rank, "slipping": row.slipping,
        "alive": row.alive_share, "expected_orders": row.expected_orders, "lifetime_minor": row.lifetime_minor,
    }  # fmt: skip


@router.get("/insight/profit", response=ProfitOut, summary="What is left of revenue")
def profit(request: HttpRequest, as_of: date | None = None, currency: str = "") -> dict[str, Any]:
    """The newest day unless `as_of` names one whose figures are kept; 404 when there are none."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(COSTS_VIEW)
    shown = queries.dashboard(actor=actor, as_of=as_of, currency=currency)
    found = profit_queries.figures(actor=actor, snapshot=shown.snapshot) if shown is not None else None
    if shown is None or found is None:
        raise HttpError(404, gettext("There are no figures of that day."))
    said = found["charging"]
    return {
        "as_of": shown.snapshot.as_of, "currency": shown.snapshot.currency, "waterfall": found["waterfall"],
        "goods_known_share": found["goods_share"], "entries_minor": said["entries"], "rates_minor": said["rates"],
        "contacts_minor": said["contacts"], "charged_minor": said["charged"],
        "strangers_minor": said["strangers"]["amount"], "nobody_minor": said["nobody"],
        "not_charged": [
            {"reason": row["reason"], "entries": row["entries"], "amount_minor": row["amount"]}
            for row in said["not_charged"]
        ],
        "unknown_kinds": said["unknown"], "unprofitable": found["loss"]["customers"],
        "unprofitable_minor": found["loss"]["amount"],
        "classes": [
            {"name": row["key"], "customers": row["customers"], "revenue_minor": row["revenue"],
             "goods_minor": row["goods"], "costs_minor": dict(zip(KINDS, row["costs"], strict=True)),
             "net_minor": row["net"], "unprofitable": row["loss"]}
            for row in found["classes"]
        ],
    }  # fmt: skip


@router.get("/customers/{customer_id}/profit", response=list[CustomerProfitOut], summary="What is left of a customer")
def customer_profit(request: HttpRequest, customer_id: Id) -> list[dict[str, Any]]:
    """One entry a currency; empty when the customer never bought, is not yet computed, or you may not see them."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require("insight.view_customer")
    actor.require(COSTS_VIEW)
    names = ("revenue_minor", "goods_minor", *(f"{kind}_minor" for kind in KINDS), "net_minor")
    return [
        {"currency": row.snapshot.currency, "as_of": row.snapshot.as_of, "goods_known_share": row.margin_share,
         **{name: getattr(row, name) for name in names}}
        for row in profit_queries.of_customer(actor=actor, customer_id=customer_id)
    ]  # fmt: skip


@router.get("/insight/wallets", response=list[WalletOut], summary="Who buys most elsewhere")
def wallets(request: HttpRequest, limit: int = 50, currency: str = "") -> list[dict[str, Any]]:
    """Of customers who stated their yearly spending, the largest gap first; at most 200."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    actor.require(ORDERS_VIEW)
    shown = queries.dashboard(actor=actor, currency=currency)
    if shown is None:
        return []
    found = profit_queries.wallets(actor=actor, snapshot=shown.snapshot)[: min(200, max(1, limit))]
    return [
        {"customer_id": one.customer.pk, "name": one.customer.name, "currency": one.stated.currency,
         "stated_minor": one.stated.minor, "own_minor": one.own.minor, "gap_minor": one.gap.minor, "share": one.share,
         "stated_on": one.day}
        for one in found
    ]  # fmt: skip
