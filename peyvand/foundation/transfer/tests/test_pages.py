"""The screens of an import, in both languages."""

from __future__ import annotations

import io

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from peyvand.foundation.accounts.tests.factories import make_admin, make_user
from peyvand.foundation.registry.actor import system_actor
from peyvand.foundation.transfer import running
from peyvand.foundation.transfer.models import Import
from peyvand.foundation.transfer.tests.tiny import Member, members

__all__ = ["members"]
pytestmark = pytest.mark.usefixtures("members")
TEXT = "Code,Name,Phone,Amount\n1,Sara,09123456789,1.5\n2,Arash,09351234567,2\n3,nobody,09351234567,1\n"


@pytest.fixture(params=["fa", "en"])
def admin(request: pytest.FixtureRequest) -> Client:
    client = Client()
    client.force_login(make_admin(language=request.param))
    return client


def upload(client: Client, content: bytes = TEXT.encode()) -> Import | None:
    client.post("/import/", {"file": SimpleUploadedFile("members.csv", content), "shape": ""})
    return Import.objects.order_by("-id").first()


def test_from_the_file_to_the_undo(admin: Client) -> None:
    one = upload(admin)
    assert one is not None
    page = admin.get(f"/import/{one.pk}/", follow=True)
    assert page.status_code == 200
    assert page.redirect_chain[-1][0] == f"/import/{one.pk}/columns/"
    answers = {f"column-{place}": name for name, place in one.mapping.items()}
    partial = admin.post(f"/import/{one.pk}/columns/", {**answers, "currency": "EUR"}, headers={"HX-Request": "true"})
    assert partial.status_code == 200
    assert b"Sara" in partial.content
    assert b'id="pv-questions"' in partial.content
    admin.post(f"/import/{one.pk}/columns/", {**answers, "currency": "EUR", "next": "1"})
    one.refresh_from_db()
    assert one.state == "checking"
    assert admin.get(f"/import/{one.pk}/check/").status_code == 200
    one.dry = running.dry_run(one=one, actor=system_actor(), report=lambda done, total: None)
    one.state = Import.State.CHECKED
    one.save()
    assert admin.get(f"/import/{one.pk}/check/").status_code == 200
    admin.post(f"/import/{one.pk}/run/")
    one.refresh_from_db()
    assert one.state == "running"
    assert admin.get(f"/import/{one.pk}/").status_code == 200
    assert "HX-Refresh" not in admin.get(f"/import/{one.pk}/status/").headers
    running.run(one=one, actor=system_actor(), report=lambda done, total: None)
    assert admin.get(f"/import/{one.pk}/status/").headers["HX-Refresh"] == "true"
    finished = admin.get(f"/import/{one.pk}/")
    assert f"/import/{one.pk}/problems/".encode() in finished.content
    found = b"".join(admin.get(f"/import/{one.pk}/problems/").streaming_content)
    assert b"nobody" in found
    assert admin.get("/import/").status_code == 200
    assert admin.post(f"/import/{one.pk}/undo/", headers={"X-Requested-With": "fetch"}).status_code == 204
    assert not Member.objects.exists()
    assert admin.get(f"/import/{one.pk}/").status_code == 200


def test_a_file_that_is_no_table_is_refused_on_the_page(admin: Client) -> None:
    answer = admin.post("/import/", {"file": SimpleUploadedFile("x.csv", b"\x00\x01\x02" * 500)})
    assert answer.status_code == 422
    assert b'role="alert"' in answer.content
    assert not Import.objects.exists()


def test_open_questions_keep_one_on_the_columns(admin: Client) -> None:
    one = upload(admin)
    assert one is not None
    answer = admin.post(f"/import/{one.pk}/columns/", {"column-0": "code", "next": "1"})
    assert answer.status_code == 422
    one.refresh_from_db()
    assert one.state == "mapping"


def test_others_do_not_see_an_import_and_need_the_right(admin: Client) -> None:
    one = upload(admin)
    assert one is not None
    viewer = Client()
    viewer.force_login(make_user())
    for path in ("", "columns/", "check/", "status/", "problems/"):
        assert viewer.get(f"/import/{one.pk}/{path}").status_code == 403
    assert viewer.get("/export/members/").status_code == 403
    assert admin.get("/import/999999/").status_code == 404
    assert admin.get("/export/members/").status_code == 200


def test_a_workbook_is_read_and_another_sheet_can_be_chosen(admin: Client) -> None:
    made = openpyxl.Workbook()
    made.worksheets[0].append(["Code", "Name"])
    made.worksheets[0].append([1, "Parviz"])
    other = made.create_sheet("دوم")
    other.append(["Code", "Name"])
    other.append([2, "<script>"])
    content = io.BytesIO()
    made.save(content)
    one = upload(admin, content.getvalue())
    assert one is not None
    assert b"Parviz" in admin.get(f"/import/{one.pk}/columns/").content
    admin.post(f"/import/{one.pk}/shape/", {"shape": "members", "sheet": "دوم", "header": "1"})
    page = admin.get(f"/import/{one.pk}/columns/").content
    assert b"Parviz" not in page
    assert b"&lt;script&gt;" in page
    running.run(one=Import.objects.get(pk=one.pk), actor=system_actor(), report=lambda done, total: None)
    assert Member.objects.get().code == "2"


def test_the_encoding_and_the_delimiter_can_be_chosen(admin: Client) -> None:
    one = upload(admin, "Code,Name\n1,سارا\n".encode("cp1256"))
    assert one is not None
    chosen = {"shape": "members", "encoding": "cp1256", "delimiter": ";", "header": "1"}
    admin.post(f"/import/{one.pk}/shape/", chosen)
    one.refresh_from_db()
    assert one.sniffed["columns"] == ["Code,Name"]
    admin.post(f"/import/{one.pk}/shape/", {**chosen, "delimiter": "nonsense", "encoding": "rot13"})
    one.refresh_from_db()
    assert one.sniffed["columns"] == ["Code", "Name"]
