"""Organisations in trees, people with their roles in them: shown to any depth, paged, by right, never in circles."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.accounts.models import Role
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Scope, system_actor
from peyvand.memory.customers import queries, services, structure
from peyvand.memory.customers.errors import InvalidError
from peyvand.memory.customers.models import Customer, Relation
from peyvand.memory.customers.services.merging import merge_into
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()


@pytest.fixture
def admin(client: Client) -> Client:
    role, _made = Role.objects.get_or_create(key="admin", defaults={"name": "Administrator"})
    client.force_login(factories.user("Sara", role=role, language="en", calendar="gregorian"))
    return client


def _firm(name: str, parent: Customer | None = None, **fields: object) -> Customer:
    return factories.customer(name, kind="organisation", parent_id=parent.pk if parent else None, **fields)


def _names(tree: structure.Tree) -> list[tuple[str, int]]:
    return [(node.customer.name, node.depth) for node in tree.nodes]


def test_the_whole_tree_is_read_in_order_from_anywhere_in_it() -> None:
    top = _firm("الف")
    middle, other = _firm("ب", top), _firm("پ", top)
    leaf = _firm("ت", middle)
    expected = [("الف", 0), ("ب", 1), ("ت", 2), ("پ", 1)]
    for one in (top, middle, other, leaf):
        for tree in (
            structure.tree(actor=SYSTEM, organisation=one), structure.tree_near(actor=SYSTEM, organisation=one)
        ):  # fmt: skip
            assert _names(tree) == expected
            assert [node.customer.pk for node in tree.nodes if node.here] == [one.pk]


def test_a_large_tree_is_read_in_parts_and_near_ones_come_first() -> None:
    top = _firm("مادر")
    parts = [_firm(f"شعبه {place:03d}", top) for place in range(40)]
    leaf = _firm("برگ", parts[39])
    seen: list[int] = []
    after = None
    while True:
        tree = structure.tree(actor=SYSTEM, organisation=parts[7], after=after, size=15)
        seen += [node.customer.pk for node in tree.nodes]
        assert tree.total == 42
        after = tree.next
        if after is None:
            break
    assert len(seen) == len(set(seen)) == 42
    near = structure.tree_near(actor=SYSTEM, organisation=leaf)
    assert _names(near) == [("مادر", 0), ("شعبه 039", 1), ("برگ", 2)]
    assert near.next is not None


def test_what_one_may_not_see_is_not_in_the_tree_nor_what_lies_behind_it() -> None:
    sara = factories.user()
    top = _firm("پنهان")
    mine = _firm("من", top, owner_id=sara.pk)
    hidden = _firm("شعبه‌ی پنهان", mine)
    _firm("پشت آن", hidden, owner_id=sara.pk)
    _firm("شعبه‌ی من", mine, owner_id=sara.pk)
    own = factories.actor(sara, scope=Scope.OWN)
    assert _names(structure.tree(actor=own, organisation=mine)) == [("من", 0), ("شعبه‌ی من", 1)]


def test_circles_are_refused_by_the_verb_and_by_the_database() -> None:
    top = _firm("بالا")
    part = _firm("پایین", _firm("میان", top))
    with pytest.raises(InvalidError):
        services.customer_update(actor=SYSTEM, customer=top, changes={"parent_id": part.pk}, version=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Customer.objects.filter(pk=top.pk).update(parent=part)
    one, other = _firm("یک"), _firm("دو")
    services.customer_update(actor=SYSTEM, customer=one, changes={"parent_id": other.pk}, version=None)
    services.customer_update(actor=SYSTEM, customer=one, changes={"parent_id": None}, version=None)
    away = ChangeSet.objects.latest("pk")
    services.customer_update(actor=SYSTEM, customer=other, changes={"parent_id": one.pk}, version=None)
    result = undo(actor=SYSTEM, change_set_id=away.pk)
    assert (result.undone, [row.reason for row in result.kept_rows]) == (0, ["taken"])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 5), st.one_of(st.none(), st.integers(0, 5))), max_size=12))
def test_whatever_is_asked_nothing_is_a_part_of_its_own_part(asked: list[tuple[int, int | None]]) -> None:
    Customer.objects.all().delete()
    firms = [_firm(f"شرکت {place}") for place in range(6)]
    for place, parent in asked:
        try:
            services.customer_update(
                actor=SYSTEM, customer=firms[place], version=None,
                changes={"parent_id": None if parent is None else firms[parent].pk},
            )  # fmt: skip
        except InvalidError:
            continue
    above = dict(Customer.objects.values_list("pk", "parent_id"))
    for pk in above:
        seen, here = {pk}, above[pk]
        while here is not None:
            assert here not in seen
            seen.add(here)
            here = above[here]
    assert sum(structure.tree(actor=SYSTEM, organisation=one).total > 0 for one in firms) == 6


def test_an_organisation_with_people_or_parts_does_not_become_a_person() -> None:
    top = _firm("بالا")
    _firm("پایین", top)
    with pytest.raises(InvalidError):
        services.customer_update(actor=SYSTEM, customer=top, changes={"kind": "person"}, version=None)
    person, firm = factories.customer("مریم"), _firm("ایوان")
    services.relation_add(actor=SYSTEM, person=person, organisation=firm, role="")
    with pytest.raises(InvalidError):
        services.customer_update(actor=SYSTEM, customer=person, changes={"kind": "organisation"}, version=None)


def test_one_is_the_main_contact_and_days_must_make_sense() -> None:
    firm = _firm("ایوان")
    one, two = factories.customer("مریم"), factories.customer("زهرا")
    services.relation_add(actor=SYSTEM, person=one, organisation=firm, role="خریدار", is_main=True)
    services.relation_add(
        actor=SYSTEM, person=two, organisation=firm, role="مدیر", since=date(2020, 3, 1), is_main=True
    )
    assert [row.person for row in Relation.objects.filter(is_main=True)] == [two]
    for wrong in (
        {"since": date(2020, 1, 2), "until": date(2020, 1, 1)}, {"until": date(2020, 1, 1), "is_main": True},
        {"since": date(1200, 1, 1)}, {"role": "ن" * 121},
    ):  # fmt: skip
        with pytest.raises(InvalidError):
            services.relation_add(
                actor=SYSTEM, person=one, organisation=firm, **{"role": "", **wrong}  # type: ignore[arg-type]
            )  # fmt: skip
    services.relation_add(actor=SYSTEM, person=one, organisation=firm, role="خریدار", until=date(2021, 1, 1))
    rows = structure.relations(actor=SYSTEM, customer=firm).order_by(*structure.order_of(firm))
    assert [(row.person, row.past) for row in rows] == [(two, 0), (one, 1)]
    found = queries.with_people(queries.customers(actor=SYSTEM), actor=SYSTEM)
    jobs = {row.name: [job.organisation.name for job in row.jobs] for row in found}  # type: ignore[attr-defined]
    assert (jobs["زهرا"], jobs["مریم"]) == (["ایوان"], [])


def test_merged_organisations_have_one_main_contact() -> None:
    kept, gone = _firm("ایوان"), _firm("ایوان")
    for firm in (kept, gone):
        services.relation_add(actor=SYSTEM, person=factories.customer(), organisation=firm, role="", is_main=True)
    merge_into(kept=kept, gone=gone, values={})
    assert Relation.objects.filter(organisation=kept).count() == 2
    assert Relation.objects.filter(organisation=kept, is_main=True).count() == 1


def test_a_row_does_not_name_an_organisation_that_one_may_not_see() -> None:
    sara = factories.user()
    person = factories.customer("مریم", owner_id=sara.pk)
    services.relation_add(actor=SYSTEM, person=person, organisation=_firm("پنهان"), role="خریدار")
    own = factories.actor(sara, scope=Scope.OWN)
    (row,) = queries.with_people(queries.customers(actor=own), actor=own)
    assert row.jobs == []  # type: ignore[attr-defined]


def test_the_page_shows_all_people_a_part_at_a_time_and_removes_any(admin: Client) -> None:
    firm = _firm("Ivan")
    for place in range(61):
        person = factories.customer(f"Person {place:02d}")
        services.relation_add(actor=SYSTEM, person=person, organisation=firm, role="buyer")
    address = reverse("customers:structure", args=[firm.pk])
    page = admin.get(address).content.decode()
    assert "Person 49" in page
    assert "Person 50" not in page
    later = page.split("data-next")[1].split('href="')[1].split('"')[0]
    assert "Person 60" in admin.get(address + later).content.decode()
    assert "Person 60" in admin.get(address, {"q": "60"}).content.decode()
    last = Relation.objects.get(person__name="Person 60")
    assert admin.post(reverse("customers:relation-remove", args=[firm.pk, last.pk])).status_code == 302
    assert not Relation.objects.filter(pk=last.pk).exists()


def test_relations_and_parts_are_made_and_changed_on_the_page(admin: Client) -> None:
    firm, part, person = _firm("Ivan"), _firm("Branch"), factories.customer("Mina")
    add = reverse("customers:relation-add", args=[firm.pk])
    post = {
        "customer": str(person.pk), "new-role": "buyer", "new-since": "2021-02-03", "new-is_main": "on",
        "from": "structure",
    }  # fmt: skip
    assert admin.post(add, post).headers["Location"] == reverse("customers:structure", args=[firm.pk])
    relation = Relation.objects.get()
    assert (relation.role, relation.since, relation.is_main) == ("buyer", date(2021, 2, 3), True)
    panel = reverse("customers:relation", args=[firm.pk, relation.pk])
    assert admin.get(panel).status_code == 200
    refused = admin.post(panel, {"role": "director", "since": "2021-02-03", "until": "2020-01-01"})
    assert refused.status_code == 422
    assert "director" in refused.content.decode()
    assert admin.post(panel, {"role": "director", "since": "2021-02-03", "until": "2022-01-01"}).status_code == 302
    relation.refresh_from_db()
    assert (relation.role, relation.until, relation.is_main) == ("director", date(2022, 1, 1), False)
    admin.post(reverse("customers:part-add", args=[firm.pk]), {"customer": str(part.pk)})
    assert Customer.objects.get(pk=part.pk).parent_id == firm.pk
    admin.post(reverse("customers:part-add", args=[part.pk]), {"customer": str(firm.pk)})
    assert Customer.objects.get(pk=firm.pk).parent_id is None
    assert "Branch" in admin.get(reverse("customers:one", args=[firm.pk])).content.decode()
    admin.post(reverse("customers:part-remove", args=[firm.pk, part.pk]))
    assert Customer.objects.get(pk=part.pk).parent_id is None
