"""What a program sends is taken as it is meant or refused by name: nothing is passed over in silence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from peyvand.doors.api.mounting import ROUTERS, api
from peyvand.doors.api.tests.factories import Program, program
from peyvand.doors.api.views import METHODS, document
from peyvand.memory.customers.models import Customer

pytestmark = pytest.mark.django_db


def errors(found: Any) -> set[str]:
    """The fields that an answer complains of."""
    assert found.status_code == 422, found.content
    return {one["field"] for one in json.loads(found.content)["errors"]}


@pytest.fixture
def caller() -> Program:
    """An administrator's program, in a business of two customers."""
    made = program()
    for name, city in (("Sara", "Shiraz"), ("Reza", "Yazd")):
        assert made.ask("post", "/customers", {"name": name, "city": city}).status_code == 201
    return made


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("ownr=3", {"ownr"}),
        ("f.nothing=is:1", {"f.nothing"}),
        ("f.birth_date=after:yesterday", {"f.birth_date"}),
        ("f.country=like:x", {"f.country"}),
        ("owner=somebody", {"owner"}),
        ("class=none-such", {"class"}),
        ("touched=1", {"touched"}),
        ("sort=shoe_size", {"sort"}),
        ("view=mien", {"view"}),
        ("from=much", {"from"}),
    ],
)
def test_a_condition_that_is_not_understood_never_gives_everybody(caller: Program, query: str, wrong: set[str]) -> None:
    assert errors(caller.ask("get", f"/customers?{query}")) == wrong


def test_a_condition_that_is_understood_gives_those(caller: Program) -> None:
    for query in ("city=Shiraz", "view=people&city=Shiraz", "q=sar", "f.country=empty&sort=-name&view=people&q=sara"):
        items = json.loads(caller.ask("get", f"/customers?{query}").content)["items"]
        assert [one["name"] for one in items] == ["Sara"], query


@pytest.mark.parametrize("path", ["/interactions", "/orders", "/articles", "/changes", "/webhooks/deliveries"])
def test_no_list_takes_a_parameter_that_it_does_not_have(caller: Program, path: str) -> None:
    assert errors(caller.ask("get", f"{path}?filter=1")) == {"filter"}


def test_an_action_never_means_more_than_was_said(caller: Program) -> None:
    for where in ({"f.town": "is:Shiraz"}, {"owner": "nobody"}, {"after": "x"}, {"view": "all", "ctiy": "Yazd"}):
        assert errors(caller.ask("post", "/customers/actions", {"where": where, "do": "delete"}))
    assert errors(caller.ask("post", "/customers/actions", {"do": "delete"})) == {"ids"}
    assert errors(caller.ask("post", "/customers/actions", {"ids": [1], "where": {"q": "x"}, "do": "delete"})) == {
        "ids"
    }
    assert Customer.objects.count() == 2
    done = caller.ask("post", "/customers/actions", {"where": {"city": "Yazd"}, "do": "delete"})
    assert json.loads(done.content)["changed"] == 1
    assert Customer.objects.get().name == "Sara"


@pytest.mark.parametrize(
    ("body", "check"),
    [
        ({"do": "owner", "value": None}, 0),
        ({"do": "tag", "value": "وفادار"}, 2),
        ({"do": "untag", "value": "وفادار"}, 0),
        ({"do": "set", "field": "city", "value": "Tabriz"}, 2),
        ({"do": "set", "field": "birth_date", "value": None}, 0),
    ],
)
def test_an_action_tells_how_many_it_changed(caller: Program, body: dict[str, Any], check: int) -> None:
    done = caller.ask("post", "/customers/actions", {"where": {"view": "people"}, **body})
    assert json.loads(done.content)["changed"] == check, done.content


@pytest.mark.parametrize(
    "body",
    [
        {"do": "owner", "value": "me"}, {"do": "owner", "value": 10**9}, {"do": "team", "value": True},
        {"do": "tag", "value": None}, {"do": "set", "field": "id", "value": 1},
        {"do": "set", "field": "name", "value": "x"},
        {"do": "set", "field": "birth_date", "value": "soon"},
    ],
)  # fmt: skip
def test_an_action_with_a_value_that_makes_no_sense_is_refused(caller: Program, body: dict[str, Any]) -> None:
    ids = list(Customer.objects.values_list("pk", flat=True))
    assert errors(caller.ask("post", "/customers/actions", {"ids": ids, **body}))


