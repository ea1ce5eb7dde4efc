"""Mappings that are kept: by titles without being asked, and under names that are chosen, shared and removed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from peyvand.foundation.accounts.tests.factories import make_user
from peyvand.foundation.changes import services as changes
from peyvand.foundation.registry.actor import Actor, NotAllowed, Scope, system_actor
from peyvand.foundation.transfer import remembering, services
from peyvand.foundation.transfer.models import Import, MappingTemplate
from peyvand.foundation.transfer.tests.tiny import Member, members

__all__ = ["members"]
pytestmark = pytest.mark.usefixtures("members")
SHOP = "Alpha,Beta,Gamma\n1,Sara,3/4/2026\n"
BARE = "1,Sara,09123456789\n2,Nima,09123456780\n"


def importer(number: int, *, all_of_them: bool = False) -> Actor:
    grants = {"transfer.import": Scope.ALL} | ({"transfer.view_all": Scope.ALL} if all_of_them else {})
    return Actor(user_id=number, name=f"Importer {number}", grants=grants)


ME, OTHER, BOSS = importer(1), importer(2), importer(3, all_of_them=True)


@pytest.fixture(autouse=True)
def own_files(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


def begun(text: str, actor: Actor = ME) -> Import:
    return services.import_begin(actor=actor, name="a.csv", stream=io.BytesIO(text.encode()), shape="members")


def mapped(one: Import, actor: Actor = ME, *, remember: bool = False) -> Import:
    mapping = {"code": 0, "name": 1, "joined": 2}
    said = {"currency": "EUR", "day_first": True, "decimal_comma": True}
    return services.import_map(actor=actor, import_id=one.pk, mapping=mapping, options=said, remember=remember)


def test_a_template_gives_the_next_file_its_columns_whatever_their_order() -> None:
    kept = remembering.template_save(actor=ME, one=mapped(begun(SHOP)), name="  Shop  ")
    assert kept.name == "Shop"
    other = begun("x,Gamma,BETA,alpha\n-,3/4/2026,Nima,2\n")
    assert other.mapping != {"code": 3, "name": 2, "joined": 1}
    other = services.import_template(actor=ME, import_id=other.pk, template_id=kept.pk)
    assert other.mapping == {"code": 3, "name": 2, "joined": 1}
    assert (other.options["currency"], other.options["day_first"]) == ("EUR", True)
    assert services.questions(other) == []
    kept.refresh_from_db()
    assert kept.used_at is not None
    partly = begun("Beta,Delta\nNima,x\n")
    assert services.import_template(actor=ME, import_id=partly.pk, template_id=kept.pk).mapping == {"name": 0}
    nothing = begun("one,two\n1,2\n")
    with pytest.raises(services.MappingError):
        services.import_template(actor=ME, import_id=nothing.pk, template_id=kept.pk)


def test_a_file_without_titles_is_mapped_by_places() -> None:
    one = begun(BARE)
    assert not one.sniffed["format"]["header"]
    one = services.import_map(
        actor=ME,
        import_id=one.pk,
        mapping={"code": 0, "name": 1, "phone": 2},
        options={"currency": "EUR"},
        remember=True,
    )
    kept = remembering.template_save(actor=ME, one=one, name="Bare")
    assert (kept.mapping, kept.places, kept.width) == ({}, {"code": 0, "name": 1, "phone": 2}, 3)
    again = begun("7,Leila,09123456781\n8,Omid,09123456782\n")
    assert again.mapping == {"phone": 2}, "nothing but the values is known of it"
    again = services.import_template(actor=ME, import_id=again.pk, template_id=kept.pk)
    assert again.mapping == {"code": 0, "name": 1, "phone": 2}
    services.resume_import(actor=ME, import_id=again.pk)
    assert Member.objects.get(code="8").phone == "+989123456782"


def test_the_same_titles_are_remembered_without_a_name_and_are_no_template() -> None:
    mapped(begun(SHOP), remember=True)
    again = begun("alpha , BETA,gamma\n2,Nima,5/6/2026\n", OTHER)
    assert again.mapping == {"code": 0, "name": 1, "joined": 2}
    assert again.options["day_first"] is True
    assert "decimal_comma" not in MappingTemplate.objects.get().options
    assert remembering.templates(actor=BOSS) == []
    mapped(begun(SHOP), remember=True)
    assert MappingTemplate.objects.count() == 1


def test_who_sees_and_changes_which() -> None:
    mine = remembering.template_save(actor=ME, one=mapped(begun(SHOP)), name="Mine")
    shared = remembering.template_save(actor=ME, one=mapped(begun(SHOP)), name="Shared", shared=True)
    assert [one.pk for one in remembering.templates(actor=ME, shape="members")] == [mine.pk, shared.pk]
    assert [one.pk for one in remembering.templates(actor=OTHER)] == [shared.pk]
    assert len(remembering.templates(actor=BOSS)) == 2
    assert remembering.templates(actor=ME, shape="others") == []
    with pytest.raises(MappingTemplate.DoesNotExist):
        remembering.template_get(actor=OTHER, template_id=mine.pk)
    with pytest.raises(NotAllowed):
        remembering.template_change(actor=OTHER, template_id=shared.pk, name="x")
    with pytest.raises(NotAllowed):
        remembering.template_delete(actor=OTHER, template_id=shared.pk)
    assert remembering.template_change(actor=BOSS, template_id=mine.pk, shared=True).shared
    assert len(remembering.templates(actor=OTHER)) == 2


def test_names_are_one_for_each_of_its_owner_and_removal_has_a_way_back() -> None:
    first = remembering.template_save(actor=ME, one=mapped(begun(SHOP)), name="Shop")
    same = remembering.template_save(actor=ME, one=mapped(begun(SHOP)), name="Shop", shared=True)
    assert (same.pk, same.shared) == (first.pk, True)
    assert remembering.template_save(actor=OTHER, one=mapped(begun(SHOP, OTHER), OTHER), name="Shop").pk != first.pk
    remembering.template_save(actor=ME, one=mapped(begun(SHOP)), name="Second")
    with pytest.raises(services.MappingError):
        remembering.template_change(actor=ME, template_id=first.pk, name="Second")
    for bad in ("", " \u200c ", "x" * 61):
        with pytest.raises(services.MappingError):
            remembering.template_change(actor=ME, template_id=first.pk, name=bad)
    made = remembering.template_delete(actor=ME, template_id=first.pk)
    assert [one.name for one in remembering.templates(actor=ME)] == ["Second"]
    changes.undo(actor=ME, change_set_id=made)
    assert remembering.template_get(actor=ME, template_id=first.pk).mapping == first.mapping


def test_the_console_takes_one_by_name(tmp_path: Path) -> None:
    actor = system_actor(via="console")
    remembering.template_save(actor=actor, one=mapped(begun(SHOP, actor), actor), name="فروشگاه")
    path = tmp_path / "next.csv"
    path.write_text("Gamma,Beta,Alpha\n5/6/2026,Nima,9\n", encoding="utf-8")
    done = services.run_import(actor=actor, shape="members", path=path, options={}, template="فروشگاه")
    assert done["created"] == 1
    assert str(Member.objects.get(code="9").joined) == "2026-06-05"
    with pytest.raises(services.MappingError, match="فروشگاه"):
        services.run_import(actor=actor, shape="members", path=path, options={}, template="none")


def test_from_the_page_of_columns_to_the_page_of_templates() -> None:
    client = Client()
    client.force_login(make_user(role_key="marketing", language="en"))
    client.post("/import/", {"file": SimpleUploadedFile("a.csv", SHOP.encode()), "shape": "members"})
    one = Import.objects.get()
    answers = {"column-0": "code", "column-1": "name", "currency": "EUR"}
    answer = client.post(f"/import/{one.pk}/columns/", {**answers, "keep": "1", "template_name": "<b>Shop</b>"})
    assert answer.status_code == 302
    kept = MappingTemplate.objects.exclude(name="").get()
    assert kept.mapping == {"code": "alpha", "name": "beta"}
    page = client.get(f"/import/{one.pk}/columns/").content.decode()
    assert "&lt;b&gt;Shop&lt;/b&gt;" in page
    refused = client.post(f"/import/{one.pk}/columns/", {**answers, "keep": "1", "template_name": ""})
    assert refused.status_code == 422
    client.post("/import/", {"file": SimpleUploadedFile("b.csv", b"Beta,Alpha\nx,1\n"), "shape": "members"})
    second = Import.objects.latest("id")
    client.post(f"/import/{second.pk}/template/", {"template": kept.pk})
    second.refresh_from_db()
    assert second.mapping == {"code": 1, "name": 0}
    listed = client.get("/import/templates/").content.decode()
    assert "&lt;b&gt;Shop&lt;/b&gt;" in listed
    client.post(f"/import/templates/{kept.pk}/", {"name": "Store"})
    client.post(f"/import/templates/{kept.pk}/", {"shared": "1"})
    kept.refresh_from_db()
    assert (kept.name, kept.shared) == ("Store", True)
    client.post(f"/import/templates/{kept.pk}/delete/")
    assert not MappingTemplate.objects.filter(pk=kept.pk).exists()
    assert client.post(f"/import/templates/{kept.pk}/delete/").status_code == 404
    assert "No template of columns yet" in client.get("/import/templates/").content.decode()
