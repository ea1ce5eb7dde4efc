"""Lists of people: made, brought up to date, never doubled, and taken back whole."""

from __future__ import annotations

from datetime import date

import pytest

from peyvand.foundation.changes.services import change_set, undo
from peyvand.foundation.registry.actor import system_actor
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
