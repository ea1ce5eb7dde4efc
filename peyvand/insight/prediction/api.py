"""REST routes of prediction; doors.api mounts them."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Router, Schema
from ninja.errors import HttpError

from peyvand.foundation.ui.rest import Id
from peyvand.insight.prediction import queries

router = Router(tags=["insight"])


class MeasuresOut(Schema):
    """How well risks were told, on customers of a later time than they were learnt from."""

    auc: float
    calibration_error: float
    log_loss: float


class RuleOut(Schema):
    """Whoever buys all of `left` buys `right` in `confidence` of the cases, `lift` times as often as others."""

    left: list[int]
    right: int
    count: int
    support: float
    confidence: float
    lift: float


class ForecastOut(Schema):
    """What is foreseen in one currency. `on` says whether risks are told, else `why` not: "history", "few" or
    "baseline"; then what tells of risks is null.

    Leaving means no purchase within `horizon_days`; `expected_to_leave` of `scored` customers of the last 12 months.
    """

    as_of: date
    currency: str
    on: bool
    why: str
    horizon_days: int
    scored: int | None
    expected_to_leave: float | None
    model: str | None
    measures: MeasuresOut | None
    rules: list[RuleOut]
    other_currencies: list[str]


class RiskReasonOut(Schema):
    """What raises a customer's risk: the feature, its value, and its effect in log-odds."""

    feature: str
    value: float
    effect: float


class SuggestionOut(Schema):
    """A product that they may buy next, because they bought another."""

    product_id: int
    because_of: int


class PredictionOut(Schema):
    """What is foreseen of a customer in one currency; null where it is not told.

    `risk` is the probability of no purchase within `horizon_days` after `as_of`. The next purchase is expected on
    `next_day`; `next_from` and `next_to` come from the shortest and longest tenth of their own intervals.
    """

    currency: str
    as_of: date
    horizon_days: int
    risk: float | None
    at_stake_minor: int
    reasons: list[RiskReasonOut]
    next_day: date | None
    next_from: date | None
    next_to: date | None
    suggestions: list[SuggestionOut]


@router.get("/insight/prediction", response=ForecastOut, summary="What is foreseen")
def prediction(request: HttpRequest, currency: str = "") -> dict[str, Any]:
    """In the asked currency, else the one of most customers; 404 before the first forecast."""
    actor = request.actor  # type: ignore[attr-defined]
    shown = queries.overview(actor=actor, currency=currency)
    if shown is None:
        raise HttpError(404, gettext("Nothing has been foreseen yet."))
    forecast, card = shown.forecast, shown.forecast.card
    seen = queries.product_names(
        actor=actor, ids={product for rule in forecast.baskets for product in (*rule["left"], rule["right"])}
    )
    return {
        "as_of": forecast.as_of, "currency": forecast.currency, "on": forecast.on, "why": card["why"],
        "horizon_days": card["horizon"], "scored": card.get("scored"), "expected_to_leave": card.get("expected"),
        "model": card.get("model") if forecast.on else None, "measures": card if "auc" in card else None,
        "rules": [rule for rule in forecast.baskets if seen.keys() >= {*rule["left"], rule["right"]}],
        "other_currencies": [code for code in shown.currencies if code != forecast.currency],
    }  # fmt: skip


@router.get(
    "/customers/{customer_id}/prediction", response=list[PredictionOut], summary="What is foreseen of a customer"
)
def customer_prediction(request: HttpRequest, customer_id: Id) -> list[dict[str, Any]]:
    """One entry a currency; empty when nothing is foreseen of the customer, or you may not see them."""
    actor = request.actor  # type: ignore[attr-defined]
    actor.require("insight.view_customer")
    rows = queries.of_customer(actor=actor, customer_id=customer_id)
    seen = queries.product_names(
        actor=actor, ids={product for row in rows for pair in row.suggestions for product in pair}
    )
    return [
        {
            "currency": row.forecast.currency, "as_of": row.forecast.as_of,
            "horizon_days": row.forecast.card["horizon"], "risk": row.risk, "at_stake_minor": row.at_stake_minor,
            "reasons": [dict(zip(("feature", "value", "effect"), reason, strict=True)) for reason in row.reasons],
            "next_day": row.next_day, "next_from": row.next_from, "next_to": row.next_to,
            "suggestions": [
                {"product_id": product, "because_of": because}
                for product, because in row.suggestions
                if product in seen and because in seen
            ],
        }
        for row in rows
    ]  # fmt: skip
