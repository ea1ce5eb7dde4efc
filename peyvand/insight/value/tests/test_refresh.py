"""The whole way: orders in PostgreSQL, facts in Parquet, figures, traits, panels, pages; on a database that commits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.services import run_now
from peyvand.foundation.outbox.tests.committing import really_committing
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.insight.value import profit_queries, queries, services
from peyvand.insight.value.models import OrderCharge, Scoring, Snapshot
from peyvand.insight.warehouse import engine, feed
from peyvand.insight.warehouse.models import Load
from peyvand.memory.commerce.models import Order, Product
from peyvand.memory.commerce.services import CostData, cost_save
from peyvand.memory.commerce.tests.factories import a_customer, a_product, an_order
from peyvand.memory.customers.models import Customer, Trait
from peyvand.memory.customers.queries import traits_of
from peyvand.memory.customers.services import trait_set
from peyvand.memory.customers.traits import names

TABLES = (
    "value_scoringcustomer", "value_scoring", "value_ordercharge", "commerce_cost",
    "value_snapshotcustomer", "value_snapshot", "warehouse_load", "customers_trait", "commerce_payment",
    "commerce_orderline", "commerce_order", "commerce_product", "interactions_interaction", "customers_identity",
    "customers_customer", "jobs_run", "outbox_event", "django_session", "accounts_signin", "accounts_user",
)  # fmt: skip
LAST = datetime(2026, 11, 1, 9, tzinfo=UTC)


@pytest.fixture
def committed(db: None, tmp_path: Path, settings: object) -> Iterator[None]:
    """A database in which commits are real, and a warehouse of its own."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    with really_committing(*TABLES):
        yield


def bought(customer: Customer | None, price: str, *, days: int, demo: bool = False, currency: str = "EUR") -> Order:
    """An order so many days before LAST."""
    order = an_order(("1", price), customer=customer, demo=demo, currency=currency)
    Order.objects.filter(pk=order.pk).update(placed_at=LAST - timedelta(days=days))
    return order


def refresh(**arguments: str) -> None:
    run_now(actor=system_actor(), job="value.refresh", title="t", arguments=arguments)


@pytest.mark.slow
def test_from_orders_to_traits(committed: None) -> None:
    regular, silent, other = a_customer(name="آرش"), a_customer(name="نازنین"), a_customer(name="نمونه", demo=True)
    for turn in range(6):
        bought(regular, "100", days=7 * turn)
        bought(silent, "80.005", days=90 + 7 * turn)
    bought(None, "33.33", days=5)
    bought(other, "999", days=1, demo=True)
    refresh()

    load = Load.objects.get()
    assert load.state == "ready"
    assert load.reconciled
    assert load.facts["orders"]["rows"] == 14
    snapshot = Snapshot.objects.get(demo=False)
    assert (snapshot.currency, snapshot.customers, snapshot.newest) == ("EUR", 2, True)
    assert snapshot.as_of == LAST.date()
    totals = snapshot.payload["totals"]
    assert totals["amounts"] == {"sale_known": 60000 + 6 * 8001, "sale_anonymous": 3333}
    assert Decimal(totals["exact"]) == Decimal("600") + 6 * Decimal("80.005") + Decimal("33.33")
    assert snapshot.payload["slipping"]["customers"] == 1
    assert snapshot.payload["lifetime"]["state"] == "few"
    assert snapshot.payload["sources"] == [
        {"source": "", "customers": 2, "revenue": 60000 + 6 * 8001, "lifetime": None}
    ]
    assert Snapshot.objects.get(demo=True).payload["totals"]["net"] == 99900

    traits = {trait.name: trait for trait in Trait.objects.filter(customer=silent)}
    assert traits["value.slipping"].number == 1
    assert traits["value.revenue"].number == Decimal("480.06")
    assert traits["value.revenue"].currency == "EUR"
    assert not Trait.objects.filter(customer=regular, name="value.slipping", number=1).exists()


