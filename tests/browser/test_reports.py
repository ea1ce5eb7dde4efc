"""The main job of reports, in both languages: build, draw, open the people behind a bar, put it on a dashboard, have it
sent by mail, and find the mail with its PDF in a colleague's mailbox (a server that takes mail, on loopback).
"""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from email import policy
from pathlib import Path

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
        "mail": "با ایمیل", "now": "اکنون بفرستید", "sent": "فرستاده شد",
    },
    "en": {
        "report": "Revenue of cities", "board": "A new dashboard", "save": "Save", "put": "Put it there",
        "change": "Change tiles", "mail": "By mail", "now": "Send now", "sent": "sent",
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


@pytest.mark.parametrize("language", ["fa", "en"])
def test_a_manager_builds_drills_shows_and_mails(
    site: Site, signed_in: Path, browser: Browser, post: Sink, language: str
) -> None:
    site.settle()
    words = WORDS[language]
    with a_visitor(site, browser, storage_state=str(signed_in)) as visitor:
        visitor.speak(language)
        page = visitor.open("/insight/reports/build/")
        _chosen(page, "#rp-fact", "orders")
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
        page.locator(".pv-save .btn-primary").click()
        expect(page.get_by_role("button", name=words["now"])).to_be_visible()
        assert not faults(page, language=language, said=visitor.errors)
        page.get_by_role("button", name=words["now"]).click()
        expect(page.locator("#rp-sent td.m-badge")).to_contain_text(words["sent"], timeout=60_000)
        links = visitor.open(f"/insight/reports/links/?report={report[1]}")
        assert not faults(links, language=language, said=visitor.errors)
    mail = email.message_from_bytes(bytes(post.mails[-1].content or b""), policy=policy.default)
    assert mail["Subject"] == words["report"]
    (attached,) = mail.iter_attachments()
    assert attached.get_content_type() == "application/pdf"
    assert attached.get_content().startswith(b"%PDF")
