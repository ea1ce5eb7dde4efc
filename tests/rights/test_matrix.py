"""Every address of the staff's pages × method × role × own, foreign and missing record.

What is expected follows from `table.py` and from the rights of the starting roles. Whatever is asked is taken back, and
after a refusal no table may differ. The API has a matrix of its own (peyvand/doors/api/tests/test_matrix.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import reverse

from peyvand.foundation.accounts.models import ApiToken
from peyvand.foundation.registry.actor import Scope
from peyvand.foundation.registry.declarations import ExportShape
from peyvand.foundation.registry.registry import registry
from tests.rights.records import Records
from tests.rights.table import ASKED, BODIES, FIXED, OWNED, ROWS, SECONDS, Row, served
from tests.rights.world import MISSING, ROLES, Answer, World, ask

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("rights")]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = (403, 404)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """One business for all of the matrix, gone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield World()
        transaction.set_rollback(True)


def path_of(row: Row, records: Records, **other: object) -> str:
    """The address with the ids of these records."""
    known = {**FIXED, **records, **other}
    chosen = {argument: known.get(record, MISSING) for argument, record in row.arguments.items()}
    return reverse(row.name, kwargs=chosen)


def body_of(row: Row, records: Records, **other: str) -> dict[str, str] | None:
    """What is posted, with the ids of these records."""
    if row.method != "POST" or not (row.name in BODIES or other):
        return None
    return {name: value.format(**records) for name, value in {**BODIES.get(row.name, {}), **other}.items()}


def reach(world: World, role: str, row: Row) -> Scope:
    """How far the role gets at this address: over all records, the team's, its own, or nowhere."""
    if row.ways is None:
        return Scope.ALL
    far = world.widest(role, row.ways)
    if row.others is not None and far:
        return Scope.ALL if world.widest(role, row.others) is Scope.ALL else Scope.OWN
    return Scope.NONE if row.only_all and far < Scope.ALL else far


def refused(answer: Answer, what: str) -> None:
    """403 or 404, and nothing written."""
    assert answer.status in REFUSED, f"{what} answers {answer.status}"
    assert not answer.wrote, f"{what} is refused and has written to {answer.wrote}"


def test_every_address_is_listed() -> None:
    assert {name for name, _pattern in served()} == {row.name for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name} {row.method}")
def test_it_opens_to_those_who_may_and_to_nobody_else(world: World, row: Row) -> None:
    anonymous = ask(world.clients["anonymous"], row.method, path_of(row, world.foreign))
    assert not anonymous.wrote
    if row.ways is None:
        assert anonymous.status not in (302, 403), "is said to be public"
        return
    assert anonymous.status == 302, "a stranger is sent to the sign-in"
    for role in ROLES:
        what = f"{role}: {row.method} {row.name}"
        far = reach(world, role, row)
        mine = world.own[role]
        own = ask(world.clients[role], row.method, path_of(row, mine), body_of(row, mine))
        assert own.status < 500, what
        if far is Scope.NONE:
            refused(own, what)
            assert mine["marker"] not in own.body, f"{what} shows the record"
            continue
        assert own.status not in (403, 404, 405), f"{what} answers {own.status} to one who may"
        if not row.owned:
            continue
        foreign = ask(world.clients[role], row.method, path_of(row, world.foreign), body_of(row, world.foreign))
        if far < Scope.ALL:
            missing = ask(world.clients[role], row.method, path_of(row, world.missing), body_of(row, world.missing))
            refused(foreign, f"{what} of a foreign record")
            same = (foreign.status, foreign.body) == (missing.status, missing.body)
            assert same, f"{what} tells a foreign record from a missing one"
            assert world.foreign["marker"] not in foreign.body
        else:
            assert foreign.status not in (403, 404), f"{what} hides a record from one who may see all"


WORDS = {"tag_id"}  # tags belong to the house, whoever has put them on somebody
TWO = [row for row in ROWS if sum(record in OWNED - WORDS for record in row.arguments.values()) > 1]


@pytest.mark.parametrize("row", TWO, ids=lambda row: f"{row.name} {row.method}")
def test_of_two_records_in_an_address_both_must_be_ones_own(world: World, row: Row) -> None:
    for role in ROLES:
        if reach(world, role, row) in (Scope.NONE, Scope.ALL):
            continue
        for record in OWNED.intersection(row.arguments.values()) - WORDS:
            path = path_of(row, world.own[role], **{record: world.foreign[record]})
            refused(ask(world.clients[role], row.method, path), f"{role}: {row.name} with a foreign {record}")


