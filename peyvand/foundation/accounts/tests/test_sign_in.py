from __future__ import annotations

import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from peyvand.foundation.accounts.declarations import FirstLook
from peyvand.foundation.accounts.models import SignIn, User
from peyvand.foundation.accounts.tests.factories import PASSWORD, make_admin, make_user, sign_in
from peyvand.foundation.registry.registry import registry

pytestmark = pytest.mark.django_db


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def trail() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT kind, actor_name FROM changes_changeset ORDER BY id")
        return cursor.fetchall()


def is_in(client: Client) -> bool:
    return client.get("/settings/").status_code == 200


def test_in_and_out(client: Client) -> None:
    user = make_admin()
    response = client.get("/settings/")
    assert response["Location"] == "/account/login/?next=/settings/"
    assert sign_in(client, user).status_code == 302
    assert is_in(client)
    assert ("sign-in", user.name) in trail()
    assert SignIn.objects.filter(user=user).count() == 1
    assert client.get("/account/logout/").status_code == 200
    assert is_in(client)  # no change by GET
    client.post("/account/logout/")
    assert not is_in(client)
    assert not SignIn.objects.filter(user=user).exists()


def test_capital_letters_in_the_email_do_not_matter(client: Client) -> None:
    user = make_admin(email="sara@example.com")
    client.post("/account/login/", {"login": " Sara@EXAMPLE.com ", "password": PASSWORD})
    assert is_in(client)
    assert User.objects.get_by_natural_key("SARA@example.com") == user


def test_a_failure_says_the_same_for_known_and_unknown_and_is_kept(client: Client) -> None:
    user = make_admin()
    known = sign_in(client, user, "wrong").content.decode()
    unknown = client.post("/account/login/", {"login": "no@example.com", "password": "wrong"}).content.decode()

    def errors(page: str) -> str:
        return "".join(re.findall(r'<ul class="errorlist.*?</ul>', page))

    assert errors(known)
    assert errors(known) == errors(unknown)
    assert ("sign-in", user.email) in trail()
    assert ("sign-in", "no@example.com") in trail()


def test_deactivated_people_stay_out(client: Client) -> None:
    make_admin()
    user = make_user(is_active=False)
    assert sign_in(client, user)["Location"] == "/account/inactive/"
    assert not is_in(client)


def test_guessing_stops_after_ten_and_the_true_owner_comes_in_from_a_known_device() -> None:
    user = make_admin()
    own, guesser = Client(), Client()
    sign_in(own, user)
    own.post("/account/logout/")
    for number in range(10):
        sign_in(guesser, user, f"guess {number}", REMOTE_ADDR=f"10.0.0.{number}")
    assert not is_in(guesser)
    sign_in(guesser, user, REMOTE_ADDR="10.0.1.1")
    assert not is_in(guesser), "the eleventh try must not be looked at, even with the right password"
    stranger = Client()
    sign_in(stranger, user, REMOTE_ADDR="10.0.2.2")
    assert not is_in(stranger)
    sign_in(own, user)
    assert is_in(own)


def test_one_address_guesses_ten_times_over_all_accounts(client: Client) -> None:
    user = make_admin()
    for number in range(10):
        client.post("/account/login/", {"login": f"p{number}@example.com", "password": "x"}, REMOTE_ADDR="10.9.9.9")
    sign_in(client, user, REMOTE_ADDR="10.9.9.9")
    assert not is_in(client)
    sign_in(client, user, REMOTE_ADDR="10.9.9.8")
    assert is_in(client)


def test_a_forged_device_does_not_help(client: Client) -> None:
    user = make_admin()
    client.cookies["peyvand_device"] = "eyJpZCI6IngifQ:forged:forged"
    for number in range(11):
        sign_in(client, user, f"guess {number}")
    sign_in(client, user)
    assert not is_in(client)


def test_signing_in_with_a_second_factor(client: Client) -> None:
    user = make_admin()
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    assert secret not in str(Authenticator.objects.get(user=user).data), "the secret is encrypted"
    assert sign_in(client, user)["Location"] == "/account/2fa/authenticate/"
    assert not is_in(client), "the password alone opens nothing"
    assert client.get("/account/2fa/authenticate/").status_code == 200
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert not is_in(client)
    assert ("sign-in", user.email) in trail()
    code = code_of(secret)
    client.post("/account/2fa/authenticate/", {"code": code})
    assert is_in(client)
    other = Client()
    sign_in(other, user)
    other.post("/account/2fa/authenticate/", {"code": code})
    assert not is_in(other), "a code works once"


def test_a_recovery_code_works_once() -> None:
    user = make_admin()
    TOTP.activate(user, generate_totp_secret())
    code = RecoveryCodes.activate(user).get_unused_codes()[0]
    for expected in (True, False):
        client = Client()
        sign_in(client, user)
        client.post("/account/2fa/authenticate/", {"code": code})
        assert is_in(client) is expected


