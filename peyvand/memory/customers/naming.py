"""Finding people by parts of their names: how many bear what is sought decides how they are read.

A part of a name lies within one word of the search key. Which words have it, and how many names have these, is known
(`NameWord`). Where few do, all of them are read and sorted. Where many do, a page is read in the order of names, word
by word (`Bearer`), wherever in the alphabet a word's bearers begin; so no search reads more than a few thousand people.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import and_
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Func, Q, TextField
from django.db.models.lookups import Contains

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui.lists import COUNT_CAP, Place
from peyvand.memory.customers.access import BearerQuerySet, CustomerQuerySet
from peyvand.memory.customers.models import Bearer, Customer

FEW = 5_000  # people who are read and sorted rather than walked in order
WALKED = 1_000  # words that are walked side by side
ASKED = 3  # parts that are looked up; further ones only narrow what these give
LONGEST = 40  # letters of a part that lie in one piece of a word (see customers_words_of in the migration)

_PART = """
SELECT {place} AS place, coalesce(sum(found.bearers), 0)::bigint, (array_agg(found.word))[:{most}] FROM (
  SELECT word, sum(bearers) AS bearers FROM customers_nameword WHERE demo = %s AND word LIKE %s
   GROUP BY word HAVING sum(bearers) > 0
) found
"""
_REACH = "SELECT -1, count(*), NULL FROM ({within}) reach"
_WALK = """
SELECT DISTINCT one.sort_key, one.customer_id
  FROM unnest(%s::text[]) sought (word) CROSS JOIN LATERAL (
    SELECT b.sort_key, b.customer_id FROM ({within}) b WHERE b.word = sought.word {beyond}
     ORDER BY b.sort_key {way}, b.customer_id {way} LIMIT %s
  ) one
 ORDER BY one.sort_key {way}, one.customer_id {way} LIMIT %s
"""
_COUNT = """
SELECT count(DISTINCT met.customer_id), count(*)
  FROM (SELECT b.customer_id FROM ({within}) b WHERE b.word = ANY(%s) LIMIT %s) met
