"""Every route × every kind of caller. A route that is not listed here fails; what is refused leaves no trace."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection

from peyvand.doors.api.tests.factories import Program, narrow, person, program
from peyvand.doors.api.views import METHODS, PREFIX, document
from peyvand.foundation.registry.actor import Scope
from peyvand.memory.consents.services import purposes_ensure
from peyvand.memory.customers.stages import stages_ensure

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Route:
    """A route: the right it needs (any of several), and a body that would do something."""

    method: str
    path: str
    rights: tuple[str, ...]
    body: Any = None


PRODUCT = {"sku": "NEW", "name": "New", "currency": "IRR"}
NOTE = {"customer_id": "{customer_id}", "kind": "note", "text": "hello"}
CONSENT = {"purpose": "news", "channels": ["sms"], "decision": "given"}
ASKED = {"customer_ids": ["{customer_id}"], "purpose": "news", "channel": "sms"}
ORDER = {
    "currency": "IRR",
    "customer_id": "{customer_id}",
    "lines": [{"quantity": "1", "description": "Tea", "unit_price": "5"}],
}
HOOK = {"url": "https://hooks.peyvand.ir/in", "events": ["*"]}
ROUTES = (
    Route("get", "/customers", ("customers.view",)),
    Route("post", "/customers", ("customers.edit",), {"name": "New"}),
    Route("get", "/customers/{customer_id}", ("customers.view",)),
    Route("patch", "/customers/{customer_id}", ("customers.edit",), {"version": 1, "city": "Shiraz"}),
    Route("get", "/customers/{customer_id}/identities", ("customers.view",)),
    Route(
        "post", "/customers/{customer_id}/identities", ("customers.edit",), {"kind": "email", "value": "n@example.com"}
    ),
    Route("delete", "/customers/{customer_id}/identities/{identity_id}", ("customers.edit",)),
    Route("get", "/lists", ("customers.view",)),
    Route("post", "/lists", ("customers.lists",), {"name": "Guests", "customer_ids": ["{customer_id}"]}),
    Route("get", "/lists/{list_id}", ("customers.view",)),
    Route("patch", "/lists/{list_id}", ("customers.lists",), {"name": "Other guests"}),
    Route("get", "/lists/{list_id}/members", ("customers.view",)),
    Route("post", "/lists/{list_id}/members", ("customers.lists",), {"customer_ids": ["{customer_id}"]}),
    Route("post", "/lists/{list_id}/members/remove", ("customers.lists",), {"customer_ids": ["{customer_id}"]}),
    Route("post", "/lists/{list_id}/copy", ("customers.lists",), {}),
    Route("post", "/lists/{list_id}/archive", ("customers.lists",), {"archived": False}),
    Route("get", "/stages", ("customers.view",)),
    Route("post", "/stages", ("fields.manage",), {"name_en": "Trial"}),
    Route("patch", "/stages/{key}", ("fields.manage",), {"name_en": "Hot lead"}),
    Route("post", "/stages/{key}/move", ("fields.manage",), {"up": False}),
    Route("post", "/stages/{key}/archive", ("fields.manage",), {"archived": True}),
    Route("get", "/customers/{customer_id}/consents", ("consents.view",)),
    Route("post", "/customers/{customer_id}/consents", ("consents.edit",), CONSENT),
    Route("get", "/customers/{customer_id}/consents/ledger", ("consents.view",)),
    Route("get", "/consents", ("consents.view",)),
    Route("get", "/customers/{customer_id}/personal-data", ("privacy.export",)),
    Route("get", "/consents/purposes", ("consents.view",)),
    Route("post", "/consents/allowed", ("consents.view",), ASKED),
    Route("get", "/customers/{customer_id}/timeline", ("interactions.view",)),
    Route("get", "/customers/{customer_id}/value", ("insight.view_customer",)),
    Route("get", "/interactions", ("interactions.view",)),
    Route("post", "/interactions", ("interactions.edit",), NOTE),
    Route("get", "/orders", ("orders.view",)),
    Route("post", "/orders", ("orders.edit",), ORDER),
    Route("get", "/orders/{order_id}", ("orders.view",)),
    Route("post", "/orders/{order_id}/deliver", ("orders.edit",), {}),
    Route("post", "/orders/{order_id}/payments", ("orders.edit",), {"amount_minor": 1}),
    Route(
        "post", "/orders/{order_id}/returns", ("orders.edit",), {"lines": [{"line_id": "{line_id}", "quantity": "1"}]}
    ),
    Route("post", "/orders/{order_id}/cancel", ("orders.edit",), {}),
    Route("get", "/products", ("products.view",)),
    Route("post", "/products", ("products.edit",), PRODUCT),
    Route("get", "/products/{product_id}", ("products.view",)),
    Route("put", "/products/{product_id}", ("products.edit",), {**PRODUCT, "sku": "OTHER"}),
    Route("get", "/articles", ("knowledge.view",)),
    Route("post", "/articles", ("knowledge.edit",), {"texts": {"fa": {"title": "Tea"}}}),
    Route("get", "/articles/{article_id}", ("knowledge.view",)),
    Route("put", "/articles/{article_id}", ("knowledge.edit",), {"texts": {"fa": {"title": "Coffee"}}}),
    Route("post", "/articles/{article_id}/{language}/publish", ("knowledge.publish",)),
    Route("get", "/insight/summary", ("insight.view",)),
    Route("get", "/insight/slipping", ("insight.view",)),
    Route("get", "/imports", ("transfer.import",)),
    Route("post", "/imports", ("transfer.import",)),
    Route("get", "/imports/{import_id}", ("transfer.import",)),
    Route("put", "/imports/{import_id}/mapping", ("transfer.import",), {"mapping": {}}),
    Route("post", "/imports/{import_id}/run", ("transfer.import",)),
    Route("post", "/imports/{import_id}/undo", ("transfer.import",)),
    Route("get", "/imports/{import_id}/problems", ("transfer.import",)),
    Route("get", "/exports/{name}", ("customers.export",)),
    Route("get", "/runs/{run_id}", ("jobs.view_all",)),
    Route("post", "/runs/{run_id}/stop", ("jobs.view_all", "jobs.stop_all")),
    Route("get", "/webhooks/events", ("webhooks.view", "webhooks.manage")),
    Route("get", "/webhooks/endpoints", ("webhooks.view", "webhooks.manage")),
    Route("post", "/webhooks/endpoints", ("webhooks.manage",), HOOK),
    Route("get", "/webhooks/endpoints/{endpoint_id}", ("webhooks.view", "webhooks.manage")),
    Route("patch", "/webhooks/endpoints/{endpoint_id}", ("webhooks.manage",), {"description": "Shop"}),
    Route("post", "/webhooks/endpoints/{endpoint_id}/rotate", ("webhooks.manage",)),
    Route("post", "/webhooks/endpoints/{endpoint_id}/test", ("webhooks.manage",)),
    Route("get", "/webhooks/deliveries", ("webhooks.view", "webhooks.manage")),
    Route("get", "/webhooks/deliveries/{delivery_id}", ("webhooks.view", "webhooks.manage")),
    Route("post", "/webhooks/deliveries/{delivery_id}/resend", ("webhooks.manage",)),
    Route("delete", "/webhooks/endpoints/{endpoint_id}", ("webhooks.manage",)),
    Route("delete", "/lists/{list_id}", ("customers.lists",)),
    Route("delete", "/customers/{customer_id}", ("customers.delete",)),
    Route("post", "/customers/{customer_id}/erase", ("privacy.erase",), {"name": "Sara Karimi"}),
)
TABLES = (
    "customers_customer", "customers_identity", "customers_tag", "customers_customerlist", "customers_listmember",
    "customers_stage", "interactions_interaction", "commerce_order",
    "commerce_orderline", "commerce_payment", "commerce_product", "consents_consententry", "consents_consentstate",
    "transfer_import", "jobs_run", "knowledge_article", "knowledge_articleversion",
    "webhooks_webhookendpoint", "webhooks_webhookdelivery",
)  # fmt: skip


@pytest.fixture
def records() -> dict[str, Any]:
    """One of everything, made by an administrator's program."""
    purposes_ensure(demo=False)
    admin = program(user=person("admin", "owner@example.com"))

    def made(path: str, body: Any) -> Any:
        found = admin.ask("post", path, body)
        assert found.status_code == 201, found.content
        return json.loads(found.content)

    customer = made("/customers", {"name": "Sara Karimi"})
    identity = made(f"/customers/{customer['id']}/identities", {"kind": "email", "value": "sara@example.com"})
    order = made("/orders", {**ORDER, "customer_id": customer["id"]})
    product = made("/products", {**PRODUCT, "sku": "FIRST"})
    article = made("/articles", {"texts": {"fa": {"title": "How to brew"}}})
    admin.ask("post", f"/articles/{article['id']}/fa/publish")
    listed = made("/lists", {"name": "Sara's guests", "customer_ids": [customer["id"]], "shared": True})
    stages_ensure(demo=False)
    hook = made("/webhooks/endpoints", HOOK)
    sent = admin.ask("post", f"/webhooks/endpoints/{hook['id']}/test")
    return {
        "customer_id": customer["id"], "identity_id": identity["id"], "order_id": order["id"],
        "line_id": order["items"][0]["id"], "product_id": product["id"], "import_id": 999, "run_id": 999,
        "name": "customers",
        "article_id": article["id"], "language": "fa", "list_id": listed["id"], "key": "lead",
        "endpoint_id": hook["id"], "delivery_id": json.loads(sent.content)["id"],
    }  # fmt: skip


