"""Funnel, paths and acquisition of the sample, in both languages: from a number to its people, and to a touchpoint."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
WAYS = "/insight/reports/ways/"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("fa", ("تا کجا پیش می‌آیند؟", "کدام نقطه تماس سفارش‌ها را آورد؟", "کدام منبع به هزینه‌اش می‌ارزد؟", "تماس ورودی")),
        ("en", ("How far do they come?", "Which touchpoint earned the orders?", "Which source is worth its cost?",
                "Incoming call")),
    ],
    ids=["fa", "en"],
)  # fmt: skip
def test_from_a_number_to_its_people(visitor: Visitor, language: str, words: tuple[str, str, str, str]) -> None:
    visitor.site.settle()
    visitor.speak(language)
    page = visitor.open(f"{WAYS}?period=all")
    expect(page.locator("#fig-funnel")).to_have_text(words[0])
    bought = page.locator("a[href*='stage=customer']:not([href*='side='])").last
    number = bought.inner_text()
    bought.click()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".pv-top .mut").first).to_have_text(number)
    assert page.locator("tr[data-row]").count() > 10
    assert faults(page, language=language, said=visitor.errors) == []

    page = visitor.open(f"{WAYS}paths/")
    expect(page.locator("#fig-credit")).to_have_text(words[1])
    page.locator("th a.lnk", has_text=words[3]).first.click()
    page.wait_for_load_state("networkidle")
    expect(page.locator("h1")).to_have_text(words[3])
    assert faults(page, language=language, said=visitor.errors) == []
    page.locator("a[href*='touch=']").first.click()
    page.wait_for_load_state("networkidle")
    assert page.locator("tr[data-row]").count() > 10

    page = visitor.open(f"{WAYS}acquisition/?period=all")
    expect(page.locator("h2", has_text=words[2])).to_be_visible()
    page.locator("a[href*='side=won'][href*='source=instagram']").first.click()
    page.wait_for_load_state("networkidle")
    assert page.locator("tr[data-row]").count() > 10
