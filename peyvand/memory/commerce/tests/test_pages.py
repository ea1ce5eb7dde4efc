"""The pages of orders and products, as somebody signed in meets them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.models import Membership, Team, User
from peyvand.foundation.accounts.tests.factories import make_admin, make_role, make_user
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.registry.actor import Scope, system_actor
from peyvand.memory.commerce.models import Order, OrderStatus, Payment, Product
from peyvand.memory.commerce.services import order_cancel, order_return, payment_record
from peyvand.memory.commerce.tests.factories import a_customer, a_product, an_order

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
RIGHTS = ("customers.view", "orders.view", "orders.edit")


@pytest.fixture
def sara(client: Client) -> Client:
    client.force_login(make_admin(name="سارا"))
    return client


def shown(found: HttpResponse) -> list[str]:
    """The numbers of the orders on a list's page."""
    return [order.number for order in found.context["page"].rows]


def toast_and_undo(client: Client) -> ChangeSet:
    """The newest change set, which the toast offers to take back."""
    newest = ChangeSet.objects.latest("pk")
    assert reverse("changes:undo", args=[newest.pk]) in client.get("/orders/").content.decode()
    return newest


def test_the_list_shows_newest_first_with_sums_apart_by_currency(sara: Client) -> None:
    first, second = an_order(("1", "10")), an_order(("1", "700000"), currency="IRR")
    found = sara.get("/orders/")
    assert shown(found) == [second.number, first.number]
    assert [(total.currency, total.minor) for total in found.context["sums"]] == [("EUR", 1000), ("IRR", 700000)]


def test_views_and_filters_narrow_and_say_so(sara: Client) -> None:
    customer = a_customer(name="فروشگاه مهرگان")
    bought, nobodys = an_order(customer=customer), an_order()
    back = order_return(actor=ACTOR, order_id=bought.pk, quantities={bought.items.get().pk: Decimal(1)})
    order_cancel(actor=ACTOR, order_id=nobodys.pk)
    asked = {
        "?view=returns": [back],
        "?view=anonymous": [nobodys],
        "?view=unpaid": [],
        "?kind=return": [back],
        "?status=cancelled": [nobodys],
        "?currency=GBP": [],
        "?q=مهرگان": [back, bought],
        f"?q={bought.number}": [bought],
        "?view=nonsense&kind=nonsense&status=nonsense": [back, nobodys, bought],
    }
    for query, wanted in asked.items():
        assert shown(sara.get(f"/orders/{query}")) == [order.number for order in wanted], query
    chips = sara.get("/orders/?kind=return&q=مهرگان").context["chips"]
    assert [chip.remove_url for chip in chips] == ["?q=%D9%85%D9%87%D8%B1%DA%AF%D8%A7%D9%86", "?kind=return"]


def test_an_empty_list_leads_on(sara: Client) -> None:
    assert reverse("transfer:imports") in sara.get("/orders/").content.decode()
    nothing = sara.get("/orders/?q=zzz").context["empty"]
    assert nothing.url == reverse("commerce:orders")


def test_pages_of_the_list_follow_each_other(sara: Client) -> None:
    made = [an_order().number for _ in range(51)]
    first = sara.get("/orders/")
    second = sara.get(f"/orders/?after={first.context['page'].next_cursor}")
    assert shown(first) + shown(second) == made[::-1]
    assert shown(sara.get("/orders/?after=broken")) == shown(first)


def test_an_order_says_what_was_sold_what_is_due_and_what_came_back(sara: Client) -> None:
    order = an_order(("2.5", "19.995"), customer=a_customer(name="مریم رستگار"))
    payment_record(actor=ACTOR, order_id=order.pk, amount_minor=1000, method="card", reference="734512")
    back = order_return(actor=ACTOR, order_id=order.pk, quantities={order.items.get().pk: Decimal("0.5")})
    page = sara.get(f"/orders/{order.pk}/").content.decode()
    for words in ("مریم رستگار", "۲٫۵", "۱۹٫۹۹۵", "۴۹٫۹۹ یورو", "734512", "کارت", back.number, "۲۹٫۹۹ یورو"):
        assert words in page, words
    returned = sara.get(f"/orders/{back.pk}/").content.decode()
    assert "\u200e−۱۰٫۰۰ یورو" in returned
    assert "بدهکاریم" not in returned  # what is owed is settled on the order itself


def test_an_order_that_is_not_there_is_not_found(sara: Client) -> None:
    for path in ("/orders/1/", "/orders/1/payment/", "/orders/1/return/", "/products/1/"):
        assert sara.get(path).status_code == 404
    for path in ("/orders/1/deliver/", "/orders/1/cancel/"):
        assert sara.post(path).status_code == 404


