"""What this room declares to the registry."""

from __future__ import annotations

from peyvand.memory.privacy import access

DECLARATIONS = (*access.PERMISSIONS,)
