"""What is known under names: said by people and kept like any record, computed and never written by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.models import Role
from peyvand.foundation.changes.models import Change, ChangeSet
from peyvand.foundation.changes.services import change_set, undo
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.memory.customers import services, traits
from peyvand.memory.customers.data import TraitRow
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, Trait
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()


@pytest.fixture
def admin(client: Client) -> Client:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    client.force_login(factories.user("Sara", role=role, language="en", calendar="gregorian"))
    return client


def _kept() -> int:
    return Change.objects.filter(table_name="customers_trait").count()


def test_what_is_said_is_kept_and_taken_back_and_what_is_computed_is_not() -> None:
    sara = factories.actor(factories.user("سارا"))
    made = factories.customer("مریم")
    before = _kept()
    said = services.trait_set(actor=sara, customer=made, name=" چای  محبوب ", text="دارجیلینگ", at=date(2026, 1, 2))
    assert (said.name, said.source, said.by_name) == ("چای محبوب", "staff", "سارا")
    assert _kept() == before + 1
    services.trait_set(actor=sara, customer=made, name="چای محبوب", text="سبز")
    assert Trait.objects.get().text == "سبز"
    undo(actor=SYSTEM, change_set_id=ChangeSet.objects.latest("pk").pk)
    assert Trait.objects.get().text == "دارجیلینگ"
    kept = _kept()
    services.traits_write(actor=SYSTEM, rows=[TraitRow(made.pk, "value.class", text="risk")], source="insight.value")
    services.traits_clear(actor=SYSTEM, source="insight.value")
    assert _kept() == kept
    services.trait_remove(actor=sara, trait=Trait.objects.get())
    assert not Trait.objects.exists()


def test_what_was_computed_holds_no_undo_back_and_what_was_said_does() -> None:
    with change_set(actor=SYSTEM, kind="import", title="people") as brought:
        maryam, reza = factories.customer("مریم"), factories.customer("رضا")
    rows = [TraitRow(one.pk, "value.class", text="risk") for one in (maryam, reza)]
    services.traits_write(actor=SYSTEM, rows=rows, source="insight.value")
    services.trait_set(actor=SYSTEM, customer=reza, name="چای", text="سبز")
    kept = _kept()
    done = undo(actor=SYSTEM, change_set_id=brought.pk)
    assert list(Customer.objects.values_list("name", flat=True)) == ["رضا"]
    assert {row.reason for row in done.kept_rows if row.table == "customers_customer"} == {"referred"}
    assert sorted(Trait.objects.values_list("name", flat=True)) == ["value.class", "چای"]
    assert _kept() == kept


def test_what_is_computed_is_not_said() -> None:
    made = factories.customer("مریم")
    services.traits_write(actor=SYSTEM, rows=[TraitRow(made.pk, "branches", number=Decimal(3))], source="counting")
    for name in ("value.class", "value.revenue.USD", "branches", "", "a,b", "ن" * 81):
        with pytest.raises(InvalidError):
            services.trait_set(actor=SYSTEM, customer=made, name=name, text="x")
    with pytest.raises(InvalidError):
        services.trait_remove(actor=SYSTEM, trait=Trait.objects.get())
    with pytest.raises(ValueError, match="people"):
        services.traits_write(actor=SYSTEM, rows=[], source="staff")


@pytest.mark.parametrize(
    "given",
    [
        {}, {"text": "ن" * 501}, {"text": "x", "number": Decimal(1)}, {"number": Decimal("1e30")},
        {"number": Decimal("NaN")}, {"text": "x", "currency": "IRR"}, {"number": Decimal(1), "currency": "XXX"},
        {"text": "x", "at": date(1200, 1, 1)},
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_in_words(given: dict[str, object]) -> None:
    with pytest.raises(InvalidError):
        services.trait_set(
            actor=SYSTEM, customer=factories.customer("مریم"), name="چای", **given  # type: ignore[arg-type]
        )  # fmt: skip


def test_rights_reach_as_far_as_over_the_customer() -> None:
    made = factories.customer("مریم")
    with pytest.raises(NotAllowed):
        services.trait_set(actor=factories.actor(customers_edit=Scope.NONE), customer=made, name="چای", text="سبز")
    with pytest.raises(Customer.DoesNotExist):
        services.trait_set(
            actor=factories.actor(factories.user(), scope=Scope.OWN), customer=made, name="چای", text="سبز"
        )


def test_many_are_said_at_once_without_touching_what_is_computed() -> None:
    one, two = factories.customer("یک"), factories.customer("دو")
    services.traits_write(actor=SYSTEM, rows=[TraitRow(one.pk, "n", text="computed")], source="counting")
    rows = [TraitRow(one.pk, "n", text="said"), TraitRow(two.pk, "n", text="said"), TraitRow(one.pk, "m", text="new")]
    done = services.traits_say(actor=SYSTEM, rows=rows, source="import")
    assert (list(done.new), list(done.changed)) == ([one.pk, two.pk], [])
    assert Trait.objects.get(customer=one, name="n").text == "computed"
    again = services.traits_say(actor=SYSTEM, rows=[TraitRow(two.pk, "n", text="said")], source="import")
    assert (list(again.new), list(again.changed)) == ([], [])
    changed = services.traits_say(actor=SYSTEM, rows=[TraitRow(two.pk, "n", text="other")], source="api")
    assert list(changed.changed) == [two.pk]


def test_a_deleted_customer_comes_back_with_what_was_said() -> None:
    made = factories.customer("مریم")
    services.trait_set(actor=SYSTEM, customer=made, name="چای", text="سبز")
    services.traits_write(actor=SYSTEM, rows=[TraitRow(made.pk, "value.class", text="risk")], source="insight.value")
    result = services.customers_delete(actor=SYSTEM, customers=[made.pk])
    assert result.change_set_id is not None
    undo(actor=SYSTEM, change_set_id=result.change_set_id)
    assert list(Trait.objects.values_list("name", flat=True)) == ["چای"]


def test_names_and_values_read_as_their_rooms_say() -> None:
    made = factories.customer("مریم")
    rows = [
        TraitRow(made.pk, "value.class", text="risk"), TraitRow(made.pk, "value.slipping", number=Decimal(1)),
        TraitRow(made.pk, "value.revenue.USD", number=Decimal(5), currency="USD"),
        TraitRow(made.pk, "value.last_order", text="2026-05-06"), TraitRow(made.pk, "n", number=Decimal("3.50")),
    ]  # fmt: skip
    services.traits_write(actor=SYSTEM, rows=rows, source="insight.value")
    services.trait_set(actor=SYSTEM, customer=made, name="چای", text="سبز")
    said = {one.name: traits.words_of(one) for one in Trait.objects.all()}
    assert all(said.values())
    assert said["چای"] == "سبز"
    known = {one.name: one for one in traits.names(actor=SYSTEM)}
    assert known["چای"].said
    assert not known["value.class"].said
    assert known["value.slipping"].kind == "yesno"
    assert "USD" in str(known["value.revenue.USD"].label)


def test_the_panel_shows_who_says_so_and_takes_it_back(admin: Client) -> None:
    made = factories.customer("Mina")
    add = reverse("customers:trait-add", args=[made.pk])
    assert admin.get(add).status_code == 200
    refused = admin.post(add, {"name": "branches", "kind": "number", "value": "many"})
    assert refused.status_code == 422
    assert "many" in refused.content.decode()
    assert admin.post(add, {"name": "branches", "kind": "number", "value": "1,250"}).status_code == 302
    assert (
        admin.post(add, {"name": "tea", "kind": "text", "value": "<b>green</b>", "at": "2026-01-02"}).status_code == 302
    )
    assert admin.post(add, {"name": "value.class", "kind": "text", "value": "risk"}).status_code == 422
    page = admin.get(reverse("customers:one", args=[made.pk])).content.decode()
    for word in ("branches", "1,250", "&lt;b&gt;green", "Sara"):
        assert word in page
    trait = Trait.objects.get(name="tea")
    assert admin.post(reverse("customers:trait-remove", args=[made.pk, trait.pk])).status_code == 302
    assert not Trait.objects.filter(pk=trait.pk).exists()
    assert admin.post(reverse("customers:trait-remove", args=[made.pk, trait.pk])).status_code == 404
