"""What is looked at on every page, whoever sees it."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.conftest import ROOT

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SERIOUS = {"serious", "critical"}


def violations(page: Page, within: str = "document") -> list[str]:
    """What axe finds that is serious or worse, with the first place of each."""
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text(encoding="utf-8"))
    options = {"resultTypes": ["violations"]}
    found: dict[str, Any] = page.evaluate(f"options => axe.run({within}, options)", options)
    return [
        f"{one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
        for one in found["violations"]
        if one["impact"] in SERIOUS
    ]


# Buttons of which a part lies outside a box that hides it and can't be scrolled: nobody reaches that part.
_CUT = """
() => [...document.querySelectorAll('.pv-body button, .pv-body .btn, .pv-bare .btn')].flatMap(button => {
  const own = button.getBoundingClientRect();
  if (!own.width || !button.checkVisibility({visibilityProperty: true})) return [];
  for (let box = button.parentElement; box; box = box.parentElement) {
    const way = getComputedStyle(box).overflowX, edge = box.getBoundingClientRect();
    if (way === 'auto' || way === 'scroll') return [];
    const beyond = own.left < edge.left - 1 || own.right > edge.right + 1;
    if (way !== 'visible' && beyond) return [button.outerHTML.slice(0, 120)];
  }
  return [];
})
"""


def faults(page: Page, *, language: str, said: list[str], axe: bool = True) -> list[str]:
    """Everything that is wrong with the page as it stands: language, direction, width, axe, errors of the console."""
    wanted = {"lang": language, "dir": "rtl" if language == "fa" else "ltr"}
    found = [f"console says {error}" for error in said if "favicon" not in error]
    html = page.evaluate("({lang: document.documentElement.lang, dir: document.documentElement.dir})")
    if html != wanted:
        found.append(f"is {html}")
    for what in ("html", ".pv-body"):
        wide = page.evaluate(
            "what => { const box = document.querySelector(what); return box ? box.scrollWidth - box.clientWidth : 0 }",
            what,
        )
        if wide > 1:
            found.append(f"{what} scrolls sideways by {wide}px")
    found += [f"cuts off {button}" for button in page.evaluate(_CUT)[:3]]
    if not page.title().strip(" ·"):
        found.append("has no title")
    return found + (violations(page) if axe else [])