def test_delivering_and_cancelling_can_be_taken_back(sara: Client) -> None:
    order = an_order()
    assert sara.post(f"/orders/{order.pk}/deliver/").headers["Location"] == f"/orders/{order.pk}/"
    delivered = toast_and_undo(sara)
    order.refresh_from_db()
    assert order.status == OrderStatus.DELIVERED
    sara.post(reverse("changes:undo", args=[delivered.pk]))
    order.refresh_from_db()
    assert order.status == OrderStatus.PLACED
    sara.post(f"/orders/{order.pk}/cancel/")
    sara.post(f"/orders/{order.pk}/deliver/")  # refused in words, not with a fault
    order.refresh_from_db()
    assert order.status == OrderStatus.CANCELLED


def test_a_payment_is_offered_whole_and_recorded_once(sara: Client) -> None:
    order = an_order(("1", "10"))
    path = f"/orders/{order.pk}/payment/"
    assert 'value="10"' in sara.get(path).content.decode()
    too_much = sara.post(path, {"kind": "payment", "amount": "10.01"})
    assert (too_much.status_code, Payment.objects.count()) == (422, 0)
    found = sara.post(path, {"kind": "payment", "amount": "۱۰", "method": "cash"}, headers={"HX-Request": "true"})
    assert found.headers["HX-Redirect"] == f"/orders/{order.pk}/"
    order.refresh_from_db()
    assert (order.paid_minor, order.payment_state) == (1000, "paid")
    assert sara.post(path, {"kind": "refund", "amount": "4"}).status_code == 302
    order.refresh_from_db()
    assert order.paid_minor == 600


def test_rials_are_typed_in_toman(sara: Client) -> None:
    order = an_order(("1", "700000"), currency="IRR")
    sara.post(f"/orders/{order.pk}/payment/", {"kind": "payment", "amount": "۷۰٬۰۰۰"})
    assert Payment.objects.get().amount_minor == 700_000


def test_what_came_back_is_chosen_by_line(sara: Client) -> None:
    order = an_order(("3", "10"))
    line = order.items.get()
    path = f"/orders/{order.pk}/return/"
    assert f'name="line-{line.pk}"' in sara.get(path).content.decode()
    for refused in ({}, {f"line-{line.pk}": "4"}, {f"line-{line.pk}": "دو تا"}):
        assert sara.post(path, refused).status_code == 422
    assert sara.post(path, {f"line-{line.pk}": "۲", "note": "شکسته"}).status_code == 302
    back = Order.objects.get(kind="return")
    assert (back.total_minor, back.note, back.origin) == (-2000, "شکسته", order)
    assert "تا ۱<" in sara.get(path).content.decode()


def new_order(**more: object) -> dict[str, object]:
    lines = {"product": ["", ""], "description": ["", ""], "quantity": ["1", "1"], "price": ["", ""]}
    return {"currency": "EUR", **lines, **more}


def test_a_new_order_takes_what_was_typed(sara: Client) -> None:
    customer, tea = a_customer(), a_product(price="12.50")
    page = sara.get(f"/orders/new/?customer={customer.pk}").content.decode()
    assert customer.name in page
    found = sara.post(
        "/orders/new/",
        new_order(
            customer=customer.pk, channel="store", note="تا پنجشنبه", product=[tea.sku.lower(), ""],
            description=["", "پیک"], quantity=["۲٫۵", ""], price=["", "۳٫۵"],
        ),
    )  # fmt: skip
    order = Order.objects.get()
    assert found.headers["Location"] == f"/orders/{order.pk}/"
    assert (order.customer, order.total_minor, order.channel, order.note) == (customer, 3475, "store", "تا پنجشنبه")
    assert list(order.items.order_by("position").values_list("product_id", "description", "quantity")) == [
        (tea.pk, tea.name, Decimal("2.5")),
        (None, "پیک", Decimal(1)),
    ]
    toast_and_undo(sara)


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"product": ["nothing", ""]},
        {"description": ["چای", ""], "price": ["گران", ""]},
        {"description": ["چای", ""], "price": ["1", ""], "quantity": ["-1", "1"]},
        {"description": ["چای", ""], "price": ["1", ""], "currency": "XXX"},
        {"description": ["چای", ""], "price": ["1", ""], "customer": "999999"},
        {"description": ["چای", ""], "price": ["1", ""], "number": "x" * 65},
    ],
)
def test_a_new_order_is_refused_in_words_and_keeps_what_was_typed(sara: Client, wrong: dict[str, object]) -> None:
    found = sara.post("/orders/new/", new_order(**wrong))
    assert found.status_code == 422
    assert not Order.objects.exists()
    for cells in wrong.values():
        assert not isinstance(cells, list) or f'value="{cells[0]}"' in found.content.decode()


