"""Dividing an amount so that the parts are whole and their sum is the amount. Heavy: not for the web process."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
SAFE = 2**62


def shared(amount: int, weights: Whole) -> Whole:
    """Parts of an amount (minor units) in proportion to weights ≥ 0 of which one is above 0.

    The method of largest remainders (Hamilton; Balinski & Young, *Fair Representation*, 1982, ch. 2): every part is
    its quota rounded down, and what is left goes, one each, to those with the largest remainders, of equals to the
    first. So Σ parts = amount, and no part is a whole unit away from its quota.
    """
    total = int(weights.sum(dtype=object)) if len(weights) else 0
    if total <= 0:
        raise ValueError("nobody to charge")
    if amount * int(weights.max()) >= SAFE:
        weights = weights.astype(object)  # exact, if slower, where 64 bits do not hold the product
    whole = amount * weights
    parts, rest = whole // total, whole % total
    left = amount - int(parts.sum())
    if left:
        parts[np.argsort(-rest, kind="stable")[:left]] += 1
    return parts.astype(np.int64)
