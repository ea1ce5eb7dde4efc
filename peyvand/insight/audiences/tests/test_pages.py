"""The screens of audiences: what the builder asks the server, what is kept, who sees which numbers."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.models import Role
from peyvand.foundation.accounts.tests.factories import make_admin, make_user
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.insight.audiences import asking, days, services
from peyvand.insight.audiences.models import Audience, AudienceDay
from peyvand.insight.audiences.services import AudienceData
from peyvand.insight.audiences.web import courses
from peyvand.insight.audiences.web.comparing import circles
from peyvand.insight.audiences.web.drawing import drawn
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
CITY = {"field": "city", "operator": "is", "values": ["یزد"]}
TREE: dict[str, Any] = {"all": [CITY]}


@pytest.fixture
def people() -> list[Customer]:
    return [factories.customer(name, city=city) for name, city in (("علی", "یزد"), ("رضا", "یزد"), ("مینا", "تبریز"))]


@pytest.fixture
def manager(client: Client) -> Client:
    client.force_login(make_admin())
    return client


def kept(tree: dict[str, Any] = TREE, name: str = "یزدی‌ها", **more: Any) -> Audience:
    return services.audience_create(actor=system_actor(), data=AudienceData(name=name, tree=tree, shared=True, **more))


def post(client: Client, page: str, /, *args: int, **values: Any) -> Any:
    data = {key: json.dumps(value) if isinstance(value, dict) else value for key, value in values.items()}
    return client.post(reverse(f"audiences:{page}", args=args), data)


def test_the_first_condition_keeps_it_and_every_change_does(people: list[Customer], manager: Client) -> None:
    page = manager.get(reverse("audiences:new") + "?f.city=is:یزد")
    assert "یزد" in page.content.decode()
    made = post(manager, "create", tree=TREE, name="").json()
    audience = Audience.objects.get(pk=int(made["id"]))
    assert audience.tree == TREE
    changed = {"all": [CITY, {"field": "kind", "operator": "any", "values": ["person"]}]}
    save = {"tree": changed, "name": "یزدی‌ها", "version": made["version"]}
    assert post(manager, "save", audience.pk, **save).json()["name"] == "یزدی‌ها"
    assert post(manager, "save", audience.pk, **save).status_code == 409, "of an older version"
    bad = post(manager, "create", tree={"all": [{"field": "gone", "operator": "is", "values": ["1"]}]}, name="x")
    assert bad.status_code == 422
    for tree in ("", "[]", "{", '{"all": 3}', "{" * 200):
        assert post(manager, "create", tree=tree, name="x").status_code == 400


def test_numbers_come_while_one_edits(people: list[Customer], manager: Client) -> None:
    found = post(manager, "size", tree=TREE, seed="0").json()
    assert ">2<" in found["side"].replace("۲", "2")
    assert found["after"]["0"].translate(str.maketrans("۰۱۲۳", "0123")) == "2"
    assert "علی" in found["side"] or "رضا" in found["side"]
    empty_group = {"all": [{"any": []}, CITY]}
    assert list(post(manager, "size", tree=empty_group, seed="1").json()["after"]) == ["1"], (
        "an empty group asks nothing"
    )
    assert post(manager, "size", tree={"all": []}).json()["left"] == ""


def test_each_wrong_condition_says_what_is_wrong_at_its_place(people: list[Customer]) -> None:
    tree = {"all": [CITY, {"field": "gone", "operator": "is", "values": ["1"]}, {"any": [{"audience": 999}]}]}
    found = drawn(tree, actor=system_actor())
    assert not found.ok
    assert set(found.wrong) == {(1,), (2, 0)}
    assert found.root.rows[1].wrong
    deep = {"all": [{"any": [{"all": [{"any": [CITY]}]}]}]}
    assert not drawn(deep, actor=system_actor()).ok


def test_editors_take_what_the_reader_types(people: list[Customer], manager: Client) -> None:
    html = post(manager, "editor", leaf={"did": "ordered"}).content.decode()
    assert "data-part" in html
    leaf = {
        "did": "ordered", "of": [], "count": {"operator": "least", "n": "۳"}, "not": False,
        "within": {"from": "1405/01/01", "to": ""},
    }  # fmt: skip
    read = post(manager, "leaf", leaf=leaf).json()["leaf"]
    assert (read["count"], read["within"]) == ({"operator": "least", "n": 3}, {"from": "2026-03-21"})
    wrong = post(manager, "leaf", leaf={"field": "birth_date", "operator": "after", "values": ["دیروز"]})
    assert wrong.status_code == 422
    assert wrong.json()["about"] == "birth_date"
    assert post(manager, "leaf", leaf={**leaf, "count": {"operator": "least", "n": "many"}}).status_code == 422
    assert "علی" not in manager.get(reverse("audiences:choices") + "?field=city&q=علی").content.decode()


def test_members_reasons_moments_and_comparing(people: list[Customer], manager: Client) -> None:
    audience, other = kept(), kept({"all": [{"field": "kind", "operator": "any", "values": ["person"]}]}, "همه")
    members = manager.get(reverse("audiences:members", args=[audience.pk])).content.decode()
    assert ("علی" in members, "مینا" in members) == (True, False)
    why = reverse("audiences:why", args=[audience.pk])
    assert 'data-inside="1"' in manager.get(f"{why}?customer={people[0].pk}").content.decode()
    assert 'data-inside="0"' in manager.get(f"{why}?customer={people[2].pk}").content.decode()
    assert "مینا" in manager.get(f"{why}?q=مین").content.decode()
    post(manager, "snapshot", audience.pk, label="پیش از یلدا")
    assert "data-compared" in manager.get(reverse("audiences:time", args=[audience.pk])).content.decode()
    compared = manager.get(reverse("audiences:compare") + f"?a={audience.pk}&b={other.pk}").content.decode()
    assert "au-venn" in compared
    page = reverse("audiences:compare")
    several = manager.get(f"{page}?of={audience.pk}&of={other.pk}").content.decode()
    assert f'href="{page}?a={audience.pk}&amp;b={other.pk}"' in several
    assert 'role="alert"' in manager.get(f"{page}?of={audience.pk}").content.decode(), "one has nothing to overlap with"
    assert manager.get(f"{page}?of={audience.pk}&of=0").status_code == 404


def test_freezing_sharing_copying_and_putting_away(people: list[Customer], manager: Client) -> None:
    audience = kept()
    post(manager, "freeze", audience.pk)
    page = manager.get(reverse("audiences:one", args=[audience.pk])).content.decode()
    assert "data-do=" not in page, "the conditions of a frozen one are only read"
    post(manager, "thaw", audience.pk)
    post(manager, "duplicate", audience.pk)
    assert Audience.objects.count() == 2
    post(manager, "share", audience.pk, shared="0")
    post(manager, "archive", audience.pk, archived="1")
    audience.refresh_from_db()
    assert (audience.kind, audience.shared, audience.archived) == ("live", False, True)


def test_what_is_hidden_from_the_reader_hides_how_many_there_are(people: list[Customer], client: Client) -> None:
    role = Role.objects.create(key="blind", name="Blind")
    role.hidden.create(field="customer.city")
    for name in ("customers.view", "audiences.view"):
        role.grants.create(permission=name, scope=Scope.ALL)
    client.force_login(make_user(role=role))
    audience = kept()
    for name in ("one", "members", "why", "time"):
        page = client.get(reverse(f"audiences:{name}", args=[audience.pk])).content.decode()
        assert "علی" not in page
        assert "یزد<" not in page
    side = post(client, "size", tree=TREE).json()["side"]
    assert "–" in side
    assert audience.name in client.get(reverse("audiences:list")).content.decode()


def test_an_event_that_comes_twice_counts_once(people: list[Customer]) -> None:
    audience = kept()
    for event_id in (7, 8, 7):
        days.moves_note(audience_id=audience.pk, event_id=event_id, entered=2, left=1)
    row = AudienceDay.objects.get(audience=audience)
    assert (row.entered, row.left) == (4, 2)


def test_an_audience_younger_than_a_week_has_no_week_before(people: list[Customer]) -> None:
    audience, actor = kept(), Actor(user_id=None, name="x", grants={"customers.view": Scope.ALL})
    today = asking.clock().today
    AudienceDay.objects.update_or_create(audience=audience, day=today, defaults={"entered": 3, "size": 3})
    assert not courses.week_changes(actor=actor, audiences=[audience])
    AudienceDay.objects.create(audience=audience, day=today - timedelta(days=8), entered=1, size=1)
    assert courses.week_changes(actor=actor, audiences=[audience]) == {audience.pk: 3}


def test_circles_share_what_the_groups_share() -> None:
    whole = circles(100, 100, 100)
    assert whole is not None
    assert whole.ax == whole.bx
    apart = circles(100, 100, 0)
    assert apart is not None
    assert float(apart.bx) - float(apart.ax) == pytest.approx(float(apart.ar) + float(apart.br), abs=0.2)
    assert circles(0, 5, 0) is None


def test_a_stranger_to_audiences_sees_none(client: Client) -> None:
    actor = Actor(user_id=None, name="x", grants={"customers.view": Scope.ALL})
    kept()
    assert not Audience.objects.visible_to(actor).exists()
