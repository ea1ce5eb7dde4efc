"""Lists of customers: who sees and changes them, who is on them, what merges and undo do to them, their pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from peyvand.events.customers import ListChanged
from peyvand.foundation.changes.services import undo
from peyvand.foundation.outbox.models import Event
from peyvand.foundation.outbox.wire import event_name
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.foundation.registry.declarations import Hit
from peyvand.memory.customers import lists, queries, services
from peyvand.memory.customers.errors import ConflictError, InvalidError
from peyvand.memory.customers.exports import export_rows
from peyvand.memory.customers.filters import asked
from peyvand.memory.customers.models import Customer, CustomerList, ListMember
from peyvand.memory.customers.palette import list_hits
from peyvand.memory.customers.services import ListData
from peyvand.memory.customers.services import lists as list_services
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


def _names(rows: Any) -> set[str]:
    return set(rows.values_list("name", flat=True))


def _told() -> list[tuple[list[int], list[int]]]:
    found = Event.objects.filter(name=event_name(ListChanged)).order_by("id")
    return [(one.payload["added"], one.payload["removed"]) for one in found]


def test_a_list_is_seen_by_its_owner_its_team_and_everyone_where_it_is_shared() -> None:
    sara, reza, mina = factories.user(), factories.user(), factories.user()
    team = factories.team(sara, reza)
    mine = factories.actor(sara, teams=(team,), customers_lists=Scope.OWN)
    colleague = factories.actor(reza, teams=(team,), customers_lists=Scope.TEAM)
    stranger = factories.actor(mina, customers_lists=Scope.OWN)
    chief = factories.actor(factories.user(), customers_lists=Scope.ALL)
    made = {
        "private": services.list_save(actor=mine, data=ListData(name="private")),
        "team": services.list_save(actor=mine, data=ListData(name="team", team_id=team.pk)),
        "shared": services.list_save(actor=mine, data=ListData(name="shared", shared=True)),
    }
    for actor, seen, changed in (
        (mine, {"private", "team", "shared"}, {"private", "team", "shared"}),
        (colleague, {"team", "shared"}, {"team"}),
        (stranger, {"shared"}, set()),
        (chief, {"private", "team", "shared"}, {"private", "team", "shared"}),
        (Actor(user_id=mina.pk, name="no right to customers"), set(), set()),
    ):
        assert _names(lists.lists(actor=actor)) == seen
        assert _names(lists.lists(actor=actor, editable=True)) == changed
        for name, one in made.items():
            if name not in changed:
                with pytest.raises((CustomerList.DoesNotExist, NotAllowed)):
                    services.list_save(actor=actor, data=ListData(name="x"), one=one)
    with override("en"), pytest.raises(InvalidError, match="own or of your team"):
        services.list_save(actor=mine, data=ListData(name="given away", owner_id=mina.pk))
    assert not CustomerList.objects.filter(name="given away").exists()
    sample = services.list_save(actor=system_actor(demo=True), data=ListData(name="sample", shared=True))
    assert sample not in lists.lists(actor=chief), "the two businesses never mix"


def test_members_are_those_whom_the_actor_sees_and_each_act_goes_back() -> None:
    sara = factories.user()
    actor = factories.actor(sara, scope=Scope.OWN, customers_lists=Scope.OWN)
    mine = [factories.customer(f"N{place}", owner_id=sara.pk) for place in range(3)]
    theirs = factories.customer("theirs")
    one = services.list_save(actor=actor, data=ListData(name="guests"))
    done = services.list_add(actor=actor, one=one, customers=[*(row.pk for row in mine), theirs.pk])
    assert done.changed == 3, "whom one does not see is not put on"
    again = services.list_add(actor=actor, one=one, customers=[mine[0].pk])
    assert (again.changed, again.change_set_id) == (0, None)
    services.list_add(actor=system_actor(), one=one, customers=[theirs.pk])
    assert _names(lists.members(actor=actor, one=one)) == {"N0", "N1", "N2"}
    assert lists.member_counts(actor=actor, ids=[one.pk]) == {one.pk: 3}
    assert lists.member_counts(actor=system_actor(), ids=[one.pk]) == {one.pk: 4}
    off = services.list_remove(actor=actor, one=one, customers=Customer.objects.all())
    assert off.changed == 3
    assert _names(lists.members(actor=system_actor(), one=one)) == {"theirs"}
    undo(actor=system_actor(), change_set_id=off.change_set_id or 0)
    undo(actor=system_actor(), change_set_id=done.change_set_id or 0)
    assert _names(lists.members(actor=system_actor(), one=one)) == {"theirs"}
    ids = sorted(row.pk for row in mine)
    assert _told() == [(ids, []), ([theirs.pk], []), ([], ids)]
    version = Customer.objects.get(pk=mine[0].pk).version
    assert version == mine[0].version, "to be on a list does not change the customer"


def test_a_snapshot_a_copy_and_too_many_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    actor = factories.actor(factories.user(), customers_lists=Scope.OWN)
    for place in range(4):
        factories.customer(f"N{place}", city="قم" if place else "یزد")
    wanted = asked(actor=actor, query={"city": "قم"}, currency="IRR")
    chosen = queries.customers(actor=actor, chosen=wanted.chosen)
    made, done = services.list_of(actor=actor, data=ListData(name="these"), customers=chosen)
    assert done.changed == 3
    factories.customer("later", city="قم")
    assert made.members.count() == 3, "a list does not change by itself"
    copy = services.list_copy(actor=actor, one=made)
    assert copy.members.count() == 3
    assert copy.name != made.name
    undo(actor=system_actor(), change_set_id=done.change_set_id or 0)
    assert not CustomerList.objects.filter(pk=made.pk).exists()
    assert copy.members.count() == 3
    monkeypatch.setattr(list_services, "AT_ONCE", 3)
    with pytest.raises(InvalidError):
        services.list_of(actor=actor, data=ListData(name="all"), customers=queries.customers(actor=actor))
    assert not CustomerList.objects.filter(name="all").exists()


def test_archive_delete_and_what_somebody_else_changed_meanwhile() -> None:
    actor = factories.actor(factories.user(), customers_lists=Scope.OWN)
    one = services.list_save(actor=actor, data=ListData(name="a"))
    services.list_add(actor=actor, one=one, customers=[factories.customer("N").pk])
    services.list_save(actor=actor, data=ListData(name="b"), one=one, version=1)
    with pytest.raises(ConflictError):
        services.list_save(actor=actor, data=ListData(name="c"), one=one, version=1)
    put_away = services.list_archive(actor=actor, one=one, archived=True)
    assert _names(lists.lists(actor=actor)) == set()
    assert _names(lists.lists(actor=actor, archived=True)) == {"b"}
    assert lists.list_by_name(actor=actor, name="b") is None
    undo(actor=system_actor(), change_set_id=put_away)
    gone = services.list_delete(actor=actor, one=one)
    assert Customer.objects.filter(name="N").exists()
    assert not ListMember.objects.exists()
    undo(actor=system_actor(), change_set_id=gone)
    assert CustomerList.objects.get().members.count() == 1
    for name in ("", " \u200c ", "x" * 121):
        with pytest.raises(InvalidError):
            services.list_save(actor=actor, data=ListData(name=name))


def test_a_list_is_a_condition_a_column_and_found_by_the_palette() -> None:
    sara = factories.user()
    actor = factories.actor(sara, customers_lists=Scope.OWN, customers_export=Scope.ALL)
    on, off = factories.customer("on"), factories.customer("off")
    mine, _done = services.list_of(actor=actor, data=ListData(name="mine 5"), customers=[on.pk])
    hidden, _done = services.list_of(actor=system_actor(), data=ListData(name="hidden"), customers=[off.pk])
    for text, names in (
        (f"any:{mine.pk}", {"on"}),
        (f"none:{mine.pk}", {"off"}),
        ("filled", {"on"}),
        ("empty", {"off"}),
        (f"any:{hidden.pk}", set()),
        (f"any:{mine.pk},{hidden.pk}", {"on"}),
    ):
        wanted = asked(actor=actor, query={"f.lists": text}, currency="IRR")
        assert _names(queries.customers(actor=actor, chosen=wanted.chosen)) == names, text
    head, *rows = list(export_rows(actor, {"columns": "lists,city"}))
    assert [row[:2] for row in rows] == [["on", "mine 5"], ["off", ""]]
    assert len(head) == 3
    hits: list[Hit] = list(list_hits(actor, "mine", 5))
    assert [hit.title for hit in hits] == ["mine 5"]
    assert not list_hits(actor, "hidden", 5)


# ── pages ─────────────────────────────────────────────────────────────────


@pytest.fixture
def browser(client: Client) -> Client:
    from_role = factories.user("سارا", role=factories.role("admin"))
    client.force_login(from_role)
    return client


def test_the_pages_of_lists_do_what_they_say(browser: Client) -> None:
    one, two = factories.customer("علی"), factories.customer("رضا")
    made = browser.post(reverse("customers:list-new"), {"name": "مهمانان", "shared": "on"})
    kept = CustomerList.objects.get()
    assert made.status_code == 302
    assert kept.shared
    assert browser.post(reverse("customers:list-new"), {"name": " "}).status_code == 422
    bulk = reverse("customers:bulk")
    answer = browser.post(bulk, {"ids": [str(one.pk), str(two.pk)], "put": "1", "list": str(kept.pk)}, follow=True)
    assert "data-undo" in answer.content.decode()
    assert kept.members.count() == 2
    page = browser.get(reverse("customers:list-one", args=[kept.pk])).content.decode()
    assert "علی" in page
    assert "رضا" in page
    found = browser.get(reverse("customers:list-one", args=[kept.pk]) + "?q=رضا").content.decode()
    assert "علی" not in found
    browser.post(reverse("customers:members-remove", args=[kept.pk]), {"ids": str(one.pk)})
    assert kept.members.count() == 1
    browser.post(bulk, {"ids": str(one.pk), "put": "1", "newlist": "تازه"})
    assert CustomerList.objects.get(name="تازه").members.get().customer_id == one.pk
    browser.post(bulk, {"ids": str(two.pk), "take": "1", "unlist": str(kept.pk)})
    assert not kept.members.exists()
    browser.post(reverse("customers:list-of"), {"name": "علی‌ها", "query": "q=علی"})
    assert CustomerList.objects.get(name="علی‌ها").members.get().customer_id == one.pk
    alone = reverse("customers:of-one-add", args=[one.pk])
    assert "مهمانان" in browser.get(alone).content.decode()
    browser.post(alone, {"list": str(kept.pk)})
    assert "مهمانان" in browser.get(reverse("customers:one", args=[one.pk])).content.decode()
    browser.post(reverse("customers:of-one-remove", args=[one.pk, kept.pk]))
    assert not kept.members.exists()
    assert "مهمانان" in browser.get(reverse("customers:lists")).content.decode()
    browser.post(reverse("customers:list-archive", args=[kept.pk]), {"archived": "1"})
    shown = browser.get(reverse("customers:lists")).context["rows"]
    assert [row[0].name for row in shown] == ["تازه", "علی‌ها"]
    browser.post(reverse("customers:list-delete", args=[kept.pk]))
    assert not CustomerList.objects.filter(pk=kept.pk).exists()


def test_who_was_slower_is_told_and_loses_nothing(browser: Client) -> None:
    browser.post(reverse("customers:list-new"), {"name": "مهمانان"})
    kept = CustomerList.objects.get()
    url = reverse("customers:list-edit", args=[kept.pk])
    browser.post(url, {"name": "اولی", "version": "1"})
    slower = browser.post(url, {"name": "دومی", "version": "1"})
    assert slower.status_code == 422
    assert "دومی" in slower.content.decode()
    assert CustomerList.objects.get().name == "اولی"
    assert browser.post(url, {"name": "دومی", "version": "2"}).status_code == 302
    assert CustomerList.objects.get().name == "دومی"
