"""Shoot the pictures of docs/screens.md: the sample business as it is now, both languages, at a desk and on a phone.

    tools/pictures.py [NAME …]    all of them, or those whose names begin so

Serves a Peyvand of its own on a temporary folder and removes it. Wants chromium.
"""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from openpyxl import Workbook
from PIL import Image
from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests import chromium  # noqa: E402
from tests.browser.conftest import Site, Visitor, a_visitor, free_port, served, sign_in  # noqa: E402
from tests.browser.shops import open_shop  # noqa: E402

PICTURES = ROOT / "docs" / "pictures"
SIZES = {"": (1440, 900), "-phone": (390, 844)}
LOCALES = {"fa": "fa-IR", "en": "en-GB"}
COLOURS = 192  # of a picture; screens have few, and a third of the bytes is left
BUSIEST = (
    "SELECT customer_id FROM interactions_interaction WHERE demo AND customer_id IS NOT NULL"
    " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
)
PAIR = "SELECT a_id, b_id FROM matching_pair WHERE demo AND state = 'open' ORDER BY score DESC, id LIMIT 1"
SILENT = (
    "SELECT endpoint_id FROM webhooks_webhookdelivery WHERE demo AND state <> 'delivered'"
    " GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
)
TALK = "SELECT id FROM conversations_conversation WHERE demo AND state = 'open' ORDER BY entries_count DESC, id LIMIT 1"
REFUSED = "SELECT id FROM outreach_message WHERE demo AND state = 'refused' ORDER BY id DESC LIMIT 1"
ACCOUNT = "SELECT id FROM email_emailaccount WHERE demo ORDER BY position, id LIMIT 1"
SITE = "SELECT id FROM sites_site WHERE demo ORDER BY id LIMIT 1"
KNOWN_VISITOR = "SELECT max(id) FROM sites_visitor WHERE demo AND customer_id IS NOT NULL"
CHAT_TALK = "SELECT conversation_id FROM webchat_chat WHERE demo AND conversation_id IS NOT NULL ORDER BY id LIMIT 1"
ROOM = "SELECT min(id) FROM webchat_room WHERE demo"
BOT = "SELECT min(id) FROM messengers_bot WHERE demo"
FORM = "SELECT form_id FROM forms_submission WHERE demo GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
OPEN_FORM = "SELECT key FROM forms_form WHERE demo AND active ORDER BY id LIMIT 1"
SHOP = "SELECT min(id) FROM web_shop WHERE demo"
AUDIENCE = "SELECT max(id) FROM audiences_audience WHERE demo"
WHY = f"SELECT audience, min(customer_id) FROM customers_inaudience WHERE audience = ({AUDIENCE}) GROUP BY 1"
BUILDING = "/insight/reports/build/?fact=order_lines&m=lines.revenue&m=lines.margin&r=product_id.name&top=8"
CHOICES = "SELECT link FROM outreach_recipient WHERE demo ORDER BY id LIMIT 1"
SITE_PORT = free_port()  # of the pages that customers open
ORDERS = {
    "fa": """شماره فاکتور,کد کالا,شرح,تعداد,تاریخ,قیمت واحد,کد مشتری,استان
۱۰۲۴,CH-12,چای لاهیجان بهاره,۲,۱۴۰۵/۰۸/۱۱ ۱۰:۲۴,۴۵۰۰۰۰,م-۳۱,گیلان
۱۰۲۴,NB-03,نبات چوبی,۱,۱۴۰۵/۰۸/۱۱ ۱۰:۲۴,۱۲۰۰۰۰,م-۳۱,گیلان
۱۰۲۵,CH-20,دارجیلینگ بهار دوم,۱,۱۴۰۵/۰۸/۱۲ ۱۷:۰۵,۱۸۰۰۰۰۰,م-۷,تهران
""",
    "en": """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
536365,71053,WHITE METAL LANTERN,6,2010-12-01 08:26:00,3.39,17850.0,United Kingdom
C536379,D,Discount,-1,2010-12-01 09:41:00,27.50,14527.0,United Kingdom
""",
}
PEOPLE = {
    "fa": [["نام", "موبایل", "ایمیل", "شهر"], ["نرگس باقری", "09121234567", "narges@example.com", "رشت"]],
    "en": [["Name", "Mobile", "Email", "City"], ["Nora Baker", "+447700900123", "nora@example.com", "York"]],
}


@dataclass(frozen=True)
class Shot:
    """One picture: its name, how to come to the page, and on which screens it is shown."""

    name: str
    go: Callable[[Visitor, str], None]
    phone: bool = True


