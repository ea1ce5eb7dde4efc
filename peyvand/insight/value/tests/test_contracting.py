"""Contracts: how they stand on a day, who stays, what that is worth; on contracts drawn from known parameters."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.foundation.calendar.calendars import CalendarKind, add_months
from peyvand.insight.value.contracting import figures, loss, worth
from peyvand.insight.value.contracting.besides import bought_besides
from peyvand.insight.value.contracting.joining import joined
from peyvand.insight.value.contracting.standing import FAR, MONTH, Contracts, columns, read
from peyvand.insight.value.contracting.staying import Staying, Study
from peyvand.insight.value.fitting import sbg
from peyvand.insight.value.fitting.likelihood import FitError
from peyvand.insight.value.frames import Frame
from peyvand.insight.value.lifetime import Ahead, Foretold
from peyvand.insight.value.person import Worth
from peyvand.insight.value.rates import Rates

JALALI = CalendarKind.JALALI
DAY = date(2026, 11, 30)
PLAIN = Rates(months=12, discount=0.0)


def business(number: int = 900, *, alpha: float = 0.7, beta: float = 2.5, months: int = 1, seed: int = 5) -> Any:
    """A backend with monthly contracts begun over three years whose customers leave as the model says."""
    rng = np.random.default_rng(seed)
    contracts, periods = [], []
    for pk in range(1, number + 1):
        start = DAY - timedelta(days=int(rng.integers(1, 1_090)))
        leaves, first, terms, ended = rng.beta(alpha, beta), start, 0, None
        while ended is None and first <= DAY:
            until = add_months(start, (terms + 1) * months, JALALI) - timedelta(days=1)
            periods.append((len(periods) + 1, pk, first, until))
            terms += 1
            if rng.random() < leaves:
                ended = until
            first = until + timedelta(days=1)
        contracts.append((pk, start, periods[-1][3], ended if ended and ended <= DAY else None, terms - 1))
    return backend_of(contracts, periods, months)


def backend_of(contracts: list[Any], periods: list[Any], months: int) -> Any:
    backend = ibis.duckdb.connect()
    number = len(contracts)
    backend.con.register("contracts", pa.table({
        "id": pa.array([row[0] for row in contracts], pa.int64()), "demo": pa.array([False] * number),
        "customer_id": pa.array([row[0] + 100 for row in contracts], pa.int64()),
        "product_id": pa.array([7] * number, pa.int64()),
        "kind": ["subscription"] * number, "currency": ["EUR"] * number,
        "reason": ["price" if row[3] else "" for row in contracts],
        "starts_on": pa.array([row[1] for row in contracts], pa.date32()),
        "ends_on": pa.array([row[2] for row in contracts], pa.date32()),
        "ended_on": pa.array([row[3] for row in contracts], pa.date32()),
        "term_months": pa.array([months] * number, pa.int16()),
        "renewals": pa.array([row[4] for row in contracts], pa.int32()),
        "fee_minor": pa.array([3_000] * number, pa.int64()), "period_months": pa.array([1] * number, pa.int16()),
        "renews_itself": [False] * number,
    }))  # fmt: skip
    backend.con.register("contract_periods", pa.table({
        "id": pa.array([row[0] for row in periods], pa.int64()), "demo": pa.array([False] * len(periods)),
        "contract_id": pa.array([row[1] for row in periods], pa.int64()),
        "starts_on": pa.array([row[2] for row in periods], pa.date32()),
        "ends_on": pa.array([row[3] for row in periods], pa.date32()),
    }))  # fmt: skip
    return backend


@pytest.fixture(scope="module")
def known() -> figures.Agreed:
    found = figures.agreed(business(), demo=False, day=DAY, calendar=JALALI)
    assert found is not None
    return found


def test_customers_of_any_age_are_fitted_as_cohorts_are() -> None:
    theta, there = (0.7, 2.5), [100.0, 80, 70, 66]
    value, slope = sbg.loglik(theta, there)
    lost, kept = [20.0, 10, 4], [0.0, 0, 0, 66]
    again, same = sbg.loglik_of(theta, lost, kept)
    assert value == pytest.approx(again)
    assert slope == pytest.approx(same)
    assert sbg.fit(there).values == pytest.approx(sbg.fit_of(lost, kept).values)
    with pytest.raises(FitError):
        sbg.fit_of([3.0], [5.0])


def test_the_parameters_come_back_and_beat_one_rate_for_all(known: figures.Agreed) -> None:
    model = known.study.segments["", 1.0]
    assert model.payload is not None
    assert model.state == "on", model.payload
    for name, truth in (("alpha", 0.7), ("beta", 2.5)):
        assert abs(model.payload["params"][name] - truth) < 2 * model.payload["stderr"][name]
    check = model.payload["holdout"]
    assert check["errors"]["model"]["rmse"] < check["errors"]["rate"]["rmse"]
    assert check["errors"]["model"]["total"] == pytest.approx(check["stayed"], rel=0.15)
    assert sum(row["contracts"] for row in check["groups"]) == check["contracts"]


def test_few_contracts_and_a_rate_that_is_as_good_are_said() -> None:
    few = figures.agreed(business(30), demo=False, day=DAY, calendar=JALALI)
    assert few is not None
    assert few.study.segments["", 1.0].state == "few"
    worths = few.worth("EUR", rates=PLAIN, margin=None)
    assert all(one.ahead == one.sure and one.stays in (None, 0, 1) for one in worths.values())
    alike = figures.agreed(business(700, alpha=400, beta=1_600), demo=False, day=DAY, calendar=JALALI)
    assert alike is not None
    flat = alike.study.segments["", 1.0]
    assert flat.rate == pytest.approx(0.8, abs=0.02)
    assert flat.payload is not None
    errors = flat.payload["holdout"]["errors"]
    assert flat.state == "rate" or errors["rate"]["rmse"] - errors["model"]["rmse"] < 0.002
    assert figures.agreed(business(3), demo=True, day=DAY, calendar=JALALI) is None


def test_looking_back_nothing_later_is_known(known: figures.Agreed) -> None:
    cut = DAY - timedelta(days=200)
    backend = business()
    then, now = read(backend, demo=False, until=cut, calendar=JALALI, looking_back=True), known.contracts
    assert (then.start <= cut.toordinal()).all()
    assert ((then.last <= cut.toordinal()) | (then.last == FAR)).all()
    at = np.searchsorted(now.contract, then.contract)
    assert (now.contract[at] == then.contract).all()
    assert (now.passed[at] >= then.passed).all()
    assert (then.gone <= now.gone[at]).all()


def one_contract(**more: Any) -> Contracts:
    end = DAY.toordinal()
    plain: dict[str, Any] = {
        "contract": 1, "customer": 9, "kind": "lease", "currency": "EUR", "reason": "", "start": end - 100,
        "last": FAR, "term_end": end + round(6 * MONTH), "months": 12.0, "passed": 2, "monthly": 1_000.0,
        "itself": False, "open": False,
    } | more  # fmt: skip
    return Contracts(until=end, calendar=JALALI, **{name: np.array([value]) for name, value in plain.items()})


def a_study(model: Staying) -> Study:
    return Study({("lease", 12.0): model, ("", 12.0): model})


def test_value_is_fees_times_the_chance_that_they_are_paid() -> None:
    model = Staying("on", 0.8, (0.7, 2.5))
    renew = float(sbg.retention((0.7, 2.5), 3))  # of one who renewed twice: the third
    (one,) = worth.of_customers(one_contract(), a_study(model), rates=PLAIN, margin=0.5).values()
    left = round(6 * MONTH) / MONTH
    assert (one.sure, one.monthly, one.whole) == (round(500 * left), 1_000, None)
    assert one.ahead == pytest.approx(500 * (left + (12 - left) * renew), abs=1)
    assert one.stays == pytest.approx(renew)
    interest = Rates(months=12, discount=0.1)
    (later,) = worth.of_customers(one_contract(), a_study(model), rates=interest, margin=None).values()
    annuity = (1 - 1.1**-0.5) / np.log(1.1) * 12
    terms = (1 - 1 / 1.1) / np.log(1.1) * 12 * sbg.residual((0.7, 2.5), renewals=2, discount=0.1) / 1.1**0.5
    assert later.whole == pytest.approx(1_000 * (annuity + terms), rel=1e-3)
    (ends,) = worth.of_customers(
        one_contract(last=DAY.toordinal() + round(3 * MONTH)), a_study(model), rates=interest, margin=None
    ).values()
    assert ends.ahead == ends.sure < 3_001
    assert ends.stays == 0
    rate = Staying("rate", 0.8)
    geometric = sum(0.8 ** (t + 1) / 1.1**t for t in range(200))
    assert rate.residual(2, 0.1) == pytest.approx(geometric)


@given(
    theta=st.tuples(st.floats(0.2, 5), st.floats(0.2, 20)), passed=st.integers(0, 30), left=st.floats(0, 11),
    months=st.integers(1, 60),
)  # fmt: skip
@settings(max_examples=25)
def test_more_renewals_are_worth_more_and_never_more_than_all_fees(
    theta: tuple[float, float], passed: int, left: float, months: int
) -> None:
    model = Staying("on", 0.5, theta)
    rates = Rates(months=months, discount=0.0)

    def value(number: int) -> Worth:
        found = one_contract(passed=number, term_end=DAY.toordinal() + round(left * MONTH))
        return worth.of_customers(found, a_study(model), rates=rates, margin=None)[9]

    one, older = value(passed), value(passed + 1)
    assert one.sure <= one.ahead <= older.ahead + 1 <= 1_000 * months + 2
    assert 0 <= one.stays <= older.stays + 1e-9 <= 1 + 1e-8


def test_loss_adds_up(known: figures.Agreed) -> None:
    found = known.contracts
    worths = {"EUR": known.worth("EUR", rates=Rates(), margin=None)}
    payload = figures.payload(known, worths, Rates())
    assert payload["contracts"] == 900
    assert payload["running"] == len(worths["EUR"]) == int((~found.gone).sum())
    for calendar in figures.CALENDARS:
        rows = payload["months"][calendar]
        for row in rows:
            assert row["lost"] == row["avoidable"] + row["unavoidable"] + row["unknown"]
            assert row["lost_of_running"] <= row["running"]
        for before, after in pairwise(rows):
            assert after["running"] == before["running"] + before["signed"] - before["lost"]
        cohorts = payload["cohorts"][calendar]
        assert all(row["contracts"] == row["running"] + row["avoidable"] for row in cohorts)
    shares = [row[1] for row in payload["survival"]]
    assert shares == sorted(shares, reverse=True)
    assert payload["year"]["lost"] == payload["year"]["avoidable"]
    due = payload["renewals"]
    assert [row["days"] for row in due] == list(loss.WITHIN)
    assert all(0 <= row["lost"] <= row["at_stake"] for row in due)
    assert due[0]["contracts"] <= due[1]["contracts"] <= payload["running"]
    assert payload["worth"]["EUR"]["sure"] <= payload["worth"]["EUR"]["ahead"] <= payload["worth"]["EUR"]["whole"]


def test_an_open_contract_counts_the_periods_of_its_fee() -> None:
    start = DAY - timedelta(days=100)
    rows = pa.table({
        "id": [1, 2], "customer_id": pa.array([None, 5], pa.int64()), "kind": ["service"] * 2, "currency": ["EUR"] * 2,
        "reason": ["", "price"], "starts_on": pa.array([start, start]),
        "ended_on": pa.array([None, start + timedelta(days=45)], pa.date32()),
        "term_months": pa.array([None, None], pa.int16()), "term_end": pa.array([None, None], pa.date32()),
        "period_months": pa.array([1, 1], pa.int16()), "fee_minor": [100, 100], "terms": [1, 1],
        "renews_itself": [False, False],
    })  # fmt: skip
    found = columns(rows, until=DAY, calendar=JALALI)
    assert found.passed.tolist() == [3, 1]
    assert found.gone.tolist() == [False, True]
    assert found.customer.tolist() == [0, 5]
    assert DAY.toordinal() < found.term_end[0] <= DAY.toordinal() + 31


def test_contracts_join_what_is_foretold_of_purchases() -> None:
    payload: dict[str, Any] = {"state": "on", "total": 30, "less_loss": 40, "tenths": []}
    bought = Foretold(payload, {1: Ahead(0.5, 1.0, 10), 2: Ahead(0.9, 2.0, 20)})
    agreed = {2: Worth(1, 5, 50, 60, None, 0.5), 3: Worth(1, 5, 50, 70, None, 0.5)}
    found = joined(bought, agreed)
    assert {customer: one.value for customer, one in found.people.items()} == {1: 10, 2: 80, 3: 70}
    assert found.people[3].alive is None
    assert found.payload["contracts"] == {"customers": 2, "beside": 60, "alone": 70}
    assert (found.payload["total"], found.payload["less_loss"]) == (90, 100)
    assert sum(row["value"] for row in found.payload["tenths"]) == 90
    assert joined(bought, {}) is bought


def test_fees_that_were_ordered_are_no_purchases_besides() -> None:
    backend = business(1)
    day = DAY - timedelta(days=1)
    backend.con.register("orders", pa.table({
        "id": [1, 2, 3], "demo": [False] * 3, "customer_id": [101, 101, 102], "kind": ["sale"] * 3,
        "status": ["placed"] * 3, "currency": ["EUR"] * 3, "net_minor": pa.array([3_000, 5_000, 3_000], pa.int64()),
        "placed_at_day": pa.array([day, DAY, day]),
    }))  # fmt: skip
    backend.con.register("order_lines", pa.table({
        "order_id": [1, 2, 2, 3], "product_id": [7, 7, 8, 7], "net": [30.0, 30.0, 20.0, 30.0],
    }))  # fmt: skip
    frame = Frame(backend=backend, demo=False, currency="EUR", as_of=DAY)
    rows = bought_besides(frame).to_pyarrow().to_pylist()
    assert [(row["customer_id"], row["placed_at_day"], row["amount"]) for row in rows] == [
        (101, DAY, 2_000.0), (102, day, 3_000.0),
    ]  # fmt: skip
