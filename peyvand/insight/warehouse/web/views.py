"""The warehouse as people see it: which facts, how many, do they agree with their source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from peyvand.foundation.registry.actor import Actor
from peyvand.foundation.registry.declarations import WarehouseFact
from peyvand.foundation.registry.registry import registry
from peyvand.insight.warehouse import queries
from peyvand.insight.warehouse.models import Load


@dataclass(frozen=True)
class FactLine:
    """A fact, what of it was loaded, and whether every control sum agrees."""

    fact: WarehouseFact
    rows: int | None
    kilobytes: int
    agrees: bool


def _lines(load: Load | None) -> list[FactLine]:
    facts: dict[str, Any] = load.facts if load else {}
    lines = []
    for fact in registry.all(WarehouseFact):
        found = facts.get(fact.name)
        sums = found["sums"].values() if found else ()
        lines.append(
            FactLine(
                fact=fact,
                rows=found["rows"] if found else None,
                kilobytes=found["bytes"] // 1024 if found else 0,
                agrees=all(source == loaded for source, loaded in sums),
            )
        )
    return lines


@require_GET
def loads_page(request: HttpRequest) -> HttpResponse:
    """Facts with their columns, the last load's reconciliation, the loads before."""
    actor: Actor = request.actor  # type: ignore[attr-defined]
    load = queries.current_load(actor=actor)
    context = {
        "load": load,
        "lines": _lines(load),
        "recent": queries.loads(actor=actor)[:10],
    }
    return render(request, "warehouse/loads.html", context)
