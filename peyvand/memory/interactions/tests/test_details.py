"""Private items, corrections, pins, files, and the history of the unknown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.events.customers import CustomersChanged
from peyvand.foundation.changes.models import Change, ChangeSet
from peyvand.foundation.changes.services import undo
from peyvand.foundation.registry.actor import Scope, system_actor
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.customers.tests import factories
from peyvand.memory.interactions import queries, services
from peyvand.memory.interactions.handlers import customers_known
from peyvand.memory.interactions.models import Interaction, InteractionFile, Joining
from peyvand.memory.interactions.queries import InteractionFilter
from peyvand.memory.interactions.services import ChangedMeanwhileError, InteractionRow, InvalidError, Recognised

pytestmark = pytest.mark.django_db
DAY = datetime(2026, 1, 1, 12, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 20


def test_a_private_item_is_seen_by_its_author_their_team_or_nobody_else() -> None:
    sara, negin, mina = factories.user(), factories.user(), factories.user()
    team = factories.team(sara, negin)
    made = factories.customer()
    author = factories.actor(sara, teams=(team,))
    for visibility in ("all", "team", "author"):
        services.note_add(actor=author, customer=made, text=visibility, visibility=visibility)
    for actor, texts in (
        (author, {"all", "team", "author"}),
        (factories.actor(negin, teams=(team,)), {"all", "team"}),
        (factories.actor(mina), {"all"}),
        (factories.actor(mina, interactions_private=Scope.ALL), {"all", "team", "author"}),
    ):
        assert {row.payload["text"] for row in queries.interactions(actor=actor)} == texts
        assert {row.payload["text"] for row in queries.timeline(actor=actor, customer_id=made.pk).rows} == texts
        found = queries.interactions(actor=actor, chosen=InteractionFilter(text="author"))
        assert found.count() == ("author" in texts)
    hidden = Interaction.objects.get(visibility="author")
    with pytest.raises(Interaction.DoesNotExist):
        services.interaction_correct(actor=factories.actor(mina), interaction_id=hidden.pk, changes={"text": "x"})


def test_a_text_is_found_by_its_parts_as_people_type_them() -> None:
    made = factories.customer("مریم کریمی")
    services.note_add(actor=system_actor(), customer=made, text="چاي كيسه‌اي خواست، ۲۵ بسته")
    services.note_add(actor=system_actor(), customer=made, text="100%")
    for text, count in (("چای کیسه", 1), ("25", 1), ("قهوه", 0), ("0%", 1), ("_", 0)):
        found = queries.interactions(actor=system_actor(), chosen=InteractionFilter(text=text))
        assert found.count() == count, text
    for who, count in (("كريمي", 2), ("رضایی", 0)):
        assert queries.interactions(actor=system_actor(), chosen=InteractionFilter(who=who)).count() == count


def _noted(customer: Customer) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    services.record(actor=system_actor(), kind="note", at=at, customer=customer, payload={"text": "x"})


def test_nobody_of_a_common_name_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    for place in range(5):
        _noted(factories.customer(f"علی کریمی {place}"))
    _noted(factories.customer("رضا"))
    for most in (500, 5, 4, 1):
        monkeypatch.setattr(queries, "NAMESAKES", most)
        for who, count in (("کریمی", 5), ("علي", 5), ("رضا", 1), ("کریمی 3", 1), ("نیست", 0)):
            found = queries.interactions(actor=system_actor(), chosen=InteractionFilter(who=who))
            assert found.count() == count, (most, who)


def test_a_correction_keeps_what_stood_there_and_the_second_editor_is_told() -> None:
    made = factories.customer()
    note = services.note_add(actor=system_actor(), customer=made, text="سلام")
    after = services.interaction_correct(
        actor=system_actor(), interaction_id=note.pk, changes={"text": "درود"}, version=note.version
    )
    assert after.corrected_at is not None
    with pytest.raises(ChangedMeanwhileError) as told:
        services.interaction_correct(
            actor=system_actor(), interaction_id=note.pk, changes={"text": "بدرود"}, version=note.version
        )
    assert told.value.theirs.payload["text"] == "درود"
    image = Change.objects.get(table_name="interactions_interaction", row_id=note.pk, op="U").image
    assert image.before["payload"]["text"] == "سلام"
    with pytest.raises(InvalidError):
        services.interaction_correct(actor=system_actor(), interaction_id=note.pk, changes={"text": " "})
    undo(actor=system_actor(), change_set_id=ChangeSet.objects.latest("pk").pk)
    back = Interaction.objects.get(pk=note.pk)
    assert (back.payload["text"], back.corrected_at) == ("سلام", None)
    assert back.version > after.version
    assert queries.interactions(actor=system_actor(), chosen=InteractionFilter(text="سلام")).count() == 1


def test_pins_are_few_and_on_top() -> None:
    made = factories.customer()
    notes = [services.note_add(actor=system_actor(), customer=made, text=str(n)) for n in range(queries.PINS + 1)]
    for note in notes[:-1]:
        services.interaction_pin(actor=system_actor(), interaction_id=note.pk)
    with pytest.raises(InvalidError):
        services.interaction_pin(actor=system_actor(), interaction_id=notes[-1].pk)
    services.interaction_unpin(actor=system_actor(), interaction_id=notes[0].pk)
    assert notes[0].pk not in {row.pk for row in queries.pinned(actor=system_actor(), customer_id=made.pk)}


def test_a_file_has_the_rights_of_its_interaction() -> None:
    sara, mina = factories.user(), factories.user()
    author = factories.actor(sara)
    note = services.note_add(actor=author, customer=factories.customer(), text="x", visibility="author")
    kept = services.file_add(
        actor=author, interaction_id=note.pk, name="a.png", stream=BytesIO(PNG), content_type="image/png"
    )
    stored, opened = services.file_open(actor=author, file_id=kept.pk)
    with opened:
        assert (stored.name, opened.read()) == ("a.png", PNG)
    for refused in (services.file_open, services.file_remove):
        with pytest.raises(InteractionFile.DoesNotExist):
            refused(actor=factories.actor(mina), file_id=kept.pk)
    _file, change_set_id = services.file_remove(actor=author, file_id=kept.pk)
    assert not InteractionFile.objects.exists()
    undo(actor=system_actor(), change_set_id=change_set_id)
    assert InteractionFile.objects.get().file_id == kept.file_id


def _visits(count: int, key: str) -> None:
    rows = [
        InteractionRow(kind="call", at=DAY + timedelta(days=day), identity_kind="visitor", identity_key=key)
        for day in range(count)
    ]
    services.record_many(actor=system_actor(), rows=rows)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1), st.booleans()), max_size=6))
def test_attaching_and_detaching_in_any_order_gives_back_the_start(taken: list[tuple[int, int, bool]]) -> None:
    Interaction.objects.all().delete()
    Joining.objects.all().delete()
    customers = [factories.customer(), factories.customer()]
    for place, key in enumerate(("one", "two")):
        _visits(2 + place, key)
    services.record_many(actor=system_actor(), rows=[InteractionRow(kind="note", at=DAY, customer_id=customers[0].pk)])
    start = list(Interaction.objects.order_by("pk").values())
    touched = list(Customer.objects.order_by("pk").values_list("pk", "touch__at"))
    for key, place, more in taken:
        joined = services.attach(
            actor=system_actor(), identity=Recognised("visitor", ("one", "two")[key]), customer=customers[place]
        )
        if joined and more:
            assert services.detach(actor=system_actor(), joining_id=joined.pk) == joined.rows
    for joined in Joining.objects.order_by("?"):
        services.detach(actor=system_actor(), joining_id=joined.pk)
    assert list(Interaction.objects.order_by("pk").values()) == start
    assert list(Customer.objects.order_by("pk").values_list("pk", "touch__at")) == touched


def test_history_follows_an_identity_but_not_against_what_a_person_decided() -> None:
    made = factories.customer()
    _visits(3, "abc")
    Identity.objects.create(customer=made, kind="visitor", value="abc", key="abc")
    event = CustomersChanged(customer_ids=(made.pk,), fields=("identities",), demo=False)

    def told() -> int:
        customers_known(event, event_id=1, actor=system_actor())
        return Interaction.objects.filter(customer=made).count()

    assert (told(), told()) == (3, 3)
    _visits(1, "abc")  # known by now: recorded as theirs at once
    assert Interaction.objects.filter(customer=made).count() == 4
    services.detach(actor=system_actor(), joining_id=Joining.objects.get().pk)
    assert told() == 1
    Joining.objects.all().delete()
    assert told() == 4
    Identity.objects.filter(customer=made).delete()
    assert told() == 1
