from __future__ import annotations

import pytest
from django.test import Client

from peyvand.foundation.accounts import access, settings
from peyvand.foundation.accounts.models import ApiToken, Invitation, Role, RoleGrant, Team, User
from peyvand.foundation.accounts.tests.factories import make_admin, make_role, make_user, sign_in
from peyvand.foundation.registry.actor import Scope

pytestmark = pytest.mark.django_db

OPEN_TO_ALL = ["", "profile/", "security/"]
GUARDED = ["workspace/", "people/", "people/invite/", "roles/", "roles/new/", "teams/", "teams/new/", "tokens/"]


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("path", [*OPEN_TO_ALL, *GUARDED])
def test_every_page_opens_for_an_administrator(client: Client, path: str, language: str) -> None:
    sign_in(client, make_admin(language=language))
    Team.objects.create(name="West")
    page = client.get(f"/settings/{path}")
    assert page.status_code == 200
    text = page.content.decode()
    assert f'lang="{language}"' in text
    assert "<h1>" in text


@pytest.mark.parametrize("path", GUARDED)
def test_a_page_is_refused_without_its_right(client: Client, path: str) -> None:
    make_admin()
    sign_in(client, make_user(role=make_role({})))
    assert client.get(f"/settings/{path}").status_code == 403


@pytest.mark.parametrize("path", OPEN_TO_ALL)
def test_ones_own_pages_need_no_right(client: Client, path: str) -> None:
    make_admin()
    sign_in(client, make_user())
    assert client.get(f"/settings/{path}").status_code == 200


def test_the_index_lists_only_what_one_may_open(client: Client) -> None:
    make_admin()
    sign_in(client, make_user())
    text = client.get("/settings/").content.decode()
    assert "/settings/profile/" in text
    assert "/settings/roles/" not in text


def test_inviting_shows_the_link_once(client: Client) -> None:
    admin = make_admin()
    role = make_role({})
    sign_in(client, admin)
    answer = {"email": "nima@example.com", "name": "Nima", "role": role.pk, "teams": []}
    page = client.post("/settings/people/invite/", answer)
    assert "/invitation/" in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "/invitation/" not in client.get("/settings/people/").content.decode().replace("/invitations/", "")
    assert Invitation.objects.get().email == "nima@example.com"


def test_changing_a_colleague_takes_only_the_fields_of_the_form(client: Client) -> None:
    admin, user, role = make_admin(), make_user(role=make_role({})), make_role({})
    sign_in(client, admin)
    before = user.password
    answer = {"name": "N", "email": user.email, "role": role.pk}
    answer |= {"password": "x", "is_active": "", "demo": "1", "tz": "UTC"}
    assert client.post(f"/settings/people/{user.pk}/", answer).status_code == 302
    user.refresh_from_db()
    assert (user.name, user.role, user.password, user.is_active, user.demo, user.tz) == (
        "N", role, before, True, False, "Asia/Tehran",
    )  # fmt: skip


def test_ones_profile_cannot_change_ones_rights(client: Client) -> None:
    admin, user = make_admin(), make_user(role=make_role({}))
    sign_in(client, user)
    answer = {
        "name": "N", "job_title": "", "language": "en", "calendar": "gregorian", "tz": "UTC", "theme": "dark",
        "role": admin.role_id, "email": "new@example.com", "is_active": "",
    }  # fmt: skip
    assert client.post("/settings/profile/", answer).status_code == 302
    after = User.objects.get(pk=user.pk)
    assert (after.role_id, after.email, after.is_active) == (user.role_id, user.email, True)
    assert (after.name, after.language, after.calendar) == ("N", "en", "gregorian")
    assert (after.tz, after.theme) == ("UTC", "dark")
    assert (after.toman, after.keys_enabled) == (False, False)


def test_deactivating_with_the_way_back(client: Client) -> None:
    admin, user = make_admin(), make_user()
    theirs = Client()
    sign_in(theirs, user)
    sign_in(client, admin)
    page = client.post(f"/settings/people/{user.pk}/deactivate/", follow=True).content.decode()
    assert f"/settings/people/{user.pk}/activate/" in page
    assert theirs.get("/settings/").status_code == 302
    client.post(f"/settings/people/{user.pk}/activate/")
    assert User.objects.get(pk=user.pk).is_active
    client.post(f"/settings/people/{admin.pk}/deactivate/")
    assert User.objects.get(pk=admin.pk).is_active


def test_a_role_by_its_matrix(client: Client) -> None:
    sign_in(client, make_admin())
    answer = {
        "name": "Night", "description": "", f"right-{access.VIEW_PEOPLE}": "1", f"right-{access.TOKENS}": "9",
        "right-no.such": "3",
    }  # fmt: skip
    assert client.post("/settings/roles/new/", answer).status_code == 302
    role = Role.objects.get(name="Night")
    assert dict(role.grants.values_list("permission", "scope")) == {access.VIEW_PEOPLE: Scope.ALL}
    assert client.get(f"/settings/roles/{role.pk}/").status_code == 200
    assert client.post(f"/settings/roles/{role.pk}/delete/").status_code == 302
    assert not Role.objects.filter(pk=role.pk).exists()


def test_a_starting_role_keeps_both_names_when_its_rights_change(client: Client) -> None:
    sign_in(client, make_admin(language="fa"))
    role = Role.objects.get(key="viewer")
    shown = client.get(f"/settings/roles/{role.pk}/").context["form"].initial
    client.post(f"/settings/roles/{role.pk}/", {**shown, f"right-{access.VIEW_PEOPLE}": "3"})
    role.refresh_from_db()
    assert role.name == "Viewer"
    assert RoleGrant.objects.filter(role=role, permission=access.VIEW_PEOPLE).exists()


def test_a_token_is_shown_once(client: Client) -> None:
    sign_in(client, make_admin())
    page = client.post("/settings/tokens/", {"name": "shop", "days": "30", "role": ""}).content.decode()
    assert 'value="pv_' in page
    assert 'value="pv_' not in client.get("/settings/tokens/").content.decode()
    token = ApiToken.objects.get()
    client.post(f"/settings/tokens/{token.pk}/revoke/")
    token.refresh_from_db()
    assert token.revoked_at is not None


def test_workspace_settings_by_the_page(client: Client) -> None:
    sign_in(client, make_admin())
    answer = {
        "workspace_name": "Chayno", "default_currency": "EUR", "calendar": "gregorian", "time_zone": "Europe/Berlin",
        "weekend": ["5", "6"],
    }  # fmt: skip
    assert client.post("/settings/workspace/", answer).status_code == 302
    assert (settings.get("weekend"), settings.flag("toman")) == ([5, 6], False)
    assert settings.text("default_currency") == "EUR"


@pytest.mark.parametrize(
    "path",
    [
        "people/1/deactivate/",
        "people/1/activate/",
        "people/1/password-link/",
        "people/1/second-factor/",
        "people/invitations/1/revoke/",
        "roles/1/delete/",
        "teams/1/delete/",
        "tokens/1/revoke/",
    ],
)
def test_no_state_changes_by_get(client: Client, path: str) -> None:
    sign_in(client, make_admin())
    assert client.get(f"/settings/{path}").status_code == 405


def test_names_are_shown_as_text(client: Client) -> None:
    sign_in(client, make_admin())
    make_user(name="<script>alert(1)</script>")
    text = client.get("/settings/people/").content.decode()
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text
