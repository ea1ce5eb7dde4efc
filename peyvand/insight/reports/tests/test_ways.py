"""The whole way: contacts and orders in PostgreSQL, facts in files, ways and paths, pages; with real commits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from peyvand.events.value import ValueRefreshed
from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.services import run_now
from peyvand.foundation.outbox.tests.committing import really_committing
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.insight.reports import acquisition_queries, funnel_queries, handlers, way_services
from peyvand.insight.reports.acquisition_queries import spread
from peyvand.insight.reports.asked import FIRST_DAY, Asked, today
from peyvand.insight.reports.funnel_queries import Behind
from peyvand.insight.reports.models import Figure, Way, WayTouch
from peyvand.insight.warehouse import feed
from peyvand.insight.warehouse.models import Load
from peyvand.memory.commerce.models import Cost, CostKind, Order
from peyvand.memory.commerce.services.discounts import DiscountData
from peyvand.memory.commerce.tests.factories import a_customer, an_order
from peyvand.memory.customers.models import Customer
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services import record

TABLES = (
    "reports_waytouch", "reports_way", "reports_figure", "value_snapshotcustomer", "value_snapshot", "warehouse_load",
    "commerce_cost", "commerce_payment", "commerce_orderline", "commerce_order", "commerce_product",
    "interactions_interaction", "customers_trait", "customers_identity", "customers_customer", "jobs_run",
    "outbox_event", "django_session", "accounts_signin", "accounts_user",
)  # fmt: skip


@pytest.fixture
def committed(db: None, tmp_path: Path, settings: object) -> Iterator[None]:
    """A database in which commits are real, and a warehouse of its own."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]
    with really_committing(*TABLES):
        yield


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


def ago(days: float) -> datetime:
    return timezone.now() - timedelta(days=days)


def someone(name: str, *, known: float, source: str = "", demo: bool = False) -> Customer:
    """A customer whose record was made so many days ago."""
    customer = a_customer(name=name, demo=demo)
    Customer.objects.filter(pk=customer.pk).update(source=source, created_at=ago(known))
    return customer


def bought(customer: Customer | None, days: float, price: str = "100", currency: str = "EUR") -> Order:
    order = an_order(("1", price), customer=customer, currency=currency)
    Order.objects.filter(pk=order.pk).update(placed_at=ago(days), tracks_payment=False)
    return order


def called(
    customer: Customer, days: float, *, direction: str = "in", kind: str = "call", channel: str = "call"
) -> None:
    record(
        actor=system_actor(demo=customer.demo), kind=kind, at=ago(days), customer=customer, channel=channel,
        direction=direction, payload={"text": "x"},
    )  # fmt: skip


def compute() -> None:
    feed.load()
    run_now(actor=system_actor(), job="reports.ways", title="t", arguments={})


def asked(**more: Any) -> Asked:
    return Asked(since=FIRST_DAY, until=today(), **more)