"""


@dataclass(frozen=True)
class Sought:
    """Parts of a name that all must be in it, and how many bear the rarest of them.

    `words` are those that have the rarest part, none where they are too many to be walked; `more` the words of other
    parts, and `rest` the parts of which no words are known. `bearers` is how many names have the rarest, at most;
    `reach` how many customers the actor sees, counted no further than it matters. `others` are customers who are found
    whatever their name.
    """

    demo: bool
    words: tuple[str, ...]
    more: tuple[tuple[str, ...], ...]
    rest: tuple[str, ...]
    bearers: int
    reach: int
    others: CustomerQuerySet | None = None

    @property
    def few(self) -> bool:
        """Whether those who can be meant are read all, and sorted."""
        return self.others is None and min(self.bearers, self.reach) <= FEW

    @property
    def walked(self) -> bool:
        """Whether a page of them is read in the order of names, word by word."""
        return bool(self.words) and self.others is None and not self.few

    def condition(self) -> Q:
        """As a condition on customers whom the actor sees, whatever their order."""
        if self.others is None:
            return self._named()
        if not self.bearers:
            return Q(pk__in=self.others.values("pk"))
        named = Customer.objects.filter(self._named(), demo=self.demo).order_by()
        return Q(pk__in=named.values_list("pk").union(self.others.values_list("pk")))

    def _named(self) -> Q:
        if not self.bearers:
            return Q(pk__in=[])
        by_words = (self._bearing("pk", words) for words in (self.words, *self.more) if words)
        return reduce(and_, by_words, having(self.rest, by_index=bool(self.words) or self.reach > FEW))

    def also(self, bearers: BearerQuerySet, narrowed: CustomerQuerySet | None) -> BearerQuerySet:
        """Those of the bearers of `words` who have the other parts as well, and are among the narrowed."""
        for words in self.more:
            bearers = bearers.filter(self._bearing("customer_id", words))
        if self.rest:
            narrowed = Customer.objects.filter(demo=self.demo) if narrowed is None else narrowed
            narrowed = narrowed.filter(having(self.rest, by_index=False))
        return bearers if narrowed is None else bearers.filter(customer__in=narrowed.order_by().values("pk"))

    def _bearing(self, column: str, words: tuple[str, ...]) -> Q:
        bearing = Bearer.objects.filter(demo=self.demo, word__in=words).values("customer_id")
        return Q(**{f"{column}__in": bearing})


def having(parts: Iterable[str], *, by_index: bool = True) -> Q:
    """The condition that a search key has all these parts; without `by_index` only what is read anyway is looked at."""
    key = F("search_key") if by_index else Func("search_key", function="GREATEST", output_field=TextField())
    return reduce(and_, (Q(Contains(key, part)) for part in parts), Q())


def sought(*, actor: Actor, parts: Iterable[str]) -> Sought:
    """What is known of a name that has these parts; one query."""
    given = tuple(dict.fromkeys(parts))
    asked = sorted(given, key=len, reverse=True)[:ASKED]
    statements: list[str] = []
    values: list[Any] = []
    for place, part in enumerate(asked):
        statements.append(_PART.format(place=place, most=WALKED + 1))
        values += [actor.demo, f"%{connection.ops.prep_for_like_query(part[:LONGEST])}%"]
    for part_of_reach in Customer.objects.all().parts_visible_to(actor):
        within, more = _sql(part_of_reach.values("pk")[: FEW + 1])
        statements.append(_REACH.format(within=within))
        values += more
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(statements), values)
        rows = cursor.fetchall()
    known = sorted((count, place, tuple(words or ())) for place, count, words in rows if place >= 0)
    by_words = {asked[place]: words for _count, place, words in known if len(words) <= WALKED}
    bearers, rarest, _words = known[0]
    words = by_words.pop(asked[rarest], ())
    answered = {part for part in (*by_words, *((asked[rarest],) if words else ())) if len(part) <= LONGEST}
    reached = [count for place, count, _words in rows if place < 0]
    return Sought(
        demo=actor.demo,
        words=words,
        more=tuple(by_words.values()),
        rest=tuple(part for part in given if part not in answered),
        bearers=bearers,
        reach=sum(reached) if reached else FEW + 1,
    )


def walk(
    *,
    actor: Actor,
    sought: Sought,
    narrowed: CustomerQuerySet | None,
    after: Place | None,
    falling: bool,
    limit: int,
) -> list[Place]:
    """Where the first of those who are sought stand in the order of names (sort keys and ids), after a place.

    `narrowed` are the customers under the other conditions, None where there are none.
    """
    try:
        bearers = sought.also(Bearer.objects.visible_to(actor), narrowed)
        within, values = _sql(bearers.values("sort_key", "customer_id", "word"))
    except EmptyResultSet:
        return []
    way = "DESC" if falling else "ASC"
    beyond = "" if after is None else f"AND (b.sort_key, b.customer_id) {'<' if falling else '>'} (%s, %s)"
    with connection.cursor() as cursor:
        cursor.execute(
            _WALK.format(within=within, beyond=beyond, way=way),
            [list(sought.words), *values, *(after or ()), limit, limit],
        )
        return list(cursor.fetchall())


def count(*, actor: Actor, sought: Sought, narrowed: CustomerQuerySet | None, cap: int = COUNT_CAP) -> tuple[int, bool]:
    """How many are sought, never counting past `cap`: (number, whether there are more)."""
    try:
        within, values = _sql(sought.also(Bearer.objects.visible_to(actor), narrowed).values("customer_id", "word"))
    except EmptyResultSet:
        return 0, False
    most: int | None = (cap + 1) * min(len(sought.words), 3)
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_COUNT.format(within=within), [*values, list(sought.words), most])
            people, rows = cursor.fetchone()
        if people > cap or most is None or rows < most:
            return min(people, cap), people > cap
        most = None  # so many whose name has several of the words: all are read


def _sql(found: Any) -> tuple[str, list[Any]]:
    statement, values = found.query.sql_with_params()
    return statement, list(values)