def to(path: str) -> Callable[[Visitor, str], None]:
    """Open that page."""

    def go(visitor: Visitor, _language: str) -> None:
        visitor.open(path)

    return go


def of(path: str, statement: str) -> Callable[[Visitor, str], None]:
    """Open the page of a record of the sample."""

    def go(visitor: Visitor, _language: str) -> None:
        (row,) = visitor.site.rows(statement)
        visitor.open(path.format(*row))

    return go


def answered(path: str) -> Callable[[Visitor, str], None]:
    """Open that page, and wait for its chart to be computed and drawn."""

    def go(visitor: Visitor, _language: str) -> None:
        visitor.open(path).locator("canvas").first.wait_for()

    return go


def given(shape: str, content: Callable[[str], tuple[str, bytes]]) -> Callable[[Visitor, str], None]:
    """Give a file, and see where its columns go."""

    def go(visitor: Visitor, language: str) -> None:
        name, data = content(language)
        visitor.open("/import/")
        answer = visitor.context.request.post(
            f"{visitor.site.url}/import/", headers={"Referer": f"{visitor.site.url}/"},
            multipart={"csrfmiddlewaretoken": visitor.token, "shape": shape,
                       "file": {"name": name, "mimeType": "application/octet-stream", "buffer": data}},
        )  # fmt: skip
        visitor.open(answer.url.removeprefix(visitor.site.url))

    return go


def orders(language: str) -> tuple[str, bytes]:
    """A file of orders, as a shop writes it."""
    names = {"fa": "سفارش‌های-آبان.csv", "en": "online_retail.csv"}
    return names[language], ORDERS[language].encode("utf-8-sig")


def workbook(language: str) -> tuple[str, bytes]:
    """A workbook with two sheets."""
    book = Workbook()
    for row in PEOPLE[language]:
        book.active.append(row)
    book.create_sheet({"fa": "قدیمی‌ها", "en": "Old ones"}[language]).append(["x"])
    kept = io.BytesIO()
    book.save(kept)
    return {"fa": "مشتریان.xlsx", "en": "customers.xlsx"}[language], kept.getvalue()


def consents_of_one(visitor: Visitor, _language: str) -> None:
    """The tab of consents on a customer's page."""
    ((pk,),) = visitor.site.rows(BUSIEST)
    visitor.open(f"/customers/{pk}/?tab=consents.ledger")


def preferences(visitor: Visitor, language: str) -> None:
    """What a customer sets for themselves, as they see it."""
    ((link,),) = visitor.site.rows(CHOICES)
    visitor.page.goto(f"http://127.0.0.1:{SITE_PORT}/p/{link}/?lang={language}")


def on_a_page(visitor: Visitor, language: str) -> None:
    """The window of the live chat on a page of a shop, with a question asked."""
    ((number,),) = visitor.site.rows(SITE)
    line = visitor.open(f"/sites/{number}/").locator(".or-hook").first.inner_text()
    with open_shop(language) as shop:
        shop.line = line
        page = visitor.page
        page.goto(f"{shop.url}/tea/0")
        chat = page.locator("#peyvand-chat")
        chat.locator(".launch").click()
        chat.locator("textarea").fill({"fa": "چای بهاره رسیده است؟", "en": "Is the spring tea in?"}[language])
        chat.locator("textarea").press("Enter")
        chat.locator("input[name=name]").fill({"fa": "نازنین", "en": "Hannah"}[language])
        chat.locator("form .go").click()
        chat.locator(".m:not(.out) .bb").first.wait_for()
        page.wait_for_timeout(1_000)


def form_page(visitor: Visitor, language: str) -> None:
    """A form as customers see it."""
    ((key,),) = visitor.site.rows(OPEN_FORM)
    visitor.page.goto(f"http://127.0.0.1:{SITE_PORT}/f/{key}/?lang={language}")


