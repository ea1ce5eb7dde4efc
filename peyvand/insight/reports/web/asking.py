"""Days, source and currency as they stand in an address, and the links that change them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.http import Http404, HttpRequest, QueryDict
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.calendar.calendars import CalendarKind
from peyvand.foundation.calendar.periods import Period, PeriodKind, period_of, shift
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.ui import formats
from peyvand.foundation.ui.reader import current_reader
from peyvand.insight.reports import funnel_queries
from peyvand.insight.reports.acquisition_queries import NAMED
from peyvand.insight.reports.asked import DAYS, FIRST_DAY, Asked, today
from peyvand.insight.reports.sources import source_label

ALL = "all"
KINDS = {
    PeriodKind.MONTH.value: _("Month"), PeriodKind.SEASON.value: _("Season"), PeriodKind.YEAR.value: _("Year"),
    ALL: _("All days"),
}  # fmt: skip


class Choice(NamedTuple):
    """One of several: its words, its address, whether it is the one shown."""

    label: str
    url: str
    current: bool


@dataclass(frozen=True)
class Controls:
    """What the page's head shows of the days and the source, with the links to others; "" where there is none."""

    label: str
    kinds: Sequence[Choice]
    earlier: str
    later: str
    calendars: Sequence[Choice]
    sources: Sequence[tuple[str, str, bool]]
    kept: Sequence[tuple[str, str]]
    query: str


def _day(query: QueryDict, name: str, otherwise: date) -> date:
    try:
        found = date.fromisoformat(str(query[name])) if query.get(name) else otherwise
    except ValueError as error:
        raise Http404 from error
    if not DAYS[0] <= found <= DAYS[1]:
        raise Http404
    return found


def calendar_of(query: QueryDict) -> CalendarKind:
    """The calendar of the address, else the reader's."""
    try:
        return CalendarKind(query.get("calendar", current_reader().calendar))
    except ValueError:
        return CalendarKind(current_reader().calendar)


def _kind(query: QueryDict) -> str:
    asked = str(query.get("period", ""))
    return asked if asked in KINDS else PeriodKind.YEAR.value


def _period(query: QueryDict) -> Period | None:
    """The period of the address; None where it is all days."""
    kind = _kind(query)
    return None if kind == ALL else period_of(_day(query, "at", today()), PeriodKind(kind), calendar_of(query))


def asked_of(request: HttpRequest) -> Asked:
    """What the address asks about; days to come are left out of a period that is not over."""
    query, now = request.GET, today()
    period = _period(query)
    since, until = (FIRST_DAY, now) if period is None else (period.start, period.last)
    if since <= now:
        until = min(until, now)
    source = query["source"] if "source" in query and query["source"] != ALL else None
    return Asked(since=since, until=until, source=source, currency=query.get("currency", ""))


def controls(request: HttpRequest, *, actor: Actor, sources: bool = True) -> Controls:
    """The page's controls; where the reader may see no source, there is none to choose."""
    query = request.GET
    period, calendar = _period(query), calendar_of(query)
    chosen = query.get("source", ALL)
    found = [(key, n) for key, n in funnel_queries.sources(actor=actor) if n >= NAMED or not key] if sources else []
    return Controls(
        label=period.label(current_reader().language) if period else str(_("All days")),
        kinds=[Choice(str(word), changed(request, period=kind), kind == _kind(query)) for kind, word in KINDS.items()],
        earlier=changed(request, at=shift(period, -1).start.isoformat()) if period else "",
        later=changed(request, at=shift(period, 1).start.isoformat()) if period and period.end <= today() else "",
        calendars=[
            Choice(words, changed(request, calendar=kind.value), kind is calendar)
            for kind, words in ((CalendarKind.JALALI, str(_("Jalali"))), (CalendarKind.GREGORIAN, str(_("Gregorian"))))
        ],
        sources=[
            (ALL, str(_("Every source")), chosen == ALL),
            *((key, source_label(key), "source" in query and chosen == key) for key, _n in found),
        ] if found else [],
        kept=[(name, query[name]) for name in ("period", "at", "calendar", "currency", "view") if query.get(name)],
        query=kept_query(request),
    )  # fmt: skip


def changed(request: HttpRequest, **query: str) -> str:
    """This page's address with some of its query changed; an empty value takes the name away."""
    asked = request.GET.copy()
    for name in ("cursor", "back"):
        asked.pop(name, None)
    for name, value in query.items():
        asked.pop(name, None)
        if value:
            asked[name] = value
    return f"?{asked.urlencode()}" if asked else request.path


def kept_query(request: HttpRequest) -> str:
    """The part of the address that says which days, source and currency, to be carried to another page."""
    kept = QueryDict(mutable=True)
    for name in ("period", "at", "calendar", "source", "currency"):
        if name in request.GET:
            kept[name] = request.GET[name]
    return kept.urlencode()


def days_text(asked: Asked) -> str:
    """From when to when, for the reader."""
    if asked.since == FIRST_DAY:
        return gettext("up to %(day)s") % {"day": formats.day(asked.until, "full")}
    return gettext("%(first)s to %(last)s") % {
        "first": formats.day(asked.since, "full"),
        "last": formats.day(asked.until, "full"),
    }


def span_days(days: float | None) -> str:
    """A length of time in words: hours under two days, else days."""
    if days is None:
        return "–"
    if days * 24 < 1:
        return gettext("less than an hour")
    if days < 2:
        hours = round(days * 24)
        return ngettext("%(n)s hour", "%(n)s hours", hours) % {"n": formats.number(hours)}
    return ngettext("%(n)s day", "%(n)s days", round(days)) % {"n": formats.number(round(days))}
