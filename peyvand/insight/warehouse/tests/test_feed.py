"""Facts are moved by change: after whatever happened, the files hold what a load from nothing would put there."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings, strategies

from peyvand.foundation.outbox.tests.committing import really_committing
from peyvand.foundation.registry.declarations import WarehouseFact
from peyvand.foundation.registry.registry import registry
from peyvand.insight.warehouse import feed, parts, place, services, watching
from peyvand.insight.warehouse.models import Load
from peyvand.memory.commerce.models import Order, OrderLine, Product
from peyvand.memory.commerce.tests.factories import a_customer, a_product, an_order
from peyvand.memory.customers.models import Customer

TABLES = (
    "warehouse_load", "commerce_payment", "commerce_orderline", "commerce_order", "commerce_product",
    "interactions_interaction", "customers_identity", "customers_customer", "outbox_event", "warehouse_change",
)  # fmt: skip


@pytest.fixture
def committed(db: None, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database in which commits are real, a warehouse of its own, files of few rows, and no sum of the whole source
    that could mend what the feed has missed.
    """
    settings.DATA = tmp_path
    monkeypatch.setattr(feed, "SMALL", -1)
    monkeypatch.setattr(feed, "CHUNK", 3)
    for name, value in {"PART_ROWS": 6, "SMALL_ROWS": 3, "SMALL_PARTS": 3}.items():
        monkeypatch.setattr(parts, name, value)
    with really_committing(*TABLES):
        yield


def held(folder: Path | None = None) -> dict[str, list[dict[str, Any]]]:
    """Every row of every fact, by key."""
    folder = folder or place.current()
    assert folder is not None
    found = {}
    for fact in sorted(path for path in folder.iterdir() if path.is_dir() and path.name != "dates"):
        rows = [row for file in fact.iterdir() for row in pq.read_table(file).to_pylist()]
        found[fact.name] = sorted(rows, key=lambda row: row["id"])
    return found


def moved() -> Load:
    """A load that begins at the one before."""
    load = feed.load()
    assert load.reconciled
    return load


def assert_as_from_nothing() -> None:
    by_change = held()
    whole = feed.load(full=True)
    assert whole.full
    assert by_change == held()


def bytes_of(folder: Path) -> bytes:
    return b"".join(str(row).encode() for path in folder.rglob("*.parquet") for row in pq.read_table(path).to_pylist())


def test_every_table_that_a_fact_reads_is_declared(db: None) -> None:
    with connection.cursor() as cursor:
        for fact in registry.all(WarehouseFact):
            cursor.execute(f"CREATE TEMP VIEW looked_at AS {fact.select}")
            cursor.execute(
                "SELECT DISTINCT c.relname FROM pg_rewrite r JOIN pg_depend d ON d.objid = r.oid "
                "JOIN pg_class c ON c.oid = d.refobjid WHERE r.ev_class = 'looked_at'::regclass "
                "AND c.oid <> r.ev_class"
            )
            assert {name for (name,) in cursor.fetchall()} == set(fact.reads), fact.name
            cursor.execute("SELECT column_name FROM information_schema.columns WHERE table_name = 'looked_at'")
            columns = {name for (name,) in cursor.fetchall()}
            assert columns == set(fact.columns), fact.name
            assert set(fact.reads.values()) <= columns
            assert fact.key in fact.reads.values()
            cursor.execute("DROP VIEW looked_at")


def add(n: int) -> None:
    an_order((str(1 + n % 3), "10.005"), ("1", "7"), customer=a_customer() if n % 2 else None)


def correct(n: int) -> None:
    for order in Order.objects.order_by("id")[n % 5 : n % 5 + 2]:
        Order.objects.filter(pk=order.pk).update(placed_at=timezone.now() - timedelta(days=n))
        OrderLine.objects.filter(order=order).update(description=f"دیگر {n}")


def cost(n: int) -> None:
    for line in OrderLine.objects.filter(product=None).order_by("-id")[:2]:
        OrderLine.objects.filter(pk=line.pk).update(product=a_product(price="10"))
    Product.objects.update(unit_cost=Decimal(n))


def drop(n: int) -> None:
    for order in Order.objects.order_by("id")[n % 4 : n % 4 + 1]:
        OrderLine.objects.filter(order=order).delete()
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM interactions_interaction")
            cursor.execute("DELETE FROM commerce_order WHERE id = %s", [order.pk])


def rename(n: int) -> None:
    Customer.objects.update(city=f"شهر {n}")


STEPS = strategies.lists(
    strategies.tuples(strategies.sampled_from([add, add, correct, cost, drop, rename]), strategies.integers(0, 9)),
    min_size=1,
    max_size=5,
)


@pytest.mark.slow
@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=strategies.lists(STEPS, min_size=1, max_size=3))
def test_by_change_is_as_from_nothing(committed: None, rounds: list[list[tuple[Any, int]]]) -> None:
    add(1)
    moved()
    for steps in rounds:
        for step, n in steps:
            with transaction.atomic():
                step(n)
        assert not moved().full
    assert_as_from_nothing()


