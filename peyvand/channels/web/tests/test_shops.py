"""Shops report what is theirs to report; what is signed wrongly or comes twice changes nothing."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from decimal import Decimal
from typing import Any

import pytest

from peyvand.channels.outreach.declarations import HookRequest
from peyvand.channels.web.models import Delivery, Fate, Shop, Why
from peyvand.channels.web.setting import ShopData, shop_save
from peyvand.channels.web.shops import KINDS, signed
from peyvand.channels.web.shops.taking import take
from peyvand.foundation.registry.actor import Actor
from peyvand.memory.commerce.models import Order, Payment, Product
from peyvand.memory.commerce.tests.factories import an_order
from peyvand.memory.customers.models import Customer, Identity

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-the-shop"
ORDER: dict[str, Any] = {
    "id": 727, "number": "727", "status": "processing", "currency": "IRT", "total": "460000",
    "date_created_gmt": "2026-11-20T09:10:11", "date_paid_gmt": "2026-11-20T09:12:00",
    "payment_method_title": "زرین‌پال", "customer_id": 25, "customer_note": "لطفاً با جعبه",
    "billing": {"first_name": "مینا", "last_name": "رضایی", "email": "Mina@Example.com", "phone": "09123456789",
                "city": "یزد"},
    "line_items": [{"name": "پسته", "sku": "P-1", "quantity": 2, "total": "400000", "total_tax": "40000"}],
    "shipping_lines": [{"method_title": "پیک", "total": "20000", "total_tax": "0"}], "fee_lines": [],
}  # fmt: skip


@pytest.fixture
def shop(actor: Actor) -> Shop:
    data = ShopData(name="فروشگاه", kind="woocommerce", unit="toman", secret=SECRET)
    return shop_save(actor=actor, data=data, kinds=frozenset(KINDS))[0]


def woo(shop: Shop, said: Any, *, topic: str = "order.created", delivery: str = "d1", secret: str = SECRET) -> int:
    body = json.dumps(said).encode()
    mark = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    headers = {
        "x-wc-webhook-signature": mark, "x-wc-webhook-topic": topic, "x-wc-webhook-delivery-id": delivery
    }  # fmt: skip
    return take(HookRequest(shop.hook, "", "POST", {}, {}, body, headers)).status


def test_an_order_comes_in_once_with_its_customer_and_payment(shop: Shop) -> None:
    assert [woo(shop, ORDER) for _ in range(5)] == [200] * 5
    order = Order.objects.get()
    assert (order.number, order.currency, order.total_minor, order.status) == ("727", "IRR", 4_600_000, "placed")
    assert order.paid_minor == 4_600_000
    assert [(str(one.quantity.normalize()), one.unit_price) for one in order.items.order_by("position")] == [
        ("2", Decimal(2_200_000)), ("1", Decimal(200_000))
    ]  # fmt: skip
    assert order.customer is not None
    assert order.customer.name == "مینا رضایی"
    assert {(one.kind, one.key) for one in order.customer.identities.all()} == {
        ("external", "25"), ("email", "mina@example.com"), ("phone", "+989123456789")
    }  # fmt: skip
    told = Delivery.objects.get()
    assert (told.fate, told.why, told.order, told.code) == (Fate.TAKEN, "", order, "727")


def test_the_same_order_told_again_follows_its_state_forwards(shop: Shop) -> None:
    woo(shop, ORDER)
    woo(shop, {**ORDER, "status": "completed"}, topic="order.updated", delivery="d2")
    order = Order.objects.get()
    assert order.status == "delivered"
    woo(shop, {**ORDER, "status": "cancelled"}, topic="order.updated", delivery="d3")
    order.refresh_from_db()
    assert order.status == "delivered"  # what was delivered here stays so
    woo(shop, {**ORDER, "total": "999"}, topic="order.updated", delivery="d4")
    assert Delivery.objects.get(delivery="d4").why == Why.TOTAL
    assert Payment.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "fate", "why"),
    [
        ({"status": "pending"}, Fate.NOTHING, Why.UNSOLD),
        ({"status": "failed"}, Fate.NOTHING, Why.CANCELLED),
        ({"line_items": [], "shipping_lines": []}, Fate.REFUSED, Why.INVALID),
    ],
)
def test_what_is_not_sold_makes_no_order(shop: Shop, changes: dict[str, Any], fate: str, why: str) -> None:
    assert woo(shop, {**ORDER, **changes}) == 200
    assert not Order.objects.exists()
    told = Delivery.objects.get()
    assert (told.fate, told.why) == (fate, why)


def test_a_number_that_is_another_order_is_refused_until_there_is_a_prefix(shop: Shop, actor: Actor) -> None:
    other = an_order(("1", "10"))
    Order.objects.filter(pk=other.pk).update(number="727")
    woo(shop, ORDER)
    assert Delivery.objects.get().why == Why.NUMBER
    Shop.objects.update(prefix="W-")
    woo(shop, ORDER, delivery="d2")
    assert Order.objects.filter(number="W-727").exists()
    other.refresh_from_db()
    assert other.total_minor == 1000


def test_a_guest_is_known_by_an_address_that_is_one_customers_alone(shop: Shop) -> None:
    known = Customer.objects.create(name="known before")
    Identity.objects.create(customer=known, kind="phone", value="09123456789", key="+989123456789")
    woo(shop, {**ORDER, "customer_id": 0})
    assert Order.objects.get().customer == known
    known.refresh_from_db()
    assert known.name == "known before"
    other = {**ORDER, "number": "728", "customer_id": 0, "billing": {"email": "new@example.com"}}
    woo(shop, other, delivery="d2")
    made = Order.objects.get(number="728").customer
    assert made is not None
    assert made.identities.filter(kind="email", key="new@example.com").exists()


def test_customers_and_products(shop: Shop) -> None:
    person = {"id": 9, "first_name": "سارا", "last_name": "امینی", "email": "sara@example.com", "billing": {}}
    assert woo(shop, person, topic="customer.created") == 200
    customer = Customer.objects.get()
    Customer.objects.update(name="سارا امینی‌فر")
    woo(shop, {**person, "billing": {"phone": "09350000000"}}, topic="customer.updated", delivery="d2")
    customer.refresh_from_db()
    assert customer.name == "سارا امینی‌فر"  # what is known here is not written over
    assert customer.identities.filter(kind="phone").exists()
    product = {"id": 3, "sku": "T-1", "name": "دمنوش", "price": "120000", "status": "publish"}
    woo(shop, product, topic="product.created", delivery="d3")
    woo(shop, {**product, "price": "130000", "status": "draft"}, topic="product.updated", delivery="d4")
    kept = Product.objects.get()
    assert (kept.sku, kept.unit_price, kept.currency, kept.active) == ("T-1", Decimal(1_300_000), "IRR", False)


def test_what_is_not_signed_changes_nothing(shop: Shop) -> None:
    assert woo(shop, ORDER, secret="another") == 401
    assert take(HookRequest(shop.hook, "", "POST", {}, {}, b"{}", {})).status == 401
    assert take(HookRequest("no-such-shop-at-all", "", "POST", {}, {}, b"{}", {})).status == 404
    assert take(HookRequest(shop.hook, "", "GET", {}, {}, b"", {})).status == 405
    assert take(HookRequest(shop.hook, "", "POST", {}, {}, b"x" * (3 * 2**20), {})).status == 413
    assert take(HookRequest(shop.hook, "", "POST", {}, {"webhook_id": "5"}, b"", {})).status == 200  # the ping
    Shop.objects.update(enabled=False)
    assert woo(shop, ORDER) == 404
    assert not Order.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize("said", [[], "x", {"number": ""}, {**ORDER, "line_items": [{"quantity": "NaN"}]},
                                  {**ORDER, "total": "1e99"}])  # fmt: skip
def test_what_is_signed_and_broken_is_refused_whole(shop: Shop, said: Any) -> None:
    assert woo(shop, said) == 400
    assert not Order.objects.exists()


def test_any_shop_may_sign_for_itself(actor: Actor) -> None:
    data = ShopData(name="own", kind="signed", unit="stated", secret=SECRET)
    shop = shop_save(actor=actor, data=data, kinds=frozenset(KINDS))[0]
    said = {
        "id": "e-1", "topic": "order",
        "data": {"number": "A1", "currency": "EUR", "at": "2026-11-20T10:00:00+01:00",
                 "paid_at": "2026-11-20T10:01:00Z",
                 "customer": {"code": "k1", "name": "Ann", "email": "ann@example.com"},
                 "lines": [{"name": "Tea", "quantity": 3, "price": "2.50"}], "total": 7.5},
    }  # fmt: skip

    def post(at: int, *, spoil: bytes = b"") -> int:
        body = json.dumps(said).encode()
        headers = {"x-peyvand-signature": signed.signature(SECRET, body, at)}
        return take(HookRequest(shop.hook, "", "POST", {}, {}, body + spoil, headers)).status

    now = int(time.time())
    assert post(now - 600) == 401
    assert post(now + 600) == 401
    assert post(now, spoil=b" ") == 401
    assert post(now) == 200
    assert post(now) == 200
    order = Order.objects.get()
    assert (order.number, order.total_minor, order.paid_minor, order.source) == ("A1", 750, 750, f"shop:{shop.pk}")
    assert Delivery.objects.count() == 1
