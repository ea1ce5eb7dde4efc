"""The main job of reach: a customer writes an e-mail and answers a text message, staff see one person and one
conversation and answer from one inbox; a message to many goes once to each who allowed it while the worker is killed,
and for anybody one can say why it was or wasn't sent.

Real SMTP, a real mailbox, a gateway that speaks Kavenegar's form: all on loopback. The sink's and the gateway's own
lists are what is counted.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from peyvand.channels.email.tests import dovecot
from peyvand.channels.email.tests.conftest import Sink
from peyvand.channels.email.tests.conftest import sink as sink
from peyvand.channels.sms.tests.fakes.server import Gateway
from tests.browser.conftest import Site, Visitor, a_visitor, served, sign_in
from tests.browser.looking import faults
from tests.browser.outside import (
    ALLOWING,
    JUDGE,
    NEWS,
    OURS,
    REFUSING,
    SILENT,
    THEIRS,
    WITHOUT,
    Stalling,
    a_mail,
    called,
    kill_twice,
    mails_of,
    phone_of,
    put_into,
    text_of,
    until,
    written,
)

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(dovecot.PROGRAM is None, reason=dovecot.MISSING),
]  # fmt: skip
PICTURES = os.environ.get("PEYVAND_TEST_PICTURES")  # a folder for pictures of the pages passed
ASKED, ANSWERED = "چای بهاره کی می‌رسد", "دو بسته برای من کنار بگذارید"
UNDER_WAY = "SELECT count(*) FROM outreach_message WHERE state IN ('pending', 'leased', 'attempting', 'indeterminate')"


@pytest.fixture
def stalling() -> Stalling:
    """How the gateway behaves."""
    return Stalling()


@pytest.fixture
def gateway(stalling: Stalling) -> Iterator[Gateway]:
    """A gateway for text messages."""
    made = Gateway(speak=stalling)
    made.start()
    yield made
    stalling.died(again=False)
    made.stop()


@pytest.fixture
def mailbox() -> Iterator[dovecot.Dovecot]:
    """A server that keeps mail."""
    with dovecot.running() as server:
        yield server


@pytest.fixture
def house(browser: Browser, tmp_path: Path) -> Iterator[Visitor]:
    """An installation with an administrator and customers, and the administrator at a desk."""
    with served(PEYVAND_OWN_HOSTS="127.0.0.1") as (url, data):
        site = Site(url=url, data=data, email="sara@house.ir", password="five calm herons")
        who = ("user", "create-admin", site.email, "--name", "سارا امینی", "--password-stdin")
        site.command(*who, typed=f"{site.password}\n")
        people, consents = written(tmp_path)
        site.command("import", "customers", str(people))
        assert site.command("import", "consents", str(consents))["imported"] == ALLOWING + REFUSING + WITHOUT
        with a_visitor(site, browser, locale="en-GB") as one:
            sign_in(one.page, site)
            yield one


# ── what staff do ─────────────────────────────────────────────────────────


def fill(page: Page, **values: str) -> None:
    """Fill in fields by their names."""
    for name, value in values.items():
        field = page.locator(f".pv-body [name={name}]")
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


def save(page: Page) -> None:
    """Press the form's own button, and let the next page come."""
    with page.expect_navigation():
        page.click(".pv-save .btn-primary")


def press(page: Page, action: str) -> None:
    """Press the button that goes there."""
    with page.expect_navigation():
        page.click(f"form[action$='{action}'] button")


def set_up_email(house: Visitor, sink: Sink, mailbox: dovecot.Dovecot) -> str:
    """The account on its page, tried, its folders read; gives its path."""
    page = house.open("/email/new/")
    fill(
        page, name="سلام", address=OURS, from_name_fa="خانه‌ی چای", from_name_en="Tea house", smtp_host="127.0.0.1",
        smtp_port=str(sink.port), smtp_security="none", imap_host="127.0.0.1", imap_port=str(mailbox.tls_port),
        imap_security="tls", secret_imap=dovecot.WORD, authserv=JUDGE,
    )  # fmt: skip
    save(page)
    path = house.path
    assert re.fullmatch(r"/email/\d+/", path)
    press(page, "/test/")
    expect(page.locator("body")).to_contain_text("The mail server answered")
    expect(page.locator("body")).to_contain_text("The mailbox answered")
    page = house.open(f"{path}folders/")
    press(page, "/folders/read/")
    expect(page.locator("tbody tr", has_text="INBOX")).to_contain_text("Agree")
    return path


def set_up_sms(house: Visitor, gateway: Gateway) -> tuple[str, str]:
    """The line on its page, tried; gives its path, and the address that the provider is to call."""
    page = house.open("/sms/new/")
    fill(page, name="خط خدمات", provider="kavenegar", line="10008663", base_url=gateway.url,
         secret_api_key=gateway.secret)  # fmt: skip
    save(page)
    path = house.path
    assert re.fullmatch(r"/sms/\d+/", path)
    hook = page.locator(".or-hook").inner_text()
    press(page, "/test/")
    expect(page.locator("body")).to_contain_text("The provider answered: 1500 IRR")
    return path, hook


