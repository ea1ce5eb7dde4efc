"""Audiences as a manager makes them: said in one's own words, checked, watched, explained, kept live, compared."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visitor
from tests.browser.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
WORDS = {
    "fa": "ارزششان بیش از یک‌پنجم بالاست، در ۹۰ روز گذشته دست‌کم دو بار چای خریده‌اند و از نوروز نه،"
    " و با پیامک می‌شود رسید",
    "en": "worth more than the upper fifth who bought tea at least twice in ninety days and not since Nowruz,"
    " reachable by SMS",
}
KEPT = re.compile(r"/audiences/(\d+)/$")
ZERO = re.compile(r"^\s*[0۰]\s*$")
TEA = """
  SELECT o.id FROM commerce_order o JOIN commerce_orderline l ON l.order_id = o.id
    JOIN commerce_product p ON p.id = l.product_id
   WHERE o.customer_id = m.customer_id AND o.kind = 'sale' AND o.status <> 'cancelled'
     AND o.placed_at >= now() - interval '89 days' AND p.category_id::text IN (
       SELECT jsonb_array_elements_text(a.tree #> '{{all,1,of,0,values}}') FROM audiences_audience a WHERE a.id = {id})
"""
# The member with the fewest such orders, and these; who never brought anything back, as such orders can be cancelled.
FEWEST = f"""
SELECT m.customer_id, (SELECT array_agg(DISTINCT id) FROM ({TEA}) AS tea)
  FROM customers_inaudience m WHERE m.audience = {{id}}
   AND NOT EXISTS (SELECT FROM commerce_order r WHERE r.customer_id = m.customer_id AND r.kind = 'return')
 ORDER BY (SELECT count(DISTINCT id) FROM ({TEA}) AS tea), 1 LIMIT 1
"""


def size_of(page: Page) -> str:
    """The number of the end column, once it stands still."""
    expect(page.locator("[data-side]")).not_to_have_attribute("aria-busy", "true")
    return page.locator("[data-size]").inner_text()


@pytest.mark.parametrize("language", ["fa", "en"])
def test_from_words_to_a_live_audience_and_back(visitor: Visitor, language: str) -> None:
    site = visitor.site
    site.settle()
    visitor.speak(language)
    page = visitor.open("/audiences/new/")
    page.fill("[data-name]", f"Tea again {language}")
    page.fill("[data-words] input", WORDS[language])
    page.keyboard.press("Enter")
    expect(page.locator("[data-row]")).to_have_count(4)
    expect(page.locator("[data-heard] .bad")).to_have_count(0)
    expect(page.locator("[data-sentence] b").first).to_be_visible()
    # Twice in ninety days and not since Nowruz: in autumn nobody can be both, and the numbers say at which condition.
    expect(page.locator("[data-size]")).to_have_text(ZERO)
    expect(page.locator("[data-hit='2']")).to_have_text(ZERO)
    expect(page.locator("[data-hit='1']")).not_to_have_text(ZERO)
    page.locator("[data-row='2'] [data-menu] summary").click()
    page.locator("[data-row='2'] [data-do=not]").click()
    expect(page.locator("[data-row='2'] .neg")).to_have_count(0)
    expect(page.locator("[data-size]")).not_to_have_text(ZERO)
    many = size_of(page)
    page.locator("h2").first.click()
    page.keyboard.press("Control+z")
    expect(page.locator("[data-size]")).to_have_text(ZERO)
    page.keyboard.press("Control+y")
    expect(page.locator("[data-size]")).to_have_text(many)
    page.wait_for_url(KEPT)
    found = KEPT.search(page.url)
    assert found is not None
    audience = int(found.group(1))
    site.until(
        f"SELECT tree #>> '{{all,2,not}}' = 'false' AND NOT due AND members > 0"
        f" FROM audiences_audience WHERE id = {audience}", True,
    )  # fmt: skip
    assert not faults(page, language=language, said=visitor.errors)

    # An editor that the lists have too: a field that is searched, a value with words where it is wrong.
    page.locator("[data-group=''] > .au-acts [data-do=add]").click()
    page.locator(".au-edit input[type=search]").fill("zzz")
    expect(page.locator(".au-edit [data-nothing]")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".au-edit")).to_have_count(0)
    page.locator("[data-row='1'] [data-do=edit]").first.click()
    page.locator(".au-edit input[name=n]").fill("many")
    page.keyboard.press("Enter")
    expect(page.locator(".au-edit [data-wrong]")).to_be_visible()
    page.keyboard.press("Escape")

    # Who is in and why; the moment kept; orders taken back take somebody out.
    customer, orders = site.rows(FEWEST.format(id=audience))[0]
    assert isinstance(orders, list)
    why = f"/audiences/{audience}/why/?customer={customer}"
    page = visitor.open(why)
    expect(page.locator("[data-inside='1']")).to_be_visible()
    assert not faults(page, language=language, said=visitor.errors)
    visitor.post(f"/audiences/{audience}/snapshot/", label="before")
    for order in orders[1:]:
        visitor.post(f"/orders/{order}/cancel/")
    inside = f"SELECT count(*) FROM customers_inaudience WHERE audience = {audience} AND customer_id = {customer}"
    site.until(inside, 0, seconds=60)
    page = visitor.open(why)
    expect(page.locator("[data-inside='0']")).to_be_visible()
    expect(page.locator(".au-tree .no").first).to_be_visible()
    page = visitor.open(f"/audiences/{audience}/time/")
    expect(page.locator("[data-compared]")).to_be_visible()
    page.locator("section:has(> [data-compared]) [data-table-toggle]").click()
    rows = page.locator("section:has(> [data-compared]) [data-table] td")
    assert [ZERO.match(text) is None for text in rows.all_inner_texts()] == [False, True, True], "one fewer than before"
    assert not faults(page, language=language, said=visitor.errors)
