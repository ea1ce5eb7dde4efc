"""Every page there is, signed in and not, of a full house and an empty one, in both languages and two widths: no error
in the console, no sideways scroll, axe content.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Browser

from tests.browser.conftest import Site, Visitor, a_visitor
from tests.browser.looking import AXE, faults
from tests.chromium import rest

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("browser")]
DESK, PHONE = 1440, 360
# Each page is opened once a language and seen at both widths: in Persian on a phone first, in English at a desk first.
SEEN = pytest.mark.parametrize(("language", "widths"), [("fa", (PHONE, DESK)), ("en", (DESK, PHONE))], ids=["fa", "en"])

# Where an address needs a record, one of the sample business; imports are of one's own, made for this.
ONE = {
    "reports:one": "SELECT min(id) FROM reports_report WHERE demo",
    "reports:shipped": "VALUES ('manager'), ('marketing'), ('sales'), ('service')",
    "customers:one": (
        "(SELECT max(id) FROM customers_customer WHERE demo) UNION "
        "(SELECT customer_id FROM interactions_interaction WHERE demo AND customer_id IS NOT NULL"
        " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1) UNION "
        "(SELECT id FROM customers_customer WHERE demo AND NOT EXISTS"
        " (SELECT FROM interactions_interaction WHERE customer_id = customers_customer.id) LIMIT 1)"
    ),
    "customers:structure": (
        "(SELECT parent_id FROM customers_customer WHERE demo AND parent_id IS NOT NULL LIMIT 1) UNION "
        "(SELECT min(person_id) FROM customers_relation WHERE demo)"
    ),
    "knowledge:one": "SELECT min(id) FROM knowledge_article WHERE demo",
    "knowledge:edit": "SELECT min(id) FROM knowledge_article WHERE demo",
    "knowledge:version": (
        "SELECT min(v.id) FROM knowledge_articleversion v JOIN knowledge_articletext t ON t.id = v.text_id"
        " WHERE v.demo AND v.number < t.latest"
    ),
    "work:holiday": "SELECT min(id) FROM work_holiday WHERE demo",
    "work:hours": "SELECT max(id) FROM work_workinghours WHERE demo",
    "fields:one": "SELECT min(id) FROM fields_customfield WHERE demo",
    "interactions:one": (
        "(SELECT max(id) FROM interactions_interaction WHERE demo AND kind = 'note' AND customer_id IS NOT NULL) UNION"
        " (SELECT max(id) FROM interactions_interaction WHERE demo AND kind = 'call')"
    ),
    "customers:list-one": "SELECT min(id) FROM customers_customerlist WHERE demo",
    "customers:list-edit": "SELECT min(id) FROM customers_customerlist WHERE demo",
    "customers:edit": "SELECT max(id) FROM customers_customer WHERE demo",
    "privacy:person": "SELECT max(id) FROM customers_customer WHERE demo AND kind = 'person'",
    "commerce:order": (
        "(SELECT max(id) FROM commerce_order WHERE demo) UNION"
        " (SELECT max(id) FROM commerce_order WHERE demo AND discount_minor <> 0 AND paid_minor <> 0)"
    ),
    "commerce:contract": (
        "(SELECT max(id) FROM commerce_contract WHERE demo AND renewals > 1) UNION"
        " (SELECT max(id) FROM commerce_contract WHERE demo AND ended_on IS NOT NULL)"
    ),
    "commerce:contract-edit": "SELECT max(id) FROM commerce_contract WHERE demo",
    "commerce:category": "SELECT max(id) FROM commerce_category WHERE demo",
    "commerce:price-list": "(SELECT min(id) FROM commerce_pricelist WHERE demo) UNION "
    "(SELECT max(id) FROM commerce_pricelist WHERE demo)",
    "commerce:price-list-edit": "SELECT min(id) FROM commerce_pricelist WHERE demo",
    "commerce:tax-rate": "SELECT min(id) FROM commerce_taxrate WHERE demo",
    "commerce:cost": "SELECT max(id) FROM commerce_cost WHERE demo",
    "value:stated": "SELECT max(id) FROM customers_customer WHERE demo",
    "commerce:product": "SELECT max(id) FROM commerce_product WHERE demo",
    "consents:purpose": "SELECT min(key) FROM consents_purpose WHERE demo",
    "conversations:one": "SELECT min(id) FROM conversations_conversation WHERE demo GROUP BY state",
    "conversations:rule-one": "SELECT min(id) FROM conversations_routingrule WHERE demo",
    "conversations:person": "SELECT min(user_id) FROM conversations_answerer WHERE demo",
    "conversations:reply-one": "SELECT min(id) FROM conversations_savedreply WHERE demo",
    "outreach:one": "SELECT max(id) FROM outreach_message WHERE demo GROUP BY state",
    "outreach:link": "SELECT min(id) FROM outreach_link WHERE demo",
    "outreach:template": "SELECT min(key) FROM outreach_template WHERE demo",
    "email:one": "SELECT min(id) FROM email_emailaccount WHERE demo",
    "email:folders": "SELECT min(id) FROM email_emailaccount WHERE demo",
    "email:proofs": "SELECT min(id) FROM email_emailaccount WHERE demo",
    "sms:one": "SELECT min(id) FROM sms_smsaccount WHERE demo",
    "sites:one": "SELECT min(id) FROM sites_site WHERE demo",
    "messengers:one": "SELECT min(id) FROM messengers_bot WHERE demo",
    "messengers:link": "SELECT max(id) FROM customers_customer WHERE demo",
    "webchat:widget": "SELECT min(id) FROM sites_site WHERE demo",
    "webchat:room": "SELECT min(id) FROM webchat_room WHERE demo",
    "webchat:room-edit": "SELECT min(id) FROM webchat_room WHERE demo",
    "web:visitor": "(SELECT max(id) FROM sites_visitor WHERE demo AND customer_id IS NULL) UNION "
    "(SELECT max(id) FROM sites_visitor WHERE demo AND customer_id IS NOT NULL)",
    "web:test": "SELECT min(id) FROM sites_site WHERE demo",
    "web:shop": "SELECT min(id) FROM web_shop WHERE demo",
    "webhooks:endpoint": "SELECT id FROM webhooks_webhookendpoint WHERE demo",
    "webhooks:endpoint-edit": "SELECT min(id) FROM webhooks_webhookendpoint WHERE demo",
    "webhooks:delivery": "SELECT max(id) FROM webhooks_webhookdelivery WHERE demo GROUP BY state",
    "jobs:run": "SELECT max(id) FROM jobs_run WHERE demo",
    "changes:set": "SELECT max(id) FROM changes_changeset WHERE demo",
    "accounts:user": "SELECT max(id) FROM accounts_user",
    "accounts:role": "SELECT min(id) FROM accounts_role",
    "accounts:team": "SELECT max(id) FROM accounts_team",
    "transfer:columns": "SELECT max(id) FROM transfer_import WHERE state = 'mapping' GROUP BY shape",
    "transfer:check": "SELECT max(id) FROM transfer_import WHERE state = 'checked'",
    "transfer:import": "SELECT max(id) FROM transfer_import WHERE state IN ('done', 'undone') GROUP BY state",
    "matching:merge": (
        "SELECT a_id, b_id FROM matching_pair WHERE demo AND state = 'open' ORDER BY score DESC, id LIMIT 1"
    ),
    "forms:one": "SELECT min(id) FROM forms_form WHERE demo",
    "forms:settings": "SELECT min(id) FROM forms_form WHERE demo",
    "forms:build": "SELECT min(id) FROM forms_form WHERE demo",
    "forms:preview": "SELECT min(id) FROM forms_form WHERE demo",
    "forms:result": (
        "SELECT min(id) FROM forms_submission WHERE demo GROUP BY state, customer_id IS NULL, suggestions <> '[]'"
    ),
    "warehouse:fact": "SELECT 'orders'",
    "prediction:campaign": "SELECT min(id) FROM prediction_campaign WHERE demo",
    "audiences:one": "SELECT id FROM audiences_audience WHERE demo",
    "audiences:members": "SELECT max(id) FROM audiences_audience WHERE demo",
    "audiences:why": "SELECT max(id) FROM audiences_audience WHERE demo",
    "audiences:time": "SELECT max(id) FROM audiences_audience WHERE demo",
    "fields:seen": "SELECT 'customer', 'c.' || key FROM fields_customfield WHERE demo AND NOT archived LIMIT 1",
}
# Pages of those who are not in yet; each in a sweep of its own.
BEFORE_SIGN_IN = {
    "account_login",
    "account_reset_password",
    "account_set_password",
    "account_signup",
    "account_inactive",
    "accounts:invitation",
    "accounts:password-link",
}
FIRST_RUN = {"accounts:welcome", "accounts:welcome-done"}
# Seen by those who have a second factor or a passkey: test_second_factor walks and looks at them.
WITH_FACTOR = {
    "mfa_authenticate",
    "mfa_reauthenticate",
    "mfa_deactivate_totp",
    "mfa_view_recovery_codes",
    "mfa_generate_recovery_codes",
}
# Not pages: fragments, answers to a form, files, the documents of the API; and what needs a device with a passkey.
NOT_PAGES = {
    "reports:touchpoint",  # needs a touchpoint in its query: test_funnel opens it
    "reports:compute",
    "reports:lookback",
    "transfer:template",
    "transfer:template-delete",
    "transfer:template-use",
    "transfer:export-file",
    "commerce:price-unit",
    "consents:say",
    "privacy:export",
    "matching:find",
    "matching:decide",
    "matching:unmerge",
    "matching:several",
    "matching:unmerge-batch",
    "matching:quality-count",
    "matching:quality-required",
    "consents:many",
    "consents:take-back",
    "consents:mistake",
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
    "workspace:palette",
    "workspace:switch-business",
    "workspace:health",
    "ui:manifest",
    "ui:worker",
    "ui:offline",
    "jobs:progress",
    "jobs:stop",
    "outbox:retry",
    "outbox:discard",
    "files:download",
    "changes:check",
    "changes:anchor",
    "changes:undo",
    "value:choose-day",
    "value:scores-ask",
    "value:scored-people",
    "value:refresh",
    "audiences:create",
    "audiences:draw",
    "audiences:size",
    "audiences:editor",
    "audiences:leaf",
    "audiences:typed",
    "audiences:choices",
    "audiences:save",
    "audiences:freeze",
    "audiences:thaw",
    "audiences:archive",
    "audiences:duplicate",
    "audiences:share",
    "audiences:snapshot",
    "prediction:foresee",
    "reports:groups",
    "reports:figure",  # pieces, files and forms of the pages of reports
    "reports:file",
    "reports:save",
    "reports:copy",
    "reports:archive",
    "reports:tile-add",
    "reports:shipped-copy",
    "reports:dashboard",  # the sample has no dashboard and no mailing of its own; test_reports.py looks at these
    "reports:dashboard-edit",
    "reports:dashboard-archive",
    "reports:tile",
    "reports:mailing-new",
    "reports:mailing",
    "reports:mailing-run",
    "reports:mailing-switch",
    "reports:links",
    "reports:link-new",
    "reports:link-close",
    "prediction:campaign-anew",
    "prediction:campaign-remove",
    "prediction:decline",
    "accounts:preferences",
    "accounts:language",
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
    "work:load",
    "work:holiday-remove",
    "work:hours-remove",
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
    "customers:identity",
    "customers:identity-verify",
    "customers:identity-primary",
    "customers:relation",
    "customers:part-add",
    "customers:part-remove",
    "customers:trait-add",
    "customers:trait-remove",
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
    "commerce:contract-customers",
    "commerce:contract-renew",
    "commerce:contract-fee",
    "commerce:contract-end",
    "outreach:cancel",
    "outreach:decide",
    "outreach:write",
    "outreach:count",
    "outreach:parts",
    "outreach:preview",
    "outreach:template-archive",
    "outreach:link-archive",
    "outreach:link-qr",
    "outreach:rule-save",
    "outreach:rule-remove",
    "outreach:suppression-remove",
    "conversations:rows",
    "conversations:parts",
    "conversations:news",
    "conversations:file",
    "conversations:page",
    "conversations:reply",
    "conversations:assign",
    "conversations:snooze",
    "conversations:close",
    "conversations:reopen",
    "conversations:read",
    "email:remove",
    "email:test",
    "email:proofs-look",
    "email:folders-read",
    "email:hook",
    "email:key",
    "email:marketing",
    "conversations:reply-remove",
    "conversations:live",
    "conversations:merge",
    "conversations:split",
    "conversations:bulk",
    "conversations:tag",
    "conversations:route",
    "conversations:rule-move",
    "conversations:rule-remove",
    "conversations:here",
    "conversations:offered",
    "push:worker",
    "push:check",
    "push:test",
    "conversations:whose",
    "webchat:transcript",
    "webchat:room-news",
    "webchat:room-say",
    "webchat:room-line",
    "webchat:room-guest",
    "sms:remove",
    "sms:hook",
    "sms:test",
    "messengers:remove",
    "messengers:hook",
    "messengers:tell",
    "messengers:test",
    "forms:result-do",
    "forms:file",
    "forms:switch",
    "forms:remove",
    "sites:secret",
    "web:events",
    "web:known",
    "web:unknown",
    "web:shop-remove",
    "web:shop-hook",
    "web:shop-secret",
    "commerce:order-quote",
    "commerce:payment-reverse",
    "commerce:category-archive",
    "commerce:category-move",
    "commerce:price-list-archive",
    "commerce:price-item-put",
    "commerce:price-item-remove",
    "commerce:tax-rate-archive",
    "commerce:cost-remove",
    "commerce:cost-rate-remove",
    "transfer:reshape",
    "transfer:status",
    "transfer:run",
    "transfer:stop",
    "transfer:undo",
    "transfer:problems",
    "transfer:export",
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
    "mfa_reauthenticate_webauthn",
    "mfa_edit_webauthn",
    "mfa_remove_webauthn",
    "api:openapi",
}


ELSEWHERE = NOT_PAGES | BEFORE_SIGN_IN | FIRST_RUN | WITH_FACTOR


def names(patterns: list[Any], prefix: str = "") -> list[tuple[str, str, bool]]:
    """(name, address pattern, needs a record) of every address of ours; of the API only its pages."""
    found = []
    for entry in patterns:
        if isinstance(entry, URLResolver):
            space = f"{prefix}{entry.namespace}:" if entry.namespace else prefix
            inner = names(entry.url_patterns, space)
            found += [one for one in inner if one[0] in ("api:reference", "api:openapi")] if space == "api:" else inner
        elif isinstance(entry, URLPattern) and entry.name:
            found.append((f"{prefix}{entry.name}", str(entry.pattern), "<" in str(entry.pattern)))
    return found


def test_every_address_is_a_page_or_said_not_to_be_one() -> None:
    known = names(get_resolver().url_patterns)
    unknown = [name for name, _pattern, needs in known if name not in ELSEWHERE and needs and name not in ONE]
    assert not unknown, f"say in ONE which record these pages show, or in NOT_PAGES why they are none: {unknown}"
    gone = (ELSEWHERE | set(ONE)) - {name for name, _pattern, _needs in known}
    assert not gone, f"no address has these names any more: {gone}"


def addresses(site: Site) -> list[str]:
    """Every page's path; where a page depends much on its record, with several records."""
    paths = []
    for name, _pattern, needs in names(get_resolver().url_patterns):
        if name in ELSEWHERE:
            continue
        if not needs:
            paths.append(reverse(name))
            continue
        found = [row for row in site.rows(ONE[name]) if row[0] is not None]
        assert found, f"there is no record for {name}"
        paths += [reverse(name, args=row) for row in found]
    return paths


