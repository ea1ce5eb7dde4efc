"""REST routes of what customers allow, and of what the house asks for."""

from __future__ import annotations

from ninja import Router

from peyvand.memory.consents.api import ledger, purposes

router = Router(tags=["consents"])
for _part in (purposes, ledger):
    router.add_router("", _part.router)

__all__ = ["router"]
