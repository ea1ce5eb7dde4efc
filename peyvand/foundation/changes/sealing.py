"""The sealed chain over all changes, and the check of it.

Every change carries SHA-256 over its columns and its (salted) image. `seal` puts the digests of finished transactions,
in the order of ids, into batches; each batch's head covers the head before it, and its mac is HMAC-SHA-256 of the head
under a key that is derived from the installation's own. So a changed, removed or inserted change is found and named.
What the chain alone cannot show is that its tail was cut off, or that all of it was written anew by somebody who has
the key: for that, keep a head outside (`anchor`) and give it to `verify`.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from django.conf import settings
from django.db import connection, transaction

from peyvand.foundation.changes.models import Seal

BATCH = 2000
MARK = 4  # bytes of each digest that a seal remembers, to name the first bad row of a batch
GENESIS = hashlib.sha256(b"peyvand.changes").digest()
LAST = 2**62
_LOCK = 7_340_271  # of pg_try_advisory_xact_lock: one sealer at a time

_DIGESTS = """
SELECT c.id, c.digest,
       changes_digest(c.id, c.change_set_id, c.table_name, c.row_id, c.op, c.at, c.actor_id, c.via, c.image_digest),
       i.change_id IS NULL OR changes_image_digest(i.salt, i.before, i.after) = c.image_digest
FROM changes_change c LEFT JOIN changes_image i ON i.change_id = c.id
WHERE c.id > %s AND c.id <= %s ORDER BY c.id LIMIT %s
"""


@dataclass(frozen=True)
class Anchor:
    """The head of the chain, to be kept outside: number of the seal, last change it covers, and the head in hex."""

    seal_id: int
    last_id: int
    head: str


@dataclass(frozen=True)
class Fault:
    """A change that is not as it was sealed, and what is wrong with it (see Verdict)."""

    change_id: int
    problem: str


@dataclass(frozen=True)
class Verdict:
    """Whether the trail is whole. `bad_id` is the first bad change, `problem` what is wrong with it; `faults` are all
    that were found, the first alone unless all were asked for.

    Problems: row (its columns), image (its content), missing, added, seal (the chain itself), key (sealed under another
    key), anchor (an anchor does not stand in the chain: its tail was cut, or it was written anew).
    """

    whole: bool
    sealed: int
    unsealed: int
    faults: tuple[Fault, ...] = ()

    @property
    def bad_id(self) -> int | None:
        """The first bad change."""
        return self.faults[0].change_id if self.faults else None

    @property
    def problem(self) -> str:
        """What is wrong with it."""
        return self.faults[0].problem if self.faults else ""


def _mac(head: bytes) -> bytes:
    key = hashlib.sha256(b"peyvand.changes.seal:" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, head, hashlib.sha256).digest()


def _head(before: bytes, first_id: int, last_id: int, count: int, root: bytes) -> bytes:
    return hashlib.sha256(before + f"{first_id}:{last_id}:{count}:".encode() + root).digest()


def seal() -> int:
    """Seal what finished transactions wrote; gives how many changes. Runs every minute, and does nothing inside
    another.

    Ids are given out before they are committed. So a horizon is taken first (the highest id so far, and our
    transaction); once every older transaction has ended, nothing at or under that id can still appear, and it is
    sealed.
    """
    sealed = _seal_to_horizon()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return sealed
        cursor.execute("SELECT count(*) FROM changes_horizon")
        if not cursor.fetchone()[0]:
            cursor.execute("SELECT last_value FROM changes_change_id_seq WHERE is_called")
            row = cursor.fetchone()
            cursor.execute("SELECT max(last_id) FROM changes_seal")
            if row is None or row[0] == cursor.fetchone()[0]:
                return sealed
            cursor.execute(
                "INSERT INTO changes_horizon (last_id, xid) VALUES (%s, pg_current_xact_id()::text::bigint)", [row[0]]
            )
    return sealed + _seal_to_horizon()


def _seal_to_horizon() -> int:
    """Seal up to the horizon if its time has come."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        # A horizon from before a restore can lie beyond this server's transactions: it is dropped and taken anew.
        cursor.execute(
            "DELETE FROM changes_horizon WHERE xid > pg_snapshot_xmax(pg_current_snapshot())::text::bigint + 1000000"
        )
        cursor.execute(
            "SELECT last_id, pg_snapshot_xmin(pg_current_snapshot())::text::bigint > xid FROM changes_horizon"
        )
        row = cursor.fetchone()
        if row is None or not row[1]:
            return 0
        count = 0
        while made := _seal_batch(row[0]):
            count += made
        cursor.execute("DELETE FROM changes_horizon")
        return count


