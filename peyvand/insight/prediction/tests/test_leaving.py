"""Definitions of leaving against days worked out by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from django.test import Client
from django.utils.translation import override

from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.jobs.models import Run
from peyvand.insight.prediction import definitions, leaving
from peyvand.insight.prediction.definitions import Definition
from peyvand.insight.prediction.models import Forecast
from peyvand.insight.prediction.web import consequences


def _history() -> leaving.History:
    """1 buys every ten days up to day 50; 2 on days 0 and 40; 3 on day 45 for the first time."""
    rows = [(1, day) for day in range(0, 51, 10)] + [(2, 0), (2, 40), (3, 45)]
    who, day = (np.array(column, dtype=np.int64) for column in zip(*rows, strict=True))
    return leaving.History.made(who, day, {"customer_id": [1], "middle": [10.0]})


def _gone(one: leaving.Leaving, day: int) -> dict[int, bool]:
    ids, gone = one.at(day)
    return dict(zip(ids.tolist(), gone.tolist(), strict=True))


def test_by_silence_and_by_the_own_rhythm() -> None:
    history = _history()
    silence = leaving.BySilence(history, Definition("silence", 30), horizon=99)
    assert _gone(silence, 35) == {1: False, 2: True}
    assert _gone(silence, 40) == {1: False, 2: False}, "who comes back is not gone"
    assert _gone(silence, 81) == {1: True, 2: True, 3: True}
    rhythm = leaving.BySilence(history, Definition("rhythm", 2.0), horizon=30)
    assert _gone(rhythm, 70) == {1: False, 2: False, 3: False}
    assert _gone(rhythm, 71) == {1: True, 2: True, 3: False}, "20 days of one who buys every 10, 30 of others"
    there, gone = leaving.left(rhythm, first=51, last=71)
    assert (there.tolist(), gone.tolist()) == ([1, 2, 3], [True, True, False])


def test_by_the_chance_to_buy_again_longer_silence_never_makes_it_greater() -> None:
    history = _history()
    theta = (0.8, 5.0, 0.7, 2.5)
    chances = np.array([history.alive(theta, day) for day in (50, 60, 90, 200)])
    assert (np.diff(chances[:, :2], axis=0) < 0).all()
    one = leaving.ByChance(history, 0.5, theta)
    assert _gone(one, 50)[1] is False
    assert _gone(one, 400)[1] is True


def test_by_contract_the_last_one_tells() -> None:
    contracts = leaving.ByContract(
        who=np.array([1, 1, 2]), start=np.array([0, 30, 10]), end=np.array([30, 60, leaving.NEVER]),
        reason=("price", "service", ""),
    )  # fmt: skip
    assert _gone(contracts, 5) == {1: False}
    assert _gone(contracts, 30) == {1: False, 2: False}, "the next one begins as the first ends"
    assert _gone(contracts, 60) == {1: True, 2: False}
    assert contracts.reasons(0, 100) == {"price": 1, "service": 1}


def test_what_is_no_definition_is_said_in_words() -> None:
    assert definitions.checked({"way": "silence", "limit": "60"}) == {"way": "silence", "limit": 60}
    assert definitions.of({}) == Definition("silence", 0)
    for way, limit in (("silence", 3), ("rhythm", 0), ("alive", 2), ("moon", 1), ("alive", "x"), ("rhythm", "inf")):
        with override("en"), pytest.raises(ValueError, match=r"Give|Choose"):
            definitions.checked({"way": way, "limit": limit})
    for way, limits in definitions.OFFERED.items():
        for limit in limits:
            key = consequences.key_of(Definition(way, limit))
            assert definitions.of(consequences.read(key)) == Definition(way, limit)


@pytest.mark.django_db
def test_the_definition_is_chosen_by_those_who_set_things(client: Client) -> None:
    periods = [["2026-09-03", "2026-10-02", 100, 20], ["2026-10-03", "2026-11-01", 100, 25]]
    told = [
        {"way": way, "limit": limit, "why": "contracts" if way == "contract" else "", "periods": periods}
        for way, limits in definitions.OFFERED.items()
        for limit in limits
    ]
    Forecast.objects.create(
        demo=False, currency="EUR", as_of=date(2026, 11, 1), customers=2,
        card={"on": False, "why": "few", "horizon": 56, "definitions": told},
    )  # fmt: skip
    client.force_login(make_user(role_key="admin"))
    page = client.get("/insight/prediction/leaving/", headers={"accept-language": "en"}).content.decode()
    assert "25.0%" in page
    assert "No contracts are recorded." in page
    assert not Run.objects.exists()
    assert client.post("/insight/prediction/leaving/", {"definition": "rhythm:2"}).status_code == 302
    assert Run.objects.get().job == "prediction.foresee"
    page = client.get("/insight/prediction/leaving/").content.decode()
    assert 'value="rhythm:2" checked' in page
    assert client.post("/insight/prediction/leaving/", {"definition": "silence:3"}).status_code == 422
    client.force_login(make_user(role_key="manager"))
    assert client.post("/insight/prediction/leaving/", {"definition": "silence:30"}).status_code == 403
