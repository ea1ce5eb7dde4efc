"""Forecasts by programs."""

from __future__ import annotations

import json
from datetime import date

import pytest

from peyvand.doors.api.tests.factories import person, program
from peyvand.insight.prediction.models import CustomerForecast, Forecast
from peyvand.memory.commerce.tests.factories import a_customer, a_product

pytestmark = pytest.mark.django_db


def test_what_is_foreseen_and_of_whom() -> None:
    asked = program(user=person("manager"))
    assert asked.ask("get", "/insight/prediction").status_code == 404
    tea, pot, who = a_product(), a_product(), a_customer()
    rule = {"left": [tea.pk], "right": pot.pk, "count": 7, "support": 0.1, "confidence": 0.5, "lift": 2.0}
    gone = {**rule, "right": pot.pk + 1_000}
    card = {"horizon": 56, "why": "", "model": "trees", "scored": 9, "expected": 3.5,
            "auc": 0.8, "calibration_error": 0.02, "log_loss": 0.4}  # fmt: skip
    forecast = Forecast.objects.create(
        demo=False, currency="EUR", as_of=date(2026, 3, 1), on=True, customers=9, card=card, baskets=[rule, gone]
    )
    CustomerForecast.objects.create(
        forecast=forecast, customer=who, risk=0.25, at_stake_minor=900, reasons=[["recency", 40.0, 1.2]],
        next_day=date(2026, 3, 9), suggestions=[[pot.pk, tea.pk], [pot.pk + 1_000, tea.pk]],
    )  # fmt: skip
    told = json.loads(asked.ask("get", "/insight/prediction").content)
    assert (told["currency"], told["on"], told["horizon_days"], told["scored"]) == ("EUR", True, 56, 9)
    assert told["measures"] == {"auc": 0.8, "calibration_error": 0.02, "log_loss": 0.4}
    assert told["rules"] == [rule], "a product that is not there is not told"
    (one,) = json.loads(asked.ask("get", f"/customers/{who.pk}/prediction").content)
    assert (one["risk"], one["at_stake_minor"], one["next_day"], one["next_to"]) == (0.25, 900, "2026-03-09", None)
    assert one["reasons"] == [{"feature": "recency", "value": 40.0, "effect": 1.2}]
    assert one["suggestions"] == [{"product_id": pot.pk, "because_of": tea.pk}]
    Forecast.objects.update(on=False, card={"horizon": 28, "why": "few"})
    told = json.loads(asked.ask("get", "/insight/prediction").content)
    assert (told["on"], told["why"], told["measures"], told["scored"], told["model"]) == (
        False,
        "few",
        None,
        None,
        None,
    )
