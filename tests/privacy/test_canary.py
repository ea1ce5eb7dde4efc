"""A person who stands in every place that remembers anything is erased, and is then nowhere: in no table, in no file.

What is looked through is all of the database, tables of libraries included, and every file of the data folder.
"""

from __future__ import annotations

import csv
import io
import os
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone

from peyvand.channels.conversations.models import Conversation, Entry, EntryFile, Way
from peyvand.channels.conversations.services.receiving import FILE
from peyvand.channels.outreach.services import ContentData, Request, send
from peyvand.channels.outreach.services import TextData as MessageText
from peyvand.doors.api.tests.factories import program
from peyvand.foundation.accounts.tests.factories import make_admin, sign_in
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.fields import services as fields
from peyvand.foundation.files import services as files
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.outbox.models import Event, Failure
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.transfer import exporting, running, services, upkeep
from peyvand.foundation.transfer.models import Import, MappingTemplate
from peyvand.foundation.webhooks import services as webhooks
from peyvand.foundation.webhooks.models import WebhookAttempt
from peyvand.memory.commerce.services import LineData, order_place, payment_record
from peyvand.memory.consents import services as consents
from peyvand.memory.customers.data import CustomerData
from peyvand.memory.customers.models import Customer
from peyvand.memory.customers.services import customer_create, customer_update, identity_remove, relation_add, tag_add
from peyvand.memory.interactions.services import file_add, note_add, record
from peyvand.memory.matching.services import merge
from peyvand.memory.privacy import erasing
from peyvand.memory.privacy.erasing import ErasureError

pytestmark = pytest.mark.django_db
CANARY = "Qanari"
NAME = f"{CANARY} Zardbal"
ACTOR = system_actor()
Capture = Callable[..., AbstractContextManager[list[Any]]]
LINES = [
    ["Code", "Name", "Mobile", "Email", "Note"],
    ["c-1", "Bystander One", "09120000001", "one@example.com", "stays"],
    ["c-2", NAME, "09120001122", f"{CANARY}@@wrong", "x"],
    ["c-3", "Bystander Two", "09120000003", "two@@wrong", ""],
]


@pytest.fixture(autouse=True)
def data_folder(settings: LazySettings, tmp_path: Path) -> Path:
    """A data folder of this test's own."""
    settings.DATA, settings.MEDIA_ROOT = tmp_path, tmp_path / "files"
    return tmp_path