def test_pieces_of_the_form(sara: Client) -> None:
    a_customer(name="مریم رستگار")
    tea = a_product()
    assert "مریم رستگار" in sara.get("/orders/new/customers/?q=مریم").content.decode()
    assert "<label" not in sara.get("/orders/new/customers/?q=").content.decode()
    assert tea.sku in sara.get(f"/products/options/?product={tea.sku}").content.decode()
    assert 'name="quantity"' in sara.get("/orders/new/line/").content.decode()
    units = [sara.get(f"/orders/new/unit/?currency={code}").content.decode() for code in ("IRR", "GBP", "<b>")]
    assert units == ["تومان", "پوند", ""]


def test_products_are_listed_by_name_in_views(sara: Client) -> None:
    tea = a_product(price="12.5")
    found = sara.get("/products/?kind=goods&q=چای")
    assert [(product, price, unit) for product, price, unit in found.context["rows"]] == [(tea, "۱۲٫۵۰", "یورو")]
    assert sara.get("/products/?kind=fee").context["empty"].url == "/products/"


def test_a_product_is_made_changed_and_never_overwritten_unseen(sara: Client) -> None:
    said = {
        "sku": "A-1",
        "name": "چای بهاره",
        "kind": "goods",
        "currency": "IRR",
        "unit_price": "۴۸۶۰۰۰",
        "active": "on",
    }
    assert sara.post("/products/new/", said).status_code == 302
    tea = Product.objects.get()
    assert (tea.sku, tea.unit_price, tea.unit_cost, tea.active) == ("A-1", 4_860_000, None, True)
    page = sara.get(f"/products/{tea.pk}/").content.decode()
    assert 'value="486000"' in page
    assert sara.post("/products/new/", {**said, "sku": "a-1"}).status_code == 422
    path, seen = f"/products/{tea.pk}/", {**said, "version": tea.version}
    assert sara.post(path, {**seen, "name": "چای پاییزه"}).status_code == 302
    assert sara.post(path, {**seen, "name": "چای زمستانه"}).status_code == 422
    tea.refresh_from_db()
    assert tea.name == "چای پاییزه"


def staff(scope: Scope) -> User:
    return make_user(role=make_role(dict.fromkeys(RIGHTS, scope)))


@pytest.mark.parametrize(("scope", "sees"), [(Scope.OWN, 1), (Scope.TEAM, 2), (Scope.ALL, 4)])
def test_each_scope_reaches_as_far_as_it_says(client: Client, scope: Scope, sees: int) -> None:
    me, colleague, stranger = staff(scope), make_user(), make_user()
    team = Team.objects.create(name="فروش")
    Membership.objects.bulk_create(Membership(team=team, user=user) for user in (me, colleague))
    made = [an_order(customer=a_customer(owner_id=user.pk)) for user in (me, colleague, stranger)] + [an_order()]
    client.force_login(me)
    assert shown(client.get("/orders/")) == [order.number for order in made[:sees]][::-1]
    for place, order in enumerate(made):
        wanted = 200 if place < sees else 404
        assert client.get(f"/orders/{order.pk}/").status_code == wanted
        assert client.get(f"/orders/{order.pk}/payment/").status_code == wanted
        client.post(f"/orders/{order.pk}/cancel/")
    assert Order.objects.filter(status=OrderStatus.CANCELLED).count() == sees


def test_who_may_only_look_is_offered_no_verbs_and_may_do_none(client: Client) -> None:
    order = an_order()
    client.force_login(make_user(role=make_role(dict.fromkeys(("customers.view", "orders.view"), Scope.ALL))))
    page = client.get(f"/orders/{order.pk}/").content.decode()
    assert "<form" not in page.partition('id="main"')[2].partition("</main>")[0]
    assert reverse("commerce:order-new") not in client.get("/orders/").content.decode()
    line = order.items.get().pk
    for path, data in {
        f"/orders/{order.pk}/deliver/": {},
        f"/orders/{order.pk}/cancel/": {},
        f"/orders/{order.pk}/return/": {f"line-{line}": "1"},
        f"/orders/{order.pk}/payment/": {"kind": "payment", "amount": "1"},
        "/orders/new/": new_order(description=["x", ""], price=["1", ""]),
        "/products/new/": {"sku": "x", "name": "x", "kind": "goods", "currency": "EUR"},
    }.items():
        assert client.post(path, data).status_code == 403, path
    order.refresh_from_db()
    assert (order.status, order.paid_minor, Order.objects.count(), Product.objects.count()) == ("placed", 0, 1, 0)


@pytest.mark.parametrize("path", ["/orders/", "/orders/new/", "/products/", "/orders/new/customers/?q=a"])
def test_without_a_right_and_without_signing_in_nothing_is_shown(client: Client, path: str) -> None:
    assert client.get(path).status_code == 302
    client.force_login(make_user(role=make_role({})))
    assert client.get(path).status_code == 403
