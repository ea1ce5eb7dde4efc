"""Many audiences looked up at once, in a large business. Heavy: imported in children of the worker only.

One by one each audience reads the same tables again. Here a copy of what they all read is taken once, in columns
(`columns`); every different leaf is asked once; and whom a leaf holds of is a set of bits, a bit for each id, of which
the sets of audiences are made. While it works nobody else writes members: notes of what changes meanwhile wait for the
next round, and what is read is never older than those that earlier rounds took.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from peyvand.foundation.accounts import settings
from peyvand.foundation.jobs.alone import alone
from peyvand.foundation.jobs.running import Running
from peyvand.foundation.registry.actor import system_actor
from peyvand.insight.audiences import asking, columns, keeping, watching
from peyvand.insight.audiences.asking import Asked, Clock
from peyvand.insight.audiences.columns import Copy, Plain
from peyvand.insight.audiences.errors import ConditionRefusedError
from peyvand.insight.audiences.models import Audience
from peyvand.insight.audiences.reading import Reading
from peyvand.insight.audiences.tree import Group, MembershipLeaf, Node, Tree
from peyvand.insight.warehouse.beside import beside, exported
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.models import AudienceBlock

Bits = Any  # an array of uint8, eight ids each, from the lowest id of the business on
_BITS = AudienceBlock.BLOCK_BITS
_PARTS = 100  # of 25 blocks, which are written at once
_SMALLINT, _INTEGER = 21, 23  # types as PostgreSQL numbers them


def look_up(run: Running | None = None) -> Mapping[str, Any]:
    """Look up all audiences that are due; gives {"audiences": how many}. It may be begun again."""
    with alone(keeping.LOCK, run), settings.remembered():
        return {"audiences": sum(_business(run, demo) for demo in (False, True))}


@dataclass
class _Due:
    """An audience that is looked up: what it asks, the keys of its leaves, what it reads."""

    audience: Audience
    tree: Tree
    keys: tuple[str, ...]
    tables: list[str]
    bits: Bits = field(default=None)


def _business(run: Running | None, demo: bool) -> int:
    now = asking.clock()
    due, leaves = _due(demo, now)
    if not due:
        return 0
    moves: dict[int, tuple[list[int], list[int]]] = {}  # who came and who went, of those that had members
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            snapshot = exported(cursor)
        with beside(snapshot) as source:
            low = _sets(run, demo, due, leaves, source)
            for one in due:
                before = columns.members(source, one.audience.pk)
                if one.audience.computed_at is not None or len(before):
                    moves[one.audience.pk] = _moved(_numbers(one.bits, low), before)
    for number, one in enumerate(due):
        if run is not None:
            run.progress(len(due) + number, 2 * len(due))
        _write(one, moves.get(one.audience.pk), low, now)
    return len(due)


def _due(demo: bool, now: Clock) -> tuple[list[_Due], dict[str, Asked]]:
    """What is looked up, those that others contain first, and their leaves by key."""
    found: list[_Due] = []
    leaves: dict[str, Asked] = {}
    reading = Reading(system_actor(demo=demo))
    for audience in keeping.kept().filter(due=True, demo=demo).order_by("depth", "id"):
        try:
            tree = keeping.tree_of(audience, reading)
            keys = tuple(asking.key_of(one) for one in asking.kept_leaves(tree.kept))
            for key, (_place, leaf) in zip(keys, tree.leaves(), strict=True):
                if key not in leaves and not isinstance(leaf, MembershipLeaf):
                    leaves[key] = asking.select(leaf, demo=demo, now=now, few=False)
            found.append(_Due(audience, tree, keys, asking.tables(leaves[key] for key in keys if key in leaves)))
        except ConditionRefusedError:
            keeping.refuse(audience, now)
    tables = {table for one in found for table in one.tables}
    busy = {table for table in sorted(tables) if not watching.watch([table])}
    return [one for one in found if not busy.intersection(one.tables)], leaves


def _sets(run: Running | None, demo: bool, due: list[_Due], leaves: Mapping[str, Asked], source: Any) -> int:
    """Find the bits of each; gives the id of the first bit. `source` sees what the transaction does."""
    used = {key for one in due for key in one.keys if key in leaves}
    plain = {key: made for key in used if (made := columns.plain(leaves[key])) is not None}
    known: dict[str, Bits] = {}
    inside: dict[int, Bits] = {}
    with columns.copied(plain.values(), source) as copy:
        everybody = copy.everybody(demo=demo)
        low = int(everybody.min()) >> _BITS << _BITS if len(everybody) else 0
        length = int(everybody.max()) - low + 1 if len(everybody) else 1
        among = _bits(everybody, low, length)

        def bits_of(key: str, leaf: Node) -> Bits:
            if isinstance(leaf, MembershipLeaf):
                if leaf.audience not in inside:
                    inside[leaf.audience] = _bits(columns.members(source, leaf.audience), low, length) & among
                return inside[leaf.audience] if leaf.inside else among & ~inside[leaf.audience]
            if key not in known:
                those, others = _ids(copy, plain.get(key), leaves[key])
                bits = _bits(those, low, length)
                known[key] = among & (~bits if others else bits)
            return known[key]

        for number, one in enumerate(due):
            if run is not None:
                run.progress(number, 2 * len(due))
                run.check()
            those = (bits_of(key, leaf) for key, (_at, leaf) in zip(one.keys, one.tree.leaves(), strict=True))
            one.bits = inside[one.audience.pk] = _settled(one.tree.root, those, among)
    return low


def _ids(copy: Copy, plain: Plain | None, leaf: Asked) -> tuple[Any, bool]:
    """Ids, and whether the leaf holds of all others than these."""
    found = copy.ids(plain) if plain is not None else None
    if plain is not None and found is not None:
        return found, plain.others
    with connection.cursor() as cursor:
        cursor.execute(leaf.sql, leaf.params)
        return np.fromiter((pk for (pk,) in cursor.fetchall()), dtype=np.int64), False


def _bits(ids: Any, low: int, length: int) -> Bits:
    """Those ids as bits; of others than the business has none is set."""
    mask = np.zeros(length, dtype=bool)
    at = np.asarray(ids, dtype=np.int64) - low
    mask[at[(at >= 0) & (at < length)]] = True
    return np.packbits(mask)


def _numbers(bits: Bits, low: int) -> Any:
    """The ids whose bits are set, in ascending order."""
    return np.flatnonzero(np.unpackbits(bits)) + low


def _settled(node: Node, sets: Iterator[Bits], among: Bits) -> Bits:
    """As `asking.settled`, in bits."""
    if not isinstance(node, Group):
        return next(sets)
    if not node.nodes:
        return among
    parts = [_settled(one, sets, among) for one in node.nodes]
    if node.way == "all":
        return np.bitwise_and.reduce(parts)
    either = np.bitwise_or.reduce(parts)
    return among & ~either if node.way == "none" else either


def _moved(after: Any, before: Any) -> tuple[list[int], list[int]]:
    """Who came and who went, by id; of those who were there before some may have been deleted."""
    come = np.setdiff1d(after, before, assume_unique=True)
    return come.tolist(), np.setdiff1d(before, after, assume_unique=True).tolist()


# ── writing ───────────────────────────────────────────────────────────────


def _write(one: _Due, moved: tuple[list[int], list[int]] | None, low: int, now: Clock) -> None:
    """Write the members of one, unless it was changed meanwhile and is due for that."""
    with transaction.atomic():
        same = keeping.kept().filter(pk=one.audience.pk, version=one.audience.version, due=True)
        if not same.select_for_update().exists():
            return
        number = one.audience.pk
        if moved is None:
            customers.audience_members_load(rows=_rows(number, _numbers(one.bits, low)))
        else:
            customers.audience_members_thaw(audience=number)
            come, gone = ([(number, customer) for customer in some] for some in moved)
            customers.audience_members_change(come=come, gone=gone)
        keeping.settle(one.audience, one.tree, one.tables, now=now, moved=moved or ([], []))


def _rows(audience: int, ids: Any) -> Iterator[bytes]:
    """The blocks of an audience as COPY takes them in its binary format: audience, block, people, since."""
    people = np.empty(len(ids), dtype=[("size", ">i4"), ("value", ">i2")])
    people["size"], people["value"] = 2, ids & ((1 << _BITS) - 1)
    since = struct.pack(">ii", 4, int(timezone.now().timestamp() // 60)) * (1 << _BITS)
    blocks, starts = np.unique(ids >> _BITS, return_index=True)
    bounds = [*starts.tolist(), len(ids)]
    parts = [b"PGCOPY\n\xff\r\n\x00" + bytes(8)]
    for block, start, end in zip(blocks.tolist(), bounds[:-1], bounds[1:], strict=True):
        many = end - start
        parts += (
            struct.pack(">hiqii", 4, 8, audience, 4, block),
            struct.pack(">iiiIii", 20 + 6 * many, 1, 0, _SMALLINT, many, 1), people[start:end].tobytes(),
            struct.pack(">iiiIii", 20 + 8 * many, 1, 0, _INTEGER, many, 1), since[: 8 * many],
        )  # fmt: skip
        if len(parts) > _PARTS:
            yield b"".join(parts)
            parts.clear()
    yield b"".join((*parts, struct.pack(">h", -1)))
