"""Lists of people: made, brought up to date, never doubled, and taken back whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.utils import translation

from peyvand.foundation.changes.services import change_set, undo
from peyvand.foundation.fields.services import FieldData, field_save
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.transfer.queries import shape_of
from peyvand.foundation.transfer.services import export_xlsx
from peyvand.foundation.transfer.shapes import Row
from peyvand.memory.customers.imports import CustomerWriter
from peyvand.memory.customers.models import Customer, Identity
from peyvand.memory.customers.tests import factories

pytestmark = pytest.mark.django_db


def _write(*values: dict[str, object], **options: object) -> tuple[CustomerWriter, int]:
    writer = CustomerWriter(system_actor(), options, kind="person")
    writer.prepare()
    with change_set(actor=system_actor(), kind="import", title="a file") as made:
        writer.write([Row(number, one) for number, one in enumerate(values, 1)])
        writer.finish()
    return writer, made.pk


def test_rows_make_customers_and_say_what_they_could_not_take() -> None:
    sara = factories.user("سارا")
    writer, _set = _write(
        {"name": "مریم رستگار", "code": "7", "phone": "+989121112233", "email": "M@Example.com", "tags": "الف، ب"},
        {"given_name": "علی", "owner": "سارا", "birth_date": date(1990, 1, 2), "email": "none"},
        {"city": "تهران"},
        {"name": "رضا", "owner": "کسی دیگر"},
    )
    assert (writer.new, writer.updated) == (3, 0)
    assert [(one.row, one.reason, one.skipped) for one in writer.problems] == [
        (2, "customers.bad_email", False), (3, "customers.no_name", True), (4, "customers.no_owner", False),
    ]  # fmt: skip
    maryam = Customer.objects.get(name="مریم رستگار")
    assert maryam.tagged.count() == 2
    assert set(maryam.identities.values_list("key", flat=True)) == {"7", "+989121112233", "m@example.com"}
    assert Customer.objects.get(name="علی").owner_id == sara.pk


def test_the_same_file_again_changes_nothing_and_a_newer_one_updates() -> None:
    rows = [{"name": "مریم", "code": "7", "city": "قم"}, {"name": "علی", "phone": "+989121112233"}]
    _write(*rows)
    again, _set = _write(*rows)
    assert (again.new, again.updated) == (0, 0)
    newer, change_set_id = _write({"name": "مریم", "code": "7", "city": "یزد", "email": "m@example.com"})
    assert (newer.new, newer.updated) == (0, 1)
    assert Customer.objects.get(name="مریم").city == "یزد"
    undo(actor=system_actor(), change_set_id=change_set_id)
    assert Customer.objects.get(name="مریم").city == "قم"
    assert not Identity.objects.filter(kind="email").exists()
    kept, _set = _write({"name": "مریم", "code": "7", "city": "یزد"}, existing="skip")
    assert (kept.updated, Customer.objects.get(name="مریم").city) == (0, "قم")


def test_a_familys_phone_does_not_make_one_of_them_and_two_lines_of_one_person_do() -> None:
    writer, _set = _write(
        {"name": "مادر", "phone": "+989121112233"},
        {"name": "دختر", "phone": "+989121112233"},
        {"name": "مادر", "phone": "+989121112233", "city": "قم"},
        {"name": "پسر", "email": "p@example.com"},
        {"name": "پسرک", "email": "p@example.com"},
    )
    assert writer.new == 3
    assert Customer.objects.get(name="مادر").city == "قم"


def test_rows_are_known_by_the_column_that_was_chosen() -> None:
    _write({"name": "مریم", "code": "7", "email": "m@example.com", "city": "قم"}, {"name": "علی", "code": "8"})
    by_mail, _set = _write(
        {"name": "مریم رستگار", "email": "m@example.com", "code": "9", "city": "یزد"},
        {"name": "نسرین", "email": "n@example.com"},
        {"name": "بی‌نشان"},
        key="email", missing="skip",
    )  # fmt: skip
    assert (by_mail.new, by_mail.updated) == (0, 1)
    assert [(one.row, one.reason) for one in by_mail.problems] == [(2, "customers.unknown"), (3, "customers.no_key")]
    assert Customer.objects.get(name="مریم رستگار").city == "یزد"
    added, _set = _write({"name": "کسی", "email": "m@example.com"}, {"name": "نو", "email": "new@example.com"},
                         key="email", existing="skip")  # fmt: skip
    assert (added.new, added.updated) == (1, 0)
    assert not Customer.objects.filter(name="کسی").exists()


def test_custom_fields_come_in_are_a_key_and_go_back() -> None:
    for key, kind in (("number", "text"), ("size", "number"), ("since", "date")):
        field_save(actor=system_actor(), record="customer", data=FieldData(kind=kind, key=key, label_en=key))
    _write({"name": "مریم", "c.number": "A-1", "c.size": Decimal("4.50"), "c.since": date(2024, 3, 20)})
    assert Customer.objects.get().custom == {"number": "A-1", "size": "4.5", "since": "2024-03-20"}
    second, set_id = _write(
        {"name": "مریم رستگار", "c.number": "A-1", "c.size": "many"}, {"name": "علی", "c.number": "A-2"}, key="c.number"
    )
    assert (second.new, second.updated) == (1, 1)
    assert [(one.row, one.reason, one.skipped) for one in second.problems] == [(1, "customers.bad_field", False)]
    assert Customer.objects.get(name="مریم رستگار").custom["size"] == "4.5"
    undo(actor=system_actor(), change_set_id=set_id)
    assert Customer.objects.get().name == "مریم"
    cleared, _set = _write({"c.number": "A-1", "name": "مریم"}, key="c.number", clear=True,
                           mapped=["name", "c.number", "c.size", "city"])  # fmt: skip
    assert cleared.updated == 1
    assert Customer.objects.get().custom == {"number": "A-1", "since": "2024-03-20"}


def test_a_column_of_the_file_is_guessed_as_a_custom_field_and_hidden_ones_are_not_there() -> None:
    field_save(
        actor=system_actor(), record="customer", data=FieldData(kind="choice", label_fa="رنگ دلخواه", choices="سبز")
    )
    names = [column.name for column in shape_of("customers", system_actor()).columns]
    assert "c.rng_dlkhvah" in names
    blind = replace(system_actor(), everything=False, hidden=frozenset({"customer.phone", "customer.c.rng_dlkhvah"}))
    left = [column.name for column in shape_of("customers", blind).columns]
    assert set(names) - set(left) == {"phone", "phone_2", "c.rng_dlkhvah"}


def test_a_workbook_has_numbers_dates_and_no_formula() -> None:
    field_save(actor=system_actor(), record="customer", data=FieldData(kind="number", key="size", label_en="Size"))
    _write({"name": "=1+1", "birth_date": date(1990, 1, 2), "c.size": Decimal(7)})
    with translation.override("fa"):
        path = export_xlsx(actor=system_actor(), name="customers", query={"columns": "birth_date,c.size,kind"})
    try:
        book = openpyxl.load_workbook(path)
    finally:
        path.unlink()
    sheet = book.worksheets[0]
    assert sheet.sheet_view.rightToLeft
    assert [cell.value for cell in sheet[1]][1:3] == ["تاریخ تولد", "Size"]
    name, born, size, _kind = sheet[2]
    assert (name.value, name.data_type) == ("=1+1", "s")
    assert (born.value.date(), size.value) == (date(1990, 1, 2), 7)
