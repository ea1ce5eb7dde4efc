"""The whole way: orders, figures, forecasts, traits, pages; on a database that commits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.test import Client
from django.utils.translation import override

from peyvand.events.value import ValueRefreshed
from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.services import run_now
from peyvand.foundation.outbox.tests.committing import really_committing
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.insight.prediction import frames, handlers, judging, panels, queries, services
from peyvand.insight.prediction.definitions import Definition
from peyvand.insight.prediction.models import CustomerForecast, Forecast
from peyvand.insight.prediction.web import showing
from peyvand.insight.value.frames import Frame
from peyvand.insight.warehouse import engine
from peyvand.memory.commerce.models import Order
from peyvand.memory.commerce.tests.factories import a_customer, an_order
from peyvand.memory.customers.models import Customer, Trait

TABLES = (
    "prediction_customerforecast", "prediction_forecast", "value_snapshotcustomer", "value_snapshot", "warehouse_load",
    "customers_trait", "commerce_payment", "commerce_orderline", "commerce_order", "commerce_product",
    "interactions_interaction", "customers_identity", "customers_customer", "jobs_run", "outbox_event",
    "django_session", "accounts_signin", "accounts_user",
)  # fmt: skip
LAST = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def committed(db: None, tmp_path: Path, settings: object) -> Iterator[None]:
    """A database in which commits are real, and a warehouse of its own."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    with really_committing(*TABLES):
        yield


def foresee() -> None:
    run_now(actor=system_actor(), job="value.refresh", title="t", arguments={"as_of": ""})
    run_now(actor=system_actor(), job="prediction.foresee", title="t", arguments={})


def regulars_and_leavers(count: int) -> None:
    """Customers who buy every three weeks and stop for good at some day: copies of one order, written without the
    triggers, which would count each one's lines.
    """
    draw = np.random.default_rng(7)
    first = an_order(("1", "10"), customer=a_customer(), currency="EUR")
    Customer.objects.bulk_create([Customer(name=f"C{number}", kind="person") for number in range(count)])
    rows = []
    for who in Customer.objects.filter(name__startswith="C").values_list("pk", flat=True):
        stops = int(draw.exponential(250))
        start = int(draw.integers(200, 400))
        rows += [(who, start - turn * 21) for turn in range(20) if start - turn * 21 >= 0 and turn * 21 <= stops]
    rows.append((rows[0][0], 0))
    names = [
        field.column
        for field in Order._meta.concrete_fields
        if not field.primary_key and not field.generated
    ]  # fmt: skip
    copied = ", ".join({"number": "'n' || g.row", "customer_id": "g.who", "placed_at": "g.at"}.get(n, n) for n in names)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            f"INSERT INTO commerce_order ({', '.join(names)}) SELECT {copied} FROM commerce_order o, unnest("
            " %s::bigint[], %s::bigint[], %s::timestamptz[]) AS g(row, who, at) WHERE o.id = %s",
            [[n for n, _ in enumerate(rows)], [who for who, _day in rows],
             [LAST - timedelta(days=day) for _who, day in rows], first.pk],
        )  # fmt: skip
        cursor.execute("SET session_replication_role = origin")
    Order.objects.filter(pk=first.pk).update(placed_at=LAST - timedelta(days=30))


