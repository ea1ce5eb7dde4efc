"""What will be sold: units and revenue of everything, of each category and product, by week and month. Heavy.

Sales alone are counted, those of nobody known too; what goes back is not taken off. A week is the seven days that end
with the frame's weekday, a month that of either calendar; the month that is not over is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from ibis import _

from peyvand.foundation.calendar.calendars import CalendarKind, first_of_month, month_index, parts
from peyvand.foundation.money.currencies import exponent_of
from peyvand.insight.prediction import smoothing
from peyvand.insight.prediction.numbers import Floats
from peyvand.insight.value.frames import Frame

PRODUCTS = 200  # those that sold for most in the last year
CATEGORIES = 100
SHOWN = {"week": 52, "jalali": 24, "gregorian": 24}  # past periods kept
LONGEST = {"week": 160, "jalali": 60, "gregorian": 60}  # that are learnt from
PLANS = {
    "week": smoothing.Plan(ahead=8, season=52, chosen=5, judged=4, least=13),
    "jalali": smoothing.Plan(ahead=3, season=12, chosen=3, judged=2, least=6),
    "gregorian": smoothing.Plan(ahead=3, season=12, chosen=3, judged=2, least=6),
}
EPOCH = date(1970, 1, 1)
Ints = np.ndarray[Any, np.dtype[np.int64]]


@dataclass(frozen=True)
class Sold:
    """What was sold by day, product and category (0 where none is known); revenue in minor units."""

    day: Ints
    product: Ints
    category: Ints
    units: Floats
    revenue: Floats


@dataclass(frozen=True)
class Told:
    """One series as models.Demand keeps it."""

    unit: str
    measure: str
    kind: str
    ref: int
    weight: int
    payload: dict[str, Any]


def sold(frame: Frame) -> Sold:
    """Lines of sales that stand, up to the frame's day."""
    sales = frame.orders.filter(_.kind == "sale").select("id", "placed_at_day")
    lines = frame.backend.table("order_lines").filter(_.quantity > 0)
    lines = lines.select("order_id", "product_id", "category_id", "quantity", "net")
    joined = lines.inner_join(sales, lines.order_id == sales.id)
    found = joined.group_by("placed_at_day", "product_id", "category_id").agg(
        units=joined.quantity.cast("float64").sum(), revenue=joined.net.cast("float64").sum()
    ).to_pyarrow()  # fmt: skip
    return Sold(
        day=found["placed_at_day"].to_numpy(zero_copy_only=False).astype("datetime64[D]").astype(np.int64),
        product=found["product_id"].fill_null(0).to_numpy().astype(np.int64),
        category=found["category_id"].fill_null(0).to_numpy().astype(np.int64),
        units=found["units"].to_numpy(), revenue=found["revenue"].to_numpy() * 10 ** exponent_of(frame.currency),
    )  # fmt: skip


def foretold(frame: Frame) -> tuple[dict[str, Any], list[Told]]:
    """What the card says by unit of time, {"why" ("" or "history"), "series", "on", "covered", "nowruz"}, and the
    series. "nowruz" says that it falls into what is told and into nothing that was learnt from.
    """
    found = sold(frame)
    if not len(found.day):
        return {unit: {"why": "history"} for unit in PLANS}, []
    card: dict[str, Any] = {}
    told: list[Told] = []
    for unit, plan in PLANS.items():
        starts, place = _periods(unit, found.day, frame.as_of)
        if len(starts) < plan.needs:
            card[unit] = {"why": "history", "has": len(starts), "needs": plan.needs}
            continue
        made = [
            series for measure in ("units", "revenue") for series in _told(unit, measure, found, starts, place, plan)
        ]
        on = [series.payload["on"] for series in made]
        card[unit] = {
            "why": "", "series": len(made), "on": sum(on), "nowruz": _nowruz_is_new(starts, unit, plan),
            "covered": float(np.mean([series.payload["covered"] for series in made])),
        }  # fmt: skip
        told += made
    return card, told


