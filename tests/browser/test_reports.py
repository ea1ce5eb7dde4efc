"""The main job of reports, in both languages: begin at an audience, build, draw, open people and orders behind a
bar, put it on a dashboard, have it sent every Saturday, and find the mail with its PDF in a colleague's mailbox (a
server that takes mail, on loopback). And a link in the frame of another site.
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from email import policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote

import psycopg
import pytest
from playwright.sync_api import Browser, Page, expect

from peyvand.channels.email.tests.conftest import Sink
from peyvand.channels.email.tests.conftest import sink as sink
from peyvand.foundation.database.cluster import place_of
from tests.browser.conftest import Site, a_visitor
from tests.browser.looking import faults

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
WORDS = {
    "fa": {
        "report": "درآمد شهرها", "board": "داشبورد تازه", "save": "ثبت", "put": "بگذارید", "change": "تغییر کاشی‌ها",
        "saturday": "شنبه", "now": "اکنون بفرستید", "sent": "فرستاده شد",
    },
    "en": {
        "report": "Revenue of cities", "board": "A new dashboard", "save": "Save", "put": "Put it there",
        "change": "Change tiles", "saturday": "Saturday", "now": "Send now", "sent": "sent",
    },
}  # fmt: skip
ACCOUNT = """INSERT INTO email_emailaccount
 (demo, name, address, from_name_fa, from_name_en, kinds, marketing, position, enabled, per_second, per_day, provider,
  smtp_host, smtp_port, smtp_security, smtp_user, return_path, plus, dkim_domain, dkim_selector, imap_host, imap_port,
  imap_security, imap_user, authserv, version, secrets, dkim_public, hook, trouble, deafness, proofs)
 VALUES (false, 'Post', 'post@example.com', '', '', '[]', false, 0, true, 0, 0, 'smtp', '127.0.0.1', %s, 'none', '', '',
  false, '', '', '', 993, 'tls', '', '', 1, '', '', 'reports-test-hook-token', '', '', '[]') RETURNING id"""


@pytest.fixture
def post(site: Site, sink: Sink) -> Iterator[Sink]:
    """An account of e-mail of one's own, at a server that takes everything."""
    with psycopg.connect(place_of(site.data).url, autocommit=True) as connection:
        made = connection.execute(ACCOUNT, [sink.port]).fetchone()
        assert made is not None
        yield sink
        connection.execute("DELETE FROM email_emailaccount WHERE id = %s", [made[0]])


def _chosen(page: Page, field: str, value: str) -> None:
    """Choose in the builder, and wait until the address has it."""
    with page.expect_response(lambda answer: value.replace(":", "%3A") in answer.url):
        page.select_option(field, value)
    expect(page.locator(f"{field} option[value='{value}']")).to_have_attribute("selected", "")


