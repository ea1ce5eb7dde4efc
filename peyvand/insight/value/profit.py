"""From charges and customers to the figures of the page of profitability. Heavy: imports what the child imports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from ibis import _

from peyvand.foundation.calendar.calendars import CalendarKind, month_index
from peyvand.foundation.money.currencies import exponent_of
from peyvand.foundation.text.keys import fa_key
from peyvand.insight.value import charging, frames
from peyvand.insight.value.classes import ORDER, REFERRED, WINDOW_DAYS
from peyvand.insight.value.person import KINDS, Person

TENTHS = 10
WORST = 50  # campaigns that the page lists
Facts = dict[str, Any]


def figures(
    frame: frames.Frame,
    *,
    persons: Sequence[Person],
    charges: charging.Charges,
    source_of: Mapping[int, str],
    named: set[str],
    margin: Mapping[str, float],
    net: int,
    elsewhere: list[Facts],
) -> Facts:
    """What the payload holds under "profit"; amounts in minor units.

    `net` is the revenue of everything that stands, `margin` as in compute. Sources that are not `named` stand together.
    """
    bought = {person.customer_id: person for person in persons}
    said = charging.summary(charges, bought)
    best = sorted(persons, key=lambda person: (-person.net, person.customer_id))
    return {
        "charging": said,
        "elsewhere": elsewhere,
        "waterfall": _waterfall(said, net=net, goods=round(margin["cost"] * 10 ** exponent_of(frame.currency))),
        "goods_share": margin["share"],
        "classes": _by(persons, lambda person: person.rfm_class, frame.as_of, ORDER),
        "sources": _by(persons, lambda person: _key(source_of, named, person), frame.as_of),
        "tenths": _tenths(best),
        "whale": whale([person.net for person in best]),
        "loss": {
            "customers": sum(person.net < 0 for person in persons),
            "amount": -sum(person.net for person in persons if person.net < 0),
        },
        "spending": _spending(charges, persons, source_of),
        "referred": _referred(persons, source_of, frame.as_of),
        "carrying": {kind: sum(person.costs[at] != 0 for person in persons) for at, kind in enumerate(KINDS)},
        "win_each": _win_each(persons, frame.as_of) if "acquisition" in charges.known else None,
        "payback": {calendar.value: _payback(frame, persons, margin, calendar) for calendar in CalendarKind}
        if charges.of_kind("acquisition")
        else {},
    }


_REFERRED = frozenset(fa_key(word) for word in REFERRED)


def _referred(persons: Sequence[Person], source_of: Mapping[int, str], as_of: date) -> Facts:
    """Who came by recommendation in the last WINDOW_DAYS days, how many bought in them, and what each of those who came
    brings: net before acquisition and lifetime value, as far as that is foretold.
    """
    came = [
        person for person in persons
        if (as_of - person.first_day).days < WINDOW_DAYS
        and fa_key(source_of.get(person.customer_id, "")) in _REFERRED
    ]  # fmt: skip
    brought = sum(person.net + person.costs[0] + (person.lifetime or 0) for person in came)
    return {
        "came": len(came), "active": sum(person.frequency > 0 for person in persons),
        "each": round(brought / len(came)) if came else None,
    }  # fmt: skip


def _win_each(persons: Sequence[Person], as_of: date) -> int | None:
    """What winning one of the customers of the last 365 days cost; None where nobody came."""
    won = [person.costs[0] for person in persons if (as_of - person.first_day).days < WINDOW_DAYS]
    return round(sum(won) / len(won)) if won else None


def _key(source_of: Mapping[int, str], named: set[str], person: Person) -> str | None:
    source = source_of.get(person.customer_id, "")
    return source if source in named else None


def _waterfall(said: Facts, *, net: int, goods: int) -> Facts:
    """Revenue, the cost of goods where known, what was charged by kind to whomever, what was charged to nobody; and
    what is left. What waits for its days is not spent yet.
    """
    idle = sum(row["amount"] for row in said["not_charged"] if row["reason"] != "later")
    left = net - goods - sum(said["by_kind"].values()) - idle
    return {"revenue": net, "goods": goods, **said["by_kind"], "idle": idle, "net": left}


def _by(persons: Sequence[Person], key: Any, as_of: date, order: Sequence[str] = ()) -> list[Facts]:
    """Sums of customers by a key; in the given order, else the one with most net first. `days` is Σ of the days since
    their first purchase.
    """
    found: dict[Any, Facts] = {}
    for person in persons:
        row = found.setdefault(
            key(person),
            {"key": key(person), "customers": 0, "revenue": 0, "goods": 0, "costs": [0] * len(KINDS), "net": 0,
             "loss": 0, "lifetime": None, "days": 0},
        )  # fmt: skip
        row["customers"] += 1
        row["revenue"] += person.revenue
        row["goods"] += person.goods
        row["costs"] = [sum(pair) for pair in zip(row["costs"], person.costs, strict=True)]
        row["net"] += person.net
        row["loss"] += person.net < 0
        row["days"] += as_of.toordinal() - person.first_day.toordinal() + 1
        if person.lifetime is not None:
            row["lifetime"] = (row["lifetime"] or 0) + person.lifetime
    if order:
        return [found[name] for name in order if name in found]
    return sorted(found.values(), key=lambda row: -row["net"])


def _tenths(best: Sequence[Person]) -> list[Facts]:
    """Customers in ten equal groups by net, best first, each with its first and last (net, id)."""
    made = []
    for at in range(TENTHS):
        of = best[at * len(best) // TENTHS : (at + 1) * len(best) // TENTHS]
        if of:
            made.append(
                {"tenth": at + 1, "customers": len(of), "net": sum(person.net for person in of),
                 "first": [of[0].net, of[0].customer_id], "last": [of[-1].net, of[-1].customer_id]}
            )  # fmt: skip
    return made


def whale(nets: Sequence[int]) -> Facts:
    """Cumulative profit, in per cent of all profit, of the best 0, 1 … 100 per cent of customers (Kaplan & Narayanan
    2001, *Measuring and managing customer profitability*, figure 1): it rises above 100 and comes down again by what
    the unprofitable take away. No points where there is no profit.
    """
    total, running, sums = sum(nets), 0, [0]
    for net in nets:
        running += net
        sums.append(running)
    if total <= 0:
        return {"total": total, "points": [], "peak": max(sums), "peak_customers": sums.index(max(sums))}
    points = [round(100 * sums[-(-percent * len(nets) // 100)] / total, 2) for percent in range(101)]
    return {"total": total, "points": points, "peak": max(sums), "peak_customers": sums.index(max(sums))}


def _spending(charges: charging.Charges, persons: Sequence[Person], source_of: Mapping[int, str]) -> list[Facts]:
    """What was spent on each source with its campaigns, and what its customers won since then have brought.

    `brought` is Σ of their net before acquisition, `ahead` of their lifetime value where foretold; `unproductive` says
    that both together are less than what was spent.
    """
    by_source: dict[str, list[tuple[tuple[str, str, str], Facts]]] = defaultdict(list)
    for key, row in charges.spent.items():
        by_source[key[0].strip().lower()].append((key, row))
    of: dict[str, list[Person]] = defaultdict(list)
    for person in persons:
        of[source_of.get(person.customer_id, "").strip().lower()].append(person)
    made = []
    for source, rows in by_source.items():
        first = min(row["first"] for _key, row in rows)
        won = [person for person in of.get(source, []) if source and person.first_day >= first]
        spent = sum(row["amount"] for _key, row in rows)
        brought = sum(person.net + person.costs[0] for person in won)
        ahead = sum(person.lifetime or 0 for person in won)
        campaigns = [
            {"medium": key[1], "campaign": key[2], "amount": row["amount"], "impressions": row["impressions"],
             "clicks": row["clicks"], "leads": row["leads"]}
            for key, row in sorted(rows, key=lambda pair: -pair[1]["amount"])
        ]  # fmt: skip
        made.append(
            {"source": rows[0][0][0], "since": first.isoformat(), "spent": spent, "won": len(won), "brought": brought,
             "ahead": ahead, "unproductive": brought + ahead < spent, "campaigns": campaigns[:WORST]}
        )  # fmt: skip
    return sorted(made, key=lambda row: -row["spent"])[:WORST]


def _payback(
    frame: frames.Frame, persons: Sequence[Person], margin: Mapping[str, float], calendar: CalendarKind
) -> list[Facts]:
    """Of the customers of each month: what winning them cost, and by which month after it their margin, less the cost
    of selling, serving and delivering, had paid it back; None: not yet. `months` counts from 1, the month they came in.

    Margin is revenue × the margin rate of the business, or revenue where no cost is known; the costs of a cohort are
    spread over its orders evenly.
    """
    rate = (margin["known"] - margin["cost"]) / margin["known"] if margin["known"] > 0 else 1.0
    of: dict[int, Facts] = {}
    for person in persons:
        row = of.setdefault(month_index(person.first_day, calendar), {"customers": 0, "spent": 0, "serving": 0})
        row["customers"] += 1
        row["spent"] += person.costs[0]
        row["serving"] += sum(person.costs[1:4])
    earned: dict[int, dict[int, tuple[int, int]]] = defaultdict(dict)
    for row in frames.earned(frame, calendar=calendar.value).to_pyarrow().to_pylist():
        earned[row["cohort"]][row["age"]] = (row["amount"], row["orders"])
    dates = frame.backend.table("dates")
    now = int(dates.filter(_.day == frame.as_of)[calendar.value].max().to_pyarrow().as_py())
    made = []
    for cohort in sorted(of):
        row, ages = of[cohort], earned[cohort]
        if not row["spent"]:
            continue
        orders = sum(count for _amount, count in ages.values())
        each = row["serving"] / orders if orders else 0.0
        sums = [0.0]
        for age in range(now - cohort + 1):
            amount, count = ages.get(age, (0, 0))
            sums.append(sums[-1] + amount * rate - count * each)
        paid = next((month for month, total in enumerate(sums) if month and total >= row["spent"]), None)
        made.append(
            {"cohort": cohort, "customers": row["customers"], "spent": row["spent"], "brought": round(sums[-1]),
             "months": paid, "passed": now - cohort + 1}
        )  # fmt: skip
    return made
