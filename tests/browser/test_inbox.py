"""The inbox by keyboard: through the list, into the composer, a note, closing and taking it back."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

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
    page.keyboard.press("Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".cv-name")).to_contain_text(whose)
    page.wait_for_load_state()  # of the new page: keys are heard once its scripts have run
    page.keyboard.press("n")
    page.keyboard.type("She called twice")
    page.keyboard.press("Control+Enter")
    page.wait_for_load_state("networkidle")
    expect(page.locator(".pv-msg.note").last).to_contain_text("She called twice")
    page.wait_for_load_state()
    page.keyboard.press("e")
    page.wait_for_load_state("networkidle")
    expect(page.locator("header .pv-tag", has_text="Closed")).to_be_visible()
    page.wait_for_load_state()
    page.keyboard.press("Control+z")
    page.wait_for_load_state("networkidle")
    page = visitor.open(page.url.removeprefix(visitor.site.url))
    expect(page.locator("header .pv-tag", has_text="Closed")).to_have_count(0)


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
