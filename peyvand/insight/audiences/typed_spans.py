"""Spans of time and counts in typed words: "in ninety days", "last season", "between 2 and 4 times", "since Yalda"."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from peyvand.foundation.calendar.parsing import DateError, parse_date
from peyvand.foundation.calendar.periods import PeriodKind, period_of, previous
from peyvand.foundation.text.keys import fa_key
from peyvand.insight.audiences import typed_words as words
from peyvand.insight.audiences.asking import Clock
from peyvand.insight.audiences.reading import LONGEST_DAYS

Take = Callable[[re.Pattern[str]], re.Match[str] | None]  # uses the first place of a pattern up
Found = tuple[dict[str, Any], re.Match[str] | None]  # what is kept of it; where it was said, if that is to be told


def woven(folded: str) -> str:
    """The text with the "and" between two ends of a span as a sign of its own length, so that it parts nothing."""
    for match in words.ENDS.finditer(folded):
        start, end = match.span(1)
        folded = f"{folded[: start + 1]}{words.JOIN * (end - start - 2)}{folded[end - 1 :]}"
    return folded


def within(take: Take, now: Clock) -> Found | None:
    """When it was, as a tree has it; None where nothing is said of it. Empty with what was said where there is no such
    day.
    """
    match = take(words.SPAN)
    if match is not None:
        first, last = _day(match.group(1)), _day(match.group(2))
        if first is None or last is None or first > last:
            return {}, match
        return {"from": first.isoformat(), "to": last.isoformat()}, match
    match = take(words.SINCE_DAY)
    if match is not None:
        day = _day(match.group(1))
        return ({"from": day.isoformat()}, match) if day is not None else ({}, match)
    for name, pattern in words.BEFORE.items():
        match = take(pattern)
        if match is not None:
            period = previous(period_of(now.today, PeriodKind(name), now.calendar))
            return {"from": period.start.isoformat(), "to": period.last.isoformat()}, match
    match = take(words.LAST)
    if match is not None:
        days = int(Decimal(match.group(1).replace(",", "")) * words.DAYS[_unit(match.group(2))])
        return ({"last": days}, None) if 0 < days <= LONGEST_DAYS else None
    if take(words.TODAY):
        return {"last": 1}, None
    match = take(words.LAST_ONE)
    if match is not None:
        return {"last": words.DAYS[_unit(match.group(1) or match.group(2))]}, None
    return next((({"since": name}, None) for name, pattern in words.SINCE.items() if take(pattern)), None)


def _unit(word: str) -> str:
    return next(unit for unit, names in words.UNITS.items() if word in map(fa_key, names.split("|")))


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except DateError:
        return None


def counts(take: Take) -> tuple[list[dict[str, Any]], re.Match[str] | None]:
    """How often: one bound or two. With no bound the match is what was said and cannot be, as "fewer than 0 times"."""
    match = take(words.COUNT_BETWEEN)
    if match is not None:
        low, high = (int(one) if one.isdigit() and len(one) < 6 else 0 for one in match.groups())
        bounds = [{"operator": "least", "n": low}, {"operator": "most", "n": high}]
        return (bounds, match) if 0 < low <= high else ([], match)
    readings: tuple[tuple[re.Pattern[str], str, int], ...] = (
        (words.COUNT_IS, "is", 0), (words.COUNT_FEWER, "most", -1), (words.COUNT_MOST, "most", 0),
        (words.COUNT_MORE, "least", 1), (words.COUNT_LEAST, "least", 0),
    )  # fmt: skip
    for pattern, operator, more in readings:
        match = take(pattern)
        if match is not None:
            said = match.group(1)
            n = int(said) + more if said.isdigit() and len(said) < 6 else -1
            return ([{"operator": operator, "n": n}] if n >= (operator == "least") else []), match
    return [], None
