"""Every address of the staff's pages × method × role × own, foreign and missing record.

What is expected follows from `table.py` and from the rights of the starting roles. Whatever is asked is taken back, and
after a refusal no table may differ. The API has a matrix of its own (peyvand/doors/api/tests/test_matrix.py).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.urls import reverse

from peyvand.foundation.registry.actor import Scope
from tests.rights.table import FIXED, ROWS, Row, served
from tests.rights.world import MISSING, ROLES, Answer, Records, World, ask

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("rights")]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
REFUSED = (403, 404)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """One business for all of the matrix, gone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():  # type: ignore[attr-defined]
        yield World()
        transaction.set_rollback(True)


def path_of(row: Row, records: Records) -> str:
    """The address with the ids of these records."""
    known = {**FIXED, **records}
    chosen = {argument: known.get(record, MISSING) for argument, record in row.arguments.items()}
    return reverse(row.name, kwargs=chosen)


def reach(world: World, role: str, row: Row) -> Scope:
    """How far the role gets at this address: over all records, the team's, its own, or nowhere."""
    if row.ways is None:
        return Scope.ALL
    ways = (min((world.scope(role, right) for right in way), default=Scope.ALL) for way in row.ways)
    return max(ways, default=Scope.NONE)


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
        own = ask(world.clients[role], row.method, path_of(row, world.own[role]))
        assert own.status < 500, what
        if far is Scope.NONE:
            refused(own, what)
            assert world.own[role]["marker"] not in own.body, f"{what} shows the record"
            continue
        assert own.status not in (403, 404, 405), f"{what} answers {own.status} to one who may"
        if row.owned and far < Scope.ALL:
            foreign = ask(world.clients[role], row.method, path_of(row, world.foreign))
            missing = ask(world.clients[role], row.method, path_of(row, world.missing))
            refused(foreign, f"{what} of a foreign record")
            same = (foreign.status, foreign.body) == (missing.status, missing.body)
            assert same, f"{what} tells a foreign record from a missing one"
            assert world.foreign["marker"] not in foreign.body


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


READERS = [row for row in ROWS if row.method == "GET" and row.ways != () and not row.owned]
SEARCHES = ("", "?q=Zzforeign", "?q=zzforeign@example.com", "?list=customers")


@pytest.mark.parametrize("row", READERS, ids=lambda row: row.name)
def test_no_list_search_count_or_export_shows_what_is_another_s(world: World, row: Row) -> None:
    """Those whose rights end at their own or their team's records never meet a stranger's name anywhere."""
    narrow = [role for role in ROLES if Scope.NONE < world.scope(role, "customers.view") < Scope.ALL] + ["nothing"]
    assert len(narrow) > 1
    for role in narrow:
        for query in SEARCHES:
            answer = ask(world.clients[role], "GET", path_of(row, world.own[role]) + query)
            body = answer.body.replace("q=Zzforeign", "").replace('value="Zzforeign"', "")
            for mark in ("Zzforeign person", "Zzforeign firm", "Zzforeign said"):
                assert mark not in body, f"{role} sees “{mark}” at {row.name}{query}"


def test_a_token_is_revoked_by_its_owner_or_by_who_may_revoke_all(world: World) -> None:
    row = next(row for row in ROWS if row.name == "accounts:token-revoke")
    for role in ROLES:
        answer = ask(world.clients[role], "POST", path_of(row, world.foreign))
        if world.scope(role, "accounts.all_tokens") is Scope.NONE:
            refused(answer, f"{role}: a token of somebody else")
        else:
            assert answer.wrote


def test_an_administrator_sees_it_all(world: World) -> None:
    """The marks are really there to be found."""
    found = ask(world.clients["admin"], "GET", reverse("customers:list") + "?q=Zzforeign").body
    assert "Zzforeign person" in found
    assert "Zzforeign said" in ask(world.clients["admin"], "GET", reverse("interactions:list")).body
