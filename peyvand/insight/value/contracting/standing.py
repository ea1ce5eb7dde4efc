"""How every contract of a business stood on a day, as columns. Heavy: not for the web process."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import numpy as np
import numpy.typing as npt
from ibis import _

from peyvand.foundation.calendar.calendars import CalendarKind, add_months, parts
from peyvand.insight.value.fitting.likelihood import Vector

Index = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts = npt.NDArray[Any]
MONTH = 30.4375  # days
FAR = 10**7  # the day of what has no end


@dataclass(frozen=True)
class Contracts:
    """One row a contract that had begun by the day `until` (days are ordinals, as date.toordinal).

    `months` is the time between two chances to leave: the term, or of an open contract the period of its fee. `passed`
    counts those it has survived; a contract that has ended, `gone`, left at the next. `term_end` is the last day of the
    time that runs; `last` the last day that is known of (FAR where none is, also where it was noted after `until`).
    `monthly` is the fee a month as last agreed, in minor units of `currency`.
    """

    until: int
    calendar: CalendarKind
    contract: Index
    customer: Index  # 0 where they were erased
    kind: Texts
    currency: Texts
    reason: Texts
    start: Index
    last: Index
    term_end: Index
    months: Vector
    passed: Index
    monthly: Vector
    itself: Flags  # another term begins by itself
    open: Flags  # without a term

    @property
    def gone(self) -> Flags:
        """Who has ended by the day."""
        return self.last <= self.until

    def only(self, chosen: Flags) -> Contracts:
        """Some of the rows."""
        columns = {name: column[chosen] for name, column in vars(self).items() if name not in ("until", "calendar")}
        return Contracts(until=self.until, calendar=self.calendar, **columns)


def read(backend: Any, *, demo: bool, until: date, calendar: CalendarKind, looking_back: bool = False) -> Contracts:
    """The contracts of a business as they stood at the end of the day `until`; months are those of the calendar.

    `looking_back`: what was noted of later days is not known yet, as when a model is tried on the past.
    """
    day = ibis.literal(until)
    terms = backend.table("contract_periods").filter(_.demo == demo, _.starts_on <= day)
    begun = terms.group_by("contract_id").agg(terms=terms.count().cast("int64"), term_end=terms.ends_on.max())
    found = backend.table("contracts").filter(_.demo == demo, _.starts_on <= day)
    rows = found.inner_join(begun, found.id == begun.contract_id).order_by("id").to_pyarrow()
    return columns(rows, until=until, calendar=calendar, looking_back=looking_back)


def columns(rows: Any, *, until: date, calendar: CalendarKind, looking_back: bool = False) -> Contracts:
    """The rows of an Arrow table of contracts with `terms` begun and the `term_end` of the last."""
    end = until.toordinal()
    start, last = _days(rows["starts_on"]), _days(rows["ended_on"])
    if looking_back:
        last = np.where(last > end, FAR, last)
    period = rows["period_months"].to_numpy().astype(float)
    term = rows["term_months"].to_numpy(zero_copy_only=False).astype(float)
    is_open = np.isnan(term)
    months = np.where(is_open, period, term)
    # Of an open contract: whole periods lived through, of one that ended those before its last.
    lived = whole_months(start, np.where(last <= end, last, end + 1), calendar) // months
    passed = np.where(is_open, lived, rows["terms"].to_numpy() - 1)
    term_end = _days(rows["term_end"])
    for at in np.flatnonzero(is_open):
        over = add_months(date.fromordinal(int(start[at])), int((lived[at] + 1) * months[at]), calendar)
        term_end[at] = over.toordinal() - 1
    return Contracts(
        until=end, calendar=calendar,
        contract=rows["id"].to_numpy().astype(np.int64),
        customer=np.nan_to_num(rows["customer_id"].to_numpy(zero_copy_only=False).astype(float)).astype(np.int64),
        kind=np.array(rows["kind"].to_pylist(), dtype=object),
        currency=np.array(rows["currency"].to_pylist(), dtype=object),
        reason=np.array(rows["reason"].to_pylist(), dtype=object),
        start=start, last=last, term_end=term_end, months=months,
        passed=np.maximum(passed, 0).astype(np.int64), monthly=rows["fee_minor"].to_numpy().astype(float) / period,
        itself=np.array(rows["renews_itself"].to_pylist(), dtype=bool), open=is_open,
    )  # fmt: skip


def whole_months(first: Index, until: Index, calendar: CalendarKind) -> Index:
    """Months of the calendar that lie whole between two days, the second left out."""
    days = np.unique(np.concatenate([first, until]))
    known = np.array([_month_and_day(day, calendar) for day in days.tolist()], dtype=np.int64).reshape(-1, 2)
    begin, end = known[np.searchsorted(days, first)], known[np.searchsorted(days, until)]
    return np.asarray(end[:, 0] - begin[:, 0] - (end[:, 1] < begin[:, 1]), dtype=np.int64)


def _month_and_day(day: int, calendar: CalendarKind) -> tuple[int, int]:
    year, month, number = parts(date.fromordinal(day), calendar)
    return year * 12 + month, number


def _days(column: Any) -> Index:
    found = [FAR if day is None else day.toordinal() for day in column.to_pylist()]
    return np.array(found, dtype=np.int64)