ORDERS = """InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
536365,85123A,WHITE HANGING HEART T-LIGHT HOLDER,6,3/4/2026 08:26,2.55,17850.0,United Kingdom
536365,71053,,6,3/4/2026 08:26,much,17850.0,United Kingdom
"""
PEOPLE = "نام,موبایل,ایمیل\nنرگس باقری,09121234567,n@example.com\nبی‌شماره,12,\n"


@pytest.fixture(scope="module")
def imports(site: Site, browser: Browser, signed_in: Path) -> Iterator[None]:
    """Own imports in each state that has a page of its own: columns asked for, checked, done, taken back."""
    with a_visitor(site, browser, storage_state=signed_in) as one:

        def give(shape: str, text: str) -> str:
            one.open("/import/")
            file = {"name": f"{shape}.csv", "mimeType": "text/csv", "buffer": text.encode()}
            answer = one.context.request.post(
                f"{site.url}/import/", headers={"Referer": f"{site.url}/"},
                multipart={"csrfmiddlewaretoken": one.token, "shape": shape, "file": file},
            )  # fmt: skip
            assert answer.url.endswith("/columns/"), answer.url
            return answer.url.removeprefix(site.url).removesuffix("columns/")

        give("orders", ORDERS)
        give("customers", PEOPLE)
        checked = give("customers", PEOPLE)
        mapped = {"column-0": "name", "column-1": "phone", "column-2": "email", "next": "1"}
        one.post(f"{checked}columns/", **mapped)
        state = f"SELECT state FROM transfer_import WHERE id = {checked.strip('/').split('/')[-1]}"
        site.until(state, "checked")
        undone = site.command("import", "customers", _written(site, PEOPLE))
        site.command("import", "undo", str(undone["id"]))
        done = site.command("import", "customers", _written(site, PEOPLE))
    site.settle()
    yield
    site.command("import", "undo", str(done["id"]))