def test_setting_up_a_second_factor_through_the_pages(client: Client) -> None:
    user = make_admin()
    sign_in(client, user)
    again = client.get("/account/2fa/totp/activate/")["Location"]
    assert again.startswith("/account/reauthenticate/"), "what changes the ways in asks for the password once more"
    assert client.get(again).status_code == 200
    assert client.post(again, {"password": "wrong"}).status_code == 200
    assert client.post(again, {"password": PASSWORD, "next": "/account/2fa/totp/activate/"}).status_code == 302
    page = client.get("/account/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret
    response = client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})
    assert response["Location"] == "/account/2fa/recovery-codes/"
    assert client.get(response["Location"]).status_code == 200
    for path in ("", "totp/deactivate/", "recovery-codes/generate/", "webauthn/", "webauthn/add/"):
        assert client.get(f"/account/2fa/{path}").status_code == 200, path


def test_changing_the_password_ends_the_other_sessions(client: Client) -> None:
    user = make_admin()
    other = Client()
    sign_in(client, user)
    sign_in(other, user)
    assert client.get("/account/password/change/").status_code == 200
    answer = {"oldpassword": PASSWORD, "password1": "twelve small teacups", "password2": "twelve small teacups"}
    assert client.post("/account/password/change/", answer)["Location"] == "/settings/security/"
    assert is_in(client)
    assert not is_in(other)
    living = set(Session.objects.values_list("session_key", flat=True))
    assert set(SignIn.objects.filter(user=user).values_list("session_key", flat=True)) <= living


def test_ending_sessions(client: Client) -> None:
    user, stranger = make_admin(), make_admin()
    first, second, foreign = Client(), Client(), Client()
    for one, person in ((client, user), (first, user), (second, user), (foreign, stranger)):
        sign_in(one, person)
    page = client.get("/settings/security/")
    assert page.content.decode().count("session-end") == 0
    theirs = SignIn.objects.get(user=stranger)
    assert client.post(f"/settings/security/sessions/{theirs.pk}/end/").status_code == 404
    gone = SignIn.objects.get(session_key=first.session.session_key)
    client.post(f"/settings/security/sessions/{gone.pk}/end/")
    assert (is_in(first), is_in(second)) == (False, True)
    client.post("/settings/security/sessions/end/")
    assert (is_in(client), is_in(second), is_in(foreign)) == (True, False, True)


@pytest.mark.parametrize("path", ["signup", "password/reset", "password/set"])
def test_nobody_signs_up_or_resets_by_themselves(client: Client, path: str) -> None:
    make_admin()
    assert client.get(f"/account/{path}/").status_code == 200
    assert client.post(f"/account/{path}/", {"email": "me@example.com"}).status_code == 405
    assert client.get("/account/email/").status_code == 404


@pytest.mark.parametrize(
    ("own", "cookie", "browser", "expected"),
    [
        ("", None, "en-GB,en;q=0.9", "en"),
        ("", None, "fa-IR,fa;q=0.9,en;q=0.5", "fa"),
        ("", None, "de", "fa"),
        ("", "fa", "en", "fa"),
        ("en", "fa", "fa", "en"),
    ],
)
def test_language_is_ones_own_then_the_cookies_then_the_browsers(
    client: Client, own: str, cookie: str | None, browser: str, expected: str
) -> None:
    user = make_admin(language=own)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = browser
    if cookie:
        client.cookies["peyvand_language"] = cookie
    if own:
        sign_in(client, user)
    page = client.get("/settings/" if own else "/account/login/").content.decode()
    assert f'lang="{expected}"' in page
    assert f'dir="{"rtl" if expected == "fa" else "ltr"}"' in page


def test_the_language_switch_keeps_the_choice_and_stays_at_home(client: Client) -> None:
    user = make_admin(language="fa")
    sign_in(client, user)
    response = client.post("/language/", {"language": "en", "next": "/settings/profile/"})
    assert response["Location"] == "/settings/profile/"
    assert response.cookies["peyvand_language"].value == "en"
    user.refresh_from_db()
    assert user.language == "en"
    for evil in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        assert client.post("/language/", {"language": "fa", "next": evil})["Location"] == "/"
    assert client.get("/language/").status_code == 405
    client.post("/preferences/", {"language": "xx", "theme": "dark"})
    user.refresh_from_db()
    assert (user.language, user.theme) == ("fa", "dark")


def test_a_person_of_the_sample_business_looks_at_it_and_others_at_their_own(client: Client) -> None:
    other = Client()
    for one, person in ((client, make_admin(demo=True)), (other, make_admin())):
        sign_in(one, person)
        assert is_in(one)
    if not registry.all(FirstLook):
        assert (client.session["demo"], other.session["demo"]) == (True, False)
    with_look = Client()
    registry.add(FirstLook("test", lambda: True))
    try:
        sign_in(with_look, make_admin())
        assert is_in(with_look)
        assert with_look.session["demo"] is True
    finally:
        registry._by_kind[FirstLook].pop("test")
