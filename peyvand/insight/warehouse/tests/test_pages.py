"""The pages of the warehouse, in both languages, and who sees single rows."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.test import Client
from django.utils import timezone

from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope
from peyvand.foundation.registry.declarations import WarehouseFact
from peyvand.foundation.registry.registry import registry
from peyvand.insight.warehouse import access, queries
from peyvand.insight.warehouse.models import Load
from peyvand.insight.warehouse.web.star import drawn
from peyvand.memory.commerce.tests.factories import a_customer, an_order

pytestmark = pytest.mark.django_db
PAGES = ("/insight/data/", "/insight/data/orders/", "/insight/data/customers/", "/insight/data/visits/")


def a_load(**more: object) -> Load:
    """A load that ended well."""
    now = timezone.now()
    sums = {"rows": ["1.0000000000", "1.0000000000"], "total_minor": ["1250.0000000000", "1250.0000000000"]}
    told = {"rows": 1, "bytes": 4096, "files": 1, "sums": sums, "checked": now.isoformat(), "whole": True}
    return Load.objects.create(
        state="ready", time_zone="Asia/Tehran", fresh_until=now, finished_at=now, facts={"orders": told}, **more
    )


def test_pages_open_in_both_languages(client: Client) -> None:
    order = an_order(("1", "12.5"), customer=a_customer())
    for loaded in (False, True):
        if loaded:
            a_load(full=False, moved=1)
        client.force_login(make_user(role_key="admin"))
        for path in PAGES:
            for language in ("fa", "en"):
                answer = client.get(path, headers={"accept-language": language})
                assert answer.status_code == 200, path
    shown = client.get("/insight/data/orders/").content.decode()
    assert order.number in shown
    assert "warehouse/latest/orders/*.parquet" in shown
    assert client.get("/insight/data/nothing/").status_code == 404


def test_a_sum_that_differs_is_said(client: Client) -> None:
    load = a_load()
    load.facts["orders"]["sums"]["total_minor"][1] = "1249.0000000000"
    load.save()
    client.force_login(make_user(role_key="manager"))
    for path in PAGES[:2]:
        assert 'class="down"' in client.get(path).content.decode(), path


def test_single_rows_are_for_who_sees_everybody_and_every_field() -> None:
    fact = registry.get(WarehouseFact, "orders")
    an_order(demo=True)
    mine = an_order()
    whole = {"insight.view": Scope.ALL, "orders.view": Scope.ALL, "customers.view": Scope.ALL}
    actor = Actor(user_id=1, name="x", grants=whole)
    heads, rows = queries.look(actor=actor, fact=fact)
    assert [row[heads.index("id")] for row in rows] == [mine.pk], "of the business one looks at"
    for less in (
        replace(actor, grants={**whole, "customers.view": Scope.TEAM}),
        replace(actor, grants={"orders.view": Scope.ALL, "customers.view": Scope.ALL}),
        replace(actor, hidden=frozenset({"customer.city"})),
    ):
        assert not access.may_see_rows(less, fact)
        with pytest.raises(NotAllowed):
            queries.look(actor=less, fact=fact)


def test_the_star_shows_every_fact_and_what_it_leads_to() -> None:
    facts = registry.all(WarehouseFact)
    star = drawn(facts)
    assert {box.name for box in star.boxes} == {fact.name for fact in facts}
    at = {box.name: box.x for box in star.boxes}
    assert at["customers"] < at["orders"] < at["order_lines"]
    assert len({(box.x, box.y) for box in star.boxes}) == len(facts)
    for fact in facts:
        assert set(fact.leads) <= set(fact.columns), fact.name
        assert set(fact.leads.values()) <= {other.name for other in facts}
