"""Taste as a few numbers of each customer and product: what is bought without a word said of it. Heavy: children only.

Hu, Koren and Volinsky, Collaborative Filtering for Implicit Feedback Datasets, ICDM 2008: preference p_ui is 1 where u
bought i, else 0, with confidence c_ui = 1 + α p_ui; what is made small is Σ c_ui (p_ui − x_u·y_i)² + λ (Σ |x_u|² +
Σ |y_i|²), by turns x_u = (YᵀC_uY + λI)⁻¹ YᵀC_u p(u) (eq. 4) and the same for y_i (eq. 5). Each turn goes STEPS steps of
conjugate gradients from where the last one ended, for all rows at once (Takács, Pilászy and Tikk, RecSys 2011).
"""

from __future__ import annotations

from typing import Any

import numpy as np

WIDTH = 64  # numbers of each
CONFIDENCE = 1.0  # α; this and λ did best on an earlier time than any that is reported of
PENALTY = 20.0  # λ
TURNS, STEPS = 12, 3
FOLD = 8  # steps for who was not learnt from
PART = 100_000  # pairs worked on at once
SEED = 2_008
Vectors = np.ndarray[Any, np.dtype[np.float32]]


def learn(bought: Any) -> Vectors:
    """Numbers of each product, (products, WIDTH), from who bought what (0 or 1, rows customers)."""
    draw = np.random.default_rng(SEED)
    x = np.zeros((bought.shape[0], WIDTH), dtype=np.float32)
    y = (draw.standard_normal((bought.shape[1], WIDTH)) * 0.1).astype(np.float32)
    other = bought.T.tocsr()
    for _turn in range(TURNS):
        x = solve(bought, y, x, steps=STEPS)
        y = solve(other, x, y, steps=STEPS)
    return y


def customers(bought: Any, y: Vectors) -> Vectors:
    """Numbers of each row's customer where those of the products are known (eq. 4)."""
    return solve(bought, y, np.zeros((bought.shape[0], WIDTH), dtype=np.float32), steps=FOLD)


def solve(bought: Any, y: Vectors, x: Vectors, *, steps: int) -> Vectors:
    """So many steps from `x` towards eq. 4 of each row, rows by rows."""
    gram = y.T @ y + PENALTY * np.eye(WIDTH, dtype=np.float32)
    found = np.empty_like(x)
    ends = bought.indptr
    first = 0
    while first < len(x):
        last = max(first + 1, int(np.searchsorted(ends, ends[first] + PART, side="right")) - 1)
        found[first:last] = _part(bought[first:last], y, gram, x[first:last], steps)
        first = last
    return found


def _part(rows: Any, y: Vectors, gram: Vectors, x: Vectors, steps: int) -> Vectors:
    who = np.repeat(np.arange(len(x)), np.diff(rows.indptr))
    theirs = y[rows.indices]  # of each pair
    weighted = rows.copy()

    def times(p: Vectors) -> Vectors:
        """(YᵀC_uY + λI) p of each row: C_u is 1 but for the pairs there are."""
        weighted.data = CONFIDENCE * np.einsum("nf,nf->n", theirs, p[who])
        return np.asarray(p @ gram + weighted @ y)

    residual = (1 + CONFIDENCE) * (rows @ y) - times(x)
    p, size = residual.copy(), np.einsum("nf,nf->n", residual, residual)
    for _step in range(steps):
        moved = times(p)
        along = np.einsum("nf,nf->n", p, moved)
        far = np.divide(size, along, out=np.zeros_like(size), where=along > 1e-20)[:, None]
        x = x + far * p
        residual = residual - far * moved
        new = np.einsum("nf,nf->n", residual, residual)
        p = residual + np.divide(new, size, out=np.zeros_like(size), where=size > 1e-20)[:, None] * p
        size = new
    return x
