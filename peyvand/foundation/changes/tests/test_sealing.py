"""The chain finds what was done to the trail, and names the change."""

from __future__ import annotations

import time

import pytest
from django.conf import LazySettings
from django.db import connection, transaction

from peyvand.foundation.changes import sealing, services
from peyvand.foundation.changes.models import Change, Seal
from peyvand.foundation.registry.actor import system_actor

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = system_actor()


def seal_all(wanted: int) -> None:
    """Seal until so many are: tests beside this one hold transactions of the same server open for a while."""
    deadline = time.monotonic() + 600
    done = sealing.seal()
    while done < wanted and time.monotonic() < deadline:
        time.sleep(0.1)
        done += sealing.seal()
    assert done == wanted


@pytest.fixture
def sealed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Ids of forty sealed changes in batches of ten, and no other: tests before these may have left theirs."""
    tamper("TRUNCATE changes_change, changes_image, changes_changeset, changes_seal, changes_horizon CASCADE")
    monkeypatch.setattr(sealing, "BATCH", 10)
    for number in range(40):
        services.record(actor=ACTOR, kind="edit", title=f"act {number}")
    seal_all(40)
    return list(Change.objects.order_by("id").values_list("id", flat=True))


def tamper(query: str, *values: object) -> None:
    """Write as somebody would who owns the database."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(query, values)


def test_a_whole_trail_is_whole(sealed: list[int]) -> None:
    services.record(actor=ACTOR, kind="edit", title="not yet sealed")
    verdict = sealing.verify()
    assert (verdict.whole, verdict.sealed, verdict.unsealed) == (True, 40, 1)
    assert Seal.objects.count() == 4
    seal_all(1)
    assert sealing.seal() == 0


def test_changes_of_a_running_transaction_wait_for_it(sealed: list[int]) -> None:
    with transaction.atomic():
        services.record(actor=ACTOR, kind="edit", title="running")
        assert sealing.seal() == 0
    seal_all(1)


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ("UPDATE changes_change SET op = 'X' WHERE id = %s", "row"),
        ("UPDATE changes_change SET actor_id = 99 WHERE id = %s", "row"),
        ("UPDATE changes_change SET at = at + interval '1 microsecond' WHERE id = %s", "row"),
        ("UPDATE changes_change SET digest = set_byte(digest, 31, get_byte(digest, 31) # 1) WHERE id = %s", "row"),
        ('UPDATE changes_image SET after = after || \'{"title": "other"}\' WHERE change_id = %s', "image"),
        ("DELETE FROM changes_change WHERE id = %s", "missing"),
    ],
)
@pytest.mark.parametrize("place", [0, 9, 10, 25, 39])
def test_what_was_altered_is_named(sealed: list[int], query: str, problem: str, place: int) -> None:
    tamper(query, sealed[place])
    verdict = sealing.verify()
    assert (verdict.whole, verdict.problem) == (False, problem)
    assert verdict.bad_id is not None
    assert abs(verdict.bad_id - sealed[place]) <= (1 if problem == "missing" else 0)


def test_a_row_rewritten_with_a_fitting_digest_is_named(sealed: list[int]) -> None:
    tamper(
        "UPDATE changes_change SET actor_id = 99, digest = changes_digest(id, change_set_id, table_name, row_id, op,"
        " at, 99, via, image_digest) WHERE id = %s",
        sealed[17],
    )
    verdict = sealing.verify()
    assert (verdict.bad_id, verdict.problem) == (sealed[17], "row")


def test_a_change_put_between_is_found(sealed: list[int]) -> None:
    tamper("UPDATE changes_change SET id = id + 1000000 WHERE id = %s", sealed[12])
    assert not sealing.verify().whole


def test_a_cut_tail_is_found_by_an_anchor_only(sealed: list[int]) -> None:
    kept = sealing.anchor()
    assert kept is not None
    tamper("DELETE FROM changes_change WHERE id > %s", sealed[29])
    tamper("DELETE FROM changes_seal WHERE last_id > %s", sealed[29])
    assert sealing.verify().whole
    assert sealing.verify(anchors=(kept,)).problem == "anchor"


def test_erased_images_leave_the_chain_whole(sealed: list[int]) -> None:
    services.images_erase(actor=ACTOR, rows={"changes_changeset": Change.objects.values_list("row_id", flat=True)[:5]})
    assert sealing.verify().whole


def test_a_chain_of_another_key_says_so(sealed: list[int], settings: LazySettings) -> None:
    settings.SECRET_KEY = "another"
    assert sealing.verify().problem == "key"
