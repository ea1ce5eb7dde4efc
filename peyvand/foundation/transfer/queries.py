"""The reads: imports by right, what may be imported, and reasons in words."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from peyvand.foundation.registry.actor import Actor, system_actor
from peyvand.foundation.registry.declarations import ExportShape, ImportColumn, ImportShape
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.transfer.models import Import, ImportProblem
from peyvand.foundation.transfer.reading import Format, Sniffed
from peyvand.foundation.transfer.shapes import Reason


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
