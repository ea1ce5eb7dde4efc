"""Numbers by class and by audience: the same as by hand, for those alone who may see the audience."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.test import Client

from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.insight.audiences.models import Audience, Snapshot, SnapshotMember
from peyvand.insight.reports import people_beside
from peyvand.insight.reports.catalogue import subjects
from peyvand.insight.reports.computing import answered
from peyvand.insight.reports.errors import RefusedError
from peyvand.insight.reports.planning import plan_of
from peyvand.insight.reports.questions import Condition, Question, checked
from peyvand.insight.reports.sides import FOUND, sides_found
from peyvand.insight.reports.tests.test_computing import warehouse
from peyvand.memory.customers.models import AudienceMember, Trait
from peyvand.memory.customers.tests.factories import actor as acting
from peyvand.memory.customers.tests.factories import customer

pytestmark = pytest.mark.django_db
GRANTS = {"reports_view": Scope.ALL, "orders_view": Scope.ALL, "audiences_view": Scope.ALL}


def asked(me: Actor, backend: Any, question: Question, **more: Any) -> dict[str, Any]:
    plan = plan_of(me, checked(me, question), calendar=CalendarKind.JALALI, language="en", **more)
    return answered(backend, {**plan, "leads": {"customer_id": "customers"}, "at": ""})


def test_by_class_and_by_audience() -> None:
    me, other = Actor(user_id=1, name="x", everything=True), acting(**GRANTS)
    people = [customer(f"n{place}") for place in range(4)]
    for one, word in zip(people, ("best", "best", "new", None), strict=True):
        if word:
            Trait.objects.create(customer=one, name="value.class", text=word)
    loyal = Audience.objects.create(name="Loyal")
    taken = Snapshot.objects.create(audience=loyal)
    AudienceMember.objects.create(audience=loyal.pk, customer=people[0])
    SnapshotMember.objects.bulk_create(SnapshotMember(snapshot=taken, customer=one) for one in people[:3])
    backend = warehouse(
        [{"id": place, "demo": False, "customer_id": one.pk, "kind": "sale", "status": "placed", "currency": "IRR",
          "net_minor": 10**place, "placed_at_day": date(2026, 1, 1)} for place, one in enumerate(people)],
        [{"id": one.pk, "demo": False, "city": "Qom"} for one in people],
    )  # fmt: skip
    revenue = Question("orders", ["orders.revenue"])
    known = "customer_id.trait-value-class"
    got = asked(me, backend, revenue.asking(rows=[known]))
    assert got["rows"] == [[None, 1000], ["new", 100], ["best", 11]]
    inside = f"customer_id.audience-{loyal.pk}"
    got = asked(me, backend, revenue.asking(rows=[inside]))
    assert got["rows"] == [[False, 1110], [True, 1]]
    only = revenue.asking(conditions=[Condition(inside, "is", "1")])
    assert asked(me, backend, only)["total"] == [1]
    assert asked(me, backend, revenue.asking(rows=[inside]), people=["true"])["ids"] == [people[0].pk]
    assert asked(me, backend, revenue.asking(rows=[inside]), people=["false"], rows_path="")["ids"] == [3, 2, 1]
    then = revenue.asking(conditions=[Condition(f"customer_id.snapshot-{taken.pk}", "is", "1")])
    assert asked(me, backend, then)["total"] == [111]
    for question in (only, then):
        with pytest.raises(RefusedError):
            checked(other, question)
    offered = next(one for one in subjects(me, [inside]) if one.fact.name == "customers")
    assert {one for one in offered.fields if "-" in one} >= {f"audience-{loyal.pk}", "trait-value-class"}
    assert f"snapshot-{taken.pk}" not in offered.fields, "it is searched for"
    assert [one[0] for one in sides_found(me, "LOY")] == [f"audience-{loyal.pk}", f"snapshot-{taken.pk}"]
    assert sides_found(me, "nobody") == sides_found(other, "loy") == []


def test_an_audience_is_found_by_name_and_chosen(client: Client) -> None:
    Audience.objects.bulk_create(Audience(name=f"گروه {number}") for number in range(30))
    loyal = Audience.objects.create(name="كاربران وفادار")  # with an Arabic letter
    client.force_login(make_user(role_key="manager"))
    page = client.get("/insight/reports/build/?fact=orders&m=orders.sales").content.decode()
    assert page.count("customer_id.audience-") == 3 * FOUND
    found = client.get("/insight/reports/build/groups/", {"fact": "orders", "group": "کاربر", "rows": "1"})
    path = f"customer_id.audience-{loyal.pk}"
    assert found.content.decode().count(path) == 3
    chosen = client.get("/insight/reports/build/", {"fact": "orders", "f": ["", path], "o": ["is"], "v": [""]})
    assert chosen.context["question"].conditions == [Condition(path, "is", "1")], "as it is shown"


def test_members_are_read_anew_in_the_next_slot() -> None:
    backend = warehouse([], [])
    spec = {"kind": "audience", "id": 4, "demo": False, "slot": 1}
    assert people_beside.side(backend, spec).count().to_pyarrow().as_py() == 0
    AudienceMember.objects.create(audience=4, customer=customer())
    assert people_beside.side(backend, spec).count().to_pyarrow().as_py() == 0
    assert people_beside.side(backend, {**spec, "slot": 2}).count().to_pyarrow().as_py() == 1
