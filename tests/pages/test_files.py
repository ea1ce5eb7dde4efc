"""Keeping, opening, downloading and discarding files."""

from __future__ import annotations

import hashlib
import io
import os
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from peyvand.foundation.accounts.tests.factories import make_admin, make_user
from peyvand.foundation.files import services
from peyvand.foundation.files.declarations import FilePurpose
from peyvand.foundation.files.kinds import agrees, kind_of
from peyvand.foundation.files.models import StoredFile
from peyvand.foundation.files.names import LONGEST, clean_name
from peyvand.foundation.files.services import NoSuchFileError, QuotaError, WrongKindError, keep, open_file
from peyvand.foundation.registry.actor import Actor, Scope, system_actor
from peyvand.foundation.registry.registry import registry

SARA, OMID = Actor(user_id=7, name="Sara"), Actor(user_id=8, name="Omid")
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def kept(
    content: bytes = b"a,b\n1,2\n", *, actor: Actor = SARA, name: str = "orders.csv", kind: str = "text/csv"
) -> Any:
    return keep(actor=actor, name=name, stream=io.BytesIO(content), content_type=kind, purpose="test.import")


def on_disk(settings: Any) -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_file_is_kept_under_a_name_of_our_own_with_its_digest(settings: Any) -> None:
    content = os.urandom(700_000)
    one = kept(content, kind="application/octet-stream", name="../../etc/گزارش.bin")
    assert (one.name, one.size, one.sha256) == ("گزارش.bin", 700_000, hashlib.sha256(content).hexdigest())
    (path,) = on_disk(settings)
    assert path.name == one.key.hex
    assert path.stat().st_mode & 0o077 == 0
    for id in (one.pk, one.key):
        with open_file(actor=SARA, id=id) as opened:
            assert opened.read() == content


@pytest.mark.django_db
def test_only_owner_system_and_the_purposes_permission_have_it(monkeypatch: pytest.MonkeyPatch) -> None:
    purpose = FilePurpose(name="test.import", permission="jobs.view_all")
    monkeypatch.setitem(registry._by_kind, FilePurpose, {purpose.name: purpose})
    one = kept()
    open_file(actor=system_actor(), id=one.pk).close()
    chief = Actor(user_id=9, name="chief", grants={"jobs.view_all": Scope.ALL})
    open_file(actor=chief, id=one.key).close()
    for actor in (OMID, Actor(user_id=None, name="nobody"), chief.looking_at(demo=True)):
        with pytest.raises(NoSuchFileError):
            open_file(actor=actor, id=one.pk)
    for actor in (OMID, chief):
        with pytest.raises(NoSuchFileError):
            services.discard(actor=actor, id=one.pk)
    with pytest.raises(LookupError):
        open_file(actor=SARA, id=uuid.uuid4())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "kind"),
    [(PNG, "text/csv"), (b"a,b\n", "image/png"), (b"MZ\x90\x00" + bytes(80), "text/plain"), (PNG, "image/jpeg"),
     (b"\x7fELF" + bytes(80), "application/pdf"), (b"PK\x03\x04aa", "text/csv"), (b"<svg/>", "image/webp")],
)  # fmt: skip
def test_bytes_that_belie_the_type_are_refused_and_nothing_stays(content: bytes, kind: str, settings: Any) -> None:
    with pytest.raises(WrongKindError):
        kept(content, kind=kind)
    assert not on_disk(settings)
    assert not StoredFile.objects.exists()


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"", "text/csv"), (b"MZaher,1\n", "text/csv"), (b"BM,x\n", "text/csv"), (b"\x1f\x8b\x08\x00", "text/csv"),
     ("نام,شهر\n".encode("utf-16"), "text/csv"), ("نام".encode("cp1256"), "text/csv; charset=windows-1256"),
     (b"PK\x03\x04aa", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (PNG, "image/png"),
     (b"%PDF-1.7", "application/pdf"), (b"{}", "application/json")],
)  # fmt: skip
def test_honest_files_agree(content: bytes, kind: str) -> None:
    assert agrees(kind, content)


def test_kinds() -> None:
    assert [kind_of(head) for head in (PNG, b"plain", b"\x00\x01", b"RIFF....WEBP")] == [
        "image/png", "text/plain", "application/octet-stream", "image/webp",
    ]  # fmt: skip


@pytest.mark.django_db
def test_size_and_quota_are_kept_to(settings: Any) -> None:
    settings.FILE_MAX_BYTES = 1000
    settings.FILE_QUOTA_BYTES = 1500
    with pytest.raises(QuotaError):
        kept(b"x" * 1001)
    kept(b"x" * 1000)
    with pytest.raises(QuotaError):
        kept(b"x" * 501)
    kept(b"x" * 501, actor=OMID)
    assert len(on_disk(settings)) == 2


@pytest.mark.django_db
def test_discarding_takes_the_bytes_after_the_commit_and_a_rollback_is_swept(
    settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    one = kept()
    with django_capture_on_commit_callbacks(execute=True):
        services.discard(actor=SARA, id=one.pk)
        assert len(on_disk(settings)) == 1
    assert not on_disk(settings)
    with transaction.atomic():
        kept()
        transaction.set_rollback(True)
    stays = kept()
    assert services.sweep() == 0, "young bytes may belong to a transaction that is still open"
    for path in on_disk(settings):
        os.utime(path, (time.time() - 90_000,) * 2)
    assert services.sweep() == 1
    assert [path.name for path in on_disk(settings)] == [stays.key.hex]


@given(st.text(st.characters(), max_size=400))
def test_a_cleaned_name_is_harmless_and_stays(name: str) -> None:
    cleaned = clean_name(name)
    assert 0 < len(cleaned.encode("utf-8", "strict")) <= LONGEST
    assert not set(cleaned) & set("/\\\x00\r\n\u202e\u2066\u200f")
    assert cleaned not in (".", "..")
    assert clean_name(cleaned) == cleaned


@pytest.mark.parametrize(
    ("name", "cleaned"),
    [("../../etc/passwd", "passwd"), ("C:\\x\\سفارش‌ها.csv", "سفارش‌ها.csv"), ("invoice\u202efdp.exe", "invoicefdp.exe"),
     ("a\r\nb.txt", "ab.txt"), ("", "file"), ("...", "file"), (".bashrc", "bashrc"),
     ("گ" * 300 + ".csv", "گ" * 125 + ".csv")],
)  # fmt: skip
def test_names(name: str, cleaned: str) -> None:
    assert clean_name(name) == cleaned


@pytest.mark.django_db
def test_a_download_is_always_an_attachment_that_runs_nothing() -> None:
    owner, stranger, client = make_user(), make_user(), Client()
    one = kept(
        b"<script>alert(1)</script>", actor=Actor(user_id=owner.pk, name=""), name="گزارش.html", kind="text/html"
    )
    assert client.get(f"/files/{one.key}/").status_code == 302
    client.force_login(stranger)
    assert client.get(f"/files/{one.key}/").status_code == 404
    client.force_login(owner)
    answer = client.get(f"/files/{one.key}/")
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''%DA%AF")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert client.get(f"/files/{uuid.uuid4()}/").status_code == 404
    one.path.unlink()
    assert client.get(f"/files/{one.key}/").status_code == 404
    client.force_login(make_admin())
    assert client.get(f"/files/{one.pk}/").status_code == 404
