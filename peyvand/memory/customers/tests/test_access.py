"""Own, team or all, over every way of reading: list, count, search, palette, one, choices, export, pages, writes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.models import Role, RoleGrant, Team, User
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.memory.customers import queries, services, structure
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.exports import export_rows
from peyvand.memory.customers.models import Customer, CustomerTag
from peyvand.memory.customers.palette import hits
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


@dataclass
class World:
    """Sara and her teammate Negin; Arash of nobody's team; five customers called رستگار and one of the sample."""

    sara: User
    team: Team
    customers: dict[str, Customer]


@pytest.fixture
def world() -> World:
    sara, negin, arash = factories.user("Sara"), factories.user("Negin"), factories.user("Arash")
    team = factories.team(sara, negin)
    made = {
        "own": factories.customer("رستگار یک", owner_id=sara.pk, phone="09120000001"),
        "colleague": factories.customer("رستگار دو", owner_id=negin.pk, phone="09120000002"),
        "team": factories.customer("رستگار سه", team_id=team.pk, phone="09120000003"),
        "other": factories.customer("رستگار چهار", owner_id=arash.pk, phone="09120000004"),
        "nobody": factories.customer("رستگار پنج", phone="09120000005"),
        "sample": factories.customer("رستگار شش", demo=True, owner_id=sara.pk, phone="09120000006"),
    }
    return World(sara, team, made)


REACH = {
    Scope.NONE: set(),
    Scope.OWN: {"own"},
    Scope.TEAM: {"own", "colleague", "team"},
    Scope.ALL: {"own", "colleague", "team", "other", "nobody"},
}


def _actor(world: World, scope: Scope) -> Actor:
    return factories.actor(world.sara, scope=scope, teams=(world.team,))


@pytest.mark.parametrize("scope", [Scope.OWN, Scope.TEAM, Scope.ALL])
def test_every_read_reaches_the_same(world: World, scope: Scope) -> None:
    actor = _actor(world, scope)
    ids = {world.customers[name].pk for name in REACH[scope]}
    names = {world.customers[name].name for name in REACH[scope]}
    assert set(queries.customers(actor=actor).values_list("pk", flat=True)) == ids
    assert queries.customers(actor=actor).count() == len(ids)
    assert {one.pk for one in queries.customers_search(actor=actor, text="رستگار").rows} == ids
    assert {one.pk for one in queries.similar(actor=actor, text="رستگاد", limit=10)} <= ids
    assert {hit.title for hit in hits(actor, "رستگار", 10)} == names
    assert {row[0] for row in list(export_rows(actor, {}))[1:]} == names
    for name, customer in world.customers.items():
        phone = customer.identities.get().key
        shared = queries.same_identity(actor=actor, given=[IdentityData("phone", phone)])
        assert bool(shared) is (name in REACH[scope])
        assert queries.find_by_identity(actor=actor, kind="phone", value=phone).exists() is (name in REACH[scope])
        if name in REACH[scope]:
            assert queries.customer_get(actor=actor, id=customer.pk).pk == customer.pk
        else:
            with pytest.raises(Customer.DoesNotExist):
                queries.customer_get(actor=actor, id=customer.pk)


def test_without_the_right_there_is_nothing(world: World) -> None:
    actor = _actor(world, Scope.NONE)
    assert not Customer.objects.visible_to(actor).exists()
    assert hits(actor, "رستگار", 10) == []


@pytest.mark.parametrize("scope", [Scope.OWN, Scope.TEAM, Scope.ALL])
def test_a_write_out_of_reach_changes_nothing(world: World, scope: Scope) -> None:
    """Sees all, edits and deletes in a scope."""
    actor = factories.actor(
        world.sara, scope=Scope.ALL, teams=(world.team,), customers_edit=scope, customers_delete=scope
    )
    everyone = [customer.pk for customer in world.customers.values()]
    ids = {world.customers[name].pk for name in REACH[scope]}
    assert services.tag_add_to(actor=actor, customers=everyone, name="برچسب").changed == len(ids)
    assert set(CustomerTag.objects.values_list("customer_id", flat=True)) == ids
    for name, customer in world.customers.items():
        if name not in REACH[scope]:
            with pytest.raises(Customer.DoesNotExist):
                services.customer_update(actor=actor, customer=customer, changes={"city": "قم"}, version=None)
            with pytest.raises(Customer.DoesNotExist):
                services.identity_add(actor=actor, customer=customer, data=IdentityData("email", "a@example.com"))
    assert services.customers_delete(actor=actor, customers=everyone).changed == len(ids)
    assert set(Customer.objects.values_list("pk", flat=True)) == set(everyone) - ids


def test_nobody_edits_what_they_do_not_see(world: World) -> None:
    actor = factories.actor(world.sara, scope=Scope.OWN, customers_edit=Scope.ALL)
    everyone = [customer.pk for customer in world.customers.values()]
    assert services.owner_set(actor=actor, customers=everyone, owner_id=None).changed == 1


def test_pages_say_404_to_the_hidden_and_to_the_missing_alike(world: World, client: Client) -> None:
    role = Role.objects.create(name="own only")
    for right in ("customers.view", "customers.edit", "customers.delete", "interactions.view", "interactions.edit"):
        RoleGrant.objects.create(role=role, permission=right, scope=Scope.OWN)
    world.sara.role = role
    world.sara.save()
    client.force_login(world.sara)
    hidden, missing = world.customers["other"].pk, 10**9
    own = world.customers["own"].pk
    for name in ("customers:one", "customers:edit", "interactions:older"):
        assert client.get(reverse(name, args=[hidden])).status_code == 404
        assert client.get(reverse(name, args=[missing])).status_code == 404
    assert client.get(reverse("customers:one", args=[own])).status_code == 200
    writes = (
        "customers:delete",
        "customers:identity-add",
        "customers:tag-add",
        "customers:relation-add",
        "interactions:record",
    )
    for name in writes:
        answers = {
            client.post(reverse(name, args=[pk]), {"name": "x", "text": "x"}).status_code for pk in (hidden, missing)
        }
        assert answers == {404}, name
    page = client.get(reverse("customers:list")).content.decode()
    assert "رستگار یک" in page
    assert "رستگار چهار" not in page
    assert Customer.objects.filter(pk=hidden).exists()


def test_a_relation_does_not_show_whom_one_may_not_see(world: World) -> None:
    firm = factories.customer("شرکت", kind="organisation", owner_id=world.sara.pk)
    for name in ("own", "other"):
        services.relation_add(actor=system_actor(), person=world.customers[name], organisation=firm, role="")
    shown = structure.relations(actor=_actor(world, Scope.OWN), customer=firm)
    assert [relation.person.name for relation in shown] == ["رستگار یک"]
