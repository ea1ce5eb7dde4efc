"""The figures of contracts as a page keeps them. Heavy: not for the web process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.insight.value.contracting import loss, staying, worth
from peyvand.insight.value.contracting.standing import MONTH, Contracts, read
from peyvand.insight.value.person import Worth
from peyvand.insight.value.rates import Rates

CALENDARS = ("jalali", "gregorian")


@dataclass(frozen=True)
class Agreed:
    """What is known of a business's contracts on a day."""

    contracts: Contracts
    study: staying.Study

    @property
    def currencies(self) -> list[str]:
        """Currencies of running contracts, the commonest first."""
        running = self.contracts.currency[~self.contracts.gone].tolist()
        return sorted(set(running), key=lambda code: (-running.count(code), code))

    def worth(self, currency: str, *, rates: Rates, margin: float | None) -> dict[int, Worth]:
        """What the running contracts in a currency are worth, by customer."""
        chosen = np.asarray(self.contracts.currency == currency, dtype=bool)
        return worth.of_customers(self.contracts.only(chosen), self.study, rates=rates, margin=margin)


def agreed(backend: Any, *, demo: bool, day: date, calendar: CalendarKind) -> Agreed | None:
    """Read the contracts as of a day and fit who stays; None where there is none."""
    now = read(backend, demo=demo, until=day, calendar=calendar)
    if not len(now.start):
        return None
    before = {}
    for months in np.unique(now.months).tolist():
        held = staying.held_months(now, months)
        if held is not None:
            cut = date.fromordinal(day.toordinal() - round(held * MONTH))
            before[months] = read(backend, demo=demo, until=cut, calendar=calendar, looking_back=True)
    return Agreed(now, staying.study(now, before))


def payload(known: Agreed, worths: Mapping[str, Mapping[int, Worth]], rates: Rates) -> dict[str, Any]:
    """What the page shows; amounts in minor units by currency."""
    found = known.contracts
    return {
        "contracts": len(found.start), "running": int((~found.gone).sum()), "year": loss.year(found),
        "reasons": loss.reasons(found), "survival": loss.curve(found), "renewals": loss.renewals(found, known.study),
        "months": {calendar: loss.months(found, calendar) for calendar in CALENDARS},
        "cohorts": {calendar: loss.cohorts(found, calendar) for calendar in CALENDARS},
        "segments": [
            {"kind": kind, "months": months, **(model.payload or {})}
            for (kind, months), model in sorted(known.study.segments.items())
        ],
        "worth": {
            currency: {
                "customers": len(of), "monthly": sum(one.monthly for one in of.values()),
                "sure": sum(one.sure for one in of.values()), "ahead": sum(one.ahead for one in of.values()),
                "whole": None if any(one.whole is None for one in of.values()) else
                         sum(one.whole or 0 for one in of.values()),
            }
            for currency, of in worths.items() if of
        },
        "horizon": rates.months, "discount": rates.discount,
    }  # fmt: skip
