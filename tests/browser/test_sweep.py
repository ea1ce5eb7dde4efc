"""Every page there is, in both languages and two widths: no error in the console, no sideways scroll, axe content."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from tests.browser.conftest import ROOT, Site, Visitor

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

# Where an address needs a record, one of the sample business.
ONE = {
    "customers:one": (
        "(SELECT max(id) FROM customers_customer WHERE demo) UNION "
        "(SELECT customer_id FROM interactions_interaction WHERE demo AND customer_id IS NOT NULL"
        " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1) UNION "
        "(SELECT id FROM customers_customer WHERE demo AND NOT EXISTS"
        " (SELECT FROM interactions_interaction WHERE customer_id = customers_customer.id) LIMIT 1)"
    ),
    "knowledge:one": "SELECT min(id) FROM knowledge_article WHERE demo",
    "knowledge:edit": "SELECT min(id) FROM knowledge_article WHERE demo",
    "knowledge:version": (
        "SELECT min(v.id) FROM knowledge_articleversion v JOIN knowledge_articletext t ON t.id = v.text_id"
        " WHERE v.demo AND v.number < t.latest"
    ),
    "fields:one": "SELECT min(id) FROM fields_customfield WHERE demo",
    "interactions:one": (
        "(SELECT max(id) FROM interactions_interaction WHERE demo AND kind = 'note' AND customer_id IS NOT NULL) UNION"
        " (SELECT max(id) FROM interactions_interaction WHERE demo AND kind = 'call')"
    ),
    "customers:list-one": "SELECT min(id) FROM customers_customerlist WHERE demo",
    "customers:list-edit": "SELECT min(id) FROM customers_customerlist WHERE demo",
    "customers:edit": "SELECT max(id) FROM customers_customer WHERE demo",
    "privacy:person": "SELECT max(id) FROM customers_customer WHERE demo AND kind = 'person'",
    "commerce:order": "SELECT max(id) FROM commerce_order WHERE demo",
    "commerce:product": "SELECT max(id) FROM commerce_product WHERE demo",
    "consents:purpose": "SELECT min(key) FROM consents_purpose WHERE demo",
    "webhooks:endpoint": "SELECT id FROM webhooks_webhookendpoint WHERE demo",
    "webhooks:endpoint-edit": "SELECT min(id) FROM webhooks_webhookendpoint WHERE demo",
    "webhooks:delivery": "SELECT max(id) FROM webhooks_webhookdelivery WHERE demo GROUP BY state",
    "jobs:run": "SELECT max(id) FROM jobs_run WHERE demo",
    "changes:set": "SELECT max(id) FROM changes_changeset WHERE demo",
    "accounts:user": "SELECT max(id) FROM accounts_user",
    "accounts:role": "SELECT min(id) FROM accounts_role",
    "accounts:team": "SELECT max(id) FROM accounts_team",
}
# Not pages: fragments, answers to a form, files, what strangers see (its own test), the API.
NOT_PAGES = {
    "commerce:price-unit",
    "consents:say",
    "privacy:export",
    "matching:find",
    "matching:decide",
    "matching:merge",
    "matching:unmerge",
    "privacy:erase",
    "consents:proof",
    "consents:wording",
    "consents:purpose-archive",
    "consents:purpose-move",
    "webhooks:endpoint-delete",
    "webhooks:endpoint-switch",
    "webhooks:rotate",
    "webhooks:test",
    "webhooks:resend-given-up",
    "webhooks:resend",
    "interactions:older",
    "interactions:record",
    "interactions:remove",
    "demo:load",
    "demo:remove",
    "demo:look",
    "accounts:invite",
    "workspace:palette",
    "workspace:switch-business",
    "workspace:health",
    "jobs:progress",
    "jobs:stop",
    "outbox:retry",
    "outbox:discard",
    "files:download",
    "changes:check",
    "changes:anchor",
    "changes:undo",
    "value:choose-day",
    "value:refresh",
    "accounts:preferences",
    "accounts:language",
    "accounts:welcome",
    "accounts:welcome-done",
    "accounts:invitation",
    "accounts:password-link",
    "accounts:session-end",
    "accounts:sessions-end",
    "accounts:invitation-revoke",
    "accounts:user-deactivate",
    "accounts:user-activate",
    "accounts:user-reset",
    "accounts:user-second-factor",
    "accounts:role-delete",
    "accounts:team-delete",
    "accounts:token-revoke",
    "customers:bulk",
    "customers:bulk-field",
    "customers:bulk-lists",
    "customers:list-of",
    "customers:list-archive",
    "customers:list-delete",
    "customers:list-copy",
    "customers:member-add",
    "customers:members-remove",
    "customers:of-one-add",
    "customers:of-one-remove",
    "customers:stage",
    "customers:stage-move",
    "customers:stage-archive",
    "fields:arrange",
    "customers:cell",
    "fields:archive",
    "interactions:ask",
    "knowledge:preview",
    "knowledge:category",
    "knowledge:category-remove",
    "knowledge:publish",
    "knowledge:review",
    "knowledge:archive",
    "knowledge:restore",
    "interactions:serving",
    "interactions:rate-remove",
    "interactions:correct",
    "interactions:pin",
    "interactions:file-add",
    "interactions:attach",
    "interactions:file",
    "interactions:file-remove",
    "interactions:detach",
    "fields:move",
    "fields:seen",
    "fields:view-save",
    "fields:columns",
    "fields:opening",
    "fields:view-remove",
    "customers:same",
    "customers:identity-row",
    "customers:choices",
    "customers:delete",
    "customers:identity-add",
    "customers:identity-remove",
    "customers:identity-verify",
    "customers:tag-add",
    "customers:tag-remove",
    "customers:relation-add",
    "customers:relation-remove",
    "commerce:line-row",
    "commerce:customer-choices",
    "commerce:order-deliver",
    "commerce:order-cancel",
    "commerce:order-return",
    "commerce:order-payment",
    "commerce:product-options",
    "transfer:columns",
    "transfer:reshape",
    "transfer:check",
    "transfer:status",
    "transfer:run",
    "transfer:stop",
    "transfer:undo",
    "transfer:problems",
    "transfer:export",
    "transfer:import",
}


def names(patterns: list[Any], prefix: str = "") -> list[tuple[str, str, bool]]:
    """(name, address pattern, needs a record) of every address of ours."""
    found = []
    for entry in patterns:
        if isinstance(entry, URLResolver):
            if entry.app_name in {"api"} or str(entry.pattern).startswith(("api/", "account/")):
                continue
            space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            found += names(entry.url_patterns, space)
        elif isinstance(entry, URLPattern) and entry.name:
            found.append((f"{prefix}{entry.name}", str(entry.pattern), "<" in str(entry.pattern)))
    return found


def test_every_address_is_a_page_or_said_not_to_be_one() -> None:
    unknown = [
        name
        for name, _pattern, needs in names(get_resolver().url_patterns)
        if name not in NOT_PAGES and needs and name not in ONE
    ]
    assert not unknown, f"say in ONE which record these pages show, or in NOT_PAGES why they are none: {unknown}"


def addresses(site: Site) -> list[str]:
    """Every page's path; where a page depends much on its record, with several records."""
    from django.urls import reverse  # noqa: PLC0415

    paths = []
    for name, _pattern, needs in names(get_resolver().url_patterns):
        if name in NOT_PAGES:
            continue
        if not needs:
            paths.append(reverse(name))
            continue
        found = [row[0] for row in site.rows(ONE[name]) if row[0] is not None]
        assert found, f"the sample business has no record for {name}"
        paths += [reverse(name, args=[one]) for one in found]
    return paths


@pytest.mark.parametrize("language", ["fa", "en"])
@pytest.mark.parametrize("width", [1440, 360])
def test_every_page_is_whole(visitor: Visitor, language: str, width: int) -> None:
    visitor.speak(language)
    visitor.page.set_viewport_size({"width": width, "height": 800})
    axe = AXE.read_text(encoding="utf-8")
    faults: list[str] = []
    for path in addresses(visitor.site):
        page = visitor.open(path)
        said = [error for error in visitor.errors if "favicon" not in error]
        faults += [f"{path}: console says {error}" for error in said]
        html = page.evaluate("({lang: document.documentElement.lang, dir: document.documentElement.dir})")
        if html != {"lang": language, "dir": "rtl" if language == "fa" else "ltr"}:
            faults.append(f"{path}: is {html}")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 1:
            faults.append(f"{path}: scrolls sideways by {wide}px")
        page.evaluate(axe)
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        faults += [
            f"{path}: {one['id']} ({one['impact']}): {one['nodes'][0]['html'][:160]}"
            for one in found["violations"]
            if one["impact"] in {"serious", "critical"}
        ]
    assert not faults, "\n".join(faults)


def test_axe_is_there() -> None:
    assert Path(AXE).is_file()
