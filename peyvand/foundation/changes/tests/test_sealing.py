"""The chain finds what was done to the trail, and names the change."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import ProgrammingError, connection, transaction

from peyvand.foundation.changes import anchoring, sealing, services
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


@transaction.atomic
def guarded_truncate(table: str) -> None:
    """With the guard that tests are without (see conftest.py)."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER changes_guard_truncate")
        cursor.execute(f"TRUNCATE {table} CASCADE")


@pytest.mark.parametrize("table", ["changes_change", "changes_seal", "changes_image", "changes_changeset"])
def test_nothing_of_the_trail_is_emptied_at_one_stroke(sealed: list[int], table: str) -> None:
    with pytest.raises(ProgrammingError, match="refused"):
        guarded_truncate(table)
    assert Change.objects.count() == 40


# One byte of each of these parts of a change, so that each row is altered in a way of its own.
BYTES = {
    "op": "op = chr(ascii(op) + 1)",
    "at": "at = at + interval '1 microsecond'",
    "row_id": "row_id = row_id # 1",
    "via": "via = overlay(via placing '~' from 1 for 1)",
    "table_name": "table_name = overlay(table_name placing 'k' from 1 + mod(id, 8)::int for 1)",
    "digest": "digest = set_byte(digest, mod(id, 32)::int, get_byte(digest, mod(id, 32)::int) # 1)",
    "image_digest": (
        "image_digest = set_byte(image_digest, mod(id, 32)::int, get_byte(image_digest, mod(id, 32)::int) # 128)"
    ),
}
MANY = 10_000


def test_a_byte_of_any_of_ten_thousand_changes_is_found(sealed: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """H1: every one of 10,000 changes gets one byte altered, in a part chosen at random, and the verifier names all.

    All are altered at once and judged in one pass instead of one after the other. That is the same, because a change is
    judged by its own columns, its own image and its own mark in the seal; a sample is altered singly as well, to show
    that it makes no difference.
    """
    monkeypatch.setattr(sealing, "BATCH", 2000)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO changes_changeset (kind, title, actor_name, via, demo, reference) "
            "SELECT 'edit', 'act ' || n, 'x', 'web', false, '{}' FROM generate_series(1, %s) AS n",
            [MANY],
        )
    seal_all(MANY)
    ids = [pk for pk in Change.objects.order_by("id").values_list("id", flat=True) if pk not in sealed]
    assert len(ids) == MANY
    chosen = random.Random(7)
    parts: dict[str, list[int]] = {name: [] for name in [*BYTES, "image"]}
    for pk in ids:
        parts[chosen.choice(list(parts))].append(pk)
    for pk in chosen.sample(ids, 25):
        with transaction.atomic():
            tamper("UPDATE changes_change SET via = via || '!' WHERE id = %s", pk)
            assert sealing.verify().bad_id == pk
            transaction.set_rollback(True)
    for name, change in BYTES.items():
        tamper(f"UPDATE changes_change SET {change} WHERE id = ANY(%s)", parts[name])
    tamper('UPDATE changes_image SET after = after || \'{"title": "no"}\' WHERE change_id = ANY(%s)', parts["image"])
    verdict = sealing.verify(every=True)
    assert sorted(fault.change_id for fault in verdict.faults) == ids
    assert not verdict.whole


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


def test_anchors_are_kept_a_line_each_and_prove_that_the_end_is_there(
    sealed: list[int], tmp_path: Path, settings: LazySettings
) -> None:
    settings.DATA = tmp_path
    anchoring.anchor_now()
    anchoring.anchor_now()
    own = anchoring.own_file()
    assert len(own.read_text(encoding="ascii").splitlines()) == 1
    assert own.stat().st_mode & 0o777 == 0o600
    services.record(actor=ACTOR, kind="edit", title="later")
    seal_all(1)
    anchoring.anchor_now()
    kept = anchoring.anchors_in(own)
    assert [anchor.last_id for anchor in kept] == [sealed[-1], Change.objects.latest("id").pk]
    assert sealing.verify(anchors=kept).whole
    tamper("DELETE FROM changes_change WHERE id > %s", sealed[29])
    tamper("DELETE FROM changes_seal WHERE last_id > %s", sealed[29])
    found = sealing.verify(anchors=kept, every=True)
    assert [fault.problem for fault in found.faults] == ["anchor", "anchor"]


@pytest.mark.parametrize(
    "content", ["", "nonsense", '{"seal_id": 1}', "[]", '{"seal_id": "x", "last_id": 1, "head": ""}']
)
def test_what_is_no_file_of_anchors_is_refused_in_words(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(anchoring.AnchorError):
        anchoring.anchors_in(path)
    with pytest.raises(anchoring.AnchorError):
        anchoring.anchors_in(tmp_path / "none")
