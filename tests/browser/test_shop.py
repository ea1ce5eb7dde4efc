"""The main job of the site: one line on a shop's pages. A visitor reads, asks in the chat and is answered from the
inbox within a breath; later they write on Bale and fill in a form; it is one person with one past, whom the shop calls
by name the next time, as they allowed.

Real sockets, a Bale that speaks its documented form, a shop in Persian and one in English: all on loopback.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from peyvand.channels.messengers.tests.fakes.server import Messenger
from peyvand.channels.messengers.tests.fakes.speaking import botlike
from tests.browser.conftest import Site, Visitor, a_visitor, served, sign_in
from tests.browser.looking import faults
from tests.browser.outside import until
from tests.browser.shops import WORDS, Shop, open_shop

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser"),
]  # fmt: skip
PICTURES = os.environ.get("PEYVAND_TEST_PICTURES")  # a folder for pictures of the pages passed
BREATH = 2_000  # milliseconds: a person notices nothing of it; the figures are `peyvand bench site`'s
READS = 4_000  # milliseconds; who needs less for a form is taken for a machine
PERSON = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"
SAID = {
    "fa": ("سلام، چای بهاره دارید؟", "بله، امروز رسید.", "ممنون، از بله می‌نویسم", "نازنین رستمی", "نازنین"),
    "en": ("Hello, is the spring tea in?", "Yes, it came today.", "Thanks, now from Bale", "Hannah Moore", "Hannah"),
}
PEOPLE = {"fa": 7_001, "en": 7_002}


@pytest.fixture
def bale() -> Iterator[Messenger]:
    """A Bale that remembers what it was given."""
    made = Messenger(speak=botlike, sends=lambda call: call.path.endswith("/sendMessage"), secret="7:the-secret-key")
    made.start()
    yield made
    made.stop()


@pytest.fixture
def house(browser: Browser) -> Iterator[Visitor]:
    """An installation with an administrator at a desk, and nothing in it."""
    with served(PEYVAND_OWN_HOSTS="127.0.0.1") as (url, data):
        site = Site(url=url, data=data, email="sara@house.ir", password="five calm herons")
        who = ("user", "create-admin", site.email, "--name", "سارا امینی", "--password-stdin")
        site.command(*who, typed=f"{site.password}\n")
        with a_visitor(site, browser, locale="en-GB") as one:
            sign_in(one.page, site)
            one.speak("en")
            yield one


# ── what staff set up ─────────────────────────────────────────────────────


def fill(page: Page, **values: str) -> None:
    """Fill in fields by their names."""
    for name, value in values.items():
        field = page.locator(f".pv-body [name={name}]").first
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") in ("radio", "checkbox"):
            page.locator(f".pv-body [name={name}]{f'[value={value}]' if value else ''}").check()
        else:
            field.fill(value)


def save(page: Page) -> None:
    """Press the form's own button, and let the next page come."""
    with page.expect_navigation():
        page.click(".pv-save .btn-primary")


def set_up_site(house: Visitor, shop: Shop) -> str:
    """The shop's site on its page, with a chat; gives its path. The shop's pages carry the line from then on."""
    page = house.open("/sites/new/")
    fill(page, name=f"shop {shop.language}", hosts=shop.host, language=shop.language)
    save(page)
    path = house.path
    shop.line = page.locator(".or-hook").first.inner_text()
    assert re.fullmatch(r'<script src="http://127\.0\.0\.1:\d+/s/s[0-9a-f]{12}\.js" async></script>', shop.line)
    number = path.strip("/").rpartition("/")[2]
    page = house.open(f"/webchat/sites/{number}/")
    fill(page, active="", remembers="")
    page.locator(".pv-body [name=by_hours]").uncheck()
    save(page)
    return path


def set_up_bale(house: Visitor, bale: Messenger) -> str:
    """A bot on its page, tried; gives its path."""
    page = house.open("/messengers/new/?messenger=bale")
    fill(page, name="بازوی خانه", secret_token=bale.secret, base_url=bale.url)
    save(page)
    path = house.path
    with page.expect_navigation():
        page.click("form[action$='/test/'] button")
    expect(page.locator("body")).to_contain_text("shop_bot")
    return path


def set_up_form(house: Visitor) -> str:
    """A form to write to us by, opened; gives the line for a page of the shop."""
    page = house.open("/forms/new/")
    with page.expect_navigation():
        page.click("button[name=from][value=contact]")
    page = house.open(re.sub(r"build/$", "", house.path))
    with page.expect_navigation():
        page.click("form[action$='/switch/'] button[value='1']")
    return page.locator("#fs-line").input_value()


# ── what visitors do ──────────────────────────────────────────────────────


def chat(page: Page) -> Any:
    """The chat on the shop's page."""
    return page.locator("#peyvand-chat")


def they_ask(page: Page, shop: Shop, text: str, name: str) -> None:
    """Look at a tea, search, and ask in the chat; who is asked for a name gives it and may be called by it."""
    page.goto(f"{shop.url}/")
    expect(page.locator("[data-peyvand-show=unknown]")).to_be_visible()
    page.get_by_role("link", name=WORDS[shop.language].teas[0]).click()
    page.fill("[name=q]", WORDS[shop.language].teas[1])
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?**")
    chat(page).locator(".launch").click()
    chat(page).locator("textarea").fill(text)
    chat(page).locator("textarea").press("Enter")
    chat(page).locator("input[name=name]").fill(name)
    chat(page).locator("input[name=remember]").check()
    chat(page).locator("form .go").click()
    expect(chat(page).locator(".m:not(.out) .bb", has_text=text)).to_be_visible()


