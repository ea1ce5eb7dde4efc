"""The reads: imports by right, what may be imported, and reasons in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.declarations import ExportShape, ImportColumn, ImportShape, Label
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.transfer.models import Import, ImportProblem
from peyvand.foundation.transfer.reading import Format, Sniffed
from peyvand.foundation.transfer.shapes import Reason, Total

STATES: Mapping[str, Label] = {
    Import.State.MAPPING: gettext_lazy("waits for its columns"),
    Import.State.CHECKING: gettext_lazy("is being checked"),
    Import.State.CHECKED: gettext_lazy("checked, not brought in yet"),
    Import.State.RUNNING: gettext_lazy("is coming in"),
    Import.State.DONE: gettext_lazy("brought in"),
    Import.State.FAILED: gettext_lazy("could not be finished"),
    Import.State.CANCELLED: gettext_lazy("stopped"),
    Import.State.UNDONE: gettext_lazy("taken back"),
}
REMARKS: Mapping[str, Label] = {
    "unnamed": gettext_lazy("Some columns have no title; they are called by their number."),
    "twice": gettext_lazy("Some titles stand twice; the later ones have their number beside them."),
    "no_header": gettext_lazy("We found no line of titles; the first line is data too."),
    "formulas": gettext_lazy("Some cells are formulas; their last values are taken."),
    "errors": gettext_lazy("Some cells hold an error such as #N/A; they count as empty."),
    "chosen_sheet": gettext_lazy("The workbook has several sheets; one of them is read."),
    "cut": gettext_lazy("The file stops in the middle: a quotation mark is open at its end. Fetch the file again."),
}


def import_get(*, actor: Actor, import_id: int, lock: bool = False) -> Import:
    """One import; Import.DoesNotExist when there is none that the actor may see."""
    found = Import.objects.visible_to(actor)
    return (found.select_for_update(of=("self",)) if lock else found).get(pk=import_id)


def shapes_for(actor: Actor) -> list[ImportShape]:
    """The kinds of file that the actor may import."""
    return [shape_of(shape.name, actor) for shape in registry.all(ImportShape) if actor.may(shape.permission)]


def shape_of(name: str, actor: Actor | None = None) -> ImportShape:
    """A kind of file with the columns that the actor may fill, by default all. UnknownNameError when there is none."""
    shape = registry.get(ImportShape, name)
    if shape.columns_for is None:
        return shape
    own = (actor or system_actor()).looking_at(demo=False)
    return replace(shape, columns=tuple(shape.columns_for(own, shape.columns)))


def exports_for(actor: Actor) -> list[ExportShape]:
    """The lists that the actor may export."""
    return [shape for shape in registry.all(ExportShape) if actor.may(shape.permission)]


def sniffed_of(one: Import) -> Sniffed:
    """What was seen of an import's file."""
    kept = one.sniffed
    return Sniffed(
        Format(**kept["format"]), kept["columns"], kept["rows"], kept["lines"], kept["bytes"],
        kept.get("sheets", []), kept.get("remarks", []),
    )  # fmt: skip


def column_of(one: Import, name: str) -> ImportColumn | None:
    """A column of the import's shape."""
    return next((column for column in shape_of(one.shape).columns if column.name == name), None)


def reason_words(reason: str, *, column: str = "", value: str = "") -> str:
    """A reason as a sentence; `column` is a title, already in words."""
    words = str(registry.get(Reason, reason).label) if registry.has(Reason, reason) else reason
    words = words.replace("{value}", value)
    return _("{column}: {reason}").format(column=column, reason=words) if column else words


def reason_text(one: Import, problem: ImportProblem) -> str:
    """Why a line was not taken, with the column and the value."""
    column = column_of(one, problem.column)
    words = reason_words(problem.reason, column=str(column.label) if column else "", value=problem.value)
    return words if not problem.value or problem.value in words else f"{words} ({problem.value})"


def remarks_of(one: Import) -> list[str]:
    """What is odd about the file itself, in words."""
    return [str(REMARKS[name]) for name in sniffed_of(one).remarks if name in REMARKS]


def totals_of(found: Mapping[str, Any]) -> list[tuple[str, Decimal]]:
    """A writer's totals with their words, in the order in which rooms declare them."""
    return [
        (str(total.label), Decimal(str(found[total.name])))
        for total in registry.all(Total)
        if isinstance(found.get(total.name), str | int)
    ]


def fields_of(one: Import) -> list[tuple[str, ImportColumn | None]]:
    """Each column of the file, in its order, with the field it goes to; None where it is left out."""
    columns = {column.name: column for column in shape_of(one.shape).columns}
    by_place = {place: columns.get(name) for name, place in one.mapping.items()}
    return [(title, by_place.get(place)) for place, title in enumerate(one.sniffed["columns"])]
