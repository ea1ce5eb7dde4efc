"""What is bought together: frequent itemsets and rules, by the conventions of R's arules. Heavy: children only.

Support is a share of the baskets; lengths of itemsets and rules run 1 to 10; a rule has one consequent, and one of
length 1 has an empty left side (Hahsler, Grün and Hornik, Journal of Statistical Software 14/15, 2005).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from django.utils.translation import gettext as _
from pyarrow import compute
from scipy import sparse

from peyvand.foundation.transfer.reading import bytes_of, opener_of
from peyvand.insight.prediction.errors import CannotTellError
from peyvand.insight.value.table import Table

MOST = 3_000_000  # itemsets; beyond it nobody reads them and the memory ends
TOP = 20
Ints = np.ndarray[Any, np.dtype[np.int64]]
Words = np.ndarray[Any, np.dtype[np.uint64]]
Itemset = tuple[int, ...]


@dataclass(frozen=True)
class Baskets:
    """Which item lies in which basket, each pair once: `basket` and `item` are codes of equal length."""

    count: int
    basket: Ints
    item: Ints
    names: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """Who has `left` has `right` too. Support is P(left and right), confidence P(right | left), lift confidence ÷
    P(right).
    """

    left: tuple[str, ...]
    right: str
    support: float
    confidence: float
    lift: float
    count: int


@dataclass(frozen=True)
class Found:
    """Itemsets with their counts, and rules, best lift first."""

    baskets: int
    itemsets: Mapping[Itemset, int]
    rules: int
    top: tuple[Rule, ...]

    def as_plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            "baskets": self.baskets, "itemsets": len(self.itemsets), "rules": self.rules,
            "top": [{**vars(rule), "left": list(rule.left)} for rule in self.top],
        }  # fmt: skip


def of_lines(path: Path) -> Baskets:
    """A basket a line, items by comma; a blank line is no basket, the first line is one: there is no header."""
    with bytes_of(opener_of(path)) as stream:
        raw = stream.read()
    if raw[:3] == b"\xef\xbb\xbf":
        raw = raw[3:]
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise CannotTellError(_("The file is not UTF-8 text; save it so and give it again.")) from error
    if '"' in text:
        rows = [[item for item in row if item.strip()] for row in csv.reader(text.splitlines())]
        lengths = np.array([len(row) for row in rows], dtype=np.int64)
        items = pa.array([item for row in rows for item in row], pa.string())
    else:
        split = compute.split_pattern(_lines(text), ",")
        lengths = np.asarray(compute.list_value_length(split).to_numpy(zero_copy_only=False), dtype=np.int64)
        items = split.flatten()
    return _coded(np.repeat(np.arange(len(lengths)), lengths), compute.utf8_trim_whitespace(items))


def _lines(text: str) -> Any:
    whole = pa.array([text.replace("\r\n", "\n")], pa.large_string())
    return compute.split_pattern(whole, "\n").flatten()


def of_table(table: Table, *, order: str, item: str) -> Baskets:
    """An item a line, baskets by the column of the order."""
    orders = pa.array(table.column(order), pa.string()).dictionary_encode()
    return _coded(orders.indices.to_numpy().astype(np.int64), pa.array(table.column(item), pa.string()))


def _coded(basket: Ints, items: Any) -> Baskets:
    kept = compute.not_equal(items, "").to_numpy(zero_copy_only=False)
    coded = items.dictionary_encode()
    names = tuple(coded.dictionary.to_pylist())
    codes = coded.indices.to_numpy()[kept].astype(np.int64)
    if not len(codes):
        raise CannotTellError(_("There is no basket with an item in the file."))
    pairs = np.sort(basket[kept] * len(names) + codes, kind="stable")  # nearly in order: merged, not sorted anew
    pairs = pairs[np.append(True, pairs[1:] != pairs[:-1])]
    numbers, items_of = pairs // len(names), pairs % len(names)
    places = np.append(0, np.cumsum(numbers[1:] != numbers[:-1]))
    return Baskets(count=int(places[-1]) + 1, basket=places, item=items_of, names=names)


def mine(
    baskets: Baskets,
    *,
    min_support: float,
    min_confidence: float,
    min_length: int = 1,
    max_length: int = 10,
    top: int = TOP,
) -> Found:
    """Frequent itemsets and rules. CannotTellError for thresholds outside 0–1 and for more than MOST itemsets."""
    for name, value in (("--min-support", min_support), ("--min-confidence", min_confidence)):
        if not 0 <= value <= 1 or (name == "--min-support" and value == 0):
            text = _("{option} is a share between 0 and 1; {value} is not.")
            raise CannotTellError(text.format(option=name, value=value))
    if not 1 <= min_length <= max_length:
        raise CannotTellError(_("The least length must be at least 1 and at most the greatest length."))
    least = max(1, int(np.ceil(min_support * baskets.count - 1e-9)))
    counts = dict(_frequent(baskets, least=least, longest=max_length))
    rules, best = _rules(baskets, counts, min_confidence=min_confidence, min_length=min_length, top=top)
    kept = {itemset: count for itemset, count in counts.items() if len(itemset) >= min_length}
    return Found(baskets=baskets.count, itemsets=kept, rules=rules, top=best)


def _frequent(baskets: Baskets, *, least: int, longest: int) -> Iterator[tuple[Itemset, int]]:
    """Eclat (Zaki, IEEE TKDE 12, 2000) on bit sets: a row of bits an item, one bit a basket; the count of an itemset is
    the number of bits that its items' rows share. Itemsets are in increasing order of codes.
    """
    totals = np.bincount(baskets.item, minlength=len(baskets.names))
    frequent = np.flatnonzero(totals >= least)
    # Rare first: the rows that are met with the most others are then the emptiest, and branches end sooner.
    frequent = frequent[np.argsort(totals[frequent], kind="stable")]
    found = 0
    for code in frequent:
        yield (int(code),), int(totals[code])
    if longest < 2 or len(frequent) < 2:
        return
    place = np.full(len(baskets.names), -1, dtype=np.int64)
    place[frequent] = np.arange(len(frequent))
    kept = place[baskets.item] >= 0
    rows, columns = place[baskets.item[kept]], baskets.basket[kept]
    together = _pairs(rows, columns, items=len(frequent), baskets=baskets.count, least=least)
    bits = _bits(rows, columns, items=len(frequent), baskets=baskets.count)
    for first in range(len(frequent)):
        tail, counts = together[first]
        if not len(tail):
            continue
        shared = bits[tail] & bits[first] if longest > 2 and len(tail) > 1 else bits[:0]
        for itemset, count in _deeper((first,), tail, counts, shared, least=least, longest=longest):
            found += 1
            if found > MOST:
                text = _("There are more than {number} itemsets; raise --min-support or lower --max-length.")
                raise CannotTellError(text.format(number=MOST))
            yield tuple(sorted(int(frequent[code]) for code in itemset)), count


def _pairs(rows: Ints, columns: Ints, *, items: int, baskets: int, least: int) -> list[tuple[Ints, Ints]]:
    """For each item the later ones that are bought with it often enough, and how often."""
    lying = sparse.csr_matrix(
        (np.ones(len(rows), dtype=np.int32), (columns, rows)), shape=(baskets, items), dtype=np.int32
    )
    product = sparse.triu(lying.T @ lying, k=1, format="csr")
    product.data[product.data < least] = 0
    product.eliminate_zeros()
    product.sort_indices()
    starts = product.indptr
    return [(product.indices[a:b].astype(np.int64), product.data[a:b].astype(np.int64)) for a, b in pairwise(starts)]


def _bits(rows: Ints, columns: Ints, *, items: int, baskets: int) -> Words:
    words = -(-baskets // 64)
    found = np.zeros((items, words), dtype=np.uint64)
    np.bitwise_or.at(found, (rows, columns >> 6), np.uint64(1) << (columns & 63).astype(np.uint64))
    return found


def _deeper(
    prefix: Itemset, tail: Ints, counts: Ints, bits: Words, *, least: int, longest: int
) -> Iterator[tuple[Itemset, int]]:
    """The itemsets that begin with the prefix: `bits[k]` are the baskets of prefix and tail[k] together."""
    for place, code in enumerate(tail):
        itemset = (*prefix, int(code))
        yield itemset, int(counts[place])
        if len(itemset) >= longest or place + 1 >= len(tail):
            continue
        shared = bits[place + 1 :] & bits[place]
        number = np.bitwise_count(shared).sum(axis=1, dtype=np.int64)
        often = number >= least
        if often.any():
            yield from _deeper(
                itemset, tail[place + 1 :][often], number[often], shared[often], least=least, longest=longest
            )


def _rules(
    baskets: Baskets, counts: Mapping[Itemset, int], *, min_confidence: float, min_length: int, top: int
) -> tuple[int, tuple[Rule, ...]]:
    total = baskets.count
    number = 0
    best: list[tuple[float, float, int, Itemset, int]] = []
    for itemset, count in counts.items():
        if len(itemset) < min_length:
            continue
        for place, code in enumerate(itemset):
            left = itemset[:place] + itemset[place + 1 :]
            before = counts[left] if left else total
            if count < min_confidence * before - 1e-9:
                continue
            number += 1
            best.append((count * total / (before * counts[(code,)]), count / before, count, left, code))
            if len(best) > 100_000:
                best = sorted(best, key=_rank)[:top]
    return number, tuple(
        Rule(
            left=tuple(baskets.names[code] for code in left), right=baskets.names[right], support=count / total,
            confidence=confidence, lift=lift, count=count,
        )
        for lift, confidence, count, left, right in sorted(best, key=_rank)[:top]
    )  # fmt: skip


def _rank(found: tuple[float, float, int, Itemset, int]) -> tuple[Any, ...]:
    lift, confidence, count, left, right = found
    return -lift, -confidence, -count, left, right