def _filled(value: Any, records: dict[str, Any]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one, records) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, records) for one in value]
    if isinstance(value, str) and value.startswith("{"):
        return records[value.strip("{}")]
    return value


def _ask(caller: Program, route: Route, records: dict[str, Any]) -> Any:
    return caller.ask(route.method, route.path.format(**records), _filled(route.body, records))


def _digest() -> list[Any]:
    with connection.cursor() as cursor:
        found = []
        for table in TABLES:
            cursor.execute(f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t.id)) FROM {table} t")
            found.append(cursor.fetchone())
    return found


def test_every_route_is_listed() -> None:
    served = {
        (method, "/" + path.removeprefix(PREFIX))
        for path, operations in document()["paths"].items()
        for method in operations
        if method in METHODS
    }
    assert served == {(route.method, route.path) for route in ROUTES}


def test_a_stranger_and_a_wrong_token_get_401_and_change_nothing(records: dict[str, Any]) -> None:
    before = _digest()
    for caller in (Program(), Program("pv_wrong"), Program("چای")):
        for route in ROUTES:
            assert _ask(caller, route, records).status_code == 401, route
    assert _digest() == before


def test_a_program_without_rights_gets_nowhere_and_changes_nothing(records: dict[str, Any]) -> None:
    before = _digest()
    caller = program(None)
    for route in ROUTES:
        found = _ask(caller, route, records)
        assert found.status_code in (403, 404, 422) or json.loads(found.content) == [], (route, found.content)
        assert found.status_code != 422 or route.path == "/imports", (route, found.content)
        assert b"Sara" not in found.content
    assert _digest() == before


