"""From a question that may be asked to a plan: plain data that says what is computed, with nothing left to look up.

Two readers for whom everything is the same have the same plan, and so the same answer.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils import timezone

from peyvand.foundation.accounts import settings
from peyvand.foundation.calendar.calendars import CalendarKind, zone
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import WarehouseFact
from peyvand.foundation.registry.registry import registry
from peyvand.insight.reports import catalogue
from peyvand.insight.reports.declarations import Measure
from peyvand.insight.reports.questions import Checked, value_read
from peyvand.insight.reports.sides import is_side, spec_of
from peyvand.insight.reports.spans import Span, beside, span_of
from peyvand.memory.customers.access import sees_everybody

FEWEST = 5  # people of whom a group consists at least, for readers who may not see everybody
Plan = dict[str, Any]


def today() -> date:
    """The day in the workspace's time zone, by which the warehouse's days go."""
    return timezone.now().astimezone(zone(settings.text("time_zone"))).date()


def spans(asked: Checked, calendar: CalendarKind) -> tuple[Span | None, Span | None]:
    """The days that are asked about, and those beside which they are held."""
    return _spans(_window(asked), calendar, today())


def renewed(plan: Plan, day: date) -> Plan:
    """The plan as it would be made on that day: "this month" is another one than when it was made."""
    span, other = _spans(plan["window"], CalendarKind(plan["calendar"]), day)
    return {**plan, "span": span.plain if span else None, "beside": other.plain if other else None}


def _window(asked: Checked) -> dict[str, Any]:
    question = asked.question
    return {name: getattr(question, name) for name in ("period", "days", "start", "end", "compare")}


def _spans(window: Mapping[str, Any], calendar: CalendarKind, day: date) -> tuple[Span | None, Span | None]:
    told = {name: window[name] for name in ("days", "start", "end")}
    span = span_of(window["period"], today=day, calendar=calendar, **told)
    if span is None or not window["compare"]:
        return span, None
    return span, beside(window["compare"], span, period=window["period"], today=day, calendar=calendar)


def plan_of(
    actor: Actor, asked: Checked, *, calendar: CalendarKind, language: str, people: Sequence[Any] | None = None,
    rows_path: str | None = None,
) -> Plan:  # fmt: skip
    """The plan. `people` are the dimensions' values of a cell whose customers are asked for, instead of numbers; with
    `rows_path` the ids in that column ("" for the fact's key), instead of those of customers.
    """
    question, about = asked.question, asked.subject
    span, other = spans(asked, calendar)
    dimensions = [_dimension(asked, path) for path in question.dimensions]
    used = [asked.field(path) for path in question.dimensions]
    used += [about.fields[one.path] for one in question.conditions]
    personal = any(one.personal for one in used)
    plan: Plan = {
        "fact": about.fact.name, "key": about.fact.key, "demo": actor.demo, "calendar": calendar.value,
        "language": language, "leads": _leads(about.fact.name), "dimensions": dimensions,
        "measures": _measures([about.measures[name] for name in question.measures]),
        "shown": list(question.measures), "conditions": _conditions(asked), "at": question.at,
        "span": span.plain if span else None, "beside": other.plain if other else None,
        "currency_path": asked.currency_path, "currency": question.currency, "people_path": about.people,
        "fewest": FEWEST if personal and about.people and not sees_everybody(actor) else 0,
        "top": question.top, "rows": len(question.rows), "order": question.order, "window": _window(asked),
    }  # fmt: skip
    beside_it = {one.path: _side(about.people, one.path, actor.demo) for one in used if is_side(one.path)}
    if beside_it:
        plan["sides"] = beside_it
    if people is not None:
        plan |= {"people": list(people), "beside": None}
        if rows_path is not None:
            plan["ids_of"] = rows_path or about.fact.key
    return plan


def key_of(plan: Plan, token: str) -> str:
    """A name for the plan's answer from one load of the warehouse, by whichever words its days were asked for."""
    told = {name: value for name, value in plan.items() if name != "window"}
    return hashlib.sha256(json.dumps([told, token], sort_keys=True).encode()).hexdigest()


def _side(people: str, path: str, demo: bool) -> dict[str, Any]:
    """Where the fact is that of customers, they stand beside its key."""
    return {**spec_of(path, demo), "who": people}


def _dimension(asked: Checked, path: str) -> Mapping[str, Any]:
    plain, _sep, grain = path.partition(":")
    return {"path": plain, "grain": grain, "kind": asked.field(path).kind}


def _leads(name: str) -> dict[str, str]:
    """Path → fact, for every way from the fact that a report may take."""
    fact = registry.get(WarehouseFact, name)
    return dict(catalogue.ways(fact))


def _measures(shown: Sequence[Measure]) -> dict[str, Any]:
    """Every measure that is needed, parts of ratios as well, as data."""
    found: dict[str, Any] = {}
    for one in shown:
        found[one.name] = _plain(one)
        for part in one.over:
            found[part] = _plain(registry.get(Measure, part))
    return found


def _plain(one: Measure) -> dict[str, Any]:
    return {
        "op": one.op, "column": one.column, "less": one.less, "over": list(one.over),
        "where": [list(condition) for condition in one.where],
    }  # fmt: skip


def _conditions(asked: Checked) -> list[list[Any]]:
    fields = asked.subject.fields
    found = []
    for one in asked.question.conditions:
        about = fields[one.path]
        values = [] if one.op in ("filled", "empty") else [value_read(about, value) for value in one.values]
        found.append([one.path, one.op, values, about.kind])
    return found
