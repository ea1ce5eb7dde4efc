"""What a list's address asks for, the same for the page, the timeline, the export and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from peyvand.foundation.calendar.calendars import add_months, first_of_month, month_index, parts, start_of_week
from peyvand.foundation.calendar.parsing import DateError
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label
from peyvand.foundation.ui.formats import read_date
from peyvand.foundation.ui.reader import current_reader
from peyvand.memory.interactions import queries
from peyvand.memory.interactions.queries import InteractionFilter

TEXT_LENGTH = 100
NAMES = ("kind", "channel", "direction", "staff", "customer", "who", "q", "when", "from", "to", "files")
PRESETS: Mapping[str, Label] = {
    "today": _("Today"),
    "yesterday": _("Yesterday"),
    "week": _("This week"),
    "month": _("This month"),
    "last-month": _("Last month"),
    "year": _("This year"),
}


@dataclass(frozen=True)
class Asked:
    """What was understood: the conditions, `given` as the address said it, and the first and last day asked for."""

    chosen: InteractionFilter
    given: Mapping[str, str]
    first: date | None = None
    last: date | None = None
    problems: tuple[str, ...] = ()


def asked(*, actor: Actor, query: Mapping[str, str]) -> Asked:
    """Read a query; what can't be read is left out, and said in `problems` where a person typed it."""
    given = {name: query.get(name, "").replace("\x00", "").strip()[:TEXT_LENGTH] for name in NAMES}
    known = {kind.name for kind in queries.kinds(actor=actor)}
    kinds = tuple(name for name in given["kind"].split(",") if name in known)
    given["kind"] = ",".join(kinds)
    if given["direction"] not in ("in", "out"):
        given["direction"] = ""
    given["staff"] = (str(actor.user_id or "") if given["staff"] == "me" else given["staff"]) or ""
    for name in ("staff", "customer"):
        if not _id(given[name]):
            given[name] = ""
    if given["when"] not in PRESETS:
        given["when"] = ""
    given["files"] = "1" if given["files"] == "1" else ""
    first, last, problems = _days(given)
    zone = current_reader().zone
    chosen = InteractionFilter(
        kinds=kinds,
        channel=given["channel"][:20],
        direction=given["direction"],
        staff_id=_id(given["staff"]),
        customer_id=_id(given["customer"]),
        who=given["who"],
        text=given["q"],
        since=datetime.combine(first, time(), tzinfo=zone) if first else None,
        until=datetime.combine(last + timedelta(days=1), time(), tzinfo=zone) if last else None,
        with_files=bool(given["files"]),
    )
    kept = {name: value for name, value in given.items() if value}
    kept = {name: kept[name] for name in NAMES if name in kept}
    return Asked(chosen=chosen, given=kept, first=first, last=last, problems=problems)


def preset_days(name: str, today: date) -> tuple[date, date]:
    """The first and last day of a preset, in the months and weeks of the reader's calendar."""
    calendar = current_reader().calendar
    month = first_of_month(month_index(today, calendar), calendar)
    if name == "yesterday":
        return today - timedelta(days=1), today - timedelta(days=1)
    if name == "week":
        return start_of_week(today, calendar), today
    if name == "month":
        return month, today
    if name == "last-month":
        return add_months(month, -1, calendar), month - timedelta(days=1)
    if name == "year":
        return add_months(month, 1 - parts(today, calendar)[1], calendar), today
    return today, today


def _days(given: dict[str, str]) -> tuple[date | None, date | None, tuple[str, ...]]:
    today = timezone.now().astimezone(current_reader().zone).date()
    if given["when"]:
        given["from"] = given["to"] = ""
        first, last = preset_days(given["when"], today)
        return first, last, ()
    found: list[date | None] = []
    problems = []
    for name in ("from", "to"):
        try:
            found.append(_day(given[name]))
        except DateError as error:
            problems.append(str(error))
            given[name] = ""
            found.append(None)
    return found[0], found[1], tuple(problems)


def _day(text: str) -> date | None:
    """A day far enough from the ends of time that its midnight exists in every zone."""
    day = read_date(text) if text else None
    return day if day is None or 1000 < day.year < 9000 else None


def _id(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 and int(text) > 0 else None
