"""A hundred open inboxes hear at once of what moves, and pages come as quickly as without them."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
MANY = 100
LISTENING = "SELECT count(*) FROM pg_stat_activity WHERE query = 'LISTEN peyvand_conversations'"
ASLEEP = "SELECT count(*) < 40 FROM pg_stat_activity WHERE datname IS NOT NULL"


def a_stream(site: Site, cookies: str) -> socket.socket:
    """An open stream whose first word was heard."""
    place = urlsplit(site.url)
    made = socket.create_connection((str(place.hostname), int(place.port or 80)), timeout=20)
    made.sendall(
        f"GET /inbox/live/ HTTP/1.1\r\nHost: {place.netloc}\r\nAccept: text/event-stream\r\n"
        f"Cookie: {cookies}\r\n\r\n".encode()
    )
    until(made, b"event: open")
    return made


def until(stream: socket.socket, word: bytes) -> bytes:
    """What the stream says until that word has come."""
    heard = b""
    while word not in heard:
        got = stream.recv(4096)
        assert got, f"the stream ended after {heard[-300:]!r}"
        heard += got
    return heard


@pytest.fixture
def streams(site: Site, signed_in: Path) -> Iterator[list[socket.socket]]:
    """A hundred open inboxes."""
    kept = json.loads(signed_in.read_text(encoding="utf-8"))["cookies"]
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in kept)
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(contextlib.closing(a_stream(site, cookies))) for _number in range(MANY)]


def test_a_hundred_open_inboxes(site: Site, visitor: Visitor, streams: list[socket.socket]) -> None:
    assert site.rows(LISTENING) == [(1,)], "all hear by one connection"
    assert site.rows(ASLEEP) == [(True,)], "a stream holds no connection"
    visitor.speak("en")
    begun = time.monotonic()
    page = visitor.open("/inbox/?view=all")
    for path in ("/", "/customers/", "/inbox/"):
        assert visitor.context.request.get(f"{site.url}{path}").status == 200
    assert time.monotonic() - begun < 20, "pages wait for streams"
    page.locator("#cv-rows .pv-conv").first.click()
    page.wait_for_load_state("domcontentloaded")
    number = page.locator("[data-one]").get_attribute("data-one")
    visitor.post(f"/inbox/{number}/reply/", channel="note", text="Everybody hears of this")
    for stream in streams:
        assert f'"moved": [{number}]'.encode() in until(stream, b'"moved": [' + str(number).encode())


def test_two_people_see_each_other_write_and_what_was_said_meanwhile(visitor: Visitor) -> None:
    """The one who types is seen by the other; their words come by the stream, well before anything is asked for."""
    visitor.speak("en")
    page = visitor.open("/inbox/?view=all&channel=sms")
    page.locator("#cv-rows .pv-conv").first.click()
    expect(page.locator("[data-hears]")).to_be_attached()
    other = visitor.context.new_page()
    other.goto(page.url)
    expect(other.locator("[data-hears]")).to_be_attached()
    page.locator("label:has([value=sms])").click()
    page.locator("[data-text]").fill("I have been typing")
    other.locator("label.note").click()
    other.locator("[data-text]").fill("Mine went first")
    other.locator("[data-send]").click()
    expect(page.locator(".pv-msg.note").last).to_contain_text("Mine went first", timeout=6_000)


def test_a_stroke_brings_a_saved_reply(visitor: Visitor) -> None:
    visitor.speak("en")
    page = visitor.open("/inbox/?view=all")
    page.locator("#cv-rows .pv-conv").first.click()
    box = page.locator("[data-text]")
    box.click()
    page.keyboard.type("Hello, /نشا")
    expect(page.locator(".cv-offer[aria-selected=true]")).to_contain_text("نشانی")
    page.keyboard.press("Enter")
    assert "ولیعصر" in box.input_value()
    assert box.input_value().startswith("Hello, ")
    assert "/نشا" not in box.input_value()
    page.keyboard.type(" /")
    expect(page.locator(".cv-offer").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#cv-offers")).to_be_hidden()