@pytest.mark.slow
def test_from_contacts_and_orders_to_ways_paths_and_pages(committed: None, client: Client) -> None:
    one, two = someone("One", known=60, source="اینستاگرام"), someone("Two", known=50, source="instagram")
    three, late = someone("Three", known=40, source="Tea fair"), someone("Late", known=1)
    called(one, 50)
    called(one, 45, direction="out")
    called(one, 44, kind="note", channel="", direction="")  # no contact
    bought(one, 40)
    called(one, 30, kind="meeting", channel="store", direction="")
    bought(one, 20, "300")
    bought(two, 30)  # nothing before it
    called(two, 10)  # after the order: the lead is not on the way
    called(three, 200)  # longer ago than a path reaches back
    offered = an_order(("1", "100"), customer=three, discount=DiscountData("Nowruz", amount=Decimal(10)))
    Order.objects.filter(pk=offered.pk).update(placed_at=ago(39), tracks_payment=False)
    bought(None, 5)
    bought(one, 3, "77", currency="USD")
    someone("Sample", known=9, demo=True)
    compute()

    ways = {way.customer_id: way for way in Way.objects.all()}
    assert len(ways) == 4
    assert [ways[who.pk].source for who in (one, two, three, late)] == ["instagram", "instagram", "tea fair", ""]
    first = ways[one.pk]
    assert first.lead_at is not None
    assert first.known_at < first.lead_at < first.customer_at < first.repeat_at  # type: ignore[operator]
    assert (first.first_currency, first.first_net_minor, first.channel) == ("EUR", 10_000, "call")
    assert ways[two.pk].lead_at is None
    assert ways[three.pk].known_at == ways[three.pk].lead_at  # the call came before the record
    assert (ways[late.pk].customer_at, ways[late.pk].channel) == (None, "")

    paths = Figure.objects.get(name="paths", currency="EUR").payload
    assert (paths["orders"], paths["told"], paths["untold"], paths["nobody"]) == (4, 2, 2, 1)
    assert {tuple(path["touches"]) for path in paths["paths"]} == {
        ("said:call/call/in", "said:call/call/out"), ("said:meeting/store/",),
    }  # fmt: skip
    for given in paths["credit"].values():
        assert sum(given.values()) == pytest.approx(paths["told"])
    for worth in paths["worth"].values():
        assert sum(worth.values()) == pytest.approx(paths["told_net"]) == 40_000
    assert paths["credit"]["last"]["said:call/call/out"] == 1
    assert Figure.objects.get(name="paths", currency="USD").payload["told"] == 0
    assert set(WayTouch.objects.values_list("customer_id", flat=True)) == {one.pk}

    month = Figure.objects.get(name="paths-30", currency="EUR").payload
    assert month["since"] == (today() - timedelta(days=29)).isoformat(), "the day as the workspace has it"
    assert (month["orders"], month["told"], month["nobody"]) == (1, 1, 1)
    assert set(month["credit"]["last"]) == {"said:meeting/store/"}

    actor = system_actor()
    for touch, window, people in (("said:call/call/in", 30, 0), ("said:call/call/in", 90, 1),
                                  ("said:meeting/store/", 30, 1)):  # fmt: skip
        which = Behind(touch=touch, window=window)
        assert funnel_queries.people(actor=actor, asked=asked(), which=which).count() == people
    found = funnel_queries.funnel(actor=actor, asked=asked())
    assert found is not None
    assert [(stage.people, stage.on, stage.straight) for stage in found.stages] == [
        (0, 0, 0), (4, 3, 4), (2, 2, 0), (3, 1, 0), (1, 0, 0),
    ]  # fmt: skip
    assert funnel_queries.standing(actor=actor, asked=asked()) == [
        ("visitor", 0, 0), ("known", 1, 0), ("lead", 0, 0), ("customer", 2, 0), ("repeat", 1, 0),
    ]  # fmt: skip
    assert funnel_queries.people(actor=actor, asked=asked(), which=Behind("known", "stopped")).get() == ways[late.pk]
    assert funnel_queries.people(actor=actor, asked=asked(), which=Behind(touch="said:meeting/store/")).count() == 1

    client.force_login(make_user(role_key="manager"))
    for page, words in {
        "": "How far do they come?", "?view=standing": "Where does everybody stand?", "?period=month&at=2020-01-01": "",
        "paths/": "The commonest paths", "paths/?days=30": "Of <b>1</b> orders",
        "paths/?currency=USD": "nothing to divide",
        "acquisition/": "Too few were won",
        "paths/touchpoint/?touch=said:call/call/in": "Incoming call", "people/?stage=lead&period=all": "Three",
    }.items():  # fmt: skip
        answer = client.get(f"/insight/reports/ways/{page}", headers={"accept-language": "en"})
        assert answer.status_code == 200, page
        assert words in answer.content.decode(), page
    for page in ("?at=x", "?at=0001-01-01", "paths/touchpoint/?touch=nothing", "people/?stage=aware"):
        assert client.get(f"/insight/reports/ways/{page}").status_code == 404, page


@pytest.mark.slow
def test_nothing_but_one_order_is_no_fault(committed: None, client: Client) -> None:
    bought(None, 1)
    compute()
    assert Figure.objects.get(name="paths").payload["credit"] == {}
    client.force_login(make_user(role_key="manager"))
    for page in ("", "?view=standing", "paths/", "acquisition/", "people/"):
        assert client.get(f"/insight/reports/ways/{page}").status_code == 200, page


@pytest.mark.slow
def test_many_touches_leave_a_path_of_thirty(committed: None) -> None:
    busy = someone("Busy", known=20)
    called(busy, 10)
    kinds = ("call", "meeting")
    Interaction.objects.bulk_create(
        Interaction(
            kind=kinds[n % 2], channel=kinds[n % 2], direction="in", at=ago(9) + timedelta(seconds=n), customer=busy
        )
        for n in range(100)
    )
    bought(busy, 1)
    compute()
    payload = Figure.objects.get(name="paths").payload
    assert [len(path["touches"]) for path in payload["paths"]] == [30]
    assert payload["touches"]["said:call/call/in"]["orders"] == 1


