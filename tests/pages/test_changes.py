"""The audit pages, in both languages."""

from __future__ import annotations

import pytest
from django.test import Client

from peyvand.foundation.accounts.tests.factories import acting, make_admin, make_user
from peyvand.foundation.changes import services
from peyvand.foundation.changes.tests.tiny import Shop, tiny

__all__ = ["tiny"]
pytestmark = pytest.mark.usefixtures("tiny")


@pytest.mark.parametrize("language", ["fa", "en"])
def test_the_trail_one_set_and_its_undo(language: str) -> None:
    admin, client = make_admin(language=language), Client()
    client.force_login(admin)
    with services.change_set(actor=acting(admin), kind="edit", title="نام تازه") as made:
        Shop.objects.create(name="<b>Alborz</b>")
    listed = client.get("/audit/", {"kind": "edit", "who": admin.pk, "since": "2020-01-01"})
    assert listed.status_code == 200
    assert "نام تازه" in listed.content.decode()
    page = client.get(f"/audit/{made.pk}/").content.decode()
    assert "&lt;b&gt;Alborz&lt;/b&gt;" in page
    assert f"/audit/{made.pk}/undo/" in page
    answer = client.post(f"/audit/{made.pk}/undo/", headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 204
    assert not Shop.objects.exists()
    after = client.get(f"/audit/{made.pk}/").content.decode()
    assert f'action="/audit/{made.pk}/undo/"' not in after
    assert client.post(f"/audit/{made.pk}/undo/").status_code == 302
    assert client.get("/audit/", {"after": "nonsense", "who": "x", "since": "x"}).status_code == 200
    assert client.post("/audit/check/").status_code == 302
    assert client.get("/audit/anchor/").status_code == 404


def test_the_trail_needs_its_right_and_others_sets_are_not_found() -> None:
    admin, viewer, client = make_admin(), make_user(), Client()
    client.force_login(viewer)
    with services.change_set(actor=acting(admin), kind="edit", title="x") as made:
        Shop.objects.create(name="a")
    assert client.get("/audit/").status_code == 403
    assert client.get(f"/audit/{made.pk}/").status_code == 404
    assert client.post(f"/audit/{made.pk}/undo/").status_code == 404
    assert Shop.objects.exists()
