"""Many notes, calls and meetings at once: each answered for, none twice, one statement."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.memory.customers import services as customer_services
from peyvand.memory.customers.data import IdentityData
from peyvand.memory.customers.tests import factories
from peyvand.memory.interactions import services
from peyvand.memory.interactions.models import Interaction
from peyvand.memory.interactions.services import InvalidError, StaffRow

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_rows_are_recorded_in_the_actor_s_name_and_answered_in_their_order() -> None:
    me, customer = factories.user(), factories.customer()
    rows = [
        StaffRow(kind="note", customer_id=customer.pk, text="یک", visibility="author"),
        StaffRow(kind="call", customer_id=customer.pk, direction="in", at=DAY, duration_s=60, cost_minor=5,
                 cost_currency="IRR", sentiment=-5, dedupe_key="k"),
        StaffRow(kind="meeting", customer_id=customer.pk, place="دفتر", at=DAY),
    ]  # fmt: skip
    done = services.staff_record(actor=factories.actor(me), rows=rows)
    assert [one.status for one in done] == ["recorded"] * 3
    note, call, meeting = (Interaction.objects.get(pk=one.interaction_id) for one in done)
    assert (note.kind, note.payload, note.visibility, note.staff_id) == ("note", {"text": "یک"}, "author", me.pk)
    assert (call.direction, call.duration_s, call.cost_minor, call.cost_currency) == ("in", 60, 5, "IRR")
    assert (call.dedupe_key, call.at, call.sentiment) == ("api:k", DAY, -5)
    assert (meeting.payload["place"], meeting.direction) == ("دفتر", "")


def test_one_key_is_recorded_once_however_often_it_comes() -> None:
    customer = factories.customer()
    row = StaffRow(kind="note", customer_id=customer.pk, text="x", dedupe_key="k")
    first = services.staff_record(actor=factories.actor(), rows=[row, row])
    other = StaffRow(kind="note", customer_id=customer.pk, text="y")
    again = services.staff_record(actor=factories.actor(), rows=[row, other])
    assert [one.status for one in (*first, *again)] == ["recorded", "known", "known", "recorded"]
    assert len({one.interaction_id for one in (*first, *again)}) == 2
    assert Interaction.objects.count() == 2


def test_a_room_s_own_key_is_never_met_and_another_s_row_is_never_told() -> None:
    me, other = factories.user(), factories.user()
    mine, theirs = factories.customer(owner_id=me.pk), factories.customer(owner_id=other.pk)
    services.record(actor=system_actor(), kind="note", at=DAY, customer=theirs, dedupe_key="order:1")
    services.staff_record(
        actor=factories.actor(other), rows=[StaffRow(kind="note", customer_id=theirs.pk, text="x", dedupe_key="k")]
    )
    rows = [StaffRow(kind="note", customer_id=mine.pk, text="x", dedupe_key=key) for key in ("order:1", "k")]
    done = services.staff_record(actor=factories.actor(me, scope=Scope.OWN), rows=rows)
    assert [(one.status, set(one.errors)) for one in done] == [("recorded", set()), ("refused", {"dedupe_key"})]
    assert done[1].interaction_id is None


def test_what_cannot_be_recorded_is_told_by_its_row() -> None:
    me, other = factories.user(), factories.user()
    mine, theirs = factories.customer(owner_id=me.pk), factories.customer(owner_id=other.pk)
    rows = [
        StaffRow(kind="note", customer_id=mine.pk, text="x"),
        StaffRow(kind="note", customer_id=theirs.pk, text="x"),
        StaffRow(kind="note", customer_id=mine.pk),
        StaffRow(kind="order.placed", customer_id=mine.pk),
        StaffRow(kind="call", customer_id=mine.pk, at=timezone.now() + timedelta(days=1)),
        StaffRow(kind="call", customer_id=mine.pk, duration_s=-1),
        StaffRow(kind="note", text="x"),
        StaffRow(kind="note", text="x", identity=("phone", "", "09123456789")),
        StaffRow(kind="note", customer_id=mine.pk, text="x", visibility="nobody"),
    ]
    actor = factories.actor(me, scope=Scope.OWN)
    done = services.staff_record(actor=actor, rows=rows)
    assert [set(one.errors) for one in done] == [
        set(), {"customer_id"}, {"text"}, {"kind"}, {"at"}, {"duration"}, {"customer_id"}, {"identity"}, {"visibility"},
    ]  # fmt: skip
    assert Interaction.objects.count() == 1
    with pytest.raises(InvalidError) as refused:
        services.staff_record(actor=actor, rows=rows, whole=True)
    assert "rows.2.text" in refused.value.errors
    assert Interaction.objects.count() == 1
    with pytest.raises(NotAllowed):
        services.staff_record(actor=factories.actor(me, interactions_edit=Scope.NONE), rows=rows)


def test_a_call_of_somebody_unknown_joins_them_once_they_are_known() -> None:
    row = StaffRow(kind="call", identity=("phone", "", "0912 345 6789"), at=DAY)
    (done,) = services.staff_record(actor=factories.actor(), rows=[row])
    found = Interaction.objects.get(pk=done.interaction_id)
    assert (found.customer_id, found.identity_key) == (None, "+989123456789")
    customer = factories.customer()
    customer_services.identity_add(actor=system_actor(), customer=customer, data=IdentityData("phone", "09123456789"))
    (known,) = services.staff_record(actor=factories.actor(), rows=[row])
    assert Interaction.objects.get(pk=known.interaction_id).customer_id == customer.pk
    (bad,) = services.staff_record(actor=factories.actor(), rows=[StaffRow(kind="call", identity=("phone", "", "1"))])
    assert set(bad.errors) == {"identity"}


def test_a_thousand_rows_take_as_many_questions_as_ten() -> None:
    customers = [factories.customer() for _number in range(5)]

    def asked(count: int) -> int:
        rows = [
            StaffRow(kind="call", customer_id=customers[number % 5].pk, at=DAY, dedupe_key=f"{count}-{number}")
            for number in range(count)
        ]
        with CaptureQueriesContext(connection) as queries:
            done = services.staff_record(actor=factories.actor(), rows=rows)
        assert {one.status for one in done} == {"recorded"}
        return len(queries)

    assert asked(1_000) == asked(10)
