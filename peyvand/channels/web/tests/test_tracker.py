"""The tracker in a real browser: small, tells what happened and not what was typed, keeps only what is agreed to.

The page's site is answered for by the test itself; nothing leaves the machine.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route

from peyvand.channels.sites import edge
from peyvand.channels.web import registrations

CORE = Path(edge.__file__).parent / "static" / "sites" / "core.js"
WEB = Path(registrations.__file__).parent / "static" / "web" / "web.js"
HOME = "http://site.test"
PAGE = """<!doctype html><title>Tea</title><body><a id="out" href="https://other.example/x">Other</a>
<button id="b" data-peyvand="order now">Order</button>
<p hidden data-peyvand-show="known">Hello <b data-peyvand-text="name"></b></p>
<p id="u" hidden data-peyvand-show="unknown class:lost">Who?</p>
<ul data-peyvand-items="2" data-url="/p/{sku}"></ul>
<form id="contact" action="/send?x=1"><input name="email" value="secret@example.com"><button>Send</button></form>"""
ITEMS = [{"sku": "a/b", "name": "<i>Tea</i>"}, {"sku": "c", "name": "Nuts"}, {"sku": "d", "name": "No"}]
ME = {"known": True, "name": "<b>مینا</b>", "class": "champion", "segments": [], "language": "fa", "items": ITEMS}


def test_core_and_tracker_are_smaller_than_six_kilobytes() -> None:
    assert len(gzip.compress(CORE.read_bytes() + WEB.read_bytes(), 9)) < 6 * 1024


class Site:
    """A shop and the site that answers its script."""

    def __init__(self, page: Page, *, consent: str = "full") -> None:
        self.page, self.posts, self.fails = page, [], False  # type: ignore[var-annotated]
        told = {"base": HOME, "key": "s1", "lang": "fa", "consent": consent, "files": {},
                "parts": {"web": {"file": "/web.js", "config": {}}}}  # fmt: skip
        self.script = CORE.read_text(encoding="utf-8").replace("/*settings*/", json.dumps(told))
        page.route("**/*", self.answer)

    def answer(self, route: Route) -> None:
        url, cross = route.request.url, {"access-control-allow-origin": "*"}
        if url.startswith(f"{HOME}/e/"):
            if self.fails:
                route.abort()
                return
            said = json.loads(route.request.post_data or "null")
            self.posts.append(said)
            route.fulfill(
                status=200 if url.endswith("/me") else 204, headers=cross, body="{}" if url.endswith("/me") else ""
            )
        elif "/p/v1/me" in url:
            route.fulfill(json=ME, headers=cross)
        elif url.endswith("/web.js"):
            route.fulfill(body=WEB.read_text(encoding="utf-8"), content_type="text/javascript")
        elif url.endswith("/s.js"):
            route.fulfill(body=self.script, content_type="text/javascript")
        else:
            route.fulfill(body=PAGE + '<script src="/s.js"></script>', content_type="text/html; charset=utf-8")

    def events(self) -> list[dict[str, Any]]:
        return [one for said in self.posts for one in said.get("e", [])]

    def until(self, many: int) -> list[dict[str, Any]]:
        for _turn in range(100):
            if len(self.events()) >= many:
                break
            self.page.wait_for_timeout(50)
        return self.events()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(locale="fa-IR")
    yield context.new_page()
    context.close()


pytestmark = pytest.mark.browser


def test_what_happens_is_told_and_what_was_typed_is_not(page: Page) -> None:
    site = Site(page)
    page.goto("http://shop.test/tea?utm_source=mail&utm_campaign=yalda&gclid=G1&q=پسته")
    page.wait_for_function("window.Peyvand && Peyvand.me")
    page.evaluate("document.addEventListener('submit', e => e.preventDefault())")
    page.click("#b")
    page.click("#contact button")
    page.evaluate("history.pushState({}, '', '/nuts'); peyvand('track', 'video', {a: 1}); peyvand('cart', {value: 5})")
    page.wait_for_timeout(80)
    page.evaluate("peyvand('purchase', {id: 'A1'}); window.dispatchEvent(new Event('pagehide'))")
    found = site.until(8)[:8]
    assert [one["k"] for one in found] == [
        "page",
        "search",
        "click",
        "submit",
        "track:video",
        "cart",
        "page",
        "purchase",
    ]
    assert found[0]["d"] == {"utm": {"source": "mail", "campaign": "yalda"}, "click": {"gclid": "G1"}}
    assert found[1]["d"] == {"q": "پسته"}
    assert found[3]["d"] == {"text": "contact", "to": "/send"}
    assert "secret@example.com" not in json.dumps(site.posts)
    said = site.posts[0]
    assert (said["m"], len(said["v"]), said["c"], said["p"]["l"]) == ("full", 22, False, "fa-IR")
    assert said["p"]["first"]["source"] == "mail"
    assert len({one["i"] for one in found}) == 8
    assert all(len(one["i"]) == 22 for one in found)


def test_a_network_that_drops_loses_nothing_and_sends_the_same_ids_again(page: Page) -> None:
    site = Site(page)
    site.fails = True
    page.goto("http://shop.test/tea")
    page.wait_for_function("window.Peyvand && Peyvand.me")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.wait_for_function("JSON.parse(sessionStorage.getItem('pv_s1q')).length === 1")
    first = page.evaluate("JSON.parse(sessionStorage.getItem('pv_s1q'))[0].i")
    page.evaluate("for (let n = 0; n < 150; n++) peyvand('track', 'many')")
    assert page.evaluate("JSON.parse(sessionStorage.getItem('pv_s1q')).length") == 100  # bounded
    site.fails = False
    page.goto("http://shop.test/second")
    found = site.until(10)
    assert found[0]["k"] == "track:many"
    assert first not in [one["i"] for one in found]


@pytest.mark.parametrize("mode", ["none", "cookieless"])
def test_what_is_not_agreed_to_leaves_nothing_in_the_browser(page: Page, mode: str) -> None:
    site = Site(page, consent=mode)
    page.goto("http://shop.test/tea?utm_source=mail")
    page.wait_for_function("window.Peyvand && Peyvand.me")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(100)
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert [said["v"] for said in site.posts] == ([] if mode == "none" else [""])
    page.evaluate("peyvand('consent', 'full'); window.dispatchEvent(new Event('pagehide'))")
    assert site.until(len(site.events()) + 1)[-1]["k"] == "page"
    assert site.posts[-1]["c"] is True
    page.evaluate("peyvand('forget')")
    assert page.evaluate(
        "[localStorage.pv_s1t, localStorage.pv_s1f, sessionStorage.pv_s1q].every(x => x === undefined)"
    )


def test_who_asks_not_to_be_followed_is_not(browser: Browser) -> None:
    context = browser.new_context()
    context.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    page = context.new_page()
    site = Site(page)
    page.goto("http://shop.test/tea")
    page.wait_for_function("window.Peyvand && Peyvand.me")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.wait_for_timeout(100)
    assert site.posts == []
    context.close()


def test_a_browser_that_blocks_storage_is_still_counted(browser: Browser) -> None:
    context = browser.new_context()
    context.add_init_script(
        "for (const name of ['localStorage', 'sessionStorage'])"
        " Object.defineProperty(window, name, {get() { throw new DOMException('no', 'SecurityError'); }})"
    )
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    site = Site(page)
    page.goto("http://shop.test/tea")
    page.wait_for_function("window.Peyvand && Peyvand.me")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    assert site.until(1)[0]["k"] == "page"
    assert faults == []
    context.close()


def test_the_page_shows_what_fits_and_never_as_html(page: Page) -> None:
    Site(page)
    page.goto("http://shop.test/tea")
    page.wait_for_selector("[data-peyvand-text]:visible")
    assert page.inner_text("[data-peyvand-text]") == "<b>مینا</b>"
    assert page.locator("#u").is_hidden()
    assert page.locator("ul li").all_inner_texts() == ["<i>Tea</i>", "Nuts"]
    assert page.get_attribute("ul li a >> nth=0", "href") == "/p/a%2Fb"
    assert page.evaluate("Peyvand.me().then(me => me.class)") == "champion"