def write_to_many(house: Visitor) -> None:
    """Everybody is meant; the page says beforehand how many of them get it."""
    page = house.open("/messages/many/")
    fill(page, name="چای تازه", purpose="news", channel="sms",
         body=f"{{{{first_name|دوست}}}} گرامی، {NEWS}. {{{{preferences_link}}}}")  # fmt: skip
    everybody = ALLOWING + REFUSING + SILENT + WITHOUT
    expect(page.locator(".or-count h2")).to_have_text(f"{ALLOWING - 1} of {everybody} get it")
    save(page)
    page.wait_for_url("**/jobs/**")


def answer(house: Visitor, text: str, channel: str = "") -> None:
    """Answer in the open conversation; without a channel, over the one that is offered first."""
    page = house.page
    if channel:
        page.locator(f".pv-compose label:has([name=channel][value={channel}])").click()
    page.locator("[data-text]").fill(text)
    with page.expect_navigation():
        page.click("[data-send]")
    expect(page.locator(".pv-msg.out").last).to_contain_text(text)


def conversations_of(house: Visitor, name: str) -> Any:
    """The rows of the inbox that are theirs."""
    page = house.open("/inbox/?view=all")
    return page.locator("#cv-rows .pv-conv", has=page.locator(".nm", has_text=name))


def why(house: Visitor, customer: int) -> tuple[str, str]:
    """The path of the message of news to them, and what its page says of every check."""
    page = house.open(f"/messages/?customer={customer}&purpose=news")
    assert page.locator("tbody tr").count() == 1
    with page.expect_navigation():
        page.click("tbody tr a[data-open]")
    return house.path, page.locator(".or-said").inner_text()


def look(house: Visitor, pages: dict[str, str]) -> list[str]:
    """See these pages in both languages, at a desk and on a phone; gives what is wrong with them."""
    wrong: list[str] = []
    for language in ("fa", "en"):
        house.speak(language)
        for width, height in ((1440, 900), (360, 780)):
            house.page.set_viewport_size({"width": width, "height": height})
            for name, path in pages.items():
                page = house.open(path)
                found = faults(page, language=language, said=house.errors)
                wrong += [f"{path} ({language}, {width}): {one}" for one in found]
                if PICTURES:
                    page.screenshot(path=Path(PICTURES) / f"{name}-{language}-{width}.png")
    house.page.set_viewport_size({"width": 1440, "height": 900})
    return wrong


# ── the job ───────────────────────────────────────────────────────────────


def customer_of(site: Site, number: int) -> int:
    """The customer of that code."""
    ((pk,),) = site.rows(f"SELECT customer_id FROM customers_identity WHERE kind = 'external' AND value = 'C{number}'")
    return int(str(pk))


def they_choose_email(browser: Browser, house: Visitor, gateway: Gateway) -> None:
    """Maryam follows the link in the text message that she got, and says how she is to be written to."""
    got = next(one.text for one in list(gateway.taken) if one.to == phone_of(0))
    found = re.search(r"http://127\.0\.0\.1:\d+/p/[\w-]+/", got)
    assert found
    assert got.startswith("مریم گرامی")
    with a_visitor(house.site, browser, locale="fa-IR") as herself:
        herself.page.goto(found[0])
        expect(herself.page.locator("html")).to_have_attribute("dir", "rtl")
        herself.page.select_option("[name=preferred]", "email")
        herself.page.click(".st-actions button >> nth=0")
        expect(herself.page.locator("[role=status]")).to_be_visible()
        if PICTURES:
            herself.page.screenshot(path=Path(PICTURES) / "preferences-fa-1440.png", full_page=True)
            herself.page.set_viewport_size({"width": 360, "height": 780})
            herself.page.screenshot(path=Path(PICTURES) / "preferences-fa-360.png", full_page=True)
            herself.page.goto(f"{found[0]}?lang=en")
            herself.page.screenshot(path=Path(PICTURES) / "preferences-en-360.png", full_page=True)


