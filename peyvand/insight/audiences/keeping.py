"""Keeps the members of audiences: of a few customers after a change, or of everybody.

Both hold one lock, so that they never write side by side. A round takes the notes of what changed and asks anew of
those customers only, for the audiences that read what changed, and then for those that contain these. What is noted
while it works waits for the next round, and what it reads is never older than the notes it took: so in the end members
are those that a look at everybody gives. Everybody is asked when an audience is made or changed, on every new day,
after a statement on many rows, and when more customers were touched than is worth it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext

from peyvand.events.audiences import AudienceEntered, AudienceLeft
from peyvand.foundation.accounts import settings
from peyvand.foundation.jobs import services as jobs
from peyvand.foundation.jobs.models import Run
from peyvand.foundation.outbox.services import publish
from peyvand.foundation.registry.actor import system_actor
from peyvand.insight.audiences import asking, watching
from peyvand.insight.audiences.asking import Clock
from peyvand.insight.audiences.errors import ConditionRefusedError
from peyvand.insight.audiences.models import Audience, AudienceKind
from peyvand.insight.audiences.reading import Reading
from peyvand.insight.audiences.tree import Tree
from peyvand.memory.customers import services as customers
from peyvand.memory.customers.models import Customer, InAudience

logger = logging.getLogger(__name__)

MOST = 20_000  # customers of whom a round asks; of more, everybody is asked
EVENT_SIZE = 5_000
MANY, LARGE = 8, 20_000  # audiences that are looked up at once, where the business has more customers
TOGETHER = "audiences.look_up"
PATIENCE = timedelta(hours=1)  # for which they are looked up one by one after that has failed or was stopped
REMEMBERED = 60.0  # seconds for which a leaf is not made into SQL anew
REFUSED, FAILED = "refused", "failed"  # why an audience is not kept any more
LOCK = "audiences.keep"  # held by whoever writes members
_GROWN = """
UPDATE audiences_audience a SET members = a.members + g.more, computed_at = clock_timestamp()
  FROM unnest(%s::bigint[], %s::int[]) AS g (id, more) WHERE a.id = g.id
"""
_AROUND = """
SELECT person_id FROM customers_relation WHERE organisation_id = ANY(%(ids)s)
UNION SELECT id FROM customers_customer WHERE parent_id = ANY(%(ids)s)
"""


def kept() -> Any:
    """The audiences whose members follow what happens."""
    return Audience.objects.filter(archived=False).exclude(kind=AudienceKind.FROZEN)


def _followed() -> Any:
    """Those that a round keeps; none is frozen while it does."""
    return kept().filter(due=False, broken="").select_for_update(no_key=True).order_by("id")


def tree_of(audience: Audience, reading: Reading | None = None) -> Tree:
    """What it asks, read as the one who sees everything; ConditionRefusedError where it cannot be asked any more.
    `reading` is that one's, where several are read.
    """
    return (reading or Reading(system_actor(demo=audience.demo))).tree(audience.tree)


# ── everybody ─────────────────────────────────────────────────────────────


def rebuild(audience: Audience, *, patience: str = "20s") -> bool:
    """Look all members up anew; False where a table that it reads was busy, and it stays due.

    Who came and went is published, but not the first time.
    """
    with settings.remembered():
        return _rebuilt(audience, patience)


def _rebuilt(audience: Audience, patience: str) -> bool:
    now = asking.clock()
    try:
        tree = tree_of(audience)
        tables = asking.reads(tree, demo=audience.demo, now=now)
    except ConditionRefusedError:
        refuse(audience, now)
        return True
    if not watching.watch(tables, patience=patience):
        return False
    with transaction.atomic():
        locked()
        sql, params = asking.compiled(asking.everybody(tree, demo=audience.demo, now=now).values_list("pk"))
        make_room()
        first = audience.computed_at is None and not InAudience.objects.filter(audience=audience.pk).exists()
        moved = customers.audience_members_replace(audience=audience.pk, select=sql, params=params, first=first)
        settle(audience, tree, tables, now=now, moved=moved)
    return True


def make_room() -> None:
    """Until the transaction ends PostgreSQL takes the memory that a look at everybody needs, and compiles nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('jit', 'off', true), set_config('work_mem', '256MB', true)")


def refuse(audience: Audience, now: Clock) -> None:
    """It cannot be asked any more, and keeps the members it had."""
    Audience.objects.filter(pk=audience.pk).update(broken=REFUSED, due=False, day=now.today)


def settle(
    audience: Audience, tree: Tree, tables: list[str], *, now: Clock, moved: tuple[Sequence[int], Sequence[int]]
) -> None:
    """Its members have just been written, in the caller's transaction: tell who came and who went, but not the first
    time, have those looked at that contain it, and note that it is looked up.
    """
    if audience.computed_at is None:
        Audience.objects.filter(within__contains=[audience.pk]).update(due=True)
    else:
        come, gone = moved
        _tell(audience, come, gone)
        _note_containing(audience, {*come, *gone})
    count = customers.audience_members_count(audiences=[audience.pk]).get(audience.pk, 0)
    Audience.objects.filter(pk=audience.pk).update(
        members=count, computed_at=timezone.now(), day=now.today, due=False, broken="", reads=tables,
        within=list(tree.within),
    )  # fmt: skip


