"""Five thousand requests made of the OpenAPI document, as three roles: no fault of ours, every answer as declared.

Half of them are as the document says, half are not; many are a good request with some of its parts made up. Ids are
those of real records, one's own or another's, as often as made-up ones. Whatever a request does is taken back. The seed
is fixed: two runs ask the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pytest
import schemathesis
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from peyvand.doors.api.tests.factories import program, served
from peyvand.doors.api.tests.routes import BODIES, ROUTES, filled
from peyvand.doors.api.views import METHODS, document
from tests.rights.records import Records
from tests.rights.world import World

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
ROLES = ("admin", "sales", "viewer")
CASES = 5_000
GROUPS = 4
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
# Which record an id means, where its name says less.
MEANT = {
    "gone_id": "twin_id", "kept_id": "customer_id", "parent_id": "firm_id", "ids": "customer_id",
    "customer_ids": "customer_id", "owner_id": "user", "staff_id": "user", "actor_id": "user", "team_id": "team",
    "language": "language", "record": "record", "key": "key", "name": "name", "purpose": "key",
}  # fmt: skip
FIXED = {"language": "fa", "record": "customer", "key": "news", "name": "customers"}
# Of these there is nothing to vary: a request of each role is all there is.
PLAIN = 1


@lru_cache(maxsize=1)
def operations() -> list[tuple[str, str, int]]:
    """Path, method, and how many cases of each role: five thousand in all, of those that have something to vary."""
    found = [
        (path, method, operation)
        for path, methods in document()["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    variable = [bool(operation.get("parameters") or operation.get("requestBody")) for *_rest, operation in found]
    share = -(-(CASES - len(ROLES) * variable.count(False)) // (len(ROLES) * variable.count(True)))
    return [
        (path, method, share if varies else PLAIN)
        for (path, method, _operation), varies in zip(found, variable, strict=True)
    ]


@lru_cache(maxsize=1)
def schema() -> Any:
    """The document as schemathesis reads it."""
    return schemathesis.openapi.from_dict(document())


class Callers(World):
    """The business, and tokens of the three roles."""

    def __init__(self) -> None:
        super().__init__()
        self.tokens = {name: program(user=self.people[name]).headers["Authorization"] for name in ROLES}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Callers]:
    """One business for all of it, gone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield Callers()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def app() -> Iterator[Any]:
    """The program as a server runs it."""
    with served() as found:
        yield found


def test_there_are_five_thousand_cases() -> None:
    assert sum(count for *_rest, count in operations()) * len(ROLES) >= CASES


# What would do something, by path and method.
GOOD = {
    (f"/api/v1{route.served}", route.method.lower()): BODIES[route.name]
    for route in ROUTES
    if isinstance(BODIES.get(route.name), dict) and "file" not in BODIES[route.name]
}


def meant(value: Any, name: str, records: Records) -> Any:
    """The value with ids of these records in the place of made-up ones."""
    if isinstance(value, dict):
        return {key: meant(one, key, records) for key, one in value.items()}
    if isinstance(value, list):
        return [meant(one, name, records) for one in value]
    known = {**FIXED, **records}
    if name in MEANT or name in records:
        found = known.get(MEANT.get(name, name), value)
        return found if type(found) is type(value) else value
    return value


def asked(operation: Any) -> st.SearchStrategy[Any]:
    """Requests as the document says, and others."""
    said = operation.as_strategy(GenerationMode.POSITIVE)
    others = operation.as_strategy(GenerationMode.NEGATIVE)
    varies = bool(list(operation.iter_parameters())) or bool(operation.body)
    return st.one_of(said, others) if varies else said


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(
    ("path", "method", "count"),
    [
        pytest.param(
            path, method, count, marks=pytest.mark.xdist_group(f"fuzz-{place % GROUPS}"), id=f"{method} {path}"
        )
        for place, (path, method, count) in enumerate(operations())
    ],
)
def test_nothing_a_program_sends_is_a_fault_of_ours(
    world: Callers, app: Any, path: str, method: str, count: int, role: str
) -> None:
    operation = schema()[path][method.upper()]
    good = GOOD.get((path, method))

    @seed(zlib.crc32(f"{role} {method} {path}".encode()))
    @settings(
        max_examples=count, database=None, deadline=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(
        case=asked(operation), whose=st.sampled_from(("own", "foreign", "nobody")),
        part=st.sampled_from((None, 0, 1, 2)),
    )  # fmt: skip
    def ask(case: Any, whose: str, part: int | None) -> None:
        records = {**world.own[role], "user": world.people[role].pk} if whose == "own" else world.foreign
        case.headers = {name: value for name, value in (case.headers or {}).items() if name != "Authorization"}
        if whose != "nobody":
            case.path_parameters = meant(dict(case.path_parameters or {}), "", records)
            case.query = meant(dict(case.query or {}), "", records)
            if isinstance(case.body, dict):
                case.body = meant(case.body, "", records)
        if part is not None and good is not None and isinstance(case.body, dict):
            case.body = {**filled(good, {**FIXED, **records}), **dict(list(case.body.items())[part::3])}
        with transaction.atomic():
            response = case.call(app=app, headers={"Authorization": world.tokens[role], "Accept-Language": "en"})
            transaction.set_rollback(True)
        case.validate_response(response, checks=CHECKS)

    ask()


def test_an_answer_that_is_not_as_declared_would_be_found(world: Callers, app: Any) -> None:
    wrong = document()
    wrong["components"]["schemas"]["CustomerPage"]["properties"]["next"] = {"type": "integer"}
    case = schemathesis.openapi.from_dict(wrong)["/api/v1/customers"]["GET"].Case()
    response = case.call(app=app, headers={"Authorization": world.tokens["admin"]})
    with pytest.raises(FailureGroup, match="schema"):
        case.validate_response(response, checks=CHECKS)