def kept_funnel(strangers: list[list[Any]] | None = None) -> None:
    """Figures as a computation keeps them."""
    load = Load.objects.create(time_zone="Asia/Tehran")
    payload = {"strangers": strangers or [], "untold": 0}
    Figure.objects.create(name="funnel", demo=False, as_of=today(), payload=payload, load=load)


def way(customer: Customer, **more: Any) -> Way:
    given = {"demo": False, "entered_at": ago(30), "known_at": ago(30), "source": "", "channel": ""}
    return Way.objects.create(customer=customer, **{**given, **more})


def won(count: int, *, source: str, repeat: bool = False, **more: Any) -> None:
    for number in range(count):
        customer = Customer.objects.create(kind="person", name=f"{source} {number}", city=more.pop("city", ""))
        way(
            customer, source=source, customer_at=ago(20), first_currency="EUR", first_net_minor=1000,
            repeat_at=ago(10) if repeat else None, **more,
        )  # fmt: skip


def cost(amount: int, source: str, kind: str = CostKind.ACQUISITION, days: tuple[int, int] = (30, 1)) -> None:
    first, last = (today() - timedelta(days=n) for n in days)
    Cost.objects.create(kind=kind, amount_minor=amount, currency="EUR", day_from=first, day_to=last, source=source)


@pytest.mark.django_db
def test_acquisition_by_source_with_its_cost(client: Client) -> None:
    kept_funnel([[today().isoformat(), "google", 7]])
    won(6, source="instagram", repeat=True)
    won(5, source="store")
    won(2, source="someone by name")
    cost(6000, "Insta")
    cost(500, "")
    cost(2600, "", CostKind.SERVICE)
    actor = system_actor()
    found = acquisition_queries.acquisition(actor=actor, asked=asked())
    assert found is not None
    rows = {row.key: row for row in found.sources}
    assert list(rows) == ["instagram", "store", "google", None]
    assert (rows["instagram"].spend, rows["instagram"].cost_each, rows["store"].cost_each) == (6000, 1000, None)
    assert (rows["google"].visitors, rows[None].won.customers) == (7, 2)
    assert (found.total.spend, found.apart, found.total.won.customers) == (6500, 500, 13)
    assert found.costed == pytest.approx(6 / 13)
    assert rows["instagram"].won.repeat_share == 1
    half = Asked(since=today() - timedelta(days=15), until=today())
    spent = acquisition_queries.acquisition(actor=actor, asked=half)
    assert spent is not None
    assert spent.total.spend == 3000 + 250

    blind = Actor(
        user_id=None, name="", grants={"reports.view": Scope.ALL, "insight.view": Scope.ALL},
        hidden=frozenset({"customer.source"}),
    )  # fmt: skip
    seen = acquisition_queries.acquisition(actor=blind, asked=asked())
    assert seen is not None
    assert [(row.key, row.won.customers, row.spend) for row in seen.sources] == [("", 13, None)]
    client.force_login(make_user(role_key="viewer"))
    page = client.get("/insight/reports/ways/acquisition/?period=all", headers={"accept-language": "en"})
    assert page.status_code == 200
    behind = client.get("/insight/reports/ways/people/?stage=visitor&period=all", headers={"accept-language": "en"})
    assert "7 are browsers of nobody known" in behind.content.decode()  # the number counts them, the list can't


@pytest.mark.django_db
def test_customers_are_compared_by_the_offer_that_won_them(client: Client) -> None:
    kept_funnel()
    cost(6000, "")
    for number in range(9):
        customer = a_customer(name=f"c{number}")
        moment = ago(20 + number)
        reason = "Nowruz" if number < 5 else "For one" if number < 7 else "  "
        order = an_order(("1", "100"), customer=customer, discount=DiscountData("x", amount=Decimal(15)))
        Order.objects.filter(pk=order.pk).update(placed_at=moment, discount_reason=reason.strip())
        way(customer, customer_at=moment, first_currency="EUR", first_net_minor=8500, discounted=True)
    found = acquisition_queries.acquisition(actor=system_actor(), asked=asked())
    assert found is not None
    assert [(one.name, one.won.customers, one.given_each) for one in found.offers] == [
        ("Nowruz", 5, 1500), ("", 2, 1500), (None, 2, 1500),
    ]  # fmt: skip
    of = found.offers[0]
    of.curve = [[1, 5, 2000], [2, 5, 2400]]
    assert (found.total.cost_each, of.payback(found.total.cost_each), of.payback(None)) == (667, 2, 1)
    which = Behind(side="won", offer="nowruz")
    assert funnel_queries.people(actor=system_actor(), asked=asked(), which=which).count() == 5
    client.force_login(make_user(role_key="manager"))
    page = client.get("/insight/reports/ways/acquisition/?period=all", headers={"accept-language": "en"})
    assert "Small offers together" in page.content.decode()