@pytest.mark.slow
def test_currencies_stand_apart_and_the_one_used_most_gives_the_class(committed: None) -> None:
    customer = a_customer()
    for days in (1, 2, 3):
        bought(customer, "10", days=days)
    bought(customer, "5000", days=1, currency="USD")
    refresh()
    nets = dict(Snapshot.objects.values_list("currency", "payload__totals__net"))
    assert nets == {"EUR": 3000, "USD": 500000}
    traits = dict(Trait.objects.filter(customer=customer).values_list("name", "number"))
    assert traits["value.revenue"] == 30
    assert traits["value.revenue.USD"] == 5000
    assert [row.snapshot.currency for row in queries.of_customer(actor=system_actor(), customer_id=customer.pk)] == [
        "EUR",
        "USD",
    ]


@pytest.mark.slow
def test_a_cost_that_a_product_gets_later_counts_for_orders_already_there(committed: None) -> None:
    customer, cheap, foreign = a_customer(), a_product(price="10"), a_product(price="10", currency="USD", cost="1")
    for product, noted in ((cheap, None), (cheap, Decimal("7")), (foreign, None)):
        order = an_order(("2", "10"), customer=customer)
        order.items.update(product=product, unit_cost=noted)
        Order.objects.filter(pk=order.pk).update(placed_at=LAST)
    refresh()
    before = Snapshot.objects.get().payload["margin"]
    assert (before["known"], before["cost"]) == (20, 14)
    Product.objects.filter(pk=cheap.pk).update(unit_cost=Decimal("4"))
    refresh()
    margin = Snapshot.objects.get().payload["margin"]
    assert (margin["revenue"], margin["known"], margin["cost"]) == (60, 40, 14 + 8), "dollars are no euros"
    assert Load.objects.filter(state="ready").latest("pk").reconciled


