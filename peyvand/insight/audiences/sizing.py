"""How many customers a tree fits, and who: while somebody edits it, so within a third of a second.

In a business of at most EXACT customers, and for a reader who sees at most so many, everybody is asked. In a larger one
a sample is drawn of SAMPLE ids at random, the same ones for a while, and what is found is carried over to all: the
number is then within about 1.96 √(p (1 − p) / SAMPLE) of the truth, 19 times of 20 (Cochran, Sampling Techniques, 1977,
eq. 3.11), and is said to be about so many.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from django.db import connection
from django.db.models import Max, Min

from peyvand.foundation.registry.actor import Actor, Scope
from peyvand.insight.audiences import asking
from peyvand.insight.audiences.answers import Size
from peyvand.insight.audiences.tree import Tree
from peyvand.memory.customers import access as customers
from peyvand.memory.customers.models import Customer

EXACT = 10_000
SAMPLE = 4_000
SEED = 1405
REMEMBERED = 60.0  # seconds
MOST_REMEMBERED = 50


@dataclass(frozen=True)
class Base:
    """Of whom a tree is asked: these ids, of `of` customers whom the reader sees; all of them where `exact`."""

    ids: list[int]
    of: int
    exact: bool

    def all(self, found: int) -> int:
        """A number found among the ids, carried over to everybody."""
        return found if self.exact or not self.ids else round(found * self.of / len(self.ids))


_drawn: dict[tuple[object, ...], tuple[float, Base]] = {}  # samples of large businesses, for REMEMBERED seconds


def base(actor: Actor, *, salt: int = 0) -> Base:
    """The customers whom the actor sees, or a sample of them; another salt gives another sample."""
    key = (actor.demo, actor.scope(customers.VIEW), actor.user_id, actor.team_ids, salt)
    at, known = _drawn.get(key, (-REMEMBERED, None))
    if known is not None and time.monotonic() - at < REMEMBERED:
        return known
    seen = Customer.objects.visible_to(actor)
    ids = list(seen.order_by().values_list("pk", flat=True)[: EXACT + 1])
    if len(ids) <= EXACT:
        return Base(ids, len(ids), exact=True)
    found = Base(_sample(actor, salt), _total(actor), exact=False)
    if len(_drawn) >= MOST_REMEMBERED:
        _drawn.clear()
    _drawn[key] = (time.monotonic(), found)
    return found


def _sample(actor: Actor, salt: int) -> list[int]:
    """Ids drawn evenly from the lowest to the highest there is, of those whom the actor sees."""
    seen = Customer.objects.visible_to(actor)
    ends = Customer.objects.filter(demo=actor.demo).aggregate(low=Min("pk"), high=Max("pk"))
    low, high = int(ends["low"]), int(ends["high"])
    chance = random.Random(f"{SEED}:{salt}")  # noqa: S311 (a sample, no secret)
    found: set[int] = set()
    for _try in range(6):
        drawn = chance.sample(range(low, high + 1), min(SAMPLE * 2, high - low + 1))
        found.update(seen.filter(pk__in=drawn).values_list("pk", flat=True))
        if len(found) >= SAMPLE:
            break
    ordered = sorted(found)
    chance.shuffle(ordered)
    return ordered[:SAMPLE]


def _total(actor: Actor) -> int:
    """How many customers the actor sees: counted where few are, else as the database last counted its table."""
    if actor.scope(customers.VIEW) is not Scope.ALL:
        return Customer.objects.visible_to(actor).count()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(c.reltuples, 0) * coalesce((SELECT s.most_common_freqs[array_position("
            "s.most_common_vals::text::boolean[], %s)] FROM pg_stats s WHERE s.schemaname = current_schema() AND "
            "s.tablename = 'customers_customer' AND s.attname = 'demo'), 0) FROM pg_class c "
            "WHERE c.oid = 'customers_customer'::regclass",
            [actor.demo],
        )
        found = int(cursor.fetchone()[0])
    return found if found > EXACT else Customer.objects.filter(demo=actor.demo).count()


@dataclass(frozen=True)
class Found:
    """Of whom a tree holds, of a base, and of whom its top-level conditions hold one after the other."""

    base: Base
    inside: set[int]
    after: tuple[int, ...]

    @property
    def size(self) -> Size:
        """As a reader is told."""
        return Size(
            count=self.base.all(len(self.inside)), of=self.base.of, approximate=not self.base.exact,
            after=tuple(self.base.all(one) for one in self.after),
        )  # fmt: skip


def found(tree: Tree, *, actor: Actor, of: Base) -> Found:
    """Ask the tree of a base, leaf by leaf."""
    now = asking.clock()
    few = not (of.exact and len(of.ids) > EXACT // 4)
    leaves: dict[str, asking.Asked] = {}
    keys = [asking.key_of(one) for one in asking.kept_leaves(tree.kept)]
    for key, (_place, leaf) in zip(keys, tree.leaves(), strict=True):
        if key not in leaves:
            leaves[key] = asking.select(leaf, demo=actor.demo, now=now, few=few)
    asked = asking.holding(list(leaves.values()), of.ids)
    sets = dict(zip(leaves, asked, strict=True))
    given = iter([sets[key] for key in keys])
    among = set(of.ids)
    left: set[int] = set() if tree.root.way == "any" else set(among)
    after: list[int] = []
    for node in tree.root.nodes:
        holds = asking.settled(node, given, among)
        if tree.root.way == "all":
            left &= holds
        elif tree.root.way == "any":
            left |= holds
        else:
            left -= holds
        after.append(len(left))
    return Found(of, left, tuple(after))
