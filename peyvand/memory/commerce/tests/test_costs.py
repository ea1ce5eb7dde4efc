"""Costs and standing prices: what is kept, what is refused, who sees it, files that come again, undo."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from peyvand.foundation.accounts.tests.factories import make_role, make_user
from peyvand.foundation.changes.services import change_set, undo
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.foundation.transfer.shapes import Row
from peyvand.memory.commerce import queries
from peyvand.memory.commerce.imports.costs import CostWriter
from peyvand.memory.commerce.models import Cost, CostRate
from peyvand.memory.commerce.queries import CostFilter
from peyvand.memory.commerce.services import (
    CostData,
    RateData,
    StaleError,
    cost_rate_save,
    cost_remove,
    cost_save,
)
from peyvand.memory.commerce.services.orders import house_day
from peyvand.memory.commerce.tests.factories import a_customer, a_product, an_actor, an_order

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 1)
COSTS = {"commerce.costs_view": Scope.ALL, "commerce.costs_edit": Scope.ALL}


def data(**more: Any) -> CostData:
    return CostData(**{"kind": "delivery", "amount_minor": 500, "currency": "EUR", "day_from": DAY, "day_to": DAY,
                       **more})  # fmt: skip


def test_a_cost_is_entered_changed_removed_and_brought_back() -> None:
    actor = system_actor()
    customer = a_customer()
    order = an_order(customer=customer)
    made = cost_save(actor=actor, data=data(order_id=order.pk, note=" پیک  شبانه "))
    assert (made.aim, made.customer_id, made.note, made.version) == ("order", customer.pk, "پیک شبانه", 1)
    cost_save(actor=actor, data=data(driver="order"), cost=made, version=1)
    with pytest.raises(StaleError):
        cost_save(actor=actor, data=data(), cost=made, version=1)
    kept = Cost.objects.get()
    assert (kept.aim, kept.customer_id, kept.driver) == ("shared", None, "order")
    done = cost_remove(actor=actor, cost=kept)
    assert not Cost.objects.exists()
    undo(actor=actor, change_set_id=done)
    assert Cost.objects.get().driver == "order"


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"kind": "fun"}, "kind"),
        ({"amount_minor": -1}, "amount"),
        ({"amount_minor": 10**17}, "amount"),
        ({"currency": "ABC"}, "currency"),
        ({"day_to": DAY - timedelta(days=1)}, "day_to"),
        ({"driver": "luck"}, "driver"),
        ({"driver": "new_customer", "channel": "web"}, "channel"),
        ({"driver": "order", "interaction_kind": "call"}, "interaction_kind"),
        ({"order_id": 10**9}, "order"),
        ({"customer_id": 10**9}, "customer"),
        ({"interaction_id": 10**9}, "interaction"),
        ({"product_id": 10**9}, "product"),
        ({"clicks": -1}, "clicks"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(more: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as refused:
        cost_save(actor=system_actor(), data=data(**more))
    assert field in refused.value.message_dict
    assert not Cost.objects.exists()


def test_costs_need_their_right_and_those_of_one_customer_that_customer() -> None:
    user = make_user(role=make_role({}))
    mine, other = a_customer(owner_id=user.pk), a_customer(name="دیگری")
    for customer in (mine, other):
        cost_save(actor=system_actor(), data=data(customer_id=customer.pk))
    cost_save(actor=system_actor(), data=data(driver="order"))
    own = {**COSTS, **dict.fromkeys(("customers.view", "orders.view", "interactions.view"), Scope.OWN)}
    seen = queries.costs(actor=an_actor(own, user_id=user.pk))
    assert {(cost.aim, cost.customer_id) for cost in seen} == {("customer", mine.pk), ("shared", None)}
    assert queries.costs(actor=an_actor(own, user_id=user.pk), chosen=CostFilter(view="one")).count() == 1
    with pytest.raises(NotAllowed):
        queries.costs(actor=an_actor())
    with pytest.raises(NotAllowed):
        cost_save(actor=an_actor({"commerce.costs_view": Scope.ALL}), data=data())
    with pytest.raises(ValidationError):
        cost_save(actor=an_actor(own, user_id=user.pk), data=data(customer_id=other.pk))
    assert not queries.costs(actor=Actor(user_id=None, name="x", everything=True, demo=True)).exists()


def test_a_price_holds_from_its_day_and_the_past_stays() -> None:
    actor, today = system_actor(), house_day(timezone.now())

    def rate(amount: str, back: int, **more: Any) -> CostRate:
        given = {"name": "پست", "kind": "delivery", "driver": "order", "currency": "EUR", **more}
        return cost_rate_save(
            actor=actor, data=RateData(amount=Decimal(amount), valid_from=today - timedelta(days=back), **given)
        )

    old, new, other = rate("1.5", 100), rate("2", 10), rate("1", 100, channel="web")
    ended, later = rate("0", 5, name="جعبه"), rate("3", -5)
    assert queries.rates_now(actor=actor, on=today) == {new.pk, other.pk}
    assert queries.rates_now(actor=actor, on=today - timedelta(days=20)) == {old.pk, other.pk}
    assert rate("3.5", -5).pk == later.pk
    assert ended.amount == 0
    with pytest.raises(ValidationError):
        rate("9", 100)
    with pytest.raises(ValidationError):
        rate("101", 0, driver="order_value")
    assert CostRate.objects.get(pk=old.pk).amount == Decimal("1.5")


def brought(*rows: dict[str, Any]) -> CostWriter:
    """One run of an import over these lines."""
    writer = CostWriter(system_actor(), {"currency": "EUR"})
    writer.prepare()
    with change_set(actor=system_actor(), kind="import", title="costs"):
        writer.write([Row(at, row) for at, row in enumerate(rows, 1)])
    return writer


def test_an_advertisers_report_that_comes_again_corrects_and_counts_nothing_twice() -> None:
    line = {"day_from": DAY, "source": "google", "campaign": "yalda", "amount": Decimal("12.5"), "clicks": 40}
    first = brought(line, line, {**line, "day_from": DAY + timedelta(days=1)})
    assert (first.new, first.problems) == (3, [])
    kept = Cost.objects.order_by("pk")[0]
    assert (kept.kind, kept.driver, kept.amount_minor, kept.clicks) == ("acquisition", "new_customer", 1250, 40)
    again = brought({**line, "amount": Decimal(13)}, line, {**line, "day_from": DAY + timedelta(days=1)})
    assert (again.new, again.updated, again.unchanged) == (0, 1, 2)
    assert sorted(Cost.objects.values_list("amount_minor", flat=True)) == [1250, 1250, 1300]


def test_lines_name_orders_products_and_ways_of_charging_in_both_languages() -> None:
    order, product = an_order(customer=a_customer()), a_product()
    line = {"day_from": DAY, "amount": Decimal(3)}
    made = brought(
        {**line, "kind": "ارسال", "order": order.number},
        {**line, "kind": "delivery", "driver": "تعداد", "sku": product.sku},
        {**line, "kind": "اجاره", "driver": "مشتری فعال"},
        {**line, "kind": "nonsense"}, line, {"day_from": DAY, "kind": "sale"}, {**line, "kind": "sale", "order": "0"},
        {**line, "kind": "sale", "driver": "luck"}, {**line, "kind": "sale", "amount": Decimal(-1)},
    )  # fmt: skip
    assert [(cost.aim, cost.driver, cost.order_id, cost.product_id) for cost in Cost.objects.order_by("pk")] == [
        ("order", "", order.pk, None), ("shared", "quantity", None, product.pk), ("shared", "customer", None, None),
    ]  # fmt: skip
    assert [problem.reason for problem in made.problems] == [
        "commerce.bad_cost_kind", "commerce.bad_cost_kind", "commerce.no_amount", "commerce.unknown_order",
        "commerce.bad_cost_driver", "commerce.bad_cost_amount",
    ]  # fmt: skip


def test_the_form_keeps_a_cost_in_toman_and_the_list_sums_it(client: Client) -> None:
    client.force_login(make_user(role=make_role(grants={**COSTS, "orders.view": Scope.ALL})))
    asked = {"kind": "sale", "amount": "۱۲۰٬۰۰۰ تومان", "currency": "IRR", "day_from": "2026-11-01", "driver": "order"}
    assert client.post("/costs/new/", asked).status_code == 302
    assert Cost.objects.get().amount_minor == 1_200_000
    assert client.get("/costs/?kind=sale").status_code == 200
    wrong = client.post("/costs/new/", {**asked, "amount": "چند", "order": "nothing"})
    assert wrong.status_code == 422
    assert client.post(f"/costs/{Cost.objects.get().pk}/remove/").status_code == 302
    assert not Cost.objects.exists()
