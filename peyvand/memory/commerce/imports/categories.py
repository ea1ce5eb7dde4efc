"""Categories by the path that a file gives: «نوشیدنی › چای», "Drinks > Tea"."""

from __future__ import annotations

import re

from peyvand.foundation.text.keys import clean, fa_key
from peyvand.memory.commerce.models import Category
from peyvand.memory.commerce.queries.products import Tree, tree_of
from peyvand.memory.commerce.services.categories import LENGTH, MOST_CATEGORIES, MOST_DEEP, one_at_a_time

_BETWEEN = re.compile(r"\s*[›>]\s*")
_PERSIAN = re.compile(r"[\u0600-\u06ff]")


class Categories:
    """The tree, to be asked and grown in the transaction of an import."""

    def __init__(self, *, demo: bool) -> None:
        one_at_a_time()
        self.demo = demo
        self.known: dict[tuple[int | None, str], int] = {}
        self.last: dict[int | None, int] = {}
        tree: Tree = tree_of(demo=demo)
        self.count = len(tree.branches)
        for branch in tree:
            one = branch.category
            self.last[one.parent_id] = max(self.last.get(one.parent_id, -1), one.position)
            for name in (one.name_en, one.name_fa):  # where two differ, the Persian one counts
                if fa_key(name):
                    self.known[(one.parent_id, fa_key(name))] = one.pk

    def ensure(self, path: str) -> int | None:
        """The id of the category, made with those above it where they are missing; None where the path makes no sense.

        A name is known in either language; a new one is Persian when it has Persian letters.
        """
        names = [" ".join(clean(part).split()) for part in _BETWEEN.split(path.strip())]
        names = [name for name in names if name]
        if not names or len(names) > MOST_DEEP or not all(fa_key(name) and len(name) <= LENGTH for name in names):
            return None
        if any(len(fa_key(name)) > LENGTH for name in names) or self.count + len(names) > MOST_CATEGORIES:
            return None
        found: int | None = None
        for name in names:
            found = self.known.get((found, fa_key(name))) or self._make(found, name)
        return found

    def _make(self, parent_id: int | None, name: str) -> int:
        position = self.last[parent_id] = self.last.get(parent_id, -1) + 1
        persian = bool(_PERSIAN.search(name))
        made = Category.objects.create(
            demo=self.demo, parent_id=parent_id, position=position, key=fa_key(name),
            name_fa=name if persian else "", name_en="" if persian else name,
        )  # fmt: skip
        self.count += 1
        self.known[(parent_id, made.key)] = made.pk
        return made.pk
