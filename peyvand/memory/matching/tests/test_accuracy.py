"""How well duplicates are found in a made-up base whose duplicates are known."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import duckdb
import pytest

from peyvand.memory.matching import finding, weighing
from peyvand.memory.matching.tests.worlds import Person, world


def looked(people: list[Person]) -> list[weighing.Finding]:
    """What the search finds among these."""
    with duckdb.connect() as own:
        finding.begin(own)
        finding.load_rows(own, finding.keyed([one.row() for one in people], person=True))
        return list(finding.compare(own, records=len(people)))


def measured(people: list[Person], found: list[weighing.Finding]) -> tuple[float, float, Counter[str]]:
    """Precision and recall at the levels certain and likely, and what was missed, by how it was written again."""
    by_who: dict[int, list[Person]] = {}
    for one in people:
        by_who.setdefault(one.who, []).append(one)
    true = {
        (a.id, b.id): b.how for group in by_who.values() for a, b in combinations(sorted(group, key=lambda x: x.id), 2)
    }
    shown = {(one.a, one.b) for one in found if one.score >= weighing.LIKELY}
    right = shown & set(true)
    missed = Counter(how for pair, how in true.items() if pair not in shown)
    return len(right) / max(len(shown), 1), len(right) / len(true), missed


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_known_duplicates_are_found_and_others_are_not(seed: int, record_property: pytest.fixture) -> None:
    people = world(people=450, twice=150, seed=seed)
    precision, recall, _missed = measured(people, looked(people))
    record_property("precision", round(precision, 3))
    record_property("recall", round(recall, 3))
    assert precision >= 0.95
    assert recall >= 0.9
