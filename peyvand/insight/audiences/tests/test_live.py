"""Members follow what happens: after any events the live ones are those that a look at everybody gives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from peyvand.events.audiences import AudienceEntered, AudienceLeft
from peyvand.foundation.changes.services import undo
from peyvand.foundation.outbox.models import Event
from peyvand.foundation.outbox.wire import event_name
from peyvand.foundation.registry.actor import system_actor
from peyvand.insight.audiences import asking, keeping, services
from peyvand.insight.audiences.keeping import Keeper
from peyvand.insight.audiences.models import Audience
from peyvand.insight.audiences.services import AudienceData
from peyvand.insight.audiences.watching import waiting
from peyvand.memory.commerce.models import Order, OrderStatus
from peyvand.memory.commerce.tests import factories as commerce
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.models import Customer, InAudience
from peyvand.memory.customers.services import TraitRow
from peyvand.memory.customers.tests import factories
from peyvand.memory.interactions.services import record

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()


def audience(name: str, tree: Mapping[str, Any]) -> Audience:
    return services.audience_create(actor=SYSTEM, data=AudienceData(name=name, tree=tree))


def keep() -> None:
    """Everything that waits."""
    keeper = Keeper()
    while keeper.round():
        pass


def inside(one: Audience) -> set[int]:
    return set(InAudience.objects.filter(audience=one.pk).values_list("customer_id", flat=True))


def looked_up(one: Audience) -> set[int]:
    found = asking.everybody(keeping.tree_of(one), demo=one.demo, now=asking.clock())
    return set(found.values_list("pk", flat=True))


def told(event: type[Any], one: Audience) -> list[list[int]]:
    rows = Event.objects.filter(name=event_name(event), payload__audience_id=one.pk).order_by("id")
    return [row.payload["customer_ids"] for row in rows]


CITY = {"field": "city", "operator": "is", "values": ["Shiraz"]}
BOUGHT = {"did": "ordered", "of": [], "count": {"operator": "least", "n": 2}, "within": {"last": 30}, "not": False}
TEA = {"did": "ordered", "of": [{"field": "product_name", "operator": "contains", "values": ["tea"]}], "not": True}
RICH = {"did": "ordered", "spent": {"operator": "least", "amount": "30", "currency": "EUR"}}
FEW = {"did": "ordered", "count": {"operator": "most", "n": 1}}
TOUCHED = {"field": "touched", "operator": "last", "values": ["7"]}
BORN = {"field": "birth_date", "operator": "after", "values": ["1990-01-01"]}
RISK = {"field": "t.prediction.risk", "operator": "least", "values": ["50"]}


def test_members_enter_and_leave_with_what_happens_and_it_is_told() -> None:
    sara, reza = factories.customer(city="Shiraz"), factories.customer(city="Tabriz")
    one = audience("often", {"all": [BOUGHT, CITY]})
    outer = audience("others", {"all": [{"audience": one.pk, "in": False}]})
    assert (inside(one), inside(outer), outer.depth) == (set(), {sara.pk, reza.pk}, 1)
    keep()
    for _time in range(2):
        commerce.an_order(("1", "10"), customer=sara)
        commerce.an_order(("1", "10"), customer=reza)
    assert waiting()
    keep()
    assert (inside(one), inside(outer)) == ({sara.pk}, {reza.pk})
    one.refresh_from_db()
    assert one.members == 1
    Order.objects.filter(customer=sara).first().delete()  # type: ignore[union-attr]
    keep()
    assert inside(one) == set()
    assert (told(AudienceEntered, one), told(AudienceLeft, one)) == ([[sara.pk]], [[sara.pk]])
    assert (told(AudienceEntered, outer), told(AudienceLeft, outer)) == ([[sara.pk]], [[sara.pk]])


def test_who_is_deleted_leaves_and_comes_back_with_an_undo() -> None:
    sara = factories.customer(city="Shiraz")
    one = audience("city", {"all": [CITY]})
    frozen = services.audience_freeze(actor=SYSTEM, audience=audience("then", {"all": [CITY]}))
    keep()
    done = customers.customers_delete(actor=SYSTEM, customers=[sara.pk])
    keep()
    for each in (one, frozen):
        each.refresh_from_db()
        assert (inside(each), each.members) == (set(), 0)
    assert done.change_set_id is not None
    undo(actor=SYSTEM, change_set_id=done.change_set_id)
    keep()
    for each in (one, frozen):
        each.refresh_from_db()
        assert (inside(each), each.members) == ({sara.pk}, 1)


def test_a_new_day_moves_who_is_in(monkeypatch: pytest.MonkeyPatch) -> None:
    sara = factories.customer()
    commerce.an_order(("1", "10"), customer=sara)
    late = audience("lately", {"all": [{"did": "ordered", "within": {"last": 2}}]})
    keep()
    assert inside(late) == {sara.pk}
    later = timezone.now() + timedelta(days=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    keep()
    assert inside(late) == set()


WHAT = ("order", "tea", "cancel", "move", "trait", "call", "new", "delete", "born")
_events = st.lists(
    st.tuples(st.sampled_from(WHAT), st.integers(0, 3)),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(
    max_examples=5, deadline=None, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(events=_events, batch=st.integers(1, 4))
def test_live_is_what_a_look_at_everybody_gives(events: list[tuple[str, int]], batch: int) -> None:
    people = [factories.customer(city=city) for city in ("Shiraz", "Tabriz", "Shiraz", "")]
    customers.traits_write(
        actor=SYSTEM, source="test", rows=[TraitRow(customer_id=people[0].pk, name="prediction.risk", number=60)]
    )
    first = audience("first", {"any": [CITY, {"none": [TEA, BORN]}]})
    trees = (
        {"all": [BOUGHT, {"any": [CITY, TOUCHED]}]}, {"none": [RICH, RISK]}, {"all": [FEW, TEA]},
        {"any": [{"audience": first.pk, "in": True}, {"all": [BORN, {"none": [CITY]}]}]},
    )  # fmt: skip
    live = [first, *(audience(f"of {at}", tree) for at, tree in enumerate(trees))]
    for at, (what, who) in enumerate(events):
        _happens(what, people[who])
        if at % batch == 0:
            Keeper().round()
    keep()
    for one in live:
        assert inside(one) == looked_up(one), one.tree
        one.refresh_from_db()
        assert one.members == len(inside(one))


def _happens(what: str, customer: Customer) -> None:
    there = Customer.objects.filter(pk=customer.pk).first()
    if what == "new":
        factories.customer(city="Shiraz")
    elif there is None:
        return
    elif what in ("order", "tea"):
        made = commerce.an_order(("2", "10"), customer=there)
        if what == "tea":
            made.items.update(description="green tea", product=None)
    elif what == "cancel":
        Order.objects.filter(customer=there).update(status=OrderStatus.CANCELLED, cancelled_at=timezone.now())
    elif what == "move":
        Customer.objects.filter(pk=there.pk).update(city="Shiraz" if there.city != "Shiraz" else "Tabriz")
    elif what == "born":
        Customer.objects.filter(pk=there.pk).update(birth_date=None if there.birth_date else "1995-05-05")
    elif what == "trait":
        rows = [TraitRow(customer_id=there.pk, name="prediction.risk", number=70)]
        customers.traits_write(actor=SYSTEM, source="test", rows=rows, replace=True)
    elif what == "call":
        record(actor=SYSTEM, kind="call", customer=there, at=timezone.now(), direction="in")
    elif what == "delete":
        customers.customers_delete(actor=SYSTEM, customers=[there.pk])
