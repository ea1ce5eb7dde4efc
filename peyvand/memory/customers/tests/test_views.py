"""Views of the list: renamed, put into one's own order, counted after the page; the exact number of a long list."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.models import User
from peyvand.foundation.fields.models import SavedView
from peyvand.foundation.ui import lists as ui_lists
from peyvand.foundation.ui.lists import exact_count, quick_count
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


def _signed_in(key: str = "admin") -> tuple[Client, User]:
    client, who = Client(), factories.user(role=factories.role(key))
    client.force_login(who)
    return client, who


def _view(who: User, name: str, query: str = "", *, shared: bool = False) -> SavedView:
    return SavedView.objects.create(record="customer", owner=who, name=name, query=query, shared=shared)


def _tabs(client: Client) -> list[str]:
    page = client.get(reverse("customers:list") + "?view=all")
    return [tab.label for tab in page.context["tabs"]][6:]


def test_views_are_renamed_and_stand_in_each_ones_own_order() -> None:
    client, sara = _signed_in()
    other, _reza = _signed_in()
    mine, ours = _view(sara, "mine"), _view(sara, "ours", shared=True)
    third = _view(sara, "third", shared=True)
    assert _tabs(client) == ["mine", "ours", "third"]
    url = reverse("fields:arrange", args=["customer"])
    order = [str(third.pk), str(mine.pk), str(ours.pk), "999"]
    client.post(url, {"view": order, f"name-{mine.pk}": "renamed", f"name-{third.pk}": "third"})
    assert _tabs(client) == ["third", "renamed", "ours"]
    assert _tabs(other) == ["ours", "third"], "nobody else's order changes"
    client.post(url, {"view": order, f"name-{mine.pk}": "  "})
    assert SavedView.objects.get(pk=mine.pk).name == "renamed"


def test_who_may_not_share_renames_only_their_own() -> None:
    _admin, sara = _signed_in()
    shared = _view(sara, "shared", shared=True)
    plain = Client()
    reader = factories.user(role=factories.role("plain"))
    reader.role.grants.create(permission="customers.view", scope=3)
    plain.force_login(reader)
    own = _view(reader, "own")
    url = reverse("fields:arrange", args=["customer"])
    plain.post(url, {"view": [str(own.pk), str(shared.pk)], f"name-{own.pk}": "o", f"name-{shared.pk}": "s"})
    assert {one.name for one in SavedView.objects.all()} == {"o", "shared"}
    assert _tabs(plain) == ["o", "shared"]


def test_each_view_tells_how_many_it_has_after_the_page() -> None:
    client, sara = _signed_in()
    for place in range(3):
        factories.customer(f"N{place}", city="قم" if place else "یزد")
    factories.customer("firm", kind="organisation")
    saved = _view(sara, "قم", "f.city=is:قم")
    counts = client.get(reverse("customers:list") + "?count=views").content.decode()
    for key, number in (("all", "۴"), ("people", "۳"), ("organisations", "۱"), (str(saved.pk), "۲"), ("mine", "۰")):
        assert f'id="tab-n-{key}" hx-swap-oob="true"><bdi>{number}</bdi>' in counts
    page = client.get(reverse("customers:list")).content.decode()
    assert f'id="tab-n-{saved.pk}"' in page
    assert "count=views" in page


def test_a_count_is_exact_when_one_presses_it_and_gives_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    client, _sara = _signed_in()
    for place in range(60):
        factories.customer(f"N{place}")
    monkeypatch.setattr(ui_lists.capped_count, "__defaults__", (55,))
    page = client.get(reverse("customers:list")).content.decode()
    assert "count=exact" in page
    assert "۶۰" in client.get(reverse("customers:list") + "?count=exact").content.decode()
    slow = Customer.objects.extra(where=["pg_sleep(0.05) IS NOT NULL"])
    assert exact_count(slow, seconds=0.2) is None
    assert quick_count(slow, seconds=0.2) is None
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",), "what came before stands again"
    assert exact_count(Customer.objects.all()) == 60
