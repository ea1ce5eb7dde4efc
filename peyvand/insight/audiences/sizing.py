"""How many customers a tree fits, and who: while somebody edits it, so within a third of a second.

In a business of at most EXACT customers, and for a reader who sees at most so many, everybody is asked. In a larger one
a sample is drawn of SAMPLE ids at random, the same ones for a while, and what is found is carried over to all: the
number is then within about 1.96 √(p (1 − p) / SAMPLE) of the truth, 19 times of 20 (Cochran, Sampling Techniques, 1977,
eq. 3.11), and is said to be about so many.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from django.db import connection
from django.db.models import Max, Min

from peyvand.foundation.registry.actor import Actor
from peyvand.insight.audiences import asking
from peyvand.insight.audiences.answers import Size
from peyvand.insight.audiences.tree import Group, Tree
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
    if not customers.sees_everybody(actor):
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
    """Of whom a tree holds, of a base; and for each place of it how many of the base are left if it ended there."""

    base: Base
    inside: set[int]
    after: Mapping[tuple[int, ...], int]

    @property
    def size(self) -> Size:
        """As a reader is told."""
        return Size(
            count=self.base.all(len(self.inside)), of=self.base.of, approximate=not self.base.exact,
            after=tuple(self.base.all(count) for place, count in self.after.items() if len(place) == 1),
        )  # fmt: skip

    @property
    def left(self) -> dict[tuple[int, ...], int]:
        """How many customers are left after each condition and each group, by its place."""
        return {place: self.base.all(count) for place, count in self.after.items()}


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
    after: dict[tuple[int, ...], int] = {}
    inside = _walked(tree.root, (), iter([sets[key] for key in keys]), set(of.ids), lambda held: held, after)
    return Found(of, inside, after)


def _walked(
    group: Group, place: tuple[int, ...], sets: Iterator[set[int]], among: set[int],
    whole: Callable[[set[int]], set[int]], after: dict[tuple[int, ...], int],
) -> set[int]:  # fmt: skip
    """Of whom the group holds; after each node it is noted how many were left if the conditions ended there, where
    `whole` says who that is by whom the group holds so far.
    """
    if not group.nodes:
        return set(among)
    so_far: set[int] = set() if group.way == "any" else set(among)
    step = _STEPS[group.way]
    for number, node in enumerate(group.nodes):
        here, before = (*place, number), so_far
        if isinstance(node, Group):
            holds = _walked(node, here, sets, among, partial(_ending, whole, step, before), after)
        else:
            holds = next(sets) & among
        so_far = step(before, holds)
        after[here] = len(whole(so_far))
    return so_far


def _ending(
    whole: Callable[[set[int]], set[int]], step: Callable[[set[int], set[int]], set[int]], before: set[int],
    held: set[int],
) -> set[int]:  # fmt: skip
    """Who is left where conditions end in an inner group that holds of `held` so far."""
    return whole(step(before, held))


_STEPS: Mapping[str, Callable[[set[int], set[int]], set[int]]] = {
    "all": set.__and__, "any": set.__or__, "none": set.__sub__,
}  # fmt: skip
