"""An app on a phone: installable in either language, a page without a network, and nothing of a person kept."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.browser.conftest import Visitor
from tests.browser.test_sweep import AXE

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
KEPT = """async () => {
  const found = [];
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
  return found;
}"""
PICTURE = """async address => {
  const image = new Image();
  image.src = address;
  await image.decode();
  return [image.naturalWidth, image.naturalHeight];
}"""


def ready(visitor: Visitor) -> None:
    """Until the worker stands behind the page."""
    visitor.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    visitor.page.wait_for_function("navigator.serviceWorker.controller !== null")


@pytest.mark.parametrize(("language", "direction", "name"), [("fa", "rtl", "پیوند"), ("en", "ltr", "Peyvand")])
def test_it_can_be_installed_in_either_language(visitor: Visitor, language: str, direction: str, name: str) -> None:
    visitor.speak(language)
    page = visitor.open("/")
    address = page.get_attribute('link[rel="manifest"]', "href")
    answer = page.request.get(f"{visitor.site.url}{address}")
    assert answer.headers["content-type"].startswith("application/manifest+json")
    manifest = json.loads(answer.text())
    assert (manifest["lang"], manifest["dir"], manifest["name"]) == (language, direction, name)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/", "/", "standalone")
    for icon in manifest["icons"]:
        size = page.evaluate(PICTURE, icon["src"])
        assert icon["sizes"] == "any" or icon["sizes"] == f"{size[0]}x{size[1]}"
    assert {"any", "maskable"} <= {icon["purpose"] for icon in manifest["icons"]}
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in manifest["icons"]}
    ready(visitor)
    session = visitor.context.new_cdp_session(page)
    errors = {one["errorId"] for one in session.send("Page.getInstallabilityErrors")["installabilityErrors"]}
    assert errors <= {"in-incognito"}, "the test's own browser is the only thing in the way"
    assert not session.send("Page.getAppManifest")["errors"]


def test_without_a_network_there_is_one_page_and_it_keeps_nothing_of_anybody(visitor: Visitor) -> None:
    for path in ("/", "/customers/", "/interactions/"):
        page = visitor.open(path)
    ready(visitor)
    visitor.open("/customers/")
    kept = page.evaluate(KEPT)
    assert "/offline/" in kept
    assert len(kept) > 5
    assert [path for path in kept if path != "/offline/" and not path.startswith("/static/")] == []
    visitor.context.set_offline(True)
    try:
        page.goto(f"{visitor.site.url}/customers/?q=anything")
        assert page.get_attribute("main", "data-kind") == "offline"
        for language in ("fa", "en"):
            assert page.inner_text(f'section[lang="{language}"] p')
        assert page.evaluate("document.fonts.ready.then(() => document.fonts.check('15px Vazirmatn'))")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run().then(result => result.violations.map(one => one.id))")
        assert found == []
    finally:
        visitor.context.set_offline(False)
    page.click('section[lang="en"] a')
    page.wait_for_selector(".pv-app")
    assert "/customers/" in page.url


def test_the_table_of_a_chart_leaves_without_formulas(visitor: Visitor, tmp_path: Path) -> None:
    visitor.site.until("SELECT count(*) > 0 FROM value_snapshot WHERE demo AND newest", True)
    page = visitor.open("/insight/")
    head = page.locator("[data-figure]:has([data-csv])").first
    head.locator("table tbody tr td, table tbody tr th").first.evaluate(
        "cell => { cell.textContent = '\\u2068=cmd|calc\\u2069'; delete cell.dataset.raw; }"
    )
    with page.expect_download() as waiting:
        head.locator("[data-csv]").first.evaluate("button => button.click()")
    path = tmp_path / "figure.csv"
    waiting.value.save_as(path)
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    assert rows[1][0] == "'\u2068=cmd|calc\u2069"
    assert all(row for row in rows)