@pytest.mark.slow
def test_only_what_changed_is_read_and_nothing_new_is_no_load(committed: None) -> None:
    for n in range(8):
        add(n)
    first = moved()
    assert first.full
    assert moved().pk == first.pk
    assert Load.objects.get().fresh_until > first.fresh_until
    order = Order.objects.order_by("id").first()
    Order.objects.filter(pk=order.pk).update(channel="web")
    second = moved()
    assert (second.full, second.moved) == (False, 1 + order.lines), "the order and its lines"
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM warehouse_change")
        assert cursor.fetchone() == (0,)
    assert_as_from_nothing()


@pytest.mark.slow
def test_what_commits_late_is_not_lost(committed: None) -> None:
    add(0)
    moved()
    other = connections.create_connection("default")
    ours = connections["default"]
    try:
        connections["default"] = other
        other.set_autocommit(False)
        add(1)  # begun before the load, and committed after it
        connections["default"] = ours
        add(2)
        moved()
        assert len(held()["orders"]) == 2
        other.commit()
        moved()
        assert len(held()["orders"]) == 3
        assert_as_from_nothing()
    finally:
        connections["default"] = ours
        other.close()


class FallenError(Exception):
    """What the test lets happen."""


@pytest.mark.slow
@pytest.mark.parametrize("point", ["manifest_write", "switch", "switched", "sweep"])
def test_a_load_that_falls_loses_no_change(committed: None, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    add(0)
    first = moved()
    add(1)
    before = held()
    switch = place.switch

    def fall(*given: Any, **named: Any) -> None:
        if point == "switched":
            switch(*given, **named)
        raise FallenError

    with monkeypatch.context() as patch:
        patch.setattr(place, "switch" if point == "switched" else point, fall)
        with pytest.raises(FallenError):
            feed.load()
    assert held() == before or point in {"switched", "sweep"}
    left = {folder.name for folder in place.root().iterdir() if folder.name.isdigit()}
    assert len(left) == (1 if point in {"manifest_write", "switch"} else 2)
    assert services.base().load.pk == first.pk or point == "sweep"  # type: ignore[union-attr]
    drop(0)
    after = moved()
    assert not after.full
    assert len(held()["orders"]) == 1
    assert_as_from_nothing()


@pytest.mark.slow
@pytest.mark.crash
def test_a_killed_load_leaves_the_one_before(committed: None) -> None:
    add(0)
    first = moved()
    add(1)
    child = os.fork()
    if not child:
        connections["default"] = connections.create_connection("default")
        place.switch = lambda _load_id, _token: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[assignment]
        try:
            feed.load()
        finally:
            os._exit(1)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert place.current() == place.folder_of(first.pk)
    assert len(held()["orders"]) == 1
    after = moved()
    assert not after.full
    assert list(Load.objects.order_by("id").values_list("state", flat=True)) == ["ready", "failed", "ready"]
    assert_as_from_nothing()


@pytest.mark.slow
def test_after_an_erasure_no_file_holds_the_row(committed: None) -> None:
    for n in range(5):
        add(n)
    somebody = a_customer()
    Customer.objects.filter(pk=somebody.pk).update(city="شهر پنهان")
    moved()
    add(2)
    moved()
    assert "شهر پنهان".encode() in bytes_of(place.root())
    reader = place.held()
    assert reader is not None
    Customer.objects.filter(pk=somebody.pk).delete()
    place.forget()
    moved()
    assert place.forgetting(), "somebody still reads the files from before"
    os.close(reader[1])
    moved()
    assert not place.forgetting()
    assert "شهر پنهان".encode() not in bytes_of(place.root())
    assert_as_from_nothing()


@pytest.mark.slow
def test_a_change_that_nobody_noted_is_found_by_the_check(committed: None) -> None:
    a_product(price="10")
    moved()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE commerce_product DISABLE TRIGGER warehouse_note_u")
        Product.objects.update(unit_cost=5)
        cursor.execute("ALTER TABLE commerce_product ENABLE TRIGGER warehouse_note_u")
    assert held()["products"][0]["unit_cost"] is None
    load = feed.load(check=True)
    assert load.reconciled
    assert load.facts["products"]["whole"]
    assert not load.facts["customers"]["whole"]
    assert_as_from_nothing()


@pytest.mark.slow
def test_files_of_another_state_of_the_database_are_not_begun_at(committed: None) -> None:
    add(0)
    first = moved()
    Load.objects.update(token="of the state that was restored")
    add(1)
    assert moved().full
    assert first.pk != Load.objects.latest("pk").pk
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE commerce_payment")
    assert watching.looked()[0]
    load = moved()
    assert (load.full, load.facts["payments"]["whole"]) == (False, True)
