"""The channels that people choose among: those of rooms that may be left unused only where they have a way out."""

from __future__ import annotations

from collections.abc import Callable, Collection

from peyvand.channels.outreach.declarations import Carrier
from peyvand.foundation.registry.registry import registry


def carriers(demo: bool) -> list[Carrier]:
    """Carriers as they are offered in this business, in their order; each room is asked once for its spare ones."""
    asked: dict[Callable[[bool], Collection[str]], Collection[str]] = {}
    found = []
    for one in registry.all(Carrier):
        if one.spare is not None:
            if one.spare not in asked:
                asked[one.spare] = one.spare(demo)
            if one.name not in asked[one.spare]:
                continue
        found.append(one)
    return found
