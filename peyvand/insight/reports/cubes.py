"""Sums by day and a few fields, taken once for several questions: a dashboard reads its fact once, not once a tile.

A cube is kept as long as the load that it was taken from, for every backend that holds this load (`share`); questions
about days inside it, with the same conditions, fields and measures that it has, are answered from it. Only what adds up
(counts, sums, their ratios) can be. Heavy: children of the worker only.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis

Plan = dict[str, Any]
MOST_FIELDS = 3  # beside the day
MOST_ROWS = 500_000
MOST_KEPT = 8
ROWS = "__n"
_KEPT, _TABLES = "cubes", "cube_tables"
_ADDS = ("count", "sum", "ratio")


@dataclass(frozen=True)
class Cube:
    """`rows` (Arrow) have the fields' columns as a fact joined with those it leads to has them, the number of rows as
    ROWS, and a column for each measure (by `part_of`). Of `span` (ISO days, both inside); None is of every row.
    """

    base: str
    paths: frozenset[str]
    parts: Mapping[str, str]
    span: tuple[str, str] | None
    rows: Any

    def covers(self, plan: Plan) -> bool:
        """Whether the plan can be answered from it."""
        return (
            self.base == _base(plan)
            and _paths(plan) <= self.paths
            and set(_parts(plan)) <= set(self.parts)
            and (self.span is None or all(_inside(span, self.span) for span in _spans(plan)))
        )


def part_of(measure: Mapping[str, Any]) -> str:
    """A name for what is added up, whatever the measure is called."""
    return json.dumps([measure[name] for name in ("op", "column", "less", "where")])


def covering(backend: Any, plan: Plan) -> Cube | None:
    """A cube that was taken already."""
    if not _fits(plan):
        return None
    return next((one for one in list(_kept(backend)) if one.covers(plan)), None)


def table_of(backend: Any, cube: Cube) -> Any:
    """Its rows as a table of that backend, which is one thread's."""
    tables: dict[int, tuple[Cube, Any]] = backend.__dict__.setdefault(_TABLES, {})
    if id(cube) not in tables:
        kept = {id(one) for one in _kept(backend)}
        for gone in [key for key in tables if key not in kept]:
            del tables[gone]
        tables[id(cube)] = (cube, ibis.memtable(cube.rows))
    return tables[id(cube)][1]


def share(backend: Any, kept: list[Cube]) -> None:
    """Have the cubes of all who were given the same list, and add to it."""
    backend.__dict__[_KEPT] = kept


def prepare(backend: Any, plans: Sequence[Plan], take: Callable[[Any, Plan, list[str] | None], Any]) -> None:
    """Take the cubes from which two or more of the plans can be answered. `take(backend, plan, span)` gives the
    grouped rows as an Arrow table of at most MOST_ROWS + 1.
    """
    for group in _groups([plan for plan in plans if _fits(plan) and covering(backend, plan) is None]):
        if len(group) < 2:
            continue
        merged, span = _merged(group), _span(group)
        found = take(backend, merged, list(span) if span else None)
        if found.num_rows > MOST_ROWS:
            continue
        parts = {part: f"__{place}" for place, part in enumerate(merged["measures"])}
        paths = frozenset(path for plan in group for path in _paths(plan))
        kept = _kept(backend)
        kept.append(Cube(_base(merged), paths, parts, span, found))
        del kept[:-MOST_KEPT]


def forget(backend: Any) -> None:
    """Have none."""
    _kept(backend).clear()


def _kept(backend: Any) -> list[Cube]:
    found: list[Cube] = backend.__dict__.setdefault(_KEPT, [])
    return found


def _fits(plan: Plan) -> bool:
    """Whether it is one of sums, by days of the moment that its period asks about and by fields that are words."""
    timely = {one["path"] for one in plan["dimensions"] if one["grain"]}
    return (
        bool(plan["at"]) and timely <= {plan["at"]} and not plan["fewest"] and "people" not in plan
        and "sides" not in plan and len(_words(plan)) <= MOST_FIELDS
        and all(one["op"] in _ADDS for one in plan["measures"].values())
    )  # fmt: skip


def _base(plan: Plan) -> str:
    told = [plan[name] for name in ("fact", "demo", "language", "at", "conditions", "currency_path")]
    return json.dumps(told)


def _words(plan: Plan) -> set[str]:
    return {one["path"] for one in plan["dimensions"]} - {plan["at"]}


def _paths(plan: Plan) -> set[str]:
    return {one["path"] for one in plan["dimensions"]} | {plan["at"], plan["currency_path"]} - {""}


def _parts(plan: Plan) -> dict[str, Any]:
    return {part_of(one): one for one in plan["measures"].values() if one["op"] != "ratio"}


def _spans(plan: Plan) -> list[list[str] | None]:
    return [plan["span"], *([plan["beside"]] if plan["beside"] else [])]


def _inside(span: list[str] | None, whole: tuple[str, str]) -> bool:
    return span is not None and whole[0] <= span[0] and span[1] <= whole[1]


def _groups(plans: Sequence[Plan]) -> list[list[Plan]]:
    """Plans of one base whose fields together are few enough."""
    groups: list[tuple[str, set[str], list[Plan]]] = []
    for plan in plans:
        base, words = _base(plan), _words(plan)
        for key, known, group in groups:
            if key == base and len(known | words) <= MOST_FIELDS:
                known |= words
                group.append(plan)
                break
        else:
            groups.append((base, set(words), [plan]))
    return [group for _key, _words_of, group in groups]


def _merged(group: Sequence[Plan]) -> Plan:
    measures = {part: one for plan in group for part, one in _parts(plan).items()}
    paths = sorted({path for plan in group for path in _words(plan)})
    dimensions = [{"path": path, "grain": "", "kind": "text"} for path in paths]
    return {**group[0], "measures": measures, "dimensions": dimensions, "currency": "", "span": None, "beside": None}


def _span(group: Sequence[Plan]) -> tuple[str, str] | None:
    """The days of all of them; None where one asks about every day."""
    spans = [span for plan in group for span in _spans(plan)]
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return None
    return min(one[0] for one in known), max(one[1] for one in known)
