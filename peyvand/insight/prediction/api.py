"""REST routes of prediction; doors.api mounts them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext
from ninja import Router, Schema
from ninja.errors import HttpError

from peyvand.foundation.ui.rest import Id
from peyvand.insight.prediction import definitions, queries

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
    """What is foreseen in one currency. `on` says whether risks are told, else `why` not: "history", "few",
    "baseline" or "contracts"; then what tells of risks is null.

    Leaving means what `leaving` says: "silence" (no purchase for `leaving_limit` days, 0: the horizon), "rhythm"
    (silent for that many times the own usual interval), "alive" (a chance to buy again below it) or "contract" (the
    last one ended). `expected_to_leave` of `scored` customers are expected to be gone within `horizon_days`.
    """

    as_of: date
    currency: str
    on: bool
    why: str
    horizon_days: int
    leaving: str
    leaving_limit: float
    scored: int | None
    expected_to_leave: float | None
    model: str | None
    measures: MeasuresOut | None
    rules: list[RuleOut]
    other_currencies: list[str]


def _leaving(card: Mapping[str, Any]) -> dict[str, Any]:
    chosen = definitions.of(card.get("leaving"))
    return {"leaving": chosen.way, "leaving_limit": chosen.limit}


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

    `risk` is the probability to be gone within `horizon_days` after `as_of`; `reasons` are there for those with the
    greatest expected loss. The next purchase is expected on
    `next_day`; `next_from` and `next_to` come from the shortest and longest tenth of their own intervals, stretched so
    that eight of ten purchases fell between them.
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
        "horizon_days": card["horizon"], **_leaving(card), "scored": card.get("scored"),
        "expected_to_leave": card.get("expected"),
        "model": card.get("model") if forecast.on else None, "measures": card if "auc" in card else None,
        "rules": [rule for rule in forecast.baskets if seen.keys() >= {*rule["left"], rule["right"]}],
        "other_currencies": [code for code in shown.currencies if code != forecast.currency],
    }  # fmt: skip


class ComingOut(Schema):
    """A period to come, by its first day: what is expected, and what 80 per cent of such intervals should hold."""

    starts_on: date
    expected: float
    low: float
    high: float


class DemandOut(Schema):
    """What will be sold of `kind` "all", "category" or "product" (`ref` is its id, 0 of all), after `as_of`; revenue in
    minor units. `better_than_naive`: whether smoothing beat the same period a season before on periods it had not seen;
    `error` is its mean absolute error there, `held` the share of what was sold that fell within such intervals.
    """

    as_of: date
    currency: str
    unit: str
    measure: str
    kind: str
    ref: int
    better_than_naive: bool
    error: float
    held: float
    periods: list[ComingOut]


@router.get("/insight/demand", response=list[DemandOut], summary="What will be sold")
def demand(
    request: HttpRequest,
    currency: str = "",
    unit: Literal["week", "jalali", "gregorian"] = "week",
    measure: Literal["units", "revenue"] = "units",
) -> list[dict[str, Any]]:
    """By weeks, or months of either calendar; in the asked currency, else the one of most customers; the most sold
    first. Empty where the orders do not reach back far enough to judge it.
    """
    actor = request.actor  # type: ignore[attr-defined]
    shown = queries.overview(actor=actor, currency=currency)
    if shown is None:
        raise HttpError(404, gettext("Nothing has been foreseen yet."))
    told = queries.demanded(actor=actor, currency=shown.forecast.currency, unit=unit, measure=measure)
    return [
        {
            "as_of": row.as_of, "currency": row.currency, "unit": row.unit, "measure": row.measure, "kind": row.kind,
            "ref": row.ref, "better_than_naive": row.payload["on"], "error": row.payload["error"],
            "held": row.payload["covered"],
            "periods": [
                {"starts_on": starts, "expected": expected, "low": low, "high": high}
                for starts, (expected, low, high) in zip(
                    row.payload["starts"][len(row.payload["values"]) :], row.payload["ahead"], strict=True
                )
            ],
        }
        for row, _name in told
    ]  # fmt: skip


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
