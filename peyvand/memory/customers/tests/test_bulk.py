"""Many customers at once: owner, tags, deletion, traits, codes of other systems."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts.tests.factories import make_admin, make_user, sign_in
from peyvand.foundation.changes.services import undo
from peyvand.foundation.jobs.executing import execute
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.running import Cancelled
from peyvand.foundation.outbox.models import Event
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.customers import queries, services
from peyvand.memory.customers.data import ExternalCustomer, TraitRow
from peyvand.memory.customers.models import Customer, CustomerTag, Identity, Tag, Trait
from peyvand.memory.customers.services import bulk
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


def test_one_undo_gives_everyone_their_owner_back() -> None:
    sara, arash = factories.user(), factories.user()
    made = [factories.customer(owner_id=sara.pk), factories.customer(owner_id=sara.pk), factories.customer()]
    ids = [one.pk for one in made]
    result = services.owner_set(actor=system_actor(), customers=ids, owner_id=arash.pk)
    assert result.changed == 3
    later = services.owner_set(actor=system_actor(), customers=ids[:1], owner_id=None)
    assert later.changed == 1
    assert result.change_set_id is not None
    back = undo(actor=system_actor(), change_set_id=result.change_set_id)
    assert (back.undone, back.kept) == (2, 1)
    assert list(Customer.objects.order_by("pk").values_list("owner_id", flat=True)) == [None, sara.pk, None]


def test_the_same_owner_again_is_no_change_and_no_event() -> None:
    sara = factories.user()
    one = factories.customer(owner_id=sara.pk)
    events = Event.objects.count()
    assert services.owner_set(actor=system_actor(), customers=[one.pk], owner_id=sara.pk).change_set_id is None
    assert Event.objects.count() == events


def test_a_tag_on_a_list_and_back() -> None:
    factories.customer("علی", city="تهران")
    factories.customer("مریم", city="تهران")
    factories.customer("زهرا", city="قم")
    chosen = queries.customers(actor=system_actor(), chosen=queries.CustomerFilter(city="تهران"))
    result = services.tag_add_to(actor=system_actor(), customers=chosen, name="پایتخت")
    assert result.changed == 2
    assert services.tag_add_to(actor=system_actor(), customers=chosen, name="پايتخت").changed == 0  # Arabic yeh
    assert result.change_set_id is not None
    undo(actor=system_actor(), change_set_id=result.change_set_id)
    assert not CustomerTag.objects.exists()
    assert not Tag.objects.exists()


def test_many_verbs_cost_a_fixed_number_of_queries(django_assert_max_num_queries) -> None:
    ids = [factories.customer().pk for _ in range(30)]
    sara = factories.user()
    with django_assert_max_num_queries(12):
        services.owner_set(actor=system_actor(), customers=ids, owner_id=sara.pk)
    relations = [one for one in Customer._meta.get_fields(include_hidden=True) if one.auto_created and one.is_relation]
    refer = {one.related_model for one in relations}  # of each table its rows go by one statement, however many
    with django_assert_max_num_queries(len(refer) + 11):
        services.customers_delete(actor=system_actor(), customers=ids)


def test_traits_replace_each_other_and_the_rest_of_their_source_goes() -> None:
    ours, sample = factories.customer(), factories.customer(demo=True)
    rows = [
        TraitRow(ours.pk, "value.class", text="loyal"),
        TraitRow(ours.pk, "value.revenue", number=Decimal("12.50"), currency="USD"),
        TraitRow(sample.pk, "value.class", text="lost"),
        TraitRow(10**9, "value.class", text="lost"),
    ]
    assert services.traits_write(actor=system_actor(), rows=rows, source="insight.value") == 2
    again = [TraitRow(ours.pk, "value.class", text="champion")]
    services.traits_write(actor=system_actor(), rows=again, source="insight.value", replace=True)
    assert list(Trait.objects.values_list("name", "text")) == [("value.class", "champion")]
    services.traits_write(actor=system_actor(demo=True), rows=[TraitRow(sample.pk, "x", text="y")], source="other")
    assert services.traits_clear(actor=system_actor()) == 0
    assert services.traits_clear(actor=system_actor(), source="insight.value") == 1
    assert Trait.objects.get().customer_id == sample.pk


def test_codes_of_another_system_make_those_who_are_missing_once() -> None:
    rows = [
        ExternalCustomer("17850", name="فروشگاه گل"),
        ExternalCustomer("17851", phone="09121112233", email="not an address"),
        ExternalCustomer("", name="کسی"),
        ExternalCustomer("۱۷۸۵۰"),
    ]
    found = services.customers_ensure_external(actor=system_actor(), system="shop", rows=rows)
    assert set(found) == {"17850", "17851", "۱۷۸۵۰"}
    assert found["17850"] == found["۱۷۸۵۰"]
    assert Customer.objects.count() == 2
    assert Customer.objects.get(pk=found["17851"]).name == "17851"
    assert set(Identity.objects.filter(customer=found["17851"]).values_list("kind", flat=True)) == {"external", "phone"}
    again = services.customers_ensure_external(actor=system_actor(), system="shop", rows=rows)
    assert again == found
    assert services.customers_by_external(actor=system_actor(demo=True), system="shop", keys=["17850"]) == {}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.sampled_from(["a", "b", "C", "c"]), max_size=5), max_size=4))
def test_whatever_the_batches_each_code_has_one_customer(batches: list[list[str]]) -> None:
    actor = system_actor()
    for batch in batches:
        rows = [ExternalCustomer(f"hyp-{code}") for code in batch]
        services.customers_ensure_external(actor=actor, system="shop", rows=rows)
    keys = Identity.objects.filter(kind="external", key__startswith="hyp-").values_list("key", flat=True)
    assert len(keys) == len(set(keys))
    assert {key.removeprefix("hyp-") for key in keys} >= {code.lower() for batch in batches for code in batch}


def test_the_sample_goes_without_touching_ours() -> None:
    ours = factories.customer("ما", phone="09121112233", tags=["یک"])
    factories.customer("نمونه", demo=True, phone="09121112233", tags=["یک"])
    assert services.sample_remove(system_actor(demo=True)) == 4
    assert list(Customer.objects.all()) == [ours]
    assert ours.identities.count() == ours.tagged.count() == 1


# ── long work ─────────────────────────────────────────────────────────────


@pytest.fixture
def admin(client: Client) -> Client:
    sign_in(client, make_admin(language="en"))
    session = client.session
    session["demo"] = False
    session.save()
    return client


def test_everybody_of_a_long_list_is_changed_in_the_background(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.wishes, "LONG", 3)
    monkeypatch.setattr(bulk, "STEP", 2)
    made = [factories.customer(city="Rasht").pk for _ in range(5)]
    factories.customer(city="Qom")
    answer = admin.post("/customers/bulk/?city=Rasht", {"everyone": "1", "tag": "north"})
    run = Run.objects.get()
    assert answer["Location"] == f"/jobs/{run.pk}/"
    assert not CustomerTag.objects.exists()
    said: list[tuple[int, int | None]] = []
    execute(run_id=run.pk, on_progress=lambda done, total, _message: said.append((done, total)))
    run.refresh_from_db()
    assert (run.state, run.result["changed"]) == ("done", 5)
    assert said[:3] == [(2, 5), (4, 5), (5, 5)]
    assert run.message == "5 customers tagged."
    assert set(CustomerTag.objects.values_list("customer_id", flat=True)) == set(made)
    page = admin.get(f"/jobs/{run.pk}/").content.decode()
    assert f"/audit/{run.result['change_set_id']}/" in page
    undo(actor=system_actor(), change_set_id=run.result["change_set_id"])
    assert not CustomerTag.objects.exists()


@pytest.mark.parametrize(
    "wish", [{"tag": "x"}, {"owner": "none"}, {"delete": "1"}, {"field": "note", "value": "hello"}]
)
def test_a_stopped_change_of_everybody_changes_nobody(
    admin: Client, monkeypatch: pytest.MonkeyPatch, wish: dict[str, str]
) -> None:
    monkeypatch.setattr(services.wishes, "LONG", 1)
    monkeypatch.setattr(bulk, "STEP", 2)
    monkeypatch.setattr(bulk, "DELETE_SIZE", 2)
    owner = factories.user()
    for _again in range(5):
        factories.customer(owner_id=owner.pk)
    before = list(Customer.objects.order_by("pk").values())
    admin.post("/customers/bulk/", {"everyone": "1", **wish})
    run = Run.objects.get()

    def stopped(done: int, _total: int | None, _message: str) -> None:
        if done >= 4:
            raise Cancelled(run.pk)

    execute(run_id=run.pk, on_progress=stopped)
    run.refresh_from_db()
    assert run.state == "cancelled"
    assert list(Customer.objects.order_by("pk").values()) == before
    assert not CustomerTag.objects.exists()


def test_who_may_not_change_anybody_starts_nothing(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services.wishes, "LONG", 1)
    for _again in range(3):
        factories.customer()
    sign_in(client, make_user(role_key="viewer"))
    session = client.session
    session["demo"] = False
    session.save()
    assert client.post("/customers/bulk/", {"everyone": "1", "tag": "x"}).status_code == 403
    assert not Run.objects.exists()
