"""Who left, when and why; how long contracts last; what comes up for renewal. Heavy: not for the web process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np

from peyvand.foundation.calendar.calendars import CalendarKind, first_of_month, month_index
from peyvand.insight.value import survival
from peyvand.insight.value.contracting.standing import FAR, MONTH, Contracts, Flags
from peyvand.insight.value.contracting.staying import Study
from peyvand.memory.commerce.models import REASONS

MONTHS_SHOWN = 24
SEASON, COHORTS_SHOWN = 3, 12  # months of a cohort; cohorts shown
AGES = (3, 6, 12, 24)  # months after which a cohort is looked at
WITHIN = (30, 60, 90)  # days
WORDS = {True: "avoidable", False: "unavoidable", None: "unknown"}


def why(found: Contracts, chosen: Flags) -> dict[str, int]:
    """How many of the chosen could have been kept: avoidable, unavoidable, unknown."""
    said = Counter(WORDS[REASONS[reason][1] if reason in REASONS else None] for reason in found.reason[chosen].tolist())
    return {word: said[word] for word in WORDS.values()}


def reasons(found: Contracts) -> list[dict[str, Any]]:
    """Why contracts ended within a year of the day, most frequent first; fees a month that went with them by
    currency, in minor units.
    """
    recent = found.gone & (found.last > found.until - 365)
    rows = []
    for reason, number in Counter(found.reason[recent].tolist()).most_common():
        of_it = recent & (found.reason == reason)
        fees: Counter[str] = Counter()
        for currency, monthly in zip(found.currency[of_it].tolist(), found.monthly[of_it].tolist(), strict=True):
            fees[currency] += round(monthly)
        rows.append({"reason": reason, "contracts": number, "monthly": dict(fees)})
    return rows


def months(found: Contracts, calendar: str) -> list[dict[str, Any]]:
    """Loss by month: how many ran when it began, how many were signed and ended in it, and why. Oldest first; the last
    may not be over.
    """
    kind = CalendarKind(calendar)
    now = month_index(date.fromordinal(found.until), kind)
    first = max(month_index(date.fromordinal(int(found.start.min())), kind), now - MONTHS_SHOWN + 1)
    rows = []
    for index in range(first, now + 1):
        begins, ends = first_of_month(index, kind).toordinal(), first_of_month(index + 1, kind).toordinal()
        ended = (found.last >= begins) & (found.last < ends) & found.gone
        rows.append(
            {
                "month": index, "running": int(((found.start < begins) & (found.last >= begins)).sum()),
                "signed": int(((found.start >= begins) & (found.start < ends)).sum()), "lost": int(ended.sum()),
                "lost_of_running": int((ended & (found.start < begins)).sum()), **why(found, ended),
            }
        )  # fmt: skip
    return rows


def cohorts(found: Contracts, calendar: str) -> list[dict[str, Any]]:
    """By the season of their first day: how many were signed, the share still running after AGES months (None where
    that long has not passed for all), and why the others ended. Oldest first.
    """
    kind = CalendarKind(calendar)
    season = np.array([month_index(date.fromordinal(int(day)), kind) // SEASON for day in found.start])
    rows = []
    for one in sorted(set(season.tolist()))[-COHORTS_SHOWN:]:
        of_it = season == one
        over = first_of_month((one + 1) * SEASON, kind).toordinal()
        lasted = (np.minimum(found.last, FAR)[of_it] - found.start[of_it] + 1) / MONTH
        rows.append(
            {
                "season": one, "contracts": int(of_it.sum()), "running": int((of_it & ~found.gone).sum()),
                "after": [
                    float((lasted > age).mean()) if over + age * MONTH <= found.until else None for age in AGES
                ],
                **why(found, of_it & found.gone),
            }
        )  # fmt: skip
    return rows


def curve(found: Contracts) -> list[list[float]]:
    """Months since the first day, the share still there, its interval, how many were: see value.survival."""
    lasted = (np.minimum(found.last, found.until) - found.start + 1).astype(float)
    steps = survival.product_limit(lasted, found.gone)
    rows = survival.by_unit(steps, duration=lasted, unit=MONTH)
    return [[row.time, row.share, row.low, row.high, row.at_risk] for row in rows]


def year(found: Contracts) -> dict[str, Any]:
    """Of the contracts that ran a year before the day, how many have ended since, and why."""
    then = found.until - 365
    ran = (found.start <= then) & (found.last > then)
    return {"ran": int(ran.sum()), "lost": int((ran & found.gone).sum()), **why(found, ran & found.gone)}


def renewals(found: Contracts, study: Study) -> list[dict[str, Any]]:
    """Terms that are over within 30, 60 and 90 days and that somebody has to renew, by currency: the fees of the next
    term, and what of them is expected to be lost (None where nothing is foretold), in minor units.
    """
    return list(_renewals(found, study))


def _renewals(found: Contracts, study: Study) -> Iterator[dict[str, Any]]:
    for currency in sorted(set(found.currency[~found.gone].tolist())):
        for days in WITHIN:
            due = ~found.gone & (found.last >= FAR) & (found.currency == currency)
            due &= ~found.itself & ~found.open & (found.term_end <= found.until + days)
            stake, lost, told = 0.0, 0.0, True
            for at in np.flatnonzero(due):
                months_of = float(found.months[at])
                model = study.segments[study.key(str(found.kind[at]), months_of)]
                fee = float(found.monthly[at]) * months_of
                stake += fee
                told &= model.state != "few"
                lost += fee * (1 - float(model.share(found.passed[at], 1)))
            yield {
                "currency": currency, "days": days, "contracts": int(due.sum()), "at_stake": round(stake),
                "lost": round(lost) if told else None,
            }  # fmt: skip
