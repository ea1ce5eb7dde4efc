"""The routes of orders, payments and products, through the API's door."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from peyvand.foundation.accounts.models import User
from peyvand.foundation.accounts.services.tokens import token_make
from peyvand.foundation.accounts.tests.factories import make_admin, make_role, make_user
from peyvand.foundation.registry.actor import Scope, system_actor
from peyvand.memory.commerce.models import Order, Payment, Product
from peyvand.memory.commerce.tests.factories import a_customer, a_product, an_order

pytestmark = pytest.mark.django_db


class Program:
    """A program with a token that acts as this person."""

    def __init__(self, user: User) -> None:
        _token, raw = token_make(actor=system_actor(), name="test", user_id=user.pk)
        self.client = Client(headers={"Authorization": f"Bearer {raw}"})

    def ask(self, method: str, path: str, body: Any = None) -> HttpResponse:
        data = b"" if body is None else json.dumps(body)
        return self.client.generic(method.upper(), f"/api/v1{path}", data, "application/json")


@pytest.fixture
def caller() -> Program:
    return Program(make_admin())


def said(found: HttpResponse, status: int = 200) -> Any:
    body = json.loads(found.content)
    assert found.status_code == status, body
    return body


def test_orders_come_in_pages_that_join(caller: Program) -> None:
    made = [an_order().pk for _ in range(5)]
    seen: list[int] = []
    after = ""
    while True:
        page = said(caller.ask("get", f"/orders?size=2{after}"))
        seen += [order["id"] for order in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == made[::-1]
    assert caller.ask("get", "/orders?size=201").status_code == 422
    assert caller.ask("get", "/orders?after=broken").status_code == 400


def test_orders_are_narrowed(caller: Program) -> None:
    customer = a_customer()
    euros, rials = an_order(customer=customer), an_order(("1", "700000"), currency="IRR")
    asked = {
        "currency=IRR": [rials.pk],
        f"customer_id={customer.pk}": [euros.pk],
        "view=anonymous": [rials.pk],
        "kind=return": [],
        "until=2000-01-01T00:00:00Z": [],
        "since=2000-01-01T00:00:00Z": [rials.pk, euros.pk],
        f"q={euros.number}": [euros.pk],
    }
    for query, wanted in asked.items():
        assert [order["id"] for order in said(caller.ask("get", f"/orders?{query}"))["items"]] == wanted, query


def test_an_order_lives_from_its_placing_to_its_return(caller: Program) -> None:
    customer, tea = a_customer(), a_product(price="12.50", cost="4")
    placed = said(
        caller.ask(
            "post",
            "/orders",
            {
                "customer_id": customer.pk,
                "currency": "EUR",
                "number": "N-1",
                "lines": [
                    {"product_id": tea.pk, "quantity": "2.5"},
                    {"description": "Courier", "quantity": "1", "unit_price": "0.005"},
                ],
            },
        ),
        201,
    )
    assert (placed["number"], placed["total_minor"], placed["payment_state"]) == ("N-1", 3126, "unpaid")
    assert [line["amount"] for line in placed["items"]] == ["31.250", "0.005"]
    path = f"/orders/{placed['id']}"
    paid = said(caller.ask("post", f"{path}/payments", {"amount_minor": 1126, "method": "card"}), 201)
    assert (paid["amount_minor"], paid["currency"], paid["kind"]) == (1126, "EUR", "payment")
    assert said(caller.ask("post", f"{path}/deliver", {"at": "2026-03-21T09:00:00Z"}))["status"] == "delivered"
    line = placed["items"][0]["id"]
    back = said(caller.ask("post", f"{path}/returns", {"lines": [{"line_id": line, "quantity": "1"}]}), 201)
    assert (back["kind"], back["origin_id"], back["total_minor"]) == ("return", placed["id"], -1250)
    whole = said(caller.ask("get", path))
    assert (whole["returned_minor"], whole["paid_minor"], whole["balance_minor"]) == (-1250, 1126, 750)
    assert [payment["id"] for payment in whole["payments"]] == [paid["id"]]
    assert caller.ask("post", f"{path}/cancel", {}).status_code == 422  # its return stands
    assert said(caller.ask("post", f"/orders/{back['id']}/cancel", {}))["status"] == "cancelled"
    assert said(caller.ask("post", f"{path}/cancel", {}))["payment_state"] == "owed"


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("", {"currency": "EUR", "lines": []}, 422),
        ("", {"currency": "XXX", "lines": [{"description": "x", "quantity": "1", "unit_price": "1"}]}, 422),
        ("", {"currency": "EUR", "lines": [{"description": "x", "quantity": "NaN", "unit_price": "1"}]}, 422),
        ("", {"currency": "EUR", "lines": [{"product_id": 9, "quantity": "1"}]}, 422),
        ("", {"currency": "EUR", "customer_id": 9, "lines": [{"description": "x", "quantity": "1"}]}, 404),
        ("/{order}/payments", {"amount_minor": 1001}, 422),
        ("/{order}/payments", {"amount_minor": 1, "kind": "gift"}, 422),
        ("/{order}/returns", {"lines": [{"line_id": 9, "quantity": "1"}]}, 422),
        ("/9999999/payments", {"amount_minor": 1}, 404),
        ("/9999999/deliver", {}, 404),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    caller: Program, path: str, body: dict[str, Any], status: int
) -> None:
    order = an_order(("1", "10"))
    assert caller.ask("post", f"/orders{path.format(order=order.pk)}", body).status_code == status
    assert (Order.objects.count(), Payment.objects.count()) == (1, 0)


def test_a_product_is_made_read_and_changed(caller: Program) -> None:
    tea = {"sku": "TEA-1", "name": "Tea", "currency": "EUR", "unit_price": "0.001"}
    made = said(caller.ask("post", "/products", tea), 201)
    path = f"/products/{made['id']}"
    assert said(caller.ask("get", path))["unit_price"] == "0.001"
    changed = said(caller.ask("put", path, {**tea, "name": "Green tea", "version": made["version"]}))
    assert (changed["name"], changed["version"]) == ("Green tea", made["version"] + 1)
    stale = caller.ask("put", path, {**tea, "name": "Black tea", "version": made["version"]})
    assert stale.status_code >= 400
    assert Product.objects.get().name == "Green tea"
    assert [one["id"] for one in said(caller.ask("get", "/products?q=green&kind=goods&active=true"))["items"]] == [
        made["id"]
    ]
    assert said(caller.ask("get", "/products?active=false"))["items"] == []
    assert caller.ask("get", "/products/999999").status_code == 404


def test_a_program_reaches_no_further_than_its_owner() -> None:
    me, other = make_user(role=make_role({"customers.view": Scope.OWN, "orders.view": Scope.OWN})), make_user()
    mine, theirs = an_order(customer=a_customer(owner_id=me.pk)), an_order(customer=a_customer(owner_id=other.pk))
    anonymous = an_order()
    caller = Program(me)
    assert [order["id"] for order in said(caller.ask("get", "/orders"))["items"]] == [mine.pk]
    for order in (theirs, anonymous):
        assert caller.ask("get", f"/orders/{order.pk}").status_code == 404
    assert caller.ask("post", f"/orders/{mine.pk}/payments", {"amount_minor": 1}).status_code == 403
    assert caller.ask("get", "/products").status_code == 403
    assert not Payment.objects.exists()
    me.role = make_role({"customers.view": Scope.ALL, "orders.view": Scope.ALL, "orders.edit": Scope.OWN})
    me.save()
    assert caller.ask("post", f"/orders/{theirs.pk}/payments", {"amount_minor": 1}).status_code == 404
    assert caller.ask("post", f"/orders/{mine.pk}/payments", {"amount_minor": 1}).status_code == 201


def test_prices_lists_categories_and_taxes_are_kept_by_programs(caller: Program) -> None:
    drinks = said(caller.ask("post", "/product-categories", {"name_en": "Drinks"}), 201)
    tea = said(caller.ask("post", "/product-categories", {"name_en": "Tea", "parent_id": drinks["id"]}), 201)
    assert [one["id"] for one in said(caller.ask("get", "/product-categories"))] == [drinks["id"], tea["id"]]
    gone = {"name_en": "Tea", "parent_id": drinks["id"], "archived": True}
    assert said(caller.ask("put", f"/product-categories/{tea['id']}", gone))["archived"]
    assert (
        caller.ask("put", f"/product-categories/{drinks['id']}", {"name_en": "Tea", "parent_id": tea["id"]}).status_code
        == 422
    )
    assert caller.ask("put", "/product-categories/999999", {"name_en": "x"}).status_code == 404
    sencha = {"sku": "S", "name": "Sencha", "currency": "EUR", "unit_price": "10", "category_id": drinks["id"]}
    product = said(caller.ask("post", "/products", sencha), 201)
    assert product["category_id"] == drinks["id"]
    assert [one["id"] for one in said(caller.ask("get", f"/products?category_id={drinks['id']}"))["items"]] == [
        product["id"]
    ]
    assert said(caller.ask("get", f"/products?category_id={tea['id']}"))["items"] == []

    made = said(caller.ask("post", "/price-lists", {"name": "Wholesale", "currency": "EUR"}), 201)
    path = f"/price-lists/{made['id']}"
    assert [one["id"] for one in said(caller.ask("get", "/price-lists"))] == [made["id"]]
    item = said(
        caller.ask("post", f"{path}/items", {"product_id": product["id"], "price": "8", "min_quantity": "5"}), 201
    )
    said(caller.ask("post", f"{path}/items", {"percent_off": "10"}), 201)
    assert len(said(caller.ask("get", f"{path}/items?size=1"))["items"]) == 1
    asked = f"/price?product_id={product['id']}&currency=EUR"
    assert said(caller.ask("get", asked))["amount"] == "9.00"
    dear = said(caller.ask("get", f"{asked}&quantity=5"))
    assert (dear["amount"], dear["price_list"], dear["item_id"]) == ("8", "Wholesale", item["id"])
    assert caller.ask("delete", f"{path}/items/{item['id']}").status_code == 204
    assert caller.ask("delete", f"{path}/items/{item['id']}").status_code == 404
    off = {"name": "Wholesale", "currency": "EUR", "archived": True, "version": made["version"]}
    assert said(caller.ask("put", path, off))["archived"]
    assert caller.ask("put", path, off).status_code == 409  # the version has moved on
    assert said(caller.ask("get", f"{asked}&quantity=5"))["price_list_id"] is None
    for wrong in ("quantity=NaN", "customer_id=999999", "on=never"):
        assert caller.ask("get", f"{asked}&{wrong}").status_code in (404, 422), wrong
    assert caller.ask("get", f"/price?product_id={product['id']}&currency=XXX").status_code == 422

    vat = {"name_en": "VAT", "percent": "10", "valid_from": "2020-01-01", "scope": "chosen"}
    assert caller.ask("post", "/tax-rates", vat).status_code == 422
    rate = said(caller.ask("post", "/tax-rates", {**vat, "category_ids": [drinks["id"]]}), 201)
    assert said(caller.ask("get", "/tax-rates"))[0]["category_ids"] == [drinks["id"]]
    order = said(
        caller.ask(
            "post",
            "/orders",
            {
                "currency": "EUR",
                "discount": {"percent": "10", "reason": "friend"},
                "lines": [
                    {"product_id": product["id"], "quantity": "2", "discount": {"amount": "2", "reason": "dent"}}
                ],
            },
        ),
        201,
    )
    assert [order[name] for name in ("discount_minor", "net_minor", "tax_minor", "total_minor")] == [
        380,
        1620,
        162,
        1782,
    ]
    (line,) = order["items"]
    assert (line["amount"], line["tax"], line["net"], line["gross"]) == ("16.20", "1.62", "16.20", "17.82")
    assert (line["discount"], line["order_discount"], line["tax_rate_id"]) == ("2", "1.80", rate["id"])
    changed = {**vat, "category_ids": [drinks["id"]], "percent": "9"}
    assert caller.ask("put", f"/tax-rates/{rate['id']}", changed).status_code == 422  # an order carries it


def test_an_entry_recorded_wrongly_is_reversed(caller: Program) -> None:
    order, other = an_order(("1", "10")), an_order()
    paid = said(caller.ask("post", f"/orders/{order.pk}/payments", {"amount_minor": 900}), 201)
    path = f"/payments/{paid['id']}/reverse"
    assert caller.ask("post", f"/orders/{other.pk}{path}", {"note": "wrong"}).status_code == 404
    made = said(caller.ask("post", f"/orders/{order.pk}{path}", {"note": "wrong amount"}), 201)
    assert (made["kind"], made["reverses_id"], made["note"]) == ("refund", paid["id"], "wrong amount")
    assert caller.ask("post", f"/orders/{order.pk}{path}", {"note": "again"}).status_code == 422
    assert said(caller.ask("get", f"/orders/{order.pk}"))["paid_minor"] == 0