def updates(bale: Messenger, number: int, *messages: dict[str, Any]) -> None:
    """What somebody writes to the bot."""
    for one in messages:
        place = len(bale.calls) + 1_000 * (number % 10) + len(bale.queue) + 1
        person = {"id": number, "is_bot": False, "first_name": one.pop("name", "x"), "language_code": "fa"}
        message = {"message_id": place, "date": int(time.time()), "chat": {"id": number, "type": "private"},
                   "from": person, **one}  # fmt: skip
        bale.queue.append({"update_id": place, "message": message})
        until(lambda: not bale.queue, "the bot does not ask", seconds=60)


# ── the job ───────────────────────────────────────────────────────────────


def they_are_answered(house: Visitor, visitor: Page, language: str) -> str:
    """From an inbox that was open all the time; gives the conversation's path."""
    asked, answer, _later, _name, _first = SAID[language]
    page = house.page
    row = page.locator("#cv-rows .pv-conv", has_text=asked)
    expect(row).to_be_visible(timeout=BREATH)
    with page.expect_navigation():
        row.click()
    path = house.path.partition("?")[0]
    page.locator("[data-text]").fill(answer)
    with page.expect_navigation():
        page.click("[data-send]")
    expect(chat(visitor).locator(".m.out .bb", has_text=answer)).to_be_visible(timeout=BREATH)
    return path


def they_go_on_in_bale(visitor: Page, bale: Messenger, language: str) -> None:
    """With the code that the chat gives them."""
    box = chat(visitor)
    box.locator("header .ib").first.click()
    box.locator(".menu button.item").nth(1).click()
    code = box.locator(".code output").inner_text()
    later, name = SAID[language][2:4]
    updates(bale, PEOPLE[language], {"text": f"/start {code}", "name": name}, {"text": later, "name": name})


def they_fill_in(visitor: Page, shop: Shop, language: str) -> None:
    """The form in a page of the shop."""
    visitor.goto(f"{shop.url}/contact")
    form = visitor.frame_locator("iframe")
    form.locator("input[autocomplete=name]").fill(SAID[language][3])
    form.locator("input[type=email]").fill(f"{language}@home.ir")
    form.locator("textarea").fill(SAID[language][0])
    visitor.wait_for_timeout(READS)
    form.locator("[data-send]").click()
    expect(form.locator(".fm-thanks, [role=status]").first).to_be_visible()


def one_past(house: Visitor, language: str) -> str:
    """Everything they did stands on one customer's page; gives its path."""
    asked, answer, later, name, _first = SAID[language]
    rows = house.site.rows("SELECT id, name FROM customers_customer WHERE NOT demo")
    assert [row[1] for row in rows] == [name]
    path = f"/customers/{rows[0][0]}/"
    page = house.open(path)
    for said in (asked, answer, later):
        expect(page.locator("main")).to_contain_text(said)
    kinds = house.site.rows(f"SELECT DISTINCT kind FROM interactions_interaction WHERE customer_id = {rows[0][0]}")
    assert {"web.visit", "conversations.in", "forms.submitted"} <= {str(kind) for (kind,) in kinds}
    assert house.site.rows("SELECT count(*) FROM interactions_interaction WHERE customer_id IS NULL") == [(0,)]
    return path


@pytest.mark.parametrize("language", ["fa", "en"])
def test_one_line_on_a_shops_pages(house: Visitor, browser: Browser, bale: Messenger, language: str) -> None:
    site = house.site
    with open_shop(language) as shop:
        set_up_site(house, shop)
        set_up_bale(house, bale)
        shop.form = set_up_form(house)
        house.open("/inbox/?view=all")
        with a_visitor(site, browser, locale="fa-IR" if language == "fa" else "en-GB", user_agent=PERSON) as somebody:
            they_ask(somebody.page, shop, SAID[language][0], SAID[language][3])
            talk = they_are_answered(house, somebody.page, language)
            they_go_on_in_bale(somebody.page, bale, language)
            site.until("SELECT count(*) FROM customers_customer WHERE NOT demo", 1)
            they_fill_in(somebody.page, shop, language)
            site.until(
                "SELECT count(*) > 0 FROM interactions_interaction WHERE kind = 'forms.submitted'", True, seconds=60
            )
            visits = "SELECT count(*) > 0 FROM interactions_interaction WHERE kind = 'web.visit'"
            site.until(visits, True, seconds=120)
            site.until("SELECT count(*) FROM interactions_interaction WHERE customer_id IS NULL", 0, seconds=60)
            path = one_past(house, language)
            somebody.page.goto(f"{shop.url}/")
            expect(somebody.page.locator("[data-peyvand-show=known]")).to_contain_text(SAID[language][4])
            assert not somebody.errors, somebody.errors
        wrong = look(house, {"chat": talk, "customer-of-shop": path, "web": "/web/"})
        assert not wrong, "\n".join(wrong)


def look(house: Visitor, pages: dict[str, str]) -> list[str]:
    """See these pages in both languages; gives what is wrong with them."""
    wrong: list[str] = []
    for language in ("fa", "en"):
        house.speak(language)
        for name, path in pages.items():
            page = house.open(path)
            wrong += [f"{path} ({language}): {one}" for one in faults(page, language=language, said=house.errors)]
            if PICTURES:
                page.screenshot(path=Path(PICTURES) / f"{name}-{language}.png")
    return wrong
