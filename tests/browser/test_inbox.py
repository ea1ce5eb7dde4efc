"""The inbox by keyboard: through the list, into the composer, a note, closing and taking it back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def test_by_keyboard_from_the_list_to_a_note_and_a_closed_conversation(visitor: Visitor) -> None:
    visitor.speak("en")
    page = visitor.open("/inbox/?view=unassigned")
    rows = page.locator("#cv-rows .pv-conv")
    whose = rows.nth(1).locator(".nm").inner_text()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(rows.nth(1)).to_be_focused()
    _press_and_arrive(page, "Enter")
    expect(page.locator(".cv-name")).to_contain_text(whose)
    page.keyboard.press("n")
    page.keyboard.type("She called twice")
    _press_and_arrive(page, "Control+Enter")
    expect(page.locator(".pv-msg.note").last).to_contain_text("She called twice")
    _press_and_arrive(page, "e")
    closed = page.locator("header .pv-tag", has_text="Closed")
    expect(closed).to_be_visible()
    _press_and_arrive(page, "Control+z")
    expect(closed).to_have_count(0)
    page = visitor.open(page.url.removeprefix(visitor.site.url))
    expect(closed).to_have_count(0)


def _press_and_arrive(page: Page, key: str) -> None:
    """Press a key that leads to a new page, and wait until that one hears keys."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_what_another_says_appears_by_itself(visitor: Visitor) -> None:
    """Two people look at one conversation: what one notes, the other sees without loading the page anew."""
    visitor.speak("en")
    page = visitor.open("/inbox/?view=all")
    page.locator("#cv-rows .pv-conv").first.click()
    page.wait_for_load_state("networkidle")
    other = visitor.context.new_page()
    other.goto(page.url)
    other.locator("label.note").click()
    other.locator("[data-text]").fill("I am on it")
    other.locator("[data-send]").click()
    expect(other.locator(".pv-msg.note").last).to_contain_text("I am on it")
    expect(page.locator(".pv-msg.note").last).to_contain_text("I am on it", timeout=25_000)