def locked(*, wait: bool = True) -> bool:
    """Be the only one who writes members until the transaction ends; False where another does and one does not wait.

    It is taken before a row of an audience is, as rounds do: else each might wait for the other.
    """
    with connection.cursor() as cursor:
        if wait:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [LOCK])
            return True
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext(%s))", [LOCK])
        return bool(cursor.fetchone()[0])


def _note_containing(audience: Audience, ids: Collection[int]) -> None:
    containing = Audience.objects.filter(within__contains=[audience.pk])
    if len(ids) > MOST:
        containing.update(due=True)
    elif ids and containing.exists():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO audiences_note (table_name, customer_id) SELECT %s, unnest(%s::bigint[])",
                [_name(audience.pk), sorted(ids)],
            )


def _name(audience: int) -> str:
    """Under which a change of its members is noted for the audiences that contain it."""
    return f"audience:{audience}"


def _tell(audience: Audience, come: Sequence[int], gone: Sequence[int]) -> None:
    actor = system_actor(demo=audience.demo)
    for event, ids in ((AudienceEntered, come), (AudienceLeft, gone)):
        ordered = sorted(ids)
        for start in range(0, len(ordered), EVENT_SIZE):
            some = tuple(ordered[start : start + EVENT_SIZE])
            publish(event(audience_id=audience.pk, customer_ids=some, demo=audience.demo), actor=actor)


# ── a few ─────────────────────────────────────────────────────────────────


@dataclass
class _Ready:
    """An audience whose leaves are SQL already; for a while."""

    tree: Tree
    leaves: tuple[str, ...]


