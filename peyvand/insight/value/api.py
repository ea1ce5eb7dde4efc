"""REST routes of value; doors.api mounts them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Router, Schema
from ninja.errors import HttpError

from peyvand.foundation.ui.rest import Id
from peyvand.insight.value import queries

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
    nothing can be foretold.
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
