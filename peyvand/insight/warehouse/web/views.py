"""The warehouse as people see it: which facts, what they mean, how fresh, do they agree with their source."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from peyvand.foundation.accounts import settings as workspace_settings
from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import Label, WarehouseFact
from peyvand.foundation.registry.registry import registry
from peyvand.insight.warehouse import access, queries
from peyvand.insight.warehouse.models import Load
from peyvand.insight.warehouse.shapes import DAY, shape_of
from peyvand.insight.warehouse.web.star import HEIGHT, WIDTH, drawn


@dataclass(frozen=True)
class FactLine:
    """A fact, what of it was loaded, and whether every control sum agrees."""

    fact: WarehouseFact
    rows: int | None
    bytes: int
    agrees: bool
    checked: datetime | None

    @property
    def kilobytes(self) -> int:
        """Size of the files, rounded up."""
        return -(-self.bytes // 1024)


@dataclass(frozen=True)
class ColumnLine:
    """A column of the files. `leads` is the fact whose key stands in it."""

    name: str
    type: str
    meaning: Label
    leads: WarehouseFact | None


@dataclass(frozen=True)
class SumLine:
    """A control sum: of the rows where `name` is "rows"."""

    name: str
    source: str
    files: str

    @property
    def agrees(self) -> bool:
        """Whether the files hold what the source does."""
        return self.source == self.files


@dataclass(frozen=True)
class Cell:
    """A value of a row as it stands."""

    kind: str
    value: Any


def _lines(load: Load | None) -> list[FactLine]:
    return [_line(fact, load) for fact in registry.all(WarehouseFact)]


def _line(fact: WarehouseFact, load: Load | None) -> FactLine:
    found: dict[str, Any] = load.facts.get(fact.name, {}) if load else {}
    checked = found.get("checked")
    return FactLine(
        fact=fact,
        rows=found.get("rows"),
        bytes=found.get("bytes", 0),
        agrees=all(source == loaded for source, loaded in found.get("sums", {}).values()),
        checked=datetime.fromisoformat(checked) if checked else None,
    )


@require_GET
def loads_page(request: HttpRequest) -> HttpResponse:
    """Facts and how they hang together, how fresh they are, the loads before."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    load = queries.current_load(actor=actor)
    lines = _lines(load)
    context = {
        "load": load,
        "lines": lines,
        "star": drawn(registry.all(WarehouseFact)),
        "box": {"width": WIDTH, "height": HEIGHT},
        "recent": queries.loads(actor=actor)[:10],
        "waiting": queries.waiting(actor=actor),
        "kilobytes": sum(line.bytes for line in lines) // 1024,
        "rows": sum(line.rows or 0 for line in lines),
    }
    return render(request, "warehouse/loads.html", context)


@require_GET
def fact_page(request: HttpRequest, name: str) -> HttpResponse:
    """One fact: its columns, its control sums, its newest rows for who may see them, how to open its files."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    load = queries.current_load(actor=actor)
    if not registry.has(WarehouseFact, name):
        raise Http404(name)
    fact = registry.get(WarehouseFact, name)
    found = load.facts.get(name, {}) if load else {}
    context = {
        "load": load,
        "line": _line(fact, load),
        "columns": _columns(fact),
        "sums": [SumLine(column, *map(_short, pair)) for column, pair in found.get("sums", {}).items()],
        "files": found.get("files", 0),
        "seen": None,
    }
    if access.may_see_rows(actor, fact):
        heads, rows = queries.look(actor=actor, fact=fact)
        context |= {"seen": True, "heads": heads, "rows": [[_cell(value) for value in row] for row in rows]}
    return render(request, "warehouse/fact.html", context)


def _columns(fact: WarehouseFact) -> list[ColumnLine]:
    lines = []
    for name, kind, source in shape_of(fact, workspace_settings.text("time_zone")).held:
        meaning: Label = fact.columns[source]
        if name == source + DAY:
            meaning = gettext("The day of %(column)s in the workspace's time zone") % {"column": source}
        leads = fact.leads.get(name, "")
        known = registry.get(WarehouseFact, leads) if registry.has(WarehouseFact, leads) else None
        lines.append(ColumnLine(name=name, type=kind, meaning=meaning, leads=known))
    return lines


def _short(number: str) -> str:
    """A sum without zeros at its end."""
    return number.rstrip("0").rstrip(".") if "." in number else number


def _cell(value: Any) -> Cell:
    if value is None:
        return Cell("none", "")
    if isinstance(value, bool):
        return Cell("yes" if value else "no", "")
    if isinstance(value, datetime):
        return Cell("moment", value)
    if isinstance(value, date):
        return Cell("day", value)
    return Cell("text" if isinstance(value, str) else "number", str(value))
