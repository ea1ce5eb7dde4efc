"""What will be sold: smoothing against its formulas, and judged on what came."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.insight.prediction import demand, smoothing
from peyvand.insight.prediction.models import Demand, Forecast
from peyvand.memory.commerce.tests.factories import a_product

PLAN = smoothing.Plan(ahead=4, season=4, chosen=4, judged=4, least=10)


def test_a_damped_trend_goes_on_ever_more_slowly() -> None:
    line = np.arange(30.0)[None, :]
    told = smoothing.damped(line, 50, 52)[0]
    steps = np.diff(told)
    assert np.allclose(steps[1:] / steps[:-1], smoothing.DAMPING)
    assert told[0] == pytest.approx(30, abs=1)
    assert np.allclose(smoothing.damped(np.full((1, 20), 7.0), 3, 52), 7)


def test_croston_less_its_bias_by_hand() -> None:
    # Every fourth period six pieces: size 6, interval 4, so 0.95 · 6 / 4 a period.
    y = np.tile([0.0, 0, 0, 6], 6)[None, :]
    assert np.allclose(smoothing.croston(y, 2, 4), 0.95 * 6 / 4)


def test_the_season_before_and_a_season_that_grows() -> None:
    season = np.array([10.0, 20, 30, 40])
    y = np.concatenate([season + 4 * year for year in range(6)])[None, :]
    assert np.allclose(smoothing.seasonal_naive(y, 5, 4)[0], [30, 40, 50, 60, 30])
    told = smoothing.seasonal(y, 4, 4)[0]
    truth = season + 4 * 6
    assert np.abs(told - truth).max() < np.abs(smoothing.seasonal_naive(y, 4, 4)[0] - truth).max() + 1


@settings(max_examples=15, deadline=None)
@given(arrays(np.float64, (3, 30), elements=st.floats(0, 1e6)))
def test_a_band_holds_its_middle_and_is_never_below_nothing(y: np.ndarray) -> None:
    told = smoothing.carry_on(y, PLAN)
    assert told is not None
    assert (told.low >= 0).all()
    assert (told.high >= told.low).all()
    assert np.isfinite(told.point).all()
    assert ((told.covered >= 0) & (told.covered <= 1)).all()
    assert (told.error <= told.naive_error).all(), "what does not beat the season before is not used"
    assert all((way == "naive") != on for way, on in zip(told.way, told.on, strict=True))


def test_of_noise_the_band_holds_what_it_says_and_smoothing_wins() -> None:
    draw = np.random.default_rng(3)
    y = draw.normal(100, 10, (200, 60))
    told = smoothing.carry_on(y, PLAN)
    assert told is not None
    assert told.on.mean() > 0.75
    assert told.covered.mean() == pytest.approx(smoothing.LEVEL, abs=0.08)
    assert smoothing.carry_on(y[:, : PLAN.needs - 1], PLAN) is None


def test_periods_are_whole_and_end_with_the_day() -> None:
    day = np.array([(one - date(1970, 1, 1)).days for one in (date(2026, 1, 5), date(2026, 3, 20), date(2026, 3, 21))])
    starts, place = demand._periods("week", day, date(2026, 3, 21))
    assert starts[-1] == date(2026, 3, 15)
    assert place.tolist()[1:] == [len(starts) - 1] * 2
    starts, place = demand._periods("jalali", day, date(2026, 3, 21))
    assert starts[-1] == date(2026, 2, 20), "Esfand is whole, Farvardin is not"
    assert place.tolist() == [-1, len(starts) - 1, -1]


@pytest.mark.django_db
def test_the_page_tells_only_of_products_that_one_may_see(client: Client) -> None:
    tea = a_product()
    card = {"on": False, "why": "few", "horizon": 56, "demand": {"week": {"why": "", "nowruz": True}}}
    Forecast.objects.create(demo=False, currency="EUR", as_of=date(2026, 11, 1), customers=2, card=card)
    payload = {
        "starts": ["2026-10-19", "2026-10-26", "2026-11-02"], "values": [5.0, 7.0], "ahead": [[6.0, 3.0, 9.0]],
        "way": "damped", "on": True, "error": 1.0, "naive_error": 2.0, "covered": 0.75,
    }  # fmt: skip
    for kind, ref in (("all", 0), ("product", tea.pk), ("product", tea.pk + 1_000)):
        Demand.objects.create(
            demo=False, currency="EUR", as_of=date(2026, 11, 1), unit="week", measure="units", kind=kind, ref=ref,
            weight=9, payload=payload,
        )  # fmt: skip
    client.force_login(make_user(role_key="manager"))
    asked = "/insight/prediction/demand/?measure=units"
    for language in ("en", "fa"):
        assert client.get(asked, headers={"accept-language": language}).status_code == 200
    page = client.get(asked, headers={"accept-language": "en"}).content.decode()
    assert "likely between 3 and 9" in page
    assert "Nowruz lies ahead" in page
    assert f"of=product:{tea.pk}" in page
    assert f"product:{tea.pk + 1_000}" not in page
    assert client.get(f"{asked}&of=product:{tea.pk}").status_code == 200
    assert client.get(f"{asked}&of=product:{tea.pk + 1_000}").status_code == 404
    assert client.get("/insight/prediction/demand/?unit=day").status_code == 404
