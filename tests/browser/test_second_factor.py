"""A colleague comes in by invitation, sets up a second factor, and signs in with it; every page on the way is whole."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Site, Visitor, a_visitor
from tests.browser.looking import faults
from tests.chromium import rest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
PERIOD = 30  # seconds that a code of an authenticator app is shown
SUBMIT = "main button[type=submit]"


class App:
    """An authenticator app on a phone; it never shows a code that was used already."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.used = 0

    def code(self) -> str:
        """The code of now, or the next one once this has been used; waits rather than give one that ends at once."""
        while (now := int(time.time()) // PERIOD) <= self.used or time.time() % PERIOD > PERIOD - 5:
            time.sleep(0.5)
        self.used = now
        return format_hotp_value(hotp_value(self.secret, now))


def invited(admin: Visitor, email: str) -> str:
    """The path of the link that an administrator gets for a colleague who may only read."""
    ((role,),) = admin.site.rows("SELECT id FROM accounts_role WHERE key = 'viewer'")
    page = admin.open("/settings/people/invite/")
    page.fill("input[name=email]", email)
    page.select_option("select[name=role]", str(role))
    page.click(f".ac-form {SUBMIT.removeprefix('main ')}")
    link = page.locator("input#once").input_value()
    assert link.startswith(admin.site.url), link
    return link.removeprefix(admin.site.url)


def look(who: Visitor, language: str, where: str) -> list[str]:
    """What is wrong with the page as it stands, at a desk and on a phone."""
    found = []
    for width in (1440, 360):
        who.page.set_viewport_size({"width": width, "height": 800})
        rest(who.page)
        found += [f"{where} at {width}: {fault}" for fault in faults(who.page, language=language, said=who.errors)]
    who.page.set_viewport_size({"width": 1440, "height": 900})
    return found


def give(page: Page, code: str) -> None:
    page.fill("input[name=code]", code)
    page.locator("form", has=page.locator("input[name=code]")).locator("button[type=submit]").click()


@pytest.mark.parametrize("language", ["fa", "en"])
def test_from_an_invitation_to_signing_in_with_a_code(
    visitor: Visitor, site: Site, browser: Browser, language: str
) -> None:
    email, password = f"reader-{language}@example.com", "nine slow tortoises"
    link = invited(visitor, email)
    found: list[str] = []
    own = replace(site, email=email, password=password)
    with a_visitor(own, browser, locale={"fa": "fa-IR", "en": "en-GB"}[language]) as colleague:
        page = colleague.open(link)
        page.fill("input[name=name]", "نیلوفر ABC")
        page.fill("input[name=password]", password)
        page.click(SUBMIT)
        page.wait_for_selector(".pv-app")
        colleague.open("/settings/roles/", 403)
        found += look(colleague, language, "what one may not open")

        page = colleague.open("/account/2fa/totp/activate/")
        found += look(colleague, language, "setting up")
        app = App(page.locator(".ac-secret code").inner_text())
        give(page, "000000" if app.code() != "000000" else "111111")
        expect(page.locator(".invalid-feedback, .errorlist, [role=alert]").first).to_be_visible()
        found += look(colleague, language, "a wrong code")
        app = App(page.locator(".ac-secret code").inner_text())
        give(page, app.code())
        page.wait_for_url(lambda url: "/activate/" not in url)
        for path in ("/account/2fa/", "/account/2fa/recovery-codes/", "/account/2fa/recovery-codes/generate/",
                     "/account/2fa/totp/deactivate/", "/account/2fa/reauthenticate/"):  # fmt: skip
            colleague.open(path)
            found += look(colleague, language, path)

        colleague.open("/account/logout/").click(SUBMIT)
        page.wait_for_url("**/account/login/**")
        page.fill("input[name=login]", email)
        page.fill("input[name=password]", password)
        page.click(SUBMIT)
        page.wait_for_url("**/2fa/authenticate/**")
        found += look(colleague, language, "asked for a code")
        page.goto(f"{site.url}/customers/")
        assert "/account/" in page.url, "the password alone opens nothing"
        page.goto(f"{site.url}/account/2fa/authenticate/")
        give(page, app.code())
        page.wait_for_selector(".pv-app")
    assert not found, "\n".join(found)
