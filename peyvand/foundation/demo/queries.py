"""Whether the sample business is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext

from peyvand.foundation.registry.declarations import DemoPart
from peyvand.foundation.registry.registry import registry
from peyvand.foundation.ui.lists import counts


@dataclass(frozen=True)
class DemoStatus:
    """`name` is what the sample's house is called, in the reader's language, there or not."""

    present: bool
    name: str


def demo_status(*, present: bool | None = None) -> DemoStatus:
    """Whether the sample business is loaded: one look into some indexes, unless it is known already."""
    there = rows_exist(demo=True) if present is None else present
    return DemoStatus(present=there, name=gettext("Alborz Tea House"))


def rows_exist(*, demo: bool) -> bool:
    """Whether the sample (True), or one's own business (False), has any rows."""
    return any(counts(rows_of_parts(demo=demo), cap=1))


def rows_of_parts(*, demo: bool) -> list[QuerySet[Any]]:
    """What may be there of the sample (True) or of one's own business (False), by table."""
    parts = [part.present(demo) for part in registry.all(DemoPart) if part.present is not None]
    return [rows for found in parts for rows in found]
