"""Next products by what others bought who bought the same. Heavy: children of the worker only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

COUNT = 3  # suggestions a customer
FEWEST_BUYERS = 5  # of a product, before anything is said of it
DAMPING = 0.5  # α: 0 lets what everybody buys win, 1 what hardly anybody does
NEIGHBOURS = 50  # most similar products kept of each
MOST_PRODUCTS = 4_000  # the most bought ones
CHUNK = 2_000  # customers scored at once
FEWEST_CUSTOMERS, FEWEST_PRODUCTS = 30, 5
Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Taste:
    """Who bought what (rows customers, columns products, 0 or 1), and how alike products are."""

    customers: Ints
    products: Ints
    bought: Any
    similar: Any


def learn(customer: Ints, product: Ints) -> Taste | None:
    """From pairs; None where there are too few customers or products.

    Likeness of j to i is n_ij / (n_i · n_j^α), over customers (Deshpande and Karypis, ACM TOIS 22, 2004, eq. 2).
    """
    if not len(product):
        return None
    pairs = np.unique(np.column_stack([customer, product]), axis=0)
    products, place, counts = np.unique(pairs[:, 1], return_inverse=True, return_counts=True)
    often = counts >= max(FEWEST_BUYERS, np.sort(counts)[-MOST_PRODUCTS:][0])
    kept = often[place]
    products, place = products[often], (np.cumsum(often) - 1)[place[kept]]
    customers, row = np.unique(pairs[kept, 0], return_inverse=True)
    if len(customers) < FEWEST_CUSTOMERS or len(products) < FEWEST_PRODUCTS:
        return None
    shape = (len(customers), len(products))
    bought = sparse.csr_matrix((np.ones(len(place), dtype=np.float32), (row, place)), shape=shape)
    together = (bought.T @ bought).tocoo()
    number = np.asarray(bought.sum(axis=0)).ravel()
    off = together.row != together.col
    i, j, n = together.row[off], together.col[off], together.data[off]
    likeness = n / (number[i] * number[j] ** DAMPING)
    similar = _nearest(sparse.csr_matrix((likeness, (i, j)), shape=(len(products), len(products))))
    return Taste(customers, products, bought, similar)


def _nearest(similar: Any) -> Any:
    for row in range(similar.shape[0]):
        a, b = similar.indptr[row], similar.indptr[row + 1]
        if b - a > NEIGHBOURS:
            data = similar.data[a:b]
            data[data < np.partition(data, -NEIGHBOURS)[-NEIGHBOURS]] = 0
    similar.eliminate_zeros()
    return similar


def suggested(taste: Taste) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Each customer's products that they have not bought, best first, each with the one of theirs that speaks most for
    it.
    """
    likeness = taste.similar.toarray()
    for start, scores in _scored(taste):
        for number, row in enumerate(scores):
            own = taste.bought.indices[taste.bought.indptr[start + number] : taste.bought.indptr[start + number + 1]]
            found = []
            for place in _best(row):
                because = own[int(likeness[own, place].argmax())]
                found.append((int(taste.products[place]), int(taste.products[because])))
            yield int(taste.customers[start + number]), found


def _scored(taste: Taste) -> Iterator[tuple[int, Any]]:
    for start in range(0, taste.bought.shape[0], CHUNK):
        own = taste.bought[start : start + CHUNK]
        scores = (own @ taste.similar).toarray()
        scores[own.nonzero()] = 0
        yield start, scores


def _best(row: Any) -> list[int]:
    near = np.argpartition(-row, COUNT)[:COUNT] if len(row) > COUNT else np.arange(len(row))
    return [int(place) for place in sorted(near, key=lambda place: (-row[place], place)) if row[place] > 0]


def judge(customer: Ints, product: Ints, day: Any, *, cut: Any) -> dict[str, Any]:
    """Learn up to the day `cut` and see whose suggestions were bought after it: {"on", "customers", "hit", "popular"}.

    Judged are customers who bought something new afterwards; "hit" is the share of whom at least one of COUNT
    suggestions was it, "popular" the same of the most bought products that they had not.
    """
    before = day <= cut
    taste = learn(customer[before], product[before])
    if taste is None:
        return {"on": False, "customers": 0, "hit": 0.0, "popular": 0.0}
    row = {int(identity): place for place, identity in enumerate(taste.customers)}
    column = {int(identity): place for place, identity in enumerate(taste.products)}
    owned = {(a, b) for a, b in zip(*taste.bought.nonzero(), strict=True)}
    new: dict[int, set[int]] = {}
    for who, what in zip(customer[~before].tolist(), product[~before].tolist(), strict=True):
        pair = (row.get(who), column.get(what))
        if pair[0] is not None and pair[1] is not None and pair not in owned:
            new.setdefault(pair[0], set()).add(pair[1])
    popular = np.asarray(taste.bought.sum(axis=0)).ravel()
    hits = plain = 0
    for start, scores in _scored(taste):
        for place in range(len(scores)):
            wanted = new.get(start + place)
            if not wanted:
                continue
            hits += bool(wanted.intersection(_best(scores[place])))
            own = taste.bought.indices[taste.bought.indptr[start + place] : taste.bought.indptr[start + place + 1]]
            rest = popular.copy()
            rest[own] = 0
            plain += bool(wanted.intersection(_best(rest)))
    number = max(1, len(new))
    return {
        "on": len(new) >= FEWEST_CUSTOMERS and hits > plain, "customers": len(new), "hit": hits / number,
        "popular": plain / number,
    }  # fmt: skip
