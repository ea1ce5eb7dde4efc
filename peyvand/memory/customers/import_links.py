"""What a file names in words: the stage, the language, the team, the organisation above, and the list all go on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.utils.translation import override

from peyvand.foundation.accounts.models import Team
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.text.keys import clean, fa_key
from peyvand.foundation.transfer.shapes import Problem, Row
from peyvand.memory.customers import access
from peyvand.memory.customers.checking import lock_parents, parents_above
from peyvand.memory.customers.fields import LANGUAGES
from peyvand.memory.customers.keys import search_key_of
from peyvand.memory.customers.lists import list_by_name
from peyvand.memory.customers.models import Customer, CustomerList
from peyvand.memory.customers.services.lists import ListData, list_save, members_put
from peyvand.memory.customers.stages import stage_words, stages_ensure
from peyvand.memory.customers.writing import NewCustomer

BAD_STAGE = "customers.bad_stage"
BAD_LANGUAGE = "customers.bad_language"
NO_TEAM = "customers.no_team"
NO_PARENT = "customers.no_parent"
SEVERAL_PARENTS = "customers.several_parents"
ROUND = "customers.round"
MOST_WAITING = 20_000  # organisations above that may come later in the file
LIST_LENGTH = 120
Note = Callable[..., None]

_ABOVE = """
SELECT w.word, array_agg(DISTINCT o.id ORDER BY o.id)
  FROM unnest(%(words)s::text[], %(keys)s::text[], %(codes)s::text[]) AS w (word, key, code)
  JOIN LATERAL (
    SELECT i.customer_id AS id FROM customers_identity i
     WHERE i.demo = %(demo)s AND i.kind = 'external' AND i.system = %(system)s AND i.key = w.code
    UNION
    SELECT c.id FROM customers_customer c
     WHERE c.demo = %(demo)s AND c.kind = 'organisation' AND c.search_key = w.key AND w.key <> ''
  ) o ON true
  JOIN customers_customer c ON c.id = o.id AND c.kind = 'organisation'
 GROUP BY w.word
"""
_PUT_UNDER = """
UPDATE customers_customer c SET parent_id = r.parent_id, version = c.version + 1, updated_at = statement_timestamp()
  FROM unnest(%s::bigint[], %s::bigint[]) AS r (id, parent_id)
 WHERE c.id = r.id AND c.parent_id IS DISTINCT FROM r.parent_id RETURNING c.id
"""


class Links:
    """The words of one import. `waiting` are organisations whose parent was not there yet: id, word, row."""

    def __init__(self, actor: Actor, options: Mapping[str, Any], *, system: str) -> None:
        self.actor = actor
        self.system = system
        self.called = " ".join(clean(str(options.get("list") or "")).split())[:LIST_LENGTH]
        self.stages: Mapping[str, str] = {}
        self.languages: dict[str, str] = {}
        self.teams: dict[str, int] = {}
        self.waiting: list[tuple[int, str, int]] = []
        self.list: CustomerList | None = None

    def prepare(self) -> None:
        """Know the stages, languages and teams by what people call them."""
        stages_ensure(demo=self.actor.demo)
        self.stages = stage_words(demo=self.actor.demo)
        self.teams = {
            fa_key(name): pk for pk, name in Team.objects.filter(demo=self.actor.demo).values_list("pk", "name")
        }
        for language in ("fa", "en"):
            with override(language):
                self.languages |= {fa_key(word): key for key, label in LANGUAGES for word in (str(label), key)}

    def read(self, row: Row, made: NewCustomer, note: Note) -> None:
        """Put the row's words into the customer; a word that nothing is called is noted and left out."""
        made.line = row.number
        made.parent = clean(str(row.values.get("parent", "")))
        words: tuple[tuple[str, Mapping[str, Any], str], ...] = (
            ("stage", self.stages, BAD_STAGE),
            ("language", self.languages, BAD_LANGUAGE),
            ("team", self.teams, NO_TEAM),
        )
        for column, known, reason in words:
            word = clean(str(row.values.get(column, "")))
            found = known.get(fa_key(word)) if word else None
            if found is not None:
                setattr(made, "team_id" if column == "team" else column, found)
            elif word:
                note(row, reason, column=column, value=word[:80])

    def put_on_list(self, ids: Sequence[int]) -> int:
        """Put these on the list that was named, making it if need be; gives how many were not on it."""
        if not self.called or not self.actor.may(access.LISTS):
            return 0
        if self.list is None:
            self.list = list_by_name(actor=self.actor, name=self.called)
        if self.list is None:
            alone = self.actor.user_id is None  # the console's: nobody would see it otherwise
            self.list = list_save(actor=self.actor, data=ListData(name=self.called, shared=alone))
        return len(members_put(actor=self.actor, one=self.list, ids=ids))

    def put_under(self, given: Iterable[tuple[int, str, int]], problems: list[Problem], *, last: bool) -> set[int]:
        """Put organisations, by id, under those whom their rows name; gives whose parent changed.

        Who is not there yet waits for the end of the file, where what is still missing is noted.
        """
        wanted = list(given)
        if not wanted:
            return set()
        above = self._above({word for _pk, word, _row in wanted})
        pairs: list[tuple[int, int, str, int]] = []
        for pk, word, row in wanted:
            found = [one for one in above.get(word, ()) if one != pk]
            if len(found) == 1:
                pairs.append((pk, found[0], word, row))
            elif found:
                problems.append(Problem(row, "parent", word[:80], SEVERAL_PARENTS, skipped=False))
            elif last or len(self.waiting) >= MOST_WAITING:
                problems.append(Problem(row, "parent", word[:80], NO_PARENT, skipped=False))
            else:
                self.waiting.append((pk, word, row))
        return self._write(pairs, problems)

    def _above(self, words: set[str]) -> dict[str, list[int]]:
        found = sorted(words)
        with connection.cursor() as cursor:
            cursor.execute(
                _ABOVE,
                {
                    "words": found, "keys": [search_key_of(word) for word in found],
                    "codes": [fa_key(word) for word in found], "demo": self.actor.demo, "system": self.system,
                },
            )  # fmt: skip
            found_of = dict(cursor.fetchall())
        every = {pk for ids in found_of.values() for pk in ids}
        seen = set(Customer.objects.visible_to(self.actor).filter(pk__in=every).values_list("pk", flat=True))
        return {word: [pk for pk in ids if pk in seen] for word, ids in found_of.items()}

    def _write(self, pairs: Sequence[tuple[int, int, str, int]], problems: list[Problem]) -> set[int]:
        """Write those of whom no circle would be made."""
        lock_parents(demo=self.actor.demo)
        parents = parents_above({one for pk, parent, _word, _row in pairs for one in (pk, parent)})
        with connection.cursor() as cursor:
            good: dict[int, int] = {}
            for pk, parent, word, row in pairs:
                above: int | None = parent
                while above is not None and above != pk:
                    above = parents.get(above)
                if above == pk:
                    problems.append(Problem(row, "parent", word[:80], ROUND, skipped=False))
                else:
                    parents[pk] = good[pk] = parent
            if not good:
                return set()
            cursor.execute(_PUT_UNDER, [list(good), list(good.values())])
            return {pk for (pk,) in cursor.fetchall()}
