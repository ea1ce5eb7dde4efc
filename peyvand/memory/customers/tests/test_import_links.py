"""What files name in words: stages, languages, teams, the organisation above; the list all go on; kinds kept apart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation

from peyvand.events.customers import ListChanged
from peyvand.foundation.changes.services import change_set, undo
from peyvand.foundation.outbox.models import Event
from peyvand.foundation.outbox.wire import event_name
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.foundation.transfer import running
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.shapes import Row
from peyvand.memory.customers import services
from peyvand.memory.customers.exports import export_rows
from peyvand.memory.customers.imports import CustomerWriter
from peyvand.memory.customers.models import Customer, CustomerList
from peyvand.memory.customers.services.lists import ListData, list_save
from peyvand.memory.customers.stages import stages_ensure
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


def _write(
    *values: dict[str, object], kind: str = "person", actor: Actor | None = None, **options: object
) -> tuple[CustomerWriter, int]:
    writer = CustomerWriter(actor or system_actor(), options, kind=kind)
    writer.prepare()
    with change_set(actor=system_actor(), kind="import", title="a file") as made:
        writer.write([Row(number, one) for number, one in enumerate(values, 1)])
        writer.finish()
    return writer, made.pk


def _said(writer: CustomerWriter) -> list[tuple[int, str, bool]]:
    return [(one.row, one.reason.removeprefix("customers."), one.skipped) for one in writer.problems]


def test_stages_languages_and_teams_are_known_by_their_words_in_both_languages() -> None:
    stages_ensure(demo=False)
    team = factories.team()
    writer, _set = _write(
        {"name": "مریم", "code": "1", "stage": "مشتري بالقوه", "language": "فارسی", "team": team.name},
        {"name": "علی", "code": "2", "stage": "Lead", "language": "English"},
        {"name": "رضا", "code": "3", "stage": "prospect", "language": "French", "team": "nobody"},
        {"name": "نگار", "code": "4", "stage": "wandering"},
    )
    kept = {one.name: (one.stage, one.language, one.team_id) for one in Customer.objects.all()}
    assert kept == {
        "مریم": ("prospect", "fa", team.pk), "علی": ("lead", "en", None), "رضا": ("prospect", "", None),
        "نگار": ("", "", None),
    }  # fmt: skip
    assert _said(writer) == [(3, "bad_language", False), (3, "no_team", False), (4, "bad_stage", False)]
    newer, set_id = _write({"name": "مریم", "code": "1", "stage": "مشتری"})
    assert newer.updated == 1
    assert Customer.objects.get(name="مریم").stage == "customer"
    undo(actor=system_actor(), change_set_id=set_id)
    assert Customer.objects.get(name="مریم").stage == "prospect"
    _write({"name": "مریم", "code": "1"}, mapped=["stage", "name", "code"], clear=True)
    assert Customer.objects.get(name="مریم").stage == ""


def test_what_goes_out_comes_in_again_as_it_was() -> None:
    stages_ensure(demo=False)
    team = factories.team()
    _write({"name": "گروه مادر", "code": "m"}, kind="organisation")
    _write(
        {"name": "شعبه", "code": "b", "parent": "گروه مادر", "stage": "customer", "language": "en", "team": team.name},
        kind="organisation",
    )
    with translation.override("en"):
        head, *rows = list(export_rows(system_actor(), {"q": "شعبه"}))
    titles = {
        "Part of": "parent",
        "Stage": "stage",
        "Language": "language",
        "Team": "team",
        "Name": "name",
        "Code": "code",
    }
    back = {titles[str(title)]: value for title, value in zip(head, rows[0], strict=True) if str(title) in titles}
    assert back["parent"] == "گروه مادر"
    before = Customer.objects.get(name="شعبه")
    again, _set = _write(back, kind="organisation")
    assert (again.new, again.updated, again.unchanged) == (0, 0, 1)
    assert Customer.objects.get(name="شعبه").version == before.version


def test_organisations_stand_under_others_also_those_that_come_later_in_the_file() -> None:
    writer, _set = _write(
        {"name": "شعبه‌ی یک", "code": "1", "parent": "گروه"},
        {"name": "شعبه‌ی دو", "code": "2", "parent": "۹"},
        {"name": "تنها", "code": "3", "parent": "کسی که نیست"},
        {"name": "گروه", "code": "9"},
        {"name": "خودش", "code": "5", "parent": "خودش"},
        kind="organisation",
    )
    top = Customer.objects.get(name="گروه")
    assert set(top.children.values_list("name", flat=True)) == {"شعبه‌ی یک", "شعبه‌ی دو"}
    assert sorted(_said(writer)) == [(3, "no_parent", False), (5, "no_parent", False)]
    assert (writer.new, writer.updated) == (5, 0)
    round_, _set = _write({"name": "گروه", "code": "9", "parent": "شعبه‌ی یک"}, kind="organisation")
    assert _said(round_) == [(1, "round", False)]
    moved, _set = _write({"name": "شعبه‌ی دو", "code": "2", "parent": "تنها"}, kind="organisation")
    assert (moved.updated, moved.unchanged) == (1, 0)
    _write({"name": "گروه", "code": "8"}, kind="organisation")
    several, _set = _write({"name": "تازه", "code": "7", "parent": "گروه"}, kind="organisation")
    assert _said(several) == [(1, "several_parents", False)]


def test_two_rows_of_one_batch_make_no_circle() -> None:
    _write({"name": "الف", "code": "1"}, {"name": "ب", "code": "2"}, kind="organisation")
    writer, _set = _write(
        {"name": "الف", "code": "1", "parent": "ب"}, {"name": "ب", "code": "2", "parent": "الف"}, kind="organisation"
    )
    assert _said(writer) == [(2, "round", False)]
    assert Customer.objects.get(name="الف").parent_id == Customer.objects.get(name="ب").pk


def test_who_waits_for_an_organisation_survives_a_crash() -> None:
    first = CustomerWriter(system_actor(), {}, kind="organisation")
    first.prepare()
    first.write([Row(1, {"name": "شعبه", "code": "1", "parent": "گروه"})])
    saved = first.save()
    second = CustomerWriter(system_actor(), {}, kind="organisation")
    second.prepare()
    second.load(saved)
    second.write([Row(2, {"name": "گروه", "code": "2"})])
    second.finish()
    assert Customer.objects.get(name="شعبه").parent == Customer.objects.get(name="گروه")
    assert (second.new, second.problems) == (2, [])


def test_people_are_never_written_over_organisations_nor_the_other_way_round() -> None:
    firm = factories.customer("شرکت چای", kind="organisation", email="info@example.com", phone="02188776655")
    services.identity_add(actor=system_actor(), customer=firm, data=services.IdentityData("external", "7", "shop"))
    before = Customer.objects.values("pk", "name", "kind", "city").get(pk=firm.pk)
    writer, _set = _write(
        {"name": "علی", "code": "7", "city": "قم"},
        {"name": "شرکت چای", "email": "info@example.com", "city": "قم"},
        {"name": "شرکت چای", "phone": "+982188776655", "city": "قم"},
        {"name": "مریم", "email": "info@example.com", "city": "قم"},
        {"name": "رضا", "phone": "+982188776655", "city": "قم"},
    )
    assert Customer.objects.values("pk", "name", "kind", "city").get(pk=firm.pk) == before
    assert _said(writer) == [(1, "other_kind", True), (2, "other_kind", True), (3, "other_kind", True)]
    assert set(Customer.objects.filter(kind="person").values_list("name", flat=True)) == {"مریم", "رضا"}
    chosen, _set = _write({"name": "علی", "email": "info@example.com"}, key="email")
    assert _said(chosen) == [(1, "several", True)], "the firm and Maryam have it"
    by_code, _set = _write({"name": "علی", "code": "7"}, key="code")
    assert _said(by_code) == [(1, "other_kind", True)]


def test_organisations_without_a_code_are_known_by_their_name_again() -> None:
    rows = [{"name": "کافه الف"}, {"name": "کافه ب", "phone": "+982188776655"}, {"name": "کافه الف", "city": "یزد"}]
    first, _set = _write(*rows, kind="organisation")
    again, _set = _write(*rows, kind="organisation")
    assert (first.new, again.new, again.updated) == (2, 0, 0)
    chosen, _set = _write({"name": "کافه‌ ب", "city": "قم"}, kind="organisation", key="name")
    assert (chosen.new, chosen.updated) == (0, 1)
    people, _set = _write({"name": "سارا"}, {"name": "سارا"})
    assert people.new == 2, "two people of one name are two"


def test_a_file_puts_its_people_on_a_list_that_is_there_or_a_new_one() -> None:
    sara = factories.user("سارا")
    actor = factories.actor(sara, customers_lists=Scope.OWN, customers_import=Scope.ALL)
    old = factories.customer("قدیمی", phone="09121112233")
    writer, set_id = _write(
        {"name": "قدیمی", "phone": "+989121112233"}, {"name": "تازه"}, actor=actor, list="مهمانان  جشن", existing="skip"
    )
    made = CustomerList.objects.get()
    assert (made.name, made.owner_id, made.shared) == ("مهمانان جشن", sara.pk, False)
    assert set(made.members.values_list("customer__name", flat=True)) == {"قدیمی", "تازه"}
    assert writer.totals["on_list"] == 2
    told: Any = Event.objects.filter(name=event_name(ListChanged)).latest("id").payload
    assert (told["list_id"], len(told["added"])) == (made.pk, 2)
    again, _set = _write({"name": "قدیمی", "phone": "+989121112233"}, {"name": "سوم"}, actor=actor, list="مهمانان جشن")
    assert CustomerList.objects.count() == 1
    assert again.totals["on_list"] == 1
    undo(actor=system_actor(), change_set_id=_set)
    undo(actor=system_actor(), change_set_id=set_id)
    assert not CustomerList.objects.exists()
    assert Customer.objects.get() == old
    nobody = factories.actor(sara, customers_import=Scope.ALL)
    refused, _set = _write({"name": "چهارم"}, actor=nobody, list="نه")
    assert "on_list" not in refused.totals
    assert not CustomerList.objects.exists()


def test_a_list_of_somebody_else_is_not_written_to() -> None:
    theirs = list_save(actor=system_actor(), data=ListData(name="مهمانان", shared=True))
    actor = factories.actor(factories.user(), customers_lists=Scope.OWN)
    _write({"name": "علی"}, actor=actor, list="مهمانان")
    assert not theirs.members.exists()
    assert CustomerList.objects.exclude(pk=theirs.pk).get().members.count() == 1


def test_the_list_of_a_file_is_asked_where_its_columns_are_and_forgotten_after_it(
    client: Client, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    client.force_login(factories.user(role=factories.role("admin")))
    file = SimpleUploadedFile("guests.csv", "نام,موبایل\nعلی,09121112233\n".encode())
    client.post("/import/", {"file": file, "shape": "customers", "list": "مهمانان"})
    one = Import.objects.latest("id")
    assert one.options["list"] == "مهمانان"
    page = client.get(f"/import/{one.pk}/columns/").content.decode()
    assert 'name="ask-list" value="مهمانان"' in page
    answers = {f"column-{place}": name for name, place in one.mapping.items()}
    client.post(f"/import/{one.pk}/columns/", {**answers, "ask-list": "دیگران", "remember": "1"})
    one.refresh_from_db()
    assert one.options["list"] == "دیگران"
    running.run(one=one, actor=system_actor(), report=lambda done, total: None)
    assert CustomerList.objects.get().name == "دیگران"
    assert one.__class__.objects.get(pk=one.pk).totals["on_list"] == 1
    again = SimpleUploadedFile("guests.csv", "نام,موبایل\nرضا,09121112244\n".encode())
    client.post("/import/", {"file": again, "shape": "customers"})
    assert "list" not in Import.objects.latest("id").options, "another file of these titles goes on no list by itself"
