"""REST routes of customers. Times are UTC, dates Gregorian, phones in E.164 under `key`."""

from __future__ import annotations

from ninja import Router

from peyvand.memory.customers.api import bulk, parts, records

router = Router(tags=["customers"])
for _part in (records, bulk, parts):
    router.add_router("", _part.router)

__all__ = ["router"]
