"""What is looked at on every page, whoever sees it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}
_axe: list[str] = []


def violations(page: Page, within: str = "document") -> list[str]:
    """What axe finds that is serious or worse, with the first place of each."""
    if not _axe:
        _axe.append(AXE.read_text(encoding="utf-8"))
    page.evaluate(_axe[0])
    found: dict[str, Any] = page.evaluate(f"axe.run({within}, {{resultTypes: ['violations']}})")
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]


def faults(page: Page, *, language: str, said: list[str]) -> list[str]:
    """Everything that is wrong with the page as it stands: language, direction, width, axe, errors of the console."""
    wanted = {"lang": language, "dir": "rtl" if language == "fa" else "ltr"}
    found = [f"console says {error}" for error in said if "favicon" not in error]
    html = page.evaluate("({lang: document.documentElement.lang, dir: document.documentElement.dir})")
    if html != wanted:
        found.append(f"is {html}")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    if wide > 1:
        found.append(f"scrolls sideways by {wide}px")
    if not page.title().strip(" ·"):
        found.append("has no title")
    return found + violations(page)