def _periods(unit: str, day: Ints, as_of: date) -> tuple[list[date], Ints]:
    """First days of the whole periods up to the day, the oldest first, and the place of each row's, −1 outside them."""
    last, first = (as_of - EPOCH).days, int(day.min())
    if unit == "week":
        count = min((last - first + 1) // 7, LONGEST[unit])
        begin = last - 7 * count + 1
        place = np.where(day >= begin, (day - begin) // 7, -1)
        return [EPOCH + timedelta(days=begin + 7 * number) for number in range(count)], place
    calendar = CalendarKind(unit)
    days = np.unique(day)
    months = np.array([month_index(EPOCH + timedelta(days=int(one)), calendar) for one in days], dtype=np.int64)
    # The month that the day ends is whole; the first one is, only where it was sold in from its beginning.
    end = month_index(as_of + timedelta(days=1), calendar)
    begin = max(int(months.min()) + (first > (first_of_month(int(months.min()), calendar) - EPOCH).days),
                end - LONGEST[unit])  # fmt: skip
    place = months[np.searchsorted(days, day)] - begin
    place[(place < 0) | (place >= end - begin)] = -1
    return [first_of_month(index, calendar) for index in range(begin, end)], place


def _told(unit: str, measure: str, found: Sold, starts: list[date], place: Ints, plan: smoothing.Plan) -> list[Told]:
    inside = place >= 0
    amount = (found.units if measure == "units" else found.revenue)[inside]
    at, count = place[inside], len(starts)
    lately = found.day[inside] > found.day.max() - 365
    keys: list[tuple[str, int]] = [("all", 0)]
    rows = [np.bincount(at, weights=amount, minlength=count)]
    for kind, of, most in (("category", found.category, CATEGORIES), ("product", found.product, PRODUCTS)):
        ids, which = np.unique(of[inside], return_inverse=True)
        worth = np.bincount(which, weights=found.revenue[inside] * lately, minlength=len(ids))
        best = [n for n in np.argsort(-worth, kind="stable").tolist() if ids[n] and worth[n] > 0][:most]
        grid = np.bincount(which * count + at, weights=amount, minlength=len(ids) * count).reshape(len(ids), count)
        keys += [(kind, int(ids[n])) for n in best]
        rows += [grid[n] for n in best]
    y = np.array(rows, dtype=np.float64)
    carried = smoothing.carry_on(y, plan)
    if carried is None:
        return []
    shown = SHOWN[unit]
    return [
        Told(
            unit=unit, measure=measure, kind=kind, ref=ref, weight=round(float(y[n, -shown:].sum())),
            payload={
                "starts": [day.isoformat() for day in [*starts[-shown:], *_next(unit, starts[-1], plan.ahead)]],
                "values": [round(value, 2) for value in y[n, -shown:].tolist()],
                "ahead": np.round([carried.point[n], carried.low[n], carried.high[n]], 2).T.tolist(),
                "way": carried.way[n], "on": bool(carried.on[n]), "error": float(carried.error[n]),
                "naive_error": float(carried.naive_error[n]), "covered": float(carried.covered[n]),
            },
        )
        for n, (kind, ref) in enumerate(keys)
    ]  # fmt: skip


def _next(unit: str, last: date, count: int) -> list[date]:
    if unit == "week":
        return [last + timedelta(days=7 * number) for number in range(1, count + 1)]
    calendar = CalendarKind(unit)
    return [first_of_month(month_index(last, calendar) + number, calendar) for number in range(1, count + 1)]


def _nowruz_is_new(starts: list[date], unit: str, plan: smoothing.Plan) -> bool:
    """Whether the first days of a Jalali year lie ahead, and too few of them behind for a season to know them."""
    begin, end = starts[0], _next(unit, starts[-1], plan.ahead + 1)[-1]
    days = (begin + timedelta(days=number) for number in range((end - begin).days))
    new_years = [day for day in days if parts(day, CalendarKind.JALALI)[1:] == (1, 1)]
    ahead = [day for day in new_years if day >= _next(unit, starts[-1], 1)[0]]
    return bool(ahead) and len(new_years) - len(ahead) < (1 if unit != "week" else 2)