SHOTS = (
    Shot("home", to("/")),
    Shot("customers", to("/customers/")),
    Shot("customer", of("/customers/{0}/", BUSIEST)),
    Shot("import", given("orders", orders)),
    Shot("import-workbook", given("customers", workbook), phone=False),
    Shot("insight", to("/insight/")),
    Shot("lifetime", to("/insight/lifetime/")),
    Shot("prediction", to("/insight/prediction/")),
    Shot("prediction-people", to("/insight/prediction/people/")),
    Shot("leaving", to("/insight/prediction/leaving/"), phone=False),
    Shot("demand", to("/insight/prediction/demand/"), phone=False),
    Shot("profit", to("/insight/profit/"), phone=False),
    Shot("scores", to("/insight/scores/"), phone=False),
    Shot("contracts-insight", to("/insight/contracts/"), phone=False),
    Shot("audiences", to("/audiences/")),
    Shot("audience-builder", of("/audiences/{0}/", AUDIENCE)),
    Shot("audience-why", of("/audiences/{0}/why/?customer={1}", WHY)),
    Shot("reports", to("/insight/reports/")),
    Shot("report-builder", answered(BUILDING)),
    Shot("dashboard", answered("/insight/reports/dashboards/shipped/manager/")),
    Shot("funnel", to("/insight/reports/ways/")),
    Shot("paths", to("/insight/reports/ways/paths/"), phone=False),
    Shot("acquisition", to("/insight/reports/ways/acquisition/"), phone=False),
    Shot("warehouse", to("/insight/data/")),
    Shot("warehouse-fact", to("/insight/data/orders/"), phone=False),
    Shot("duplicates", to("/duplicates/")),
    Shot("merge", of("/duplicates/{0}/{1}/", PAIR)),
    Shot("consents", to("/consents/")),
    Shot("consents-customer", consents_of_one, phone=False),
    Shot("inbox", to("/inbox/?view=all")),
    Shot("conversation", of("/inbox/{0}/", TALK)),
    Shot("preferences", preferences),
    Shot("why", of("/messages/{0}/", REFUSED), phone=False),
    Shot("email-account", of("/email/{0}/", ACCOUNT), phone=False),
    Shot("site", of("/sites/{0}/", SITE)),
    Shot("visits", to("/web/")),
    Shot("visitor", of("/web/visitors/{0}/", KNOWN_VISITOR)),
    Shot("shop", of("/web/shops/{0}/", SHOP), phone=False),
    Shot("chat", on_a_page),
    Shot("chat-inbox", of("/inbox/{0}/", CHAT_TALK)),
    Shot("chat-settings", of("/webchat/sites/{0}/", SITE), phone=False),
    Shot("room", of("/webchat/rooms/{0}/", ROOM)),
    Shot("bots", to("/messengers/"), phone=False),
    Shot("bot", of("/messengers/{0}/", BOT), phone=False),
    Shot("forms", to("/forms/")),
    Shot("form", of("/forms/{0}/", FORM), phone=False),
    Shot("form-build", of("/forms/{0}/build/", FORM), phone=False),
    Shot("form-page", form_page),
    Shot("push", to("/push/"), phone=False),
    Shot("webhooks", to("/webhooks/")),
    Shot("webhooks-one", of("/webhooks/{0}/", SILENT), phone=False),
)


def wanted(names: list[str]) -> Iterator[tuple[Shot, str, str]]:
    """Shot, language and screen of every picture asked for."""
    for shot in SHOTS:
        for language in LOCALES:
            for screen in SIZES if shot.phone else ("",):
                if not names or any(f"{shot.name}-{language}{screen}".startswith(name) for name in names):
                    yield shot, language, screen


def keep(page: Page, path: Path) -> int:
    """The picture with few colours; gives its bytes."""
    whole = Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide"))).convert("RGB")
    few = whole.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    return path.stat().st_size


def shoot(site: Site, names: list[str]) -> int:
    """Take every picture; gives their bytes together."""
    size = 0
    with (
        chromium.opened() as browser,
        a_visitor(site, browser, locale="en-GB") as first,
        tempfile.TemporaryDirectory() as folder,
    ):
        sign_in(first.page, site)
        state = Path(folder) / "state.json"
        first.context.storage_state(path=state)
        for shot, language, screen in wanted(names):
            width, height = SIZES[screen]
            viewport = {"width": width, "height": height}
            with a_visitor(site, browser, storage_state=state, viewport=viewport) as visitor:
                visitor.speak(language)
                shot.go(visitor, language)
                visitor.page.evaluate("document.fonts.ready")
                visitor.page.wait_for_timeout(800)  # charts have drawn themselves
                path = PICTURES / f"{shot.name}-{language}{screen}.png"
                bytes_ = keep(visitor.page, path)
                print(f"{path.name}: {bytes_ // 1024} kB")
                size += bytes_
    return size


def main() -> int:
    """Serve, shoot, remove."""
    if chromium.PROGRAM is None:
        print(chromium.MISSING, file=sys.stderr)
        return 1
    with served("--demo", first=True, PEYVAND_SITE_PORT=str(SITE_PORT)) as (url, data):
        note = json.loads((data / "sample-sign-in.json").read_text(encoding="utf-8"))
        site = Site(url=url, data=data, email=note["email"], password=note["password"])
        site.settle()
        print(f"{shoot(site, sys.argv[1:]) // 1024} kB in all")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
