"""Trees read, refused and said; sizes, reasons and what a role does not see; archived, frozen, compared."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import undo
from peyvand.foundation.money.amounts import Money
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.insight.audiences import conditions, inside, overlapping, queries, services
from peyvand.insight.audiences.asking import Clock, bounds
from peyvand.insight.audiences.errors import (
    AudienceRefusedError,
    ChangedMeanwhileError,
    ConditionRefusedError,
    HiddenFromReaderError,
)
from peyvand.insight.audiences.exports import export_rows
from peyvand.insight.audiences.models import Audience
from peyvand.insight.audiences.services import AudienceData
from peyvand.insight.audiences.tree import Within
from peyvand.insight.audiences.watching import whose
from peyvand.memory.commerce.tests import factories as commerce
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.data import TraitRow
from peyvand.memory.customers.exports import export_count
from peyvand.memory.customers.models import Customer, CustomerList
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()
CITY = {"field": "city", "operator": "is", "values": ["Shiraz"]}
BOUGHT = {"did": "ordered", "count": {"operator": "least", "n": 2}, "within": {"last": 90}}


def make(tree: dict[str, Any], *, actor: Actor = SYSTEM, name: str = "one", **more: Any) -> Audience:
    return services.audience_create(actor=actor, data=AudienceData(name=name, tree=tree, **more))


def seller(scope: Scope = Scope.ALL, **more: Scope) -> Actor:
    return factories.actor(
        factories.user(), scope=scope, orders_view=scope, audiences_view=Scope.ALL, audiences_edit=Scope.OWN, **more
    )


REFUSED: list[tuple[Any, tuple[int, ...]]] = [
    ({"all": []}, ()),
    ([], ()),
    ({"all": [{"field": "shoe_size", "operator": "is", "values": ["42"]}]}, (0,)),
    ({"all": [CITY, {"field": "city", "operator": "least", "values": ["3"]}]}, (1,)),
    ({"all": [CITY, {"any": []}]}, (1,)),
    ({"all": [{"any": [{"none": [{"all": [CITY]}]}]}]}, (0, 0, 0)),
    ({"all": [{"did": "ordered", "count": {"operator": "least", "n": 0}}]}, (0,)),
    ({"all": [{"did": "ordered", "within": {"from": "2026-05-01", "to": "2026-04-01"}}]}, (0,)),
    ({"all": [{"did": "ordered", "of": [{"field": "product", "operator": "any", "values": ["socks"]}]}]}, (0,)),
    ({"all": [{"did": "flew"}]}, (0,)),
    ({"all": [{"did": "ordered", "spent": {"operator": "least", "amount": "5", "currency": "ZZZ"}}]}, (0,)),
    ({"all": [{"audience": 2**40, "in": True}]}, (0,)),
    ({"all": [CITY] * 41}, (40,)),
    ({"all": [{"field": "birth_date", "operator": "between", "values": ["2000-02-02", "1999-01-01"]}]}, (0,)),
    ({"all": [{"field": ["city"], "operator": {}, "values": None}]}, (0,)),
]


@pytest.mark.parametrize(("tree", "place"), REFUSED)
def test_nonsense_is_refused_with_a_sentence_and_its_place(tree: Any, place: tuple[int, ...]) -> None:
    with override("en"), pytest.raises(ConditionRefusedError) as refused:
        conditions.read(tree, actor=SYSTEM)
    assert (refused.value.place, bool(refused.value.words)) == (place, True)


def test_it_is_said_in_both_languages() -> None:
    inner = make({"all": [CITY]}, name="Garden")
    tea = {**BOUGHT, "of": [{"field": "product_name", "operator": "contains", "values": ["چای"]}]}
    tree = conditions.read(
        {"all": [CITY, tea, {"any": [{"did": "ordered", "within": {"since": "nowruz"}, "not": True},
                                     {"audience": inner.pk, "in": False}]}]}, actor=SYSTEM,
    )  # fmt: skip
    with override("en"):
        assert conditions.plain(tree, actor=SYSTEM) == (
            "Customers whose City is Shiraz and who ordered (Product name contains “چای”) at least 2 times in the last"
            " 90 days and (who did not order since Nowruz or who are not in “Garden”)"
        )
    with override("fa"):
        assert conditions.plain(tree, actor=SYSTEM) == (
            "مشتریانی که شهر آنان Shiraz است و در ۹۰ روز گذشته دست‌کم ۲ بار سفارش داده‌اند"
            " (نام کالا «چای» را در خود دارد) و (از نوروز تاکنون سفارش نداده‌اند یا در «Garden» نیستند)"
        )
    assert next(piece.text for piece in conditions.said(tree, actor=SYSTEM) if piece.strong) == "Shiraz"


def test_a_field_that_is_hidden_is_not_told_by_the_audience() -> None:
    factories.customer(city="Shiraz")
    one = make({"all": [CITY]}, shared=True)
    outer = make({"all": [{"audience": one.pk, "in": True}]}, name="outer", shared=True)
    blind = replace(seller(), hidden=frozenset({"customer.city"}))
    for each in (one, outer):
        assert queries.concealed(actor=blind, audience=each)
        with pytest.raises(HiddenFromReaderError):
            queries.members(actor=blind, audience=each)
    with override("en"):
        assert "[a field you can't see]" in conditions.plain(one.tree, actor=blind)
        assert "Shiraz" not in conditions.plain(one.tree, actor=blind)
    for tree in ({"all": [CITY]}, {"all": [{"audience": one.pk, "in": True}]}):
        with pytest.raises(ConditionRefusedError):
            conditions.read(tree, actor=blind)
    with pytest.raises(HiddenFromReaderError):
        list(export_rows(blind, {"audience": str(one.pk)}))
    with pytest.raises(ConditionRefusedError):  # orders of others' customers are not told either
        conditions.read({"all": [BOUGHT]}, actor=factories.actor(factories.user(), orders_view=Scope.OWN))


def test_numbers_stand_at_nested_rows_and_sums_are_of_many_only() -> None:
    for number in range(6):
        one = factories.customer(city="Shiraz" if number else "Tabriz", kind="person")
        customers.traits_write(
            actor=SYSTEM, source="t", replace=False,
            rows=[TraitRow(one.pk, "value.lifetime", number=Decimal(10), currency="EUR" if number else "USD")],
        )  # fmt: skip
    tabriz = {"field": "city", "operator": "is", "values": ["Tabriz"]}
    person = {"field": "kind", "operator": "any", "values": ["person"]}
    tree = conditions.read({"all": [person, {"any": [tabriz, CITY]}, {"none": [tabriz]}]}, actor=SYSTEM)
    found = queries.weighed(actor=SYSTEM, tree=tree)
    assert found.left == {(0,): 6, (1,): 6, (1, 0): 1, (1, 1): 6, (2,): 5, (2, 0): 5}
    everybody = queries.weighed(actor=SYSTEM, tree=conditions.read({"all": [person]}, actor=SYSTEM))
    assert queries.lifetime(actor=SYSTEM, found=everybody) == [Money(5000, "EUR")], "one alone with dollars is not told"
    assert queries.lifetime(actor=factories.actor(factories.user(), audiences_view=Scope.ALL), found=everybody) == []


def test_sizes_and_members_are_of_those_whom_one_sees() -> None:
    me = factories.user()
    mine, other = factories.customer(city="Shiraz", owner_id=me.pk), factories.customer(city="Shiraz")
    factories.customer(city="Tabriz", owner_id=me.pk)
    actor = factories.actor(me, scope=Scope.OWN, orders_view=Scope.OWN, audiences_view=Scope.ALL)
    one = make({"all": [CITY]}, shared=True)
    tree = conditions.read({"all": [CITY, BOUGHT]}, actor=actor)
    commerce.an_order(("1", "10"), customer=mine)
    commerce.an_order(("1", "10"), customer=mine)
    size = queries.size(actor=actor, tree=tree)
    assert (size.count, size.of, size.after, size.approximate) == (1, 2, (1, 1), False)
    assert list(queries.members(actor=actor, audience=one)) == [mine]
    assert queries.member_count(actor=SYSTEM, audience=one) == 2
    with override("en"):
        ((who, because),) = queries.sample(actor=actor, tree=tree)
        assert who == mine
        assert "2 times, last on" in because
        why = queries.why(actor=SYSTEM, audience=make({"all": [CITY, BOUGHT]}), customer=other)
    assert (why.inside, [part.holds for part in why.tree.parts], why.tree.parts[1].detail) == (
        False, [True, False], "never",
    )  # fmt: skip


def test_audiences_do_not_contain_each_other() -> None:
    one = make({"all": [CITY]})
    two = make({"all": [{"audience": one.pk, "in": True}]})
    three = make({"all": [{"audience": two.pk, "in": False}]})
    data = AudienceData(name="one", tree={"all": [{"audience": three.pk, "in": True}]})
    with pytest.raises(ConditionRefusedError) as refused:
        services.audience_change(actor=SYSTEM, audience=one, data=data)
    assert refused.value.place == (0,)
    assert (one.depth, two.depth, three.depth) == (0, 1, 2)
    with pytest.raises(AudienceRefusedError):
        services.audience_archive(actor=SYSTEM, audience=one)


def test_a_change_is_taken_back_and_two_who_change_do_not_overwrite() -> None:
    sara, reza = factories.customer(city="Shiraz"), factories.customer(city="Tabriz")
    one = make({"all": [CITY]})
    tree = {"all": [{**CITY, "operator": "not"}]}
    changed = services.audience_change(actor=SYSTEM, audience=one, data=AudienceData(name="x", tree=tree), version=1)
    assert list(queries.members(actor=SYSTEM, audience=changed)) == [reza]
    with pytest.raises(ChangedMeanwhileError):
        services.audience_change(actor=SYSTEM, audience=one, data=AudienceData(name="y", tree=tree), version=1)
    undo(actor=SYSTEM, change_set_id=ChangeSet.objects.latest("id").pk)
    one.refresh_from_db()
    assert (one.name, one.tree, one.due) == ("one", {"all": [{**CITY}]}, True)
    services.audience_rebuild(actor=SYSTEM, audience=one)
    assert list(queries.members(actor=SYSTEM, audience=one)) == [sara]


@pytest.mark.parametrize("many", [0, inside.MANY])
def test_lists_and_numbers_are_the_same_however_many_there_are(monkeypatch: pytest.MonkeyPatch, many: int) -> None:
    monkeypatch.setattr(inside, "MANY", many)
    me = factories.user()
    mine, also = (factories.customer(city=city, owner_id=me.pk) for city in ("Shiraz", "Tabriz"))
    other = factories.customer(city="Shiraz")
    factories.customer(city="Qom", owner_id=me.pk)
    live = make({"all": [CITY]}, shared=True)
    some = make({"none": [{"field": "city", "operator": "is", "values": ["Qom"]}]}, name="some", shared=True)
    frozen = services.audience_freeze(actor=SYSTEM, audience=make({"all": [CITY]}, name="then", shared=True))
    every = [live, some, frozen]
    before = services.snapshot_take(actor=SYSTEM, audience=some)
    values = [TraitRow(one.pk, "value.revenue", number=Decimal(9), currency="IRR") for one in (mine, also, other)]
    customers.traits_write(actor=SYSTEM, source="test", rows=values)
    own = factories.actor(me, scope=Scope.OWN, audiences_view=Scope.ALL, insight_view_customer=Scope.ALL)
    for actor, inner, outer in ((SYSTEM, {mine, other}, {mine, other, also}), (own, {mine}, {mine, also})):
        found = [set(queries.members(actor=actor, audience=one)) for one in every]
        assert found == [inner, outer, inner]
        assert list(queries.member_counts(actor=actor, audiences=every).values()) == [len(one) for one in found]
        pairs = overlapping.overlap(actor=actor, audiences=every)
        assert pairs == {
            (one.pk, two.pk): len(found[at] & found[to])
            for at, one in enumerate(every) for to, two in enumerate(every) if at <= to
        }  # fmt: skip
        compared = overlapping.compare(actor=actor, a=live, b=before)
        assert (compared.both, compared.only_a, compared.only_b) == (len(inner), 0, 1)
        assert [one.revenue for one in (compared.a, compared.b)] == [
            {"IRR": 9 * len(inner)}, {"IRR": 9 * len(outer)}
        ]  # fmt: skip
        listed = [export_count(actor, {"f.audiences": f"{way}:{live.pk}"}) for way in ("any", "none")]
        assert listed == [len(inner), Customer.objects.visible_to(actor).count() - len(inner)]


def test_frozen_ones_stay_and_pictures_are_compared() -> None:
    sara = factories.customer(city="Shiraz")
    one = make({"all": [CITY]})
    before = services.snapshot_take(actor=SYSTEM, audience=one, label="spring")
    frozen = services.audience_freeze(actor=SYSTEM, audience=make({"all": [CITY]}, name="then"))
    reza = factories.customer(city="Shiraz")
    services.audience_rebuild(actor=SYSTEM, audience=one)
    services.audience_rebuild(actor=SYSTEM, audience=frozen)
    assert set(queries.members(actor=SYSTEM, audience=one)) == {sara, reza}
    assert list(queries.members(actor=SYSTEM, audience=frozen)) == [sara]
    found = overlapping.compare(actor=SYSTEM, a=before, b=one)
    assert (found.a.count, found.b.count, found.both, found.only_a, found.only_b) == (1, 2, 1, 0, 1)
    assert overlapping.overlap(actor=SYSTEM, audiences=[one, frozen])[one.pk, frozen.pk] == 1
    thawed = services.audience_thaw(actor=SYSTEM, audience=frozen)
    assert queries.member_count(actor=SYSTEM, audience=thawed) == 2
    assert len(list(export_rows(SYSTEM, {"audience": str(one.pk)}))) == 3


def test_periods_begin_as_the_workspaces_calendar_says() -> None:
    now = Clock(date(2026, 11, 30), ZoneInfo("Asia/Tehran"), CalendarKind.GREGORIAN)
    assert bounds(Within(since="nowruz"), now) == (date(2026, 3, 21), date(2026, 11, 30))
    assert bounds(Within(since="month"), now)[0] == date(2026, 11, 1)
    assert bounds(Within(since="month"), replace(now, calendar=CalendarKind.JALALI))[0] == date(2026, 11, 22)
    assert bounds(Within(last=2), now)[0] == date(2026, 11, 29), "yesterday and today"


def test_every_table_says_whose_its_rows_are() -> None:
    assert whose("commerce_order") == ("r.customer_id",)
    assert whose("commerce_orderline") == ("(SELECT u0.customer_id FROM commerce_order u0 WHERE u0.id = r.order_id)",)
    assert whose("commerce_product") == ()


def test_a_list_of_ones_own_tells_nobody_else_who_is_on_it() -> None:
    owner, reader = seller(), seller()
    listed = CustomerList.objects.create(name="Delicate", owner_id=owner.user_id)
    customer = factories.customer()
    listed.members.create(customer=customer)
    on_it = {"all": [{"field": "lists", "operator": "any", "values": [str(listed.pk)]}]}
    audience = make(on_it, actor=owner, shared=True)
    assert list(queries.members(actor=owner, audience=audience)) == [customer]
    with pytest.raises(HiddenFromReaderError):
        queries.members(actor=reader, audience=audience)
    with pytest.raises(ConditionRefusedError):
        conditions.read(on_it, actor=reader)
