"""Pages: hostile texts stand as texts, and nobody sees whom they may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from peyvand.channels.conversations.models import Conversation
from peyvand.channels.sites.models import Proof, Site, Visitor
from peyvand.channels.sites.services import known
from peyvand.channels.web import queries
from peyvand.channels.web.models import Delivery, Shop, Visit
from peyvand.channels.web.tests.conftest import put
from peyvand.channels.web.tests.test_digesting import KEY, read
from peyvand.foundation.accounts.tests.factories import make_role, make_user
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.memory.customers.models import Customer
from tests.rights.world import signed_in

pytestmark = pytest.mark.django_db
EVIL = "<script>alert(1)</script>"


def a_client(**grants: Scope) -> Client:
    role = make_role({name.replace("_", "."): scope for name, scope in grants.items()}, name="of the web")
    return signed_in(make_user(role=role, email="web@own.example"))


@pytest.fixture
def client() -> Client:
    return a_client(
        web_view=Scope.ALL, web_manage=Scope.ALL, customers_view=Scope.ALL, customers_edit=Scope.ALL,
        conversations_view=Scope.ALL, interactions_view=Scope.ALL,
    )  # fmt: skip


@pytest.fixture
def visitor(site: Site) -> Visitor:
    at = timezone.now() - timedelta(minutes=5)
    put(site, ("page", at, f"/{EVIL}", {"utm": {"source": EVIL, "campaign": EVIL}, "_": {"a": EVIL, "l": "fa"}}),
        ("search", at, "/", {"q": EVIL}), ("click", at, "/", {"text": EVIL}),
        ("purchase", at, "/", {"id": EVIL, "value": "1"}), visitor=KEY)  # fmt: skip
    read()
    Visitor.objects.update(claims={"name": EVIL, "email": EVIL})
    Visit.objects.update(
        path=[*Visit.objects.get().path, {"at": at.isoformat(), "k": "page", "u": "javascript:alert(1)", "n": EVIL}]
    )
    return Visitor.objects.get()


def test_hostile_texts_stand_as_texts_and_no_script_is_a_link(
    client: Client, visitor: Visitor, site: Site, customer: Customer, actor: Actor
) -> None:
    shop = Shop.objects.create(name=EVIL, kind="woocommerce")
    Delivery.objects.create(shop=shop, delivery="1", topic=EVIL, code=EVIL, fate="refused", why="invalid", detail=EVIL)
    paths = ["/web/", f"/web/visitors/{visitor.pk}/", f"/web/sites/{site.pk}/test/", "/web/shops/",
             f"/web/shops/{shop.pk}/", "/interactions/"]  # fmt: skip
    for path in paths:
        body = client.get(path).content.decode()
        assert EVIL not in body, path
        assert "&lt;script&gt;" in body, path
        assert 'href="javascript' not in body, path
    known(actor=actor, visitor=visitor, customer=customer, how=Proof.STAFF)
    body = client.get(f"/customers/{customer.pk}/?tab=web.customer").content.decode()
    assert EVIL not in body
    assert f"/web/visitors/{visitor.pk}/" in body


def test_beside_a_chat_stand_the_pages_of_its_visitor(client: Client, visitor: Visitor) -> None:
    talk = Conversation.objects.create(channel="webchat", address=visitor.key, last_in_at=timezone.now())
    other = Conversation.objects.create(channel="webchat", address="z" * 26, last_in_at=timezone.now())
    assert f"/web/visitors/{visitor.pk}/" in client.get(f"/inbox/{talk.pk}/").content.decode()
    assert "/web/visitors/" not in client.get(f"/inbox/{other.pk}/").content.decode()


def test_a_colleague_says_who_it_is_and_takes_it_back(client: Client, visitor: Visitor, customer: Customer) -> None:
    where = f"/web/visitors/{visitor.pk}/"
    assert client.post(f"{where}known/", {"customer": ""}).status_code == 422
    assert client.post(f"{where}known/", {"customer": customer.pk}).status_code == 302
    visitor.refresh_from_db()
    assert (visitor.customer, visitor.how) == (customer, Proof.STAFF)
    other = Customer.objects.create(name="other")
    assert client.post(f"{where}known/", {"customer": other.pk}).status_code == 422
    assert client.post(f"{where}unknown/").status_code == 302
    visitor.refresh_from_db()
    assert visitor.customer is None


def test_whom_one_may_not_see_is_not_seen(visitor: Visitor, site: Site, customer: Customer, actor: Actor) -> None:
    narrow = a_client(web_view=Scope.ALL, customers_view=Scope.OWN)
    assert narrow.get(f"/web/visitors/{visitor.pk}/").status_code == 200
    known(actor=actor, visitor=visitor, customer=customer, how=Proof.STAFF)
    assert narrow.get(f"/web/visitors/{visitor.pk}/").status_code == 404
    body = narrow.get("/web/").content.decode()
    assert customer.name not in body
    assert f"/web/visitors/{visitor.pk}/" not in body
    assert queries.overview(actor=actor, site=site, days=7).today.visits == 1


def test_a_shop_is_set_up_and_its_secret_shown_once(client: Client, actor: Actor) -> None:
    form = {"name": "Shop", "kind": "woocommerce", "unit": "toman", "site": "", "system": "shop", "enabled": "on"}
    body = client.post("/web/shops/new/", form).content.decode()
    shop = Shop.objects.get()
    assert shop.secret not in body
    again = client.get(f"/web/shops/{shop.pk}/").content.decode()
    assert shop.hook in again
    assert 'id="once"' in body
    assert 'id="once"' not in again
    assert client.post(f"/web/shops/{shop.pk}/", {**form, "system": "a b", "version": "1"}).status_code == 422
    assert client.post(f"/web/shops/{shop.pk}/", {**form, "version": "0"}).status_code == 409
    assert client.post(f"/web/shops/{shop.pk}/remove/").status_code == 302
    assert not Shop.objects.exists()
