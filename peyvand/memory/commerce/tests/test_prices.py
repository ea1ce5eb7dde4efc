"""Which price holds for whom, and why."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.foundation.changes.services import change_set, undo
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.memory.commerce.models import Audience, PriceList, PriceListItem, Product
from peyvand.memory.commerce.money import decimals
from peyvand.memory.commerce.queries import Price, price_of
from peyvand.memory.commerce.queries.prices import reduced
from peyvand.memory.commerce.services import (
    ItemData,
    LineData,
    PriceListData,
    StaleError,
    item_save,
    items_remove,
    order_place,
    order_quote,
    price_list_archive,
    price_list_save,
)
from peyvand.memory.commerce.tests.factories import a_customer, a_product, an_actor
from peyvand.memory.customers.models import Customer, Trait
from peyvand.memory.customers.services import tag_add

pytestmark = pytest.mark.django_db
ACTOR = system_actor()
DAY = date(2026, 11, 23)


def a_list(name: str, **more: Any) -> PriceList:
    return price_list_save(actor=ACTOR, data=PriceListData(name, more.pop("currency", "EUR"), **more))


def put(price_list: PriceList, product: Product | None, price: str | None = None, **more: Any) -> PriceListItem:
    data = ItemData(product_id=product.pk if product else None, price=None if price is None else Decimal(price), **more)
    return item_save(actor=ACTOR, price_list=price_list, data=data)


def found(product: Product, customer: Customer | None = None, quantity: str = "1", **more: Any) -> Price:
    asked = {"currency": "EUR", "on": DAY, **more}
    return price_of(actor=ACTOR, customer=customer, product=product, quantity=Decimal(quantity), **asked)


def test_without_a_list_it_is_the_products_own_price_in_its_own_currency() -> None:
    tea = a_product(price="12.50")
    assert found(tea) == Price(Decimal("12.50"))
    assert found(tea, currency="GBP").amount is None


def test_a_list_holds_for_whom_and_when_it_says() -> None:
    tea, cafe, champion, nobody = a_product(price="10"), a_customer(), a_customer(), a_customer()
    tag = tag_add(actor=ACTOR, customer=cafe, name="عمده")
    Trait.objects.create(customer=champion, name="value.class", text="champion")
    put(a_list("عمده", audience=Audience.TAG, tag_id=tag.pk), tea, "8")
    put(a_list("قهرمان‌ها", audience=Audience.CLASS, value_class="champion"), tea, "7")
    put(a_list("جشنواره", valid_from=DAY, valid_until=DAY), tea, "9")
    put(a_list("پوند", currency="GBP"), tea, "6")
    assert [found(tea, who).amount for who in (cafe, champion, nobody, None)] == [8, 7, 9, 9]
    other = {"on": date(2026, 11, 24)}
    assert [found(tea, who, **other).amount for who in (cafe, champion, nobody, None)] == [8, 7, 10, 10]
    assert found(tea, currency="GBP").amount == 6
    price_list_archive(actor=ACTOR, price_list=PriceList.objects.get(name="عمده"), archived=True)
    assert found(tea, cafe).amount == 9


def test_the_order_of_lists_is_priority_then_audience_then_newness_then_age() -> None:
    tea, cafe = a_product(price="10"), a_customer()
    tag = tag_add(actor=ACTOR, customer=cafe, name="عمده")
    put(a_list("الف", valid_from=date(2026, 1, 1)), tea, "9")
    put(a_list("ب", valid_from=date(2026, 6, 1)), tea, "8")
    assert found(tea, cafe).amount == 8  # the newer
    put(a_list("پ", audience=Audience.TAG, tag_id=tag.pk), tea, "11")
    assert found(tea, cafe).amount == 11  # a tag before everyone, dear or not
    first = a_list("ت", priority=5)
    put(first, tea, "7")
    put(a_list("ث", priority=5), tea, "6")
    assert found(tea, cafe).price_list == first  # of equals the one that was there first
    put(first, tea, "7", min_quantity=Decimal(3))
    items_remove(actor=ACTOR, price_list=first, item_ids=[first.items.get(min_quantity=0).pk])
    assert found(tea, cafe, "2").amount == 6  # what the first says nothing of, the next may
    assert found(tea, cafe, "3").amount == 7


def test_quantities_and_percentages() -> None:
    tea, coffee, gift = a_product(price="19.995"), a_product(price="8"), a_product(price="5", currency="GBP")
    one = a_list("همه")
    put(one, tea, "15", min_quantity=Decimal(10))
    put(one, tea, percent_off=Decimal("12.5"))
    put(one, None, percent_off=Decimal(50))
    put(one, None, percent_off=Decimal(60), min_quantity=Decimal(100))
    assert [found(tea, None, quantity).amount for quantity in ("1", "9.99", "10", "500")] == [
        Decimal("17.496"), Decimal("17.496"), 15, 15,
    ]  # fmt: skip
    assert [found(coffee, None, quantity).amount for quantity in ("1", "100")] == [4, Decimal("3.2")]
    assert found(gift).amount is None  # no own price in euros to take a percentage off
    price = found(coffee)
    assert (price.price_list, price.percent_off, price.own) == (one, 50, 8)


@settings(max_examples=60, deadline=None)
@given(
    price=st.decimals(min_value=0, max_value=10**7, places=3),
    percent=st.decimals(min_value="0.01", max_value=100, places=2),
)
def test_a_percentage_off_is_rounded_once_half_up(price: Decimal, percent: Decimal) -> None:
    exact = price * (100 - percent) / 100
    got = reduced(price, percent, "EUR")
    assert abs(got - exact) <= Decimal("0.5").scaleb(-max(2, decimals(price)))
    assert 0 <= got <= price


def test_an_order_takes_the_price_that_holds_and_remembers_where_from() -> None:
    tea, cafe = a_product(price="10", cost="4"), a_customer()
    tag = tag_add(actor=ACTOR, customer=cafe, name="عمده")
    wholesale = a_list("عمده", audience=Audience.TAG, tag_id=tag.pk)
    put(wholesale, None, percent_off=Decimal(20))
    typed = LineData(Decimal(1), product_id=tea.pk, unit_price=Decimal("9.50"))
    asked = [LineData(Decimal(2), product_id=tea.pk), typed]
    quote = order_quote(actor=ACTOR, customer=cafe, lines=asked, currency="EUR")
    assert [price and price.price_list for price in quote.prices] == [wholesale, None]
    order = order_place(actor=ACTOR, customer=cafe, lines=asked, currency="EUR")
    lines = order.items.order_by("position").values_list("unit_price", "price_list", "unit_cost")
    assert list(lines) == [(8, wholesale.pk, 4), (Decimal("9.50"), None, 4)]
    assert order_place(actor=ACTOR, customer=None, lines=asked[:1], currency="EUR").total_minor == 2000


def test_however_many_lines_the_look_up_costs_the_same() -> None:
    products = [a_product() for _ in range(12)]
    put(a_list("همه"), None, percent_off=Decimal(10))
    who = a_customer()

    def cost(count: int) -> int:
        lines = [LineData(Decimal(1), product_id=product.pk) for product in products[:count]]
        with CaptureQueriesContext(connection) as seen:
            order_quote(actor=ACTOR, customer=who, lines=lines, currency="EUR")
        return len(seen)

    assert cost(1) == cost(12)


def test_a_price_is_read_by_those_who_may_see_products() -> None:
    with pytest.raises(NotAllowed):
        price_of(
            actor=an_actor({"orders.view": Scope.ALL}), customer=None, product=a_product(), quantity=Decimal(1),
            currency="EUR", on=DAY,
        )  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": " "}, {"name": "x" * 121}, {"currency": "XXX"}, {"audience": "friends"}, {"audience": "tag"},
        {"audience": "tag", "tag_id": 10**9}, {"audience": "class", "value_class": "king"}, {"priority": 1001},
        {"valid_from": date(2026, 2, 2), "valid_until": date(2026, 2, 1)}, {"name": "عمده"},
    ],
)  # fmt: skip
def test_a_list_that_makes_no_sense_is_refused_in_words(wrong: dict[str, Any]) -> None:
    a_list("عمده")
    with pytest.raises(ValidationError):
        price_list_save(actor=ACTOR, data=PriceListData(**{"name": "تازه", "currency": "EUR", **wrong}))
    assert PriceList.objects.count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {}, {"price": Decimal(1), "percent_off": Decimal(1)}, {"price": Decimal(-1)}, {"price": Decimal("NaN")},
        {"price": Decimal("1E+14")}, {"percent_off": Decimal(0)}, {"percent_off": Decimal(101)},
        {"percent_off": Decimal("0.00001")}, {"price": Decimal(1), "min_quantity": Decimal(-1)},
        {"price": Decimal(1), "product_id": None}, {"price": Decimal(1), "product_id": 10**9},
    ],
)  # fmt: skip
def test_a_price_that_makes_no_sense_is_refused_in_words(wrong: dict[str, Any]) -> None:
    one, tea = a_list("عمده"), a_product()
    with pytest.raises(ValidationError):
        item_save(actor=ACTOR, price_list=one, data=ItemData(**{"product_id": tea.pk, **wrong}))
    assert not PriceListItem.objects.exists()


def test_the_database_refuses_a_price_that_makes_no_sense_too() -> None:
    one, tea = a_list("عمده"), a_product()
    put(one, None, percent_off=Decimal(5))
    for wrong in ("%(tea)s, 0, NULL, NULL", "%(tea)s, 0, 1, 1", "NULL, 0, 1, NULL", "NULL, 0, NULL, 5",
                  "%(tea)s, 0, 'NaN', NULL", "%(tea)s, -1, 1, NULL", "%(tea)s, 'NaN', 1, NULL"):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO commerce_pricelistitem (price_list_id, product_id, min_quantity, price, percent_off) "
                f"VALUES (%(one)s, {wrong})",
                {"one": one.pk, "tea": tea.pk},
            )


def test_a_list_is_never_overwritten_unseen_and_can_be_taken_back() -> None:
    one = a_list("عمده")
    data = PriceListData("همکاران", "EUR", priority=3)
    with change_set(actor=ACTOR, kind="settings", title="نام") as done:
        price_list_save(actor=ACTOR, data=data, price_list=one, version=one.version)
    with pytest.raises(StaleError):
        price_list_save(actor=ACTOR, data=data, price_list=one, version=one.version)
    with pytest.raises(ValidationError):  # its prices are euros
        price_list_save(actor=ACTOR, data=PriceListData("همکاران", "GBP"), price_list=one)
    undo(actor=ACTOR, change_set_id=done.pk)
    one.refresh_from_db()
    assert (one.name, one.priority) == ("عمده", 0)


def test_a_list_that_somebody_bought_from_stays_when_its_making_is_taken_back() -> None:
    tea = a_product(price="10")
    with change_set(actor=ACTOR, kind="settings", title="لیست") as done:
        one = a_list("عمده")
        put(one, tea, "9")
    order_place(actor=ACTOR, customer=None, lines=[LineData(Decimal(1), product_id=tea.pk)], currency="EUR")
    assert undo(actor=ACTOR, change_set_id=done.pk).kept >= 1
    assert PriceList.objects.filter(pk=one.pk).exists()


def test_without_the_right_nothing_changes() -> None:
    looks = an_actor({"products.view": Scope.ALL})
    with pytest.raises(NotAllowed):
        price_list_save(actor=looks, data=PriceListData("عمده", "EUR"))
    with pytest.raises(NotAllowed):
        item_save(actor=looks, price_list=a_list("عمده"), data=ItemData(percent_off=Decimal(1)))
    assert not PriceListItem.objects.exists()
