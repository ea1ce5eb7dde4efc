"""Whether the sample business is there."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

from peyvand.foundation.registry.declarations import DemoPart
from peyvand.foundation.registry.registry import registry


@dataclass(frozen=True)
class DemoStatus:
    """`name` is what the sample's house is called, in the reader's language, there or not."""

    present: bool
    name: str


def demo_status() -> DemoStatus:
    """Whether the sample business is loaded: one look into an index."""
    return DemoStatus(present=rows_exist(demo=True), name=gettext("Alborz Tea House"))


def rows_exist(*, demo: bool) -> bool:
    """Whether the sample (True), or one's own business (False), has any rows."""
    return any(part.present(demo) for part in registry.all(DemoPart) if part.present is not None)
