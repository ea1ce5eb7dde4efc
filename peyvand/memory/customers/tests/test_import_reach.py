"""Files bring in no further than their importer reaches; where people work, and what is known, comes along."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from peyvand.foundation.changes.services import change_set, undo
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.foundation.transfer.guessing import guess_shape
from peyvand.foundation.transfer.queries import shape_of
from peyvand.foundation.transfer.reading import Format, Sniffed
from peyvand.foundation.transfer.shapes import Row
from peyvand.memory.customers import services
from peyvand.memory.customers.data import IdentityData, TraitRow
from peyvand.memory.customers.imports import CustomerWriter
from peyvand.memory.customers.models import Customer, Relation, Trait
from peyvand.memory.customers.tests import factories
from peyvand.memory.customers.trait_imports import TraitWriter

pytestmark = pytest.mark.django_db
SYSTEM = system_actor()


def _write(
    *values: dict[str, object], actor: Actor = SYSTEM, kind: str = "person", **options: object
) -> CustomerWriter:
    writer = CustomerWriter(actor, options, kind=kind)
    return _run(writer, actor, values)  # type: ignore[return-value]


def _run(writer: object, actor: Actor, values: tuple[dict[str, object], ...]) -> object:
    writer.prepare()  # type: ignore[attr-defined]
    with change_set(actor=actor, kind="import", title="a file") as made:
        writer.write([Row(number, one) for number, one in enumerate(values, 1)])  # type: ignore[attr-defined]
        writer.finish()  # type: ignore[attr-defined]
    writer.set_id = made.pk  # type: ignore[attr-defined]
    return writer


def _problems(writer: CustomerWriter | TraitWriter) -> list[tuple[int, str, bool]]:
    return [(one.row, one.reason, one.skipped) for one in writer.problems]


def _coded(name: str, code: str, **fields: object) -> Customer:
    made = factories.customer(name, **fields)
    services.identity_add(actor=SYSTEM, customer=made, data=IdentityData("external", code, "shop"))
    return made


def test_whom_one_may_not_change_stays_and_the_row_says_so() -> None:
    sara, arash = factories.user("سارا"), factories.user("آرش")
    _coded("مال سارا", "1", owner_id=sara.pk, city="قم")
    theirs = _coded("مال آرش", "2", owner_id=arash.pk, city="یزد", email="a@example.com")
    own = factories.actor(sara, scope=Scope.OWN)
    writer = _write(
        {"name": "مال سارا", "code": "1", "city": "تهران"},
        {"name": "دزدیده", "code": "2", "city": "تهران"},
        {"name": "دزدیده", "email": "a@example.com", "city": "تهران"},
        {"name": "نو", "code": "3"},
        {"name": "نو دیگر", "code": "4", "owner": "آرش"},
        actor=own,
    )
    assert _problems(writer) == [
        (2, "customers.not_yours", True), (3, "customers.not_yours", True), (5, "customers.out_of_reach", False),
    ]  # fmt: skip
    theirs.refresh_from_db()
    assert (theirs.name, theirs.city) == ("مال آرش", "یزد")
    assert set(Customer.objects.filter(owner=sara).values_list("name", flat=True)) == {"مال سارا", "نو", "نو دیگر"}
    assert Customer.objects.get(owner=sara, name="مال سارا").city == "تهران"
    assert (writer.new, writer.updated) == (2, 1)


def test_a_team_brings_in_for_its_own_people() -> None:
    sara, arash, far = factories.user("سارا"), factories.user("آرش"), factories.user("دور")
    team = factories.team(sara, arash)
    actor = factories.actor(sara, scope=Scope.TEAM, teams=(team,))
    writer = _write({"name": "یک", "owner": "آرش"}, {"name": "دو", "owner": "دور"}, {"name": "سه"}, actor=actor)
    owners = dict(Customer.objects.values_list("name", "owner_id"))
    assert owners == {"یک": arash.pk, "دو": sara.pk, "سه": sara.pk}
    assert far.pk not in owners.values()
    assert _problems(writer) == [(2, "customers.out_of_reach", False)]
    assert set(Customer.objects.visible_to(actor)) == set(Customer.objects.all())


def test_who_may_not_change_customers_brings_in_nobody() -> None:
    with pytest.raises(NotAllowed):
        _write({"name": "یک"}, actor=factories.actor(customers_edit=Scope.NONE))


ROWS = st.lists(st.tuples(st.sampled_from("12345"), st.sampled_from(["قم", "یزد"])), max_size=6)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ROWS)
def test_nothing_beyond_ones_reach_ever_changes(rows: list[tuple[str, str]]) -> None:
    Customer.objects.all().delete()
    sara = factories.user()
    for code in "12":
        _coded(f"دیگری {code}", code, city="رشت")
    _coded("مال من", "3", owner_id=sara.pk, city="رشت")
    before = list(Customer.objects.exclude(owner=sara).order_by("pk").values())
    own = factories.actor(sara, scope=Scope.OWN)
    _write(*[{"name": f"ردیف {code}", "code": code, "city": city} for code, city in rows], actor=own)
    assert list(Customer.objects.exclude(owner=sara).order_by("pk").values()) == before


def test_a_person_never_becomes_a_firm() -> None:
    firm = _coded("ایوان", "7", kind="organisation", email="info@example.com")
    writer = _write({"name": "مریم", "code": "7"}, {"name": "زهرا", "email": "info@example.com"})
    assert _problems(writer) == [(1, "customers.other_kind", True)]
    firm.refresh_from_db()
    assert firm.name == "ایوان"
    assert Customer.objects.get(name="زهرا").kind == "person"


def test_where_people_work_comes_along() -> None:
    factories.customer("ایوان", kind="organisation")
    for _place in range(2):
        factories.customer("گل", kind="organisation")
    rows = [
        {"name": "مریم", "code": "1", "works_at": "ایوان", "role": "خریدار"},
        {"name": "زهرا", "code": "2", "works_at": "شرکت تازه"},
        {"name": "علی", "code": "3", "works_at": "گل"},
    ]
    writer = _write(*rows)
    assert _problems(writer) == [(3, "customers.several_firms", False)]
    assert (writer.new, writer.totals["organisations"]) == (3, 1)
    said = set(Relation.objects.values_list("person__name", "organisation__name", "role"))
    assert said == {("مریم", "ایوان", "خریدار"), ("زهرا", "شرکت تازه", "")}
    again = _write(*rows)
    assert (again.new, again.updated, again.unchanged) == (0, 0, 3)
    newer = _write({"name": "مریم", "code": "1", "works_at": "ایوان", "role": "مدیر"})
    assert (newer.updated, Relation.objects.get(person__name="مریم").role) == (1, "مدیر")
    unknown = {"works_at": "ناشناس"}
    none = _write({"name": "رضا", "code": "4", **unknown}, {"name": "مریم", "code": "1", **unknown}, missing="skip")
    assert _problems(none) == [(1, "customers.unknown", True), (2, "customers.no_firm", False)]
    undo(actor=SYSTEM, change_set_id=newer.set_id)  # type: ignore[attr-defined]
    assert Relation.objects.get(person__name="مریم").role == "خریدار"
    undo(actor=SYSTEM, change_set_id=writer.set_id)  # type: ignore[attr-defined]
    assert not Relation.objects.exists()
    assert Customer.objects.count() == 3


def test_a_firm_that_one_does_not_see_is_not_joined() -> None:
    sara = factories.user()
    factories.customer("پنهان", kind="organisation")
    _write({"name": "مریم", "works_at": "پنهان"}, actor=factories.actor(sara, scope=Scope.OWN))
    relation = Relation.objects.get()
    assert relation.organisation.owner_id == sara.pk


def test_what_is_known_comes_along_as_columns() -> None:
    one = _coded("مریم", "1")
    services.trait_set(actor=SYSTEM, customer=one, name="چای محبوب", text="سبز")
    services.trait_set(actor=SYSTEM, customer=one, name="شعبه", number=Decimal(2))
    services.traits_write(actor=SYSTEM, rows=[TraitRow(one.pk, "value.class", text="risk")], source="insight.value")
    columns = {column.name: column.kind for column in shape_of("customers", SYSTEM).columns}
    assert (columns["t.چای محبوب"], columns["t.شعبه"]) == ("text", "decimal")
    assert "t.value.class" not in columns
    writer = _write(
        {"name": "مریم", "code": "1", "t.چای محبوب": "سیاه", "t.شعبه": Decimal(2)},
        {"name": "زهرا", "code": "2", "t.چای محبوب": "ن" * 600, "t.شعبه": Decimal("3.5")},
    )
    assert _problems(writer) == [(2, "customers.bad_trait", False)]
    assert (writer.new, writer.updated) == (1, 1)
    said = Trait.objects.exclude(source="insight.value")
    assert set(said.values_list("customer__name", "name", "text", "source")) == {
        ("مریم", "چای محبوب", "سیاه", "import"), ("مریم", "شعبه", "", "staff"), ("زهرا", "شعبه", "", "import"),
    }  # fmt: skip
    undo(actor=SYSTEM, change_set_id=writer.set_id)  # type: ignore[attr-defined]
    assert Trait.objects.get(name="چای محبوب").text == "سبز"


def test_facts_come_in_a_line_each() -> None:
    sara = factories.user()
    mine = _coded("مریم", "1", owner_id=sara.pk)
    _coded("دیگری", "2")
    own = factories.actor(sara, scope=Scope.OWN)
    writer: TraitWriter = _run(TraitWriter(own, {}), own, (
        {"code": "1", "what": "شعبه", "value": "۱۲"}, {"code": "1", "what": "کد محله", "value": "0123"},
        {"code": "2", "what": "شعبه", "value": "۱"}, {"code": "9", "what": "شعبه", "value": "۱"},
        {"code": "1", "what": "value.class", "value": "risk"}, {"code": "1", "what": "ن" * 90, "value": "x"},
    ))  # type: ignore[assignment]  # fmt: skip
    assert _problems(writer) == [
        (3, "customers.not_yours", True), (4, "customers.nobody", True), (5, "customers.computed", True),
        (6, "customers.bad_fact", True),
    ]  # fmt: skip
    said = {one.name: one.number or one.text for one in Trait.objects.filter(customer=mine)}
    assert said == {"شعبه": Decimal(12), "کد محله": "0123"}


def test_a_file_of_firms_is_not_taken_for_people() -> None:
    def best(*titles: str) -> str:
        rows = [["ایوان", "09121112233", "تهران"][: len(titles)]]
        sniffed = Sniffed(Format("utf-8", ",", True), list(titles), rows, 1, 100, [], [])
        return guess_shape([shape_of("customers", SYSTEM), shape_of("organisations", SYSTEM)], sniffed)[0].shape

    assert best("شرکت", "موبایل", "شهر") == "organisations"
    assert best("نام", "موبایل", "شرکت") == "customers"