def _seal_batch(up_to: int) -> int:
    last = Seal.objects.order_by("-id").first()
    before, after_id = (bytes(last.head), last.last_id) if last else (GENESIS, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, digest FROM changes_change WHERE id > %s AND id <= %s ORDER BY id LIMIT %s",
            [after_id, up_to, BATCH],
        )
        rows = cursor.fetchall()
    if not rows:
        return 0
    digests = [bytes(digest) for _, digest in rows]
    root = hashlib.sha256(b"".join(digests)).digest()
    head = _head(before, rows[0][0], rows[-1][0], len(rows), root)
    Seal.objects.create(
        first_id=rows[0][0],
        last_id=rows[-1][0],
        count=len(rows),
        marks=b"".join(digest[:MARK] for digest in digests),
        root=root,
        head=head,
        mac=_mac(head),
    )
    return len(rows)


def seal_now() -> None:
    """What the schedule calls."""
    seal()


def anchor() -> Anchor | None:
    """The newest head; None while nothing is sealed."""
    last = Seal.objects.order_by("-id").first()
    return Anchor(last.pk, last.last_id, bytes(last.head).hex()) if last else None


def verify(*, anchors: tuple[Anchor, ...] = (), batches: int | None = None, every: bool = False) -> Verdict:
    """Read the whole trail and say whether it is as it was sealed; with anchors, also whether it is all there.

    With `batches` only so many of the newest are read, standing on the head of the one before them. `every` goes on
    after the first fault and names all; each change is judged by its own digest, its image and its mark in the seal,
    so that one that was altered hides no other.
    """
    before, after_id, sealed = GENESIS, 0, 0
    heads: dict[int, str] = {}
    faults: list[Fault] = []
    links = Seal.objects.order_by("id")
    if batches is not None and (known := Seal.objects.order_by("-id")[batches : batches + 1].first()) is not None:
        before, after_id, links = bytes(known.head), known.last_id, links.filter(pk__gt=known.pk)
    for link in links.iterator(chunk_size=100):
        faults += _check_batch(link, before, after_id)
        if faults and not every:
            return Verdict(False, sealed, 0, tuple(faults[:1]))
        before, after_id, sealed = bytes(link.head), link.last_id, sealed + link.count
        heads[link.pk] = before.hex()
    faults += [Fault(kept.last_id, "anchor") for kept in anchors if heads.get(kept.seal_id) != kept.head]
    if faults and not every:
        return Verdict(False, sealed, 0, tuple(faults[:1]))
    unsealed = 0
    while rows := _digests(after_id, LAST, limit=BATCH):
        for row_id, digest, recomputed, image_fits in rows:
            unsealed += 1
            if bytes(digest) != bytes(recomputed) or not image_fits:
                faults.append(Fault(row_id, "row" if bytes(digest) != bytes(recomputed) else "image"))
                if not every:
                    return Verdict(False, sealed, unsealed, tuple(faults))
        after_id = rows[-1][0]
    return Verdict(not faults, sealed, unsealed, tuple(faults))


def _digests(after_id: int, up_to: int, limit: int | None = None) -> list[tuple[int, bytes, bytes, bool]]:
    with connection.cursor() as cursor:
        cursor.execute(_DIGESTS, [after_id, up_to, limit])
        return list(cursor.fetchall())


def _check_batch(link: Seal, before: bytes, after_id: int) -> list[Fault]:
    """The bad changes of a batch; where changes are missing or were added, the first place at which that shows."""
    rows = _digests(after_id, link.last_id)
    marks = [bytes(link.marks)[at : at + MARK] for at in range(0, len(link.marks), MARK)]
    faults: list[Fault] = []
    for place, (row_id, digest, recomputed, image_fits) in enumerate(rows):
        if bytes(digest) != bytes(recomputed):
            faults.append(Fault(row_id, "row"))
        elif not image_fits:
            faults.append(Fault(row_id, "image"))
        elif place >= len(marks) or bytes(digest)[:MARK] != marks[place]:
            faults.append(Fault(row_id, _misfit([bytes(row[1])[:MARK] for row in rows], marks, place)))
            if len(rows) != len(marks):
                break
    if faults:
        return faults
    if len(rows) < link.count:
        return [Fault(link.last_id, "missing")]
    root = hashlib.sha256(b"".join(bytes(row[1]) for row in rows)).digest()
    head = _head(before, link.first_id, link.last_id, link.count, root)
    if root != bytes(link.root) or head != bytes(link.head):
        return [Fault(link.first_id, "seal")]
    if not hmac.compare_digest(_mac(head), bytes(link.mac)):
        return [Fault(link.first_id, "key")]
    return []


def _misfit(found: list[bytes], sealed: list[bytes], place: int) -> str:
    """Why the digests part at this place: one before it is missing, one was added, or this one was rewritten."""
    if len(found) < len(sealed) and found[place:] == sealed[place + len(sealed) - len(found) :]:
        return "missing"
    if len(found) > len(sealed) and found[place + len(found) - len(sealed) :] == sealed[place:]:
        return "added"
    return "row"
