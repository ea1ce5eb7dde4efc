"""From a plan to its answer, as Ibis expressions over the warehouse's tables. Heavy: children of the worker only.

Rows of an answer are [value of each dimension …, number of each measure shown …]; times are the ISO day on which the
period begins. `OTHERS` stands for what was put together: beyond the top, or in groups of too few people.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import reduce
from operator import and_
from typing import Any

import ibis
from django.utils.translation import gettext_noop

from peyvand.insight.reports import cubes, people_beside
from peyvand.insight.reports.expressions import (
    OTHERS,
    calendar_days,
    group_key,
    held_in,
    holds,
    or_others,
    read_of,
    told_in,
)

MOST_GROUPS = 5_000  # of an answer
MOST_PEOPLE = 20_000  # of a cell
MOST_CURRENCIES = 20
MOST_RANKED = 1_000_000  # groups of which the first are sought
CURRENCIES = "currencies_of"
Expression = Any  # ibis has no stubs
Plan = dict[str, Any]  # see planning.plan_of
MANY = gettext_noop("This would be more than 5,000 rows. Group by something coarser, filter, or keep the first few.")
FEW = gettext_noop("Fewer than five people are behind this, so it is not shown to those who may not see them all.")


class AnswerError(Exception):
    """A plan that has no answer, with the sentence (an English msgid) that says why."""


def answered(backend: Any, plan: Plan) -> dict[str, Any]:
    """The answer as JSON."""
    cube = cubes.covering(backend, plan)
    view = _View(backend, plan, cube)
    if "people" in plan:
        return view.people()
    currencies = view.currencies()
    currency = plan["currency"] or (currencies[0][0] if currencies else "")
    found: dict[str, Any] = {"currency": currency, "currencies": [code for code, _rows in currencies]}
    view.only(currency)
    found |= view.rows(plan["span"])
    if plan["beside"]:
        before = _View(backend, plan, cube)
        before.only(currency)
        found["before"] = before.rows(plan["beside"])
    return found


def prepare(backend: Any, plans: Sequence[Plan]) -> None:
    """Read once for those of the plans that can be answered from the same sums."""
    cubes.prepare(backend, plans, _cube_taken)


def _cube_taken(backend: Any, plan: Plan, span: list[str] | None) -> Any:
    view = _View(backend, plan)
    table = view._within(span)
    paths = {one["path"] for one in plan["dimensions"]} | {plan["at"], plan["currency_path"]} - {""}
    keys = sorted({name for path in paths for name in told_in(path, table.columns)})
    sums = {f"__{place}": view._aggregate(table, one) for place, one in enumerate(plan["measures"].values())}
    grouped = table.group_by(keys).agg(**{cubes.ROWS: table.count()}, **sums)
    return grouped.limit(cubes.MOST_ROWS + 1).to_pyarrow()


class _View:
    """The fact with the columns that the plan names, those it leads to joined."""

    def __init__(self, backend: Any, plan: Plan, cube: cubes.Cube | None = None) -> None:
        self.plan, self.backend, self.cube = plan, backend, cube
        self.filters: list[Expression] = []
        if cube is not None:
            self.table = cubes.table_of(backend, cube)
            return
        self.table = self._joined()
        self.filters = [self.table["demo"] == plan["demo"]]
        for path, op, values, kind in plan["conditions"]:
            self.filters.append(holds(self._column(path), op, values, kind))

    def only(self, currency: str) -> None:
        """Rows of one currency; amounts of others are never added to them."""
        if self.plan["currency_path"]:
            self.filters.append(self.table[self.plan["currency_path"]] == currency)

    def currencies(self) -> list[tuple[str, int]]:
        """The currencies of the amounts, that of most rows first."""
        path = self.plan["currency_path"]
        if not path:
            return []
        asked = [self.plan[part] for part in ("fact", "demo", "currency_path", "conditions", "span", "at")]
        asked.append(self.plan.get("sides"))
        key = json.dumps(asked)
        known: dict[str, list[tuple[str, int]]] = self.backend.__dict__.setdefault(CURRENCIES, {})
        if key in known:  # the tiles of a dashboard ask the same
            return known[key]
        table = self._within(self.plan["span"])
        found = table.filter(table[path].notnull()).group_by(path).agg(n=self._count)
        rows = found.order_by(ibis.desc("n"), path).limit(MOST_CURRENCIES).to_pyarrow().to_pylist()
        known[key] = [(row[path], row["n"]) for row in rows]
        return known[key]

    def rows(self, span: list[str] | None) -> dict[str, Any]:
        """Groups and the whole."""
        plan, table = self.plan, self._within(span)
        names = [f"d{place}" for place in range(len(plan["dimensions"]))]
        table = self._grouped(table)
        total = None
        if not names or plan["fewest"] or not self._adds_up():
            total = table.agg(**self._aggregates(table)).to_pyarrow().to_pylist()[0]
            if plan["fewest"] and 0 < total["__people"] < plan["fewest"]:
                raise AnswerError(FEW)
        if not names:
            return {**self._whole(total or {}), "rows": [], "folded": False, "left": False}
        table, folded = self._folded(table, names)
        if plan["top"] and len(names) == 1 and not plan["fewest"] and self._adds_up():
            found, left = self._first_of(table, names[0])
        else:
            table, left = self._topped(table, names)
            grouped = table.group_by(names).agg(**self._aggregates(table))
            found = grouped.limit(MOST_GROUPS + 1).to_pyarrow().to_pylist()
        if len(found) > MOST_GROUPS:
            raise AnswerError(MANY)
        rows = [
            [*(_plain(row[name]) for name in names), *(self._numbers(row)[name] for name in plan["shown"])]
            for row in found
        ]
        if total is None:
            parts = ["__rows", *(name for name, one in plan["measures"].items() if one["op"] != "ratio")]
            total = {name: sum((row[name] for row in found), 0) for name in parts}
        return {**self._whole(total), "rows": self._ordered(rows), "folded": folded, "left": left}

    def _adds_up(self) -> bool:
        """Whether the whole is the sum of its groups, exactly, so that the rows need not be read twice."""
        return all(one["op"] in ("count", "sum", "ratio") for one in self.plan["measures"].values())

    def _whole(self, total: dict[str, Any]) -> dict[str, Any]:
        numbers = self._numbers(total)
        return {"total": [numbers[name] for name in self.plan["shown"]], "count": numbers["__rows"]}

    def people(self) -> dict[str, Any]:
        """The customers of one cell: their ids, at most MOST_PEOPLE, and how many rows name nobody."""
        plan = self.plan
        if plan["currency_path"] and plan["currency"]:
            self.only(plan["currency"])
        table = self._grouped(self._within(plan["span"]))
        for place, value in enumerate(plan["people"]):
            if value == "*":
                continue
            column = table[f"d{place}"]
            table = table.filter(column.isnull() if value is None else column.cast("string") == str(value))
        for shown in plan["shown"][:1]:
            parts = plan["measures"][shown]
            for name in parts["over"][:1] or [shown]:
                where = self._where(table, plan["measures"][name])
                table = table.filter(where) if where is not None else table
        if plan["fewest"] and 0 < table[plan["people_path"]].nunique().to_pyarrow().as_py() < plan["fewest"]:
            raise AnswerError(FEW)
        who = table[plan.get("ids_of") or plan["people_path"]]
        order = ibis.desc("who") if "ids_of" in plan else "who"  # of records the newest
        ids = table.filter(who.notnull()).select(who=who).distinct().order_by(order).limit(MOST_PEOPLE + 1)
        found = [row["who"] for row in ids.to_pyarrow().to_pylist()]
        nameless = int(table.filter(who.isnull()).count().to_pyarrow().as_py())
        return {"ids": found[:MOST_PEOPLE], "more": len(found) > MOST_PEOPLE, "nameless": nameless}

    # ── what it is made of ──

    def _joined(self) -> Expression:
        plan = self.plan
        wanted = {one["path"] for one in plan["dimensions"]} | {one[0] for one in plan["conditions"]}
        wanted |= {path for one in plan["measures"].values() for path, _op, _value in one["where"]}
        wanted |= {plan["at"], plan["currency_path"], plan["people_path"], plan.get("ids_of", "")} - {""}
        sides = plan.get("sides", {})
        wanted = (wanted - set(sides)) | {one["who"] for one in sides.values()}
        wanted |= {path for path in plan["leads"] if any(one.startswith(path + ".") for one in wanted)}
        table = self.backend.table(plan["fact"])
        own = {one["column"] for one in plan["measures"].values()} | {one["less"] for one in plan["measures"].values()}
        own |= {path for path in wanted if "." not in path} | {"demo", plan["key"]}
        columns = {name for name in own - {""} for name in held_in(name, table.columns)}
        table = table.select(sorted(columns))
        for path in sorted((path for path in wanted if path in plan["leads"]), key=lambda one: one.count(".")):
            below = {one.removeprefix(path + ".") for one in wanted if one.startswith(path + ".")}
            needed = {one for one in below if "." not in one}
            if not needed:
                continue
            other = self.backend.table(plan["leads"][path])
            named = {f"{path}.{held}": held for one in needed for held in held_in(one, other.columns)}
            side = other.select(**{f"{path}.__key": "id", **named})
            table = table.left_join(side, table[path] == side[f"{path}.__key"]).drop(f"{path}.__key")
        for path, spec in sides.items():
            side = people_beside.side(self.backend, spec)
            table = table.left_join(side, table[spec["who"]] == side["__who"])
            value = table["__value"]
            if spec["kind"] != "trait":
                value = table["__who"].notnull()
            elif not spec["text"]:
                value = (value == "true").fill_null(False)
            table = table.mutate(**{path: value}).drop("__who", "__value")
        return table

    def _column(self, path: str) -> Expression:
        """A field's value; of a moment, its day in the workspace's zone."""
        return read_of(self.table, path, self.plan["language"])

    def _within(self, span: list[str] | None) -> Expression:
        filters = list(self.filters)
        if span:
            day = self._column(self.plan["at"])
            filters += [day >= date.fromisoformat(span[0]), day <= date.fromisoformat(span[1])]
        return self.table.filter(reduce(and_, filters)) if filters else self.table

    def _grouped(self, table: Expression) -> Expression:
        """With a column d0, d1, … for each dimension; of a time the day on which its period begins."""
        for place, one in enumerate(self.plan["dimensions"]):
            name, column = f"d{place}", read_of(table, one["path"], self.plan["language"])
            if one["grain"] in ("", "day"):
                table = table.mutate(**{name: column})
                continue
            days = calendar_days(self.backend)
            side = days.select(**{f"{name}__day": "day", name: f"{self.plan['calendar']}_{one['grain']}"})
            table = table.left_join(side, column == side[f"{name}__day"]).drop(f"{name}__day")
        return table

    def _aggregates(self, table: Expression) -> dict[str, Expression]:
        found = {"__rows": self._count(table)}
        for name, one in self.plan["measures"].items():
            if one["op"] != "ratio":
                found[name] = self._aggregate(table, one)
        if self.plan["fewest"]:
            found["__people"] = table[self.plan["people_path"]].nunique()
        return found

    def _count(self, table: Expression) -> Expression:
        return table.count() if self.cube is None else table[cubes.ROWS].sum().fill_null(0)

    def _where(self, table: Expression, one: Any) -> Expression | None:
        parts = [
            holds(read_of(table, path, self.plan["language"]), op, [value], "text") for path, op, value in one["where"]
        ]
        return reduce(and_, parts) if parts else None

    def _aggregate(self, table: Expression, one: Any) -> Expression:
        if self.cube is not None:
            return table[self.cube.parts[cubes.part_of(one)]].sum().fill_null(0)
        where = self._where(table, one)
        if one["op"] == "count":
            return table.count(where=where)
        column = table[one["column"]]
        if one["op"] == "distinct":
            return column.nunique(where=where)
        if one["less"]:
            column = column - table[one["less"]]
        if one["op"] == "sum":
            return column.sum(where=where).fill_null(0)
        number = column.cast("float64")
        if one["op"] == "median":  # Spark's takes no condition
            return (number if where is None else ibis.ifelse(where, number, None)).median()
        return {"mean": number.mean, "min": column.min, "max": column.max}[one["op"]](where=where)

    def _numbers(self, row: dict[str, Any]) -> dict[str, Any]:
        """Every measure of a row, ratios from their parts."""
        found = {name: _plain(value) for name, value in row.items()}
        for name, one in self.plan["measures"].items():
            if one["op"] == "ratio":
                over, by = (row[part] for part in one["over"])
                found[name] = float(over) / float(by) if over is not None and by else None
        return found

    def _folded(self, table: Expression, names: Sequence[str]) -> tuple[Expression, bool]:
        """Groups of fewer people than allowed are put together, and more of them until those together are enough."""
        fewest = self.plan["fewest"]
        if not fewest:
            return table, False
        key = group_key(table, names)
        table = table.mutate(__key=key)
        people = table[self.plan["people_path"]].nunique()
        groups = table.group_by("__key").agg(n=people).order_by("n", "__key").limit(MOST_GROUPS + 1)
        found = groups.to_pyarrow().to_pylist()
        if len(found) > MOST_GROUPS:
            raise AnswerError(MANY)
        small = [row["__key"] for row in found if 0 < row["n"] < fewest]
        if not small:
            return table.drop("__key"), False
        rest = [row for row in found if row["n"] >= fewest]
        together = table.filter(table["__key"].isin(small))[self.plan["people_path"]].nunique().to_pyarrow().as_py()
        if together < fewest and rest:
            small.append(rest[0]["__key"])
        is_small = table["__key"].isin(small)
        table = table.mutate(**{name: or_others(table, name, ~is_small) for name in names})
        return table.drop("__key"), True

    def _topped(self, table: Expression, names: Sequence[str]) -> tuple[Expression, bool]:
        """Of the first rows only so many stay by themselves; the rest of what is no time is put together."""
        plan = self.plan
        if not plan["top"] or not plan["rows"] or plan["dimensions"][0]["grain"]:
            return table, False
        name, shown = names[0], plan["shown"][0]
        ranked = [
            (self._numbers(row)[shown], _plain(row[name]))
            for row in table.group_by(name).agg(**self._aggregates(table)).limit(MOST_RANKED).to_pyarrow().to_pylist()
        ]
        ranked.sort(key=lambda one: (one[1] == OTHERS, one[0] is None, -float(one[0] or 0), str(one[1])))
        if len(ranked) <= plan["top"]:
            return table, False
        kept = [value for _number, value in ranked[: plan["top"]]]
        column = table[name].cast("string")
        stays = column.isin([str(value) for value in kept if value is not None])
        stays = (stays.fill_null(False) | column.isnull()) if None in kept else stays.fill_null(False)
        return table.mutate(**{name: or_others(table, name, stays)}), True

    def _first_of(self, table: Expression, name: str) -> tuple[list[dict[str, Any]], bool]:
        """As `_topped`, of sums by one field: the rest is added up here instead of being read again."""
        plan, shown = self.plan, self.plan["shown"][0]
        rows = table.group_by(name).agg(**self._aggregates(table)).limit(MOST_RANKED).to_pyarrow().to_pylist()
        if plan["dimensions"][0]["grain"] or not plan["rows"] or len(rows) <= plan["top"]:
            return rows, False
        values = [(self._numbers(row)[shown], _plain(row[name]), row) for row in rows]
        values.sort(key=lambda one: (one[0] is None, -float(one[0] or 0), str(one[1])))
        kept, rest = [one[2] for one in values[: plan["top"]]], [one[2] for one in values[plan["top"] :]]
        together = {part: sum((row[part] or 0 for row in rest), 0) for part in rest[0] if part != name}
        return [*kept, {name: OTHERS, **together}], True

    def _ordered(self, rows: list[list[Any]]) -> list[list[Any]]:
        """Times in their order; else by the first number, greatest first, or by the value itself; others last. Equals
        stand by what they are called.
        """
        plan, count = self.plan, len(self.plan["dimensions"])

        def text(value: Any) -> tuple[bool, bool, str]:
            return (value == OTHERS, value is None, str(value))

        if not plan["rows"] or plan["dimensions"][0]["grain"] or plan["order"] == "label":
            return sorted(rows, key=lambda row: [text(value) for value in row[:count]])
        sums: dict[Any, float] = {}
        for row in rows:
            sums[row[0]] = sums.get(row[0], 0.0) + float(row[count] or 0)
        timely = bool(plan["dimensions"][-1]["grain"])

        def place(row: list[Any]) -> tuple[Any, ...]:
            inner = tuple(text(value) for value in row[1:count])
            first = (row[0] == OTHERS, -sums[row[0]], str(row[0]), *(inner if timely else ()))
            return (*first, -float(row[count] or 0), *inner)

        return sorted(rows, key=place)


def _plain(value: Any) -> Any:
    """As JSON: decimals as exact text, days as ISO."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")
    return value.isoformat() if isinstance(value, date) else value
