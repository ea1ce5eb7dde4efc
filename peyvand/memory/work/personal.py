"""When the house works is about nobody."""

from __future__ import annotations

from peyvand.foundation.registry.declarations import ImpersonalTable

TABLES = (
    ImpersonalTable("work_holiday", "holidays"),
    ImpersonalTable("work_holidayyear", "years whose official holidays were taken in"),
    ImpersonalTable("work_workinghours", "hours in which the house works"),
)
