"""One customer: made, changed, kept apart from others, brought back."""

from __future__ import annotations

import pytest

from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import undo
from peyvand.foundation.outbox.models import Event
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.memory.customers import queries, services, structure
from peyvand.memory.customers.data import CustomerData, IdentityData
from peyvand.memory.customers.errors import ConflictError, InvalidError
from peyvand.memory.customers.models import Customer, CustomerTag, Identity
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


def test_a_persons_name_and_parts_make_each_other() -> None:
    whole = factories.customer("آقای حمیدرضا کیانی")
    assert (whole.name, whole.honorific, whole.given_name, whole.family_name) == (
        "حمیدرضا کیانی", "آقای", "حمیدرضا", "کیانی",
    )  # fmt: skip
    parts = services.customer_create(actor=system_actor(), data=CustomerData(given_name="مریم", family_name="رستگار"))
    assert parts.name == "مریم رستگار"
    assert services.customer_create(actor=system_actor(), data=CustomerData(name="آقای کیانی")).name == "آقای کیانی"


def test_without_a_name_the_phone_stands_for_it_and_without_anything_it_is_refused() -> None:
    made = services.customer_create(
        actor=system_actor(), data=CustomerData(identities=[IdentityData("phone", "۰۹۱۲۳۴۵۶۷۸۹")])
    )
    assert made.name == "۰۹۱۲۳۴۵۶۷۸۹"
    assert Identity.objects.get(customer=made).key == "+989123456789"
    with pytest.raises(InvalidError) as refused:
        services.customer_create(actor=system_actor(), data=CustomerData(name="  \u200c "))
    assert "name" in refused.value.errors


@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", "\u202eevil", "👩‍🚀 علی", "ن" * 300, "O'Neil; DROP TABLE"]
)
def test_hostile_names_are_kept_and_found(name: str) -> None:
    made = factories.customer(name, kind="organisation")
    assert Customer.objects.get(pk=made.pk).name
    assert queries.customers_search(actor=system_actor(), text=made.name[:40]).rows


def test_a_name_too_long_is_refused_with_words() -> None:
    with pytest.raises(InvalidError) as refused:
        factories.customer("ن" * 301)
    assert "300" in str(refused.value.errors["name"])


def test_the_second_of_two_editors_is_told_who_was_quicker() -> None:
    sara, arash = factories.user("Sara"), factories.user("Arash")
    made = factories.customer("مریم", city="تهران")
    services.customer_update(
        actor=factories.actor(arash), customer=made, changes={"city": "شیراز"}, version=made.version
    )
    with pytest.raises(ConflictError) as conflict:
        services.customer_update(
            actor=factories.actor(sara), customer=made, changes={"city": "یزد"}, version=made.version
        )
    assert conflict.value.by == "Arash"
    assert [(one.field, one.value) for one in conflict.value.theirs] == [("city", "شیراز")]
    assert Customer.objects.get(pk=made.pk).city == "شیراز"
    services.customer_update(
        actor=factories.actor(sara), customer=made, changes={"city": "یزد"}, version=conflict.value.version
    )
    assert Customer.objects.get(pk=made.pk).city == "یزد"


def test_nothing_changed_is_no_change() -> None:
    made = factories.customer("مریم رستگار", city="تهران")
    events = Event.objects.filter(name__endswith="CustomersChanged").count()
    same = services.customer_update(
        actor=system_actor(), customer=made, changes={"city": "تهران", "name": "مریم رستگار"}, version=made.version
    )
    assert same.version == made.version
    assert Event.objects.filter(name__endswith="CustomersChanged").count() == events


