"""The palette and the keys of every page, on the real page: what is typed is found, and what is found is opened."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.looking import violations

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
LANGUAGES = pytest.mark.parametrize("language", ["fa", "en"])
SOMEBODY = (
    "SELECT max(id), name FROM customers_customer WHERE demo AND kind = 'person'"
    " GROUP BY name HAVING count(*) = 1 ORDER BY length(name) DESC, name LIMIT 1"
)
WORDS = {"fa": ("وب‌هوک‌ها", "کسی به این نام نیست"), "en": ("Webhooks", "nobody is called so")}


@LANGUAGES
def test_the_palette_opens_whom_one_types(visitor: Visitor, language: str) -> None:
    visitor.speak(language)
    page = visitor.open("/")
    ((pk, name),) = visitor.site.rows(SOMEBODY)
    page.keyboard.press("Control+k")
    asked = page.locator("#pv-palette input")
    expect(asked).to_be_focused()
    options = page.locator("#pv-found [role=option]")
    expect(options.nth(8)).to_be_attached()  # nothing typed: everything that can be done or opened
    assert violations(page) == []
    asked.fill(str(name))
    first = options.first
    expect(first).to_have_attribute("data-href", f"/customers/{pk}/")
    expect(first).to_have_attribute("aria-selected", "true")
    expect(asked).to_have_attribute("aria-activedescendant", str(first.get_attribute("id")))
    assert violations(page) == []
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/customers/{pk}/")
    assert visitor.errors == []


@LANGUAGES
def test_a_click_opens_a_page_of_the_settings_and_commands_leave_people_out(visitor: Visitor, language: str) -> None:
    visitor.speak(language)
    page = visitor.open("/")
    settings, nobody = WORDS[language]
    ((_pk, name),) = visitor.site.rows(SOMEBODY)
    page.click(".pv-nav [data-palette]")
    asked = page.locator("#pv-palette input")
    status = page.locator("[data-palette-status]")
    none_found = str(page.evaluate("peyvand.words.none"))
    for text in (f"> {name}", nobody):
        asked.fill(text)
        expect(status).to_have_text(none_found)
        expect(page.locator("#pv-found .none")).to_be_visible()
        asked.fill("")
        expect(status).not_to_have_text(none_found)
    asked.fill(f"> {settings}")
    option = page.locator("#pv-found [role=option][data-href='/webhooks/']")
    expect(option).to_be_visible()
    option.click()
    page.wait_for_url("**/webhooks/")
    assert visitor.errors == []


@LANGUAGES
def test_on_a_phone_the_palette_reaches_every_place(visitor: Visitor, language: str) -> None:
    visitor.speak(language)
    visitor.page.set_viewport_size({"width": 360, "height": 740})
    page = visitor.open("/")
    places = {str(link.get_attribute("href")) for link in page.locator(".pv-nav > a[title]").all()}
    page.click(".pv-tabbar [data-palette]")
    expect(page.locator("#pv-found [role=option]").first).to_be_visible()
    found = {str(one.get_attribute("data-href")) for one in page.locator("#pv-found [role=option]").all()}
    assert places - {"/"} <= found
    assert violations(page) == []


@LANGUAGES
def test_g_and_a_letter_go_there_by_the_keys_place(visitor: Visitor, language: str) -> None:
    visitor.speak(language)
    page = visitor.open("/")
    for letter, path in (("c", "/customers/"), ("o", "/orders/"), ("a", "/insight/"), ("h", "/")):
        page.locator("body").press("g")
        page.keyboard.press(letter)
        page.wait_for_url(f"{visitor.site.url}{path}")
    page.evaluate(  # the same keys as a Persian layout sends them
        "[['KeyG', 'ل'], ['KeyC', 'ز']].forEach(([code, key]) =>"
        " document.body.dispatchEvent(new KeyboardEvent('keydown', {code, key, bubbles: true})))"
    )
    page.wait_for_url("**/customers/")
    page.locator("body").press("?")
    keys = page.locator("#pv-keys")
    expect(keys).to_be_visible()
    shown = [line.split("\n") for line in keys.locator("dl > div").all_inner_texts() if "\nG" in line]
    assert {line[-1] for line in shown} >= {"H", "C", "O", "A"}, shown
    assert violations(page) == []
