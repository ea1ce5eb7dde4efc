"""Stages of `bench insight`: habits, BG/NBD, Gamma-Gamma, values, charging; the whole as pages have it. Heavy."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import numpy as np

from peyvand.insight.prediction.measuring import kept
from peyvand.insight.prediction.measuring.clock import Clock
from peyvand.insight.value import charging as charges
from peyvand.insight.value import frames, lifetime
from peyvand.insight.value.fitting import bgnbd, gammagamma
from peyvand.insight.value.fitting.buying import Buying, compressed
from peyvand.insight.value.purchases import by_day, habits
from peyvand.insight.value.rates import Rates

WEEK = 7.0
WEEKS_A_MONTH = 4.345  # of `lifetimes`, so that values can be compared
MONTHS, DISCOUNT = 12, 0.01  # a month
UNIT = 100_000.0  # rials in which amounts are kept
EPOCH = date(1970, 1, 1).toordinal()


def statistics(clock: Clock) -> dict[str, Any]:
    """Repeat purchases, recency, age and mean spend of everybody, from the orders."""
    with clock:
        frame = kept.frame()
        rows = frames.purchase_days(frame).to_pyarrow()
        _ids, who = np.unique(rows["customer_id"].to_numpy(), return_inverse=True)
        day = rows["placed_at_day"].to_numpy().astype("datetime64[D]").astype(np.int64)
        until = frame.as_of.toordinal() - EPOCH
        made = by_day(who=who, day=day, amount=np.maximum(rows["amount"].to_numpy(), 0))
        seen = habits(made, until=until, end=until, per_unit=WEEK)
    kept.keep(
        "habits", {"x": seen.x, "t_x": seen.last - seen.first, "T": seen.until - seen.first, "mean": seen.mean / UNIT}
    )
    return {"rows": len(seen.who)}


def _buying(seen: dict[str, Any]) -> Buying:
    return compressed(x=seen["x"], days_x=seen["t_x"], days_T=seen["T"], per_unit=WEEK)


def bg_nbd(clock: Clock) -> dict[str, Any]:
    """Fitted to everybody; weeks."""
    seen = kept.kept("habits")
    with clock:
        found = bgnbd.fit(_buying(seen))
    return _left("bg_nbd", found.params, len(seen["x"]), found.loglik)


def gamma_gamma(clock: Clock) -> dict[str, Any]:
    """Fitted to those with repeat purchases."""
    seen = kept.kept("habits")
    again = (seen["x"] > 0) & (seen["mean"] > 0)
    with clock:
        found = gammagamma.fit(x=seen["x"][again].astype(float), mean=seen["mean"][again])
    return _left("gamma_gamma", found.params, int(again.sum()), found.loglik)


def _left(name: str, params: dict[str, float], rows: int, loglik: float) -> dict[str, Any]:
    (kept.folder() / f"{name}.json").write_text(json.dumps(params), encoding="utf-8")
    return {"rows": rows, "params": {key: round(value, 5) for key, value in params.items()}, "loglik": round(loglik, 1)}


def values(clock: Clock) -> dict[str, Any]:
    """A year's discounted value of everybody from the two models, summed as `lifetimes` sums it."""
    seen = kept.kept("habits")
    buys, spends = (
        tuple(json.loads((kept.folder() / f"{name}.json").read_text(encoding="utf-8")).values())
        for name in ("bg_nbd", "gamma_gamma")
    )
    with clock:
        buying = _buying(seen)
        rows = {"x": buying.x, "t_x": buying.t_x, "T": buying.T}
        discounted, before = np.zeros(len(buying.x)), np.zeros(len(buying.x))
        for month in range(1, MONTHS + 1):
            until_then = bgnbd.expected(buys, month * WEEKS_A_MONTH, **rows)
            discounted += (until_then - before) / (1 + DISCOUNT) ** month
            before = until_then
        spend = gammagamma.expected(spends, x=seen["x"].astype(float), mean=seen["mean"])
        value = buying.spread(discounted) * spend
    return {"rows": len(value), "total": round(float(value.sum()), 2)}


def charging(clock: Clock) -> dict[str, Any]:
    """Two years of monthly costs, and the post of each order, charged to everybody; nothing may be left over."""
    frame = kept.frame()
    with clock:
        made = charges.charge(frame)
    left = sum(amount for amount, _entries in made.not_charged.values())
    return {"rows": len(made.of), "whole": made.total + left == made.entries + made.rates + made.contacts}


def foretold(clock: Clock) -> dict[str, Any]:
    """As the worker does it: reading, the check on weeks held out, fits, and everybody's value."""
    business = lifetime.Business(rates=Rates(), own_currency=True, margin=0.4, margin_share=1.0, kept=1.0)
    with clock:
        found = lifetime.foretell(kept.frame(), business)
    return {"rows": len(found.people), "state": found.payload["state"], "model": found.payload.get("model", "")}
