"""What a campaign changed: those it went to against those left alone. Heavy: a child of the worker only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from peyvand.foundation.jobs.running import Running
from peyvand.insight.prediction import queries, services, uplift

FEWEST = 2
POINTS = 21  # of the curve that is kept


def compare(run: Running, *, campaign: int) -> Mapping[str, Any]:
    """Compute a campaign's result and keep it."""
    members = queries.campaign_members(actor=run.actor, campaign_id=campaign)
    found = compared(members)
    services.campaign_told(actor=run.actor, campaign_id=campaign, result=found)
    run.progress(1, 1)
    return {"campaign": campaign}


def compared(members: queries.Members) -> dict[str, Any]:
    """{"why": "" or "few", "treated", "holdout", "both" (customers), "arms"}; "arms" by outcome "bought" (share of
    customers), "orders" and "revenue" (a customer, minor units): {"treated" and "holdout" (means), "effect", "low",
    "high" (95 per cent), "p", "qini", "curve" [[share of customers, gain a treated customer]]}, ordered by what they
    bought for in the year before.
    """
    treated = np.asarray(members.treated, dtype=np.bool_)
    told: dict[str, Any] = {
        "treated": int(treated.sum()),
        "holdout": int((~treated).sum()),
        "both": members.both,
        "why": "",
    }
    if min(told["treated"], told["holdout"]) < FEWEST:
        return told | {"why": "few", "arms": {}}
    score = np.asarray(members.before, dtype=np.float64)
    revenue, orders = (np.asarray(part, dtype=np.float64) for part in (members.revenue, members.orders))
    outcomes = {"bought": (orders > 0).astype(np.float64), "orders": orders, "revenue": revenue}
    arms = {}
    for name, y in outcomes.items():
        gain = uplift.qini(y=y, treated=treated, score=score)
        found = uplift.effect("", y[treated], y[~treated], gain=gain)
        share, curve = uplift.qini_curve(y=y, treated=treated, score=score)
        at = np.linspace(0, 1, POINTS)
        arms[name] = {
            "treated": found.mean, "holdout": float(y[~treated].mean()), "effect": found.effect,
            "low": found.interval[0], "high": found.interval[1], "p": found.p_value, "qini": found.qini,
            "curve": np.column_stack([at, np.interp(at, share, curve)]).round(6).tolist(),
        }  # fmt: skip
    return told | {"arms": arms}