def _written(site: Site, text: str) -> str:
    path = site.data / "people.csv"
    path.write_text(text, encoding="utf-8")
    return str(path)


def looked_at(
    visitor: Visitor, paths: list[str], language: str, *, widths: Iterable[int], status: int = 200, axe: bool = True
) -> list[str]:
    """What is wrong with each of the pages, opened at the first width; axe looks there only, as the other language
    begins with the other width.
    """
    found: list[str] = []
    first, *others = widths
    for path in paths:
        visitor.page.set_viewport_size({"width": first, "height": 800})
        page = visitor.open(path, status)
        seen = faults(page, language=language, said=visitor.errors, axe=axe)
        found += [f"{path} at {first}: {fault}" for fault in seen]
        for width in others:
            page.set_viewport_size({"width": width, "height": 800})
            more = faults(page, language=language, said=visitor.errors, axe=False)
            found += [f"{path} at {width}: {fault}" for fault in more]
    return found


@SEEN
def test_every_page_is_whole(visitor: Visitor, imports: None, language: str, widths: tuple[int, ...]) -> None:
    visitor.speak(language)
    found = looked_at(visitor, addresses(visitor.site), language, widths=widths)
    found += looked_at(visitor, ["/customers/999999999/", "/nothing/here/"], language, widths=widths, status=404)
    assert not found, "\n".join(found)


