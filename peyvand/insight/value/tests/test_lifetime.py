"""The value ahead: checked, reckoned, or said not to be."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.utils.translation import override

from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.insight.value import lifetime, queries, rates, services
from peyvand.insight.value.lifetime import Business, Foretold, _foretold
from peyvand.insight.value.models import Snapshot, SnapshotCustomer
from peyvand.insight.value.person import Person
from peyvand.insight.value.purchases import Purchases, by_day
from peyvand.insight.value.rates import Rates
from peyvand.insight.value.web import ahead
from peyvand.insight.warehouse.models import Load
from peyvand.memory.commerce.tests.factories import a_customer
from peyvand.memory.customers.models import Trait

DAY = date(2026, 11, 1)
UNTIL = DAY.toordinal()
PLAIN = Business(rates=Rates(discount=0.0), own_currency=True, margin=None, margin_share=0.0, kept=1.0)


def business(customers: int = 400, *, days: int = 360) -> Purchases:
    """Customers of BG/NBD over so many days up to DAY, with spending of their own."""
    rng = np.random.default_rng(3)
    rows = []
    for number in range(customers):
        day, pace, mean = int(rng.integers(0, days // 2)), rng.gamma(0.8, 1 / 20), 2000 + rng.gamma(4) * 800
        leaves = rng.beta(0.8, 3)
        while day <= days:
            rows.append((number, UNTIL - days + day, mean * rng.gamma(6) / 6))
            if rng.random() < leaves:
                break
            day += max(1, round(rng.exponential(1 / pace)))
    who, when, amount = zip(*rows, strict=True)
    return by_day(who=who, day=when, amount=amount)


def foretold(purchases: Purchases, business_: Business = PLAIN) -> Foretold:
    ids = np.arange(purchases.who.max() + 1) + 1000
    return _foretold(ids, purchases, until=UNTIL, business=business_, currency="EUR")


@pytest.fixture(scope="module")
def made() -> Foretold:
    return foretold(business())


def test_a_business_of_the_model_is_foretold(made: Foretold) -> None:
    payload = made.payload
    assert payload["state"] == "on"
    assert payload["holdout"]["better"]
    assert payload["customers"] == len(made.people) == 400
    assert payload["total"] == pytest.approx(sum(one.value for one in made.people.values()), abs=400)
    assert sum(row["value"] for row in payload["tenths"]) == pytest.approx(payload["total"], abs=10)
    told = [one.alive for one in made.people.values() if one.alive is not None]
    assert sum(payload["chances"]) == payload["told"] == len(told)
    assert payload["alive"] == pytest.approx(sum(told))
    assert (len(told) < 400) == (payload["model"] == "bg/nbd")  # which says nothing of who bought once
    assert all(0 <= one <= 1 for one in told)
    assert all(one.purchases >= 0 for one in made.people.values())
    check = payload["holdout"]
    assert check["errors"]["model"]["total"] == pytest.approx(check["actual"], rel=0.25)
    assert check["value"]["expected"] == pytest.approx(check["value"]["actual"], rel=0.3)


def test_value_is_purchases_times_what_one_leaves(made: Foretold) -> None:
    whole = made.payload["total"]
    half = foretold(business(), replace(PLAIN, margin=0.5, margin_share=0.8)).payload
    assert half["total"] == pytest.approx(whole / 2, rel=1e-6)
    assert half["margin_from"] == "cost"
    returned = foretold(business(), replace(PLAIN, kept=0.9)).payload
    assert returned["total"] == pytest.approx(whole * 0.9, rel=1e-6)
    served = foretold(business(), replace(PLAIN, rates=Rates(discount=0.0, serve=2.0))).payload
    assert served["total"] == pytest.approx(whole - 200 * made.payload["purchases"], rel=1e-6)
    elsewhere = replace(PLAIN, rates=Rates(discount=0.0, serve=2.0), own_currency=False)
    assert foretold(business(), elsewhere).payload["total"] == whole
    later = foretold(business(), replace(PLAIN, rates=Rates(discount=0.5))).payload
    assert whole / 1.5 < later["total"] < whole
    longer = foretold(business(), replace(PLAIN, rates=Rates(months=24, discount=0.0))).payload
    assert whole < longer["total"] < 2 * whole


def test_less_loss_earns_more_but_brings_nobody_back(made: Foretold) -> None:
    more = made.payload["less_loss"] / made.payload["total"]
    assert 1 < more < 1.05


def test_a_new_customer_pays_back_when_they_have_brought_what_they_cost(made: Foretold) -> None:
    new = made.payload["new"]
    assert new["purchases"] > 1
    assert new["paid_after"] is None
    first = made.payload["mean_spend"] / 100
    for cost, paid in ((first / 10, 0), (first * 1000, None)):
        rated = replace(PLAIN, rates=Rates(discount=0.0, acquire=cost))
        assert foretold(business(), rated).payload["new"]["paid_after"] == paid
    between = replace(PLAIN, rates=Rates(discount=0.0, acquire=new["value"] / 100 * 0.95))
    assert 1 <= foretold(business(), between).payload["new"]["paid_after"] <= 12


@pytest.mark.parametrize("purchases", [business(20), business(300, days=60), by_day(who=[0], day=[UNTIL], amount=[1])])
def test_too_few_are_said_to_be_too_few(purchases: Purchases) -> None:
    found = foretold(purchases)
    assert found.payload["state"] == "few"
    assert not found.people


def test_a_model_that_is_no_better_than_plain_rules_is_not_switched_on() -> None:
    who, day = [], []
    for number in range(120):  # everybody buys every ten days, to the last: their own pace can't be bettered
        for turn in range(1 + number % 2, 34):
            who.append(number)
            day.append(UNTIL - 340 + 10 * turn + number % 5)
    found = foretold(by_day(who=who, day=day, amount=np.full(len(who), 5.0)))
    assert found.payload["state"] == "baseline"
    assert not found.people
    errors = {name: error["rmse"] for name, error in found.payload["holdout"]["errors"].items()}
    assert min(errors, key=errors.__getitem__) != "model"


def test_spending_without_a_model_is_the_mean_of_all() -> None:
    purchases = business()
    same = replace(purchases, amount=np.full(len(purchases.who), 700.0))
    found = foretold(same)
    assert found.payload["spend"] is None
    assert found.payload["mean_spend"] == pytest.approx(700)
    assert found.payload["total"] == pytest.approx(700 * found.payload["purchases"], rel=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"months": 0}, {"months": 121}, {"months": "12"}, {"discount": None}, {"discount": -0.1},
        {"margin": 1.5}, {"serve": -1}, {"acquire": math.nan},
    ],
)  # fmt: skip
def test_rates_that_do_not_fit_are_refused(wrong: dict[str, Any]) -> None:
    given = {**rates.DEFAULT, **wrong} if wrong else {"months": 3}
    with pytest.raises(ValueError, match=r"."):
        rates.checked(given)


def _kept(found: Foretold, *, demo: bool = False) -> Snapshot:
    """A snapshot of three customers of the database with the payload of a business that was foretold."""
    persons = [
        Person(
            customer_id=a_customer(name=f"مشتری {place}", demo=demo).pk, rfm_class="loyal", r=3, f=3, m=3, silence=9,
            rhythm=8.0, orders=4, frequency=4, monetary=400_00, revenue=400_00, margin=None, margin_share=0.0,
            rank=place + 1, slipping=False, first_day=DAY - timedelta(days=90), last_day=DAY,
            alive=0.8 if place else None, expected_orders=2.5 if place else None, lifetime=place * 100_00 or None,
        )
        for place in range(3)
    ]  # fmt: skip
    empty = {
        "pareto": {"customers": 3, "total": 1, "points": []}, "slipping": {"customers": 0, "at_stake": 0},
        "months": {"jalali": [], "gregorian": []}, "cohorts": {"jalali": [], "gregorian": []}, "active": 3,
        "totals": {"amounts": {}, "orders": {}, "net": 0, "exact": "0"},
        "margin": {"revenue": 0, "known": 0, "cost": 0, "share": 0},
        "classes": [{"class": name, "customers": 0, "monetary": 0} for name in ahead.figures.AREAS],
        "only_returns": 0, "future_orders": 0,
        "sources": [
            {"source": "اینستاگرام", "customers": 2, "revenue": 800_00, "lifetime": 300_00},
            {"source": "", "customers": 1, "revenue": 400_00, "lifetime": None},
        ],
        "moves": {"since": "2026-08-02", "rows": {"loyal": {"loyal": 1, "risk": 1}}, "came": {"new": 1}},
        "lifetime": found.payload,
    }  # fmt: skip
    actor = system_actor(demo=demo)
    snapshot = services.snapshot_keep(
        actor=actor, demo=demo, frame_start=DAY, as_of=DAY, currency="EUR", newest=True, payload=empty,
        persons=persons,
        load=Load.objects.create(time_zone="UTC", state="ready", facts={}, fresh_until="2026-11-01T00:00Z"),
    )  # fmt: skip
    major = {person.customer_id: "EUR" for person in persons}
    services.traits_keep(actor=actor, demo=demo, as_of=DAY, persons={"EUR": persons}, major=major)
    return snapshot


@pytest.mark.django_db
def test_what_is_foretold_is_kept_as_figures_and_traits(made: Foretold) -> None:
    snapshot = _kept(made)
    best = SnapshotCustomer.objects.get(snapshot=snapshot, lifetime_minor=200_00)
    traits = dict(Trait.objects.filter(customer=best.customer).values_list("name", "number"))
    assert (traits["value.lifetime"], float(traits["value.alive"])) == (200, 0.8)
    none = SnapshotCustomer.objects.get(snapshot=snapshot, lifetime_minor=None)
    assert not Trait.objects.filter(customer=none.customer, name__in=("value.lifetime", "value.alive")).exists()
    rows = list(queries.people_ahead(actor=system_actor(), snapshot=snapshot))
    assert [row.lifetime_minor for row in rows] == [200_00, 100_00]
    own = Actor(user_id=make_user(role_key="sales").pk, name="x", grants={"insight.view": Scope.ALL})
    with pytest.raises(NotAllowed):
        queries.people_ahead(actor=Actor(user_id=own.user_id, name="x", grants={}), snapshot=snapshot)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_page_says_what_is_foretold_and_what_is_not(client: Any, made: Foretold, language: str) -> None:
    manager = make_user(role_key="manager")
    client.force_login(manager)
    asked = {"accept-language": language}
    assert client.get("/insight/lifetime/", headers=asked).status_code == 200
    snapshot = _kept(made)
    page = client.get("/insight/lifetime/", headers=asked)
    assert page.status_code == 200
    assert "BG/NBD" in page.content.decode()
    assert client.get("/insight/", headers=asked).status_code == 200
    with override(language):
        for state in ("few", "fit", "baseline"):
            payload = {"state": state, "customers": 3, "repeaters": 1}
            if state == "baseline":
                payload["holdout"] = made.payload["holdout"]
            snapshot.payload["lifetime"] = payload
            snapshot.save()
            text = client.get("/insight/lifetime/", headers=asked)
            assert text.status_code == 200
            assert str(ahead.refusal(payload))
        del snapshot.payload["lifetime"]
        snapshot.save()
        assert client.get("/insight/lifetime/", headers=asked).status_code == 200
        assert client.get("/insight/", headers=asked).status_code == 200


@pytest.mark.django_db
def test_rates_are_set_by_administrators(client: Any) -> None:
    client.force_login(make_user(role_key="manager"))
    assert client.get("/insight/lifetime/rates/").status_code == 403
    client.force_login(make_user(role_key="admin"))
    assert client.get("/insight/lifetime/rates/").status_code == 200
    form = {"months": "24", "discount": "20", "margin": "", "serve": "1.5", "acquire": ""}
    assert client.post("/insight/lifetime/rates/", form).status_code == 302
    # The page shows tomans where the reader does; kept are units of the currency, ten rials a toman.
    assert rates.current() == Rates(months=24, discount=0.2, serve=15)
    assert 'value="1.5"' in client.get("/insight/lifetime/rates/").content.decode()
    assert client.post("/insight/lifetime/rates/", {**form, "months": "0"}).status_code == 422
    assert rates.current().months == 24


def test_models_know_what_a_new_customer_does() -> None:
    assert set(lifetime.NEW) == set(lifetime.holdout.MODELS)
