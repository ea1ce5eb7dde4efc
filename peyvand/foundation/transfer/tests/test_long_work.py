"""What takes long is done in the background: large undos, the files of long lists; it can be stopped and goes on."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import LazySettings
from django.test import Client

from peyvand.foundation.accounts.models import RoleGrant
from peyvand.foundation.accounts.tests.factories import make_admin, make_user
from peyvand.foundation.changes import queries as trail
from peyvand.foundation.changes.models import ChangeSet
from peyvand.foundation.jobs.executing import execute
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.jobs.running import Cancelled
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.transfer import exporting, services
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.tests.tiny import Member, members

__all__ = ["members"]
pytestmark = pytest.mark.usefixtures("members")
ACTOR = system_actor(via="console")
TEXT = "Code,Name\n" + "".join(f"{number},Sara {number}\n" for number in range(12))


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


@pytest.fixture
def admin() -> Client:
    client = Client()
    client.force_login(make_admin(language="en"))
    session = client.session
    session["demo"] = False
    session.save()
    return client


def brought(text: str = TEXT) -> Import:
    one = services.import_begin(actor=ACTOR, name="members.csv", stream=io.BytesIO(text.encode()), shape="members")
    one = services.import_map(actor=ACTOR, import_id=one.pk, mapping=one.mapping, options={"currency": "EUR"})
    services.resume_import(actor=ACTOR, import_id=one.pk)
    return Import.objects.get(pk=one.pk)


def test_a_large_import_is_taken_back_in_the_background(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "LARGE", 10)
    one = brought()
    Member.objects.filter(code="3").update(name="Sara the third")
    admin.post(f"/import/{one.pk}/undo/")
    one.refresh_from_db()
    run = Run.objects.get()
    assert (one.state, one.run_id) == ("undoing", run.pk)
    assert Member.objects.count() == 12
    page = admin.get(f"/import/{one.pk}/").content.decode()
    assert "Taking it back" in page
    assert admin.post(f"/import/{one.pk}/undo/").status_code == 302
    assert Run.objects.count() == 1, "it is not begun twice"
    execute(run_id=run.pk)
    one.refresh_from_db()
    run.refresh_from_db()
    assert (one.state, run.state) == ("undone", "done")
    assert [member.name for member in Member.objects.all()] == ["Sara the third"]
    page = admin.get(f"/import/{one.pk}/").content.decode()
    assert "Why rows were kept" in page
    assert "edited since" in page
    (kept,) = run.result["kept_rows"]
    assert (kept["table"], kept["id"], kept["reason"]) == ("transfer_test_member", Member.objects.get().pk, "edited")
    assert kept["text"]


def test_a_stopped_undo_leaves_the_import_as_it_was(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "LARGE", 10)
    one = brought()
    admin.post(f"/import/{one.pk}/undo/")

    def stopped(_done: int, _total: int | None, _message: str) -> None:
        raise Cancelled(0)

    execute(run_id=Run.objects.get().pk, on_progress=stopped)
    one.refresh_from_db()
    assert one.state == "done"
    assert Member.objects.count() == 12
    admin.post(f"/import/{one.pk}/undo/")
    Run.objects.filter(state="waiting").update(state="failed", error="killed")  # by a fault that could not write
    assert services.settle(Import.objects.get(pk=one.pk)).state == "done"
    assert services.import_undo(actor=ACTOR, import_id=one.pk)["undone"] == 12


def test_an_imports_set_taken_back_from_the_trail_marks_the_import(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail, "LARGE", 10)
    one = brought()
    answer = admin.post(f"/audit/{one.change_set_id}/undo/")
    run = Run.objects.get()
    assert (run.job, answer["Location"]) == ("changes.undo", f"/jobs/{run.pk}/")
    assert admin.post(f"/audit/{one.change_set_id}/undo/")["Location"] == f"/jobs/{run.pk}/"
    execute(run_id=run.pk)
    one.refresh_from_db()
    assert one.state == "undone"
    assert not Member.objects.exists()
    undone = ChangeSet.objects.get(undo_of=one.change_set_id)
    assert one.undo_id == undone.pk
    execute(run_id=_started(admin, undone.pk))
    one.refresh_from_db()
    assert (one.state, one.undo_id) == ("done", None)
    assert Member.objects.count() == 12


def _started(admin: Client, change_set_id: int) -> int:
    admin.post(f"/audit/{change_set_id}/undo/")
    return int(Run.objects.order_by("-id").values_list("id", flat=True)[0])


@pytest.fixture
def many(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(exporting, "LONG", 10)
    monkeypatch.setattr(exporting, "EVERY", 5)
    for number in range(12):
        Member.objects.create(code=f"{number:02}", name=f"=Sara {number}")
    return 12


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_the_file_of_a_long_list_is_made_in_the_background(admin: Client, many: int, form: str) -> None:
    address = f"/export/members/?format={form}&q=x"
    page = admin.get(address)
    assert page.status_code == 200
    assert "This is a long list" in page.content.decode()
    assert not ChangeSet.objects.filter(kind="export").exists()
    assert not Run.objects.exists()
    answer = admin.post(address)
    run = Run.objects.get()
    assert answer["Location"] == f"/jobs/{run.pk}/"
    said: list[tuple[int, int | None]] = []
    execute(run_id=run.pk, on_progress=lambda done, total, _message: said.append((done, total)))
    run.refresh_from_db()
    assert (run.state, run.result["rows"]) == ("done", many)
    assert [done for done, _total in said] == [5, 10, many]
    assert ChangeSet.objects.get(kind="export").reference == {"export": "members", "query": {"q": "x"}}
    assert f"/export/file/{run.pk}/" in admin.get(f"/jobs/{run.pk}/").content.decode()
    found = admin.get(f"/export/file/{run.pk}/")
    content = b"".join(found.streaming_content)
    assert f".{form}" in found["Content-Disposition"]
    assert names(content, form)[1] == ("'=Sara 0" if form == "csv" else "=Sara 0")
    assert len(names(content, form)) == many + 1
    stranger = Client()
    stranger.force_login(make_admin())
    assert stranger.get(f"/export/file/{run.pk}/").status_code == 404
    for path in exporting.files.exports_folder().iterdir():
        assert path.stat().st_mode & 0o777 == 0o600
        path.unlink()
    assert admin.get(f"/export/file/{run.pk}/").status_code == 302


def names(content: bytes, form: str) -> list[Any]:
    if form == "xlsx":
        return [row[1].value for row in openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows()]
    return [row[1] for row in csv.reader(io.StringIO(content.decode("utf-8-sig")))]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_stopped_export_leaves_no_file(admin: Client, many: int, form: str) -> None:
    admin.post(f"/export/members/?format={form}")

    def stopped(done: int, _total: int | None, _message: str) -> None:
        if done >= 10:
            raise Cancelled(0)

    execute(run_id=Run.objects.get().pk, on_progress=stopped)
    assert Run.objects.get().state == "cancelled"
    assert list(exporting.files.exports_folder().iterdir()) == []


def test_the_right_is_asked_when_it_begins_when_it_runs_and_when_it_is_fetched(many: int) -> None:
    user = make_user(role_key="marketing", language="en")
    client = Client()
    client.force_login(user)
    session = client.session
    session["demo"] = False
    session.save()
    client.post("/export/members/")
    first, rights = Run.objects.get(), RoleGrant.objects.filter(role=user.role, permission="transfer.import")
    kept = list(rights.values())
    rights.delete()
    execute(run_id=first.pk)
    first.refresh_from_db()
    assert first.state == "failed"
    assert client.post("/export/members/").status_code == 403
    RoleGrant.objects.create(**kept[0])
    client.post("/export/members/")
    second = Run.objects.latest("id")
    execute(run_id=second.pk)
    assert client.get(f"/export/file/{second.pk}/").status_code == 200
    RoleGrant.objects.filter(role=user.role, permission="transfer.import").delete()
    assert client.get(f"/export/file/{second.pk}/").status_code == 403


def test_a_short_list_comes_at_once(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "LONG", 3)
    for number in range(3):
        Member.objects.create(code=str(number), name="x")
    answer = admin.get("/export/members/")
    assert b"".join(answer.streaming_content).count(b"\n") == 4
    assert admin.get("/export/members/?format=xlsx")["Content-Type"].endswith("sheet")
    assert ChangeSet.objects.filter(kind="export").count() == 2
