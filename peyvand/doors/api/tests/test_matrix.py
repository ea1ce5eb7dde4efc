"""Every route × every kind of caller × own, foreign and missing record; what is refused leaves no trace.

The routes and their rights stand in routes.py; the business is that of the staff's matrix (tests/rights/world.py).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from peyvand.doors.api.tests.factories import Program, program
from peyvand.doors.api.tests.routes import (
    ASKED,
    BODIES,
    EMPTY,
    FIXED,
    NOTHING_TO_DO,
    QUERIES,
    ROUTES,
    SECONDS,
    Route,
    filled,
)
from peyvand.doors.api.views import METHODS, PREFIX, document
from peyvand.foundation.registry.actor import Scope
from peyvand.foundation.registry.declarations import ExportShape
from peyvand.foundation.registry.registry import registry
from tests.rights.records import Records
from tests.rights.world import ROLES, Answer, World, without_trace

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("rights-api")]
REFUSED = (403, 404)


class Callers(World):
    """The business, and a program of everybody."""

    def __init__(self) -> None:
        super().__init__()
        self.programs = {name: program(user=user) for name, user in self.people.items()}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[Callers]:
    """One business for all of the matrix, gone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield Callers()
        transaction.set_rollback(True)


def ask(caller: Program, route: Route, records: Records, **other: Any) -> Answer:
    """The route with the ids of these records, in its address and in its body."""
    known = {**FIXED, **records}
    path = (route.path + QUERIES.get(route.name, "")).format(**{**known, **other})
    body = filled(BODIES.get(route.name), {**known, **other})
    return without_trace(lambda: caller.ask(route.method, path, body))


def get(caller: Program, path: str) -> Answer:
    """A reading request."""
    return without_trace(lambda: caller.ask("get", path))


def reach(world: World, role: str, route: Route) -> Scope:
    """How far the role gets: over all records, the team's, its own, or nowhere."""
    far = world.widest(role, route.ways)
    if route.others is not None and far:
        return Scope.ALL if world.widest(role, route.others) is Scope.ALL else Scope.OWN
    return Scope.NONE if route.only_all and far < Scope.ALL else far


def refused(answer: Answer, what: str) -> None:
    """403 or 404, and nothing written."""
    assert answer.status in REFUSED, f"{what} answers {answer.status}: {answer.body[:300]}"
    assert not answer.wrote, f"{what} is refused and has written to {answer.wrote}"


def test_every_route_is_listed_and_every_body_is_asked() -> None:
    served = {
        f"{method.upper()} /{path.removeprefix(PREFIX)}"
        for path, operations in document()["paths"].items()
        for method in operations
        if method in METHODS
    }
    assert served == {f"{route.method} {route.served}" for route in ROUTES}
    names = {route.name for route in ROUTES}
    assert names >= {*BODIES, *QUERIES, *EMPTY, *(name for name, _record in SECONDS)}


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
def test_it_opens_to_those_who_may_and_to_nobody_else(world: Callers, route: Route) -> None:
    for stranger in (Program(), Program("pv_wrong"), Program("چای")):
        answer = ask(stranger, route, world.foreign)
        assert answer.status == 401
        assert not answer.wrote
    for role in ROLES:
        what = f"{role}: {route.name}"
        far, caller = reach(world, role, route), world.programs[role]
        own = ask(caller, route, world.own[role])
        if far is Scope.NONE:
            if route.ways:
                refused(own, what)
            assert world.own[role]["marker"] not in own.body, f"{what} shows the record"
            continue
        assert own.status < 400 or route.name in NOTHING_TO_DO, f"{what} answers {own.status}: {own.body[:500]}"
        if not route.owned:
            continue
        foreign = ask(caller, route, world.foreign)
        if far is Scope.ALL:
            assert foreign.status == own.status, f"{what} answers {foreign.status} of another's: {foreign.body[:300]}"
            continue
        missing = ask(caller, route, world.missing)
        same = (foreign.status, foreign.body) == (missing.status, missing.body)
        assert same, f"{what} tells a foreign record from a missing one"
        assert world.foreign["marker"] not in foreign.body
        if route.name in EMPTY:
            assert foreign.body == "[]"
        else:
            refused(foreign, f"{what} of a foreign record")