@pytest.mark.slow
def test_from_orders_to_risks_traits_and_pages(
    committed: None, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    regulars_and_leavers(500)
    foresee()
    forecast = Forecast.objects.get()
    card = forecast.card
    assert (forecast.currency, forecast.as_of, forecast.on) == ("EUR", LAST.date(), True), card
    assert 28 <= card["horizon"] <= 180
    assert card["auc"] > 0.8
    assert (card["tested_of"], card["learnt_of"]) == (card["test_rows"], card["train_rows"])
    told = card["baselines"]
    assert min(card["log_loss"], told["recency"]["log_loss"]) < told["base_rate"]["log_loss"]
    assert card["test_day"] == (LAST.date() - timedelta(days=card["horizon"])).isoformat()
    assert max(card["train_days"]) <= (LAST.date() - timedelta(days=2 * card["horizon"])).isoformat()

    worst = forecast.people.filter(risk__isnull=False).order_by("-risk")[0]
    assert worst.risk > 0.8
    assert worst.reasons[0][0] in {"recency", "ratio"}
    trait = Trait.objects.get(customer=worst.customer, name="prediction.risk")
    assert trait.number == Decimal(str(round(100 * worst.risk, 1)))
    calm = forecast.people.filter(risk__lt=0.3, next_day__isnull=False).first()
    assert calm is not None
    assert forecast.as_of <= calm.next_day <= calm.next_to

    client.force_login(make_user(role_key="manager"))
    for path in (
        "/insight/prediction/",
        "/insight/prediction/people/",
        "/insight/prediction/people/?group=0",
        f"/customers/{worst.customer_id}/",
    ):
        for language in ("fa", "en"):
            assert client.get(path, headers={"accept-language": language}).status_code == 200, path
    assert client.get("/insight/prediction/people/?group=9").status_code == 404
    assert sum(group["customers"] for group in card["groups"]) == card["scored"]
    assert card["survival"][0][0] == 0
    shares = [share for _month, share, *_rest in card["survival"]]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] < 0.6, "about half of these leave"
    page = client.get("/insight/prediction/", headers={"accept-language": "en"}).content.decode()
    assert "still buy" in page
    frame = Frame(backend=engine.open_warehouse(), demo=False, currency="EUR", as_of=LAST.date())
    by_rhythm = Definition("rhythm", 2.0)
    every = judging.judge(frame, days=card["horizon"], definition=by_rhythm).card
    assert every["test_rows"] == every["tested_of"] > 100
    monkeypatch.setattr(judging, "MOST_JUDGED", every["tested_of"] // 2)
    part = judging.judge(frame, days=card["horizon"], definition=by_rhythm).card
    assert part["test_rows"] < every["test_rows"]
    assert part["tested_of"] == pytest.approx(every["tested_of"], rel=0.35)
    monkeypatch.undo()
    foresee()
    assert Forecast.objects.get().card["shift"] == pytest.approx(0, abs=1e-6)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE commerce_order CASCADE")
    foresee()
    assert not Forecast.objects.exists()
    assert not Trait.objects.filter(source=services.SOURCE).exists()


@pytest.mark.slow
def test_with_few_orders_the_page_says_why_nothing_is_told(committed: None, client: Client) -> None:
    order = an_order(("1", "10"), customer=a_customer(), currency="EUR")
    Order.objects.filter(pk=order.pk).update(placed_at=LAST)
    foresee()
    card = Forecast.objects.get().card
    assert (card["on"], card["why"]) == (False, "history")
    client.force_login(make_user(role_key="manager"))
    page = client.get("/insight/prediction/", headers={"accept-language": "en"}).content.decode()
    assert "reach back far enough" in page
    assert client.get("/insight/prediction/people/").status_code == 200


def _kept(customers: list[Customer]) -> Forecast:
    forecast = Forecast.objects.create(
        demo=False,
        currency="EUR",
        as_of=LAST.date(),
        on=True,
        card={"on": True, "horizon": 56, "suggestions": {}, "next": {}},
        customers=2,
    )
    for customer in customers:
        CustomerForecast.objects.create(
            forecast=forecast,
            customer=customer,
            group=0,
            risk=0.8,
            reasons=[["recency", 40, 1.2], ["returned", 0.25, 0.3]],
        )
    return forecast


@pytest.mark.django_db
def test_people_are_shown_only_to_those_who_may_see_them() -> None:
    owner = make_user(role_key="manager")
    mine, theirs = a_customer(owner_id=owner.pk), a_customer()
    forecast = _kept([mine, theirs])
    grants = {"insight.view": Scope.ALL, "insight.view_customer": Scope.ALL, "customers.view": Scope.OWN}
    actor = Actor(user_id=owner.pk, name="x", grants=grants)
    assert [row.customer_id for row in queries.people(actor=actor, forecast=forecast)] == [mine.pk]
    assert [row.customer_id for row in queries.people(actor=actor, forecast=forecast, group=0)] == [mine.pk]
    assert queries.hidden_people(actor=actor, forecast=forecast) == 1
    assert queries.of_customer(actor=actor, customer_id=theirs.pk) == []
    assert panels.customer(actor, theirs, {}) is None
    nobody = Actor(user_id=owner.pk, name="x", grants={})
    with pytest.raises(NotAllowed):
        queries.overview(actor=nobody)
    assert queries.of_customer(actor=nobody, customer_id=mine.pk) == []


@pytest.mark.django_db
def test_reasons_are_words_in_both_languages() -> None:
    row = _kept([a_customer()]).people.get()
    with override("en"):
        assert showing.reasons(row) == ["no purchase for 40 days", "25% of the purchases went back"]
    with override("fa"):
        assert "۴۰" in showing.reasons(row)[0]
    assert set(showing.feature_names()) == {*judging.FEATURES, *frames.CONTRACT}
    for feature in showing.feature_names():
        row.reasons = [[feature, 2.5, 1.0]]
        assert showing.reasons(row)[0]


@pytest.mark.django_db
def test_new_figures_ask_for_one_forecast() -> None:
    for _again in range(2):
        event = ValueRefreshed(demo=True, as_of="2026-11-01", customers=1)
        handlers.after_figures(event, event_id=1, actor=system_actor())
    assert Run.objects.filter(job="prediction.foresee", demo=True).count() == 1


def test_shift_is_nothing_between_equals_and_grows() -> None:
    assert judging.shift([5, 10, 5], [5, 10, 5]) == 0
    # by hand, of shares ½/½ and ¼/¾ of many: Σ (b − a) ln(b / a)
    expected = -0.25 * np.log(0.5) + 0.25 * np.log(1.5)
    assert judging.shift([50_000, 50_000], [25_000, 75_000]) == pytest.approx(expected, abs=1e-4)


def test_of_many_customers_a_part_is_learnt_from_each_with_all_their_days() -> None:
    ids = np.arange(100_000)
    days = [(np.column_stack([ids, ids]).astype(float), ids % 3 == 0, ids)] * 2
    x, y, folds = judging.together(days, of=200_000)
    assert len(x) == len(y) == len(folds) == pytest.approx(judging.MOST_ROWS, rel=0.05)
    who, rows = np.unique(x[:, 0], return_counts=True)
    assert (rows == 2).all()
    assert y.mean() == pytest.approx(1 / 3, abs=0.02)
    assert np.bincount(folds, minlength=4) / len(folds) == pytest.approx(0.25, abs=0.02)
    one, other = folds[: len(who)], folds[len(who) :]
    assert (one == other).all()
    judged = judging.among(ids, of=1_000_000, most=judging.MOST_JUDGED)
    assert not (judging.among(ids, of=3_000_000) & ~judged).any(), "who is learnt from anew was judged"
    few = [(x[:10], y[:10], ids[:10])]
    assert len(judging.together(few, of=10)[0]) == 10
