"""Who gets in, what an error looks like, and that nothing a program sends is a fault of ours."""

from __future__ import annotations

import json

import pytest
from django.test import Client, override_settings

from peyvand.doors.api.tests.factories import Program, person, program
from peyvand.foundation.accounts.services.tokens import token_make, token_revoke
from peyvand.foundation.registry.actor import system_actor
from peyvand.memory.commerce.models import Product

pytestmark = pytest.mark.django_db
TEA = {"sku": "TEA-1", "name": "Tea", "currency": "IRR"}


def test_a_stranger_is_told_to_bring_a_token() -> None:
    found = Program().ask("get", "/customers")
    assert found.status_code == 401
    assert found["Content-Type"] == "application/problem+json"
    assert found["WWW-Authenticate"].startswith("Bearer")
    assert json.loads(found.content)["type"] == "urn:peyvand:problem:no-token"


def test_a_revoked_token_is_refused_at_once() -> None:
    owner = person("admin")
    token, raw = token_make(actor=system_actor(), name="t", user_id=owner.pk)
    assert Program(raw).ask("get", "/customers").status_code == 200
    token_revoke(actor=system_actor(), token_id=token.pk)
    assert Program(raw).ask("get", "/customers").status_code == 401


def test_a_staff_session_is_no_token() -> None:
    client = Client()
    client.force_login(person("admin"))
    assert client.get("/api/v1/customers").status_code == 401
    posted = client.post("/api/v1/products", data=json.dumps(TEA), content_type="application/json")
    assert posted.status_code == 401
    assert not Product.objects.exists()


def test_a_problem_speaks_the_language_that_is_accepted() -> None:
    caller = program()
    english = caller.ask("post", "/products", {"sku": "x"})
    persian = caller.ask("post", "/products", {"sku": "x"}, Accept_Language="fa")
    assert (english["Content-Language"], persian["Content-Language"]) == ("en", "fa")
    assert english.status_code == persian.status_code == 422
    assert {one["field"] for one in json.loads(english.content)["errors"]} == {"name", "currency"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("get", "/nowhere", None, 404),
        ("get", "/customers/1", None, 404),
        ("get", "/orders/99999999999999999999999999", None, 404),
        ("patch", "/products", {}, 405),
        ("get", "/products?after=!!", None, 400),
        ("get", "/products?size=201", None, 422),
        ("get", "/products?size=-1", None, 422),
        ("get", "/products?q=%00", None, 400),
        ("post", "/products", "{", 400),
        ("post", "/products", "[" * 200_000, 400),
        ("post", "/products", b"\xff\xfe{", 400),
        ("post", "/products", '{"sku": NaN, "name": "a", "currency": "IRR"}', 400),
        ("post", "/products", "[]", 422),
        ("post", "/products", {**TEA, "unit_price": "1e400"}, 422),
        ("post", "/products", {**TEA, "currency": "IRR\x00"}, 422),
        ("post", "/products", {**TEA, "currency": "\ud800"}, 422),
        ("post", "/products", {**TEA, "name": "x" * 100_000}, 422),
        ("post", "/customers", {"kind": "person", "name": "\ud83d"}, 422),
        ("post", "/customers", {"kind": "nobody", "name": "a"}, 422),
        ("get", "/exports/nothing", None, 404),
        ("get", "/runs/1", None, 404),
        ("post", "/imports", {"shape": "orders"}, 422),
    ],
)
def test_what_cannot_be_done_is_a_problem_and_never_a_fault(method: str, path: str, body: object, status: int) -> None:
    found = program().ask(method, path, body)
    assert found.status_code == status, found.content
    assert found["Content-Type"] == "application/problem+json"
    assert {"type", "title", "status"} <= set(json.loads(found.content))


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000)
def test_a_body_that_is_too_large_is_refused() -> None:
    assert program().ask("post", "/products", {**TEA, "name": "x" * 2000}).status_code == 413


def test_a_token_of_the_sample_sees_the_sample_only() -> None:
    owner = person("admin")
    own, sample = program(user=owner), program(user=owner, demo=True)
    assert own.ask("post", "/products", TEA).status_code == 201
    assert json.loads(sample.ask("get", "/products").content)["items"] == []
    assert sample.ask("get", "/products", X_Peyvand_Business="own").status_code == 403
    assert json.loads(own.ask("get", "/products", X_Peyvand_Business="demo").content)["items"] == []
    assert len(json.loads(own.ask("get", "/products").content)["items"]) == 1


def test_lists_are_read_to_their_end_by_next() -> None:
    caller = program()
    for number in range(5):
        assert caller.ask("post", "/products", {**TEA, "sku": f"T{number}", "name": f"Tea {number}"}).status_code == 201
    seen, after = [], ""
    while True:
        page = json.loads(caller.ask("get", f"/products?size=2{after}").content)
        seen += [one["sku"] for one in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert seen == ["T0", "T1", "T2", "T3", "T4"]


def test_the_document_is_openapi_31_and_names_every_route() -> None:
    found = Client().get("/api/v1/openapi.json")
    document = json.loads(found.content)
    assert document["openapi"].startswith("3.1.")
    names = [operation["operationId"] for path in document["paths"].values() for operation in path.values()]
    assert len(names) == len(set(names)) > 30
    assert all("401" in operation["responses"] for path in document["paths"].values() for operation in path.values())
    references = {part.split('"')[0] for part in found.content.decode().split("#/components/schemas/")[1:]}
    assert references <= set(document["components"]["schemas"])


def test_the_reference_page_needs_no_script_and_no_token() -> None:
    found = Client().get("/api/v1/")
    assert found.status_code == 200
    assert b"/api/v1/customers" in found.content