@dataclass
class Keeper:
    """Keeps what it made of audiences between rounds."""

    _ready: dict[tuple[int, int], _Ready] = field(default_factory=dict)
    _selects: dict[tuple[bool, str], asking.Asked] = field(default_factory=dict)
    _made: tuple[float, Any] = (0.0, None)

    def round(self) -> bool:
        """Do what waits: whether there may be more. One audience at most is looked up whole."""
        with settings.remembered():
            return self._one_round()

    def _one_round(self) -> bool:
        now = asking.clock()
        kept().exclude(day=now.today).filter(due=False).update(due=True)
        moved = self.few(now)
        due = list(kept().filter(due=True).order_by("depth", "id")[:MANY])
        if len(due) == MANY and many_asked():
            return bool(moved)
        for one in due[:1]:
            whole(one)
        return bool(moved or due)

    def few(self, now: Clock) -> int:
        """Ask anew of the customers whom the notes name; gives how many notes there were."""
        if not watching.waiting():
            return 0
        try:
            with transaction.atomic():
                if not locked(wait=False):
                    return 0
                notes = watching.taken()
                self._round(notes, now)
                return notes.taken
        except DatabaseError:
            logger.exception("audiences could not be kept for a few customers, and are looked up whole")
            with transaction.atomic():
                notes = watching.taken()
                touched = [*notes.customers]
                kept().filter(reads__overlap=touched).update(due=True)
                return notes.taken

    def _round(self, notes: watching.Notes, now: Clock) -> None:
        self._recount(notes.customers.pop(watching.MEMBERS, set()))
        if notes.whole:
            kept().filter(reads__overlap=sorted(notes.whole)).update(due=True)
        table = Customer._meta.db_table
        if notes.customers.get(table):
            with connection.cursor() as cursor:
                cursor.execute(_AROUND, {"ids": sorted(notes.customers[table])})
                notes.customers[table] |= {pk for (pk,) in cursor.fetchall()}
        names = sorted(notes.customers)
        numbers = [int(name.split(":")[1]) for name in names if name.startswith("audience:")]
        follow = list(_followed().filter(Q(reads__overlap=names) | Q(within__overlap=numbers)))
        if follow:
            self._follow(follow, notes, now)
        self._forget(notes.customers.get(table, set()))

    def _follow(self, follow: list[Audience], notes: watching.Notes, now: Clock) -> None:
        changed: dict[int, set[int]] = {
            int(name.split(":")[1]): ids for name, ids in notes.customers.items() if name.startswith("audience:")
        }
        there = list(_followed().exclude(within=[]))
        waiting = {one.pk: one for one in (*follow, *there)}
        for demo in (False, True):
            of = [one for one in waiting.values() if one.demo == demo]
            for depth in sorted({one.depth for one in of}):
                level: list[tuple[Audience, set[int]]] = []
                for one in (one for one in of if one.depth == depth):
                    ids = set().union(
                        *(notes.customers.get(name, ()) for name in one.reads),
                        *(changed.get(number, ()) for number in one.within),
                    )
                    if len(ids) > MOST:
                        Audience.objects.filter(pk=one.pk).update(due=True)
                    elif ids:
                        level.append((one, ids))
                self._level(level, demo, now, changed)

    def _level(
        self, level: list[tuple[Audience, set[int]]], demo: bool, now: Clock, changed: dict[int, set[int]]
    ) -> None:
        if not level:
            return
        ids = sorted(set().union(*(some for _one, some in level)))
        there = set(Customer.objects.filter(demo=demo, pk__in=ids).values_list("pk", flat=True))
        ready: dict[int, _Ready] = {}
        reading = Reading(system_actor(demo=demo))
        for one, _ids in level:
            try:
                ready[one.pk] = self._read(one, now, reading)
            except ConditionRefusedError:  # looked up whole, it says what is wrong
                Audience.objects.filter(pk=one.pk).update(due=True)
        level = [(one, some) for one, some in level if one.pk in ready]
        keys = list(dict.fromkeys(key for one in ready.values() for key in one.leaves))
        sets = dict(zip(keys, asking.holding([self._selects[demo, key] for key in keys], ids), strict=True))
        before: dict[int, set[int]] = {one.pk: set() for one, _ids in level}
        pairs = [(one.pk, customer) for one, some in level for customer in sorted(some)]
        for audience, customer in customers.audience_members_among(pairs=pairs):
            before[audience].add(customer)
        come: list[tuple[int, int]] = []
        gone: list[tuple[int, int]] = []
        grown: dict[int, int] = {}
        for one, some in level:
            inside = asking.settled(
                ready[one.pk].tree.root, iter([sets[key] for key in ready[one.pk].leaves]), some & there
            )
            was = before[one.pk]
            new, old = inside - was, was - inside
            if not new and not old:
                continue
            changed[one.pk] = changed.get(one.pk, set()) | new | old
            come += [(one.pk, customer) for customer in sorted(new)]
            gone += [(one.pk, customer) for customer in sorted(old)]
            _tell(one, sorted(new), sorted(old & there))
            grown[one.pk] = len(new) - len(old)
        customers.audience_members_change(come=come, gone=gone)
        if grown:
            with connection.cursor() as cursor:
                cursor.execute(_GROWN, [list(grown), list(grown.values())])

    def _read(self, audience: Audience, now: Clock, reading: Reading) -> _Ready:
        if self._made[1] != now.today or time.monotonic() - self._made[0] > REMEMBERED:
            self._ready.clear()
            self._selects.clear()
            self._made = (time.monotonic(), now.today)
        name = (audience.pk, audience.version)
        if name not in self._ready:
            tree = tree_of(audience, reading)
            leaves = [leaf for _place, leaf in tree.leaves()]
            keys = tuple(asking.key_of(one) for one in asking.kept_leaves(tree.kept))
            for key, leaf in zip(keys, leaves, strict=True):
                if (audience.demo, key) not in self._selects:
                    self._selects[audience.demo, key] = asking.select(leaf, demo=audience.demo, now=now)
            self._ready[name] = _Ready(tree, keys)
        return self._ready[name]

    def _forget(self, touched: Collection[int]) -> None:
        """Who was deleted is in no audience any more, in none that is not followed either."""
        there = set(Customer.objects.filter(pk__in=touched).values_list("pk", flat=True))
        if gone := sorted(set(touched) - there):
            self._recount(customers.audience_members_forget(customers=gone))

    @staticmethod
    def _recount(audiences: Iterable[int]) -> None:
        """How many there are of each, told by those who are."""
        numbers = sorted(audiences)
        if not numbers:
            return
        counts = customers.audience_members_count(audiences=numbers)
        for number in numbers:
            Audience.objects.filter(pk=number).update(members=counts.get(number, 0))


def large() -> bool:
    """Whether there are so many customers that audiences are looked up together."""
    return Customer.objects.values("pk")[LARGE : LARGE + 1].exists()


def many_asked() -> bool:
    """Have a child look up all that are due, at once; False where they are looked up one by one: in a small business,
    and for a while after that has failed or was stopped.
    """
    if not large():
        return False
    runs = Run.objects.filter(job=TOGETHER)
    if runs.filter(state__in=(Run.State.WAITING, Run.State.RUNNING)).exists():
        return True
    ended = (Run.State.FAILED, Run.State.CANCELLED)
    if runs.filter(state__in=ended, finished_at__gt=timezone.now() - PATIENCE).exists():
        return False
    jobs.start(actor=system_actor(), job=TOGETHER, title=gettext("Looking up who is in which audience"), arguments={})
    return True


def whole(audience: Audience) -> None:
    """Look one up whole; one that fails is no longer kept until it is changed, or the day is."""
    try:
        rebuild(audience)
    except DatabaseError:
        logger.exception("audience %s could not be looked up", audience.pk)
        Audience.objects.filter(pk=audience.pk).update(broken=FAILED, due=False, day=asking.clock().today)