@pytest.mark.django_db
def test_who_is_counted_under_an_offer_is_who_is_listed() -> None:
    kept_funnel()
    written = (
        "Nowruz  sale",
        "nowruz sale ",
        " NOWRUZ\tSALE",
        "Nowruz\u00a0sale",
        "Nowruz sale",
        "عید ِ نوروز",
        "",
        "  ",
    )
    for number, reason in enumerate(written * 3):
        customer, moment = a_customer(name=f"c{number}"), ago(20 + number)
        order = an_order(("1", "100"), customer=customer, discount=DiscountData("x", amount=Decimal(15)))
        Order.objects.filter(pk=order.pk).update(placed_at=moment, discount_reason=reason)
        way(customer, customer_at=moment, first_currency="EUR", first_net_minor=8500, discounted=True)
    found = acquisition_queries.acquisition(actor=system_actor(), asked=asked())
    assert found is not None
    assert [one.won.customers for one in found.offers] == [15, 6, 3]
    for one in found.offers:
        if one.name is not None:
            which = Behind(side="won", offer=one.name)
            listed = funnel_queries.people(actor=system_actor(), asked=asked(currency="EUR"), which=which)
            assert listed.count() == one.won.customers


@pytest.mark.django_db
def test_a_cost_is_spread_over_its_days() -> None:
    days = [today() + timedelta(days=n) for n in range(10)]
    whole = Asked(since=days[0], until=days[9])
    assert spread(1000, days[0], days[9], whole) == 1000
    parts = [spread(1000, days[0], days[9], Asked(since=day, until=day)) for day in days]
    assert sum(parts) == 1000
    assert spread(1000, days[0], days[1], Asked(since=days[5], until=days[6])) == 0


@pytest.mark.django_db
def test_the_narrowest_stage_is_told_with_its_reason() -> None:
    kept_funnel()
    won(30, source="store", repeat=True)
    won(30, source="instagram")
    found = funnel_queries.funnel(actor=system_actor(), asked=asked())
    assert found is not None
    narrow = funnel_queries.narrowest(actor=system_actor(), found=found)
    assert narrow is not None
    assert (narrow.stage.name, narrow.stage.people, narrow.stage.on, narrow.before) == ("customer", 60, 30, None)
    assert [(one.by, one.value, one.on) for one in narrow.segments] == [
        ("source", "instagram", 0), ("source", "store", 30),
    ]  # fmt: skip


@pytest.mark.django_db
def test_people_and_hidden_fields_stand_by_right() -> None:
    kept_funnel()
    mine, other = a_customer(name="Mine"), a_customer(name="Other")
    user = make_user(role_key="sales")
    Customer.objects.filter(pk=mine.pk).update(owner=user)
    for customer in (mine, other):
        way(customer, source="instagram")
    own = Actor(
        user_id=user.pk, name="", grants={"reports.view": Scope.ALL, "customers.view": Scope.OWN},
        hidden=frozenset({"customer.source", "customer.city"}),
    )  # fmt: skip
    which = Behind("known")
    assert [row.customer_id for row in funnel_queries.people(actor=own, asked=asked(), which=which)] == [mine.pk]
    assert funnel_queries.behind(actor=own, asked=asked(), which=which).count() == 2
    assert funnel_queries.sources(actor=own) == []
    assert (
        funnel_queries.behind(actor=own, asked=asked(source="store"), which=which).count() == 2
    )  # not by what is hidden
    nobody = Actor(user_id=user.pk, name="", grants={})
    for ask in (funnel_queries.funnel, funnel_queries.ways):
        with pytest.raises(NotAllowed):
            ask(actor=nobody, asked=asked())
    with pytest.raises(NotAllowed):
        acquisition_queries.acquisition(actor=own, asked=asked())


@pytest.mark.django_db
def test_one_computation_serves_any_number_of_events() -> None:
    for _ in range(2):
        handlers.after_figures(
            ValueRefreshed(demo=False, as_of="2026-11-01", customers=1), event_id=1, actor=system_actor()
        )
    assert Run.objects.filter(job="reports.ways").count() == 1
    handlers.nightly()
    assert Run.objects.filter(job="reports.ways").count() == 2


@pytest.mark.parametrize("days", ["0", "366", "x"])
def test_a_look_back_has_its_limits(days: str) -> None:
    with pytest.raises(ValueError, match=r"1|x"):
        way_services.lookback_checked(days)
