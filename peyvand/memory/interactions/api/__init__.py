"""REST routes of interactions: lists, recording, one interaction with its files, what a minute costs. Times are UTC."""

from __future__ import annotations

from ninja import Router

from peyvand.memory.interactions.api import one, rates, recording

router = Router(tags=["interactions"])
for _part in (recording, rates, one):  # recording shares the router of the lists: two have no address in common
    router.add_router("", _part.router)

__all__ = ["router"]
