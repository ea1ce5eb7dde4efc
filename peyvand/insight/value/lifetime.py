"""What each customer will yet bring: BG/NBD or Pareto/NBD with Gamma-Gamma. Heavy: children of the worker only.

First the model must foretell the last weeks from those before better than two plain rules (fitting/holdout.py); then it
is fitted to everything up to the day. Value ahead = Σ over months of discounted expected purchases × (expected spend ×
share kept after returns × margin rate − cost of serving a purchase). The cost of serving is what the customer was
charged per purchase so far, or the rate of the settings where nothing was entered. What winning a customer has cost is
spent already: it is taken off their net worth to date, and stands beside what a new customer is expected to bring.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

import numpy as np

from peyvand.foundation.money.currencies import exponent_of
from peyvand.insight.value import frames
from peyvand.insight.value.contracting.besides import bought_besides
from peyvand.insight.value.fitting import bgnbd, gammagamma, holdout, paretonbd
from peyvand.insight.value.fitting.buying import Buying
from peyvand.insight.value.fitting.likelihood import Estimate, FitError, Vector
from peyvand.insight.value.person import KINDS
from peyvand.insight.value.purchases import Habits, Purchases, by_day, habits
from peyvand.insight.value.rates import Rates

WEEK, MONTH = 7.0, 30.4375  # days
LONGEST_CHECK = 26  # weeks held out, at most; else a third of the history
SHORTEST_CHECK = 4
FEWEST_CUSTOMERS, FEWEST_REPEATERS = 50, 20
LESS = 0.05  # of those who will leave
SPENDERS = 20  # with repeat purchases, for a model of spending
SERVING = frozenset({"sale", "service", "delivery"})  # kinds of cost that come again with every order
NEW_DAYS = 365  # back from the day: what winning a customer costs is that of those who came since
NEW = {"bg/nbd": bgnbd.expected_of_new, "pareto/nbd": paretonbd.expected_of_new}


@dataclass(frozen=True)
class Ahead:
    """A customer's time ahead: the chance to be alive, purchases within the horizon (None where only contracts are
    known), discounted value (minor units). `alive` is None too where BG/NBD foretells for who bought once: in it nobody
    leaves before a second purchase, so that 1 would say nothing of them.
    """

    alive: float | None
    purchases: float | None
    value: int


@dataclass(frozen=True)
class Foretold:
    """What the page shows (`payload`), and each customer; nobody where the model is not switched on."""

    payload: dict[str, Any]
    people: Mapping[int, Ahead]


@dataclass(frozen=True)
class Business:
    """What else must be known: the rates, whether they are in this currency, margin and returns of the business.

    `margin` is the margin rate where cost is known, for the `margin_share` of sales; `kept` the share of sales that
    returns leave. `charged` is what each customer was charged by kind, in minor units, `known` the kinds of cost of
    which anything is known.
    """

    rates: Rates
    own_currency: bool
    margin: float | None
    margin_share: float
    kept: float
    charged: Mapping[int, Sequence[int]] = field(default_factory=dict)
    known: frozenset[str] = frozenset()

    @property
    def serving_known(self) -> bool:
        """Whether anything was spent on selling, serving or delivering; else the rate of the settings counts."""
        return not self.known.isdisjoint(SERVING)


def foretell(frame: frames.Frame, business: Business) -> Foretold:
    """Fit, check and value the customers of a frame."""
    rows = bought_besides(frame).to_pyarrow()
    if not rows.num_rows:
        return Foretold({"state": "few", "customers": 0, "repeaters": 0}, {})
    ids, who = np.unique(rows["customer_id"].to_numpy(), return_inverse=True)
    days = rows["placed_at_day"].to_numpy().astype("datetime64[D]").astype(np.int64) + date(1970, 1, 1).toordinal()
    purchases = by_day(who=who, day=days, amount=np.maximum(rows["amount"].to_numpy(), 0))
    return _foretold(ids, purchases, until=frame.as_of.toordinal(), business=business, currency=frame.currency)


def _foretold(ids: Vector, purchases: Purchases, *, until: int, business: Business, currency: str) -> Foretold:
    seen = habits(purchases, until=until, end=until, per_unit=WEEK)
    payload: dict[str, Any] = {
        "state": "few", "customers": len(seen.who), "repeaters": int((seen.x > 0).sum()), "unit": "week",
        "months": business.rates.months, "discount": business.rates.discount,
    }  # fmt: skip
    checks = _checks(purchases, until=until)
    if not checks:
        return Foretold(payload, {})
    name, payload["holdout"] = min(checks.items(), key=lambda pair: pair[1]["errors"]["model"]["rmse"])
    payload["model"] = name
    if not payload["holdout"]["better"]:
        return Foretold(payload | {"state": "baseline"}, {})
    buying = seen.buying(WEEK)
    try:
        found = holdout.MODELS[name].fit(buying)
    except FitError:
        return Foretold(payload | {"state": "fit"}, {})
    spend, mean, spenders = _spending(seen)
    payload |= {
        "state": "on", "params": found.params, "stderr": found.errors, "at_edge": list(found.at_edge),
        "loglik": found.loglik, "spend": spend and spend.params, "spenders": spenders,
    }  # fmt: skip
    costs = _costs(ids, seen, business=business, currency=currency)
    profit = _profit(mean, business, costs.serving)
    ahead = _ahead(name, found, buying, profit, business=business)
    told = seen.x > 0 if name == "bg/nbd" else np.ones(len(seen.x), dtype=bool)
    payload |= _summed(ahead, mean, told) | _of_business(business, costs, currency)
    payload["less_loss"] = _less_loss(name, found, buying, profit, business=business)
    payload["new"] = _newcomer(name, found, spend, mean, business=business, costs=costs)
    alive, bought, value = ahead
    people = {
        int(ids[place]): Ahead(float(alive[at]) if told[at] else None, float(bought[at]), round(float(value[at])))
        for at, place in enumerate(seen.who)
    }
    return Foretold(payload, people)


@dataclass(frozen=True)
class Costs:
    """Of a purchase of each customer (`serving`) and of the mean one (`serve`), and of winning one; minor units. None
    where not known.
    """

    serving: Vector
    serve: float | None
    acquire: float | None


def _costs(ids: Vector, seen: Habits, *, business: Business, currency: str) -> Costs:
    """What was charged to each customer for selling, serving and delivering, over their purchases so far; and Σ
    acquisition over the customers of the last NEW_DAYS. What was entered goes before the rates of the settings.
    """
    unit = 10 ** exponent_of(currency)
    rates = business.rates if business.own_currency else Rates()
    serve = None if rates.serve is None else rates.serve * unit
    serving = np.full(len(seen.x), serve or 0.0)
    rows = [business.charged.get(int(ids[place])) for place in seen.who]
    if business.serving_known:
        wanted = [KINDS.index(kind) for kind in sorted(SERVING)]
        charged = np.array([sum(row[at] for at in wanted) if row else 0 for row in rows], dtype=float)
        serving = charged / (seen.x + 1)
        serve = float(charged.sum() / (seen.x + 1).sum())
    acquire = None if rates.acquire is None else rates.acquire * unit
    if "acquisition" in business.known:
        at, new = KINDS.index("acquisition"), seen.first > seen.until - NEW_DAYS
        won = sum(row[at] for row, is_new in zip(rows, new, strict=True) if row and is_new)
        acquire = won / int(new.sum()) if new.any() else acquire
    return Costs(serving, serve, acquire)


def _checks(purchases: Purchases, *, until: int) -> dict[str, dict[str, Any]]:
    """Hold-out by model: BG/NBD; only where that is no better than the plain rules Pareto/NBD too. {} if too few."""
    history = until - int(purchases.day.min())
    weeks = min(LONGEST_CHECK, int(history / WEEK) // 3)
    if weeks < SHORTEST_CHECK:
        return {}
    cut = until - round(weeks * WEEK)
    seen = habits(purchases, until=cut, end=until, per_unit=WEEK)
    if len(seen.who) < FEWEST_CUSTOMERS or int((seen.x > 0).sum()) < FEWEST_REPEATERS:
        return {}
    buying, made = seen.buying(WEEK), {}
    _spend, mean, _spenders = _spending(seen)
    for name, model in holdout.MODELS.items():
        try:
            found = model.fit(buying)
        except FitError:
            continue
        check = holdout.check(model, found, buying, later=seen.later, by_period=seen.by_period, length=float(weeks))
        rows = {"x": buying.x, "t_x": buying.t_x, "T": buying.T}
        expected = buying.spread(model.expected(found.values, float(weeks), **rows))
        made[name] = {
            **asdict(check),
            "better": check.beaten,
            "until": date.fromordinal(cut).isoformat(),
            "value": {"expected": float(expected @ mean), "actual": float(seen.spent_later.sum())},
        }
        if check.beaten:
            break
    return made


def _spending(seen: Habits) -> tuple[Estimate | None, Vector, int]:
    """The model of spending, the spend expected of each customer, and of how many it was learnt.

    Without a model (too few, all alike, or a mean that is not finite) everybody is expected to spend the mean of all.
    """
    fitting = (seen.x > 0) & (seen.mean > 0)
    number = int(fitting.sum())
    total = float(seen.x @ seen.mean)
    plain = total / max(float(seen.x.sum()), 1.0)
    everybody = np.full(len(seen.x), plain)
    if number < SPENDERS:
        return None, everybody, number
    try:
        spend = gammagamma.fit(x=seen.x[fitting].astype(float), mean=seen.mean[fitting])
    except FitError:
        return None, everybody, number
    if spend.at_edge or spend.params["q"] <= 1:
        return None, everybody, number
    x = np.where(fitting, seen.x, 0).astype(float)
    return spend, gammagamma.expected(spend.values, x=x, mean=seen.mean), number


def _ahead(
    name: str, found: Estimate, buying: Buying, profit: Vector, *, business: Business
) -> tuple[Vector, Vector, Vector]:
    """P(alive), purchases within the horizon and discounted value of each customer."""
    rows = {"x": buying.x, "t_x": buying.t_x, "T": buying.T}
    alive = buying.spread(holdout.MODELS[name].alive(found.values, **rows))
    bought, discounted = _purchases(name, found.values, buying, business.rates)
    value = buying.spread(discounted) * profit
    return alive, buying.spread(bought), value


def _purchases(name: str, theta: tuple[float, ...], buying: Buying, rates: Rates) -> tuple[Vector, Vector]:
    """Purchases within the horizon of each unique row, as they are and discounted month by month."""
    rows = {"x": buying.x, "t_x": buying.t_x, "T": buying.T}
    before, discounted = np.zeros(len(buying.x)), np.zeros(len(buying.x))
    for month in range(1, rates.months + 1):
        until_then = holdout.MODELS[name].expected(theta, month * MONTH / WEEK, **rows)
        discounted += np.maximum(until_then - before, 0) * _factor(rates, month)
        before = until_then
    return before, discounted


def _less_loss(name: str, found: Estimate, buying: Buying, profit: Vector, *, business: Business) -> int:
    """What all would bring, in minor units, if LESS of those who will leave stayed: those gone already stay gone.

    BG/NBD: the mean chance to leave, a ÷ (a + b), is so much smaller with a + b as it is; Pareto/NBD: s is.
    """
    first, second, leaves, other = found.values
    shift = LESS * leaves
    theta = (first, second, leaves - shift, other + (shift if name == "bg/nbd" else 0.0))
    rows = {"x": buying.x, "t_x": buying.t_x, "T": buying.T}
    model = holdout.MODELS[name]
    now, then = model.alive(found.values, **rows), model.alive(theta, **rows)
    _bought, discounted = _purchases(name, theta, buying, business.rates)
    of_alive = np.divide(discounted, then, out=np.zeros(len(then)), where=then > 0)
    return round(float((buying.spread(of_alive * now) * profit).sum()))


def _factor(rates: Rates, month: int) -> float:
    """What one of the middle of that month is worth today."""
    return float((1 + rates.discount) ** -((month - 0.5) / 12))


def _profit(spend: Vector, business: Business, serving: Vector | float) -> Vector:
    """Of a purchase, in minor units: margin after returns, less the cost of serving it."""
    margin = _margin(business)
    return np.asarray(spend * business.kept * (1 if margin is None else margin) - serving, dtype=float)


def _margin(business: Business) -> float | None:
    return business.rates.margin if business.margin is None else business.margin


def _of_business(business: Business, costs: Costs, currency: str) -> dict[str, Any]:
    origin = "cost" if business.margin is not None else "rate" if business.rates.margin is not None else "none"
    return {
        "margin": _margin(business), "margin_from": origin, "margin_share": business.margin_share,
        "kept": business.kept, "serve": _in_units(costs.serve, currency),
        "serve_from": "cost" if business.serving_known else "rate", "acquire": _in_units(costs.acquire, currency),
        "acquire_from": "cost" if "acquisition" in business.known else "rate",
    }  # fmt: skip


def _in_units(minor: float | None, currency: str) -> float | None:
    return None if minor is None else round(minor / 10 ** exponent_of(currency), 6)


def _summed(ahead: tuple[Vector, Vector, Vector], mean: Vector, told: Any) -> dict[str, Any]:
    """`alive` and `chances` are of the `told` customers: those of whom the model can say whether they have left."""
    alive, bought, value = ahead
    order = np.argsort(-value, kind="stable")
    tenths = [part for part in np.array_split(order, 10) if len(part)]
    return {
        "total": round(float(value.sum())), "alive": float(alive[told].sum()), "told": int(told.sum()),
        "purchases": float(bought.sum()),
        "mean_spend": float(mean.mean()),
        "tenths": [{"customers": len(part), "value": round(float(value[part].sum()))} for part in tenths],
        "chances": np.histogram(alive[told], bins=np.linspace(0, 1, 6))[0].tolist(),
    }  # fmt: skip


def _newcomer(
    name: str, found: Estimate, spend: Estimate | None, mean: Vector, *, business: Business, costs: Costs
) -> dict[str, Any]:
    """A customer to come: purchases, the first too, their value, and the month by which winning one is paid back."""
    rates = business.rates
    none = np.zeros(1)
    of_one = float(gammagamma.expected(spend.values, x=none, mean=none)[0]) if spend else float(mean.mean())
    profit = float(_profit(np.array([of_one]), business, costs.serve or 0.0)[0])
    sums = NEW[name](found.values, [month * MONTH / WEEK for month in range(1, rates.months + 1)])
    gains = np.diff([0.0, *sums]) * [_factor(rates, month) for month in range(1, rates.months + 1)]
    brought = profit * (1 + np.cumsum(gains))
    paid: int | None = None
    cost = costs.acquire or 0.0
    if cost and math.isfinite(profit):
        enough = np.flatnonzero(np.concatenate([[profit], brought]) >= cost)
        paid = int(enough[0]) if len(enough) else None
    return {"purchases": 1 + float(sums[-1]), "value": round(float(brought[-1])), "paid_after": paid}