@pytest.mark.slow
def test_costs_reach_the_customer_by_right_and_scores_come_when_asked_for(committed: None, client: Client) -> None:
    system, good, bad = system_actor(), a_customer(name="آرش"), a_customer(name="نازنین")
    Customer.objects.filter(pk=bad.pk).update(source="معرفی")
    orders = [bought(good, "100", days=3), bought(good, "60", days=200), bought(bad, "40", days=0)]
    for order in orders[:2]:
        order.items.update(unit_cost=Decimal(30))
    cost_save(actor=system, data=CostData("delivery", 101, "EUR", *[LAST.date() - timedelta(days=300)] * 2,
                                          driver="order"))  # fmt: skip
    cost_save(actor=system, data=CostData("sale", 301, "EUR", LAST.date() - timedelta(days=300), LAST.date(),
                                          driver="order"))  # fmt: skip
    cost_save(actor=system, data=CostData("service", 4500, "EUR", LAST.date(), LAST.date(), customer_id=bad.pk))
    cost_save(actor=system, data=CostData("sale", 900, "USD", LAST.date(), LAST.date(), driver="order"))
    trait_set(actor=system, customer=good, name="stated_spending", number=Decimal(320), currency="EUR")
    refresh()

    snapshot = Snapshot.objects.get()
    told = snapshot.payload["profit"]
    assert (told["referred"], told["carrying"]["service"]) == (
        {"came": 1, "active": 2, "each": -600}, 1
    )  # fmt: skip
    found = profit_queries.figures(actor=system, snapshot=snapshot)
    assert found is not None
    said, fall = found["charging"], found["waterfall"]
    assert (said["entries"], said["charged"], said["not_charged"]) == (
        4902, 4801, [{"reason": "orders", "amount": 101, "entries": 1}]
    )  # fmt: skip
    assert fall["net"] == fall["revenue"] - fall["goods"] - 301 - 4500 - 101 == 20000 - 6000 - 4902
    assert found["elsewhere"] == [{"currency": "USD", "amount": 900, "entries": 1}]
    assert [row.customer_id for row in profit_queries.people(actor=system, snapshot=snapshot, loss=True)] == [bad.pk]
    charged = {row.order_id: row for row in OrderCharge.objects.all()}
    assert {order: (row.sale_minor, row.charged_minor) for order, row in charged.items()} == {
        order.pk: (100, 100) for order in orders
    }  # fmt: skip
    before = set(OrderCharge.objects.values_list("pk", flat=True))
    refresh()
    assert set(OrderCharge.objects.values_list("pk", flat=True)) == before, "what is the same is left alone"
    snapshot = Snapshot.objects.get()
    backend = engine.open_warehouse()
    assert backend is not None
    kept = backend.table("order_charges").to_pyarrow().to_pylist()
    assert {row["order_id"]: row["left_minor"] for row in kept} == {
        orders[0].pk: 10000 - 3000 - 100, orders[1].pk: 6000 - 3000 - 100, orders[2].pk: None,
    }  # fmt: skip
    assert profit_queries.of_order(actor=system, order=orders[0]) == charged[orders[0].pk]
    nets = dict(Trait.objects.filter(name="value.net_worth").values_list("customer_id", "number"))
    assert nets == {good.pk: Decimal("97.99"), bad.pk: Decimal("-6.00")}
    (wallet,) = profit_queries.wallets(actor=system, snapshot=snapshot)
    assert (wallet.share, wallet.gap.minor) == (0.5, 16000)

    blind = {"insight.view": Scope.ALL, "insight.view_customer": Scope.ALL, "customers.view": Scope.ALL}
    actor = Actor(user_id=None, name="x", grants=blind)
    assert profit_queries.of_order(actor=actor, order=orders[0]) is None
    assert "value.net_worth" not in {trait.name for trait in traits_of(bad, actor=actor)}
    assert "value.net_worth" in {trait.name for trait in traits_of(bad, actor=system)}
    assert "value.net_worth" not in {one.name for one in names(actor=actor)}
    assert profit_queries.of_customer(actor=actor, customer_id=bad.pk) == []
    with pytest.raises(NotAllowed):
        profit_queries.figures(actor=actor, snapshot=snapshot)
    with pytest.raises(NotAllowed):
        services.scoring_ask(actor=actor, as_of=snapshot.as_of, currency="EUR", window_days=90, basis="net")

    asked = {"window": 90, "basis": "net", "currency": "EUR", "as_of": snapshot.as_of.isoformat()}
    run_now(actor=system, job="value.score", title="t", arguments=asked)
    amounts = dict(Scoring.objects.get().people.values_list("customer_id", "amount_minor"))
    assert sum(amounts.values()) == (10000 - 3000) + 4000 - 4500 - sum(  # the share of these 90 days of 301
        part for part in (301 - 301 * 211 // 301,)
    )  # fmt: skip

    client.force_login(make_user(role_key="manager"))
    page = client.get(f"/orders/{orders[0].pk}/", headers={"accept-language": "en"})
    assert "After charges" in page.content.decode()
    for path in (
        "/insight/profit/", "/insight/profit/people/?loss=1", "/insight/profit/people/?tenth=1", "/insight/wallet/",
        "/insight/scores/?window=90&basis=net", "/insight/scores/people/?window=90&basis=net", f"/customers/{bad.pk}/",
    ):  # fmt: skip
        assert client.get(path).status_code == 200, path


@pytest.mark.slow
def test_another_day_is_a_snapshot_without_traits(committed: None) -> None:
    customer = a_customer()
    bought(customer, "10", days=0)
    bought(customer, "20", days=30)
    refresh()
    refresh(as_of=(LAST - timedelta(days=10)).date().isoformat())
    older = Snapshot.objects.get(newest=False)
    assert older.payload["totals"]["net"] == 2000
    assert Trait.objects.get(customer=customer, name="value.revenue").number == 30


@pytest.mark.slow
def test_no_orders_leave_no_figures_and_no_stale_trait(committed: None) -> None:
    customer = a_customer()
    order = bought(customer, "10", days=0)
    refresh()
    assert Trait.objects.filter(customer=customer).exists()
    Order.objects.filter(pk=order.pk).update(status="cancelled", cancelled_at=LAST)
    refresh()
    assert not Snapshot.objects.exists()
    assert not Trait.objects.exists()


@pytest.mark.slow
def test_people_are_seen_by_right_and_pages_open(committed: None, client: Client) -> None:
    owner = make_user(role_key="sales")
    mine, theirs = a_customer(name="مشتری من", owner_id=owner.pk), a_customer(name="مشتری دیگری")
    for turn in range(5):
        bought(mine, "10", days=60 + turn * 3)
        bought(theirs, "50", days=60 + turn * 3)
    bought(None, "1", days=0)
    refresh()
    grants = {"insight.view": Scope.ALL, "insight.view_customer": Scope.ALL, "customers.view": Scope.OWN}
    actor = Actor(user_id=owner.pk, name="x", grants=grants)
    snapshot = Snapshot.objects.get()
    assert [row.customer_id for row in queries.people(actor=actor, snapshot=snapshot, slipping=True)] == [mine.pk]
    assert queries.hidden_people(actor=actor, snapshot=snapshot, slipping=True) == 1
    assert queries.of_customer(actor=actor, customer_id=theirs.pk) == []
    with pytest.raises(NotAllowed):
        queries.dashboard(actor=Actor(user_id=owner.pk, name="x", grants={}))

    client.force_login(make_user(role_key="manager"))
    for path in ("/insight/", "/insight/people/?slipping=1", "/insight/definitions/", "/insight/data/", "/"):
        for language in ("fa", "en"):
            answer = client.get(path, headers={"accept-language": language})
            assert answer.status_code == 200, path
    assert client.get("/insight/?as_of=1999-01-01").status_code == 200
    assert client.get("/insight/people/?rfm_class=nobody").status_code == 404


@pytest.mark.django_db
def test_before_the_first_figures_the_page_says_how_far_they_are(client: Client) -> None:
    manager = make_user(role_key="manager")
    client.force_login(manager)
    assert "pv-run-ended" not in client.get("/insight/").content.decode()
    run = Run.objects.create(job="value.refresh", arguments={"as_of": ""}, actor={}, done=1, total=4)
    waiting = client.get("/insight/").content.decode()
    assert "pv-run-ended from:body" in waiting
    assert ("every 5s" in waiting) is (f"pv-run-{run.pk}" not in waiting)
    assert "pv-run-ended" not in client.get("/insight/?as_of=1999-01-01").content.decode()
    client.force_login(make_user(role_key="admin"))
    assert f"pv-run-{run.pk}" in client.get("/insight/").content.decode()
    Run.objects.update(state=Run.State.FAILED)
    assert "pv-run-ended" not in client.get("/insight/").content.decode()


@pytest.mark.slow
def test_files_of_a_load_that_a_restored_database_knows_no_more_are_no_hindrance(committed: None) -> None:
    bought(a_customer(), "10", days=0)
    known = Load.objects.create(time_zone="UTC", state="failed").pk
    left = engine.place.folder_of(known + 1)
    left.mkdir(parents=True)
    (left / "orders.parquet").write_bytes(b"of another time")
    refresh()
    assert Load.objects.get(state="ready").pk == known + 1
    assert Snapshot.objects.exists()


@pytest.mark.slow
def test_a_warehouse_that_disagrees_is_not_used(committed: None, monkeypatch: pytest.MonkeyPatch) -> None:
    bought(a_customer(), "10", days=0)
    refresh()
    before = Load.objects.get(state="ready").pk
    bought(a_customer(), "20", days=0)
    monkeypatch.setattr(feed, "_told", lambda row, shape: dict.fromkeys(["rows", *shape.summed], Decimal(-1)))
    with pytest.raises(engine.WarehouseDisagreesError):
        refresh()
    assert Load.objects.filter(state="failed").count() == 1
    current = engine.place.current()
    assert current is not None
    assert current.name == str(before)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('value.refresh.running'))")
        assert cursor.fetchone() == (True,)
        cursor.execute("SELECT pg_advisory_unlock(hashtext('value.refresh.running'))")