@pytest.mark.parametrize(("name", "record"), SECONDS)
def test_a_second_record_must_be_ones_own(world: Callers, name: str, record: str) -> None:
    """A foreign one is answered like a missing one, and nothing is done with it."""
    route = next(one for one in ROUTES if one.name == name)
    asked = 0
    for role in ROLES:
        if world.scope(role, "customers.view") is Scope.ALL or reach(world, role, route) is Scope.NONE:
            continue
        asked += 1
        mine, caller = world.own[role], world.programs[role]
        foreign = ask(caller, route, mine, **{record: world.foreign[record]})
        missing = ask(caller, route, mine, **{record: world.missing[record]})
        assert not foreign.wrote, f"{role}: {name} with a foreign {record} writes to {foreign.wrote}"
        assert (foreign.status, foreign.body) == (missing.status, missing.body)
        assert world.foreign["marker"] not in foreign.body
    assert asked


TWO = [route for route in ROUTES if route.path.count("{") > 1 and route.owned and "tag_id" not in route.path]


@pytest.mark.parametrize("route", TWO, ids=lambda route: route.name)
def test_of_two_records_in_an_address_both_must_be_ones_own(world: Callers, route: Route) -> None:
    for role in ROLES:
        if reach(world, role, route) is Scope.NONE:
            continue
        for record in ("customer_id", "identity_id", "relation_id"):
            if f"{{{record}}}" in route.path:
                answer = ask(world.programs[role], route, world.own[role], **{record: world.foreign[record]})
                refused(answer, f"{role}: {route.name} with a foreign {record}")


PLAIN = [route.path for route in ROUTES if route.method == "GET" and "{" not in route.path]
LISTS = [
    *((path, "") for path in PLAIN),
    *((path, query) for path, queries in ASKED.items() for query in queries),
]


@pytest.mark.parametrize(("path", "query"), LISTS)
def test_no_list_or_export_shows_what_is_another_s(world: Callers, path: str, query: str) -> None:
    narrow = [role for role in ROLES if world.scope(role, "customers.view") < Scope.ALL]
    assert {"sales", "clerk", "nothing"} <= set(narrow)
    for role in narrow:
        asked = f"{path}{query}".format(**{**world.foreign, "stranger": world.stranger.pk})
        answer = get(world.programs[role], asked)
        assert answer.status < 500
        assert "Zzforeign" not in answer.body.replace("Zzforeign tag", ""), f"{role} sees another's at {asked}"
    if path in ("/customers", "/interactions") and query.startswith("?q=Z"):
        shown = world.programs["admin"].ask("get", f"{path}{query}").content
        assert b"Zzforeign" in shown, "the marks are really there to be found"


@pytest.mark.parametrize("shape", registry.all(ExportShape), ids=lambda shape: shape.name)
def test_every_export_is_by_right_and_ends_where_the_caller_s_rights_end(world: Callers, shape: ExportShape) -> None:
    for role in ROLES:
        caller = world.programs[role]
        answers = [get(caller, f"/exports/{shape.name}?format={form}") for form in ("csv", "xlsx")]
        if world.scope(role, shape.permission) is Scope.NONE:
            for answer in answers:
                refused(answer, f"{role}: export {shape.name}")
            continue
        assert [answer.status for answer in answers] == [200, 200]
        if world.scope(role, "customers.view") < Scope.ALL:
            assert "Zzforeign" not in answers[0].body, f"{role} takes out what is another's by {shape.name}"


def test_a_token_of_the_sample_reaches_nothing_of_ones_own(world: Callers) -> None:
    caller = program(user=world.people["admin"], demo=True)
    for route in ROUTES:
        if route.owned and route.method == "GET":
            answer = ask(caller, route, world.foreign)
            assert answer.status in (*REFUSED, 409) or route.name in EMPTY or "runs" in route.path, route.name
            assert "Zzforeign" not in answer.body or "runs" in route.path


def test_a_merged_record_leads_to_what_it_became(world: Callers) -> None:
    old, new = world.foreign["merged_id"], world.foreign["base_id"]
    for path in ("", "/timeline?size=1", "/tags"):
        moved = world.programs["admin"].ask("get", f"/customers/{old}{path}")
        assert moved.status_code == 301
        assert moved["Location"] == f"/api/v1/customers/{new}{path}"
        assert moved["Cache-Control"] == "private, no-store"
        assert world.programs["admin"].ask("get", f"/customers/{new}{path}").status_code == 200
    for role in ("sales", "nothing"):
        assert world.programs[role].ask("get", f"/customers/{old}").status_code in REFUSED
    assert json.loads(world.programs["admin"].ask("patch", f"/customers/{old}", {"city": "x"}).content)["status"] == 404
