"""Itemsets and rules against their definitions, counted one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, combinations
from pathlib import Path

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from peyvand.foundation.transfer.tables import ReadError
from peyvand.insight.prediction import baskets
from peyvand.insight.prediction.errors import CannotTellError
from peyvand.insight.value import table


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with override("en"):
        yield


LINES = st.lists(st.lists(st.sampled_from("abcdef"), min_size=1, max_size=7), min_size=1, max_size=70)


def mined(path: Path, lines: list[list[str]], **wishes: float) -> tuple[baskets.Baskets, baskets.Found]:
    path.write_text("\n".join(",".join(line) for line in lines), encoding="utf-8")
    given_ = baskets.of_lines(path)
    asked = {"min_support": 0.1, "min_confidence": 0.3, **wishes}
    return given_, baskets.mine(given_, **asked)  # type: ignore[arg-type]


@given(LINES, st.sampled_from([0.02, 0.1, 0.5]), st.integers(1, 4))
@settings(max_examples=60, deadline=None)
def test_every_itemset_and_rule_of_the_definition_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, lines: list[list[str]], support: float, longest: int
) -> None:
    path = tmp_path_factory.mktemp("b") / "b.txt"
    given_, found = mined(path, lines, min_support=support, max_length=longest)
    sets = [frozenset(line) for line in lines]
    items = sorted(frozenset(chain(*sets)))
    counts = {
        frozenset(chosen): sum(set(chosen) <= basket for basket in sets)
        for size in range(1, longest + 1)
        for chosen in combinations(items, size)
    }
    expected = {chosen: n for chosen, n in counts.items() if n and n >= support * len(sets) - 1e-9}
    named = {frozenset(given_.names[code] for code in codes): n for codes, n in found.itemsets.items()}
    assert named == expected
    rules = sum(
        n / (counts[chosen - {right}] if len(chosen) > 1 else len(sets)) >= 0.3 - 1e-9
        for chosen, n in expected.items()
        for right in chosen
    )
    assert found.rules == rules


def test_a_rule_has_the_measures_of_the_book(tmp_path: Path) -> None:
    lines = [["bread", "milk"], ["bread", "milk"], ["bread"], ["milk"], ["tea"]]
    _given, found = mined(tmp_path / "b.txt", lines, min_support=0.4, min_confidence=0.6, min_length=2)
    assert len(found.itemsets) == 1
    rule = next(rule for rule in found.top if rule.right == "milk")
    assert (rule.left, rule.count, rule.support) == (("bread",), 2, 0.4)
    assert rule.confidence == pytest.approx(2 / 3)
    assert rule.lift == pytest.approx(2 / 3 / 0.6)


def test_a_rule_of_length_one_has_an_empty_left_side(tmp_path: Path) -> None:
    _given, found = mined(tmp_path / "b.txt", [["a"], ["a", "b"]], min_confidence=0.9)
    assert ((), "a", 1.0) in [(rule.left, rule.right, rule.lift) for rule in found.top]


def test_spaces_quotes_blank_lines_and_an_item_twice(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text('\ufeff"tea, green", sugar,sugar\r\n\r\n tea\r\n', encoding="utf-8")
    given_ = baskets.of_lines(tmp_path / "b.txt")
    assert (given_.count, set(given_.names), len(given_.item)) == (2, {"tea, green", "sugar", "tea"}, 3)


def test_baskets_of_a_table(tmp_path: Path) -> None:
    (tmp_path / "b.csv").write_text("order,item,price\n1,a,2\n2,a,2\n1,b,3\n2,b,3\n3,c,1\n")
    given_ = baskets.of_table(table.read(tmp_path / "b.csv", only=["order", "item"]), order="order", item="item")
    found = baskets.mine(given_, min_support=0.5, min_confidence=0.5, min_length=2)
    assert (found.baskets, len(found.itemsets), found.rules) == (3, 1, 2)


def test_what_can_not_be_said_is_said(tmp_path: Path) -> None:
    with pytest.raises(CannotTellError, match="between 0 and 1"):
        mined(tmp_path / "b.txt", [["a"]], min_support=5)
    with pytest.raises(CannotTellError, match="least length"):
        mined(tmp_path / "b.txt", [["a"]], min_length=3, max_length=2)
    (tmp_path / "b.txt").write_text(",,\n\n")
    with pytest.raises(CannotTellError, match="no basket"):
        baskets.of_lines(tmp_path / "b.txt")
    (tmp_path / "c.csv").write_text("order,item\n1,a\n")
    with pytest.raises(ReadError, match="There are: order, item"):
        table.read(tmp_path / "c.csv", only=["order", "product"])


def test_too_many_itemsets_are_refused_not_counted_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(baskets, "MOST", 100)
    with pytest.raises(CannotTellError, match="raise --min-support"):
        mined(tmp_path / "b.txt", [list("abcdefghijkl")] * 3)