def _an_audience(site: Site) -> int:
    """One that is live, of customers of some city; by hand, as the making of audiences is tested elsewhere."""
    with psycopg.connect(place_of(site.data).url, autocommit=True) as connection:
        found = connection.execute("SELECT min(id) FROM audiences_audience WHERE demo AND members > 20").fetchone()
    assert found is not None
    assert found[0]
    return int(found[0])


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[ThreadingHTTPServer]:
    """A web site of somebody else's, whose one page shows what its address names in a frame."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Framing)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(server.serve_forever, poll_interval=0.05)
        yield server
        server.shutdown()
    server.server_close()


class Framing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = f'<!doctype html><title>x</title><iframe title="x" src="{unquote(self.path[2:])}"></iframe>'.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing is told."""


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_manager_builds_drills_shows_and_mails(
    site: Site, signed_in: Path, browser: Browser, post: Sink, language: str
) -> None:
    site.settle()
    words, audience = WORDS[language], _an_audience(site)
    with a_visitor(site, browser, storage_state=str(signed_in)) as visitor:
        visitor.speak(language)
        page = visitor.open(f"/audiences/{audience}/members/")
        page.locator(".pv-top [data-menu] > summary").click()
        page.locator(".pv-pop a[href*='reports/build']").click()
        expect(page.locator("#rp-f1 option[selected]")).to_have_attribute("value", f"customer_id.audience-{audience}")
        _chosen(page, "#rp-r1", "customer_id.trait-value-class")
        expect(page.locator("[data-chart] canvas")).to_be_visible(timeout=30_000)
        _chosen(page, "#rp-r1", "customer_id.city")
        page.locator(".rp-more > summary").click()
        _chosen(page, "#rp-top", "5")
        expect(page.locator("[data-chart] canvas")).to_be_visible(timeout=30_000)
        expect(page.locator("[data-table] tbody tr")).to_have_count(6)
        assert not faults(page, language=language, said=visitor.errors)

        page.locator(".pv-menu > summary.btn-primary").click()
        page.fill("#rp-name", words["report"])
        page.get_by_role("button", name=words["save"], exact=True).click()
        expect(page.locator("h1")).to_have_text(words["report"])
        report = re.search(r"/reports/(\d+)/", page.url)
        assert report is not None

        expect(page.locator("[data-table] tbody tr")).to_have_count(6, timeout=30_000)
        page.locator("[data-table] tbody a").first.click()
        expect(page.locator("tr[data-row]").first).to_be_visible()
        page.locator(".pv-tabs a").nth(1).click()
        expect(page.locator("tr[data-row] a[href*='/orders/']").first).to_be_visible()
        assert not faults(page, language=language, said=visitor.errors)

        page = visitor.open(f"/insight/reports/{report[1]}/")
        page.locator(".pv-menu > summary.btn-primary").click()
        page.select_option("#rp-board", "new")
        page.get_by_role("button", name=words["put"]).click()
        page.get_by_role("link", name=words["change"]).click()
        expect(page.locator(".rp-tile [data-chart] canvas")).to_be_visible(timeout=30_000)
        page.locator(".rp-hands button[value=wider]").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".rp-tile.w3")).to_be_visible()
        assert not faults(page, language=language, said=visitor.errors)

        page = visitor.open(f"/insight/reports/mailings/new/?report={report[1]}")
        page.select_option("#rp-every", "week")
        page.select_option("#rp-weekday", "5")
        page.fill("#rp-at", "08:00")
        page.locator(".pv-save .btn-primary").click()
        expect(page.get_by_role("button", name=words["now"])).to_be_visible()
        assert not faults(page, language=language, said=visitor.errors)
        expect(page.locator(".pv-card header .mut").first).to_contain_text(words["saturday"])
        page.get_by_role("button", name=words["now"]).click()
        expect(page.locator("#rp-sent td.m-badge").first).to_have_text(
            re.compile(rf"^\s*{words['sent']}"), timeout=60_000
        )
    mail = email.message_from_bytes(bytes(post.mails[-1].content or b""), policy=policy.default)
    assert mail["Subject"] == words["report"]
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content().startswith(b"%PDF")


def test_a_link_is_shown_in_a_frame_of_the_site_that_was_named_and_of_no_other(
    site: Site, signed_in: Path, browser: Browser, elsewhere: ThreadingHTTPServer
) -> None:
    site.settle()
    named = f"http://127.0.0.1:{elsewhere.server_port}"
    with a_visitor(site, browser, storage_state=str(signed_in)) as visitor:
        visitor.speak("fa")
        page = visitor.open("/insight/reports/")
        href = page.locator("td.m-name a[href$='/']").evaluate_all(
            "all => all.map(one => one.getAttribute('href')).find(one => /reports\\/\\d+\\/$/.test(one))"
        )
        report = re.search(r"/(\d+)/$", href)
        assert report is not None
        page = visitor.open(f"/insight/reports/links/?report={report[1]}")
        assert not faults(page, language="fa", said=visitor.errors)
        page.fill("[name=sites]", named)
        page.locator("form [name=sites] >> xpath=ancestor::form").locator("button.btn-primary").click()
        address = page.locator(".rp-secret").inner_text().strip()
    with a_visitor(site, browser) as stranger:
        stranger.page.goto(f"{named}/?{address}")
        frame = stranger.page.frame_locator("iframe")
        expect(frame.locator("[data-chart] canvas")).to_be_visible(timeout=30_000)
        frame.locator("summary").first.click()
        expect(frame.locator("table tbody tr").first).to_be_visible()
        stranger.page.goto(f"{named.replace('127.0.0.1', 'localhost')}/?{address}")
        expect(stranger.page.frame_locator("iframe").locator("h1")).to_have_count(1)  # the browser's own words
        expect(stranger.page.frame_locator("iframe").locator(".st-report")).to_have_count(0)
        assert any("frame-ancestors" in one for one in stranger.errors)
        stranger.page.goto(address)
        expect(stranger.page.locator("[data-chart] canvas")).to_be_visible(timeout=30_000)
        assert not faults(stranger.page, language="fa", said=())
