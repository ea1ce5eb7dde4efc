"""The live profile: what a site may show its visitor, and nothing to anybody else."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from peyvand.channels.sites.models import Proof, Site
from peyvand.channels.sites.services import known, remember, visitor_seen
from peyvand.channels.web.tests.conftest import TOKEN, actor, asked, customer, edges, run, site
from peyvand.doors.site import profile
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.models import Category
from peyvand.memory.commerce.services import LineData, ProductData, order_place, product_save
from peyvand.memory.customers.models import Customer, Trait

__all__ = ["actor", "customer", "edges", "site"]
pytestmark = pytest.mark.django_db(transaction=True)


def me(site: Site, token: str = TOKEN, **more: Any) -> Any:
    profile.limits._buckets.clear()

    async def work() -> Any:
        return await asked(
            profile.serve, "/p/v1/me", method="GET", query=f"site={more.pop('key', site.key)}&v={token}", **more
        )

    answer = run(work)
    return json.loads(answer.body) if answer.status == 200 else answer.status


def test_who_is_known_is_greeted_only_where_they_allowed_it(
    edges: None, site: Site, customer: Customer, actor: Actor
) -> None:
    assert me(site) == {"known": False, "name": "", "class": "", "segments": [], "language": "fa", "items": []}
    visitor = visitor_seen(site=site, token=TOKEN)
    known(actor=actor, visitor=visitor, customer=customer, how=Proof.SIGNATURE)
    Trait.objects.create(customer=customer, name="value.class", text="champion")
    found = me(site)
    assert (found["known"], found["name"], found["class"]) == (True, "", "champion")
    remember(visitor=visitor, allowed=True)
    assert me(site)["name"] == "مینا"
    Site.objects.update(greets=False)
    profile.edge.sites_forget()
    assert me(site)["name"] == ""
    other = Site.objects.create(name="Other", hosts=["shop.example"])
    assert me(other)["known"] is False


def test_what_fits_them_is_of_what_they_bought_and_not_that_itself(
    edges: None, site: Site, customer: Customer, actor: Actor
) -> None:
    tea, nuts = Category.objects.create(key="tea", name_en="Tea"), Category.objects.create(key="nuts", name_en="Nuts")
    goods = [
        product_save(actor=actor, data=ProductData(f"S{n}", f"N{n}", "EUR", category_id=(tea if n < 3 else nuts).pk))
        for n in range(5)
    ]
    for buyer, bought in ((None, goods), (None, goods[4:]), (customer, goods[:1])):
        lines = [LineData(quantity=Decimal(1), product_id=one.pk, unit_price=Decimal(10)) for one in bought]
        order_place(actor=actor, customer=buyer, lines=lines, currency="EUR")
    assert [one["sku"] for one in me(site, "")["items"]] == ["S0", "S4", "S1", "S2", "S3"]
    visitor = visitor_seen(site=site, token=TOKEN)
    known(actor=actor, visitor=visitor, customer=customer, how=Proof.STAFF)
    assert [one["sku"] for one in me(site)["items"]] == ["S1", "S2", "S4", "S3"]


def test_only_pages_of_the_site_ask(edges: None, site: Site) -> None:
    assert me(site, headers={"origin": "https://evil.example"}) == 403
    assert me(site, headers={"origin": ""}) == 403
    assert me(site, key="no-such-site") == 404
    assert me(site, "not-a-token'; DROP")["known"] is False