def they_write_and_are_answered(
    house: Visitor, sink: Sink, mailbox: dovecot.Dovecot, gateway: Gateway, hook: str
) -> str:
    """An e-mail and a text message: one conversation of one person, answered over both; gives its path."""
    site = house.site
    put_into(mailbox, a_mail("asked", ASKED, f"سلام، {ASKED}؟"))
    entries = "SELECT count(*) FROM conversations_entry WHERE way = 'in' AND channel = '{}' AND NOT automatic"
    site.until(entries.format("email"), 1)
    reply = {"messageid": "70001", "from": phone_of(0), "to": "10008663", "message": ANSWERED}
    with ThreadPoolExecutor(5) as pool:  # a provider that calls five times at once
        assert list(pool.map(lambda _turn: called(hook, **reply), range(5))) == [200] * 5
    assert site.rows(entries.format("sms")) == [(1,)]

    rows = conversations_of(house, "مریم کیانی")
    expect(rows).to_have_count(1)
    expect(rows.first.locator(".l2")).to_contain_text(ANSWERED)
    with house.page.expect_navigation():
        rows.first.click()
    path = house.path
    page = house.page
    expect(page.locator(".pv-msg:not(.out)")).to_have_count(2)
    expect(page.locator(".cv-state.warn")).to_have_count(0)
    expect(page.locator(".pv-compose [name=channel]:checked")).to_have_value("email")  # as she wished
    answer(house, "شنبه می‌رسد، کنار گذاشتیم.")
    until(lambda: sink.mails, "no mail came to the sink")
    (mail,) = mails_of(sink)
    assert (mail["To"], mail["In-Reply-To"]) == (f"مریم کیانی <{THEIRS}>", "<asked@home.ir>")
    assert "<asked@home.ir>" in mail["References"]
    assert (mail["Subject"], "شنبه می‌رسد" in text_of(mail)) == (f"Re: {ASKED}", True)
    answer(house, "دو بسته به نام شماست.", "sms")
    until(lambda: [one for one in list(gateway.taken) if "دو بسته به نام" in one.text], "no text message came")

    put_into(
        mailbox, a_mail("thanks", "موضوعی دیگر", "سپاس از شما", to=mail["Reply-To"], In_Reply_To=mail["Message-ID"])
    )
    site.until(entries.format("email"), 2)
    page = house.open(path)
    expect(page.locator(".pv-msg")).to_have_count(5)
    expect(page.locator(".pv-msg:not(.out)", has_text="سپاس از شما")).to_have_count(1)
    return path.partition("?")[0]


def they_were_counted(site: Site, gateway: Gateway) -> None:
    """By the gateway's own list: nobody twice, nobody lost, nobody who has not allowed it."""
    counts = Counter(one.to for one in gateway.taken if NEWS in one.text)
    allowed = {phone_of(number) for number in range(ALLOWING - 1)}  # Reza took it back
    assert [to for to, number in counts.items() if number > 1] == []
    assert set(counts) - allowed == set()
    assert allowed - set(counts) == set()
    found = site.rows("SELECT state, count(*) FROM outreach_message WHERE purpose = 'news' GROUP BY 1")
    assert {str(state): number for state, number in found} == {
        "sent": ALLOWING - 2,
        "delivered": 1,
        "refused": REFUSING + SILENT + WITHOUT + 1,
    }


def test_one_inbox_and_one_way_out(
    house: Visitor, browser: Browser, sink: Sink, mailbox: dovecot.Dovecot, gateway: Gateway, stalling: Stalling
) -> None:
    site = house.site
    house.speak("en")
    email_path = set_up_email(house, sink, mailbox)
    sms_path, hook = set_up_sms(house, gateway)
    assert called(hook, messageid="60001", **{"from": phone_of(ALLOWING - 1)}, to="10008663", message="لغو۱۱") == 200

    stalling.stalls = True
    write_to_many(house)
    kill_twice(site, stalling)

    until(lambda: [one for one in list(gateway.taken) if one.to == phone_of(0)], "Maryam gets nothing", seconds=300)
    they_choose_email(browser, house, gateway)
    talk = they_write_and_are_answered(house, sink, mailbox, gateway, hook)
    maryam = customer_of(site, 0)
    wrong = look(house, {
        "email": "/email/", "email-account": email_path, "email-folders": f"{email_path}folders/", "sms": "/sms/",
        "sms-account": sms_path, "many": "/messages/many/", "inbox": "/inbox/?view=all", "conversation": talk,
        "customer": f"/customers/{maryam}/",
    })  # fmt: skip

    site.until(UNDER_WAY, 0, seconds=400)
    taken = next(one.id for one in gateway.taken if one.to == phone_of(0) and NEWS in one.text)
    assert called(hook, messageid=taken, status="10") == 200
    they_were_counted(site, gateway)

    house.speak("en")
    page = house.open(f"/customers/{maryam}/")
    for said in (NEWS, ASKED, ANSWERED, "شنبه می‌رسد", "دو بسته به نام", "سپاس از شما"):
        expect(page.locator("main")).to_contain_text(said)
    got, words = why(house, maryam)
    assert "They said yes." in words
    expect(house.page.locator(".or-side")).to_contain_text("Reached them")
    for number in (ALLOWING, ALLOWING - 1):  # who refused, and who took it back
        stopped, words = why(house, customer_of(site, number))
        assert "They said no." in words
    silent, words = why(house, customer_of(site, ALLOWING + REFUSING))
    assert "They have not said yes." in words
    without, words = why(house, customer_of(site, ALLOWING + REFUSING + SILENT))
    assert "They have no address for this channel." in words
    assert len(sink.mails) == 1
    wrong += look(house, {
        "messages": "/messages/?purpose=news", "why-sent": got, "why-not": silent, "why-stopped": stopped,
        "why-no-address": without, "would-reach": f"/customers/{maryam}/?tab=outreach.messages",
    })  # fmt: skip
    assert not wrong, "\n".join(wrong)
