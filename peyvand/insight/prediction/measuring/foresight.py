"""Stages of `bench insight`: who will leave, what each may buy next, what is bought together. Heavy."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

from peyvand.insight.prediction import baskets, compute, frames, judging, suggesting
from peyvand.insight.prediction.measuring import kept
from peyvand.insight.prediction.measuring.clock import Clock

CONFIDENCE = 0.2


def churn(clock: Clock) -> dict[str, Any]:
    """Learn, judge on what came after, then everybody's risk, with what raises it of those whom a page shows first."""
    with clock:
        frame = kept.frame()
        judged = judging.judge(frame, days=judging.horizon(frame))
        seen = frames.known(frame)
        if judged.teller is not None:
            risk = judged.teller.probabilities(seen["x"])
            for _row, _reasons in compute.explained(judged, seen["x"], risk):
                pass
    card = judged.card
    told: dict[str, Any] = {
        name: round(card[name], 4) for name in ("auc", "calibration_error", "log_loss") if name in card
    }
    return {"rows": len(seen["x"]), "model": card.get("model", card["why"]), "horizon": card["horizon"], **told}


def bought(clock: Clock) -> dict[str, Any]:
    """Which product is in which order of whom."""
    with clock:
        found = frames.bought_items(kept.frame())
    kept.keep("bought", {name: found[name] for name in ("order", "customer", "product")})
    return {"rows": len(found["order"])}


def items(clock: Clock) -> dict[str, Any]:
    """Likeness of products, and everybody's suggestions; `model_s` for the likeness alone."""
    found = kept.kept("bought")
    with clock:
        begun = time.perf_counter()
        taste = suggesting.learn(found["customer"], found["product"])
        model = time.perf_counter() - begun
        given = len(suggesting.suggested(taste).plain()) if taste else 0
    return {"rows": given, "model_s": round(model, 4)}


def _baskets(clock: Clock, support: float) -> dict[str, Any]:
    found = kept.kept("bought")
    with clock:
        orders, basket = np.unique(found["order"], return_inverse=True)
        products, item = np.unique(found["product"], return_inverse=True)
        given = baskets.Baskets(
            count=len(orders), basket=basket.astype(np.int64), item=item.astype(np.int64),
            names=tuple(str(product) for product in products),
        )  # fmt: skip
        mined = baskets.mine(given, min_support=support, min_confidence=CONFIDENCE)
    return {"rows": len(orders), "itemsets": len(mined.itemsets), "rules": mined.rules}


def baskets_01(clock: Clock) -> dict[str, Any]:
    """At a support of 0.01."""
    return _baskets(clock, 0.01)


def baskets_005(clock: Clock) -> dict[str, Any]:
    """At a support of 0.005."""
    return _baskets(clock, 0.005)
