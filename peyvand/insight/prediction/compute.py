"""From facts to forecasts and traits. Heavy: imported in a child of the worker only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from django.utils import timezone
from ibis import _

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.foundation.jobs.running import Running
from peyvand.insight.prediction import (
    baskets,
    campaigns,
    definitions,
    demand,
    frames,
    grouping,
    judging,
    learning,
    leaving,
    queries,
    services,
    suggesting,
)
from peyvand.insight.prediction.errors import CannotTellError
from peyvand.insight.prediction.foreseen import Foreseen
from peyvand.insight.prediction.frames import Ids
from peyvand.insight.prediction.models import Forecast
from peyvand.insight.prediction.numbers import Floats
from peyvand.insight.value import survival
from peyvand.insight.value.frames import Frame, business_orders
from peyvand.insight.warehouse import engine

REASONS = 3  # told of each customer, at most
MONTH = 30.4375  # days
TOLD = 0.1  # log-odds: a smaller effect is no reason
SAID_BY_RECENCY = ("recent_orders", "recent_share")
COVERED = 0.8  # of the next purchases that the days told should hold
RULES = 12
OF_ONE = 2  # rules that speak for the same product, lest one family of products fill the page
SUPPORTS = (0.02, 0.01, 0.005, 0.002)
FEWEST_TOGETHER = 5  # baskets that a rule rests on


def foresee(run: Running) -> Mapping[str, Any]:
    """Compute every currency of the business that the run's actor looks at, from the facts loaded last.

    The result is {"forecasts": [ids], "customers": n}.
    """
    demo = run.actor.demo
    backend = engine.open_warehouse()
    made: list[Forecast] = []
    told: list[tuple[str, list[Foreseen]]] = []
    for frame in _frames(backend, demo=demo) if backend is not None else ():
        run.check()
        forecast, people = _forecast(run, frame)
        made.append(forecast)
        told.append((frame.currency, people))
    services.only_these(actor=run.actor, demo=demo, keep=[forecast.pk for forecast in made])
    services.traits_keep(actor=run.actor, demo=demo, people=told)
    for one in queries.campaigns(actor=run.actor) if run.actor.may("insight.view") else ():
        run.check()
        services.campaign_told(actor=run.actor, campaign_id=one.pk, result=campaigns.compared(
            queries.campaign_members(actor=run.actor, campaign_id=one.pk)))  # fmt: skip
    run.progress(1, 1)
    return {"forecasts": [forecast.pk for forecast in made], "customers": sum(len(people) for _code, people in told)}


def _frames(backend: Any, *, demo: bool) -> Iterator[Frame]:
    """A frame a currency, the one of most orders first, as of the last order that stands and is not in the future."""
    now: datetime = timezone.now()
    today = now.astimezone(ZoneInfo(workspace_settings.text("time_zone"))).date()
    orders = business_orders(backend, demo=demo).filter(_.status != "cancelled", _.placed_at_day <= today)
    last = orders.placed_at_day.max().to_pyarrow().as_py()
    found = orders.group_by("currency").agg(n=_.count()).order_by([_.n.desc(), _.currency]).to_pyarrow()
    for currency in found["currency"].to_pylist():
        yield Frame(backend=backend, demo=demo, currency=currency, as_of=last)


def _forecast(run: Running, frame: Frame) -> tuple[Forecast, list[Foreseen]]:
    definition = definitions.of(workspace_settings.get(definitions.LEAVING))
    days = judging.horizon(frame, asked=int(definition.limit) if definition.way == "silence" else 0)
    judged = judging.judge(frame, days=days, definition=definition)
    cut = frame.as_of - timedelta(days=days)
    run.check()
    items = frames.bought_items(frame)
    seen = frames.known(frame)
    found = grouping.groups(seen["x"])
    card = judged.card | {
        "groups": grouping.described(seen["x"], found) if found else [],
        "suggestions": suggesting.judge(items["customer"], items["product"], items["day"], cut=np.datetime64(cut)),
        "next": _judged_next(frame, cut=cut),
        "survival": _survival(frame, days=days),
        "definitions": leaving.told(frame, horizon=days),
    }  # fmt: skip
    risks = _risks(*judging.now(frame, seen, days=days, definition=definition), judged)
    if risks:
        card |= _told(frame, [risk for risk, _stake, _reasons in risks.values()])
    member = dict(zip(seen["customer_id"].tolist(), found.member.tolist(), strict=True)) if found else {}
    following = _next(frames.rhythms(frame), as_of=frame.as_of, stretch=card["next"].get("stretch", 1.0))
    told = _suggestions(frame, items, way=card["suggestions"]["way"]) if card["suggestions"]["on"] else None
    if told:
        card["suggestions"] |= {"coverage": told.coverage, "greatest": told.greatest}
    card["recommended"] = queries.recommended(demo=frame.demo, currency=frame.currency, as_of=frame.as_of)
    people = _people(member, risks, following, told.plain() if told else {}, frames.cautions(frame))
    run.check()
    card["demand"], series = demand.foretold(frame)
    services.demand_keep(
        actor=run.actor, demo=frame.demo, currency=frame.currency, as_of=frame.as_of, told=[vars(one) for one in series]
    )
    forecast = services.forecast_keep(
        actor=run.actor, demo=frame.demo, currency=frame.currency, as_of=frame.as_of, card=card,
        baskets=_rules(items), people=people,
    )  # fmt: skip
    return forecast, people


def _survival(frame: Frame, *, days: int) -> list[list[float]]:
    """[[month, share still there, low, high, customers who stayed that long]]."""
    duration, gone = frames.stays(frame, days=days)
    steps = survival.by_unit(survival.product_limit(duration, gone), duration=duration, unit=MONTH)
    return [[int(step.time), step.share, step.low, step.high, step.at_risk] for step in steps]


def _risks(
    ids: Ids, x: Floats, judged: judging.Judged
) -> dict[int, tuple[float, int, tuple[tuple[str, float, float], ...]]]:
    """By customer: risk, revenue of the window, what raises the risk most: reasons are those of `explained` only."""
    if judged.teller is None or not len(ids):
        return {}
    risk, money = judged.teller.probabilities(x), _money(x)
    told: dict[int, tuple[float, int, tuple[tuple[str, float, float], ...]]] = {
        customer: (float(at), int(stake), ())
        for customer, at, stake in zip(ids.tolist(), risk.tolist(), money.tolist(), strict=True)
    }
    for row, reasons in explained(judged, x, risk):
        customer = int(ids[row])
        told[customer] = (*told[customer][:2], reasons)
    return told


def _money(x: Floats) -> Floats:
    return np.nan_to_num(x[:, frames.FEATURES.index("monetary")])


def explained(
    judged: judging.Judged, x: Floats, risk: Floats
) -> Iterator[tuple[int, tuple[tuple[str, float, float], ...]]]:
    """Row and reasons of MOST_EXPLAINED customers: those about to leave first, the greatest expected loss first."""
    if judged.teller is None:
        return
    features, loss = judged.features, risk * np.maximum(_money(x), 0)
    rows = np.lexsort((-loss, risk < queries.ABOUT_TO_LEAVE))[: judging.MOST_EXPLAINED]
    x = x[rows]
    shap = judged.teller.contributions(x)
    order = np.argsort(-shap, axis=1, kind="stable")
    # That there was none lately is said by the days since the last one.
    told = (shap >= TOLD) & ~np.isnan(x) & ~((x == 0) & np.isin(features, SAID_BY_RECENCY))
    for at, row in enumerate(rows.tolist()):
        places = [place for place in order[at] if told[at, place]][:REASONS]
        yield row, tuple((features[n], float(x[at, n]), round(float(shap[at, n]), 4)) for n in places)


def _told(frame: Frame, risks: list[float]) -> dict[str, Any]:
    """How many are told what, and how far that moved since the last time."""
    place = np.minimum((np.array(risks) * learning.BINS).astype(np.int64), learning.BINS - 1)
    now = [int(count) for count in np.bincount(place, minlength=learning.BINS)]
    few = min(len(risks), judging.MOST_EXPLAINED)
    found: dict[str, Any] = {"scored": len(risks), "explained": few, "expected": float(np.sum(risks)),
                             "histogram": now}  # fmt: skip
    before = queries.card_before(demo=frame.demo, currency=frame.currency)
    if before and before[1].get("histogram"):
        found |= {"before": before[0].isoformat(), "shift": judging.shift(before[1]["histogram"], now)}
    return found


def _next(
    rhythms: Iterable[Mapping[str, Any]], *, as_of: date, stretch: float = 1.0
) -> dict[int, tuple[date, date, date]]:
    """By customer: when the next purchase is expected, and the days between which it is told to fall: after the 1st and
    9th decile of their own intervals, both `stretch` times as far from their median. Who is silent longer than nine in
    ten of these is not told a day.
    """
    found = {}
    for row in rhythms:
        if row["last_day"] + timedelta(days=round(row["high"])) >= as_of:
            low = row["middle"] - stretch * max(row["middle"] - row["low"], 1)
            high = row["middle"] + stretch * max(row["high"] - row["middle"], 1)
            days = (row["last_day"] + timedelta(days=round(number)) for number in (low, row["middle"], high))
            start, middle, end = (max(day, as_of) for day in days)
            found[row["customer_id"]] = (middle, start, end)
    return found


def _judged_next(frame: Frame, *, cut: date) -> dict[str, Any]:
    """Told on the day `cut`, of those who did buy afterwards: half were told at most "error" days wrong, "usual" with
    everybody's median interval instead of their own. "stretch" is that at which the days told hold COVERED of what half
    of these customers bought (split conformal, Lei et al., JASA 113, 2018); "covered" is the share of the others who
    came within them.
    """
    before = frames.at(frame, cut)
    rhythms = {row["customer_id"]: row for row in frames.rhythms(before)}
    told, back = _next(rhythms.values(), as_of=cut), frames.buyers(frame, after=cut)
    both = sorted(customer for customer in told if customer in back)
    gaps = frames.intervals(before)
    if len(both) < suggesting.FEWEST_CUSTOMERS or not len(gaps):
        return {"customers": len(both)}
    usual = round(float(np.median(gaps)))
    wrong = [abs((back[customer] - told[customer][0]).days) for customer in both]
    plain = [abs((back[who] - max(rhythms[who]["last_day"] + timedelta(days=usual), cut)).days) for who in both]
    needs = np.array([_stretch(rhythms[customer], back[customer]) for customer in both])
    learnt = judging.folds(np.array(both, dtype=np.int64)) % 2 == 0
    rank = int(np.ceil((learnt.sum() + 1) * COVERED))
    stretch = float(np.sort(needs[learnt])[min(rank, int(learnt.sum())) - 1]) if learnt.any() else 1.0
    return {
        "customers": len(both), "error": float(np.median(wrong)), "usual": float(np.median(plain)),
        "stretch": stretch, "covered": float((needs[~learnt] <= stretch).mean()) if (~learnt).any() else None,
    }  # fmt: skip


def _stretch(row: Mapping[str, Any], came: date) -> float:
    """How far the own deciles must be stretched to hold that day."""
    gap = (came - row["last_day"]).days - row["middle"]
    return float(gap / max(row["high"] - row["middle"], 1) if gap > 0 else -gap / max(row["middle"] - row["low"], 1))


def _suggestions(frame: Frame, items: Mapping[str, Any], *, way: str) -> suggesting.Suggested | None:
    taste = suggesting.learn(items["customer"], items["product"])
    if taste is None:
        return None
    customer, product = queries.resting(demo=frame.demo, as_of=frame.as_of)
    taste = suggesting.without(taste, np.array(customer, dtype=np.int64), np.array(product, dtype=np.int64))
    return suggesting.suggested(suggesting.with_vectors(taste) if way == "factors" else taste)


def _people(
    member: Mapping[int, int],
    risks: Mapping[int, Any],
    following: Mapping[int, tuple[date, date, date]],
    suggestions: Mapping[int, Any],
    cautions: Mapping[int, Any],
) -> list[Foreseen]:
    found = []
    for customer in sorted({*member, *risks, *following, *suggestions, *cautions}):
        risk, stake, reasons = risks.get(customer, (None, 0, ()))
        day, start, end = following.get(customer, (None, None, None))
        found.append(
            Foreseen(
                customer_id=customer, group=member.get(customer),
                risk=risk,
                at_stake=stake,
                reasons=reasons,
                next_day=day,
                next_from=start,
                next_to=end,
                suggestions=suggestions.get(customer, ()),
                cautions=cautions.get(customer, ()),
            )
        )  # fmt: skip
    return found


def _rules(items: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The strongest rules of two or three products, one an itemset, at the greatest support that gives enough."""
    if not len(items["order"]):
        return []
    orders, basket = np.unique(items["order"], return_inverse=True)
    products, item = np.unique(items["product"], return_inverse=True)
    given = baskets.Baskets(
        count=len(orders), basket=basket.astype(np.int64), item=item.astype(np.int64),
        names=tuple(str(product) for product in products),
    )  # fmt: skip
    best: dict[frozenset[str], baskets.Rule] = {}
    for support in SUPPORTS:
        least = max(support, FEWEST_TOGETHER / given.count)
        if least > 1:
            return []
        try:
            found = baskets.mine(
                given, min_support=least, min_confidence=0.2, min_length=2, max_length=3, top=10 * RULES
            )
        except CannotTellError:
            break
        best = {frozenset({*rule.left, rule.right}): rule for rule in reversed(found.top)}
        if len(best) >= RULES:
            break
    chosen: list[baskets.Rule] = []
    for rule in sorted(best.values(), key=lambda rule: (-rule.lift, -rule.confidence, rule.left, rule.right)):
        if rule.lift > 1 and sum(other.right == rule.right for other in chosen) < OF_ONE:
            chosen.append(rule)
    return [
        {**vars(rule), "left": [int(name) for name in rule.left], "right": int(rule.right)} for rule in chosen[:RULES]
    ]