def as_csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def as_workbook(rows: list[list[str]]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def begun(name: str, content: bytes) -> Import:
    return services.import_begin(actor=ACTOR, name=name, stream=io.BytesIO(content), shape="customers")


@pytest.fixture
def canary() -> Customer:
    """Somebody with everything that rooms keep of people."""
    consents.purposes_ensure(demo=False)
    data = {
        "kind": "person", "name": f"Old{CANARY} Zardbal", "note": f"{CANARY} likes tea",
        "identities": [
            {"kind": "email", "value": f"{CANARY}@example.com"}, {"kind": "phone", "value": "09120001122"},
        ],
    }  # fmt: skip
    made = program("admin").ask("post", "/customers", data, Idempotency_Key="one")
    assert made.status_code == 201
    person = Customer.objects.get(pk=made.json()["id"])
    customer_update(actor=ACTOR, customer=person, changes={"given_name": CANARY, "name": NAME}, version=person.version)
    person.refresh_from_db()
    identity_remove(actor=ACTOR, identity=person.identities.get(kind="phone"))
    firm = customer_create(actor=ACTOR, data=CustomerData(name="Firm", kind="organisation"))
    relation_add(actor=ACTOR, person=person, organisation=firm, role=f"{CANARY} the buyer")
    tag_add(actor=ACTOR, customer=person, name="friend")
    note = note_add(actor=ACTOR, customer=person, text=f"{CANARY} called")
    file_add(
        actor=ACTOR, interaction_id=note.pk, name=f"{CANARY}.txt", stream=io.BytesIO(f"of {CANARY}".encode()),
        content_type="text/plain",
    )  # fmt: skip
    consents.consent_give(
        actor=ACTOR, customer=person, purpose="news", channels=["sms"], source="form", note=f"{CANARY} said yes"
    )
    line = LineData(quantity=Decimal(1), unit_price=Decimal(10), description="tea")
    order = order_place(actor=ACTOR, customer=person, lines=[line], currency="EUR", note=f"for {CANARY}")
    payment_record(actor=ACTOR, order_id=order.pk, amount_minor=500, reference=f"{CANARY} card")
    double = customer_create(actor=ACTOR, data=CustomerData(name=f"Double {NAME}", note=f"also {CANARY}"))
    merge(actor=ACTOR, kept=person.pk, gone=double.pk)
    person.refresh_from_db()
    return person


def spoken_with(person: Customer) -> None:
    """Messages and conversations: theirs, and from before anybody knew that it was them."""
    text = MessageText(f"Dear {NAME}, your tea is here", "en")
    asked = Request(
        customer=person.pk, purpose="service", content=ContentData(texts=[text], title=f"to {CANARY}"),
        dedupe_key=f"for {CANARY}",
    )  # fmt: skip
    send(actor=ACTOR, request=asked)
    at = timezone.now()
    own = Conversation.objects.create(customer=person, channel="sms", address="+989120001122", preview=f"{CANARY} says")
    Entry.objects.create(conversation=own, way=Way.NOTE, channel="sms", at=at, text=f"{CANARY} is angry")
    early = Conversation.objects.create(channel="sms", address="+989120001122", preview="likes saffron")
    said = Entry.objects.create(conversation=early, way=Way.IN, channel="sms", at=at, text="likes saffron")
    kept = files.keep(
        actor=ACTOR, name="a.txt", stream=io.BytesIO(b"likes saffron"), content_type="text/plain", purpose=FILE
    )
    EntryFile.objects.create(entry=said, file=kept)
    record(actor=ACTOR, kind="call", at=at, payload={"text": "likes saffron"}, identity=("phone", "", "+989120001122"))


def spoken_of_everywhere(person: Customer, admin: Client, folder: Path) -> None:
    """In files that came in, answers of the API, searches that were kept, work that was done, receivers' answers."""
    spoken_with(person)
    done = begun(f"{NAME}.csv", as_csv(LINES))
    running.dry_run(one=done, actor=ACTOR, report=lambda done, total: None)
    done.dry = {"samples": [[2, "email", f"{CANARY}@@wrong", "email"], [3, "email", "two@@wrong", "email"]]}
    done.save()
    services.resume_import(actor=ACTOR, import_id=done.pk)
    begun("waiting.csv", as_csv(LINES))
    begun("waiting.xlsx", as_workbook(LINES))
    begun("without titles.csv", as_csv([[NAME, "09120001122"], ["Bystander Three", "09120000009"]]))
    begun("others.csv", as_csv([LINES[0], LINES[1]]))
    MappingTemplate.objects.create(shape="customers", titles="x", mapping={"name": "qanarizardbal"})
    caller = program("admin", user=make_admin())
    note = {"customer_id": person.pk, "kind": "note", "text": "likes mint"}
    assert caller.ask("post", "/interactions", note, Idempotency_Key="two").status_code == 201
    mine = replace(ACTOR, user_id=make_admin().pk)
    fields.view_save(actor=mine, record="customer", name="mine", query=f"q={CANARY}+Zardbal&city=x")
    assert admin.get(f"/export/customers/?q={CANARY}+Zardbal").status_code == 200
    asked: dict[str, Any] = {"actor": ACTOR, "name": "customers", "query": {"q": NAME}, "form": "csv"}
    run = exporting.export_start(**asked)
    place, _rows = exporting.export_make(**asked, step=lambda _count: None)
    Run.objects.filter(pk=run.pk).update(
        state=Run.State.DONE, result={"file": place.name}, title=f"for {NAME}", error=f"failed at {NAME}"
    )
    event = Event.objects.order_by("-id").first()
    assert event is not None
    Failure.objects.create(handler="x", event=event, error=f"Key (name)=({NAME}) already exists", state="dead")
    hook, _secret = webhooks.endpoint_create(actor=ACTOR, data=webhooks.EndpointData("https://x.peyvand.ir/in", ["*"]))
    sent = webhooks.endpoint_test(actor=ACTOR, endpoint_id=hook.pk)
    WebhookAttempt.objects.create(
        delivery_id=sent.pk, at=timezone.now(), ms=1, timestamp=1, response=f'{{"hello": "{NAME}"}}'
    )
    (folder / "faults").mkdir()
    (folder / "faults" / "a.txt").write_text(f"KeyError: {NAME}", encoding="utf-8")
    (folder / "faults" / "b.txt").write_text("KeyError: somebody else", encoding="utf-8")


def dump() -> Iterator[tuple[str, str]]:
    """(table, text) of all that the database holds; what stands in bytes is read as well."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f"SELECT string_agg(t::text, ' ') FROM {table} t")
            yield table, (cursor.fetchone()[0] or "").lower()


def hits(word: str, folder: Path) -> list[str]:
    """Where the word stands: tables, and files of the data folder (packed ones unpacked)."""
    needles = (word.lower(), word.lower().encode().hex(), word.encode().hex())
    found = [table for table, text in dump() if any(one in text for one in needles)]
    for path in folder.rglob("*"):
        if path.is_file() and word.lower() in f"{path.name} {content(path)}".lower():
            found.append(str(path.relative_to(folder)))
    return sorted(found)


def content(path: Path) -> str:
    raw = path.read_bytes()
    if raw.startswith(b"PK"):
        book = openpyxl.load_workbook(io.BytesIO(raw))
        return " ".join(str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    return raw.decode("utf-8", "replace")


@pytest.fixture
def admin(client: Client) -> Client:
    sign_in(client, make_admin(language="en"))
    session = client.session
    session["demo"] = False
    session.save()
    return client


PLACES = {
    "api_keptanswer", "changes_changeset", "changes_image", "commerce_order", "commerce_payment",
    "consents_consententry", "conversations_conversation", "conversations_entry",
    "customers_customer", "customers_identity", "customers_relation", "fields_savedview",
    "files_storedfile", "interactions_interaction", "jobs_run", "matching_redirect", "outbox_failure",
    "outreach_content", "outreach_message",
    "transfer_import", "transfer_importproblem", "transfer_mappingtemplate", "webhooks_webhookattempt",
    "faults/a.txt",
}  # fmt: skip


def test_nothing_of_them_is_left_in_the_database_or_in_a_file(
    canary: Customer, admin: Client, data_folder: Path, django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        spoken_of_everywhere(canary, admin, data_folder)
    before = hits(CANARY, data_folder)
    assert set(before) >= PLACES
    assert sum(name.startswith("files/imports/") for name in before) == 4
    assert any(name.startswith("files/exports/") for name in before)
    with django_capture_on_commit_callbacks(execute=True):
        answer = admin.post(f"/privacy/{canary.pk}/erase/", {"name": canary.name})
    assert answer.status_code == 302, re.findall('role="alert">([^<]+)', answer.content.decode())
    assert hits(CANARY, data_folder) == []
    assert hits("9120001122", data_folder) == []
    assert hits("likes mint", data_folder) == []
    assert hits("likes saffron", data_folder) == []
    # Others stay: their file, their lines, their problems, the details of other faults.
    kept = Import.objects.get(file_name="others.csv")
    assert Path(kept.path).is_file()
    assert kept.state == Import.State.MAPPING
    assert [row[1] for row in Import.objects.get(file_name="waiting.csv").sniffed["rows"]] == [LINES[1][1], LINES[3][1]]
    assert (data_folder / "faults" / "b.txt").exists()
    assert Customer.objects.filter(name="Bystander One").exists()
    closed = Import.objects.get(file_name="waiting.csv")
    assert (closed.state, bool(closed.error)) == (Import.State.CANCELLED, True)
    view = ChangeSet.objects.filter(kind="export", reference__export="customers").first()
    assert view is not None
    assert view.reference["query"] == {"q": "…"}


def test_a_request_sent_again_is_told_that_its_answer_is_gone(
    canary: Customer, django_capture_on_commit_callbacks: Capture
) -> None:
    caller = program("admin", user=make_admin())
    note = {"customer_id": canary.pk, "kind": "note", "text": "likes mint"}
    assert caller.ask("post", "/interactions", note, Idempotency_Key="two").status_code == 201
    erasing.person_erase(actor=ACTOR, customer_id=canary.pk, name=canary.name)
    again = caller.ask("post", "/interactions", note, Idempotency_Key="two")
    assert again.status_code == 410
    assert again["Idempotency-Replayed"] == "true"
    assert again.json()["type"] == "urn:peyvand:problem:gone"


def test_while_a_file_with_them_is_brought_in_they_are_not_erased(canary: Customer) -> None:
    one = begun("now.csv", as_csv(LINES))
    Import.objects.filter(pk=one.pk).update(state=Import.State.RUNNING)
    with pytest.raises(ErasureError, match=r"now\.csv"):
        erasing.person_erase(actor=ACTOR, customer_id=canary.pk, name=canary.name)
    assert Customer.objects.filter(pk=canary.pk).exists()
    Import.objects.filter(pk=one.pk).update(state=Import.State.DONE)
    erasing.person_erase(actor=ACTOR, customer_id=canary.pk, name=canary.name)


def test_files_go_after_their_days_with_what_was_kept_of_their_lines(
    data_folder: Path, django_capture_on_commit_callbacks: Capture
) -> None:
    old, new = begun("old.csv", as_csv(LINES)), begun("new.csv", as_csv(LINES))
    ended = begun("ended.csv", as_csv(LINES))
    services.resume_import(actor=ACTOR, import_id=ended.pk)
    long_ago = timezone.now() - timedelta(days=upkeep.KEPT_DAYS + 1)
    Import.objects.filter(pk__in=[old.pk, ended.pk]).update(created_at=long_ago)
    with django_capture_on_commit_callbacks(execute=True):
        assert upkeep.sweep() == 2
    assert [Path(one.path).is_file() for one in (old, new, ended)] == [False, True, False]
    old.refresh_from_db()
    ended.refresh_from_db()
    assert (old.state, old.sniffed["rows"], bool(old.error)) == (Import.State.CANCELLED, [], True)
    assert old.sniffed["columns"] == LINES[0]
    assert ended.state == Import.State.DONE
    assert ended.problems.exists()
    assert not ended.problems.exclude(value="").exists()
    with django_capture_on_commit_callbacks(execute=True):
        assert upkeep.sweep() == 0


def test_files_that_nobody_fetched_and_what_a_fault_left_are_swept(data_folder: Path) -> None:
    kept = begun("kept.csv", as_csv(LINES))
    left = [exporting.files.export_place(), exporting.files.imports_folder() / "left.csv"]
    for path in left:
        path.write_text("x", encoding="utf-8")
    fresh = exporting.files.export_place()
    fresh.write_text("x", encoding="utf-8")
    long_ago = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
    for path in (*left, Path(kept.path)):
        os.utime(path, (long_ago, long_ago))
    assert upkeep.sweep() == 2
    assert [path.exists() for path in (*left, fresh, Path(kept.path))] == [False, False, True, True]


def test_a_swept_import_says_so_on_its_pages(admin: Client, django_capture_on_commit_callbacks: Capture) -> None:
    admin.post("/import/", {"file": SimpleUploadedFile("people.csv", as_csv(LINES)), "shape": "customers"})
    one = Import.objects.get()
    Import.objects.filter(pk=one.pk).update(created_at=timezone.now() - timedelta(days=upkeep.KEPT_DAYS + 1))
    with django_capture_on_commit_callbacks(execute=True):
        upkeep.sweep()
    page = admin.get(f"/import/{one.pk}/")
    assert page.status_code == 200
    assert b"kept for 30 days" in page.content
    assert admin.get(f"/import/{one.pk}/problems/").status_code == 302
    assert admin.get(f"/import/{one.pk}/columns/").status_code == 422