@pytest.fixture(scope="module")
def links(site: Site) -> dict[str, list[str]]:
    """Paths that strangers open, by the status they answer."""
    invited = str(site.command("user", "create-admin", "invited@example.com")["link"])
    forgotten = str(site.command("user", "reset-link", site.email)["link"])
    open_to_all = sorted(BEFORE_SIGN_IN - {"accounts:invitation", "accounts:password-link"})
    good = [*(reverse(name) for name in open_to_all), reverse("api:reference")]
    gone = [reverse("accounts:invitation", args=["gone"]), reverse("accounts:password-link", args=["gone"])]
    return {"good": [*good, *("/" + link.split("/", 3)[3] for link in (invited, forgotten))], "gone": gone}


@SEEN
def test_what_strangers_see_is_whole(
    site: Site, browser: Browser, links: dict[str, list[str]], language: str, widths: tuple[int, ...]
) -> None:
    with a_visitor(site, browser, locale={"fa": "fa-IR", "en": "en-GB"}[language]) as stranger:
        found = looked_at(stranger, links["good"], language, widths=widths)
        found += looked_at(stranger, links["gone"], language, widths=widths, status=410)
        found += looked_at(stranger, ["/nothing/here/"], language, widths=widths, status=404)
        stranger.open("/customers/")
        assert stranger.path.startswith("/account/login/"), "whoever is not in is asked who they are"
        assert not found, "\n".join(found)


