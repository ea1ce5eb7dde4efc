"""The main job, as a newcomer does it: sign in, bring in a file, see who the customers are, what each is worth, who is
slipping away; all of it in Persian and in English.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Site, Visitor, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
WORDS = {
    "fa": {"slipping": "رو به سردی", "rhythm": "آهنگ خرید", "direction": "rtl"},
    "en": {"slipping": "slipping away", "rhythm": "Rhythm", "direction": "ltr"},
}
TEA, HEADERS = "چای لاهیجان", ["شماره فاکتور", "کد کالا", "شرح", "تعداد", "تاریخ", "قیمت واحد", "کد مشتری"]


def own_file(folder: Path) -> Path:
    """Orders of eight customers in Persian headers: one of them silent far beyond their own rhythm."""
    path = folder / "سفارش‌ها.csv"
    last = date(2026, 11, 20)
    rows = []
    number = 1000
    for customer in range(1, 9):
        silent = 90 if customer == 1 else 3
        for turn in range(6):
            day = last - timedelta(days=silent + 15 * turn)
            number += 1
            rows.append([number, f"T{customer}", TEA, 2, f"{day} 10:00", 450000 + 1000 * customer, f"P-{customer}"])
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows([HEADERS, *rows])
    return path


@pytest.mark.parametrize(("locale", "direction"), [("fa-IR", "rtl"), ("en-GB", "ltr")])
def test_the_sign_in_page_speaks_the_strangers_language(
    site: Site, browser: Browser, locale: str, direction: str
) -> None:
    context = browser.new_context(locale=locale)
    page = context.new_page()
    page.goto(site.url)
    assert page.evaluate("document.documentElement.dir") == direction
    sign_in(page, site)
    context.close()


def test_a_wrong_password_is_told_kindly(site: Site, browser: Browser) -> None:
    context = browser.new_context(locale="fa-IR")
    page = context.new_page()
    page.goto(site.url)
    page.fill("input[name=login]", site.email)
    page.fill("input[name=password]", "something else entirely")
    page.click("main button[type=submit], .pv-bare button[type=submit]")
    expect(page.locator("[role=alert], .invalid-feedback, .errorlist").first).to_be_visible()
    context.close()


@pytest.mark.parametrize("language", ["fa", "en"])
def test_from_a_file_to_who_is_slipping_away_and_back(visitor: Visitor, tmp_path: Path, language: str) -> None:
    said = WORDS[language]
    visitor.speak(language)
    page = visitor.open("/import/")
    page.set_input_files("input[type=file]", own_file(tmp_path))
    if visitor.path == "/import/":  # choosing a file may already have sent it
        page.locator("form:has(input[type=file]) button[type=submit]").first.click()
    page.wait_for_url("**/columns/")
    page.locator("select[name=currency]").evaluate(
        "select => { select.value = 'IRR'; select.dispatchEvent(new Event('change', {bubbles: true})) }"
    )
    page.locator(".pv-foot .btn-primary").click()
    page.wait_for_url("**/check/")
    page.locator("form[action$='/run/'] button").click(timeout=60_000)
    page.wait_for_selector("form[action$='/undo/']", timeout=90_000)
    lines = visitor.site.rows(
        "SELECT count(*) FROM commerce_orderline l JOIN commerce_order o ON o.id = l.order_id WHERE NOT o.demo"
    )
    assert lines == [(48,)]

    visitor.site.until("SELECT count(*) FROM value_snapshot WHERE NOT demo AND newest", 1)
    visitor.post("/business/own/")
    page = visitor.open("/insight/")
    expect(page.locator("body")).to_contain_text(said["slipping"])
    assert page.evaluate("document.documentElement.dir") == said["direction"]
    page = visitor.open("/insight/people/?slipping=1")
    assert page.locator("tbody tr").count() == 1
    page.locator("tbody a").first.click()
    page.wait_for_selector(".c-worth")
    expect(page.locator(".c-worth")).to_contain_text(said["rhythm"])
    page.keyboard.press("Control+k")
    page.locator("#pv-palette input").fill("P-8")
    expect(page.locator("#pv-found [role=option]").first).to_contain_text("P-8")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/*/")
    expect(page.locator("h1")).to_contain_text("P-8")

    other = {"fa": "en", "en": "fa"}[language]
    page.locator(f".pv-nav [data-language] button[value={other}]").click()
    page.wait_for_selector(f"html[lang={other}]")
    page = visitor.open("/insight/")
    expect(page.locator("body")).to_contain_text(WORDS[other]["slipping"])
    assert page.evaluate("document.documentElement.dir") == WORDS[other]["direction"]

    page = visitor.open("/import/")
    page.locator("form[action$='/undo/'] button").first.click()
    visitor.site.until("SELECT count(*) FROM commerce_order WHERE NOT demo", 0)
    visitor.site.until("SELECT count(*) FROM customers_customer WHERE NOT demo", 0)
    visitor.site.until("SELECT count(*) FROM value_snapshot WHERE NOT demo", 0)
    visitor.post("/business/demo/")
