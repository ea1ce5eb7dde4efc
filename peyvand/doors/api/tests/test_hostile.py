"""What no program should send, sent to every route: a clear refusal, never a fault, nothing written."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from peyvand.doors.api.tests.factories import Program, program
from peyvand.doors.api.tests.routes import BODIES, FIXED, ROUTES, Route, filled
from peyvand.doors.api.views import document
from tests.rights.world import World, without_trace

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("rights-api")]
WRITING = [route for route in ROUTES if isinstance(BODIES.get(route.name), dict) and "file" not in BODIES[route.name]]
READING = [route for route in ROUTES if route.method == "GET"]
MANY = 10_000
UNREADABLE = {
    "six megabytes": (json.dumps({"text": "x" * 6 * 2**20}).encode(), 413),
    "two hundred thousand brackets": (b"[" * 200_000, 400),
    "a hundred thousand objects in one another": (b'{"a":' * 100_000, 400),
    "not UTF-8": (b'{"name": "\xff\xfe"}', 400),
    "UTF-16": ('{"name": "x"}'.encode("utf-16"), 400),
    "no JSON": (b"{", 400),
    "nothing": (b"", 422),
    "no number": (b'{"version": NaN}', 400),
    "an endless number": (b'{"version": 1e999999}', 422),
    "a number of five thousand digits": (b'{"version": ' + b"9" * 5_000 + b"}", (400, 422)),
    "a list": (b"[]", 422),
    "a text": (b'"x"', 422),
    "null": (b"null", 422),
}


@pytest.fixture(scope="module")
def caller(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[tuple[Program, World]]:
    """An administrator's program, who would be let into everything."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        world = World()
        yield program(user=world.people["admin"]), world
        transaction.set_rollback(True)


def send(caller: tuple[Program, World], route: Route, body: Any = None, query: str = "", **ids: Any) -> int:
    """The status of an answer; it must be no fault, and a refusal must have written nothing."""
    who, world = caller
    path = (route.path + query).format(**{**FIXED, **world.own["admin"], **ids})
    answer = without_trace(lambda: who.ask(route.method, path, body))
    assert answer.status < 500, f"{route.name} answers {answer.status}: {answer.body[:500]}"
    assert answer.status < 400 or not answer.wrote
    return answer.status


@pytest.mark.parametrize("route", WRITING, ids=lambda route: route.name)
def test_bodies_that_can_not_be_read_are_refused(caller: tuple[Program, World], route: Route) -> None:
    for what, (body, expected) in UNREADABLE.items():
        status = send(caller, route, body)
        wanted = expected if isinstance(expected, tuple) else (expected,)
        assert status in wanted, f"{what} to {route.name} gives {status}"


def _spoilt(value: Any, by: str) -> Any:
    """The body with something at the end of every text."""
    if isinstance(value, dict):
        return {name: _spoilt(one, by) for name, one in value.items()}
    if isinstance(value, list):
        return [_spoilt(one, by) for one in value]
    return value + by if isinstance(value, str) else value


@pytest.mark.parametrize("route", WRITING, ids=lambda route: route.name)
def test_texts_that_can_not_be_kept_are_refused_or_cleaned(caller: tuple[Program, World], route: Route) -> None:
    body = filled(BODIES[route.name], caller[1].own["admin"])
    for spoil in ("\x00", "\ud800", "\u202e", "x" * 300_000, "٫", "‌"):
        send(caller, route, json.dumps(_spoilt(body, spoil)).encode())


def _lists(schema: Any, known: dict[str, Any]) -> list[str]:
    """The names of a body's lists and free objects."""
    found = known[schema["$ref"].rpartition("/")[2]]
    kinds = {name: json.dumps(one) for name, one in found.get("properties", {}).items()}
    return [name for name, said in kinds.items() if '"array"' in said or '"additionalProperties"' in said]


@pytest.mark.parametrize("route", WRITING, ids=lambda route: route.name)
def test_ten_thousand_items_are_refused_or_borne(caller: tuple[Program, World], route: Route) -> None:
    said = document()
    operation = said["paths"][f"/api/v1{route.served}"][route.method.lower()]
    schema = operation["requestBody"]["content"]["application/json"]["schema"]
    body = filled(BODIES[route.name], caller[1].own["admin"])
    for name in _lists(schema, said["components"]["schemas"]):
        for many in ([1] * MANY, ["x"] * MANY, [{}] * MANY, [None] * MANY, {str(number): 1 for number in range(MANY)}):
            send(caller, route, {**body, name: many})
    assert send(caller, route, {**body, **{f"x{number}": number for number in range(MANY)}}) == 422


def _cursor(*values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


ELSEWHERE = [_cursor(["i", 5]), _cursor(["s", "x"], ["i", 1]), _cursor(["t", "2026-01-01T00:00:00"], ["i", 1]),
             _cursor(["t", "0001-01-01T00:00:00+14:00"], ["i", 1]), _cursor(["i", 10**30], ["i", 10**30]),
             _cursor(["n", "NaN"], ["s", "x"]), _cursor(["f", 1e999], ["i", 1]), _cursor(["d", "x"], ["z", 1]),
             _cursor(["z", None], ["z", None]), _cursor(["s", "\x00"], ["i", 1]),
             _cursor({}), "!!", "é", "x" * 3_000]  # fmt: skip


WILD = ("%00", "%ff%fe", "9" * 40, "-1", "x" * 10_000, "0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59Z")


@pytest.mark.parametrize("route", [one for one in READING if "{" not in one.path], ids=lambda route: route.path)
def test_pages_that_there_are_not_are_refused(caller: tuple[Program, World], route: Route) -> None:
    operation = document()["paths"][f"/api/v1{route.served}"]["get"]
    names = {one["name"] for one in operation["parameters"]}
    for size in ("-1", "0", "201", "1e3", "9" * 40, "x", ""):
        if "size" in names:
            assert send(caller, route, query=f"?size={size}") == 422, size
    for cursor in ELSEWHERE:
        if "after" in names:
            send(caller, route, query=f"?after={cursor}")
    for name in names:
        for value in WILD:
            send(caller, route, query=f"?{name}={value}")


@pytest.mark.parametrize("route", [one for one in ROUTES if "{" in one.path], ids=lambda route: route.name)
def test_records_that_there_can_not_be_are_not_found(caller: tuple[Program, World], route: Route) -> None:
    body = BODIES.get(route.name)
    for wild in ("0", "-1", str(2**63), "9" * 40, "1.5", "x", "%00", "%F0%9F%8D%B5", "..", "1%2F2", "1;drop"):
        for name in re.findall(r"{(\w+)}", route.path):
            status = send(caller, route, filled(body, caller[1].own["admin"]), **{name: wild})
            assert 400 <= status < 500, f"{route.name} with {name} {wild} gives {status}"


@pytest.mark.parametrize("path", ["/api/v1/customers", "/customers/"])
def test_a_host_that_no_machine_can_have_is_refused_in_the_manner_of_what_was_asked(client: Client, path: str) -> None:
    answer = client.get(path, headers={"host": "f.V)'"})
    assert answer.status_code == 400
    if path.startswith("/api/"):
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["status"] == 400
    else:
        assert "این درخواست" in answer.content.decode()
        assert "This request" in answer.content.decode()
