"""What the room declares."""

from __future__ import annotations

from peyvand.insight.reports import access, personal

DECLARATIONS = (*personal.TABLES, *access.PERMISSIONS)
