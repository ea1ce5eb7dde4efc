"""The sample comes and goes whole, is the same each time, and leaves one's own rows as they were."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from django.utils.translation import override

from peyvand.foundation.accounts.models import Team, User
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.demo import services
from peyvand.foundation.demo.people import COLLEAGUES, SIGNS_IN, TEAM
from peyvand.foundation.demo.queries import demo_status, rows_exist
from peyvand.foundation.demo.world import World
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.registry.actor import Actor, NotAllowed, system_actor
from peyvand.foundation.registry.declarations import DemoPart
from peyvand.foundation.registry.registry import registry
from peyvand.memory.commerce.models import Order, Product
from peyvand.memory.commerce.queries import wrong_figures
from peyvand.memory.commerce.tests.factories import a_customer, a_product, an_order
from peyvand.memory.customers.demo import TWICE, Habit, lives
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.customers.services import customers_delete
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services import note_add
from peyvand.memory.matching.models import Level, Pair
from peyvand.memory.matching.services.asking import look_at
from tests.sample.checksums import checksums

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
NOW = datetime(2026, 11, 23, 7, 42, tzinfo=UTC)


def own_business() -> Customer:
    """Somebody of one's own with an order and a note."""
    customer = a_customer(name="ترانه مشفق")
    product = a_product(cost="4")
    an_order(("2", "12.5"), customer=customer)
    note_add(actor=ACTOR, customer=customer, text="یادداشتی از کسب‌وکار خودمان")
    assert product.pk
    return customer


def world(seed: int = 7, size: float = 0.1, now: datetime = NOW) -> World:
    return World(seed=seed, now=now, size=size, staff_ids=(1, 2, 3, 4), team_id=1)


def test_loading_and_removing_leaves_ones_own_rows_byte_for_byte() -> None:
    own_business()
    before = checksums()
    assert all(rows for table, (rows, _digest) in before.items() if table in ("customers_customer", "commerce_order"))
    services.demo_load(actor=ACTOR, size=0.1)
    assert checksums() == before
    assert demo_status().present
    services.demo_remove(actor=ACTOR)
    assert checksums() == before
    assert {rows for rows, _digest in checksums(own=False).values()} == {0}
    assert not demo_status().present


def test_what_staff_added_to_the_sample_goes_with_it() -> None:
    services.demo_load(actor=ACTOR, size=0.05)
    looking = system_actor(demo=True)
    customer = a_customer(demo=True)
    an_order(("1", "5"), customer=customer, demo=True)
    note_add(actor=looking, customer=customer, text="افزوده در نمونه")
    customers_delete(actor=looking, customers=[Customer.objects.filter(demo=True).order_by("pk")[0].pk])
    services.demo_remove(actor=ACTOR)
    assert {rows for rows, _digest in checksums(own=False).values()} == {0}


def test_the_same_seed_and_moment_give_the_same_rows() -> None:
    def told() -> list[object]:
        services.demo_load(actor=ACTOR, seed=11, size=0.1, now=NOW)
        orders = Order.objects.filter(demo=True).order_by("number")
        said = Interaction.objects.filter(demo=True, kind__in=("note", "call", "meeting")).order_by("id")
        found: list[object] = [
            *Customer.objects.filter(demo=True).order_by("id").values_list("name", "city", "created_at", "note"),
            *orders.values_list("number", "customer__name", "placed_at", "total_minor", "paid_minor", "status"),
            *said.values_list("at", "customer__name", "payload", "sentiment"),
        ]
        services.demo_remove(actor=ACTOR)
        return found

    once = told()
    assert len(once) > 500
    assert told() == once


def test_another_seed_is_another_sample() -> None:
    assert lives(world(seed=1)) != lives(world(seed=2))
    assert lives(world(seed=1)) == lives(world(seed=1, now=NOW + timedelta(days=40)))


def test_every_habit_lives_in_the_whole_sample() -> None:
    assert {life.habit for life in lives(world(size=1))} == set(Habit)


@pytest.mark.slow
def test_some_are_there_twice_and_are_found() -> None:
    services.demo_load(actor=ACTOR, size=1)
    twice = list(Customer.objects.filter(demo=True).order_by("-pk").values_list("pk", flat=True)[:TWICE])
    look_at(demo=True, customer_ids=twice)
    found = Pair.objects.filter(demo=True, b_id__in=twice)
    assert set(found.values_list("b_id", flat=True)) == set(twice)
    assert not found.exclude(level__in=(Level.CERTAIN, Level.LIKELY)).exists()
    assert not Order.objects.filter(customer_id__in=twice).exists()


def test_it_is_loaded_once() -> None:
    services.demo_load(actor=ACTOR, size=0.05)
    with pytest.raises(services.AlreadyLoadedError):
        services.demo_load(actor=ACTOR, size=0.05)


def test_a_load_that_fails_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(done: int, total: int, message: str) -> None:
        if done == 2:
            raise RuntimeError("the machine was switched off")

    with pytest.raises(RuntimeError), transaction.atomic():
        services.demo_load(actor=ACTOR, size=0.05, on_progress=stop)
    assert not rows_exist(demo=True)
    assert {rows for rows, _digest in checksums(own=False).values()} == {0}


