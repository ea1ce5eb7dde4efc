"""Lists by keyboard alone, by the place of the keys, whatever layout: rows, cells, selection, filters, search."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]


def press(page: Page, *keys: str) -> None:
    """One key after the other, as a hand does."""
    for key in keys:
        page.keyboard.press(key)


def focused(page: Page, script: str) -> object:
    """What a script says of the element that has the keyboard."""
    return page.evaluate(f"(one => {script})(document.activeElement)")


@pytest.mark.parametrize("language", ["fa", "en"])
def test_rows_are_walked_selected_and_opened(visitor: Visitor, language: str) -> None:
    visitor.speak(language)
    page = visitor.open("/customers/")
    rows = page.locator("[data-list] tbody tr")
    press(page, "KeyJ", "KeyJ", "KeyJ", "KeyK")
    expect(rows.nth(1)).to_have_class("cur")
    press(page, "KeyX", "ArrowDown", "ArrowDown", "Shift+KeyX")
    expect(page.locator("[data-check]:checked")).to_have_count(3)
    expect(page.locator("[data-bulk]")).to_be_visible()
    press(page, "Escape")
    expect(page.locator("[data-check]:checked")).to_have_count(0)
    url = rows.nth(3).locator("[data-open]").get_attribute("href") or ""
    press(page, "Enter")
    page.wait_for_url(f"**{url}")
    assert visitor.errors == []


def test_e_edits_the_cell_where_it_stands_and_control_z_takes_it_back(visitor: Visitor) -> None:
    visitor.speak("fa")
    page = visitor.open("/customers/?view=organisations&columns=country,city,stage")
    row = page.locator("[data-list] tbody tr").nth(1)
    city = row.locator("td").nth(3)
    before = city.inner_text().strip()
    press(page, "KeyJ", "KeyJ", "KeyE")
    expect(row.locator("td").nth(2).locator("input[name=value]")).to_be_focused()
    press(page, "Escape")
    expect(row.locator("[data-cell-form]")).to_have_count(0)
    expect(row.locator("td").nth(2).locator(".cu-pen")).to_be_focused()
    press(page, "ArrowLeft")  # forward, in a page from right to left
    expect(city.locator(".cu-pen")).to_be_focused()
    press(page, "KeyE")
    expect(city.locator("input[name=value]")).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("شهر آزمایشی")
    press(page, "Enter")
    expect(city).to_contain_text("شهر آزمایشی")
    expect(city.locator(".cu-pen")).to_be_focused()
    with page.expect_navigation():
        press(page, "Control+KeyZ")
    expect(page.locator("[data-list] tbody tr").nth(1).locator("td").nth(3)).to_contain_text(before)
    assert visitor.errors == []


def test_f_adds_a_filter_without_a_mouse(visitor: Visitor) -> None:
    visitor.speak("en")
    page = visitor.open("/customers/")
    press(page, "KeyF")
    first = page.locator("[data-filters] summary").first
    expect(first).to_be_focused()
    for _turn in range(4):
        press(page, "ArrowDown")
    expect(page.locator("[data-filters] summary", has_text="City")).to_be_focused()
    press(page, "Enter")
    expect(page.locator(".cu-fold[open] select[name=op]")).to_be_focused()
    press(page, "Tab")
    page.keyboard.type("تهران")
    with page.expect_navigation():
        press(page, "Enter")
    expect(page.locator(".pv-chip.on")).to_contain_text("تهران")
    assert "f.city=is" in page.url
    press(page, "KeyF", "Escape")
    assert focused(page, "one.matches('summary[data-key=F]')")
    assert visitor.errors == []


LISTS = ["/customers/lists/", "/orders/", "/products/", "/interactions/", "/knowledge/"]


@pytest.mark.parametrize("path", ["/customers/", *LISTS])
def test_slash_goes_to_the_search_and_letters_there_are_letters(visitor: Visitor, path: str) -> None:
    visitor.speak("fa")
    page = visitor.open(path)
    press(page, "Slash")
    assert focused(page, "one.type") == "search"
    page.keyboard.type("jx/?")
    assert focused(page, "one.value") == "jx/?"
    expect(page.locator(".cur")).to_have_count(0)


@pytest.mark.parametrize("path", LISTS)
def test_every_list_and_the_feed_are_walked_and_opened(visitor: Visitor, path: str) -> None:
    visitor.speak("fa")
    page = visitor.open(path)
    rows = page.locator("[data-list] tbody tr, [role=feed] article.pv-ev")
    press(page, "KeyJ", "KeyJ")
    assert "cur" in (rows.nth(1).get_attribute("class") or "")
    press(page, "KeyK")
    assert "cur" in (rows.nth(0).get_attribute("class") or "")
    link = rows.nth(0).locator("[data-open], a[href]").first.get_attribute("href") or ""
    assert focused(page, "one.getAttribute('href')") == link
    with page.expect_navigation():
        press(page, "Enter")
    assert visitor.errors == []


def test_e_opens_the_form_of_a_row_that_has_no_cells_to_edit(visitor: Visitor) -> None:
    visitor.speak("fa")
    for path, where in (
        ("/customers/lists/", "/customers/lists/*/edit/"),
        ("/products/", "/products/*/"),
        ("/knowledge/", "/knowledge/*/edit/"),
    ):
        page = visitor.open(path)
        press(page, "KeyJ")
        with page.expect_navigation(url=f"**{where}"):
            press(page, "KeyE")


def test_a_long_lists_number_is_counted_when_it_is_pressed(visitor: Visitor) -> None:
    """The sample is short, so the piece is asked for as the button asks for it."""
    page = visitor.open("/customers/?view=people")
    piece = page.evaluate("fetch('/customers/?view=people&count=exact').then(answer => answer.text())")
    (total,) = visitor.site.rows("SELECT count(*) FROM customers_customer WHERE demo AND kind = 'person'")[0]
    visitor.speak("en")
    piece = page.evaluate("fetch('/customers/?view=people&count=exact').then(answer => answer.text())")
    assert f">{total}<" in piece