def test_an_edit_is_undone_with_its_keys_and_never_reuses_a_version() -> None:
    made = factories.customer("مریم رستگار", phone="09121112233")
    changes = {"name": "زهرا", "identities": [IdentityData("email", "z@example.com")], "tags": ["هدیه‌دوست"]}
    edited = services.customer_update(actor=system_actor(), customer=made, changes=changes, version=made.version)
    result = undo(actor=system_actor(), change_set_id=ChangeSet.objects.latest("pk").pk)
    assert result.kept == 0
    back = Customer.objects.get(pk=made.pk)
    assert (back.name, back.search_key, back.sort_key) == (made.name, made.search_key, made.sort_key)
    assert back.version > edited.version
    assert list(Identity.objects.filter(customer=made).values_list("key", flat=True)) == ["+989121112233"]
    assert not CustomerTag.objects.filter(customer=made).exists()


def test_a_deleted_customer_comes_back_whole() -> None:
    made = factories.customer("مریم رستگار", phone="09121112233", tags=["وفادار"])
    result = services.customers_delete(actor=system_actor(), customers=[made.pk])
    assert result.changed == 1
    assert not Customer.objects.filter(pk=made.pk).exists()
    assert result.change_set_id is not None
    undo(actor=system_actor(), change_set_id=result.change_set_id)
    back = Customer.objects.get(pk=made.pk)
    assert back.search_key == made.search_key
    assert back.version > 1
    assert back.identities.count() == 1
    assert queries.customers_search(actor=system_actor(), text="رستگار").rows[0].pk == made.pk


def test_a_code_belongs_to_one_customer_and_a_phone_may_be_a_familys() -> None:
    factories.customer("مادر", phone="09121112233")
    shared = factories.customer("دختر", phone="09121112233")
    found = queries.same_identity(actor=system_actor(), given=[IdentityData("phone", "0912 111 2233")], but=shared.pk)
    assert [one.customer.name for one in found] == ["مادر"]
    code = IdentityData("external", "A-7", system="shop")
    services.identity_add(actor=system_actor(), customer=shared, data=code)
    with pytest.raises(InvalidError):
        services.customer_create(actor=system_actor(), data=CustomerData(name="سومی", identities=[code]))


def test_the_two_businesses_have_their_own_codes() -> None:
    code = IdentityData("external", "A-7", system="shop")
    services.customer_create(actor=system_actor(), data=CustomerData(name="ما", identities=[code]))
    services.customer_create(actor=system_actor(demo=True), data=CustomerData(name="نمونه", identities=[code]))
    assert (
        queries.find_by_identity(actor=system_actor(), kind="external", value="a-7", system="shop").get().name == "ما"
    )


def test_an_organisation_is_never_a_part_of_its_own_part() -> None:
    top = factories.customer("هلدینگ", kind="organisation")
    part = factories.customer("شعبه", kind="organisation", parent_id=top.pk)
    with pytest.raises(InvalidError):
        services.customer_update(actor=system_actor(), customer=top, changes={"parent_id": part.pk}, version=None)
    with pytest.raises(InvalidError):
        factories.customer("آدم", parent_id=top.pk)


def test_who_sees_their_own_adds_their_own() -> None:
    sara, arash = factories.user(), factories.user()
    own = factories.actor(sara, scope=Scope.OWN)
    made = services.customer_create(actor=own, data=CustomerData(name="مریم"))
    assert made.owner_id == sara.pk
    with pytest.raises(InvalidError):
        services.customer_create(actor=own, data=CustomerData(name="مریم", owner_id=arash.pk))
    with pytest.raises(NotAllowed):
        services.customer_create(actor=factories.actor(sara, customers_edit=Scope.NONE), data=CustomerData(name="مریم"))


def test_roles_in_organisations_are_said_once() -> None:
    person, firm = factories.customer("مریم"), factories.customer("ایوان", kind="organisation")
    services.relation_add(actor=system_actor(), person=person, organisation=firm, role="خریدار")
    services.relation_add(actor=system_actor(), person=person, organisation=firm, role="مدیر")
    (relation,) = structure.relations(actor=system_actor(), customer=firm)
    assert relation.role == "مدیر"
    services.relation_remove(actor=system_actor(), relation=relation)
    assert not structure.relations(actor=system_actor(), customer=person)
