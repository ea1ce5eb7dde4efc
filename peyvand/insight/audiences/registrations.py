"""What this room declares to the registry."""

from __future__ import annotations

from peyvand.insight.audiences import access, places

DECLARATIONS = (*access.PERMISSIONS, *places.DECLARATIONS)
