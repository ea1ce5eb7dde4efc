"""Next products against the definition, and judged honestly."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from peyvand.insight.prediction import factors, suggesting


def _pairs(rows: int = 200, *, seed: int = 1) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Two tastes: products 0–9 and 10–19; everybody buys product 20. Six products each, four before day 0."""
    draw = np.random.default_rng(seed)
    customer, product, day = [], [], []
    for who in range(rows):
        for turn, what in enumerate([*draw.permutation(10)[:6] + 10 * (who % 2), 20]):
            customer.append(who)
            product.append(what)
            day.append(-1 if turn < 4 or what == 20 else 1)
    return np.array(customer), np.array(product), np.array(day)


def test_likeness_is_that_of_the_paper() -> None:
    customer = np.repeat(np.arange(40), 2)
    product = np.tile([1, 2], 40)
    product[:40:2] = 3  # 20 have {3, 2}, 20 have {1, 2}
    more = np.column_stack([np.tile(np.arange(40), 2), np.repeat([8, 9], 40)])
    taste = suggesting.learn(np.concatenate([customer, more[:, 0]]), np.concatenate([product, more[:, 1]]))
    assert taste is not None
    place = {int(identity): number for number, identity in enumerate(taste.products)}
    # n_12 = 20, n_1 = 20, n_2 = 40
    assert np.isclose(taste.similar[place[1], place[2]], 20 / (20 * 40**0.5))
    assert np.isclose(taste.similar[place[2], place[1]], 20 / (40 * 20**0.5))
    assert taste.similar[place[1], place[3]] == 0


def test_suggestions_are_of_the_own_taste_and_not_yet_bought() -> None:
    customer, product, day = _pairs()
    taste = suggesting.learn(customer[day < 0], product[day < 0])
    assert taste is not None
    found = suggesting.suggested(taste).plain()
    owned = {who: set(product[(customer == who) & (day < 0)].tolist()) for who in range(200)}
    for who, pairs in found.items():
        assert len(pairs) == suggesting.COUNT
        for what, because in pairs:
            assert what not in owned[who]
            assert because in owned[who]
            assert what // 10 == who % 2


def test_judged_on_what_came_after_against_the_most_bought() -> None:
    customer, product, day = _pairs()
    found = suggesting.judge(customer, product, day, cut=0)
    assert found["on"]
    assert found["customers"] == 200
    assert found["hit"] > found["popular"]


def test_without_a_taste_nothing_is_switched_on() -> None:
    draw = np.random.default_rng(4)
    customer, product = np.repeat(np.arange(100), 5), draw.integers(0, 30, 500)
    assert suggesting.learn(customer[:20], product[:20]) is None
    empty = np.array([], dtype=np.int64)
    assert suggesting.judge(empty, empty, empty, cut=0) == {"on": False, "customers": 0, "hit": 0.0, "popular": 0.0}


def test_taste_as_numbers_solves_the_equations_of_the_paper() -> None:
    draw = np.random.default_rng(2)
    bought = sparse.random(40, 30, density=0.2, random_state=3, data_rvs=np.ones, format="csr", dtype=np.float32)
    y = draw.standard_normal((30, factors.WIDTH)).astype(np.float32)
    found = factors.solve(bought, y, np.zeros((40, factors.WIDTH), dtype=np.float32), steps=200)
    p = bought.toarray()
    for row in range(0, 40, 9):
        confidence = np.diag(1 + factors.CONFIDENCE * p[row])
        left = y.T @ confidence @ y + factors.PENALTY * np.eye(factors.WIDTH)
        assert np.allclose(found[row], np.linalg.solve(left, y.T @ confidence @ p[row]), atol=1e-3)  # eq. 4


def test_both_ways_find_the_own_taste_and_what_rests_is_left_out() -> None:
    customer, product, day = _pairs()
    taste = suggesting.learn(customer[day < 0], product[day < 0])
    assert taste is not None
    for one in (taste, suggesting.with_vectors(taste)):
        told = suggesting.suggested(one).plain()
        assert np.mean([what // 10 == who % 2 for who, pairs in told.items() for what, _why in pairs]) > 0.95
    first = suggesting.suggested(taste).plain()[7][0][0]
    rested = suggesting.without(taste, np.array([7, 9_999]), np.array([first, first]))
    assert first not in [what for what, _why in suggesting.suggested(rested).plain()[7]]


def test_no_product_is_suggested_to_more_than_may_have_it() -> None:
    near = np.tile(np.arange(10), (100, 1))
    score = np.linspace(1, 0.5, 10)[None, :] * np.linspace(1, 2, 100)[:, None]
    chosen = suggesting._limited(near, score.astype(np.float32), products=60)
    counts = np.bincount(chosen[chosen >= 0], minlength=60)
    assert counts.max() <= 21
    assert counts.sum() == 10 * 21, "all that may be given is given"