def test_a_row_that_cannot_be_read_does_not_lose_the_others(caller: Program) -> None:
    rows: list[Any] = [{"name": "Mina"}, {"name": 5}, "none", {"name": "x", "emial": "y"}, {"id": 0, "name": "z"}]
    done = json.loads(caller.ask("post", "/customers/bulk", {"rows": rows}).content)
    assert [one["status"] for one in done["results"]] == ["created", "refused", "refused", "refused", "refused"]
    assert [[wrong["field"] for wrong in one["errors"]] for one in done["results"]][1:] == [
        ["name"],
        [""],
        ["emial"],
        ["id"],
    ]
    assert (done["created"], done["refused"]) == (1, 4)
    assert errors(caller.ask("post", "/customers/bulk", {"rows": rows, "whole": True})) == {
        "rows.1.name", "rows.2", "rows.3.emial", "rows.4.id",
    }  # fmt: skip
    told = json.loads(caller.ask("post", "/interactions/bulk", {"rows": [{"kind": "note"}, {"kind": "poem"}]}).content)
    assert [one["errors"][0]["field"] for one in told["results"]] == ["customer_id", "kind"]


def test_a_call_that_is_sent_again_makes_nobody_twice(caller: Program) -> None:
    body = {"rows": [{"name": f"Row {number}"} for number in range(20)]}
    first = caller.ask("post", "/customers/bulk", body, Idempotency_Key="k")
    again = caller.ask("post", "/customers/bulk", body, Idempotency_Key="k")
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert Customer.objects.filter(name__startswith="Row ").count() == 20


def test_more_than_a_thousand_rows_are_refused(caller: Program) -> None:
    rows = [{"name": "x"}] * 1_001
    assert errors(caller.ask("post", "/customers/bulk", {"rows": rows})) == {"rows"}


# ── of the document ───────────────────────────────────────────────────────


def _bodies(schema: Any, known: dict[str, Any], seen: set[str]) -> None:
    """The names of all objects that may stand in a body."""
    if isinstance(schema, list):
        for one in schema:
            _bodies(one, known, seen)
    elif isinstance(schema, dict):
        name = str(schema.get("$ref", "")).rpartition("/")[2]
        if name and name not in seen:
            seen.add(name)
            _bodies(known[name], known, seen)
        for one in schema.values():
            _bodies(one, known, seen)


def test_every_body_refuses_names_that_it_does_not_have_and_shows_an_example() -> None:
    found = document()
    known, seen = found["components"]["schemas"], set()
    bodies = {}
    for path, operations in found["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json")
            if method in METHODS and content is not None:
                _bodies(content["schema"], known, seen)
                bodies[f"{method} {path}"] = content["schema"]["$ref"].rpartition("/")[2]
    assert len(bodies) > 40
    objects = {name for name in seen if known[name].get("type") == "object"}
    loose = {name for name in objects if known[name].get("additionalProperties", True) is not False}
    assert not loose, "give these the base peyvand.foundation.ui.rest.Given"
    without = {name: body for name, body in bodies.items() if not known[body].get("examples")}
    assert not without, "give these an example: model_config = example({…})"


def test_every_route_says_what_it_does() -> None:
    for path, operations in document()["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), f"{method} {path}"
            assert operation.get("description"), f"{method} {path}"


def test_operations_and_schemas_have_names_of_their_own() -> None:
    """Two schemas of one name would overwrite each other in the document."""
    names: dict[str, set[str]] = {}
    ids = []
    for bound in api._get_bound_routers():
        for view in bound.path_operations.values():
            for operation in view.operations:
                ids.append(api.get_openapi_operation_id(operation))
                for model in [*operation.models, *filter(None, operation.response_models.values())]:
                    for one in _models(model):
                        names.setdefault(one.__name__, set()).add(f"{one.__module__}.{one.__qualname__}")
    assert len(ids) == len(set(ids)) > 100
    doubled = {name: places for name, places in names.items() if len(places) > 1 and not name.endswith("Params")}
    assert not doubled
    assert len(ROUTERS) > 5


def _models(model: Any) -> list[Any]:
    """The schemas inside a model, by walking its fields."""
    found, waiting = [], [model]
    while waiting:
        one = waiting.pop()
        for part in getattr(one, "__args__", ()):
            waiting.append(part)
        if hasattr(one, "model_fields") and one not in found:
            found.append(one)
            waiting += [field.annotation for field in one.model_fields.values()]
    return [one for one in found if one.__module__.startswith("peyvand.")]
