"""REST routes of interactions: lists, recording, one interaction with its files, what a minute costs. Times are UTC."""

from __future__ import annotations

from ninja import Router

from peyvand.memory.interactions.api import lists, one, rates, recording

router = Router(tags=["interactions"])
for _part in (lists, recording, rates, one):
    router.add_router("", _part.router)

__all__ = ["router"]
