"""The ledger is only added to, and what stands is always its fold."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.changes.services import UndoFailedError, change_set, undo
from peyvand.foundation.registry.actor import NotAllowed, Scope, system_actor
from peyvand.memory.consents import queries, services
from peyvand.memory.consents.models import ConsentEntry, ConsentState, Decision, Purpose, Wording
from peyvand.memory.consents.services import ConsentRow, InvalidError
from peyvand.memory.customers import services as customer_services
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)
RANK = {"withdrawn": 2, "denied": 1, "given": 0}


@pytest.fixture(autouse=True)
def _purposes() -> None:
    services.purposes_ensure(demo=False)


def _row(customer: Customer, decision: str = "given", day: int = 0, **more: object) -> ConsentRow:
    said = {"purpose": "news", "channel": "sms", "source": "form", **more}
    return ConsentRow(customer_id=customer.pk, decision=decision, at=DAY + timedelta(days=day), **said)  # type: ignore[arg-type]


def _write(*rows: ConsentRow) -> int:
    return services.consents_write(actor=system_actor(), rows=rows)


def _folded() -> dict[tuple[int, int, str], tuple[str, int]]:
    found: dict[tuple[int, int, str], ConsentEntry] = {}
    mistakes = set(ConsentEntry.objects.values_list("reverses_id", flat=True))
    for entry in ConsentEntry.objects.exclude(decision="void"):
        if entry.pk in mistakes:
            continue
        key = (entry.customer_id, entry.purpose_id, entry.channel)
        if key not in found or _order(entry) > _order(found[key]):
            found[key] = entry
    return {key: (entry.decision, entry.pk) for key, entry in found.items()}


def _order(entry: ConsentEntry) -> tuple[datetime, int, int]:
    return entry.at, RANK[entry.decision], entry.pk


def _standing() -> dict[tuple[int, int, str], tuple[str, int]]:
    return {
        (one.customer_id, one.purpose_id, one.channel): (one.decision, one.entry_id)
        for one in ConsentState.objects.all()
    }


steps = st.lists(
    st.one_of(
        st.tuples(
            st.just("say"), st.integers(0, 2), st.sampled_from(["news", "surveys"]), st.sampled_from(["sms", "email"]),
            st.sampled_from(["given", "withdrawn", "denied"]), st.integers(0, 4),
        ),
        st.tuples(st.just("undo"), st.integers(0, 9)),
        st.tuples(st.just("mistake"), st.integers(0, 9)),
        st.tuples(st.just("merge"), st.integers(0, 2), st.integers(0, 2)),
        st.tuples(st.just("delete"), st.integers(0, 2)),
    ),
    max_size=14,
)  # fmt: skip


@given(steps)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_stands_is_always_the_fold_of_the_ledger(done: list[tuple]) -> None:  # type: ignore[type-arg]
    actor = system_actor()
    with transaction.atomic():
        people = [factories.customer() for _ in range(3)]
        first = ChangeSet.objects.order_by("-pk").values_list("pk", flat=True)[0]
        for step in done:
            if step[0] == "say":
                _what, who, purpose, channel, decision, day = step
                _write(_row(people[who], decision, day, purpose=purpose, channel=channel))
            elif step[0] == "undo":
                sets = list(ChangeSet.objects.filter(pk__gt=first, undone_by=None).values_list("pk", flat=True))
                if sets:  # an undo may be refused as a whole where lines have moved since: that loses nothing
                    with suppress(UndoFailedError), transaction.atomic():
                        undo(actor=actor, change_set_id=sets[step[1] % len(sets)])
            elif step[0] == "mistake":
                lines = list(ConsentEntry.objects.values_list("pk", flat=True).order_by("pk"))
                services.entries_void(actor=actor, entries=[lines[step[1] % len(lines)]] if lines else [])
            elif step[0] == "merge" and step[1] != step[2]:
                kept, gone = people[step[1]], people[step[2]]
                with change_set(actor=actor, kind="merge", title="merge"):
                    services.follow_merge(actor, kept.pk, gone.pk)
            elif step[0] == "delete":
                customer_services.customers_delete(actor=actor, customers=[people[step[1]].pk])
            assert _standing() == _folded()
        transaction.set_rollback(True)


def test_lines_are_neither_changed_nor_deleted() -> None:
    ours = factories.customer()
    _write(_row(ours))
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ConsentEntry.objects.update(decision="withdrawn")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ConsentEntry.objects.update(customer_id=factories.customer().pk)
    with transaction.atomic():
        ConsentEntry.objects.all().delete()
        with pytest.raises(DatabaseError, match="never deleted"), transaction.atomic():
            connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
        transaction.set_rollback(True)
    wording = Wording.objects.filter(purpose__key="news", language="fa").get()
    with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
        Wording.objects.filter(pk=wording.pk).update(text="something else")
    with pytest.raises(DatabaseError, match="stays as it was"), transaction.atomic():
        wording.delete()
    assert ConsentEntry.objects.get().decision == "given"


def test_a_mistake_is_taken_back_by_a_line_and_what_stood_before_counts_again() -> None:
    ours, other = factories.customer(), factories.customer()
    _write(_row(ours, "denied", 1))
    done = services.consents_set(
        actor=system_actor(), customers=[ours.pk, other.pk], purpose="news", channels=["sms", "email"],
        decision="given", source="call", proof="the list of the fair",
    )  # fmt: skip
    assert ConsentState.objects.filter(decision="given").count() == 4
    assert done.change_set_id is not None
    back = services.ledger_take_back(actor=system_actor(), change_set_id=done.change_set_id)
    assert back.changed == 2
    assert [(one.customer_id, one.channel, one.decision) for one in ConsentState.objects.all()] == [
        (ours.pk, "sms", "denied")
    ]
    assert ConsentEntry.objects.count() == 9
    again = services.ledger_take_back(actor=system_actor(), change_set_id=done.change_set_id)
    assert (again.changed, again.change_set_id) == (0, None)
    assert back.change_set_id is not None
    undo(actor=system_actor(), change_set_id=back.change_set_id)
    assert ConsentState.objects.filter(decision="given").count() == 4
    with pytest.raises(InvalidError):
        _write(_row(ours, "void", 2))


def test_a_mistake_of_a_foreign_customer_is_not_ones_own_to_take_back() -> None:
    me = factories.user()
    mine, other = factories.customer(owner_id=me.pk), factories.customer()
    _write(_row(mine), _row(other))
    actor = factories.actor(me, scope=Scope.OWN, consents_view=Scope.ALL, consents_edit=Scope.ALL)
    entries = list(ConsentEntry.objects.values_list("pk", flat=True))
    assert services.entries_void(actor=actor, entries=entries).changed == 1
    assert [one.customer_id for one in ConsentState.objects.all()] == [other.pk]
    with pytest.raises(NotAllowed):
        services.entries_void(actor=factories.actor(me), entries=entries)


def test_a_customer_takes_their_lines_along_and_an_undo_brings_both_back() -> None:
    ours = factories.customer()
    _write(_row(ours), _row(ours, "withdrawn", 1), _row(ours, channel="email"))
    result = customer_services.customers_delete(actor=system_actor(), customers=[ours.pk])
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert not ConsentEntry.objects.exists()
    assert not ConsentState.objects.exists()
    undo(actor=system_actor(), change_set_id=result.change_set_id or 0)
    assert ConsentEntry.objects.count() == 3
    assert {(one.channel, one.decision) for one in ConsentState.objects.all()} == {
        ("sms", "withdrawn"), ("email", "given"),
    }  # fmt: skip


def test_the_latest_word_counts_and_of_one_moment_the_strictest() -> None:
    ours = factories.customer()
    _write(_row(ours, "withdrawn", 2), _row(ours, "given", 1))
    assert ConsentState.objects.get().decision == "withdrawn"
    _write(_row(ours, "given", 2), _row(ours, "denied", 2))
    assert ConsentState.objects.get().decision == "withdrawn"
    _write(_row(ours, "given", 3))
    assert ConsentState.objects.get().decision == "given"


def test_who_may_be_written_to() -> None:
    yes, no, silent, sample = (factories.customer(), factories.customer(), factories.customer(),
                               factories.customer(demo=True))  # fmt: skip
    ids = [one.pk for one in (yes, no, silent, sample)]
    _write(_row(yes), _row(no, "denied"), _row(no, "withdrawn", purpose="service"))

    def allowed(purpose: str, channel: str = "sms") -> set[int]:
        found = queries.allowed(actor=None, customer_ids=ids, purpose=purpose, channel=channel)
        asked = {"news": ids, "service": ids, "nonsense": ids}
        purposes = {one.key: one for one in Purpose.objects.filter(demo=False)}
        many = queries.standing(purposes=purposes, asked=asked, channels=["sms", "email"], demo=False)
        assert many.allowing[purpose, channel] == found, "one question for all says the same"
        spoke = {("news", "sms"): {no.pk}, ("service", "sms"): {no.pk}}
        assert many.refusing[purpose, channel] == spoke.get((purpose, channel), set())
        return found

    assert allowed("news") == {yes.pk}
    assert allowed("news", "email") == set()
    assert allowed("service") == {yes.pk, silent.pk}  # allowed until they say no
    assert allowed("nonsense") == set()
    services.purpose_archive(actor=system_actor(), purpose=Purpose.objects.get(key="news"), archived=True)
    assert allowed("news") == set()


def test_ten_thousand_are_one_question(django_assert_max_num_queries) -> None:  # type: ignore[no-untyped-def]
    ours = factories.customer()
    _write(_row(ours))
    ids = list(range(ours.pk, ours.pk + 10_000))
    with django_assert_max_num_queries(2):
        assert queries.allowed(actor=None, customer_ids=ids, purpose="news", channel="sms") == {ours.pk}


def test_rights_end_where_the_customers_end() -> None:
    me = factories.user()
    mine, other = factories.customer(owner_id=me.pk), factories.customer()
    _write(_row(mine), _row(other))
    actor = factories.actor(me, scope=Scope.OWN, consents_view=Scope.ALL, consents_edit=Scope.ALL)
    ids = [mine.pk, other.pk]
    assert queries.allowed(actor=actor, customer_ids=ids, purpose="news", channel="sms") == {mine.pk}
    assert [one.customer_id for one in queries.entries(actor=actor)] == [mine.pk]
    assert queries.states_of(actor=actor, customer_id=other.pk) == {}
    with pytest.raises(Customer.DoesNotExist):
        services.consent_give(actor=actor, customer=other, purpose="news", channels=["sms"], source="form")
    done = services.consents_set(
        actor=actor, customers=ids, purpose="news", channels=["sms", "email"], decision="withdrawn", source="call"
    )
    assert done.changed == 1
    assert ConsentState.objects.get(customer=other).decision == "given"
    blind = factories.actor(me)
    with pytest.raises(NotAllowed):
        services.consent_give(actor=blind, customer=mine, purpose="news", channels=["sms"], source="form")


def test_what_cannot_be_is_refused_in_words() -> None:
    ours = factories.customer()
    for more, field in (
        ({"purpose": "nonsense"}, "purpose"),
        ({"channel": "smoke"}, "channels"),
        ({"source": "dream"}, "source"),
        ({"note": "x" * 5_001}, "note"),
        ({"wording_id": Wording.objects.filter(purpose__key="surveys")[0].pk}, "wording"),
    ):
        with pytest.raises(InvalidError) as refused:
            _write(_row(ours, **more))
        assert field in refused.value.errors
    with pytest.raises(InvalidError) as refused:
        _write(_row(ours, day=100_000))
    assert "at" in refused.value.errors
    with pytest.raises(InvalidError):
        services.consent_give(actor=system_actor(), customer=ours, purpose="news", channels=[], source="form")
    assert not ConsentEntry.objects.exists()


def test_of_two_records_the_strictest_word_counts_and_an_undo_gives_both_back() -> None:
    kept, gone = factories.customer(), factories.customer()
    _write(
        _row(kept, "given", 5), _row(gone, "withdrawn", 1), _row(gone, "given", 2, channel="email"),
        _row(kept, "denied", 1, channel="call"), _row(gone, "given", 9, channel="call"),
    )  # fmt: skip
    before = _standing()
    with change_set(actor=system_actor(), kind="merge", title="merge") as made:
        services.follow_merge(system_actor(), kept.pk, gone.pk)
    stands = {one.channel: one.decision for one in ConsentState.objects.filter(customer=kept)}
    assert stands == {"sms": "withdrawn", "email": "given", "call": "denied"}
    assert not ConsentEntry.objects.filter(customer=gone).exists()
    assert ConsentEntry.objects.filter(customer=kept, source="merge").count() == 2
    undo(actor=system_actor(), change_set_id=made.pk)
    assert _standing() == before


def test_a_wording_is_a_new_version_when_a_letter_changes() -> None:
    actor, news = system_actor(), Purpose.objects.get(key="news")
    same = Wording.objects.get(purpose=news, language="en")
    assert services.wording_save(actor=actor, purpose=news, language="en", text=same.text + "\n") == same
    made = services.wording_save(actor=actor, purpose=news, language="en", text=same.text + "!")
    assert (made.version, made.sha) != (same.version, same.sha)
    ours = factories.customer()
    services.consent_give(actor=actor, customer=ours, purpose="news", channels=["sms"], source="form", wording=made)
    entry = ConsentEntry.objects.get()
    assert (entry.wording, entry.decision) == (made, Decision.GIVEN)
    assert abs((timezone.now() - entry.at).total_seconds()) < 60


def test_purposes_have_names_and_keys_of_their_own() -> None:
    actor = system_actor()
    first = services.purpose_save(actor=actor, data=services.PurposeData(name_fa="دعوت", name_en="Invitations"))
    second = services.purpose_save(actor=actor, data=services.PurposeData(name_fa="دعوت", name_en="Invitations"))
    assert (first.key, second.key) == ("invitations", "invitations-2")
    for name in ("", "   ", "\u202e", "\x00"):
        with pytest.raises(InvalidError):
            services.purpose_save(actor=actor, data=services.PurposeData(name_fa=name))
    services.purpose_move(actor=actor, purpose=second, up=True)
    assert [one.key for one in queries.purposes(actor=actor)][-2:] == ["invitations-2", "invitations"]
    with pytest.raises(NotAllowed):
        services.purpose_save(actor=factories.actor(), data=services.PurposeData(name_fa="x"))
