"""The pages of orders and products, as somebody signed in meets them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from peyvand.foundation.accounts.models import Membership, RoleHidden, Team, User
from peyvand.foundation.accounts.tests.factories import make_admin, make_role, make_user
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.registry.actor import Scope, system_actor
from peyvand.memory.commerce.models import (
    Category,
    Order,
    OrderStatus,
    Payment,
    PriceList,
    Product,
    TaxRate,
)
from peyvand.memory.commerce.services import (
    ItemData,
    PriceListData,
    TaxRateData,
    item_save,
    order_cancel,
    order_return,
    payment_record,
    price_list_save,
    tax_rate_save,
)
from peyvand.memory.commerce.tests.factories import a_customer, a_product, an_order
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import tag_add

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
    assert found.context["rows"] == [(tea, "۱۲٫۵۰", "یورو", "")]
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


def test_a_new_order_shows_what_it_comes_to_and_why(sara: Client) -> None:
    cafe, tea = a_customer(name="کافه‌ی روبه‌رو"), a_product(price="10")
    tag = tag_add(actor=ACTOR, customer=cafe, name="عمده")
    one = price_list_save(actor=ACTOR, data=PriceListData("همکاران", "EUR", audience="tag", tag_id=tag.pk))
    item_save(actor=ACTOR, price_list=one, data=ItemData(percent_off=Decimal("12.5")))
    tax_rate_save(actor=ACTOR, data=TaxRateData("ارزش افزوده", "VAT", Decimal(10), date(2020, 1, 1)))
    asked = new_order(customer=cafe.pk, product=[tea.sku, ""], quantity=["2", ""])
    page = sara.post("/orders/new/quote/", asked).content.decode()
    for words in ("همکاران", "عمده", "۱۲٫۵٪", "۸٫۷۵", "۱۷٫۵۰", "ارزش افزوده", "۱۹٫۲۵ یورو"):
        assert words in page, words
    typed = {**asked, "price": ["۹", ""], "line_discount": ["۱۰٪", ""]}  # the reason is yet to be typed
    page = sara.post("/orders/new/quote/", typed).content.decode()
    assert "۱۶٫۲۰" in page
    assert not Order.objects.exists()
    for wrong, words in (
        ({"product": ["?", ""]}, "?"),
        ({"price": ["گران", ""]}, "رقم"),
        ({"discount": "بیست"}, "رقم"),
    ):
        found = sara.post("/orders/new/quote/", {**asked, **wrong})
        assert found.status_code == 200
        assert "errorlist" in found.content.decode(), words
    assert sara.post("/orders/new/", typed).status_code == 422  # why is the discount given?
    reasoned = {**typed, "line_reason": ["بسته‌ی آسیب‌دیده", ""]}
    assert sara.post("/orders/new/", reasoned).status_code == 302
    order = Order.objects.get()
    assert (order.total_minor, order.tax_minor, order.discount_minor) == (1782, 162, 180)
    page = sara.get(f"/orders/{order.pk}/").content.decode()
    for words in ("بسته‌ی آسیب‌دیده", "۱۰٪", "۱۶٫۲۰", "۱٫۶۲", "۱۷٫۸۲ یورو"):
        assert words in page, words


def test_a_discount_on_the_whole_is_typed_in_toman_or_per_cent(sara: Client) -> None:
    lines = new_order(currency="IRR", description=["چای", ""], price=["۷۰٬۰۰۰", ""])
    assert sara.post("/orders/new/", {**lines, "discount": "۵۰۰۰"}).status_code == 422
    for discount in ("۵۰۰۰ تومان", "۵٪"):
        more = {"discount": discount, "discount_reason": "مشتری دائمی"}
        assert sara.post("/orders/new/", {**lines, **more}).status_code == 302
    assert [order.total_minor for order in Order.objects.order_by("pk")] == [650_000, 665_000]


def test_an_entry_recorded_wrongly_is_reversed_on_its_order(sara: Client) -> None:
    order = an_order(("1", "10"))
    payment = payment_record(actor=ACTOR, order_id=order.pk, amount_minor=900)
    path = f"/orders/{order.pk}/payment/{payment.pk}/"
    assert path in sara.get(f"/orders/{order.pk}/").content.decode()
    assert "۹٫۰۰ یورو" in sara.get(path).content.decode()
    assert sara.post(path, {"note": " "}).status_code == 422
    assert sara.post(path, {"note": "مبلغ اشتباه بود"}).status_code == 302
    done = toast_and_undo(sara)
    page = sara.get(f"/orders/{order.pk}/").content.decode()
    assert "مبلغ اشتباه بود" in page
    assert path not in page
    assert sara.post(path, {"note": "باز"}).status_code == 422
    sara.post(reverse("changes:undo", args=[done.pk]))
    order.refresh_from_db()
    assert order.paid_minor == 900
    assert sara.get(f"/orders/{an_order().pk}/payment/{payment.pk}/").status_code == 404


def test_categories_are_grown_moved_and_put_away(sara: Client) -> None:
    assert sara.post("/products/categories/", {"name_fa": "نوشیدنی", "name_en": "Drinks"}).status_code == 302
    drinks = Category.objects.get()
    assert sara.post("/products/categories/", {"name_fa": "چای", "parent": drinks.pk}).status_code == 302
    assert sara.post("/products/categories/", {"name_fa": "نوشیدنی"}).status_code == 422
    tea = Category.objects.get(name_fa="چای")
    assert sara.post(f"/products/categories/{drinks.pk}/", {"name_fa": "x", "parent": tea.pk}).status_code == 422
    assert sara.post(f"/products/categories/{tea.pk}/", {"name_fa": "چای و دم‌نوش"}).status_code == 302
    sara.post(f"/products/categories/{tea.pk}/move/", {"up": "1"})
    page = sara.get("/products/categories/").content.decode()
    assert page.index("چای و دم‌نوش") < page.index("نوشیدنی")
    product = a_product()
    Product.objects.filter(pk=product.pk).update(category=tea)
    found = sara.get(f"/products/?category={tea.pk}")
    assert [row[0] for row in found.context["rows"]] == [product]
    assert found.context["rows"][0][3] == "چای و دم‌نوش"
    assert sara.get(f"/products/?category={drinks.pk}").context["rows"] == []
    assert len(sara.get("/products/?category=nonsense").context["rows"]) == 1
    sara.post(f"/products/categories/{tea.pk}/archive/", {"archived": "1"})
    tea.refresh_from_db()
    assert tea.archived
    toast_and_undo(sara)


def test_a_price_list_is_made_filled_and_put_away(sara: Client) -> None:
    customer, tea = a_customer(), a_product(price="10")
    tag = tag_add(actor=ACTOR, customer=customer, name="عمده")
    head = {"name": "همکاران", "currency": "IRR", "audience": f"tag:{tag.pk}", "valid_from": "1405/01/01"}
    assert sara.post("/products/prices/new/", {**head, "valid_until": "1404/01/01"}).status_code == 422
    assert sara.post("/products/prices/new/", {**head, "audience": "tag:999"}).status_code == 422
    assert sara.post("/products/prices/new/", head).status_code == 302
    one = PriceList.objects.get()
    assert (one.tag, one.valid_from, one.priority) == (tag, date(2026, 3, 21), 0)
    path = f"/products/prices/{one.pk}/"
    for wrong in (
        {"product": "?", "price": "1"},
        {"product": tea.sku},
        {"price": "1"},
        {"product": tea.sku, "price": "x"},
    ):
        assert sara.post(f"{path}items/", wrong).status_code == 422, wrong
    assert sara.post(f"{path}items/", {"product": tea.sku, "price": "۴۸۶۰۰"}).status_code == 302
    assert sara.post(f"{path}items/", {"price": "۱۲٫۵ درصد", "min_quantity": "۱۰"}).status_code == 302
    first, rest = one.items.order_by("pk")
    assert (first.price, rest.percent_off, rest.min_quantity) == (486_000, Decimal("12.5"), 10)
    page = sara.get(f"{path}?item={first.pk}").content.decode()
    for words in ("۴۸٬۶۰۰", 'value="48600"', "۱۲٫۵٪", tea.name, "عمده"):
        assert words in page, words
    assert tea.name in sara.get(f"{path}?q={tea.sku}").content.decode()
    assert "همکاران" in sara.get("/products/prices/").content.decode()
    assert (
        sara.post(f"{path}edit/", {**head, "name": "عمده‌فروشی", "priority": "5", "version": one.version}).status_code
        == 302
    )
    stale = sara.post(f"{path}edit/", {**head, "name": "دیگر", "version": one.version})
    assert stale.status_code == 422
    assert sara.post(f"{path}items/{first.pk}/remove/").status_code == 302
    toast_and_undo(sara)
    assert sara.post(f"{path}items/{first.pk}/remove/").status_code == 404
    sara.post(f"{path}archive/", {"archived": "1"})
    one.refresh_from_db()
    assert (one.name, one.priority, one.archived) == ("عمده‌فروشی", 5, True)


def test_a_tax_is_set_from_a_day_on(sara: Client) -> None:
    tea = a_product()
    vat = {"name_fa": "ارزش افزوده", "percent": "۱۰٪", "valid_from": "1403/01/01", "way": "top", "scope": "all"}
    for wrong in ({"percent": "ده"}, {"percent": "101"}, {"name_fa": ""}, {"scope": "chosen"}, {"products": "?"}):
        assert sara.post("/products/taxes/new/", {**vat, **wrong}).status_code == 422, wrong
    assert sara.post("/products/taxes/new/", vat).status_code == 302
    assert (
        sara.post(
            "/products/taxes/new/", {**vat, "name_fa": "معاف", "percent": "0", "scope": "chosen", "products": tea.sku}
        ).status_code
        == 302
    )
    rate = TaxRate.objects.get(name_fa="ارزش افزوده")
    assert (rate.percent, rate.valid_from, rate.included) == (10, date(2024, 3, 20), False)
    page = sara.get("/products/taxes/").content.decode()
    for words in ("۱۰٪", "معاف", tea.name):
        assert words in page, words
    assert an_order(("1", "10")).tax_minor == 100
    refused = sara.post(f"/products/taxes/{rate.pk}/", {**vat, "percent": "9", "version": rate.version})
    assert refused.status_code == 422
    assert (
        sara.post(f"/products/taxes/{rate.pk}/", {**vat, "name_en": "VAT", "version": rate.version}).status_code == 302
    )
    sara.post(f"/products/taxes/{rate.pk}/archive/", {"archived": "1"})
    toast_and_undo(sara)
    assert an_order(("1", "10")).tax_minor == 0


def test_lists_go_out_as_files_under_their_own_conditions(sara: Client) -> None:
    euros, rials = an_order(), an_order(("1", "700000"), currency="IRR")
    tea, other = a_product(), a_product()
    page = sara.get("/orders/?currency=IRR").content.decode()
    assert "/export/orders/?currency=IRR&amp;format=xlsx" in page
    told = b"".join(sara.get("/export/orders/?currency=IRR").streaming_content).decode("utf-8-sig")
    assert rials.number in told
    assert euros.number not in told
    assert f"/export/products/?q={tea.sku}&amp;format=xlsx" in sara.get(f"/products/?q={tea.sku}").content.decode()
    told = b"".join(sara.get(f"/export/products/?q={tea.sku}").streaming_content).decode("utf-8-sig")
    assert tea.sku in told
    assert f"{other.sku}," not in told


def test_a_city_that_is_hidden_is_not_shown_where_a_customer_is_chosen(client: Client) -> None:
    role = make_role(dict.fromkeys(RIGHTS, Scope.ALL))
    customer = a_customer(name="مریم رستگار")
    Customer.objects.filter(pk=customer.pk).update(city="رشت")
    client.force_login(make_user(role=role))
    assert "رشت" in client.get("/orders/new/customers/?q=مریم").content.decode()
    RoleHidden.objects.create(role=role, field="customer.city")
    assert "رشت" not in client.get("/orders/new/customers/?q=مریم").content.decode()
    assert "رشت" not in client.get(f"/orders/new/?customer={customer.pk}").content.decode()


def test_the_pages_of_settings_are_for_those_who_may(client: Client) -> None:
    one = price_list_save(actor=ACTOR, data=PriceListData("همکاران", "EUR"))
    client.force_login(make_user(role=make_role({"products.view": Scope.ALL})))
    for path in ("/products/categories/", "/products/prices/", f"/products/prices/{one.pk}/", "/products/taxes/"):
        page = client.get(path).content.decode()
        assert '<form method="post"' not in page.partition('id="main"')[2].partition("</main>")[0], path
    for path in (
        "/products/categories/",
        "/products/prices/new/",
        f"/products/prices/{one.pk}/items/",
        "/products/taxes/new/",
    ):
        assert client.post(path, {"name_fa": "x"}).status_code == 403, path