def test_the_first_run_and_an_empty_house_are_whole(empty_site: Site, browser: Browser) -> None:
    found: list[str] = []
    for language, locale in (("en", "en-GB"), ("fa", "fa-IR")):
        with a_visitor(empty_site, browser, locale=locale) as first:
            page = first.page
            found += looked_at(first, ["/welcome/"], language, widths=(DESK, PHONE))
            assert first.path == "/welcome/"
            page.click(f"button[name=language][value={language}]")
            page.wait_for_url("**/welcome/?step=business")
            for step in ("business", "you"):
                for width in (DESK, PHONE):
                    page.set_viewport_size({"width": width, "height": 800})
                    rest(page)
                    found += [f"{step}: {fault}" for fault in faults(page, language=language, said=first.errors)]
                if step == "business":
                    page.fill("input[name=workspace_name]", "شرکت ABC (سهامی خاص)")
                    page.click("main button[type=submit]")
                    page.wait_for_url("**/welcome/?step=you")
            if language == "en":
                continue
            page.fill("input[name=name]", "سارا نیک‌پور")
            page.fill("input[name=email]", empty_site.email)
            page.fill("input[name=password]", empty_site.password)
            page.click("main button[type=submit]")
            page.wait_for_url("**/welcome/done/")
            every = names(get_resolver().url_patterns)
            paths = [reverse(name) for name, _pattern, needs in every if not needs and name not in ELSEWHERE]
            paths.insert(0, reverse("accounts:welcome-done"))
            for spoken, width in (("fa", PHONE), ("en", DESK)):  # axe once: its parts are those of a full house
                first.speak(spoken)
                found += looked_at(first, paths, spoken, widths=(width,), axe=spoken == "fa")
    assert not found, "\n".join(found)


def test_axe_is_there() -> None:
    assert Path(AXE).is_file()