@pytest.mark.parametrize(("name", "field", "record"), SECONDS)
def test_a_second_record_named_in_a_form_must_be_ones_own(world: World, name: str, field: str, record: str) -> None:
    row = next(row for row in ROWS if row.name == name and row.method == "POST")
    asked = 0
    for role in ROLES:
        if reach(world, role, row) in (Scope.NONE, Scope.ALL) and row.owned:
            continue
        if world.scope(role, "customers.view") is Scope.ALL:
            continue
        mine, answers = world.own[role], []
        for records in (world.foreign, world.missing):
            data = body_of(row, mine, **{field: str(records[record])}) or {}
            answers.append(ask(world.clients[role], "POST", path_of(row, mine), data))
        foreign, missing = answers
        asked += 1
        assert not foreign.wrote, f"{role}: {name} with a foreign {record} writes to {foreign.wrote}"
        assert foreign.status == missing.status
        assert world.foreign["marker"] not in foreign.body.replace(f'value="{world.foreign[record]}"', "")
    assert asked


@pytest.mark.parametrize("name", sorted({row.name for row in ROWS}))
def test_other_methods_are_refused_to_all(world: World, name: str) -> None:
    """By an administrator too, so that no right could open them."""
    listed = {row.method for row in ROWS if row.name == name}
    row = next(row for row in ROWS if row.name == name)
    for method in METHODS:
        if method not in listed:
            answer = ask(world.clients["admin"], method, path_of(row, world.own["admin"]))
            assert answer.status in (404, 405, 410), f"{method} {name} answers {answer.status}"
            assert not answer.wrote


MARKS = tuple(f"Zzforeign {word}" for word in ("person", "firm", "twin", "base", "said", "run", "view"))
READERS = [row for row in ROWS if row.method == "GET" and row.ways != () and not row.owned]


@pytest.mark.parametrize("row", READERS, ids=lambda row: row.name)
def test_no_list_search_count_or_export_shows_what_is_another_s(world: World, row: Row) -> None:
    """Those whose rights end at their own or their team's records never meet a stranger's name anywhere."""
    narrow = [role for role in ROLES if Scope.NONE < world.scope(role, "customers.view") < Scope.ALL] + ["nothing"]
    assert len(narrow) > 1
    for role in narrow:
        for query in ("", *ASKED):
            path = path_of(row, world.own[role]) + query.format(**{**world.foreign, "user": world.stranger.pk})
            answer = ask(world.clients[role], "GET", path)
            body = answer.body.replace("q=Zzforeign", "").replace('value="Zzforeign"', "")
            body = body.replace("who=Zzforeign", "").replace("q%3DZzforeign", "")
            for mark in MARKS:
                assert mark not in body, f"{role} sees “{mark}” at {row.name}{query}"


@pytest.mark.parametrize("shape", registry.all(ExportShape), ids=lambda shape: shape.name)
def test_every_export_is_by_right_and_ends_where_the_reader_s_rights_end(world: World, shape: ExportShape) -> None:
    asked = 0
    for role in ROLES:
        for query in ("", "?format=xlsx", "?q=Zzforeign"):
            answer = ask(world.clients[role], "GET", reverse("transfer:export", args=[shape.name]) + query)
            if world.scope(role, shape.permission) is Scope.NONE:
                refused(answer, f"{role}: export {shape.name}")
                continue
            assert answer.status == 200, f"{role}: export {shape.name}{query} answers {answer.status}"
            asked += 1
            if world.scope(role, "customers.view") < Scope.ALL:
                assert "Zzforeign" not in answer.body, f"{role} takes out what is another's by {shape.name}{query}"
    assert asked


def test_a_token_is_revoked_by_its_owner_or_by_who_may_revoke_all(world: World) -> None:
    row = next(row for row in ROWS if row.name == "accounts:token-revoke")
    for role in ROLES:
        for records, may in (
            (world.own[role], True),
            (world.foreign, world.scope(role, "accounts.all_tokens") is Scope.ALL),
        ):
            with transaction.atomic():  # what is written to tokens is not counted, since each use is
                status = world.clients[role].post(path_of(row, records)).status_code
                revoked = ApiToken.objects.get(pk=records["token_id"]).revoked_at is not None
                transaction.set_rollback(True)
            assert revoked is may, f"{role}: a token of {records['marker']}"
            assert may or status in REFUSED


def test_an_administrator_sees_it_all(world: World) -> None:
    """The marks are really there to be found."""
    found = ask(world.clients["admin"], "GET", reverse("customers:list") + "?q=Zzforeign").body
    assert "Zzforeign person" in found
    assert "Zzforeign said" in ask(world.clients["admin"], "GET", reverse("interactions:list")).body
