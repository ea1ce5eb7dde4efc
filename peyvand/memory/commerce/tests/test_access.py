"""Orders follow their customers; anonymous ones are for those who see all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from peyvand.foundation.accounts.models import User
from peyvand.foundation.registry.actor import NotAllowed, Scope
from peyvand.memory.commerce import queries
from peyvand.memory.commerce.models import Order
from peyvand.memory.commerce.services import LineData, order_cancel, order_place, payment_record
from peyvand.memory.commerce.tests.factories import a_customer, an_actor, an_order
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db
ONE_LINE = [LineData(quantity=Decimal(1), unit_price=Decimal(1), description="x")]


@pytest.fixture
def me() -> User:
    return User.objects.create(email="me@example.com", name="من")


def grants(view: Scope, edit: Scope = Scope.NONE, customers: Scope = Scope.ALL) -> dict[str, Scope]:
    return {"orders.view": view, "orders.edit": edit, "customers.view": customers}


def test_own_sees_only_orders_of_own_customers(me: User) -> None:
    mine, other = an_order(customer=a_customer(owner_id=me.pk)), an_order(customer=a_customer())
    anonymous = an_order()
    actor = an_actor(grants(Scope.OWN), user_id=me.pk)
    assert list(queries.orders(actor=actor)) == [mine]
    everyone = an_actor(grants(Scope.ALL), user_id=me.pk)
    assert set(queries.orders(actor=everyone)) == {mine, other, anonymous}


def test_the_customers_scope_narrows_the_orders_scope(me: User) -> None:
    mine = an_order(customer=a_customer(owner_id=me.pk))
    an_order()
    actor = an_actor(grants(Scope.ALL, customers=Scope.OWN), user_id=me.pk)
    assert list(queries.orders(actor=actor)) == [mine]
    assert not queries.may_see_anonymous(actor)


def test_the_two_businesses_never_mix() -> None:
    own, sample = an_order(), an_order(demo=True)
    assert list(queries.orders(actor=an_actor())) == [own]
    assert list(queries.orders(actor=an_actor(demo=True))) == [sample]


def test_without_the_right_nothing_is_read_or_written() -> None:
    order = an_order()
    nobody = an_actor({"customers.view": Scope.ALL})
    with pytest.raises(NotAllowed):
        queries.orders(actor=nobody)
    with pytest.raises(NotAllowed):
        order_cancel(actor=nobody, order_id=order.pk)
    with pytest.raises(NotAllowed):
        order_place(actor=nobody, customer=None, currency="EUR", lines=ONE_LINE)
    assert Order.objects.get().status == "placed"


def test_an_order_out_of_reach_does_not_exist(me: User) -> None:
    order = an_order(customer=a_customer())
    actor = an_actor(grants(Scope.ALL, Scope.OWN), user_id=me.pk)
    with pytest.raises(Order.DoesNotExist):
        payment_record(actor=actor, order_id=order.pk, amount_minor=5)
    with pytest.raises(Customer.DoesNotExist):
        order_place(actor=actor, customer=order.customer, currency="EUR", lines=ONE_LINE)
    with pytest.raises(NotAllowed):
        order_place(actor=actor, customer=None, currency="EUR", lines=ONE_LINE)
    order.refresh_from_db()
    assert order.paid_minor == 0


def test_a_list_costs_the_same_however_long(me: User) -> None:
    actor = an_actor(grants(Scope.OWN), user_id=me.pk)

    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            found = queries.orders(actor=actor).select_related("customer").order_by(*queries.NEWEST_FIRST)
            assert all(order.customer for order in found[:50])
            queries.totals(found=found)
        return len(seen)

    an_order(customer=a_customer(owner_id=me.pk))
    one = cost()
    for _ in range(5):
        an_order(customer=a_customer(owner_id=me.pk))
    assert cost() == one
