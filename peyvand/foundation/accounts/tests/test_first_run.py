from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatchcase
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client

from peyvand.foundation.accounts import settings
from peyvand.foundation.accounts.bootstrap import ClosedError, create_first_admin, demo_user, first_run_needed
from peyvand.foundation.accounts.models import Role, User
from peyvand.foundation.accounts.roles import STARTING_ROLES, grants_by_pattern
from peyvand.foundation.accounts.tests.factories import acting, make_admin
from peyvand.foundation.registry.actor import Scope
from peyvand.foundation.registry.declarations import Permission
from peyvand.foundation.registry.registry import registry

BUSINESS = {"workspace_name": "Chayno", "default_currency": "IRR", "calendar": "jalali", "time_zone": "Asia/Tehran"}
PERSON = {"name": "Sara", "email": "Sara@Example.com", "password": "twelve small teacups"}


@pytest.mark.django_db
def test_until_somebody_is_here_every_page_leads_to_the_first_run(client: Client) -> None:
    for path in ("/settings/", "/account/login/", "/nowhere/"):
        response = client.get(path)
        assert (response.status_code, response["Location"]) == (302, "/welcome/")


@pytest.mark.django_db
def test_the_first_run_from_beginning_to_end(client: Client) -> None:
    assert client.get("/welcome/").status_code == 200
    assert client.post("/welcome/?step=language", {"language": "en"})["Location"] == "/welcome/?step=business"
    page = client.get("/welcome/?step=business").content.decode()
    assert 'lang="en"' in page
    assert client.get("/welcome/?step=you").content.decode().count("password") == 0  # the business comes first
    assert client.post("/welcome/?step=business", BUSINESS)["Location"] == "/welcome/?step=you"
    response = client.post("/welcome/?step=you", PERSON)
    assert response["Location"] == "/welcome/done/"
    assert client.get("/welcome/done/").status_code == 200
    user = User.objects.get()
    assert (user.email, user.language, user.role.key) == ("sara@example.com", "en", "admin")
    assert settings.text("workspace_name") == "Chayno"
    assert not settings.flag("toman")
    assert client.get("/welcome/").status_code == 404
    assert Client().get("/welcome/").status_code == 404
    assert Client().post("/welcome/?step=you", PERSON).status_code == 404


@pytest.mark.django_db
def test_a_weak_password_makes_nobody() -> None:
    with pytest.raises(ValidationError):
        create_first_admin(name="Sara", email="sara@example.com", password="1234567890")
    assert first_run_needed()
    assert not Role.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_becomes_the_administrator() -> None:
    start = Barrier(4)

    def try_it(number: int) -> str:
        start.wait()
        try:
            create_first_admin(name="A", email=f"a{number}@example.com", password="twelve small teacups")
        except ClosedError:
            return "closed"
        else:
            return "made"
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(try_it, range(4))) == ["closed", "closed", "closed", "made"]
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_the_sample_persons_password_is_made_up_each_time() -> None:
    first, password = demo_user(email="demo@example.com", name="Demo")
    assert password is not None
    assert first.check_password(password)
    assert demo_user(email="demo@example.com", name="Demo") == (first, None)
    again, renewed = demo_user(email="demo@example.com", name="Demo", renew=True)
    assert renewed not in {None, password}
    assert again.check_password(renewed or "")
    quiet, none = demo_user(email="quiet@example.com", name="Quiet", sign_in=False, role_key="sales")
    assert none is None
    assert not quiet.has_usable_password()


@pytest.mark.django_db
def test_renewing_never_touches_a_real_person() -> None:
    admin = make_admin()
    assert demo_user(email=admin.email, name="x", renew=True) == (admin, None)


@pytest.mark.django_db
def test_the_administrator_may_everything_that_is_declared() -> None:
    actor = acting(make_admin())
    assert all(actor.scope(permission.name) is Scope.ALL for permission in registry.all(Permission))


def test_patterns_give_by_the_last_that_fits() -> None:
    permissions = [
        Permission("customers.view", "", "", scoped=True),
        Permission("customers.delete", "", "", scoped=True),
        Permission("customers.export", "", ""),
        Permission("accounts.manage_users", "", ""),
    ]
    sales = next(role for role in STARTING_ROLES if role.key == "sales")
    assert grants_by_pattern(sales, permissions) == {"customers.view": Scope.TEAM}
    viewer = next(role for role in STARTING_ROLES if role.key == "viewer")
    assert grants_by_pattern(viewer, permissions) == {"customers.view": Scope.ALL}


def test_no_starting_role_but_the_administrator_holds_people_or_settings() -> None:
    for role in STARTING_ROLES:
        for name in grants_by_pattern(role, registry.all(Permission)):
            assert not fnmatchcase(name, "accounts.manage_*"), f"{role.key} has {name}"
