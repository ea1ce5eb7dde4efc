"""The living style page in a browser: every part, both languages and themes; no serious fault, no sideways scroll."""

from __future__ import annotations

import mimetypes
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.test import RequestFactory
from django.utils.translation import override
from playwright.sync_api import Browser, Page, Route

from peyvand.foundation.ui.reader import ENGLISH, PERSIAN, use_reader
from peyvand.foundation.ui.tests import samples
from tests.chromium import RESTING, rest

HERE = Path(__file__).parent
STATIC = HERE.parent / "static"
AXE = HERE.parents[3] / "node_modules" / "axe-core" / "axe.min.js"
CSP = "; ".join(f"{name} {' '.join(values)}" for name, values in settings.CONTENT_SECURITY_POLICY["DIRECTIVES"].items())

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not (STATIC / "vendor").is_dir(), reason="run tools/frontend.py first"),
]


def drawn(name: str, language: str, theme: Any) -> str:
    reader = replace(PERSIAN if language == "fa" else ENGLISH, theme=theme)
    options = {**settings.TEMPLATES[0]["OPTIONS"], "context_processors": []}
    engine = DjangoTemplates({"NAME": "kit", "DIRS": [HERE / "templates"], "APP_DIRS": True, "OPTIONS": options})
    assert engines.all()
    with override(language), use_reader(reader):
        context = {**samples.context(), "csrf_token": "token"}
        if name == "kit_bare":
            context["shell"] = None
        return engine.get_template(f"{name}.html").render(context, RequestFactory().get("/kit/"))


def opened(browser: Browser, name: str, language: str = "fa", theme: str = "light", width: int = 1440) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    context.add_init_script(path=RESTING)
    page = context.new_page()
    html = drawn(name, language, theme)
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))

    def answer(route: Route) -> None:
        path = route.request.url.split("kit.test", 1)[1].split("?")[0]
        file = STATIC / path.removeprefix("/static/")
        if path == "/kit/":
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers={"Content-Security-Policy": CSP})
        elif path == "/palette/":
            route.fulfill(
                body="".join(
                    f'<div role="option" id="o{place}" aria-selected="false" data-href="/{place}/">{place}</div>'
                    for place in (1, 2)
                ),
                content_type="text/html; charset=utf-8",
            )
        elif file.is_file():
            route.fulfill(
                body=file.read_bytes(), content_type=mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            )
        else:
            route.fulfill(body="", content_type="text/html")

    page.route("**/*", answer)
    page.goto("http://kit.test/kit/")
    rest(page)
    assert not faults
    return page


def serious(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(result => result.violations)")
    return [
        f"{one['id']}: {[node['html'][:140] for node in one['nodes'][:3]]}"
        for one in found
        if one["impact"] in {"serious", "critical"}
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("language", "width"), [("fa", 1440), ("fa", 390), ("en", 1440)])
@pytest.mark.parametrize("name", ["kit", "kit_list", "kit_bare"])
def test_every_part_is_accessible(browser: Browser, name: str, language: str, width: int, theme: str) -> None:
    page = opened(browser, name, language, theme, width)
    if folder := os.environ.get("PEYVAND_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}-{language}-{theme}-{width}.png"))
    assert page.locator("html").get_attribute("dir") == ("rtl" if language == "fa" else "ltr")
    assert page.locator("html").get_attribute("data-bs-theme") == theme
    assert serious(page) == []
    page.context.close()


@pytest.mark.parametrize("width", [320, 390, 768, 1100, 1440])
@pytest.mark.parametrize("name", ["kit", "kit_list"])
def test_nothing_scrolls_sideways(browser: Browser, name: str, width: int) -> None:
    page = opened(browser, name, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (
        page.evaluate(
            "(() => { const b = document.querySelector('.pv-body'); return b.scrollWidth - b.clientWidth })()"
        )
        <= 0
    )
    page.context.close()


def test_keys_selection_palette_theme_and_table(browser: Browser) -> None:
    page = opened(browser, "kit_list")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("x")
    assert page.locator("tr.cur [data-check]").is_checked()
    assert "۱" in page.locator("[data-bulk-count]").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("[data-bulk]").is_hidden()
    page.keyboard.press("Control+k")
    page.wait_for_selector("#o1[aria-selected=true]")
    page.keyboard.press("ArrowDown")
    assert page.locator("#pv-palette input").get_attribute("aria-activedescendant") == "o2"
    page.keyboard.press("Enter")
    page.wait_for_url("**/2/")
    page.context.close()

    page = opened(browser, "kit")
    page.evaluate("peyvand.toast({text: 'x', undo: '/undo/'})")
    box = page.locator("[data-toast]").bounding_box()
    assert box is not None
    assert box["y"] > 700
    assert box["x"] > 700  # the start side of a Persian page
    page.locator("[data-theme-toggle]").click()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    figure = page.locator("[data-figure]").first
    figure.locator("[data-table-toggle]").click()
    assert figure.locator("table").is_visible()
    assert figure.locator("[data-chart]").is_hidden()
    page.context.close()


def test_the_jalali_picker_opens_on_the_date_and_writes_persian(browser: Browser) -> None:
    page = opened(browser, "kit")
    field = page.locator("[data-jdp]").first
    field.click()
    page.wait_for_selector("jdp-container .jdp-day.selected")
    page.locator("jdp-container .jdp-day:not(.not-in-month)", has_text="۲۰").first.click()
    page.locator("h1").click()
    assert field.input_value() == "۱۳۶۸/۰۴/۲۰"
    page.context.close()