def test_every_part_is_a_change_set_of_its_own() -> None:
    before = list(ChangeSet.objects.values_list("pk", flat=True))
    with override("en"):  # as on a terminal; the trail is in the language of the one who acts
        services.demo_load(actor=ACTOR, size=0.05)
    titles = ChangeSet.objects.exclude(pk__in=before).values_list("title", flat=True)
    assert not [title for title in titles if title.isascii()]
    loaded = [part for part in registry.all(DemoPart) if part.load is not None]
    assert ChangeSet.objects.filter(kind="demo", demo=True).count() == 1 + len(loaded)  # its people, and the rooms


def test_figures_hold_and_nothing_lies_ahead() -> None:
    services.demo_load(actor=ACTOR, size=0.2)
    assert wrong_figures() == []
    moment = timezone.now()
    assert not Order.objects.filter(placed_at__gt=moment).exists()
    assert not Order.objects.filter(delivered_at__gt=moment).exists()
    assert not Interaction.objects.filter(at__gt=moment).exists()
    assert Interaction.objects.filter(at__gt=moment - timedelta(days=2)).exists()
    assert Order.objects.filter(kind="return", demo=True).exists()
    assert Order.objects.filter(customer=None, demo=True).exists()
    assert Order.objects.filter(currency="EUR", demo=True).exists()
    assert Product.objects.filter(demo=True, unit_cost=None).exists()
    for order in Order.objects.filter(demo=True, kind="sale", tracks_payment=True):
        assert order.paid_minor <= order.total_minor


def test_what_interactions_say_of_orders_is_what_the_orders_are() -> None:
    services.demo_load(actor=ACTOR, size=0.05)
    orders = {order.pk: order for order in Order.objects.filter(demo=True)}
    rows = Interaction.objects.filter(demo=True, source_kind="commerce.order")
    assert rows.count() >= len(orders)
    for row in rows:
        order = orders[row.source_id or 0]
        assert (row.payload["number"], row.payload["total_minor"]) == (order.number, order.total_minor)
        assert (row.payload["lines"], row.customer_id) == (order.lines, order.customer_id)


def test_addresses_and_numbers_are_nobodys() -> None:
    services.demo_load(actor=ACTOR, size=0.1)
    mails = Identity.objects.filter(demo=True, kind="email").values_list("key", flat=True)
    assert mails
    assert all(mail.rpartition("@")[2] in ("example.com", "example.org") for mail in mails)
    phones = Identity.objects.filter(demo=True, kind="phone").values_list("key", flat=True)
    assert phones
    assert all(phone.startswith(("+989000", "+98900111")) for phone in phones)


def test_its_people_come_and_go_with_it() -> None:
    admin = User.objects.create_user("owner@example.com", "x" * 12, name="مالک")
    services.demo_begin(size=0.05)
    assert User.objects.filter(demo=True, is_active=True).count() == len(COLLEAGUES)
    signing_in = [user.email for user in User.objects.filter(demo=True) if user.has_usable_password()]
    assert signing_in == [SIGNS_IN.email]
    services.demo_remove(actor=ACTOR)
    # The sample's administrator stays: nobody else is one.
    assert User.objects.filter(demo=True, is_active=True).count() == 1
    assert not Team.objects.filter(name=TEAM).exists()
    admin.refresh_from_db()
    assert admin.is_active
    services.demo_load(actor=ACTOR, size=0.05)
    assert User.objects.filter(demo=True, is_active=True).count() == len(COLLEAGUES)


def test_beginning_gives_a_password_once_and_spares_a_business_at_work() -> None:
    begun = services.demo_begin(size=0.05)
    assert begun is not None
    assert begun.loaded
    assert begun.password
    user = User.objects.get(email=begun.email)
    assert user.check_password(begun.password)
    again = services.demo_begin()
    assert again is not None
    assert not again.loaded
    assert again.password is None
    renewed = services.demo_begin(renew=True)
    assert renewed is not None
    assert renewed.password not in (None, begun.password)
    services.demo_remove(actor=ACTOR)
    own_business()
    assert services.demo_begin() is None
    assert not demo_status().present


def test_without_the_right_nothing_happens() -> None:
    nobody = Actor(user_id=None, name="")
    for verb in (services.demo_load, services.demo_remove, services.demo_load_start, services.demo_remove_start):
        with pytest.raises(NotAllowed):
            verb(actor=nobody)
    assert not rows_exist(demo=True)


def test_as_long_work_it_says_how_far_it_is() -> None:
    seen: list[str] = []
    arguments = {"size": 0.05}
    run = jobs.run_now(
        actor=ACTOR, job=services.LOAD, arguments=arguments, on_progress=lambda done, total, word: seen.append(word)
    )
    assert run.state == Run.State.DONE
    loaded = {part.name for part in registry.all(DemoPart) if part.load is not None}
    assert loaded >= {"customers", "consents", "interactions", "commerce", "webhooks"}
    assert set(run.result) == loaded
    assert len(seen) == len(loaded) + 1
    assert jobs.run_now(actor=ACTOR, job=services.REMOVE, arguments={}).state == Run.State.DONE


@pytest.mark.slow
def test_the_whole_sample_is_lively() -> None:
    rows = services.demo_load(actor=ACTOR)
    assert rows["customers"] > 2_000
    assert 4_000 < Order.objects.filter(demo=True, kind="sale").count() < 6_500