def test_all_other_rights_do_not_make_up_for_the_one_that_is_missing(records: dict[str, Any]) -> None:
    """Each writing route is asked by a program that may everything else that there is to write."""
    writing = [
        route for route in ROUTES if route.method != "get" and route.path not in ("/imports", "/runs/{run_id}/stop")
    ]
    everything = {right for route in ROUTES for right in route.rights} | {
        "customers.view",
        "orders.view",
        "products.view",
    }
    for number, route in enumerate(writing):
        owner = person(None, f"all-but-{number}@example.com")
        narrow(owner, **{right.replace(".", "__"): Scope.ALL for right in everything - set(route.rights)})
        before = _digest()
        found = _ask(program(user=owner), route, records)
        assert found.status_code in (403, 404), (route, found.content)
        assert _digest() == before, route


def test_a_viewer_reads_and_writes_nothing(records: dict[str, Any]) -> None:
    before = _digest()
    caller = program("viewer")
    for route in ROUTES:
        found = _ask(caller, route, records)
        if route.method == "get" or route.path == "/consents/allowed":  # a question too long for an address
            assert found.status_code in (200, 403, 404), (route, found.content)
        else:
            assert found.status_code in (403, 404, 422), (route, found.content)
    assert _digest() == before
    assert caller.ask("get", f"/customers/{records['customer_id']}").status_code == 200


def test_sales_reach_their_own_records_only(records: dict[str, Any]) -> None:
    """Another's record and a missing one read the same, whatever is asked of it."""
    caller = program("sales")
    before = _digest()
    missing = {**records, "customer_id": 10**9, "order_id": 10**9, "identity_id": 10**9}
    for route in ROUTES:
        if "{customer_id}" not in route.path and "{order_id}" not in route.path:
            continue
        theirs, none = _ask(caller, route, records), _ask(caller, route, missing)
        assert (theirs.status_code, theirs.content) == (none.status_code, none.content), route
        assert theirs.status_code in (403, 404) or json.loads(theirs.content) in ([], {"items": [], "next": None}), (
            route
        )
    assert _digest() == before
    assert json.loads(caller.ask("get", "/customers").content)["items"] == []
    own = json.loads(caller.ask("post", "/customers", {"name": "Mine"}).content)
    assert caller.ask("get", f"/customers/{own['id']}").status_code == 200


def test_an_administrator_is_refused_nowhere(records: dict[str, Any]) -> None:
    caller = program("admin")
    for route in ROUTES:
        found = _ask(caller, route, records)
        assert found.status_code not in (401, 403), (route, found.content)
        assert found.status_code < 500, (route, found.content)
