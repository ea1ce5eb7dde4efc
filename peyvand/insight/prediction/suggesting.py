"""Next products by what others bought who bought the same. Heavy: children of the worker only.

Two ways stand beside the most bought products, judged on what customers then bought: likeness of products (`learn`) and
numbers of taste (`factors`). The better one suggests, but only what something of the customer's own speaks for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import sparse

from peyvand.insight.prediction import factors

COUNT = 3  # suggestions a customer
LOOKED = 10  # products that a way is judged by, and that a customer's suggestions are chosen from
FEWEST_BUYERS = 5  # of a product, before anything is said of it
DAMPING = 0.5  # α: 0 lets what everybody buys win, 1 what hardly anybody does
NEIGHBOURS = 50  # most similar products kept of each
MOST_PRODUCTS = 4_000  # the most bought ones
CHUNK = 2_000  # customers scored at once
FEWEST_CUSTOMERS, FEWEST_PRODUCTS = 30, 5
MOST_LEARNT = 50_000  # customers that taste is learnt from and that the ways are judged on, at most
MOST_SHARE = 0.2  # of the customers, to whom one product is suggested
Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Taste:
    """Who bought what (rows customers, columns products, 0 or 1), how alike products are; `vectors` of the products
    where taste is told by numbers.
    """

    customers: Ints
    products: Ints
    bought: Any
    similar: Any
    vectors: Any = None
    resting: Any = None  # what is not to be suggested now, as `bought`


@dataclass(frozen=True)
class Suggested:
    """Suggestions, best first: row n is of `customers[n]`; products and what speaks for each, −1 where there is none.
    `coverage` is the share of products that are suggested to anybody, `greatest` the largest share of customers that
    one product is suggested to.
    """

    customers: Ints
    products: Ints
    because: Ints
    coverage: float
    greatest: float

    def plain(self) -> dict[int, tuple[tuple[int, int], ...]]:
        """(product, because of product) by customer, of those who have any."""
        pairs = list(zip(self.products.ravel().tolist(), self.because.ravel().tolist(), strict=True))
        width, many = self.products.shape[1], (self.products >= 0).sum(axis=1).tolist()  # those there are stand first
        return {
            who: tuple(pairs[row * width : row * width + number])
            for row, (who, number) in enumerate(zip(self.customers.tolist(), many, strict=True))
            if number
        }


def learn(customer: Ints, product: Ints) -> Taste | None:
    """From pairs; None where there are too few customers or products.

    Likeness of j to i is n_ij / (n_i · n_j^α), over customers (Deshpande and Karypis, ACM TOIS 22, 2004, eq. 2).
    """
    if not len(product):
        return None
    customers, row = np.unique(customer, return_inverse=True)
    products, place = np.unique(product, return_inverse=True)
    pairs = (np.ones(len(row), dtype=np.float32), (row, place))
    bought = sparse.csr_matrix(pairs, shape=(len(customers), len(products)))
    bought.data[:] = 1
    counts = np.bincount(bought.indices, minlength=len(products))
    often = counts >= max(FEWEST_BUYERS, np.sort(counts)[-MOST_PRODUCTS:][0])
    bought = bought[:, np.flatnonzero(often)]
    any_left = np.diff(bought.indptr) > 0
    bought, customers, products = bought[np.flatnonzero(any_left)], customers[any_left], products[often]
    if len(customers) < FEWEST_CUSTOMERS or len(products) < FEWEST_PRODUCTS:
        return None
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


def with_vectors(taste: Taste) -> Taste:
    """The same, told by numbers of taste, learnt from MOST_LEARNT customers at most."""
    step = -(-taste.bought.shape[0] // MOST_LEARNT)
    return replace(taste, vectors=factors.learn(taste.bought[::step].tocsr()))


def without(taste: Taste, customer: Ints, product: Ints) -> Taste:
    """The same, but these pairs rest."""
    return replace(taste, resting=_pairs(taste, customer, product))


def suggested(taste: Taste) -> Suggested:
    """Up to COUNT products of each customer that they have not bought, each with the one of theirs that is most like
    it. No product is suggested to more than MOST_SHARE of the customers: whom it suits less get what suits them next.
    """
    near, score = _nearest_products(taste)
    chosen = _limited(near, score, products=len(taste.products))
    because = np.full(chosen.shape, -1, dtype=np.int64)
    likeness = np.asarray(taste.similar.toarray())
    for start in range(0, len(chosen), CHUNK):
        own = taste.bought[start : start + CHUNK]
        who = np.repeat(np.arange(own.shape[0]), np.diff(own.indptr))
        for place in range(COUNT):
            what = chosen[start : start + CHUNK, place]
            speaks = likeness[own.indices, what[who]]
            most = np.maximum.reduceat(speaks, own.indptr[:-1])  # everybody has bought something
            at = np.where(speaks == most[who], np.arange(len(who)), len(who))
            because[start : start + CHUNK, place] = own.indices[np.minimum.reduceat(at, own.indptr[:-1])]
    there = chosen >= 0
    count = np.bincount(chosen[there], minlength=len(taste.products))
    return Suggested(
        customers=taste.customers,
        products=np.where(there, taste.products[chosen], -1), because=np.where(there, taste.products[because], -1),
        coverage=float((count > 0).mean()), greatest=float(count.max() / len(chosen)),
    )  # fmt: skip


def _nearest_products(taste: Taste) -> tuple[Ints, Any]:
    """The LOOKED best places of each customer and their scores, −1 and 0 where there are fewer."""
    width = min(LOOKED, len(taste.products))
    near = np.full((taste.bought.shape[0], width), -1, dtype=np.int64)
    score = np.zeros(near.shape, dtype=np.float32)
    for start, scores in _scored(taste):
        near[start : start + CHUNK], score[start : start + CHUNK] = _best(scores, width)
    return near, score


def _scored(taste: Taste) -> Iterator[tuple[int, Any]]:
    """Scores above 0 of what nothing but taste speaks against, for CHUNK customers at a time."""
    for start in range(0, taste.bought.shape[0], CHUNK):
        own = taste.bought[start : start + CHUNK]
        scores = (own @ taste.similar).toarray()
        if taste.vectors is not None:
            told = factors.customers(own, taste.vectors) @ taste.vectors.T
            scores = np.where(scores > 0, np.maximum(told + 1, 1e-6), 0)
        for never in (own, None if taste.resting is None else taste.resting[start : start + CHUNK]):
            if never is not None:
                scores[np.repeat(np.arange(never.shape[0]), np.diff(never.indptr)), never.indices] = 0
        yield start, scores


def _best(scores: Any, count: int) -> tuple[Ints, Any]:
    """The greatest of each row, best first, equals by their place; writes over `scores`."""
    rows = np.arange(len(scores))
    near, found = np.empty((len(scores), count), dtype=np.int64), np.empty((len(scores), count), dtype=np.float32)
    for place in range(count):
        at = scores.argmax(axis=1)
        found[:, place] = scores[rows, at]
        near[:, place] = np.where(found[:, place] > 0, at, -1)
        scores[rows, at] = 0
    return near, found


def _limited(near: Ints, score: Any, *, products: int) -> Ints:
    """COUNT places of each row, none of them in more rows than may have it: those it suits best keep it. Scores are
    compared as shares of each one's best.
    """
    most = int(max(MOST_SHARE, 2 * COUNT / products) * len(near)) + 1
    share = score / np.maximum(score[:, :1], 1e-20)
    chosen = np.full((len(near), COUNT), -1, dtype=np.int64)
    have, given = np.zeros(len(near), dtype=np.int64), np.zeros(products, dtype=np.int64)
    for rank in range(near.shape[1]):
        rows = np.flatnonzero((have < COUNT) & (near[:, rank] >= 0))
        if not len(rows):
            break
        what = near[rows, rank]
        if (given + np.bincount(what, minlength=products)).max() > most:
            order = np.lexsort((rows, -share[rows, rank], what))
            rows, what = rows[order], what[order]
            _kinds, starts, counts = np.unique(what, return_index=True, return_counts=True)
            kept = np.arange(len(what)) - np.repeat(starts, counts) < (most - given)[what]
            rows, what = rows[kept], what[kept]
        chosen[rows, have[rows]] = what
        have[rows] += 1
        given += np.bincount(what, minlength=products)
    return chosen


def judge(customer: Ints, product: Ints, day: Any, *, cut: Any) -> dict[str, Any]:
    """Learn up to the day `cut` and see what was bought after it: {"on", "way", "customers", "hit", "popular", "ways"}.

    Judged are customers who bought something new afterwards. "ways" tells of "items", "factors" and "popular" (the most
    bought products that they had not) {"hit", "recall", "ndcg"}: the share of whom at least one of COUNT was it, the
    mean share of what they bought that is among LOOKED, and the mean gain of LOOKED discounted by log₂ of the rank,
    against the greatest possible (Järvelin and Kekäläinen, ACM TOIS 20, 2002). The way of the greater "ndcg" is chosen;
    it is on where that and its "hit" beat the most bought ones'. "hit" is of what would have been suggested, with no
    product to more than MOST_SHARE.
    """
    before = day <= cut
    taste = learn(customer[before], product[before])
    if taste is None:
        return {"on": False, "customers": 0, "hit": 0.0, "popular": 0.0}
    wanted = _wanted(taste, customer[~before], product[~before])
    rows = np.flatnonzero(np.diff(wanted.indptr))
    rows = rows[:: -(-len(rows) // MOST_LEARNT) if len(rows) else 1]
    taken = with_vectors(taste)
    some = {
        "items": replace(taste, customers=taste.customers[rows], bought=taste.bought[rows]),
        "factors": replace(taken, customers=taste.customers[rows], bought=taste.bought[rows]),
    }
    wanted = wanted[rows]
    near = {name: _nearest_products(one) for name, one in some.items()} if len(rows) else {}
    ways = {name: _figures(wanted, found[0]) for name, found in near.items()}
    ways["popular"] = _figures(wanted, _most_bought(taste, rows))
    if not near:
        return {"on": False, "customers": 0, "hit": 0.0, "popular": 0.0}
    way = max(near, key=lambda name: ways[name]["ndcg"])
    hit = _figures(wanted, _limited(*near[way], products=len(taste.products)))["hit"]
    better = ways[way]["ndcg"] > ways["popular"]["ndcg"] and hit > ways["popular"]["hit"]
    return {
        "on": len(rows) >= FEWEST_CUSTOMERS and better, "way": way, "customers": len(rows), "hit": hit,
        "popular": ways["popular"]["hit"], "ways": ways,
    }  # fmt: skip


def _wanted(taste: Taste, customer: Ints, product: Ints) -> Any:
    """What known customers bought later of the known products and had not before."""
    new = _pairs(taste, customer, product)
    new = new - new.multiply(taste.bought)
    new.eliminate_zeros()
    return new.tocsr()


def _pairs(taste: Taste, customer: Ints, product: Ints) -> Any:
    """Those of the pairs whose customer and product are known, as `bought`."""
    row, column = np.searchsorted(taste.customers, customer), np.searchsorted(taste.products, product)
    row, column = (np.minimum(at, len(of) - 1) for at, of in ((row, taste.customers), (column, taste.products)))
    kept = (taste.customers[row] == customer) & (taste.products[column] == product)
    shape = taste.bought.shape
    new = sparse.csr_matrix((np.ones(int(kept.sum()), dtype=np.float32), (row[kept], column[kept])), shape=shape)
    new.data[:] = 1
    return new


def _most_bought(taste: Taste, rows: Ints) -> Ints:
    popular = np.asarray(taste.bought.sum(axis=0)).ravel()
    width = min(LOOKED, len(popular))
    near = np.empty((len(rows), width), dtype=np.int64)
    for start in range(0, len(rows), CHUNK):
        own = taste.bought[rows[start : start + CHUNK]]
        scores = np.repeat(popular[None, :], own.shape[0], axis=0)
        scores[np.repeat(np.arange(own.shape[0]), np.diff(own.indptr)), own.indices] = 0
        near[start : start + CHUNK] = _best(scores, width)[0]
    return near


def _figures(wanted: Any, near: Ints) -> dict[str, float]:
    """How well places told beforehand hold what was then bought."""
    if not len(near):
        return {"hit": 0.0, "recall": 0.0, "ndcg": 0.0}
    rows = np.repeat(np.arange(len(near)), near.shape[1])
    came = np.asarray(wanted[rows, np.maximum(near, 0).ravel()]).reshape(near.shape) > 0
    came &= near >= 0
    number = np.diff(wanted.indptr)
    worth = 1 / np.log2(np.arange(2, near.shape[1] + 2))
    ideal = np.cumsum(worth)[np.minimum(number, near.shape[1]) - 1]
    return {
        "hit": float(came[:, :COUNT].any(axis=1).mean()), "recall": float((came.sum(axis=1) / number).mean()),
        "ndcg": float(((came * worth).sum(axis=1) / ideal).mean()),
    }  # fmt: skip
