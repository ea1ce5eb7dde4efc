"""One way in: recorded once, seen by right, and the day of the last touch always true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Max
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts.models import Role
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.foundation.registry.registry import UnknownNameError
from peyvand.memory.customers import services as customer_services
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.tests import factories
from peyvand.memory.interactions import queries, services
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services import InteractionRow, InvalidError

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


def _row(customer: Customer | None, day: int, key: str | None = None) -> InteractionRow:
    return InteractionRow(
        kind="note", at=DAY + timedelta(days=day), customer_id=customer.pk if customer else None, dedupe_key=key,
        payload={"text": "x"},
    )  # fmt: skip


def test_the_same_key_is_recorded_once_in_each_business() -> None:
    ours, sample = factories.customer(), factories.customer(demo=True)
    assert services.record_many(actor=system_actor(), rows=[_row(ours, 1, "a"), _row(ours, 1, "a"), _row(None, 2)]) == 2
    assert services.record_many(actor=system_actor(), rows=[_row(ours, 1, "a")]) == 0
    assert services.record_many(actor=system_actor(demo=True), rows=[_row(sample, 1, "a")]) == 1
    first = services.record(actor=system_actor(), kind="note", at=DAY, customer=ours, dedupe_key="a")
    assert first.at == DAY + timedelta(days=1)


def test_unknown_kinds_naive_moments_and_the_other_business_are_refused() -> None:
    sample = factories.customer(demo=True)
    with pytest.raises(UnknownNameError):
        services.record(actor=system_actor(), kind="nonsense", at=DAY)
    with pytest.raises(ValueError, match="time zone"):
        services.record(actor=system_actor(), kind="note", at=datetime(2026, 1, 1))
    with pytest.raises(Customer.DoesNotExist):
        services.record(actor=system_actor(), kind="note", at=DAY, customer=sample)
    assert services.record_many(actor=system_actor(), rows=[_row(sample, 1)]) == 0


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(0, 1), st.integers(0, 9)),
        st.tuples(st.just("drop"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("move"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("undo"), st.just(0), st.just(0)),
    ),
    max_size=8,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_the_last_touch_is_always_the_latest_interaction(taken: list[tuple[str, int, int]]) -> None:
    customers = [factories.customer(), factories.customer()]
    for verb, first, second in taken:
        rows = list(Interaction.objects.filter(customer__in=customers).order_by("pk"))
        if verb == "add":
            services.record_many(actor=system_actor(), rows=[_row(customers[first], second), _row(customers[0], 0)])
        elif verb == "drop" and rows:
            services.interaction_delete(actor=system_actor(), interaction=rows[first % len(rows)])
        elif verb == "move" and rows:
            rows[first % len(rows)].at = DAY + timedelta(days=second)
            rows[first % len(rows)].save()
        elif verb == "undo":
            last = ChangeSet.objects.filter(kind="edit", undone_by=None).latest("pk")
            if "New customer" not in last.title and "مشتری" not in last.title:
                undo(actor=system_actor(), change_set_id=last.pk)
        for customer in Customer.objects.filter(pk__in=[one.pk for one in customers]):
            latest = Interaction.objects.filter(customer=customer).aggregate(latest=Max("at"))["latest"]
            assert customer.last_interaction_at == latest


def test_deleting_a_customer_and_taking_it_back_keeps_the_history() -> None:
    made = factories.customer()
    services.record_many(actor=system_actor(), rows=[_row(made, 1), _row(made, 5)])
    result = customer_services.customers_delete(actor=system_actor(), customers=[made.pk])
    assert Interaction.objects.filter(customer=None).count() == 2
    assert result.change_set_id is not None
    undo(actor=system_actor(), change_set_id=result.change_set_id)
    assert Interaction.objects.filter(customer=made.pk).count() == 2
    assert Customer.objects.get(pk=made.pk).last_interaction_at == DAY + timedelta(days=5)


@pytest.mark.parametrize(
    ("scope", "seen"), [(Scope.OWN, {"own"}), (Scope.TEAM, {"own", "team"}), (Scope.ALL, {"own", "team", "other", ""})]
)
def test_interactions_follow_their_customer(scope: Scope, seen: set[str]) -> None:
    sara, negin = factories.user(), factories.user()
    team = factories.team(sara, negin)
    made = {
        "own": factories.customer(owner_id=sara.pk),
        "team": factories.customer(owner_id=negin.pk),
        "other": factories.customer(),
        "": None,
    }
    for place, customer in enumerate(made.values()):
        services.record_many(actor=system_actor(), rows=[_row(customer, place)])
    actor = factories.actor(sara, scope=Scope.ALL, teams=(team,), interactions_view=scope, interactions_edit=scope)
    ids = {customer.pk if customer else None for name, customer in made.items() if name in seen}
    assert set(queries.interactions(actor=actor).values_list("customer_id", flat=True)) == ids
    for name, customer in made.items():
        if customer is None:
            continue
        page = queries.timeline(actor=actor, customer_id=customer.pk)
        assert bool(page.rows) is (name in seen)
        if name in seen:
            services.note_add(actor=actor, customer=customer, text="یادداشت")
        else:
            with pytest.raises(Customer.DoesNotExist):
                services.note_add(actor=actor, customer=customer, text="یادداشت")


def test_staff_verbs_check_what_they_are_given() -> None:
    made = factories.customer()
    actor = system_actor()
    with pytest.raises(InvalidError):
        services.note_add(actor=actor, customer=made, text="  ")
    with pytest.raises(InvalidError):
        services.call_log(actor=actor, customer=made, at=timezone.now() + timedelta(hours=1))
    with pytest.raises(InvalidError):
        services.meeting_log(actor=actor, customer=made, cost_minor=5, cost_currency="XXQ")
    with pytest.raises(NotAllowed):
        services.note_add(actor=factories.actor(interactions_edit=Scope.NONE), customer=made, text="x")
    call = services.call_log(
        actor=actor, customer=made, direction="in", duration_s=360, cost_minor=50_000, cost_currency="IRR", sentiment=60
    )
    assert (call.channel, call.direction, call.duration_s, call.cost_minor) == ("call", "in", 360, 50_000)


def test_what_other_rooms_recorded_is_not_removed_by_hand() -> None:
    made = factories.customer()
    note = services.note_add(actor=system_actor(), customer=made, text="x")
    Interaction.objects.filter(pk=note.pk).update(kind="order.placed")
    with pytest.raises(Interaction.DoesNotExist):
        services.interaction_delete(actor=system_actor(), interaction=note)


def test_the_composer_records_on_top_and_says_what_is_wrong(client: Client) -> None:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    client.force_login(factories.user(role=role))
    made = factories.customer("مریم")
    url = reverse("interactions:record", args=[made.pk])
    wrong = client.post(url, {"kind": "note", "text": " "}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    answer = client.post(
        url, {"kind": "call", "text": "<b>خوب</b>", "minutes": "۶", "cost": "5,000", "mood": "good", "direction": "in"},
        headers={"HX-Request": "true"},
    )  # fmt: skip
    assert answer.status_code == 200
    assert "&lt;b&gt;" in answer.content.decode()
    row = Interaction.objects.get()
    assert (row.duration_s, row.cost_minor, row.sentiment) == (360, 50_000, 60)  # toman typed, rial kept
    assert client.get(reverse("interactions:list")).status_code == 200
    page = client.post(reverse("interactions:remove", args=[row.pk]), follow=True).content.decode()
    assert "data-undo" in page
    assert not Interaction.objects.exists()


def test_older_pages_go_on_where_the_page_ends(client: Client) -> None:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    client.force_login(factories.user(role=role))
    made = factories.customer("مریم")
    services.record_many(actor=system_actor(), rows=[_row(made, day) for day in range(40)])
    page = queries.timeline(actor=system_actor(), customer_id=made.pk)
    answer = client.get(
        reverse("interactions:older", args=[made.pk]), {"older": page.next_cursor}, headers={"HX-Request": "true"}
    )
    assert answer.content.decode().count("<article") == 10
